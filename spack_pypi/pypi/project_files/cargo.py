"""What maturin takes from a Cargo.toml, for fields that ``[project]`` leaves out.

https://www.maturin.rs/metadata
"""

from __future__ import annotations

from collections.abc import Mapping
from posixpath import dirname, normpath
from typing import Any

from . import toml
from .toml import at

_NAME = "Cargo.toml"


def described(pyproject: Mapping[str, Any] | None, files: Mapping[str, str]) -> dict[str, str]:
    """The texts of ``version``, ``description``, ``homepage`` and ``license`` in the package that
    is built, as far as it, or the workspace that it is in, has any; ``files`` are texts by
    path."""
    named = at(pyproject, "tool", "maturin", "manifest-path")
    path = normpath(named) if isinstance(named, str) else _NAME
    package = at(_read(files.get(path, "")), "package")
    found: dict[str, str] = {}
    for key in ("version", "description", "homepage", "license"):
        said = at(package, key)
        if at(said, "workspace") is True:
            said = _of_workspace(path, key, files)
        if isinstance(said, str):
            found[key] = " ".join(said.split())
    return found


def _of_workspace(path: str, key: str, files: Mapping[str, str]) -> Any:
    """What the workspace above a file says."""
    folder = dirname(path)
    while True:
        table = at(_read(files.get(f"{folder}/{_NAME}" if folder else _NAME, "")), "workspace")
        if table is not None or not folder:
            return at(table, "package", key)
        folder = dirname(folder)


def _read(text: str) -> Mapping[str, Any]:
    try:
        return toml.loads(text)
    except ValueError:
        return {}

"""Which release the files of a project say that it is, where they say it literally."""

from __future__ import annotations

from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from ..limits import is_short
from ..model import Source, at
from ..project_files import setup_cfg


def other_release(source: Source, project: str, version: str) -> str:
    """That it is another release than one of a project (PEP 503 name), as a clause; empty where
    its files do not say so. A version that is only finished when it is built is the same."""
    name, said = written(source, "name").strip(), written(source, "version").strip()
    if name and canonicalize_name(name) != project:
        return f"its files say that it is the project {name}"
    try:
        if said and _base(said) != _base(version):
            return f"its files say that it is version {said}"
    except InvalidVersion:
        pass
    return ""


def written(source: Source, key: str) -> str:
    """The ``name`` or the ``version`` by ``[project]`` of pyproject.toml (PEP 621), else by
    ``[tool.poetry]`` or ``[tool.flit.metadata]``, else by what setup.py passes to ``setup()``, or
    setup.cfg says; empty where it is not written down."""
    table, tool = at(source.pyproject, "project"), at(source.pyproject, "tool")
    poetry, flit = at(tool, "poetry"), at(tool, "flit", "metadata")
    for found in (table, poetry):
        if isinstance(found, dict):
            return short_text(found.get(key))
    if isinstance(flit, dict):
        named = short_text(flit.get("dist-name")) or short_text(flit.get("module"))
        return named if key == "name" else ""
    called = source.setup_py.keywords if source.setup_py else {}
    listed = setup_cfg.read(source.setup_cfg).get("metadata", key, fallback="").strip()
    is_elsewhere = listed.startswith(("attr:", "file:"))
    return short_text(called.get(key)) or ("" if is_elsewhere else short_text(listed))


def short_text(value: Any) -> str:
    """A value that is a text of a usual length; empty for any other."""
    return value if isinstance(value, str) and is_short(value) else ""


def _base(version: str) -> Version:
    return Version(Version(version).base_version)

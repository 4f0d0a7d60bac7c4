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
    name, said = _said(source)
    if name and canonicalize_name(name) != project:
        return f"its files say that it is the project {name}"
    try:
        if said and _base(said) != _base(version):
            return f"its files say that it is version {said}"
    except InvalidVersion:
        pass
    return ""


def _said(source: Source) -> tuple[str, str]:
    """Name and version; empty where they are not written down."""
    table, tool = at(source.pyproject, "project"), at(source.pyproject, "tool")
    poetry, flit = at(tool, "poetry"), at(tool, "flit", "metadata")
    for found in (table, poetry):
        if isinstance(found, dict):
            return _text(found.get("name")), _text(found.get("version"))
    if isinstance(flit, dict):
        return _text(flit.get("dist-name")) or _text(flit.get("module")), ""
    called = source.setup_py.keywords if source.setup_py else {}
    sections = setup_cfg.read(source.setup_cfg)
    written = {**sections["metadata"]} if sections.has_section("metadata") else {}
    name, version = (_text(called.get(k)) or _text(written.get(k)) for k in ("name", "version"))
    return name, version


def _base(version: str) -> Version:
    return Version(Version(version).base_version)


def _text(value: Any) -> str:
    is_plain = isinstance(value, str) and is_short(value) and not value.startswith("attr:")
    return value.strip() if is_plain and not value.startswith("file:") else ""

"""The metadata of a source tree, which has no PKG-INFO: what its project files say literally.

``[project]`` of pyproject.toml (PEP 621), ``[tool.flit.metadata]``, setup.cfg, or what a setup.py
passes to ``setup()``. What they require is read by `static`, as for source archives.
"""

from __future__ import annotations

import configparser
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import Version

from ..limits import is_short
from ..metadata import broken_limit
from ..model import Metadata, Source, at, strings
from ..project_files import setup_cfg
from .static import StaticRequirements, from_project

#: Why a tree says nothing of what it requires.
DYNAMIC = "what it requires is not written down in it: it is known only after a build"
_MISSHAPEN = "its pyproject.toml does not say what it requires as PEP 621 has it: lists of texts"
_NAMELESS = "neither its pyproject.toml nor its setup.cfg or setup.py says how it is called"
_POETRY = "it is described only in [tool.poetry], which cannot be read: [project] can"


def read(source: Source, version: Version) -> Metadata:
    """What a tree says of itself; ``problem`` where it does not say what it requires, with an
    empty ``project`` where it does not even say how it is called."""
    project = at(source.pyproject, "project")
    flit = at(source.pyproject, "tool", "flit", "metadata")
    if isinstance(project, dict):
        found = _of_project(project)
    elif isinstance(flit, dict):
        found = _of_flit(flit)
    else:
        found = _of_setuptools(source)
    found = replace(found, project=_name(found.project), version=str(version))
    if not found.project:
        poetry = at(source.pyproject, "tool", "poetry") is not None
        reason = _POETRY if poetry else source.problem or _NAMELESS
        return replace(found, requires_dist=None, confirmed=False, problem=reason)
    broken = broken_limit(found)
    if broken:
        return Metadata(
            found.project, found.version, requires_dist=None, confirmed=False, problem=broken
        )
    return found


def _name(text: str) -> str:
    """A name as PEP 503 has it; empty for what is none."""
    try:
        return canonicalize_name(text, validate=True) if is_short(text) else ""
    except ValueError:
        return ""


def _of_project(table: Mapping[str, Any]) -> Metadata:
    licence = table.get("license")
    found = Metadata(
        _text(table.get("name")),
        "",
        summary=_text(table.get("description")),
        license_expression=_text(licence),
        license=_text(at(licence, "text")),
        license_files=tuple(strings(table.get("license-files"))),
        classifiers=tuple(filter(is_short, strings(table.get("classifiers")))),
        project_urls=_urls(table.get("urls")),
    )
    return _with_declared(found, from_project(table), bool(strings(table.get("dynamic"))))


def _of_flit(table: Mapping[str, Any]) -> Metadata:
    """https://flit.pypa.io/en/stable/pyproject_toml.html (old style metadata)"""
    found = Metadata(
        _text(table.get("dist-name")) or _text(table.get("module")),
        "",
        license=_text(table.get("license")),
        classifiers=tuple(filter(is_short, strings(table.get("classifiers")))),
        home_page=_text(table.get("home-page")),
        project_urls=_urls(table.get("urls")),
    )
    named = {
        "dependencies": "requires",
        "optional-dependencies": "requires-extra",
        "requires-python": "requires-python",
    }
    as_project = {field: table[name] for field, name in named.items() if name in table}
    return _with_declared(found, from_project(as_project))


def _with_declared(
    found: Metadata, declared: StaticRequirements | None, dynamic: bool = False
) -> Metadata:
    if declared is None:
        reason = DYNAMIC if dynamic else _MISSHAPEN
        return replace(found, requires_dist=None, confirmed=False, problem=reason)
    return replace(
        found,
        requires_dist=tuple(declared.required),
        provides_extra=tuple(declared.extras),
        requires_python=declared.python,
    )


def _of_setuptools(source: Source) -> Metadata:
    """What setup.cfg says, or else setup.py; not what it requires."""
    said = _section(setup_cfg.read(source.setup_cfg), "metadata")
    called = source.setup_py.keywords if source.setup_py else {}

    def field(name: str, *also: str) -> str:
        texts = (said.get(each, "").strip() for each in (name, *also))
        written = next((t for t in texts if t and not t.startswith(("attr:", "file:"))), "")
        return written or next(filter(None, (_text(called.get(n)) for n in (name, *also))), "")

    listed = said.get("classifiers", said.get("classifier", ""))
    classifiers = listed.split("\n") if listed else strings(called.get("classifiers"))
    lines = [line.partition("=") for line in said.get("project_urls", "").split("\n")]
    urls = _urls(called.get("project_urls"))
    return Metadata(
        field("name"),
        "",
        summary=field("description", "summary").partition("\n")[0],
        requires_dist=None,
        confirmed=False,
        license=field("license"),
        classifiers=tuple(filter(is_short, map(str.strip, filter(None, classifiers)))),
        home_page=field("url", "home_page"),
        project_urls=urls or tuple((a.strip(), b.strip()) for a, sign, b in lines if sign),
        problem=DYNAMIC,
    )


def _section(parser: configparser.RawConfigParser, name: str) -> Mapping[str, str]:
    return {k.replace("-", "_"): v for k, v in parser[name].items()} if name in parser else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) and is_short(value) else ""


def _urls(table: Any) -> tuple[tuple[str, str], ...]:
    items = table.items() if isinstance(table, dict) else ()
    return tuple((str(label), _text(url)) for label, url in items if _text(url))

"""The metadata of a source tree, which has no PKG-INFO: what its project files say literally.

``[project]`` of pyproject.toml (PEP 621), ``[tool.poetry]``, ``[tool.flit.metadata]``, setup.cfg,
or what a setup.py passes to ``setup()``. What they require is read by `static`, as for source
archives.
"""

from __future__ import annotations

import configparser
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import Version

from ..branches import branch_name
from ..limits import is_short
from ..metadata import broken_limit
from ..model import Metadata, Source, at, strings
from ..project_files import cargo, setup_cfg, uv_dynamic_versioning
from .dynamic_parts import dynamic_part
from .said_release import short_text, written
from .static import declared

#: What to do about a repository that does not say something.
WAY_OUT = "(--run-backend asks its build backend, which runs its code)"
#: What of a tree says nothing of what it requires.
DYNAMIC = f"{{}}: what it requires is known only after a build {WAY_OUT}"
_MISSHAPEN = "its pyproject.toml does not say what it requires as PEP 621 has it: lists of texts"
#: The fields of ``[project]`` and ``[tool.flit.metadata]`` that are lists, and tables of lists.
_LISTS = ("dynamic", "dependencies", "requires")
_TABLES = ("optional-dependencies", "requires-extra")
_IF_KNOWN = f"write 'NAME @ PLACE' if you know it {WAY_OUT}"
_NAMELESS = (
    f"neither its pyproject.toml nor its setup.cfg or setup.py says how it is called: {_IF_KNOWN}"
)
#: The reason of a tree that is not a Python project at all.
NO_PROJECT = "it has no pyproject.toml, setup.cfg or setup.py"


def read(source: Source, version: Version, named: str = "") -> Metadata:
    """What a tree says of itself; ``problem`` where it does not say what it requires, with an
    empty ``project`` where it does not even say how it is called, and nobody has ``named`` it."""
    if not branch_name(version):
        filled_in = uv_dynamic_versioning.filled_in(source.pyproject, str(version))
        source = replace(source, pyproject=filled_in)
    project, tool = at(source.pyproject, "project"), at(source.pyproject, "tool")
    poetry, flit = at(tool, "poetry"), at(tool, "flit", "metadata")
    if isinstance(project, dict):
        found = _of_project(project, source)
    elif isinstance(poetry, dict):
        found = _of_poetry(poetry)
    elif isinstance(flit, dict):
        found = _of_flit(flit)
    else:
        found = _of_setuptools(source)
    is_project = source.pyproject or source.setup_cfg or source.setup_py
    said = written(source, "name")
    name = _name(said) or (named if is_project else "")
    found = replace(found, project=name, version=str(version))
    if not found.project:
        reason = source.problem or (_NAMELESS if is_project else NO_PROJECT)
        if said:
            called = " ".join(said.split())[:40]
            reason = f"it is called '{called}', which is not a valid name: {_IF_KNOWN}"
        return replace(found, requires_dist=None, confirmed=False, problem=reason)
    found = _with_declared(found, source)
    broken = broken_limit(found)
    if broken:
        return Metadata(
            found.project, found.version, requires_dist=None, confirmed=False, problem=broken
        )
    return found


def _misshapen(table: Mapping[str, Any]) -> str:
    """The field of a table that is not of the type that PEP 621 gives it."""
    for name in _TABLES:
        inner = table.get(name, {})
        if not (isinstance(inner, dict) and all(map(_is_texts, inner.values()))):
            return name
    wrong = (name for name in _LISTS if not _is_texts(table.get(name, [])))
    return next(wrong, "requires-python")


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and len(strings(value)) == len(value)


def _with_declared(found: Metadata, source: Source) -> Metadata:
    reason = ""
    try:
        said = declared(source)
    except ValueError as error:
        said, reason = None, str(error)
    if said is None:
        dynamic = at(source.pyproject, "project", "dynamic")
        table = at(source.pyproject, "project") or at(source.pyproject, "tool", "flit", "metadata")
        misshapen = isinstance(table, dict) and not strings(dynamic)
        reason = reason or (
            f"{_MISSHAPEN} (see {_misshapen(table)})"
            if misshapen
            else DYNAMIC.format(dynamic_part(source))
        )
        return replace(found, requires_dist=None, confirmed=False, problem=reason)
    return replace(
        found,
        requires_dist=tuple(said.required),
        provides_extra=tuple(said.extras),
        requires_python=said.python,
    )


def _name(text: str) -> str:
    """A name as PEP 503 has it; empty for what is not a name."""
    try:
        return canonicalize_name(text, validate=True) if is_short(text) else ""
    except ValueError:
        return ""


def _of_project(table: Mapping[str, Any], source: Source) -> Metadata:
    licence = table.get("license")
    more: Mapping[str, str] = {}
    if source.backend.split(".")[0] == "maturin":
        more = cargo.described(source.pyproject, source.build_files)
    return Metadata(
        "",
        "",
        summary=short_text(table.get("description")) or short_text(more.get("description")),
        home_page=short_text(more.get("homepage")),
        license_expression=short_text(licence)
        or ("" if licence else short_text(more.get("license"))),
        license=short_text(at(licence, "text")),
        license_files=tuple(strings(table.get("license-files"))),
        classifiers=tuple(filter(is_short, strings(table.get("classifiers")))),
        project_urls=_urls(table.get("urls")),
    )


def _of_poetry(table: Mapping[str, Any]) -> Metadata:
    """https://python-poetry.org/docs/pyproject/#the-project-section"""
    named = ("homepage", "repository", "documentation")
    pages = {key.capitalize(): table.get(key) for key in named}
    return Metadata(
        "",
        "",
        summary=short_text(table.get("description")),
        license=short_text(table.get("license")),
        classifiers=tuple(filter(is_short, strings(table.get("classifiers")))),
        project_urls=(*_urls(pages), *_urls(table.get("urls"))),
    )


def _of_flit(table: Mapping[str, Any]) -> Metadata:
    """https://flit.pypa.io/en/stable/pyproject_toml.html (old style metadata)"""
    return Metadata(
        "",
        "",
        license=short_text(table.get("license")),
        classifiers=tuple(filter(is_short, strings(table.get("classifiers")))),
        home_page=short_text(table.get("home-page")),
        project_urls=_urls(table.get("urls")),
    )


def _of_setuptools(source: Source) -> Metadata:
    """What setup.py passes to ``setup()``, or else setup.cfg says; not what it requires."""
    said = _section(setup_cfg.read(source.setup_cfg), "metadata")
    called = source.setup_py.keywords if source.setup_py else {}

    def field(name: str, *also: str) -> str:
        listed = (said.get(each, "").strip() for each in (name, *also))
        in_cfg = next((t for t in listed if t and not t.startswith(("attr:", "file:"))), "")
        passed = (short_text(called.get(each)) for each in (name, *also))
        return next(filter(None, passed), "") or in_cfg

    listed = said.get("classifiers", said.get("classifier", ""))
    classifiers = listed.split("\n") if listed else strings(called.get("classifiers"))
    lines = [line.partition("=") for line in said.get("project_urls", "").split("\n")]
    urls = _urls(called.get("project_urls"))
    return Metadata(
        "",
        "",
        summary=field("description", "summary").partition("\n")[0],
        license=field("license"),
        classifiers=tuple(filter(is_short, map(str.strip, filter(None, classifiers)))),
        home_page=field("url", "home_page"),
        project_urls=urls or tuple((a.strip(), b.strip()) for a, sign, b in lines if sign),
    )


def _section(parser: configparser.RawConfigParser, name: str) -> Mapping[str, str]:
    return {k.replace("-", "_"): v for k, v in parser[name].items()} if name in parser else {}


def _urls(table: Any) -> tuple[tuple[str, str], ...]:
    items = table.items() if isinstance(table, dict) else ()
    return tuple((str(label), short_text(url)) for label, url in items if short_text(url))

"""The indexes that the tables of a pyproject.toml name, in the order in which they are asked.

uv: https://docs.astral.sh/uv/concepts/indexes/
Poetry: https://python-poetry.org/docs/repositories/#package-sources
PDM: https://pdm-project.org/en/latest/usage/config/#configure-the-package-indexes
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from packaging.utils import canonicalize_name

from ...pypi.named_index import USUAL, NamedIndex, at
from ...pypi.project_files.toml import at as value_at
from .model import RequirementSet
from .shape import Shape

#: As Poetry and PDM call the public index, which needs no address.
_PUBLIC = "pypi"
#: Priorities of Poetry: those before the usual index, and behind it; the others are for projects
#: that name them. ``default`` and ``secondary`` are those of Poetry 1.
_BEFORE, _BEHIND = ("default", "primary", ""), ("secondary", "supplemental")


def add_indexes(shape: Shape, table: Mapping[str, Any], requirements: RequirementSet) -> None:
    """Add the indexes of a pyproject.toml to a set, and what Poetry pins to them."""
    requirements.listed += _of_uv(shape, table)
    requirements.listed += _of_poetry(shape, table)
    requirements.listed += _of_pdm(shape, table)
    named = {index.name.lower() for index in requirements.listed}
    for project, index in _pinned_by_poetry(shape, table):
        if index.lower() in named or index.lower() != _PUBLIC:
            requirements.pin_to(project, index, shape.path)


def _of_uv(shape: Shape, table: Mapping[str, Any]) -> Iterator[NamedIndex]:
    """The default one comes last, wherever it is listed."""
    tables = shape.tables(value_at(table, "tool", "uv", "index"), "tool.uv.index")
    for each in sorted(tables, key=lambda each: each.get("default") is True):
        name, url = shape.text(each.get("name"), "name"), shape.text(each.get("url"), "url")
        if each.get("format") == "flat":
            raise shape.unsupported(f"[[tool.uv.index]] {name} is a flat index")
        found = at(url, shape.where(f"[[tool.uv.index]] {name}"))
        yield replace(
            found,
            name=name,
            explicit=each.get("explicit") is True,
            in_place=each.get("default") is True,
        )


def _of_pdm(shape: Shape, table: Mapping[str, Any]) -> Iterator[NamedIndex]:
    """One that is called as the public index takes its place, wherever it is listed."""
    tables = shape.tables(value_at(table, "tool", "pdm", "source"), "tool.pdm.source")
    for each in sorted(tables, key=lambda each: each.get("name") == _PUBLIC):
        name, url = shape.text(each.get("name"), "name"), shape.text(each.get("url"), "url")
        where = f"[[tool.pdm.source]] {name}"
        if each.get("type") == "find_links":
            raise shape.unsupported(f"{where} is a page of archives")
        if each.get("include_packages") or each.get("exclude_packages"):
            raise shape.unsupported(f"{where} has or lacks packages by name")
        yield replace(at(url, shape.where(where)), name=name, in_place=name == _PUBLIC)


def _of_poetry(shape: Shape, table: Mapping[str, Any]) -> list[NamedIndex]:
    before, behind, others, is_usual = [], [], [], True
    tables = shape.tables(value_at(table, "tool", "poetry", "source"), "tool.poetry.source")
    for each in tables:
        name, url = shape.text(each.get("name"), "name"), shape.text(each.get("url"), "url")
        priority = shape.text(each.get("priority"), "priority").lower()
        found = USUAL
        if url or name.lower() != _PUBLIC:
            found = at(url, shape.where(f"[[tool.poetry.source]] {name}"))
        found = replace(found, name=name)
        if priority in _BEFORE:
            # Poetry then asks the public index only if it is named, too.
            is_usual = False
            before.append(replace(found, alone=bool(found.url)))
        elif priority in _BEHIND:
            behind.append(found)
        else:
            others.append(replace(found, explicit=True))
    if any(not index.url for index in before):
        before = [replace(index, alone=False) for index in before]
    usual = [USUAL] if is_usual and behind else []
    return [*before, *usual, *behind, *others]


def _pinned_by_poetry(shape: Shape, table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The projects with a source, and its name."""
    poetry = shape.table(value_at(table, "tool", "poetry"), "tool.poetry")
    groups = shape.table(poetry.get("group"), "tool.poetry.group").values()
    parts = [poetry, *(shape.table(group, "a group") for group in groups)]
    for part in parts:
        listed = shape.table(part.get("dependencies"), "dependencies")
        for name, value in listed.items():
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, dict) and isinstance(each.get("source"), str):
                    yield canonicalize_name(name), each["source"]

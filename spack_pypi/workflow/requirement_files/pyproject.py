"""The dependencies, extras and groups of a project."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from packaging.dependency_groups import resolve_dependency_groups
from packaging.utils import canonicalize_name

from ...errors import UsageError
from . import index_tables, uv_sources
from .model import ExtrasAndGroups, Format, RequirementSet, TextFile, read_toml
from .shape import Shape


def _read(file: TextFile, selected: ExtrasAndGroups, requirements: RequirementSet) -> None:
    path, table = file.path, read_toml(file)
    project = table.get("project")
    if not isinstance(project, dict) and not selected.groups:
        raise UsageError(
            f"{path} has no [project] table (PEP 621); "
            "list what the project requires in a requirements.txt"
        )
    project = project if isinstance(project, dict) else {}
    if "dependencies" in _listed(project, "dynamic", path):
        raise UsageError(
            f"{path}: its dependencies are dynamic, so they are known only after a build; "
            "list them in a requirements.txt"
        )
    texts = [
        *_listed(project, "dependencies", path),
        *_of_extras(project, selected.extras, path),
    ]
    try:
        texts += resolve_dependency_groups(table.get("dependency-groups", {}), *selected.groups)
    except Exception as error:
        # Several kinds, of which Python before 3.11 knows no common one but Exception.
        raise UsageError(f"{path}: [dependency-groups]: {error}") from None
    index_tables.add_indexes(Shape(path, "pyproject.toml"), table, requirements)
    for text in uv_sources.without_sources(path, table, texts, requirements):
        requirements.add(text, path)


def _listed(table: Mapping[str, Any], name: str, path: Path) -> Sequence[str]:
    """The texts of a list, none where it is not there. Raises `UsageError`."""
    value = table.get(name, [])
    if not (isinstance(value, list) and all(isinstance(text, str) for text in value)):
        raise UsageError(f"{path}: '{name}' is not a list of texts (PEP 621)")
    return value


def _of_extras(project: Mapping[str, Any], extras: frozenset[str], path: Path) -> Iterator[str]:
    """The requirements of extras; an extra may name others: ``all = ["project[a,b]"]``."""
    table = project.get("optional-dependencies", {})
    if not isinstance(table, dict):
        raise UsageError(f"{path}: 'optional-dependencies' is not a table (PEP 621)")
    optional = {canonicalize_name(name): _listed(table, name, path) for name in table}
    own = canonicalize_name(str(project.get("name", "")))
    todo = list(dict.fromkeys(canonicalize_name(extra) for extra in sorted(extras)))
    for extra in todo:
        if extra not in optional:
            known = f"it has {', '.join(optional)}" if optional else "it has none"
            raise UsageError(f"{path} has no extra '{extra}'; {known}")
        for text in optional[extra]:
            match = re.fullmatch(r"\s*([\w.-]+)\s*\[([^\]]*)\]\s*", text)
            if match and canonicalize_name(match[1]) == own:
                named = [canonicalize_name(each.strip()) for each in match[2].split(",")]
                todo += [each for each in dict.fromkeys(named) if each not in todo]
            else:
                yield text


PYPROJECT = Format(
    "pyproject.toml",
    "https://packaging.python.org/en/latest/specifications/pyproject-toml/",
    names=("pyproject.toml",),
    marks=(r"^\[project\]$",),
    read=_read,
    has_parts=True,
)

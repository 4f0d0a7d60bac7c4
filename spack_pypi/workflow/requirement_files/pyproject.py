"""The dependencies, extras and groups of a project."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from packaging.dependency_groups import resolve_dependency_groups
from packaging.utils import canonicalize_name

from ...errors import UsageError
from . import index_tables, uv_sources
from .model import ExtrasAndGroups, Format, RequirementSet, TextFile, read_toml, unknown_part
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
    shape = Shape(path, "pyproject.toml")
    if "dependencies" in shape.texts(project.get("dynamic"), "dynamic"):
        raise UsageError(
            f"{path}: its dependencies are dynamic, so they are known only after a build; "
            "list them in a requirements.txt"
        )
    of_extras = _of_extras(project, selected.extras, path, shape)
    texts = [
        *shape.texts(project.get("dependencies"), "dependencies"),
        *(text for extra in of_extras.values() for text in extra),
    ]
    try:
        texts += resolve_dependency_groups(table.get("dependency-groups", {}), *selected.groups)
    except Exception as error:
        # Several kinds, of which Python before 3.11 knows no common one but Exception.
        raise UsageError(f"{path}: [dependency-groups]: {error}") from None
    index_tables.add_indexes(shape, table, requirements)
    chosen = ExtrasAndGroups(frozenset(of_extras), selected.groups)
    for text in uv_sources.without_sources(path, table, texts, chosen, requirements):
        requirements.add(text, path)


def _of_extras(
    project: Mapping[str, Any], extras: frozenset[str], path: Path, shape: Shape
) -> dict[str, list[str]]:
    """The requirements of each of the extras, and of those that they name: ``all =
    ["project[a,b]"]``."""
    table = shape.table(project.get("optional-dependencies"), "optional-dependencies")
    optional = {canonicalize_name(name): shape.texts(table[name], name) for name in table}
    own = canonicalize_name(str(project.get("name", "")))
    todo = list(dict.fromkeys(canonicalize_name(extra) for extra in sorted(extras)))
    found: dict[str, list[str]] = {}
    for extra in todo:
        found[extra] = []
        if extra not in optional:
            raise unknown_part(path, "extra", extra, optional)
        for text in optional[extra]:
            match = re.fullmatch(r"\s*([\w.-]+)\s*\[([^\]]*)\]\s*", text)
            if match and canonicalize_name(match[1]) == own:
                named = [canonicalize_name(each.strip()) for each in match[2].split(",")]
                todo += [each for each in dict.fromkeys(named) if each not in todo]
            else:
                found[extra].append(text)
    return found


PYPROJECT = Format(
    "pyproject.toml",
    "https://packaging.python.org/en/latest/specifications/pyproject-toml/",
    names=("pyproject.toml",),
    marks=(r"^\[project\]$",),
    read=_read,
    has_parts=True,
)

"""The dependencies, extras and groups of a project."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from packaging.dependency_groups import resolve_dependency_groups
from packaging.utils import canonicalize_name

from ...errors import UsageError
from ...pypi.limits import MOST_REQUIREMENTS
from ...pypi.project_files.toml import at
from . import index_tables, uv_sources
from .model import ExtrasAndGroups, Format, RequirementSet, TextFile, read_toml, unknown_part
from .shape import Shape

#: As deep as groups may include others: each is a call within the one before.
_MOST_LEVELS = 100


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
    texts += _of_groups(table.get("dependency-groups", {}), selected.groups, path)
    index_tables.add_indexes(shape, table, requirements)
    chosen = ExtrasAndGroups(frozenset(of_extras), selected.groups)
    for text in uv_sources.without_sources(path, table, texts, chosen, requirements):
        requirements.add(text, path)


def _of_groups(groups: Any, names: Sequence[str], path: Path) -> Sequence[str]:
    """The requirements of the named dependency groups (PEP 735)."""
    try:
        _check_includes(groups if isinstance(groups, dict) else {}, names)
        return resolve_dependency_groups(groups, *names)
    except Exception as error:
        # Several kinds, of which Python before 3.11 knows no common one but Exception. Those of a
        # group are inside the one that is raised.
        inner = [*getattr(error, "exceptions", ()), error]
        raise UsageError(f"{path}: [dependency-groups]: {inner[0]}") from None


def _check_includes(groups: Mapping[str, Any], names: Sequence[str]) -> None:
    """Raise ValueError for groups that include others so deeply, or the same ones so often, that
    they could not be read. What else is wrong with them is not looked at."""
    included: dict[str, list[str]] = {}
    for name, entries in groups.items():
        if not isinstance(entries, list):
            continue
        listed = [at(each, "include-group") for each in entries]
        included[canonicalize_name(name)] = [
            canonicalize_name(each) for each in listed if isinstance(each, str)
        ]
    level: list[str] = [canonicalize_name(name) for name in names]
    reads = 0
    for _ in range(_MOST_LEVELS):
        level = [inner for name in level for inner in included.get(name, ())]
        reads += len(level)
        if not level:
            return
        if reads > MOST_REQUIREMENTS:
            raise ValueError(f"groups include others more than {MOST_REQUIREMENTS} times")
    if len(included) > _MOST_LEVELS:  # else one of them includes itself
        raise ValueError(f"groups include others more than {_MOST_LEVELS} deep")


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

"""Whole sets of requirements, as files ask for them.

requirements.txt (https://pip.pypa.io/en/stable/reference/requirements-file-format/),
pyproject.toml (PEP 621, PEP 735), pylock.toml (PEP 751) and uv.lock. What a file asks for that is
no project of an index (a folder, a repository), or not for this machine, is told as left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import (
    Any,
)

from packaging.dependency_groups import resolve_dependency_groups
from packaging.markers import Marker
from packaging.pylock import Pylock, PylockValidationError, is_valid_pylock_path
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from ..errors import UsageError
from ..pypi import toml

#: What pip, not an index, has to do with: environments are not made of them.
_TOOLS = frozenset({"pip", "wheel"})


@dataclass
class RequirementSet:
    """What files ask for: ``requirements``, each for this machine and without its marker;
    ``constraints``, by project, on whatever is needed; ``locked`` when all versions are exact;
    ``left_out``: (text, reason) of what a recipe has nothing to do with."""

    requirements: list[Requirement] = field(default_factory=list)
    constraints: dict[str, SpecifierSet] = field(default_factory=dict)
    locked: bool = False
    left_out: list[tuple[str, str]] = field(default_factory=list)


def read(
    files: Sequence[str], extras: Iterable[str] = (), groups: Iterable[str] = ()
) -> RequirementSet:
    """What the files ask for, in their order; ``extras`` and ``groups`` (PEP 735) are those of a
    pyproject.toml. Raises `UsageError` for a file that cannot be read or understood."""
    asked = RequirementSet()
    for name in files:
        path = Path(name)
        path = path / "pyproject.toml" if path.is_dir() else path
        if path.name == "uv.lock":
            _read_uv_lock(_toml(path), asked)
        elif is_valid_pylock_path(path):
            _read_pylock(_toml(path), path, asked)
        elif path.name == "pyproject.toml":
            _read_pyproject(_toml(path), path, frozenset(extras), tuple(groups), asked)
        else:
            _read_requirements(path, asked, constraints=False, above=frozenset())
    return asked


# --- requirements.txt -------------------------------------------------------------------------


def _read_requirements(
    path: Path, asked: RequirementSet, *, constraints: bool, above: frozenset[Path]
) -> None:
    if path.resolve() in above:
        raise UsageError(f"{path} includes itself")
    above |= {path.resolve()}
    for line in _logical_lines(_text(path)):
        option = re.match(r"(-r|--requirement|-c|--constraint)[\s=]+(.+)", line)
        if option:
            inner = path.parent / option[2].strip().strip("\"'")
            inside = constraints or option[1] in ("-c", "--constraint")
            _read_requirements(inner, asked, constraints=inside, above=above)
        elif line.startswith("-"):
            asked.left_out.append((line, "is an option of pip"))
        else:
            # ``--hash`` and the like concern the archive, whose hash the index gives.
            _add(re.split(r"\s--[a-z]", line)[0].strip(), path, asked, constraints)


def _logical_lines(text: str) -> Iterator[str]:
    """Lines without comments, those that end in a backslash joined with the next one."""
    for line in re.sub(r"\\\n", " ", text).splitlines():
        bare = re.sub(r"(^|\s)#.*$", "", line).strip()
        if bare:
            yield bare


def _add(text: str, path: Path, asked: RequirementSet, constraint: bool = False) -> None:
    try:
        requirement = Requirement(text)
    except InvalidRequirement as error:
        if re.search(r"[/\\]|^\.|://", text):
            asked.left_out.append((text, "is a file or an address, not a project of an index"))
            return
        reason = str(error).splitlines()[0]
        raise UsageError(f"{path}: '{text}' is not a requirement (PEP 508): {reason}") from None
    name = canonicalize_name(requirement.name)
    if requirement.url:
        asked.left_out.append((text, "names an address, not versions"))
    elif requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
        asked.left_out.append((text, "is not for this Python or platform"))
    elif constraint:
        known = asked.constraints.get(name, SpecifierSet())
        asked.constraints[name] = known & requirement.specifier
    elif name not in _TOOLS:
        requirement.marker = None
        asked.requirements.append(requirement)


# --- pyproject.toml ---------------------------------------------------------------------------


def _read_pyproject(
    table: Mapping[str, Any],
    path: Path,
    extras: frozenset[str],
    groups: tuple[str, ...],
    asked: RequirementSet,
) -> None:
    project = table.get("project")
    if not isinstance(project, dict) and not groups:
        raise UsageError(f"{path} has no [project] table (PEP 621)")
    project = project if isinstance(project, dict) else {}
    if "dependencies" in project.get("dynamic", ()):
        raise UsageError(f"{path} calls its dependencies dynamic: only a build can tell them")
    texts = list(project.get("dependencies", ()))
    optional = {
        canonicalize_name(name): required
        for name, required in project.get("optional-dependencies", {}).items()
    }
    own = canonicalize_name(str(project.get("name", "")))
    todo, seen = [canonicalize_name(extra) for extra in sorted(extras)], set()
    while todo:
        extra = todo.pop(0)
        if extra in seen:
            continue
        seen.add(extra)
        if extra not in optional:
            raise UsageError(f"{path} has no extra '{extra}', only {', '.join(optional)}")
        for text in optional[extra]:
            match = re.fullmatch(r"\s*([\w.-]+)\s*\[([^\]]*)\]\s*", text)
            if match and canonicalize_name(match[1]) == own:
                todo += [canonicalize_name(each.strip()) for each in match[2].split(",")]
            else:
                texts.append(text)
    try:
        texts += resolve_dependency_groups(table.get("dependency-groups", {}), *groups)
    except Exception as error:
        # Several kinds, of which Python before 3.11 knows no common one but Exception.
        raise UsageError(f"{path}: [dependency-groups]: {error}") from None
    for text in texts:
        _add(str(text), path, asked)


# --- locks ------------------------------------------------------------------------------------


def _read_pylock(table: Mapping[str, Any], path: Path, asked: RequirementSet) -> None:
    try:
        lock = Pylock.from_dict(table)
    except PylockValidationError as error:
        raise UsageError(f"{path} is no lock file (PEP 751): {error}") from None
    asked.locked = True
    for package in lock.packages:
        if package.version is None or not (package.sdist or package.wheels):
            asked.left_out.append((package.name, "is locked to something else than a release"))
        elif not _holds(package.marker):
            asked.left_out.append((package.name, "is not for this Python or platform"))
        else:
            _pin(package.name, str(package.version), asked)


def _holds(marker: Marker | None) -> bool:
    inside: dict[str, Any] = {"extras": frozenset(), "dependency_groups": frozenset()}
    return marker is None or marker.evaluate(inside, context="lock_file")


def _read_uv_lock(table: Mapping[str, Any], asked: RequirementSet) -> None:
    asked.locked = True
    for package in table.get("package", ()):
        name, source = str(package.get("name", "")), package.get("source", {})
        if "registry" in source and "version" in package:
            _pin(name, str(package["version"]), asked)
        elif not {"virtual", "editable"} & set(source):
            asked.left_out.append((name, "is locked to something else than a release"))


def _pin(name: str, version: str, asked: RequirementSet) -> None:
    try:
        requirement = Requirement(f"{name}=={version}")
    except (InvalidRequirement, InvalidSpecifier):
        raise UsageError(f"'{name}' {version} is no release that could be locked") from None
    if canonicalize_name(name) not in _TOOLS:
        asked.requirements.append(requirement)


def _toml(path: Path) -> Mapping[str, Any]:
    try:
        return toml.loads(_text(path))
    except ValueError as error:
        raise UsageError(f"{path} is not valid TOML: {error}") from None


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise UsageError(f"{path} cannot be read: {reason}") from None

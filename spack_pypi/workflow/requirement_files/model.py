"""What files require, and what a file format is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, NamedTuple

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from ...credentials import redacted
from ...errors import UsageError
from ...files import read_text
from ...pypi import toml
from ...pypi.limits import is_short

#: Tools that install packages: a recipe depends on them where it needs them.
_TOOLS = frozenset({"pip", "wheel"})
OTHER_PLATFORM = "not for this Python or platform"
NO_RELEASE = "locked to a path, a URL or a repository, not to a release"


@dataclass
class RequirementSet:
    """What files require: ``requirements``, those that apply to this machine, without markers;
    ``constraints`` on the versions of any project; ``skipped``: (line, reason)."""

    requirements: list[Requirement] = field(default_factory=list)
    constraints: dict[str, SpecifierSet] = field(default_factory=dict)
    skipped: list[tuple[str, str]] = field(default_factory=list)

    def add(self, text: str, path: Path, constraint: bool = False) -> None:
        """Add a requirement (PEP 508), or a constraint on one, that ``path`` lists."""
        requirement = self._parsed(text, path)
        if requirement is None:
            return
        name = canonicalize_name(requirement.name)
        if requirement.url:
            self.skip(text, "a URL, not a release on an index")
        elif requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            self.skip(text, OTHER_PLATFORM)
        elif constraint:
            known = self.constraints.get(name, SpecifierSet())
            self.constraints[name] = known & requirement.specifier
        elif name not in _TOOLS:
            requirement.marker = None
            self.requirements.append(requirement)

    def pin(self, name: str, version: str) -> None:
        """Add the release of a project that a lock file names."""
        if not is_short(f"{name}{version}"):
            raise UsageError(f"the lock file pins '{name[:40]}', whose version is too long")
        try:
            requirement = Requirement(f"{name}=={version}")
        except (InvalidRequirement, InvalidSpecifier):
            raise UsageError(
                f"the lock file pins '{name}' to '{version}', which is not a valid version"
            ) from None
        if canonicalize_name(name) not in _TOOLS:
            self.requirements.append(requirement)

    def skip(self, text: str, reason: str) -> None:
        """Note a line for which no recipe is written, and why."""
        self.skipped.append((redacted(text), reason))

    def _parsed(self, text: str, path: Path) -> Requirement | None:
        """The requirement; None for a path or an address, which is skipped."""
        if not is_short(text):
            raise UsageError(f"{path}: '{text[:40]}...' is too long for a requirement")
        try:
            return Requirement(text)
        except InvalidRequirement as error:
            if re.search(r"[/\\]|^\.|://", text):
                self.skip(text, "a path or a URL, not a project on an index")
                return None
            reason = str(error).splitlines()[0]
            message = f"{path}: '{text}' is not a requirement (PEP 508): {reason}"
            raise UsageError(message) from None


class ExtrasAndGroups(NamedTuple):
    """Which extras and dependency groups (PEP 735) of a project to read."""

    extras: frozenset[str] = frozenset()
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Format:
    """A file format: how a file is recognized, and what adds its requirements to a set. ``read``
    raises `UsageError` for a file that cannot be read or understood."""

    name: str
    documented: str
    recognizes: Callable[[Path], bool]
    read: Callable[[Path, ExtrasAndGroups, RequirementSet], None]


def called(*patterns: str) -> Callable[[Path], bool]:
    """Recognizes files by their names (``*.yml``)."""
    return lambda path: any(path.match(pattern) for pattern in patterns)


def read_toml(path: Path) -> Mapping[str, Any]:
    """The document in a file."""
    try:
        return toml.loads(read_text(path))
    except ValueError as error:
        raise UsageError(f"{path} is not valid TOML: {error}") from None

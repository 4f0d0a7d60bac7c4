"""What files require, and what a file format is."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Callable, NamedTuple

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from ...errors import UsageError, shown
from ...pypi.limits import MOST_CLAUSES, MOST_REQUIREMENTS, is_short
from ...pypi.named_index import NamedIndex
from ...pypi.project_files import toml
from .graph import LockedReleases
from .hashes import Hash, LockedFiles
from .marker_environment import MarkerEnvironment, here

#: Tools that install packages: a recipe depends on them where it needs them.
_TOOLS = frozenset({"pip", "wheel"})
OTHER_PLATFORM = "not for this Python or platform"
EDITABLE = "an editable project, not a release on an index"
#: A package of a lock file that is TOML.
_PACKAGE = re.compile(r"^\[\[packages?\]\]", re.M)
NO_RELEASE = "locked to a path, a URL or a repository, not to a release"


def _no_yaml(text: str) -> object:
    raise UsageError("YAML is read by Spack: pass --spack DIR")


@dataclass
class RequirementSet:
    """What files require in an ``environment``: ``requirements``, those that apply to it, without
    markers; ``constraints`` on the versions of any project; ``skipped``: (line, reason).
    ``locked``: a file names the release of each project for this environment, ``pins`` are these
    versions, by project (PEP 503 name); ``hashes`` are those that files list, by project too.
    ``indexes`` are the addresses of those that releases were locked from, by project, and
    ``named_in`` the file that names each address; ``packages`` are those of Spack that are
    required too, with their versions (PEP 440). ``listed`` are the indexes that files name, in the
    order in which they are asked. ``parse_yaml`` parses a text, or raises ValueError."""

    environment: MarkerEnvironment = field(default_factory=here)
    requirements: list[Requirement] = field(default_factory=list)
    constraints: dict[str, SpecifierSet] = field(default_factory=dict)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    pins: dict[str, str] = field(default_factory=dict)
    locked: bool = False
    hashes: dict[str, tuple[LockedFiles, ...]] = field(default_factory=dict)
    indexes: dict[str, str] = field(default_factory=dict)
    named_in: dict[str, str] = field(default_factory=dict)
    packages: list[tuple[str, SpecifierSet]] = field(default_factory=list)
    parse_yaml: Callable[[str], object] = _no_yaml
    listed: list[NamedIndex] = field(default_factory=list)
    #: What was added, as it is written, and how many clauses are about each project.
    _added: set[tuple[str, bool, str]] = field(default_factory=set)
    _clauses: dict[str, int] = field(default_factory=dict)

    def pin_to(self, project: str, name: str, path: Path) -> None:
        """Have a project (PEP 503) come from the listed index of this name, and from no other, as
        ``path`` says. Raises `UsageError` where there is none."""
        for at, index in enumerate(self.listed):
            if index.name.lower() == name.lower():
                self.listed[at] = replace(index, projects=(*index.projects, project))
                return
        raise UsageError(
            f"{path} takes {project} from the index '{name[:80]}', which it does not list: add "
            "that index with its address"
        )

    def add(self, text: str, path: Path, constraint: bool = False, extra: str = "") -> None:
        """Add a requirement (PEP 508), or a constraint on one, that ``path`` lists, for an
        ``extra``."""
        if (text, constraint, extra) in self._added:
            return
        self._added.add((text, constraint, extra))
        requirement = self._parsed(text, path)
        if requirement is None:
            return
        name = canonicalize_name(requirement.name)
        self._count(name, len(requirement.specifier), path)
        if requirement.url:
            self.skip(text, "a URL, not a release on an index")
        elif not self.environment.holds(requirement.marker, path, extra):
            self.skip(text, OTHER_PLATFORM)
        elif constraint:
            known = self.constraints.get(name, SpecifierSet())
            self.constraints[name] = known & requirement.specifier
        elif name not in _TOOLS:
            requirement.marker = None
            self.requirements.append(requirement)

    def _count(self, name: str, clauses: int, path: Path) -> None:
        """Raise `UsageError` for more than a limit allows: it would take hours."""
        if len(self._added) > MOST_REQUIREMENTS:
            limit = f"more than {MOST_REQUIREMENTS} requirements, the limit"
            raise UsageError(f"{path} lists {limit}: split it, and pass the parts one by one")
        self._clauses[name] = self._clauses.get(name, 0) + clauses
        if self._clauses[name] > MOST_CLAUSES:
            limit = f"more than {MOST_CLAUSES} clauses about {name}, the limit"
            raise UsageError(f"{path} lists {limit}: remove those that others imply")

    def pin(self, name: str, version: str, where: object, index: str = "") -> None:
        """Add the release of a project that ``where`` names, such as a lock file."""
        if not is_short(f"{name}{version}"):
            raise UsageError(f"{where}: the version of '{name[:40]}' is too long")
        try:
            requirement = Requirement(f"{name}=={version}")
        except (InvalidRequirement, InvalidSpecifier):
            raise UsageError(
                f"{where} has '{name}' in '{version}', which is not a valid version"
            ) from None
        self.locked = True
        project = canonicalize_name(name)
        if project in _TOOLS:
            self.skip(f"{name} {version}", "a tool that installs packages; Spack has its own")
            return
        self.requirements.append(requirement)
        self.pins[project] = version
        if index:
            self.lock_from(project, index, where)

    def lock_from(self, project: str, index: str, where: object) -> None:
        """Note the address of the index that a project was locked from, as ``where`` says."""
        self.indexes[project] = index
        self.named_in.setdefault(index, str(where))

    def add_hashes(
        self, project: str, version: str, hashes: Sequence[Hash], where: object
    ) -> None:
        """Add those that a file, ``where``, lists for a release of a project (PEP 503 name)."""
        if hashes:
            listed = LockedFiles(str(where), version, tuple(dict.fromkeys(hashes)))
            self.hashes[project] = (*self.hashes.get(project, ()), listed)

    def pin_all(self, found: LockedReleases, where: object) -> None:
        """Add the releases that a lock file, ``where``, names, and note what is left out."""
        self.locked = True
        _check_number(len(found.releases), where)
        for name in found.elsewhere:
            self.skip(name, OTHER_PLATFORM)
        for release in found.releases:
            if release.unusable:
                self.skip(release.name, release.unusable)
            elif not release.own:
                self.pin(release.name, release.version, where, release.index)
                self.add_hashes(release.name, release.version, release.hashes, where)

    def skip(self, text: str, reason: str) -> None:
        """Note a line for which no recipe is written, and why."""
        self.skipped.append((shown(text), reason))

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

    def known(
        self, path: Path, extras: Collection[str], groups: Collection[str]
    ) -> tuple[Sequence[str], Sequence[str]]:
        """These extras and groups, as PEP 685 spells them. Raises `UsageError` for one that is
        none of those of the file."""
        chosen = [sorted(map(canonicalize_name, each)) for each in self]
        for kind, wanted, there in zip(("extra", "group"), chosen, (extras, groups)):
            for name in wanted:
                if name not in there:
                    raise unknown_part(path, kind, name, there)
        return chosen[0], chosen[1]


def unknown_part(path: Path, kind: str, name: str, there: Collection[str]) -> UsageError:
    """The error for an extra or a group that is none of those of the file."""
    has = f"it has {', '.join(sorted({*there}))}" if there else "it has none"
    return UsageError(f"{path} has no {kind} '{name}'; {has}")


class TextFile(NamedTuple):
    """A file that was read: it may be a pipe."""

    path: Path
    text: str


@dataclass(frozen=True)
class Format:
    """A file format. ``names`` are patterns of file names (``*.yml``), ``marks`` regular
    expressions that all match in a file of another name. ``read`` adds its requirements to a set,
    and raises `UsageError` for a file that cannot be understood. ``has_parts``: there may be
    extras or groups to choose."""

    name: str
    documented: str
    names: tuple[str, ...]
    read: Callable[[TextFile, ExtrasAndGroups, RequirementSet], None]
    marks: tuple[str, ...] = ()
    has_parts: bool = False

    def is_called(self, path: Path) -> bool:
        """Whether the file has a name of this format."""
        return any(path.match(pattern) for pattern in self.names)

    def is_marked(self, text: str) -> bool:
        """Whether the text is of this format, whatever the file is called."""
        return bool(self.marks) and all(re.search(mark, text, re.M) for mark in self.marks)


def _check_number(packages: int, path: object) -> None:
    """Raise `UsageError` for more packages than a lock file may have."""
    if packages > MOST_REQUIREMENTS:
        limit = f"{packages} packages, and {MOST_REQUIREMENTS} is the limit"
        raise UsageError(f"{path} lists {limit}: lock fewer projects at once")


def read_toml(file: TextFile) -> Mapping[str, Any]:
    """The document in a file, which may be a lock of so many packages as may be required."""
    _check_number(len(_PACKAGE.findall(file.text)), file.path)
    try:
        return toml.loads(file.text)
    except ValueError as error:
        raise UsageError(f"{file.path} is not valid TOML: {error}") from None

"""What recipes declare, as a host reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Protocol

from ...recipe.model import GitSource
from ...recipe.source_changes import SourceChange


@dataclass(frozen=True)
class Package:
    """A package of a registered repo, as the package of a project.

    ``versions`` are those it declares, newest first, without the ``deprecated`` ones, which a
    solver takes only where that is allowed; ``variants`` the names of its boolean variants,
    ``variant_ranges`` the versions that have them, of those that not all have; ``wheel`` is true
    when its newest version is a wheel.
    ``requires`` are signed variants that make it the project's package (``+python3`` of opencv).
    ``from_index``: it is a package of its own, made from the project's archives on an index, not
    a part of something larger. ``from_git``: all its versions are made from a repository, branches
    too.
    ``build_tool``: a graph may hold several versions of it, each to build another package.
    ``branches`` are states of a repository, which Spack takes for newer than any version; none is
    deprecated.
    ``every_version``: its versions are not known, and every one is taken to exist.
    """

    name: str
    namespace: str
    versions: tuple[str, ...]
    variants: tuple[str, ...]
    wheel: bool = False
    requires: tuple[str, ...] = ()
    every_version: bool = False
    build_tool: bool = False
    from_index: bool = True
    from_git: bool = False
    variant_ranges: Mapping[str, str] = field(default_factory=dict)
    deprecated: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()

    @property
    def declared(self) -> tuple[str, ...]:
        """All versions, the deprecated ones last."""
        return (*self.versions, *self.deprecated)


@dataclass(frozen=True)
class Target:
    """The repo that recipes are written to; ``registered``: it is in the user's configuration;
    ``staging`` is the folder in which they are staged: the repo itself where it is None, another
    one where nothing will be moved in."""

    root: Path
    namespace: str
    registered: bool = True
    staging: Path | None = None


@dataclass(frozen=True)
class Cell:
    """A configuration in which a recipe is looked at: a Python version, a platform and a target
    family, as Spack names them."""

    python: str
    platform: str
    target: str


@dataclass(frozen=True)
class DeclaredVersion:
    """A version as a recipe declares it; ``branch``: it is a state of a repository, not
    a release. ``git`` says where in the recipe's git repository it is, if that is said by a tag, a
    commit or a branch."""

    text: str
    sha256: str = ""
    deprecated: bool = False
    branch: bool = False
    git: GitSource | None = None


class DeclaredDependency(Protocol):
    """One ``depends_on`` of a recipe, or, without types, a conflict with versions of a dependency.

    ``text`` is its spec, ``when`` its condition, as Spack prints them; ``native``: it comes with
    the build system, not from the recipe itself; ``opaque``: its condition is about compilers or
    other packages.
    """

    package: str
    types: tuple[str, ...]
    opaque: bool

    @property
    def text(self) -> str: ...

    @property
    def when(self) -> str: ...

    @property
    def native(self) -> bool: ...

    def applies(self, version: str, variants: Mapping[str, bool]) -> bool:
        """Whether its condition holds for a version and boolean variants, in some cell."""

    def holds_in(self, cell: Cell) -> bool:
        """Whether its condition allows the cell."""

    def accepts(self, version: str) -> bool:
        """Whether its range holds a version of the dependency."""


class Meaning(Protocol):
    """What a recipe declares, evaluated by the host's own classes. ``variants`` are the boolean
    ones with their defaults, ``variant_ranges`` the versions that have them, of those that not all
    versions have. ``repository`` is the address of its git repository, empty where it names none,
    and ``folder`` that of the project in it."""

    package: str
    namespace: str
    repository: str
    folder: str
    versions: tuple[DeclaredVersion, ...]
    variants: Mapping[str, bool]
    variant_ranges: Mapping[str, str]
    lines: Sequence[DeclaredDependency]

    def archive(self, version: str) -> str:
        """The file name of the address on an index that a version has; empty where it comes from
        elsewhere, or where the recipe does not declare it."""

    def runs_in(self, version: str, variants: Mapping[str, bool]) -> Callable[[Cell], bool]:
        """Whether no conflict and no range on Python excludes a cell."""

    def source_changes(self, version: str) -> Sequence[SourceChange]:
        """What its patches and methods change, for a version that it declares or another one, in
        files that say what is required."""

    def license(self, version: str) -> str:
        """The licence of a version, as the recipe writes it; empty where it states none, or one
        that depends on more than the version."""

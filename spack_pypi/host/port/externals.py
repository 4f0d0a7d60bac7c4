"""Packages that are installed already, outside of the host: entries of packages.yaml."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class External:
    """A package that lies at a prefix. ``version`` and ``variants`` (signed: ``+fast``) as its
    recipe spells them; ``requires`` are those of the other packages that it needs at run time.
    ``libraries`` are packages that it is linked with, each as what (a virtual package: ``mpi``).
    Where it is used, the variables of its ``environment`` have to be set, and the ``folders`` be
    in lists of folders, by variable."""

    package: str
    version: str
    prefix: Path
    variants: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    libraries: tuple[tuple[str, External], ...] = ()
    environment: tuple[tuple[str, str], ...] = ()
    folders: tuple[tuple[str, str], ...] = ()

    @property
    def spec(self) -> str:
        """Its spec: ``py-foo@1.2+fast``."""
        return f"{self.package}@{self.version}" + "".join(self.variants)

    @property
    def virtuals(self) -> Mapping[External, tuple[str, ...]]:
        """Its libraries, each once, and as what it is linked with them."""
        found: dict[External, tuple[str, ...]] = {}
        for virtual, library in self.libraries:
            found[library] = (*found.get(library, ()), virtual)
        return found

    def without(self, packages: Collection[str]) -> External:
        """The same, which requires none of these packages."""
        return replace(self, requires=tuple(p for p in self.requires if p not in packages))


@dataclass(frozen=True)
class Destination:
    """Where externals are written: a configuration ``scope`` (empty: where the host's own commands
    write), or a ``file`` that a configuration can include. Not ``buildable``: the host may not
    build these packages. With ``only``, the entries of other packages stay as they are. Nothing is
    written with ``dry_run``."""

    scope: str = ""
    file: Path | None = None
    buildable: bool = True
    dry_run: bool = False
    only: frozenset[str] | None = None


@dataclass(frozen=True)
class Written:
    """What was, or would be, written to a file: the packages whose entries are new or changed, and
    those whose entries were removed, as they are no more. ``kept`` are packages that somebody else
    wrote an entry for, with the same prefix: it stays as it is."""

    file: str
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


@dataclass(frozen=True)
class PythonExternals:
    """What one Python has installed, as ``externals``. ``python`` is that Python, at its own
    prefix; ``prefix`` is that of its packages, another one for a virtual environment, and
    ``others`` are further prefixes in which it has some."""

    python: External
    prefix: Path
    externals: tuple[External, ...]
    others: tuple[Path, ...] = ()


class Externals(Protocol):
    """The packages of one Python as externals."""

    def unusable(self, installed: PythonExternals, to: Destination) -> Mapping[str, str]:
        """Why the solver does not use an external, written as `write` does, by package; empty if
        it uses all. No other thread may run meanwhile (see `Session.rest`). Raises `HostError`
        where there is no solver, or Spack finds no such Python."""

    def not_imported(
        self,
        installed: PythonExternals,
        modules: Mapping[str, tuple[Path, Sequence[str]]],
        to: Destination,
    ) -> Mapping[str, str]:
        """Build a small package on the externals, written as `write` does, load it, and import
        modules of each package, which lie in a folder: why one cannot be imported, by package.
        This runs what is installed. Raises `HostError` where nothing can be built on them."""

    def using(self, installed: PythonExternals, to: Destination) -> AbstractContextManager[object]:
        """Inside it the host has these externals, as `write` would write them."""

    def write(self, installed: PythonExternals, to: Destination) -> Written:
        """Put the externals into the configuration. What an earlier call wrote for the same
        prefixes is brought up to date; all else stays. Raises `HostError` and `UsageError`."""

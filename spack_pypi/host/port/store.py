"""What a host has installed, and what of it is used together."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class InstalledPackage:
    """One installed package. ``key`` is its hash, ``prefix`` its folder; an ``external`` one was
    not installed by the host, and its prefix may hold others too."""

    name: str
    version: str
    key: str
    prefix: Path
    external: bool = False

    @property
    def label(self) -> str:
        """``py-foo@1.2``."""
        return f"{self.name}@{self.version}"

    @property
    def short(self) -> str:
        """How a command names exactly this one: ``/abcdefg``."""
        return f"/{self.key[:7]}"

    @cached_property
    def folder(self) -> Path:
        """The prefix, without links."""
        return Path(os.path.realpath(self.prefix))

    def has(self, path: Path | str) -> bool:
        """Whether a file or folder lies in its prefix, whichever links lead to either."""
        real = Path(os.path.realpath(path))
        return self.folder in (real, *real.parents)


@dataclass(frozen=True)
class Runtime:
    """What is on the path of one Python at once: what ``roots`` are and all that they need to run,
    ``packages``, without ``python`` itself (None: nothing of it needs one). ``view``: the folder
    in which a view of an ``environment`` (its name, empty for none) has them all. ``lacking`` are
    roots of it that are not installed (``py-foo@1.2/abcdefg``)."""

    roots: tuple[InstalledPackage, ...]
    packages: tuple[InstalledPackage, ...]
    python: InstalledPackage | None
    view: Path | None = None
    environment: str = ""
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True)
class Linked:
    """What the dynamic section of an ELF file says: the libraries that it needs, and the folders
    where they are looked for first (``DT_RUNPATH`` where ``is_runpath``, else ``DT_RPATH``)."""

    needed: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    is_runpath: bool = False


class Store(Protocol):
    """What is installed."""

    def runtimes(self, names: Sequence[str]) -> Sequence[Runtime]:
        """For each name, a spec or an environment (its name or folder), what runs together;
        without names the active environment, else all that was asked for and needs Python. Raises
        `HostError` for what is not installed, and `UsageError` for what is not a spec."""

    def linked(self, file: Path) -> Linked | None:
        """What an ELF file needs; None for another file, or one without dynamic section. Raises
        ValueError where it cannot be read."""

    def had(self, package: InstalledPackage, name: str) -> bool:
        """Whether a package had a file of this name when it was installed, by the host's own
        record of it; False without one."""

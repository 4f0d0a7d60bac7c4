"""What a host says about the sources that are needed to install specs without a network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class SourceFile:
    """A file that the host looks for in a source mirror before it builds a package
    (``py-foo@1.2``): an archive, a resource or a patch. ``path`` is where, below the mirror, with
    ``/``; ``sha256`` is empty where it has none, as an archive of a git commit."""

    package: str
    version: str
    path: str
    sha256: str

    @property
    def label(self) -> str:
        return f"{self.package}@{self.version}"


@dataclass(frozen=True)
class Needed:
    """What installing specs needs where nothing is installed yet: its ``files``, and what is not a
    file of a mirror, each with its reason: packages of which it is ``unknown`` what they need, and
    those that are ``fetching`` more while they are built. ``externals`` and ``platform``
    (``linux-debian12-zen3``) are what the answer rests on. Where the specs cannot be concretized
    there is only the ``reason``."""

    files: tuple[SourceFile, ...] = ()
    unknown: tuple[tuple[str, str], ...] = ()
    fetching: tuple[tuple[str, str], ...] = ()
    externals: tuple[str, ...] = ()
    platform: str = ""
    reason: str = ""


@dataclass(frozen=True)
class CopiedRepo:
    """A repo that was copied: its ``namespace``, the ``root`` of the copy, the git ``commit`` that
    it was at (empty where that is not known), and whether the copy is ``new``."""

    namespace: str
    root: Path
    commit: str
    new: bool


class Sources(Protocol):
    """What others need to install packages without a network."""

    def make_repo(self, root: Path) -> None:
        """Make an empty repo (``…/spack_repo/<namespace>``) unless there is one. Raises
        `HostError` where that cannot be done, and where a registered repo of another place has
        this namespace."""

    def needed(self, specs: Sequence[str], deprecated: bool = False) -> Needed:
        """What installing the specs with one command needs, see `Solver.concretize`; what is
        installed here does not count. No other thread may run meanwhile. Raises `HostError` where
        there is no solver."""

    def fetch(self, file: SourceFile, mirror: Path) -> str:
        """Put a file of what was `needed` where it belongs in a mirror, from where the host finds
        it, and compare it with its checksum. Why that fails; empty if it does not. No other thread
        may run meanwhile."""

    def copy_repos(self, folder: Path, scratch: Path, but: Path) -> Sequence[CopiedRepo]:
        """Copy each registered repo, but the one at this root, into a folder of its own in
        ``folder``, which is named by what it holds: what is there already is not copied again.
        ``scratch`` is an empty folder on the same file system. Raises `OSError`."""

"""What can be said without Spack about the sources that an installation needs: nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..errors import HostError
from .port import CopiedRepo, Needed, SourceFile

_WHY = "a bundle needs Spack, which knows what an installation needs: pass --spack DIR"


class NoSources:
    """A `Sources` that knows none: it cannot be asked for anything."""

    def make_repo(self, root: Path) -> None:
        raise HostError(_WHY)

    def needed(self, specs: Sequence[str], deprecated: bool = False) -> Needed:
        raise HostError(_WHY)

    def fetch(self, file: SourceFile, mirror: Path) -> str:
        raise HostError(_WHY)

    def copy_repos(self, folder: Path, scratch: Path, but: Path) -> Sequence[CopiedRepo]:
        raise HostError(_WHY)

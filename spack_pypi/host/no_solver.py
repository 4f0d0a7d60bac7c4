"""A solver and an installer where there is no Spack."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Callable

from ..errors import HostError
from .port import Archive, Concretized, Installed, Staging


class NoSolver:
    """The `Solver` of a host that has none."""

    def prepare(self) -> str:
        return ""

    def is_available(self) -> bool:
        return False

    def concretize(self, specs: Sequence[str], deprecated: bool = False) -> Concretized:
        raise HostError("concretizing needs Spack: pass --spack DIR")

    concretize_some = concretize


class NoInstaller:
    """The `Installer` of a host that has none."""

    def install(
        self, staging: Staging, spec: str, fill: Callable[[Sequence[Archive], Path], None]
    ) -> Installed:
        raise HostError("installing needs Spack: pass --spack DIR")

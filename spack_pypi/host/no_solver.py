"""A solver and an installer where there is no Spack."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Callable

from ..errors import HostError
from .port import Archive, Concretized, Installed, Staging

_UNAVAILABLE = "there is no Spack; pass --spack DIR"


class NoSolver:
    """The `Solver` of a host that has none."""

    def prepare(self) -> str:
        return ""

    def unavailable(self) -> str:
        return _UNAVAILABLE

    def concretize(self, specs: Sequence[str], deprecated: bool = False) -> Concretized:
        raise HostError(f"cannot concretize: {_UNAVAILABLE}")

    concretize_some = concretize


class NoInstaller:
    """The `Installer` of a host that has none."""

    def install(
        self, staging: Staging, spec: str, fill: Callable[[Sequence[Archive], Path], None]
    ) -> Installed:
        raise HostError("installing needs Spack: pass --spack DIR")

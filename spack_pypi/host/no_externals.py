"""What can be said without Spack about externals: nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from ..errors import HostError
from .port import Destination, PythonExternals, Written

_WHY = "externals need Spack, whose packages they are: pass --spack DIR"


class NoExternals:
    """An `Externals` that knows no configuration: it cannot be asked for anything."""

    def unusable(self, installed: PythonExternals, to: Destination) -> Mapping[str, str]:
        raise HostError(_WHY)

    def not_imported(
        self,
        installed: PythonExternals,
        modules: Mapping[str, tuple[Path, Sequence[str]]],
        to: Destination,
    ) -> Mapping[str, str]:
        raise HostError(_WHY)

    def using(self, installed: PythonExternals, to: Destination) -> AbstractContextManager[object]:
        raise HostError(_WHY)

    def write(self, installed: PythonExternals, to: Destination) -> Written:
        raise HostError(_WHY)

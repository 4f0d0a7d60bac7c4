"""What is installed without Spack: nothing is known of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..errors import HostError
from .port import InstalledPackage, Linked, Runtime


class NoStore:
    """A `Store` that has nothing."""

    def runtimes(self, names: Sequence[str]) -> Sequence[Runtime]:
        """See `Store.runtimes`."""
        raise HostError("looking at what is installed needs Spack: pass --spack DIR")

    def linked(self, file: Path) -> Linked | None:
        """See `Store.linked`."""
        return None

    def had(self, package: InstalledPackage, name: str) -> bool:
        """See `Store.had`."""
        return False

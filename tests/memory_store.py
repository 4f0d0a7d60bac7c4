"""What a host in memory has installed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from spack_pypi.host.port import InstalledPackage, Linked, Runtime


class MemoryStore:
    """The `Store` of a `MemoryHost`: what runs together by name, and what files need by name, or
    why they cannot be read; ``installed`` are the files that packages had, by package."""

    def __init__(self) -> None:
        self.runs: dict[str, Runtime] = {}
        self.links: dict[str, Linked] = {}
        self.damaged: dict[str, str] = {}
        self.installed: dict[str, list[str]] = {}

    def runtimes(self, names: Sequence[str]) -> Sequence[Runtime]:
        return [self.runs[name] for name in names or self.runs]

    def linked(self, file: Path) -> Linked | None:
        if file.name in self.damaged:
            raise ValueError(self.damaged[file.name])
        return self.links.get(file.name)

    def had(self, package: InstalledPackage, name: str) -> bool:
        return name in self.installed.get(package.name, ())

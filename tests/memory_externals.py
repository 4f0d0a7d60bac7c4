"""Externals of a host in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from spack_pypi.host.packages_yaml import entries, merged
from spack_pypi.host.port import Destination, External, Written


class MemoryExternals:
    """The `Externals` of a `MemoryHost`: its solver uses all but the ``refused``, and modules are
    ``imported`` but those of a package that ``fails``."""

    def __init__(self) -> None:
        self.packages: dict[str, Any] = {}
        self.refused: dict[str, str] = {}
        self.used: list[tuple[str, ...]] = []
        self.fails: dict[str, str] = {}
        self.imported: dict[str, tuple[Path, Sequence[str]]] = {}

    def unusable(
        self, python: External, prefix: Path, externals: Sequence[External], to: Destination
    ) -> Mapping[str, str]:
        return {e.package: self.refused[e.package] for e in externals if e.package in self.refused}

    def not_imported(
        self,
        python: External,
        prefix: Path,
        externals: Sequence[External],
        modules: Mapping[str, tuple[Path, Sequence[str]]],
        to: Destination,
    ) -> Mapping[str, str]:
        self.imported.update(modules)
        return {package: self.fails[package] for package in modules if package in self.fails}

    def using(
        self, python: External, prefix: Path, externals: Sequence[External], to: Destination
    ) -> AbstractContextManager[object]:
        self.used.append(tuple(each.spec for each in externals))
        return nullcontext()

    def write(
        self,
        python: External,
        prefix: Path,
        externals: Sequence[External],
        to: Destination,
    ) -> Written:
        ours = entries(externals, {"spec": python.spec}, self.packages)
        after = merged(
            self.packages,
            prefix,
            ours,
            buildable=to.buildable,
            only=to.only,
            prefixes=to.prefixes,
        )
        if not to.dry_run:
            self.packages = after.packages
        return Written(str(to.file or to.scope), after.changed, after.removed, after.kept)

"""Externals of a host in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from spack_pypi.host.packages_yaml import entries, merged
from spack_pypi.host.port import Destination, PythonExternals, Written


class MemoryExternals:
    """The `Externals` of a `MemoryHost`: its solver uses all but the ``refused``, and modules are
    ``imported`` but those of a package that ``fails``."""

    def __init__(self) -> None:
        self.packages: dict[str, Any] = {}
        self.refused: dict[str, str] = {}
        self.used: list[tuple[str, ...]] = []
        self.fails: dict[str, str] = {}
        self.imported: dict[str, tuple[Path, Sequence[str]]] = {}

    def unusable(self, installed: PythonExternals, to: Destination) -> Mapping[str, str]:
        asked = (each.package for each in installed.externals)
        return {package: self.refused[package] for package in asked if package in self.refused}

    def not_imported(
        self,
        installed: PythonExternals,
        modules: Mapping[str, tuple[Path, Sequence[str]]],
        to: Destination,
    ) -> Mapping[str, str]:
        self.imported.update(modules)
        return {package: self.fails[package] for package in modules if package in self.fails}

    def using(self, installed: PythonExternals, to: Destination) -> AbstractContextManager[object]:
        self.used.append(tuple(each.spec for each in installed.externals))
        return nullcontext()

    def write(self, installed: PythonExternals, to: Destination) -> Written:
        ours = entries(installed.externals, {"spec": installed.python.spec}, self.packages)
        after = merged(
            self.packages,
            installed.prefix,
            ours,
            buildable=to.buildable,
            only=to.only,
            prefixes=installed.others,
        )
        if not to.dry_run:
            self.packages = after.packages
        return Written(str(to.file or to.scope), after.changed, after.removed, after.kept)

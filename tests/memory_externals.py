"""Externals of a host in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from spack_pypi.host.packages_yaml import entries, merged
from spack_pypi.host.port import Destination, External, Written


class MemoryExternals:
    """The `Externals` of a `MemoryHost`: its solver uses all but the ``refused``."""

    def __init__(self) -> None:
        self.packages: dict[str, Any] = {}
        self.refused: dict[str, str] = {}

    def unusable(
        self, python: External, prefix: Path, externals: Sequence[External], to: Destination
    ) -> Mapping[str, str]:
        return {e.package: self.refused[e.package] for e in externals if e.package in self.refused}

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

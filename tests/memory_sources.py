"""What installing needs, for a host in memory."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from spack_pypi.host.port import CopiedRepo, Needed, SourceFile

if TYPE_CHECKING:
    from tests.memory import MemoryHost


class MemorySources:
    """The `Sources` of a `MemoryHost`: what is needed is what the host has."""

    def __init__(self, host: MemoryHost) -> None:
        self._host = host

    def make_repo(self, root: Path) -> None:
        pass

    def needed(self, specs: Sequence[str], deprecated: bool = False) -> Needed:
        return self._host.needed[" ".join(specs)]

    def fetch(self, file: SourceFile, mirror: Path) -> str:
        content = self._host.elsewhere.get(file.path)
        if content is None:
            return "no server has it"
        (mirror / file.path).parent.mkdir(parents=True, exist_ok=True)
        (mirror / file.path).write_bytes(content)
        return ""

    def copy_repos(self, folder: Path, scratch: Path, but: Path) -> Sequence[CopiedRepo]:
        root = folder / "builtin-1" / "spack_repo" / "builtin"
        new = not root.exists()
        root.mkdir(parents=True, exist_ok=True)
        return [CopiedRepo("builtin", root, "c0ffee", new)]

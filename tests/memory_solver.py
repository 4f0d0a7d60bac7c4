"""A solver whose answers each test chooses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from spack_pypi.host.port import Concretized

if TYPE_CHECKING:
    from tests.memory import MemoryHost


class MemorySolver:
    """The `Solver` of a `MemoryHost`: it finds the graphs that the host has, or that of the newest
    versions."""

    def __init__(self, host: MemoryHost) -> None:
        self._host = host

    def prepare(self) -> str:
        return ""

    def unavailable(self) -> str:
        return ""

    def concretize(self, specs: Sequence[str], deprecated: bool = False) -> Concretized:
        asked = " ".join([*specs, *(["--deprecated"] if deprecated else [])])
        self._host.concretized.append(asked)
        reason = self._host.unsatisfiable.get(asked, "")
        return Concretized(() if reason else tuple(specs), self._taken([asked]), reason)

    def concretize_some(self, specs: Sequence[str], deprecated: bool = False) -> Concretized:
        """The first ones win, where two exclude each other."""
        self._host.concretized.append(f"some of {' '.join(specs)}")
        solved: list[str] = []
        for spec in specs:
            excluded = any({spec, other} in self._host.exclusive for other in solved)
            if not (excluded or spec in self._host.unsatisfiable):
                solved.append(spec)
        reason = "" if solved else "the solver's words about some of them"
        return Concretized(tuple(solved), self._taken(solved), reason)

    def _taken(self, specs: Sequence[str]) -> frozenset[tuple[str, str]]:
        graphs = [self._host.graphs.get(spec, self._newest()) for spec in specs]
        return frozenset[tuple[str, str]]().union(*graphs)

    def _newest(self) -> frozenset[tuple[str, str]]:
        """All that is staged, in its newest versions."""
        versions = {
            package: self._host.evaluator.meaning(package).versions
            for package in self._host.staged
        }
        return frozenset((package, each[0].text) for package, each in versions.items() if each)

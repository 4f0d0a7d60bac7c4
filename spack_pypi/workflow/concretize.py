"""The proof by the solver: what was named, and each version that was written, is concretized."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Callable

from ..host.port import Concretized, Problem, Solver
from ..resolve.fit import obstacle
from ..resolve.resolution import Resolution
from ..resolve.search import Demand
from ..translate.spelling import meant
from .outcome import Record, Result


class Concretizer:
    """Asks the host's solver about recipes that are staged; ``graphs`` are those that it found, by
    specs. They hold for as long as their recipes are written, so they are asked for once."""

    def __init__(
        self, solver: Solver, progress: Callable[[str], None] = lambda what: None
    ) -> None:
        self._solver, self._progress = solver, progress
        self._graphs: dict[tuple[str, ...], Concretized] = {}

    def refused(
        self,
        resolution: Resolution,
        result: Result,
        groups: Mapping[tuple[str, ...], Sequence[str]],
    ) -> dict[tuple[str, ...], str]:
        """Concretize what was named: the specs of each group of projects together. The groups that
        cannot be, and why."""
        found = {}
        for projects, specs in groups.items():
            graph = self._concretized(result, specs)
            if graph.reason:
                demands = [
                    Demand(root.project, root.specifier)
                    for root in resolution.roots
                    if root.project in projects
                ]
                reason, _ = _obstacle(resolution, demands) or (graph.reason, True)
                found[projects] = f"cannot be concretized: {reason or graph.reason}"
        return found

    def unmet(self, resolution: Resolution, result: Result) -> list[Problem]:
        """Concretize each version that was written and that none of the graphs found so far holds;
        which cannot be, and why. A version may want a Python that is not here, or exclude
        others, and be right all the same. The solver is not asked where it is certain without
        it."""
        taken = {each for graph in self._graphs.values() for each in graph.taken}
        unmet = []
        for record, version in _written(result):
            if (record.package, version) in taken:
                continue
            demand = Demand(record.project, f"=={meant(version)}")
            reason, certain = _obstacle(resolution, [demand]) or ("", False)
            if not certain:
                graph = self._concretized(result, [f"{record.package}@={version}"])
                taken |= graph.taken
                reason = (reason or graph.reason) if graph.reason else ""
            if reason:
                unmet.append(Problem(f"{record.package}@{version}", reason))
        return unmet

    def _concretized(self, result: Result, specs: Sequence[str]) -> Concretized:
        known = self._graphs.get(tuple(specs))
        if known is None or known.reason:
            self._progress(f"concretizing {' '.join(specs)}")
            known = self._solver.concretize(specs, deprecated=bool(result.deprecated))
            self._graphs[tuple(specs)] = known
        return known


def _written(result: Result) -> Iterator[tuple[Record, str]]:
    """All that was written, dependents before what they need: their graphs hold most of it."""
    todo, seen = list(result.named), set(result.named)
    while todo:
        record = result.records[todo.pop(0)]
        for version in record.versions if record.status == "new" else ():
            yield record, version
        new = [name for name in record.needs if name in result.records and name not in seen]
        todo += new
        seen |= set(new)


def _obstacle(resolution: Resolution, demands: Sequence[Demand]) -> tuple[str, bool] | None:
    usable = resolution.catalog.host.repos.usable_pythons()
    return obstacle(resolution.searches, resolution.selection, demands, usable)

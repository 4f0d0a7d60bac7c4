"""Whether the named specs, and each version that is written, can be concretized."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..diagnostics import Diagnostic, Severity
from ..host.port import Concretized, Solver
from ..resolve.model import Root
from ..session import Phase, Session
from ..translate.spelling import meant
from .plan import Plan, Record, RecordStatus


class Concretizer:
    """Concretizes specs of staged recipes, each once for all plans of a request."""

    def __init__(self, session: Session, solver: Solver) -> None:
        self._session, self._solver = session, solver
        self._graphs: dict[tuple[str, ...], Concretized] = {}

    def refused(self, plan: Plan) -> dict[tuple[str, ...], str]:
        """Concretize the specs of each group of named projects together; the groups that cannot
        be, and why."""
        refused = {}
        for projects, specs in plan.groups.items():
            graph = self._concretized(plan, specs)
            if graph.reason:
                roots = [root for root in plan.resolution.roots if root.project in projects]
                reason, _ = plan.resolution.obstacle(roots) or (graph.reason, True)
                refused[projects] = f"cannot be concretized: {reason or graph.reason}"
        return refused

    def unsatisfiable(self, plan: Plan) -> Iterator[Diagnostic]:
        """Concretize each version that is written and that no graph so far contains; a warning for
        each that cannot be: it may require a Python that is not here, or exclude others, and be
        right all the same. Where the resolver is certain, the solver does not run."""
        taken = {node for graph in self._graphs.values() for node in graph.taken}
        for record, version in _written(plan):
            if (record.package, version) in taken:
                continue
            root = Root(record.project, f"=={meant(version)}")
            reason, certain = plan.resolution.obstacle([root]) or ("", False)
            if not certain:
                graph = self._concretized(plan, [f"{record.package}@={version}"])
                taken |= graph.taken
                reason = (reason or graph.reason) if graph.reason else ""
            if reason:
                yield Diagnostic(
                    "unsatisfiable", Severity.WARNING, record.package, (version,), text=reason
                )

    def _concretized(self, plan: Plan, specs: Sequence[str]) -> Concretized:
        known = self._graphs.get(tuple(specs))
        if known is None or known.reason:
            self._session.progress(Phase.CONCRETIZE, " ".join(specs))
            known = self._solver.concretize(specs, deprecated=bool(plan.deprecated))
            self._graphs[tuple(specs)] = known
        return known


def _written(plan: Plan) -> Iterator[tuple[Record, str]]:
    """All that is written, dependents first: their graphs contain most of it."""
    todo = [record.project for record in plan.named]
    seen = set(todo)
    while todo:
        record = plan.records[todo.pop(0)]
        for version in record.versions if record.status is RecordStatus.NEW else ():
            yield record, version
        new = [name for name in record.dependencies if name in plan.records and name not in seen]
        todo += new
        seen |= set(new)

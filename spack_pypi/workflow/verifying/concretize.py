"""Whether the named specs, and each version that is written, can be concretized."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Callable

from ...diagnostics import Diagnostic, Severity
from ...errors import some_of
from ...host.port import Concretized, Solver
from ...resolve.model import Root
from ...session import Phase, Session
from ...translate.only_platform import only_platform
from ...translate.spelling import meant
from ..plan import Plan, Record, RecordStatus
from .solves import concretize_each

#: How many of many specs a message names.
FEW = 3


class Concretizer:
    """Concretizes specs of staged recipes, each once for all plans of a request."""

    def __init__(self, session: Session, solver: Solver) -> None:
        self._session, self._solver = session, solver
        #: The specs of groups, and a graph that contains them.
        self._graphs: dict[tuple[str, ...], Concretized] = {}

    @property
    def taken(self) -> frozenset[tuple[str, str]]:
        """The packages and versions in all graphs so far."""
        return frozenset(node for graph in self._graphs.values() for node in graph.taken)

    def refused(
        self, plan: Plan, on_concretized: Callable[[Sequence[str]], None]
    ) -> dict[tuple[str, ...], str]:
        """Concretize the specs of each group of named projects; the groups that cannot be, and
        why. ``on_concretized`` is called with the projects of each group that can be, as soon as
        that is known."""
        groups: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
        for projects, specs in plan.groups.items():
            groups.setdefault(tuple(specs), []).append(projects)
        refused = {}
        for specs, graph in self._asked(plan, groups):
            for projects in groups[specs]:
                if graph.reason:
                    reason, _ = _obstacle(plan, projects)
                    reason = reason or graph.reason + _for_one_platform(plan, projects)
                    refused[projects] = f"cannot be concretized: {reason}"
                else:
                    self._graphs[specs] = graph
                    on_concretized(projects)
        return refused

    def _asked(
        self, plan: Plan, groups: dict[tuple[str, ...], list[tuple[str, ...]]]
    ) -> Iterator[tuple[tuple[str, ...], Concretized]]:
        """The specs of groups, and what the solver finds: first those that were concretized for an
        earlier plan, then those with one spec, which need not share a graph, in few solves."""
        yield from ((specs, self._graphs[specs]) for specs in groups if specs in self._graphs)
        todo = [specs for specs in groups if specs not in self._graphs]
        deprecated = bool(plan.deprecated)

        def certain(spec: str) -> str:
            reason, is_certain = _obstacle(plan, groups[spec,][0])
            return reason if is_certain else ""

        single = [specs[0] for specs in todo if len(specs) == 1]
        for spec, graph in concretize_each(
            self._session, self._solver, single, deprecated=deprecated, certain=certain
        ):
            yield (spec,), graph
        for specs in todo:
            if len(specs) > 1:
                self._session.rest()
                self._session.progress(Phase.CONCRETIZE, " ".join(specs))
                yield specs, self._solver.concretize(specs, deprecated=deprecated)

    def unsatisfiable(self, plan: Plan) -> Iterator[Diagnostic]:
        """Concretize each version that is written and that no graph so far contains; a warning for
        each that cannot be: it may require a Python that is not here, or exclude others, and be
        right all the same. Where the resolver is certain, the solver does not run."""
        reasons: dict[str, str] = {}
        todo: dict[str, str] = {}
        left = [*self._left(plan)]
        for record, version in left:
            root = Root(record.project, f"=={meant(version)}")
            reason, certain = plan.resolution.obstacle([root]) or ("", False)
            (reasons if certain else todo)[f"{record.package}@={version}"] = reason
        for spec, graph in concretize_each(
            self._session, self._solver, [*todo], deprecated=bool(plan.deprecated)
        ):
            if graph.reason:
                reasons[spec] = todo[spec] or graph.reason
        for record, version in left:
            reason = reasons.get(f"{record.package}@={version}", "")
            if reason:
                yield Diagnostic(
                    "unsatisfiable", Severity.WARNING, record.package, (version,), text=reason
                )

    def not_concretized(self, plan: Plan) -> Iterator[Diagnostic]:
        """A note about the versions that are written and that no graph contains."""
        left = [f"{record.package}@={version}" for record, version in self._left(plan)]
        text = f"{some_of(left, FEW)}; to concretize them too, pass --verify every"
        yield from _not_concretized(left, text)

    def none_concretized(self, plan: Plan, why: str) -> Iterator[Diagnostic]:
        """A note that nothing is concretized here, and ``why``."""
        written = [f"{record.package}@={version}" for record, version in _written(plan)]
        yield from _not_concretized(written, why)

    def _left(self, plan: Plan) -> Iterator[tuple[Record, str]]:
        """The versions that are written and that no graph so far contains."""
        taken = self.taken
        for record, version in _written(plan):
            if (record.package, version) not in taken:
                yield record, version


def _not_concretized(specs: Sequence[str], text: str) -> Iterator[Diagnostic]:
    if specs:
        details = (("specs", " ".join(specs)),)
        yield Diagnostic("not-concretized", Severity.NOTE, "", text=text, details=details)


def _obstacle(plan: Plan, projects: Sequence[str]) -> tuple[str, bool]:
    """Why named projects cannot be installed, as far as the resolver knows, and whether that is
    certain."""
    roots = [root for root in plan.resolution.roots if root.project in projects]
    return plan.resolution.obstacle(roots) or ("", False)


def _for_one_platform(plan: Plan, projects: Sequence[str]) -> str:
    """What there is to add for projects that are for one platform only, which may be another one
    than this."""
    resolution = plan.resolution
    for project in projects:
        versions = resolution.versions(project)
        platform = only_platform(
            (resolution.release(project, each), resolution.declared(project, each).metadata)
            for each in versions
        )
        if platform:
            way_out = "to write it all the same, pass --verify load"
            return f" ({project} is for {platform} only; {way_out})"
    return ""


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

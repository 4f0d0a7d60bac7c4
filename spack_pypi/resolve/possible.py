"""Which versions of each project Spack could take at all, given what every choice needs.

Spack takes one version of each package in a graph, and no deprecated one unless the user allows
it. What all the versions of a project need that are left is needed in any case: that excludes
versions of other projects, of which again fewer are left. Where none is left, no solver finds a
solution: this never errs in that direction. Whether there is one where some are left, only the
solver knows.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..pypi.branches import version_of
from ..translate.spelling import meant
from .catalog import Catalog
from .contradiction import Contradiction, Limit
from .demands import NO_PYTHON, Candidate, Demand, Demands, spelled
from .model import Selection, Status


class Possible:
    """What is possible for a selection with one Python on Linux on x86_64; ``apart``: if what is
    needed only to build something may be there in another version than for the rest."""

    def __init__(
        self,
        catalog: Catalog,
        demands: Demands,
        selection: Selection,
        python: str,
        *,
        apart: bool = False,
    ) -> None:
        self._catalog, self._demands, self._apart = catalog, demands, apart
        self._selection, self.python = selection, python
        self._deprecated = bool(selection.deprecated) or any(
            edge.answer.status is Status.DEPRECATED and edge.required
            for edges in selection.edges.values()
            for edge in edges
        )
        self._first: dict[str, list[Candidate] | None] = {}

    def contradiction(
        self, roots: Sequence[Demand], more: Candidate | None = None, free: str = ""
    ) -> Contradiction | None:
        """Why nothing satisfies these demands; None where that is not certain. ``more`` is one
        more candidate; any version of the project ``free`` is taken to exist, and to need
        nothing."""
        return _Narrowing(self, more, free).run(roots)

    def demands(self, candidate: Candidate) -> Iterator[Demand]:
        """What a candidate demands of others, as far as that is understood: where it was chosen,
        there is a version for all of that."""
        for demand in self._demands.of(self._selection, candidate, self.python):
            if self._apart and demand.to_build:
                continue
            chosen = self._selection.releases.get(candidate.project, {})
            there = self.candidates(demand.project)
            if (
                demand.project == NO_PYTHON
                or candidate.version not in chosen
                or (there is not None and any(map(demand.accepts, there)))
            ):
                yield demand

    def candidates(self, project: str) -> list[Candidate] | None:
        """The versions that are chosen or exist, newest first; None where it may have any."""
        if project not in self._first:
            self._first[project] = self._candidates(project)
        return self._first[project]

    def _candidates(self, project: str) -> list[Candidate] | None:
        if project == NO_PYTHON:
            return []
        existing = self._catalog.package(project).extended
        found = {
            version: Candidate(project, version, spelled(version), release)
            for version, release in self._selection.releases.get(project, {}).items()
        }
        if existing is not None and existing.every_version:
            return None
        if project in self._catalog.rules.installed:
            return None  # an external is taken as it is, whatever its recipe says
        texts = [*existing.versions] if existing else []
        texts += existing.deprecated if existing and self._deprecated else ()
        for text in texts:
            version = meant(text)
            if version is None:
                return None
            found.setdefault(version, Candidate(project, version, text))
        for branch in existing.branches if existing else ():
            found.setdefault(version_of(branch), Candidate(project, version_of(branch), branch))
        return [found[version] for version in sorted(found, reverse=True)]


@dataclass
class _Project:
    """A project that is needed: the candidates that are ``left``, how far it is from the roots,
    and the ``limits`` by those that demand it. Some candidates lack one of the ``lacked``."""

    left: list[Candidate]
    depth: int
    limits: dict[str, Limit] = field(default_factory=dict)
    lacked: set[str] = field(default_factory=set)


class _Narrowing:
    """One run over what is possible."""

    def __init__(self, possible: Possible, more: Candidate | None, free: str) -> None:
        self._possible, self._more, self._free = possible, more, free
        self._needed: dict[str, _Project] = {}
        self._todo: deque[str] = deque()
        #: Who has to be looked at again once fewer candidates of a project are left.
        self._watching: dict[str, set[str]] = {}
        self._said: dict[Candidate, tuple[Demand, ...]] = {}

    def run(self, roots: Sequence[Demand]) -> Contradiction | None:
        """See `Possible.contradiction`."""
        for demand in roots:
            self._limit(demand.project, Limit("", ((demand,),)), 0)
        while self._todo:
            project = self._todo.popleft()
            if not self._narrow(project):
                return self._contradiction(project)
        return None

    def _narrow(self, project: str) -> bool:
        """Drop the candidates of a project that are not possible, and note what all others demand;
        whether any is left."""
        here = self._needed[project]
        before = len(here.left)
        fitting = [candidate for candidate in here.left if _accepted(candidate, here.limits)]
        lacked = {candidate: self._lacks(candidate) for candidate in fitting}
        here.lacked |= {*lacked.values()} - {""}
        here.left = [candidate for candidate in fitting if not lacked[candidate]]
        if not here.left:
            return False
        if len(here.left) < before:
            for each in sorted(self._watching.get(project, ())):
                self._look_again(each)
        said = [self._demands(candidate) for candidate in here.left]
        by_all = set.intersection(*({demand.project for demand in each} for each in said))
        version = here.left[0].text if len(here.left) == 1 else ""
        for other in sorted(by_all):
            says = dict.fromkeys(tuple(d for d in each if d.project == other) for each in said)
            self._limit(other, Limit(project, tuple(says), version), here.depth + 1)
        return True

    def _limit(self, project: str, limit: Limit, depth: int) -> None:
        """Note a limit on a project, which is needed from now on."""
        if project not in self._needed:
            first = self._candidates(project)
            if first is None:
                return
            self._needed[project] = _Project(first, depth)
            self._look_again(project)
        limits = self._needed[project].limits
        if limit.by not in limits or limits[limit.by].says != limit.says:
            self._look_again(project)
        limits[limit.by] = limit

    def _look_again(self, project: str) -> None:
        if project not in self._todo:
            self._todo.append(project)

    def _candidates(self, project: str) -> list[Candidate] | None:
        """The candidates at first; None where any version will be there."""
        if project == self._free:
            return None
        found = self._possible.candidates(project)
        if found is None or self._more is None or self._more.project != project:
            return found
        return [self._more, *found]

    def _demands(self, candidate: Candidate) -> tuple[Demand, ...]:
        if candidate not in self._said:
            self._said[candidate] = tuple(self._possible.demands(candidate))
        return self._said[candidate]

    def _lacks(self, candidate: Candidate) -> str:
        """The first project of which no version is left that a candidate demands; empty if it has
        all."""
        for demand in self._demands(candidate):
            needed = self._needed.get(demand.project)
            left = needed.left if needed else self._candidates(demand.project)
            self._watching.setdefault(demand.project, set()).add(candidate.project)
            if left is not None and not any(map(demand.accepts, left)):
                return demand.project
        return ""

    # --- why ----------------------------------------------------------------------------------

    def _contradiction(self, project: str) -> Contradiction:
        limits: dict[str, Limit] = dict(self._needed[project].limits)
        fitting = [c for c in self._candidates(project) or () if _accepted(c, limits)]
        lacked = sorted({self._lacks(candidate) for candidate in fitting})
        version = fitting[0].text if len(fitting) == 1 else ""
        about = project
        if lacked and lacked != [NO_PYTHON] and len(lacked) == 1:
            # What all of them lack is what others exclude.
            about = lacked[0]
            said = (self._demands(candidate) for candidate in fitting)
            says = dict.fromkeys(tuple(d for d in each if d.project == about) for each in said)
            limits = dict(self._needed[about].limits) if about in self._needed else {}
            limits[project] = Limit(project, tuple(says), version)
        if about != project or not lacked:
            limits = self._excluding(about, limits)
            lacked = [] if limits else lacked
        if lacked:
            about, limits = project, {}
        return Contradiction(
            self._possible.python,
            about,
            tuple(limits.values()),
            tuple(lacked),
            version,
            tuple(self._chain(by) for by in limits if by),
            self._involved(about, [by for by in limits if by]),
        )

    def _involved(self, project: str, makers: Sequence[str]) -> tuple[str, ...]:
        """A project, the ``makers`` of limits that exclude its versions, what excludes theirs, and
        so on; the nearest to the roots first."""
        here = self._needed.get(project)
        todo = [*makers, *(here.lacked if here is not None else ())] or [project]
        involved = {project} - {*todo}
        while todo:
            each = todo.pop()
            if each not in involved and each in self._needed:
                involved.add(each)
                todo += (by for by in self._needed[each].limits if by)
                todo += self._needed[each].lacked
        known = involved & self._needed.keys()
        return tuple(sorted(known, key=lambda name: (self._needed[name].depth, name)))

    def _excluding(self, project: str, limits: dict[str, Limit]) -> dict[str, Limit]:
        """A few of the limits that together leave nothing of a project; none where that is not due
        to limits alone."""
        candidates = self._candidates(project) or []
        complete = [c for c in candidates if not self._lacks(c)] or candidates
        if any(_accepted(c, limits) for c in complete):
            return {}
        for by in [*limits]:
            fewer = {name: limit for name, limit in limits.items() if name != by}
            if fewer and not any(_accepted(c, fewer) for c in complete):
                limits = fewer
        return limits

    def _chain(self, project: str) -> tuple[str, ...]:
        """A project, what brings it, what brings that, and so on, without the roots."""
        chain = [project]
        while True:
            by = next((name for name in self._needed[chain[-1]].limits), "")
            if not by or not self._needed[by].depth or by in chain:
                return tuple(chain)
            chain.append(by)


def _accepted(candidate: Candidate, limits: Mapping[str, Limit]) -> bool:
    return all(limit.accepts(candidate) for limit in limits.values())

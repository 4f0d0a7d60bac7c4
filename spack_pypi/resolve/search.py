"""The search for one version of each project so that all requirements are satisfied together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Callable

from resolvelib import AbstractProvider, BaseReporter, Resolver
from resolvelib.resolvers import ResolutionImpossible

from .candidates import Allowed, Candidates
from .catalog import Catalog
from .demands import NO_PYTHON, Candidate, Demand, Demands, spelled
from .lessons import Lessons
from .model import Selection

#: Steps after which a search is given up: Spack's own solver then decides.
MOST_ROUNDS = 1000
#: Passes over first candidates until resolvelib has to decide.
_PASSES = 4


@dataclass
class Budget:
    """How many steps searches may still take together."""

    left: int


class NoSolution(Exception):
    """No choice of versions satisfies all demands with this Python. ``causes`` are the demands of
    the last conflict, or of the first one if the search was ``given_up``, each with the candidate
    that makes it (None for the roots)."""

    def __init__(
        self,
        python: str,
        causes: Sequence[tuple[Demand, Candidate | None]],
        given_up: bool = False,
    ) -> None:
        self.python, self.causes, self.given_up = python, tuple(causes), given_up


class Searches:
    """Searches over one catalog, which share the demands of candidates."""

    def __init__(self, catalog: Catalog, lessons: Lessons) -> None:
        self.catalog, self.lessons = catalog, lessons
        self.demands = Demands(catalog, lessons)

    def search(
        self,
        selection: Selection,
        demands: Sequence[Demand],
        python: str,
        blamed: set[str],
        budget: Budget,
        earlier: Sequence[Mapping[str, Candidate]] = (),
        older: Sequence[str] = (),
    ) -> list[Candidate]:
        """One version of each project in the closure of the demands, so that all demands are
        satisfied with a Python, or with one of the ``older`` ones if only that keeps new releases
        away. The projects of conflicts are added to ``blamed``, so that a later search begins
        where an earlier one ended; ``earlier`` solutions, for other demands, are tried first.
        Raises `NoSolution`; it is given up when the ``budget`` is used up."""
        provider = _Provider(self, selection, python, blamed)
        solutions = (provider.without_conflict(demands, known) for known in (*earlier, {}))
        found = next((solution for solution in solutions if solution is not None), None)
        if found is not None:
            return found
        everything = [*demands, *provider.closure({demand.project for demand in demands})]
        if not self.catalog.policy.newest:
            # Older versions that exist come before new ones of something else, though they are
            # looked for longer.
            for allowed in (Allowed.EXISTING, Allowed.WRITTEN):
                pythons = (python, *older)
                found = self._existing(selection, demands, pythons, blamed, budget, allowed)
                if found is not None:
                    return found
        try:
            return _resolved(provider, everything, budget)
        except ResolutionImpossible as error:
            causes = [(cause.requirement, cause.parent) for cause in error.causes]
            raise NoSolution(
                python, causes, given_up=provider.candidates.skipped_releases
            ) from None
        except _TooLong:
            raise NoSolution(python, provider.first_conflict, given_up=True) from None

    def _existing(
        self,
        selection: Selection,
        demands: Sequence[Demand],
        pythons: Sequence[str],
        blamed: set[str],
        budget: Budget,
        allowed: Allowed,
    ) -> list[Candidate] | None:
        """A solution of what is ``allowed``, which adds versions only to what gets one in any
        case; with a Python after the first one only while something that exists does not run with
        those before it, or where the first candidate of each project is one."""
        providers = []
        for python in pythons:
            provider = _Provider(self, selection, python, blamed, allowed)
            found = provider.without_conflict(demands, {})
            if found is not None:
                return found
            providers.append(provider)
        for provider in providers:
            everything = [*demands, *provider.closure({demand.project for demand in demands})]
            try:
                return _resolved(provider, everything, Budget(min(MOST_ROUNDS, budget.left)))
            except (ResolutionImpossible, _TooLong):
                if not provider.met_other_pythons:
                    return None
        return None


class _TooLong(Exception):
    """The search takes too many steps."""


class _Watch(BaseReporter[Demand, Candidate, str]):
    """Ends a search after `MOST_ROUNDS`, or at the end of the budget: resolvelib backjumps to the
    cause of a conflict during the first tenth of its rounds only, and without that our graphs are
    too large."""

    def __init__(self, provider: _Provider, budget: Budget) -> None:
        self._provider, self._budget = provider, budget

    def adding_requirement(self, requirement: Demand, parent: Candidate | None) -> None:
        self._provider.note(requirement, parent)

    def rejecting_candidate(self, criterion: Any, candidate: Candidate) -> None:
        self._provider.blame_limits(candidate.project)

    def starting_round(self, index: int) -> None:
        if index > MOST_ROUNDS or not self._budget.left:
            raise _TooLong
        self._budget.left -= 1


def _resolved(provider: _Provider, demands: Sequence[Demand], budget: Budget) -> list[Candidate]:
    """Raises `ResolutionImpossible` and `_TooLong`."""
    resolver = Resolver(provider, _Watch(provider, budget))
    return list(resolver.resolve(demands, max_rounds=10 * MOST_ROUNDS).mapping.values())


class _Provider(AbstractProvider[Demand, Candidate, str]):
    """What resolvelib must know, for one Python on Linux on x86_64."""

    def __init__(
        self,
        searches: Searches,
        selection: Selection,
        python: str,
        blamed: set[str],
        allowed: Allowed = Allowed.ANY,
    ) -> None:
        self._selection, self._python, self._blamed = selection, python, blamed
        self._demands = searches.demands
        self.candidates = Candidates(searches.catalog, searches.lessons, selection, allowed)
        self.first_conflict: list[tuple[Demand, Candidate | None]] = []
        #: Who makes each demand, and the last demands that candidates of a project had to satisfy.
        self._makers: dict[Demand, set[str]] = {}
        self._limits: dict[str, list[Demand]] = {}
        #: Whether there was a candidate that does not run with this Python.
        self.met_other_pythons = False
        #: Who left a project that was in a conflict no other version.
        self._limiting: set[str] = set()
        self._allowed = allowed

    def without_conflict(
        self, demands: Sequence[Demand], preferred: Mapping[str, Candidate]
    ) -> list[Candidate] | None:
        """The first candidate of each project, the ``preferred`` ones before others, given what
        the others' first candidates demand of it; None if they conflict, and resolvelib has to
        decide."""
        known: dict[str, set[Demand]] = {}
        for _ in range(_PASSES):
            candidates: dict[str, Candidate] = {}
            collected: dict[str, set[Demand]] = {}
            todo = list(demands)
            for demand in todo:  # grows
                collected.setdefault(demand.project, set()).add(demand)
                if demand.project in candidates:
                    continue
                here = [*known.get(demand.project, ()), *collected[demand.project]]
                candidate = preferred.get(demand.project)
                if candidate is None or not all(each.accepts(candidate) for each in here):
                    candidate = next(self.candidates.matching(demand.project, here), None)
                if candidate is None:
                    return None
                candidates[demand.project] = candidate
                todo += self._demands.of(self._selection, candidate, self._python)
            if all(d.accepts(candidates[p]) for p, here in collected.items() for d in here):
                return list(candidates.values())
            known = collected
        return None

    def closure(self, projects: set[str]) -> list[Demand]:
        """The projects in the closure of the chosen releases of some projects, in any version.

        These are demands of their own, and `get_dependencies` leaves them out: else each dependent
        of a build backend would be blamed, and tried in all its versions, where two others
        disagree about the backend.
        """
        todo, reached = sorted(projects), set(projects)
        while todo:
            project = todo.pop()
            for version, release in self._selection.releases.get(project, {}).items():
                candidate = Candidate(project, version, spelled(version), release)
                for demand in self._demands.of(self._selection, candidate, self._python):
                    if demand.project not in reached and demand.project != NO_PYTHON:
                        reached.add(demand.project)
                        todo.append(demand.project)
        return [Demand(name) for name in sorted(reached - projects)]

    def note(self, demand: Demand, parent: Candidate | None) -> None:
        """Remember who makes a demand."""
        self.met_other_pythons = self.met_other_pythons or demand.project == NO_PYTHON
        if parent is not None:
            self._makers.setdefault(demand, set()).add(parent.project)

    @property
    def first(self) -> set[str]:
        """The projects that are chosen first."""
        return self._blamed | self._limiting

    def blame_limits(self, project: str) -> None:
        """Of a project whose candidate conflicts with what is chosen already, choose those first
        that leave it no other version: they are not among the causes that resolvelib names."""
        if self._allowed is not Allowed.ANY:
            for demand in self._limits.get(project, ()):
                self._limiting |= self._makers.get(demand, set())

    def identify(self, requirement_or_candidate: Any) -> str:
        return str(requirement_or_candidate.project)

    def narrow_requirement_selection(
        self,
        identifiers: Iterable[str],
        resolutions: Mapping[str, Candidate],
        candidates: Mapping[str, Iterator[Candidate]],
        information: Mapping[str, Iterator[Any]],
        backtrack_causes: Sequence[Any],
    ) -> list[str]:
        """The one to go on with: the roots first, whose newest release is the last thing to give
        up; then what was ever part of a conflict, so that it shows again at once and not below
        unrelated choices; then what is pinned, then by name. As it is one, resolvelib never asks
        for `get_preference` of each."""
        if not self.first_conflict:
            self.first_conflict = [(each.requirement, each.parent) for each in backtrack_causes]
        for cause in backtrack_causes:
            self._blamed.add(cause.requirement.project)
            if cause.parent is not None:
                self._blamed.add(cause.parent.project)
        left = list(identifiers)
        left = [each for each in left if each in self._selection.listed] or left
        first = self.first
        left = [each for each in left if each in first] or left
        pinned = [
            each
            for each in left
            if any("==" in said.requirement.specifier for said in information[each])
        ]
        return [min(pinned or left)]

    def find_matches(
        self,
        identifier: str,
        requirements: Mapping[str, Iterator[Demand]],
        incompatibilities: Mapping[str, Iterator[Candidate]],
    ) -> Iterable[Candidate] | Callable[[], Iterator[Candidate]]:
        demands = list(requirements[identifier])
        self._limits[identifier] = demands
        refused = frozenset(candidate.version for candidate in incompatibilities[identifier])
        # A function, so that only the candidates that resolvelib looks at are fetched.
        return lambda: self.candidates.matching(identifier, demands, refused)

    def is_satisfied_by(self, requirement: Demand, candidate: Candidate) -> bool:
        return requirement.accepts(candidate)

    def get_dependencies(self, candidate: Candidate) -> Iterable[Demand]:
        # One at a time: resolvelib takes no more of them than up to the first conflict.
        for demand in self._demands.step_by_step(self._selection, candidate, self._python):
            if demand.specifier or demand.ranges or demand.project == NO_PYTHON:
                yield demand

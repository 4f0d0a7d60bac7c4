"""What resolvelib must know to search for one version of each project so that all fit together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import (
    Any,
    Callable,
)

from packaging.specifiers import SpecifierSet
from packaging.version import Version
from resolvelib import AbstractProvider, BaseReporter, Resolver
from resolvelib.resolvers import ResolutionImpossible

from ..pypi.model import Release
from ..recipe.model import BUILD
from ..translate import spack_order
from ..translate.requirements import ProjectRequirement
from ..translate.revise import applies_to
from ..translate.spelling import meant
from .applies import holds_with, running
from .catalog import Catalog
from .extras import with_flat_extras
from .lessons import Grade, Lessons, Unit
from .model import Selection, Status
from .package import ProjectPackage
from .package import specifier_set as _specifier

#: Steps of a search after which it is given up: Spack's own solver then decides.
MOST_ROUNDS = 1000
#: How many releases of a project are tried that would not be written otherwise.
_FURTHER = 25
#: How many of them are asked about at once.
_AT_ONCE = 8
#: Passes over first candidates until a search has to decide.
_PASSES = 4
#: What a candidate needs that does not run on this Python.
NO_PYTHON = "!"


@dataclass(frozen=True)
class Demand:
    """A project in the versions of a specifier (PEP 440) and of ``ranges`` (Spack)."""

    project: str
    specifier: str = ""
    ranges: str = ""

    def accepts(self, candidate: Candidate) -> bool:
        return _accepts(self.specifier, self.ranges, candidate.text, candidate.number)


@dataclass(frozen=True)
class Candidate:
    """A candidate; ``text`` is its version as Spack spells it, ``release`` is None for a version
    that a package has already."""

    project: str
    version: Version = field(compare=False)
    text: str
    release: Release | None = field(default=None, compare=False)

    @cached_property
    def number(self) -> str:
        """Its version as PEP 440 spells it."""
        return str(self.version)


@dataclass
class Budget:
    """How many steps searches may still take together."""

    left: int


class NoFit(Exception):
    """Nothing fits together with a Python. ``causes`` are the demands of the conflict that was
    found last, each with what makes it (None for what was asked for); of the first one where the
    search was ``given_up``."""

    def __init__(
        self,
        python: str,
        causes: Sequence[tuple[Demand, Candidate | None]],
        given_up: bool = False,
    ) -> None:
        self.python, self.causes, self.given_up = python, tuple(causes), given_up


class Searches:
    """Searches over one catalog; what they have in common is worked out once."""

    def __init__(self, catalog: Catalog, lessons: Lessons) -> None:
        self.catalog, self.lessons = catalog, lessons
        self._asked: dict[tuple[Candidate, tuple[str, ...], str], tuple[Demand, ...]] = {}

    def search(
        self,
        selection: Selection,
        demands: Sequence[Demand],
        python: str,
        blamed: set[str],
        budget: Budget,
        earlier: Sequence[Mapping[str, Candidate]] = (),
    ) -> list[Candidate]:
        """One version of each project that is needed for the demands, so that all fit together
        with a Python. ``blamed`` gets the projects that were part of a conflict: a later search
        begins where an earlier one ended; ``earlier`` solutions, for other demands, are tried
        first. Raises `NoFit`; it is given up when the ``budget`` is used up."""
        provider = _Provider(self, selection, python, blamed)
        solutions = (provider.without_conflict(demands, known) for known in (*earlier, {}))
        found = next((solution for solution in solutions if solution is not None), None)
        if found is not None:
            return found
        try:
            everything = [*demands, *provider.needed_by({demand.project for demand in demands})]
            watch = _Watch(budget)
            result = Resolver(provider, watch).resolve(everything, max_rounds=10 * MOST_ROUNDS)
        except ResolutionImpossible as error:
            causes = [(cause.requirement, cause.parent) for cause in error.causes]
            raise NoFit(python, causes, given_up=provider.left_some_out) from None
        except _TooLong:
            raise NoFit(python, provider.first_conflict, given_up=True) from None
        return list(result.mapping.values())

    def asked_by(
        self, selection: Selection, candidate: Candidate, python: str
    ) -> tuple[Demand, ...]:
        """All that a candidate asks of others with a Python on Linux on x86_64, whether or not it
        matters which version."""
        extras = tuple(sorted(selection.extras.get(candidate.project, ())))
        key = (candidate, extras, python)
        if key not in self._asked:
            asked = self._of_package(candidate, python)
            if candidate.release is not None:
                asked = self._of_release(selection, candidate.release, extras, python)
            self._asked[key] = tuple(dict.fromkeys(asked))
        return self._asked[key]

    def _of_release(
        self, selection: Selection, release: Release, extras: Sequence[str], python: str
    ) -> Iterator[Demand]:
        needs = self._needs(selection, release, extras)
        declared = self.catalog.declared(release)
        assert declared is not None  # its needs are known
        if not running(declared.metadata.requires_python, [python]):
            yield Demand(NO_PYTHON)
        for need in needs:
            if holds_with(need.when, python) and not self._may_differ(need):
                yield Demand(need.project, need.specifier)

    def _needs(
        self, selection: Selection, release: Release, extras: Sequence[str]
    ) -> list[ProjectRequirement]:
        """The needs of a release, once the index has answered all that they rest on."""
        unit = Unit(release.project, release.version)
        while True:
            in_vain = self.catalog.facts.in_vain
            found: list[ProjectRequirement] = []
            for extra in ("", *extras):
                known = selection.edges.get(unit._replace(extra=extra))
                if known is not None:
                    # What nothing answers is not in the recipe.
                    found += [e.need for e in known if e.answer.status is not Status.ABSENT]
                    continue
                if extra and self.lessons.grade(unit._replace(extra=extra)) >= Grade.LACKING:
                    continue
                needed = self.catalog.needed(release, extra)
                for need in needed.needs if needed else ():
                    found += with_flat_extras(self.catalog, self.lessons, need, selection.releases)
            if self.catalog.facts.in_vain == in_vain:
                return found
            self.catalog.facts.settle()

    def _of_package(self, candidate: Candidate, python: str) -> Iterator[Demand]:
        """What the recipe of a package asks for one of the versions that it has."""
        existing = self.catalog.package(candidate.project).existing
        if candidate.release is not None or existing is None or existing.every_version:
            return
        for line in self.catalog.stated(existing.name):
            asked = line.dependency
            counts = applies_to(line, candidate.text) and holds_with(asked.when, python)
            if not counts or asked.when.variants:
                continue
            if asked.package == "python":
                if not spack_order.contains(asked.versions, python):
                    yield Demand(NO_PYTHON)
                continue
            project = self.catalog.host.repos.project_of(asked.package)
            needed = self.catalog.package(project).existing if project else None
            differs = needed and needed.build_tool and "run" not in asked.types
            if project and needed and asked.versions and not differs:
                yield Demand(project, ranges=asked.versions)

    def _may_differ(self, need: ProjectRequirement) -> bool:
        """Whether Spack may take another version of it elsewhere in the graph, so that it excludes
        nothing."""
        existing = self.catalog.package(need.project).existing
        return need.types == BUILD and existing is not None and existing.build_tool


class _TooLong(Exception):
    """The search does not come to an end."""


class _Watch(BaseReporter[Demand, Candidate, str]):
    """Ends a search after `MOST_ROUNDS`, or where the budget ends: resolvelib jumps back to the
    cause of a conflict during the first tenth of its rounds only, and without that our graphs are
    too large."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget

    def starting_round(self, index: int) -> None:
        if index > MOST_ROUNDS or not self._budget.left:
            raise _TooLong
        self._budget.left -= 1


class _Provider(AbstractProvider[Demand, Candidate, str]):
    """What resolvelib asks, for one Python on Linux on x86_64."""

    def __init__(
        self, searches: Searches, selection: Selection, python: str, blamed: set[str]
    ) -> None:
        self._searches, self._selection, self._blamed = searches, selection, blamed
        self._catalog = searches.catalog
        self._python = python
        self._remembered: dict[tuple[str, str], tuple[list[Candidate], Iterator[Candidate]]] = {}
        self.first_conflict: list[tuple[Demand, Candidate | None]] = []
        #: Whether there were more releases than are looked at, so that nothing is certain.
        self.left_some_out = False

    def without_conflict(
        self, demands: Sequence[Demand], preferred: Mapping[str, Candidate]
    ) -> list[Candidate] | None:
        """The picks where each project's first candidate will do, the ``preferred`` ones before
        others, given what the others' first candidates ask of it; None where that is not so,
        and a search has to decide."""
        known: dict[str, set[Demand]] = {}
        for _ in range(_PASSES):
            picks: dict[str, Candidate] = {}
            collected: dict[str, set[Demand]] = {}
            todo = list(demands)
            for demand in todo:  # grows
                collected.setdefault(demand.project, set()).add(demand)
                if demand.project in picks:
                    continue
                asked = [*known.get(demand.project, ()), *collected[demand.project]]
                pick = preferred.get(demand.project)
                if pick is None or not all(each.accepts(pick) for each in asked):
                    matches = self._matches(demand.project, asked, frozenset())
                    pick = next(iter(matches), None)
                if pick is None:
                    return None
                picks[demand.project] = pick
                todo += self._searches.asked_by(self._selection, pick, self._python)
            if all(d.accepts(picks[p]) for p, asked in collected.items() for d in asked):
                return list(picks.values())
            known = collected
        return None

    def needed_by(self, projects: set[str]) -> list[Demand]:
        """All that the chosen releases of projects need from there on, in whatever version.

        These are demands of their own, and `get_dependencies` leaves them out: else whoever merely
        needs a build backend would be blamed, and tried in all its versions, where two others
        disagree about it.
        """
        todo, reached = sorted(projects), set(projects)
        while todo:
            project = todo.pop()
            for version, release in self._selection.releases.get(project, {}).items():
                pick = Candidate(project, version, _text(version), release)
                for demand in self._searches.asked_by(self._selection, pick, self._python):
                    if demand.project not in reached and demand.project != NO_PYTHON:
                        reached.add(demand.project)
                        todo.append(demand.project)
        return [Demand(name) for name in sorted(reached - projects)]

    def identify(self, requirement_or_candidate: Any) -> str:
        return str(requirement_or_candidate.project)

    def get_preference(
        self,
        identifier: str,
        resolutions: Mapping[str, Candidate],
        candidates: Mapping[str, Iterator[Candidate]],
        information: Mapping[str, Iterator[Any]],
        backtrack_causes: Sequence[Any],
    ) -> tuple[bool, bool, bool, str]:
        """What was asked for, whose newest release is the last thing to give up; then what was
        ever part of a conflict, so that it shows again at once and not below choices that have
        nothing to do with it; then what is pinned, then by name."""
        if not self.first_conflict:
            self.first_conflict = [(each.requirement, each.parent) for each in backtrack_causes]
        for cause in backtrack_causes:
            self._blamed.add(cause.requirement.project)
            if cause.parent is not None:
                self._blamed.add(cause.parent.project)
        pinned = any("==" in each.requirement.specifier for each in information[identifier])
        named = identifier in self._selection.listed
        return not named, identifier not in self._blamed, not pinned, identifier

    def find_matches(
        self,
        identifier: str,
        requirements: Mapping[str, Iterator[Demand]],
        incompatibilities: Mapping[str, Iterator[Candidate]],
    ) -> Iterable[Candidate] | Callable[[], Iterator[Candidate]]:
        demands = list(requirements[identifier])
        refused = frozenset(pick.version for pick in incompatibilities[identifier])
        # Only what is looked at is asked of the index: resolvelib takes a function for this.
        return lambda: self._matches(identifier, demands, refused)

    def _matches(
        self, project: str, demands: Sequence[Demand], refused: frozenset[Version]
    ) -> Iterator[Candidate]:
        if project == NO_PYTHON:
            return
        texts = {demand.specifier for demand in demands}
        specifier = ",".join(sorted(text for text in texts if text))
        for pick in self._remembering(project, specifier):
            if pick.version not in refused and all(d.accepts(pick) for d in demands):
                yield pick

    def _remembering(self, project: str, specifier: str) -> Iterator[Candidate]:
        """The candidates, each of which is looked for once however often a search asks."""
        key = (project, specifier)
        if key not in self._remembered:
            found = self._candidates(self._catalog.package(project), specifier)
            self._remembered[key] = ([], found)
        known, more = self._remembered[key]
        at = 0
        while True:
            if at == len(known):
                following = next(more, None)
                if following is None:
                    return
                known.append(following)
            yield known[at]
            at += 1

    def is_satisfied_by(self, requirement: Demand, candidate: Candidate) -> bool:
        return requirement.accepts(candidate)

    def get_dependencies(self, candidate: Candidate) -> Iterable[Demand]:
        for demand in self._searches.asked_by(self._selection, candidate, self._python):
            if demand.specifier or demand.ranges or demand.project == NO_PYTHON:
                yield demand

    def _candidates(self, target: ProjectPackage, specifier: str) -> Iterator[Candidate]:
        """What is there or will be written, newest first, then what is there as deprecated, then
        what else the index has."""
        project = target.project
        chosen = self._selection.releases.get(project, {})
        at_hand: dict[Version, Candidate] = {
            version: Candidate(project, version, _text(version), release)
            for version, release in chosen.items()
        }
        existing = target.extended
        if existing is not None and existing.every_version:
            yield from _any_version(project, _specifier(specifier))
            return
        declared = _picks(project, existing.versions if existing else ())
        at_hand.update({pick.version: pick for pick in declared})
        deprecated = _picks(project, existing.deprecated if existing else ())
        accepted = str(_specifier(specifier) & target.constraint)
        for version in sorted(at_hand, reverse=True):
            if _contains(accepted, str(version)):
                yield at_hand[version]
        yield from (pick for pick in deprecated if _contains(accepted, pick.number))
        if project in self._selection.listed or target.closed:
            return  # what is listed was chosen for the user already, or there is nothing else
        facts = self._catalog.facts
        if facts.page(project) is None:
            facts.settle()
        usable = [
            release
            for release in self._catalog.usable(project, specifier)
            if release.version not in at_hand
            and self._searches.lessons.grade(Unit(project, release.version)) < Grade.LACKING
        ]
        for at, release in enumerate(usable[:_FURTHER]):
            if at % _AT_ONCE == 0:
                for following in usable[at : min(at + _AT_ONCE, _FURTHER)]:
                    self._catalog.declared(following)
            yield Candidate(project, release.version, _text(release.version), release)
        self.left_some_out = self.left_some_out or len(usable) > _FURTHER


def _picks(project: str, texts: Sequence[str]) -> list[Candidate]:
    """The versions of an existing package, by their text in its recipe."""
    versions = {text: meant(text) for text in texts}
    return [Candidate(project, v, text) for text, v in versions.items() if v is not None]


@cache
def _accepts(specifier: str, ranges: str, text: str, number: str) -> bool:
    """The question that a search asks most: whether a version is in a specifier (PEP 440) and in
    ranges (Spack)."""
    return _contains(specifier, number) and spack_order.contains(ranges, text)


@cache
def _contains(specifier: str, number: str) -> bool:
    return _specifier(specifier).contains(number, prereleases=True)


def _text(version: Version) -> str:
    return spack_order.spelling(version) or str(version)


def _any_version(project: str, specifier: SpecifierSet) -> Iterator[Candidate]:
    """A version that a package of unknown versions is taken to have."""
    for clause in specifier:
        version = meant(clause.version.removesuffix(".*"))
        if version is not None and specifier.contains(version, prereleases=True):
            yield Candidate(project, version, _text(version))
    if not len(specifier):
        yield Candidate(project, Version("0"), "0")

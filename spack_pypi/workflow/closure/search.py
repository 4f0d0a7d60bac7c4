"""What resolvelib must know to search for one version of each project so that all fit together."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import (
    Any,
    Callable,
    Dict,
    Iterable,
    Iterator,
    List,
    Mapping,
    Optional,
    Sequence,
    Set,
    Tuple,
    Union,
)

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version
from resolvelib import AbstractProvider, BaseReporter, Resolver
from resolvelib.resolvers import ResolutionImpossible

from ...pypi.model import Release
from ...recipe.model import BUILD, Condition
from ...translate import spack_order
from ...translate.requirements import Need
from ...translate.revise import applies_to
from .closure import Closure
from .node import Node, parsed

#: Steps of a search after which it is given up: Spack's own solver then decides.
_ROUNDS = 1000
#: How many releases of a project are tried that would not be written otherwise.
_FURTHER = 25
#: What a candidate needs that does not run on this Python.
NO_PYTHON = "!"


@dataclass(frozen=True)
class Demand:
    """A project in the versions of a specifier (PEP 440) and of ``ranges`` (Spack)."""

    project: str
    specifier: str = ""
    ranges: str = ""

    def accepts(self, candidate: "Pick") -> bool:
        return _contains(self.specifier, candidate.version) and (
            spack_order.contains(self.ranges, candidate.text)
        )


@dataclass(frozen=True)
class Pick:
    """A candidate; ``text`` is its version as Spack spells it, ``release`` is None for a version
    that a package has already."""

    project: str
    version: Version
    text: str
    release: Optional[Release] = field(default=None, compare=False)


class NoFit(Exception):
    """Nothing fits together with a Python. ``causes`` are the demands of the conflict that was
    found last, each with what makes it (None for what was asked for); of the first one where the
    search was ``given_up``."""

    def __init__(
        self,
        python: str,
        causes: Sequence[Tuple[Demand, Optional[Pick]]],
        given_up: bool = False,
    ) -> None:
        self.python, self.causes, self.given_up = python, tuple(causes), given_up


def search(
    closure: Closure, demands: Sequence[Demand], python: str, blamed: Set[str]
) -> List[Pick]:
    """One version of each project that is needed for the demands, so that all fit together with a
    Python. ``blamed`` gets the projects that were part of a conflict: a later search begins where
    an earlier one ended. Raises `NoFit`."""
    provider = _Provider(closure, python, blamed)
    try:
        everything = [*demands, *provider.needed_by({demand.project for demand in demands})]
        found = Resolver(provider, _Watch()).resolve(everything, max_rounds=10 * _ROUNDS)
    except ResolutionImpossible as error:
        causes = [(cause.requirement, cause.parent) for cause in error.causes]
        raise NoFit(python, causes) from None
    except _TooLong:
        raise NoFit(python, provider.first_conflict, given_up=True) from None
    return list(found.mapping.values())


class _TooLong(Exception):
    """The search does not come to an end."""


class _Watch(BaseReporter[Demand, Pick, str]):
    """Ends a search after `_ROUNDS`: resolvelib jumps back to the cause of a conflict during the
    first tenth of its rounds only, and without that our graphs are too large."""

    def starting_round(self, index: int) -> None:
        if index > _ROUNDS:
            raise _TooLong


class _Provider(AbstractProvider[Demand, Pick, str]):
    """What resolvelib asks, for one Python on Linux on x86_64."""

    def __init__(self, closure: Closure, python: str, blamed: Set[str]) -> None:
        self._closure, self._blamed = closure, blamed
        self._python = python
        self._edges: Dict[Pick, List[Need]] = {}
        self.first_conflict: List[Tuple[Demand, Optional[Pick]]] = []

    def needed_by(self, projects: Set[str]) -> List[Demand]:
        """All that the chosen releases of projects need from there on, in whatever version.

        These are demands of their own, and `get_dependencies` leaves them out: else whoever merely
        needs a build backend would be blamed, and tried in all its versions, where two others
        disagree about it.
        """
        todo, reached = sorted(projects), set(projects)
        while todo:
            node = self._closure.node(todo.pop())
            for version in node.versions:
                for need in self._closure.settled_edges(node, version):
                    counts = holds_with(need.when, self._python) and not self._may_differ(need)
                    if counts and need.project not in reached:
                        reached.add(need.project)
                        todo.append(need.project)
        return [Demand(name) for name in sorted(reached - projects)]

    def identify(self, requirement_or_candidate: Any) -> str:
        return str(requirement_or_candidate.project)

    def get_preference(
        self,
        identifier: str,
        resolutions: Mapping[str, Pick],
        candidates: Mapping[str, Iterator[Pick]],
        information: Mapping[str, Iterator[Any]],
        backtrack_causes: Sequence[Any],
    ) -> Tuple[bool, bool, bool, str]:
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
        node = self._closure.nodes.get(identifier)
        named = node is not None and node.named is not None
        return not named, identifier not in self._blamed, not pinned, identifier

    def find_matches(
        self,
        identifier: str,
        requirements: Mapping[str, Iterator[Demand]],
        incompatibilities: Mapping[str, Iterator[Pick]],
    ) -> Union[Iterable[Pick], Callable[[], Iterator[Pick]]]:
        demands = list(requirements[identifier])
        refused = {pick.version for pick in incompatibilities[identifier]}
        if identifier == NO_PYTHON:
            return []
        texts = {demand.specifier for demand in demands}
        specifier = _specifier(",".join(sorted(text for text in texts if text)))
        node = self._closure.node(identifier)

        def matches() -> Iterator[Pick]:
            # Only what is looked at is asked of the index: resolvelib takes a function for this.
            for pick in self._candidates(node, specifier):
                if pick.version not in refused and all(d.accepts(pick) for d in demands):
                    yield pick

        return matches

    def is_satisfied_by(self, requirement: Demand, candidate: Pick) -> bool:
        return requirement.accepts(candidate)

    def get_dependencies(self, candidate: Pick) -> Iterable[Demand]:
        if candidate.release is None:
            yield from self._stated(candidate)
            return
        node = self._closure.node(candidate.project)
        self._closure.learn(node, candidate.release)
        needed = node.facts[candidate.version].metadata.requires_python
        if _is_specifier(needed) and not _specifier(needed).contains(self._python):
            yield Demand(NO_PYTHON)
        if candidate not in self._edges:
            self._edges[candidate] = self._closure.settled_edges(node, candidate.version)
        for need in self._edges[candidate]:
            if (candidate.project, need.project) in self._closure.circular:
                continue  # no recipe asks for it
            if holds_with(need.when, self._python) and not self._may_differ(need):
                if need.specifier:
                    yield Demand(need.project, need.specifier)

    def _stated(self, candidate: Pick) -> Iterator[Demand]:
        """What the recipe of a package asks for one of the versions that it has."""
        existing = self._closure.node(candidate.project).existing
        if existing is None or existing.every_version:
            return
        for line in self._closure.stated(existing.name):
            asked = line.dependency
            counts = applies_to(line, candidate.text) and holds_with(asked.when, self._python)
            if not counts or asked.when.variants:
                continue
            if asked.package == "python":
                if not spack_order.contains(asked.versions, self._python):
                    yield Demand(NO_PYTHON)
                continue
            project = self._closure.host.project_of(asked.package)
            needed = self._closure.node(project).existing if project else None
            differs = needed and needed.build_tool and "run" not in asked.types
            if project and needed and asked.versions and not differs:
                yield Demand(project, ranges=asked.versions)

    def _candidates(self, node: Node, specifier: SpecifierSet) -> Iterator[Pick]:
        """What is there or will be written, newest first, then what else the index has."""
        at_hand: Dict[Version, Pick] = {
            version: Pick(node.project, version, _text(version), release)
            for version, release in node.releases.items()
        }
        if node.existing is not None and not self._closure.rewrites(node):
            if node.existing.every_version:
                yield from _any_version(node.project, specifier)
                return
            for text in node.existing.versions:
                version = parsed(text)
                if version is not None:
                    at_hand[version] = Pick(node.project, version, text)
        accepted = str(specifier & node.constraint)
        for version in sorted(at_hand, reverse=True):
            if _contains(accepted, version):
                yield at_hand[version]
        if node.named is not None or node.failure or node.closed:
            return  # what is listed was chosen for the user already, or there is nothing else
        self._closure.learn(node, None)
        if node.page is None:
            return
        for release in self._closure.usable(node, specifier)[:_FURTHER]:
            if release.version not in at_hand:
                yield Pick(node.project, release.version, _text(release.version), release)

    def _may_differ(self, need: Need) -> bool:
        """Whether Spack may take another version of it elsewhere in the graph, or the recipe will
        not ask for it, so that it excludes nothing."""
        node = self._closure.node(need.project)
        existing = node.existing
        if need.types == BUILD and existing is not None and existing.build_tool:
            return True
        satisfied = existing is not None and node.declares(need.specifier)
        return not satisfied and bool(node.failure or need.specifier in node.unsatisfied)


def holds_with(when: Condition, python: str) -> bool:
    """Whether a condition, variants aside, holds with a Python on Linux on x86_64."""
    return (
        when.platform in ("", "linux")
        and (not when.target or "x86_64:" in when.target.split(","))
        and spack_order.contains(when.python, python)
    )


@lru_cache(maxsize=None)
def _contains(specifier: str, version: Version) -> bool:
    """The question that a search asks most."""
    return _specifier(specifier).contains(version, prereleases=True)


@lru_cache(maxsize=None)
def _specifier(text: str) -> SpecifierSet:
    return SpecifierSet(text)


def _text(version: Version) -> str:
    return spack_order.spelling(version) or str(version)


def _any_version(project: str, specifier: SpecifierSet) -> Iterator[Pick]:
    """A version that a package of unknown versions is taken to have."""
    for clause in specifier:
        version = parsed(clause.version.removesuffix(".*"))
        if version is not None and specifier.contains(version, prereleases=True):
            yield Pick(project, version, _text(version))
    if not len(specifier):
        yield Pick(project, Version("0"), "0")


def _is_specifier(text: str) -> bool:
    try:
        SpecifierSet(text)
    except InvalidSpecifier:
        return False
    return bool(text)

"""Whether one version of each project can be taken so that all fit together.

Spack, unlike pip, builds with one version of each package in the whole graph, build requirements
included; only what its repos tag as build tools may be there twice. Two pins on one build backend
therefore exclude each other, and then a recipe must offer a release that does without.
resolvelib searches; here is only what it must know.
"""

from __future__ import annotations

from dataclasses import dataclass
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

from ..pypi.model import Release
from ..recipe.model import BUILD, Condition
from ..translate import spack_order
from ..translate.requirements import Need
from ..translate.revise import applies_to
from .closure import Closure
from .node import Node, parsed

#: Steps of a search after which it is given up: Spack's own solver then decides.
_ROUNDS = 1000
#: Searches, each with more of the index known, until one is given up.
_SEARCHES = 150
#: How many releases of a project are tried that would not be written otherwise.
_FURTHER = 25
#: What a candidate needs that does not run on this Python.
_NOWHERE = "!"


@dataclass(frozen=True)
class _Demand:
    """A project in the versions of a specifier (PEP 440) and of ``ranges`` (Spack)."""

    project: str
    specifier: str = ""
    ranges: str = ""

    def accepts(self, candidate: "_Pick") -> bool:
        return _specifier(self.specifier).contains(candidate.version, prereleases=True) and (
            spack_order.contains(self.ranges, candidate.text)
        )


@dataclass(frozen=True)
class _Pick:
    """A candidate; ``text`` is its version as Spack spells it, ``release`` is None for a version
    that a package has already."""

    project: str
    version: Version
    text: str
    release: Optional[Release] = None


class _Unknown(Exception):
    """The search came to something that the index has not been asked yet."""

    def __init__(self, node: Node, release: Optional[Release]) -> None:
        self.node, self.release = node, release


def fit_together(closure: Closure, named: Iterable[str], pythons: Sequence[str]) -> None:
    """Add releases to a closure until, for each project in ``named`` by itself, one of each that
    it needs can be taken so that all fit together, or until it is clear that they cannot.

    ``pythons`` are the host's versions, newest first.
    """
    for project in named:
        _fit(closure, _Demand(project, str(closure.nodes[project].named)), pythons)


def _fit(closure: Closure, demand: _Demand, pythons: Sequence[str]) -> None:
    blamed: Set[str] = set()
    left = list(_newest_of_each_minor(pythons))
    for _ in range(_SEARCHES):
        try:
            found = _search(closure, demand, left, blamed)
        except _Unknown as unknown:
            closure.learn(unknown.node, unknown.release)
            continue
        new = [(n, r) for n, r in found if r.version not in n.releases]
        if not new:
            return
        for node, release in new:
            closure.add(node, release)


def _search(
    closure: Closure, demand: _Demand, pythons: List[str], blamed: Set[str]
) -> List[Tuple[Node, Release]]:
    """Releases, one of a project, that fit together for the newest Python that allows it; those
    that packages have already are preferred and not returned. ``pythons`` lose those for which
    nothing was found, ``blamed`` gets the projects that were part of a conflict: a later search
    begins where an earlier one ended. Raises `_Unknown`."""
    while pythons:
        provider = _Provider(closure, Version(pythons[0]), blamed)
        try:
            demands = [demand, *provider.needed_by(demand.project)]
            found = Resolver(provider, _Watch()).resolve(demands, max_rounds=10 * _ROUNDS)
        except (ResolutionImpossible, _TooLong):
            del pythons[0]
            continue
        picks = found.mapping.values()
        return [(closure.node(p.project), p.release) for p in picks if p.release is not None]
    return []


def _newest_of_each_minor(pythons: Sequence[str]) -> Iterator[str]:
    seen = set()
    for python in pythons:
        minor = tuple(python.split(".")[:2])
        if minor not in seen:
            seen.add(minor)
            yield python


class _TooLong(Exception):
    """The search does not come to an end."""


class _Watch(BaseReporter[_Demand, _Pick, str]):
    """Ends a search after `_ROUNDS`: resolvelib jumps back to the cause of a conflict during the
    first tenth of its rounds only, and without that our graphs are too large."""

    def starting_round(self, index: int) -> None:
        if index > _ROUNDS:
            raise _TooLong


class _Provider(AbstractProvider[_Demand, _Pick, str]):
    """What resolvelib asks, for one Python on Linux on x86_64."""

    def __init__(self, closure: Closure, python: Version, blamed: Set[str]) -> None:
        self._closure, self._python, self._blamed = closure, python, blamed
        self._edges: Dict[_Pick, List[Need]] = {}

    def needed_by(self, project: str) -> List[_Demand]:
        """All that the chosen releases need from there on, in whatever version.

        These are demands of their own, and `get_dependencies` leaves them out: else whoever merely
        needs a build backend would be blamed, and tried in all its versions, where two others
        disagree about it.
        """
        todo, reached = [project], {project}
        while todo:
            node = self._closure.node(todo.pop())
            for version in node.versions:
                for need in list(self._closure.edges(node, version)):
                    applies = self._applies(need.when) and not self._may_differ(need)
                    if applies and need.project not in reached:
                        reached.add(need.project)
                        todo.append(need.project)
        return [_Demand(name) for name in sorted(reached - {project})]

    def identify(self, requirement_or_candidate: Any) -> str:
        return str(requirement_or_candidate.project)

    def get_preference(
        self,
        identifier: str,
        resolutions: Mapping[str, _Pick],
        candidates: Mapping[str, Iterator[_Pick]],
        information: Mapping[str, Iterator[Any]],
        backtrack_causes: Sequence[Any],
    ) -> Tuple[bool, bool, bool, str]:
        """What was asked for, whose newest release is the last thing to give up; then what was
        ever part of a conflict, so that it shows again at once and not below choices that have
        nothing to do with it; then what is pinned, then by name."""
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
        requirements: Mapping[str, Iterator[_Demand]],
        incompatibilities: Mapping[str, Iterator[_Pick]],
    ) -> Union[Iterable[_Pick], Callable[[], Iterator[_Pick]]]:
        demands = list(requirements[identifier])
        refused = {pick.version for pick in incompatibilities[identifier]}
        if identifier == _NOWHERE:
            return []
        texts = {demand.specifier for demand in demands}
        specifier = _specifier(",".join(sorted(text for text in texts if text)))
        node = self._closure.node(identifier)

        def matches() -> Iterator[_Pick]:
            # Only what is looked at is asked of the index: resolvelib takes a function for this.
            for pick in self._candidates(node, specifier):
                if pick.version not in refused and all(d.accepts(pick) for d in demands):
                    yield pick

        return matches

    def is_satisfied_by(self, requirement: _Demand, candidate: _Pick) -> bool:
        return requirement.accepts(candidate)

    def get_dependencies(self, candidate: _Pick) -> Iterable[_Demand]:
        if candidate.release is None:
            yield from self._stated(candidate)
            return
        node = self._closure.node(candidate.project)
        if candidate.version not in node.facts:
            raise _Unknown(node, candidate.release)
        needed = node.facts[candidate.version].metadata.requires_python
        if _is_specifier(needed) and not _specifier(needed).contains(self._python):
            yield _Demand(_NOWHERE)
        if candidate not in self._edges:
            self._edges[candidate] = list(self._closure.edges(node, candidate.version))
        for need in self._edges[candidate]:
            if self._applies(need.when) and not self._may_differ(need):
                if need.specifier:
                    yield _Demand(need.project, need.specifier)

    def _stated(self, candidate: _Pick) -> Iterator[_Demand]:
        """What the recipe of a package asks for one of the versions that it has."""
        existing = self._closure.node(candidate.project).existing
        if existing is None or existing.every_version:
            return
        for line in self._closure.stated(existing.name):
            asked = line.dependency
            applies = applies_to(line, candidate.text) and self._applies(asked.when)
            if not applies or asked.when.variants:
                continue
            if asked.package == "python":
                if not spack_order.contains(asked.versions, str(self._python)):
                    yield _Demand(_NOWHERE)
                continue
            project = self._closure.host.project_of(asked.package)
            needed = self._closure.node(project).existing if project else None
            differs = needed and needed.build_tool and "run" not in asked.types
            if project and needed and asked.versions and not differs:
                yield _Demand(project, ranges=asked.versions)

    def _candidates(self, node: Node, specifier: SpecifierSet) -> Iterator[_Pick]:
        """What is there or will be written, newest first, then what else the index has."""
        at_hand: Dict[Version, _Pick] = {
            version: _Pick(node.project, version, _text(version), release)
            for version, release in node.releases.items()
        }
        if node.existing is not None and not self._closure.rewrites(node):
            if node.existing.every_version:
                yield from _any_version(node.project, specifier)
                return
            for text in node.existing.versions:
                version = parsed(text)
                if version is not None:
                    at_hand[version] = _Pick(node.project, version, text)
        for version in sorted(at_hand, reverse=True):
            if (specifier & node.constraint).contains(version, prereleases=True):
                yield at_hand[version]
        if node.named is not None or node.failure or node.closed:
            return  # what is listed was chosen for the user already, or there is nothing else
        if node.page is None:
            raise _Unknown(node, None)
        for release in self._closure.usable(node, specifier)[:_FURTHER]:
            if release.version not in at_hand:
                yield _Pick(node.project, release.version, _text(release.version), release)

    def _applies(self, when: Condition) -> bool:
        return (
            when.platform in ("", "linux")
            and (not when.target or "x86_64:" in when.target.split(","))
            and spack_order.contains(when.python, str(self._python))
        )

    def _may_differ(self, need: Need) -> bool:
        """Whether Spack may take another version of it elsewhere in the graph, or the recipe will
        not ask for it, so that it excludes nothing."""
        node = self._closure.node(need.project)
        existing = node.existing
        if need.types == BUILD and existing is not None and existing.build_tool:
            return True
        satisfied = existing is not None and node.declares(need.specifier)
        return not satisfied and bool(node.failure or need.specifier in node.unsatisfied)


@lru_cache(maxsize=None)
def _specifier(text: str) -> SpecifierSet:
    return SpecifierSet(text)


def _text(version: Version) -> str:
    return spack_order.spelling(version) or str(version)


def _any_version(project: str, specifier: SpecifierSet) -> Iterator[_Pick]:
    """A version that a package of unknown versions is taken to have."""
    for clause in specifier:
        version = parsed(clause.version.removesuffix(".*"))
        if version is not None and specifier.contains(version, prereleases=True):
            yield _Pick(project, version, _text(version))
    if not len(specifier):
        yield _Pick(project, Version("0"), "0")


def _is_specifier(text: str) -> bool:
    try:
        SpecifierSet(text)
    except InvalidSpecifier:
        return False
    return bool(text)

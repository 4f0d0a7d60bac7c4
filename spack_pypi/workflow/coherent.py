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
    Tuple,
    Union,
)

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version
from resolvelib import AbstractProvider, BaseReporter, ResolutionTooDeep, Resolver
from resolvelib.resolvers import ResolutionImpossible

from ..pypi.model import Release
from ..recipe.model import BUILD, Condition
from ..translate import spack_order
from ..translate.requirements import Need
from .closure import Closure, Node, parsed

#: Steps of a search, after which it is given up: Spack's own solver then decides.
_ROUNDS = 2000
#: Searches, each with more of the index known, until one is given up.
_SEARCHES = 300
_PYTHON = "python"


@dataclass(frozen=True)
class _Demand:
    project: str
    specifier: str


@dataclass(frozen=True)
class _Pick:
    """A candidate; ``release`` is None for a version that a package has already."""

    project: str
    version: Version
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
    for _ in range(_SEARCHES):
        try:
            found = _search(closure, demand, pythons)
        except _Unknown as unknown:
            closure.learn(unknown.node, unknown.release)
            continue
        new = [(n, r) for n, r in found if r.version not in n.releases]
        if not new:
            return
        for node, release in new:
            closure.add(node, release)


def _search(
    closure: Closure, demand: _Demand, pythons: Sequence[str]
) -> List[Tuple[Node, Release]]:
    """Releases, one of a project, that fit together for the newest Python that allows it; those
    that packages have already are preferred and not returned. Raises `_Unknown`."""
    edges: Dict[_Pick, List[Need]] = {}
    for python in _newest_of_each_minor(pythons):
        provider = _Provider(closure, Version(python), edges)
        try:
            found = Resolver(provider, BaseReporter()).resolve([demand], max_rounds=_ROUNDS)
        except (ResolutionImpossible, ResolutionTooDeep):
            continue
        picks = found.mapping.values()
        return [(closure.nodes[p.project], p.release) for p in picks if p.release is not None]
    return []


def _newest_of_each_minor(pythons: Sequence[str]) -> Iterator[str]:
    seen = set()
    for python in pythons:
        minor = tuple(python.split(".")[:2])
        if minor not in seen:
            seen.add(minor)
            yield python


class _Provider(AbstractProvider[_Demand, _Pick, str]):
    """What resolvelib asks, for one Python on Linux on x86_64."""

    def __init__(
        self, closure: Closure, python: Version, edges: Dict["_Pick", List[Need]]
    ) -> None:
        self._closure, self._python, self._edges = closure, python, edges

    def identify(self, requirement_or_candidate: Any) -> str:
        return str(requirement_or_candidate.project)

    def get_preference(
        self,
        identifier: str,
        resolutions: Mapping[str, _Pick],
        candidates: Mapping[str, Iterator[_Pick]],
        information: Mapping[str, Iterator[Any]],
        backtrack_causes: Sequence[Any],
    ) -> Tuple[bool, bool, str]:
        """Python, then what conflicts, then what is pinned, then by name."""
        causes = {cause.requirement.project for cause in backtrack_causes}
        pinned = any("==" in each.requirement.specifier for each in information[identifier])
        return identifier not in causes, not pinned, identifier

    def find_matches(
        self,
        identifier: str,
        requirements: Mapping[str, Iterator[_Demand]],
        incompatibilities: Mapping[str, Iterator[_Pick]],
    ) -> Union[Iterable[_Pick], Callable[[], Iterator[_Pick]]]:
        texts = {demand.specifier for demand in requirements[identifier]}
        specifier = _specifier(",".join(sorted(text for text in texts if text)))
        refused = {pick.version for pick in incompatibilities[identifier]}
        if identifier == _PYTHON:
            usable = specifier.contains(self._python) and self._python not in refused
            return [_Pick(_PYTHON, self._python)] if usable else []
        node = self._closure.node(identifier)

        def matches() -> Iterator[_Pick]:
            # Only what is looked at is asked of the index: resolvelib takes a function for this.
            picks = self._candidates(node, specifier)
            return (pick for pick in picks if pick.version not in refused)

        return matches

    def is_satisfied_by(self, requirement: _Demand, candidate: _Pick) -> bool:
        specifier = _specifier(requirement.specifier)
        return specifier.contains(candidate.version, prereleases=True)

    def get_dependencies(self, candidate: _Pick) -> Iterable[_Demand]:
        if candidate.release is None:
            # What a package's own recipe asks of its own versions is Spack's to know.
            return
        node = self._closure.node(candidate.project)
        if candidate.version not in node.facts:
            raise _Unknown(node, candidate.release)
        needed = node.facts[candidate.version].metadata.requires_python
        if _is_specifier(needed):
            yield _Demand(_PYTHON, needed)
        if candidate not in self._edges:
            self._edges[candidate] = list(self._closure.edges(node, candidate.version))
        for need in self._edges[candidate]:
            if self._applies(need.when) and not self._may_differ(need):
                yield _Demand(need.project, need.specifier)

    def _candidates(self, node: Node, specifier: SpecifierSet) -> Iterator[_Pick]:
        """What is there or will be written, newest first, then what else the index has."""
        at_hand: Dict[Version, _Pick] = {
            version: _Pick(node.project, version, release)
            for version, release in node.releases.items()
        }
        if node.existing is not None and not self._closure.rewrites(node):
            if node.existing.every_version:
                yield from _any_version(node.project, specifier)
                return
            for version in filter(None, map(parsed, node.existing.versions)):
                at_hand[version] = _Pick(node.project, version)
        for version in sorted(at_hand, reverse=True):
            if specifier.contains(version, prereleases=True):
                yield at_hand[version]
        if node.page is None:
            raise _Unknown(node, None)
        for release in self._closure.usable(node, specifier):
            if release.version not in at_hand:
                yield _Pick(node.project, release.version, release)

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


def _any_version(project: str, specifier: SpecifierSet) -> Iterator[_Pick]:
    """A version that a package of unknown versions is taken to have."""
    for clause in specifier:
        version = parsed(clause.version.removesuffix(".*"))
        if version is not None and specifier.contains(version, prereleases=True):
            yield _Pick(project, version)
    if not len(specifier):
        yield _Pick(project, Version("0"))


def _is_specifier(text: str) -> bool:
    try:
        SpecifierSet(text)
    except InvalidSpecifier:
        return False
    return bool(text)

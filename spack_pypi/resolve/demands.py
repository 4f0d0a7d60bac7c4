"""What each candidate of a search demands of other projects: as metadata or as recipes say it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property

from packaging.version import Version

from ..pypi.model import Release
from ..recipe.model import BUILD
from ..translate import spack_order
from ..translate.existing_lines import applies_to
from ..translate.requirements import ProjectRequirement
from .applies import holds_with, running
from .catalog import Catalog
from .extras import with_inlined_extras
from .lessons import Grade, Lessons, Unit
from .model import Selection, Status
from .package import specifier_set

#: A project without versions: demanded by a candidate that does not run with the Python.
NO_PYTHON = "!"


@dataclass(frozen=True)
class Demand:
    """A project in the versions of a specifier (PEP 440) and of ``ranges`` (Spack). ``to_build``:
    it is needed only to build what demands it."""

    project: str
    specifier: str = ""
    ranges: str = ""
    to_build: bool = False

    @property
    def is_bare(self) -> bool:
        """Whether any version will do."""
        return not (self.specifier or self.ranges) and self.project != NO_PYTHON

    def accepts(self, candidate: Candidate) -> bool:
        if not (self.specifier or self.ranges):
            return True
        return _accepts(self.specifier, self.ranges, candidate.text, candidate.number)


@dataclass(frozen=True)
class Candidate:
    """One version of a project that a search may choose; ``text`` is how Spack spells it,
    ``release`` is None for a version that a package declares."""

    project: str
    version: Version = field(compare=False)
    text: str
    release: Release | None = field(default=None, compare=False)

    @cached_property
    def number(self) -> str:
        """Its version as PEP 440 spells it."""
        return str(self.version)


class Demands:
    """The demands of candidates over one catalog, each worked out once."""

    def __init__(self, catalog: Catalog, lessons: Lessons) -> None:
        self._catalog, self._lessons = catalog, lessons
        self._demands: dict[tuple[Candidate, tuple[str, ...], str], tuple[Demand, ...]] = {}

    def of(self, selection: Selection, candidate: Candidate, python: str) -> tuple[Demand, ...]:
        """All that a candidate demands of others with a Python on Linux on x86_64, whether or not
        it matters which version."""
        extras = tuple(sorted(selection.extras.get(candidate.project, ())))
        key = (candidate, extras, python)
        if key not in self._demands:
            demands = (
                self._of_package(candidate, python)
                if candidate.release is None
                else self._of_release(selection, candidate.release, extras, python)
            )
            self._demands[key] = tuple(dict.fromkeys(demands))
        return self._demands[key]

    def step_by_step(
        self, selection: Selection, candidate: Candidate, python: str
    ) -> Iterator[Demand]:
        """The demands `of` a candidate, those first that its metadata shows: who does not go on,
        because of one of them, needs no archive of it."""
        early = dict.fromkeys(self._by_metadata(selection, candidate, python))
        yield from early
        yield from (each for each in self.of(selection, candidate, python) if each not in early)

    def _by_metadata(
        self, selection: Selection, candidate: Candidate, python: str
    ) -> Iterator[Demand]:
        """What the metadata alone says of a release that is not chosen; nothing where it says
        nothing that counts."""
        release = candidate.release
        if release is None or candidate.version in selection.releases.get(candidate.project, ()):
            return
        facts = self._catalog.facts
        if facts.metadata(release) is None:
            facts.fetch()
        metadata, stated = facts.metadata(release), self._catalog.stated(release)
        if metadata is None or stated is None or not metadata.confirmed:
            return
        if not running(metadata.requires_python, [python]):
            yield Demand(NO_PYTHON)
        for requirement in stated.requirements:
            if holds_with(requirement.when, python):
                yield Demand(requirement.project, requirement.specifier)

    def _of_release(
        self, selection: Selection, release: Release, extras: Sequence[str], python: str
    ) -> Iterator[Demand]:
        requirements = self._requirements(selection, release, extras)
        declared = self._catalog.declared(release)
        assert declared is not None  # its requirements are known
        if not running(declared.metadata.requires_python, [python]):
            yield Demand(NO_PYTHON)
        for requirement in requirements:
            if holds_with(requirement.when, python) and not self._may_differ(requirement):
                to_build = requirement.types == BUILD
                yield Demand(requirement.project, requirement.specifier, to_build=to_build)

    def _requirements(
        self, selection: Selection, release: Release, extras: Sequence[str]
    ) -> list[ProjectRequirement]:
        """What a release and these extras of it require, once all facts for that are known."""
        catalog, lessons = self._catalog, self._lessons
        target = catalog.package(release.project)
        of_new = target.extended is None
        while True:
            misses = catalog.facts.misses
            found: list[ProjectRequirement] = []
            for extra in ("", *extras):
                unit = Unit(release.project, release.version, extra)
                is_asked = unit in selection.requested or catalog.asked_for(unit.project, extra)
                if extra and not is_asked:
                    continue  # nothing is added for it
                edges = selection.edges.get(unit)
                if edges is not None:
                    # What nothing satisfies is not in the recipe.
                    found += [e.requirement for e in edges if e.answer.status is not Status.ABSENT]
                    continue
                if extra and not (
                    lessons.grade(unit) < Grade.INCOMPLETE and target.may_offer(extra, release)
                ):
                    continue
                translated = catalog.requirements(release, extra)
                for each in translated.requirements if translated else ():
                    releases = selection.releases
                    inlined = with_inlined_extras(catalog, lessons, each, releases, of_new=of_new)
                    found += inlined.requirements
            if catalog.facts.misses == misses:
                return found
            catalog.facts.fetch()

    def _of_package(self, candidate: Candidate, python: str) -> Iterator[Demand]:
        """What a package's recipe depends on for one of the versions that it declares."""
        existing = self._catalog.package(candidate.project).existing
        if existing is None or existing.every_version:
            return
        for line in self._catalog.dependency_lines(existing.name):
            dependency = line.dependency
            applies = applies_to(line, candidate.text) and holds_with(dependency.when, python)
            tests = {*dependency.types} == {"test"}  # only where tests are asked for
            if not applies or tests or dependency.when.variants:
                continue
            if dependency.package == "python":
                if not spack_order.contains(dependency.versions, python):
                    yield Demand(NO_PYTHON)
                continue
            project = self._catalog.host.repos.project_of(dependency.package)
            target = self._catalog.package(project).existing if project else None
            may_differ = target and target.build_tool and "run" not in dependency.types
            if project and target and not may_differ:
                to_build = {*dependency.types} == {*BUILD}
                yield Demand(project, ranges=dependency.versions, to_build=to_build)

    def _may_differ(self, requirement: ProjectRequirement) -> bool:
        """Whether a graph may hold several versions of it, so that it excludes nothing."""
        existing = self._catalog.package(requirement.project).existing
        return requirement.types == BUILD and existing is not None and existing.build_tool


@cache
def _accepts(specifier: str, ranges: str, text: str, number: str) -> bool:
    """The question that a search asks most: whether a version is in a specifier (PEP 440) and in
    ranges (Spack)."""
    return contains(specifier, number) and spack_order.contains(ranges, text)


@cache
def contains(specifier: str, number: str) -> bool:
    """Whether a version is in a specifier (PEP 440), pre-releases as any other."""
    return specifier_set(specifier).contains(number, prereleases=True)


def spelled(version: Version) -> str:
    """The version as Spack spells it, as far as it can."""
    return spack_order.spelling(version) or str(version)

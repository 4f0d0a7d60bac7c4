"""From the named requirements to a `Resolution`: what is written, and what satisfies each edge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from ..pypi.model import Release
from ..translate.requirements import ProjectRequirement, Untranslatable
from .catalog import Catalog
from .cycles import Cut, cycles
from .demands import Demand
from .facts import Declared
from .fewest import Fewest
from .fit import Fits, drop_unused, fit, obstacle, solved
from .left_out import LeftOut
from .lessons import Grade, Lessons, Unit
from .likely import Guess
from .model import Answer, Edge, Releases, Root, Selection, units
from .opposed import opposed
from .package import ProjectPackage
from .search import Searches
from .selection import Seeds, select

#: Rounds of `fit` for one group, until that is left to the solver.
_MOST_ROUNDS = 50


@dataclass(frozen=True)
class Resolution:
    """Which releases each project gets, and what satisfies each of their requirements.

    ``chosen`` is what each root chose for itself, by its project, ``selection`` the union of that;
    ``failed`` maps the other roots to why nothing can be written for them; ``cuts`` maps
    requirements that would close a cycle to the path of that cycle; ``unavailable_roots`` fail
    by themselves, not since they are resolved together with one that does."""

    catalog: Catalog
    _lessons: Lessons
    _searches: Searches
    _fewest: Fewest
    roots: tuple[Root, ...]
    selection: Selection
    chosen: Mapping[str, Selection]
    failed: Mapping[str, str]
    cuts: Mapping[Cut, tuple[str, ...]] = field(default_factory=dict)
    unavailable_roots: frozenset[str] = frozenset()

    @property
    def omittable(self) -> Sequence[str]:
        """The failed roots that could be written without what is not available."""
        return [
            root.project
            for root in self.roots
            if root.project in self.failed
            and any(
                self._lessons.grade(Unit(root.project, version)) is Grade.INCOMPLETE
                for version, _ in self._lessons.about(root.project)
            )
        ]

    def reason(self, unit: Unit) -> str:
        """Why a unit has no better grade; empty for a complete one."""
        return self._lessons.reason(unit)

    def passed_over(self, project: str) -> Iterator[tuple[Version, str]]:
        """The releases newer than some chosen one that were not chosen, newest first, and why."""
        chosen = self.versions(project)
        for version, reason in self._lessons.about(project):
            if version not in chosen and any(version > other for other in chosen):
                yield version, reason
        known = {version for version, _ in self._lessons.about(project)}
        newer = filter(None, (self._fewest.newer(project, version) for version in chosen))
        for version, reason in newer:
            if version not in known and version not in chosen:
                yield version, reason

    def obstacle(self, roots: Sequence[Root]) -> tuple[str, bool] | None:
        """Why what was chosen cannot be installed together for these roots with any Python that
        can be used here, and whether that is certain; None where nothing is known against it."""
        demands = [Demand(root.project, root.specifier) for root in roots]
        usable = self.catalog.host.repos.usable_pythons()
        return obstacle(self._searches, self.selection, demands, usable)

    def opposed(self, given_up: frozenset[str], python: str) -> tuple[str, str] | None:
        """A root that excludes others, and why, see `opposed`, with this Python (3.12)."""
        usable = self.catalog.host.repos.usable_pythons()
        chosen = next((p for p in usable if f"{p}.".startswith(f"{python}.")), usable[0])
        return opposed(self._searches, self.selection, self.roots, given_up, chosen)

    @property
    def projects(self) -> Sequence[str]:
        """The projects that get a recipe or new versions, by name."""
        return sorted(self.selection.releases)

    def package(self, project: str) -> ProjectPackage:
        """The project's package."""
        return self.catalog.package(project)

    def versions(self, project: str) -> list[Version]:
        """The chosen versions, newest first; none where nothing is written."""
        return self.selection.versions(project)

    def release(self, project: str, version: Version) -> Release:
        """A chosen release."""
        return self.selection.releases[project][version]

    def addressed(self, project: str, version: Version, wheels: bool = False) -> Release:
        """A chosen release with the addresses of its files that a recipe gives; ``wheels``: also
        where it has a source archive."""
        return self.catalog.facts.addressed(self.release(project, version), wheels)

    def declared(self, project: str, version: Version) -> Declared:
        """What a chosen release declares."""
        found = self.catalog.declared(self.release(project, version))
        assert found is not None  # a resolution is complete
        return found

    def extras(self, project: str) -> Sequence[str]:
        """The extras that are variants of the project's package, by name."""
        return sorted(self.selection.extras.get(project, ()))

    def unavailable(self, project: str, version: Version) -> Sequence[str]:
        """The extras whose variants the package has, but not for this version."""
        target, release = self.package(project), self.release(project, version)
        return [
            extra
            for extra in self.extras(project)
            if Unit(project, version, extra) not in self.selection.edges
            and target.may_offer(extra, release)
        ]

    def edges(self, project: str, version: Version) -> Iterator[tuple[Unit, Edge]]:
        """All edges of a chosen release: its own, then those of its extras."""
        for unit in units(self.release(project, version), self.extras(project)):
            for edge in self.selection.edges.get(unit, ()):
                yield unit, edge

    def left_out(
        self, project: str, version: Version
    ) -> Iterator[tuple[Unit, ProjectRequirement]]:
        """What extras require and the author of an existing recipe leaves out, as before."""
        for unit in units(self.release(project, version), self.extras(project)):
            for requirement in self.selection.left_out.get(unit, ()):
                yield unit, requirement

    def untranslatable(
        self, project: str, version: Version
    ) -> Iterator[tuple[Unit, Untranslatable]]:
        """What a chosen release requires and no recipe can express."""
        for unit in units(self.release(project, version), self.extras(project)):
            for each in self.selection.untranslatable.get(unit, ()):
                yield unit, each

    @cached_property
    def _answers(self) -> dict[str, list[Answer]]:
        found: dict[str, dict[Answer, None]] = {}
        for edges in self.selection.edges.values():
            for edge in edges:
                found.setdefault(edge.requirement.project, {})[edge.answer] = None
        return {project: list(answers) for project, answers in found.items()}

    def answers(self, project: str) -> Sequence[Answer]:
        """What satisfies the requirements of a project by others, each answer once."""
        return self._answers.get(project, ())

    @cached_property
    def _dependencies(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, dict[str, None]] = {}
        for project in self.projects:
            for version in self.versions(project):
                for _, edge in self.edges(project, version):
                    found.setdefault(project, {})[edge.requirement.project] = None
        return {project: tuple(names) for project, names in found.items()}

    def dependencies(self, project: str) -> tuple[str, ...]:
        """The projects that a project requires, each once, in its own order."""
        return self._dependencies.get(project, ())


@dataclass
class _Group:
    """Roots that are resolved together, and the state of their resolution."""

    roots: tuple[Root, ...]
    selection: Selection = field(default_factory=Selection)
    fits: Fits = field(default_factory=Fits)
    preferred: Releases = field(default_factory=dict)
    complete: bool = False
    rounds: int = 0
    refused: str = ""


class Resolver:
    """Resolves roots over one catalog: each by itself, or all ``together``. ``worst`` is the worst
    grade that is good enough. What was learned is kept: call `resolve` again after `learn` or
    `refuse`."""

    def __init__(
        self, catalog: Catalog, roots: Sequence[Root], *, together: bool, worst: Grade
    ) -> None:
        self.catalog, self._lessons = catalog, Lessons()
        self.roots, self._worst = tuple(roots), worst
        self._searches = Searches(catalog, self._lessons)
        self._fewest = Fewest(catalog, self._lessons)
        self._left_out = LeftOut(catalog)
        catalog.facts.likely = Guess(catalog, roots)
        groups = [tuple(roots)] if together else [(root,) for root in roots]
        self._groups = [_Group(group) for group in groups]

    def learn(self, unit: Unit, grade: Grade, reason: str) -> bool:
        """Note that a unit has this grade or a worse one, and why; whether that is new."""
        return self._lessons.learn(unit, grade, reason)

    def refuse(self, projects: Sequence[str], reason: str) -> None:
        """Write nothing for these roots from now on: the host cannot use what they require."""
        for group in self._groups:
            if any(root.project in projects for root in group.roots):
                group.refused = reason

    def resolve(self) -> Resolution:
        """Resolve all roots with everything learned so far. Raises `IndexFailure`."""
        while True:
            resolution = self._resolve()
            if not self.catalog.rules.follow:
                return resolution
            cuts, inlined = cycles(self.catalog, resolution.selection, self.roots)
            learned = [self._lessons.learn_inlined(*extra) for extra in sorted(inlined)]
            if not any(learned):
                return replace(resolution, cuts=cuts)
            for group in self._groups:
                group.complete = False

    def _resolve(self) -> Resolution:
        for group in self._groups:
            if group.complete and not self._still_holds(group.selection):
                # What was added for a release that is not chosen any more may not be needed.
                group.fits, group.preferred = Fits(budget=group.fits.budget), {}
                group.complete = False
        self._complete()
        while self.catalog.rules.follow and self._fit():
            self._complete()
        good = [g for g in self._groups if not (g.selection.failed or g.refused)]
        failed: dict[str, str] = {}
        for group in self._groups:
            reason = "; ".join(group.selection.failed.values()) or group.refused
            for root in group.roots if reason else ():
                failed[root.project] = group.selection.failed.get(root.project, reason)
        chosen = {root.project: group.selection for group in good for root in group.roots}
        own = frozenset(project for group in self._groups for project in group.selection.failed)
        known = self.catalog, self._lessons, self._searches, self._fewest, self.roots
        return Resolution(*known, self._union(good), chosen, failed, unavailable_roots=own)

    def _complete(self) -> None:
        """Walk for each group that is not complete, until all are."""
        left = [group for group in self._groups if not group.complete]
        while left:
            for group in left:
                more = {
                    project: {
                        version: release
                        for version, release in releases.items()
                        if self._lessons.grade(Unit(project, version)) <= self._worst
                    }
                    for project, releases in group.fits.more.items()
                }
                seeds = Seeds(more, preferred=group.preferred)
                group.selection, group.complete = self._walk(group.roots, seeds)
            # What is missing for any of them is fetched at once.
            self.catalog.facts.fetch()
            left = [group for group in left if not group.complete]

    def _walk(self, roots: Sequence[Root], seeds: Seeds) -> tuple[Selection, bool]:
        """One walk, and whether it is complete."""
        known, misses = self._lessons.count, self.catalog.facts.misses
        selection = select(
            self.catalog, self._lessons, roots, seeds, self._worst, self._fewest, self._left_out
        )
        complete = self.catalog.facts.misses == misses and self._lessons.count == known
        return selection, complete

    def _still_holds(self, selection: Selection) -> bool:
        """Whether nothing that was chosen got a worse grade since."""
        return all(
            self._lessons.grade(unit) <= edge.answer.grade
            for edges in selection.edges.values()
            for edge in edges
            if edge.answer.release is not None
            for unit in units(edge.answer.release, edge.requirement.extras)
        ) and all(self._lessons.grade(unit) <= self._worst for unit in selection.edges)

    def _fit(self) -> bool:
        """One round of `fit` for each group that is not failed; whether any changed."""
        changed = False
        usable = self.catalog.host.repos.usable_pythons()
        for group in self._groups:
            if group.selection.failed or group.rounds >= _MOST_ROUNDS:
                continue
            group.rounds += 1
            if fit(self._searches, group.selection, group.roots, usable, group.fits):
                changed, group.complete = True, False
                for (project, version), reason in group.fits.unfit.items():
                    self._lessons.learn_conflict(project, version, reason)
            elif drop_unused(group.selection, group.fits) or self._is_more_than_needed(group):
                changed, group.complete = True, False
        return changed

    def _is_more_than_needed(self, group: _Group) -> bool:
        """Whether releases were chosen of which the solutions take others. If so, these are
        preferred from now on."""
        found, chosen = solved(group.selection, group.fits), group.selection.releases
        if self.catalog.policy.newest or found == group.preferred:
            return False
        group.preferred = found
        return any(chosen.get(project, {}).keys() - found[project].keys() for project in found)

    def _union(self, groups: Sequence[_Group]) -> Selection:
        """What all groups chose, and what their releases require with each other's extras."""
        if len(groups) == 1:
            return groups[0].selection
        seeds: dict[str, dict[Version, Release]] = {}
        for group in groups:
            for project, releases in group.selection.releases.items():
                seeds.setdefault(project, {}).update(releases)
        requested = {unit for group in groups for unit in group.selection.requested}
        complete = False
        while not complete:
            selection, complete = self._walk([], Seeds(seeds, requested, seeds))
            self.catalog.facts.fetch()
        listed = {p: r for group in groups for p, r in group.selection.listed.items()}
        deprecated = frozenset(p for group in groups for p in group.selection.deprecated)
        return replace(selection, listed=listed, deprecated=deprecated)


def roots_of(named: Sequence[Requirement]) -> tuple[Root, ...]:
    """The named requirements as roots, each project once."""
    found: dict[str, Root] = {}
    for requirement in named:
        project = canonicalize_name(requirement.name)
        known = found.get(project, Root(project))
        specifier = SpecifierSet(known.specifier) & requirement.specifier
        extras = {*known.extras, *map(canonicalize_name, requirement.extras)}
        found[project] = Root(project, str(specifier), tuple(sorted(extras)))
    return tuple(found.values())

"""From the named requirements to a `Resolution`, one round after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from ..errors import some_of
from ..pypi.model import Release
from .catalog import Catalog
from .cycles import cycles
from .fewest import Fewest
from .fit import Fits, drop_unused, fit, resolve_conflict, solved
from .left_out import LeftOut
from .lessons import Grade, Lessons, Unit
from .likely import Guess
from .model import Releases, Root, Seeds, Selection, units
from .resolution import Resolution
from .search import Searches
from .selection import Walk

#: Rounds of `fit` for one group, until that is left to the solver.
_MOST_ROUNDS = 50


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

    def failed(self) -> dict[str, str]:
        """Why nothing can be written for the roots, if one of them cannot be; by project."""
        own, reason = self.selection.failed, self.refused
        if own:
            reason = (
                f"{some_of([*own], 3)} cannot be written, and all are resolved together "
                "(--no-together: each by itself)"
            )
        return {r.project: own.get(r.project, reason) for r in self.roots if reason}


class _Steps:
    """The walks from some roots, until one is complete: one that was held up goes on, unless
    something was learned since it began. What that one chose may have been chosen before all was
    known, so that another one begins anew in the end."""

    def __init__(self, resolver: Resolver, roots: Sequence[Root]) -> None:
        self._resolver, self._roots = resolver, roots
        self._walk: Walk | None = None
        self._lessons = 0

    def take(self, seeds: Seeds) -> bool:
        """Walk on, with these seeds where a walk begins; whether it is complete."""
        known = self._resolver.known
        if self._walk is not None and self._walk.is_held_up and known[0] == self._lessons:
            self._walk.go_on()
            return False
        self._walk, self._lessons = self._resolver.walk(self._roots, seeds), known[0]
        return self._resolver.known == known

    @property
    def selection(self) -> Selection:
        """What the last walk has reached."""
        return self._walk.selection if self._walk is not None else Selection()


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
        good = [group for group in self._groups if not group.failed()]
        failed: dict[str, str] = {}
        for group in self._groups:
            failed.update(group.failed())
        chosen = {root.project: group.selection for group in good for root in group.roots}
        unavailable = frozenset(p for group in self._groups for p in group.selection.failed)
        known = self.catalog, self._lessons, self._searches, self._fewest, self.roots
        union = self._union(good)
        resolving = [each for group in good for each in group.fits.resolving.values()]
        return Resolution(
            *known,
            union,
            chosen,
            failed,
            unavailable_roots=unavailable,
            resolving={
                r.project: why for r, why in resolving if r.version in union.versions(r.project)
            },
            impossible={group.roots[0].project: group.fits.impossible for group in good},
        )

    def _complete(self) -> None:
        """Walk for each group that is not complete, until all are."""
        left = [(group, _Steps(self, group.roots)) for group in self._groups if not group.complete]
        while left:
            for group, steps in left:
                group.complete = steps.take(self._seeds(group))
                if group.complete:
                    group.selection = steps.selection
            # What is missing for any of them is fetched at once.
            self.catalog.facts.fetch()
            left = [each for each in left if not each[0].complete]

    def _seeds(self, group: _Group) -> Seeds:
        more: dict[str, dict[Version, Release]] = {}
        releases = [each for found in group.fits.more.values() for each in found.values()]
        releases += [release for release, _ in group.fits.resolving.values()]
        for release in releases:
            if self._lessons.grade(Unit(release.project, release.version)) <= self._worst:
                more.setdefault(release.project, {})[release.version] = release
        return Seeds(more, preferred=group.preferred)

    def walk(self, roots: Sequence[Root], seeds: Seeds) -> Walk:
        """A walk over what is known."""
        return Walk(
            self.catalog, self._lessons, roots, seeds, self._worst, self._fewest, self._left_out
        )

    @property
    def known(self) -> tuple[int, int]:
        """Numbers that grow with each lesson, and with each fact that is missing."""
        return self._lessons.count, self.catalog.facts.misses

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
            elif (
                drop_unused(group.selection, group.fits)
                or self._is_more_than_needed(group)
                or resolve_conflict(
                    self._searches, group.selection, group.roots, usable, group.fits
                )
            ):
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
        steps = _Steps(self, ())
        while not steps.take(Seeds(seeds, requested, seeds)):
            self.catalog.facts.fetch()
        selection = steps.selection
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

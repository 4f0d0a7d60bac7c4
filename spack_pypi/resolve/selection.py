"""Which releases are chosen for some roots, and what satisfies each of their requirements.

One walk over what is known. A unit that turns out worse than its grade is a lesson, and what is
not known yet a question; the walk is complete if it added neither.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from packaging.version import Version

from ..pypi.for_one_python import minor_python
from ..pypi.model import Release
from ..translate.requirements import IMPLIED, ProjectRequirement, Translated, Untranslatable
from ..translate.variants import RESERVED
from . import choose
from .answers import Answers
from .applies import applies_on_linux, running
from .catalog import Catalog
from .extras import with_inlined_extras
from .facts import Declared
from .fewest import Fewest
from .left_out import LeftOut
from .lessons import Grade, Lessons, Unit
from .model import Edge, Releases, Root, Selection
from .package import ProjectPackage, specifier_set

#: Releases of a root whose dependencies cannot be satisfied together, until the newest is listed
#: all the same.
_MOST_CONFLICTING = 10
#: How far a release may be from the roots, in requirements by the shortest way: several times what
#: real ones are. Where the last of them lacks something, that is learned of one after the other,
#: for each by another walk, so that the time grows with the square of it.
_DEEPEST = 200


@dataclass(frozen=True)
class Seeds:
    """What a walk begins with. ``releases`` are chosen whether or not something requires them,
    with the extras of the ``requested`` units; another one is only chosen where none of those that
    are ``preferred`` satisfies a requirement."""

    releases: Releases = field(default_factory=dict)
    requested: Collection[Unit] = ()
    preferred: Releases = field(default_factory=dict)


class Walk:
    """One walk from ``roots``. Nothing that is worse than ``worst`` is chosen. The selection
    counts if no fact is missing and the walk added no lesson."""

    def __init__(
        self,
        catalog: Catalog,
        lessons: Lessons,
        roots: Sequence[Root],
        seeds: Seeds,
        worst: Grade,
        fewest: Fewest,
        left_out: LeftOut,
    ) -> None:
        self._catalog, self._lessons, self._author = catalog, lessons, left_out
        self._releases: dict[str, dict[Version, Release]] = {}
        self._extras: dict[str, set[str]] = {}
        self._edges: dict[Unit, tuple[Edge, ...]] = {}
        self._listed: dict[str, tuple[Release, ...]] = {}
        self._deprecated: set[str] = set()
        self._failed: dict[str, str] = {}
        self._requested: set[Unit] = set()
        self._answers = Answers(catalog, lessons, seeds.preferred, self._listed, worst, fewest)
        #: Units, and how far each is from the roots.
        self._todo: deque[tuple[Unit, int]] = deque()
        self._depth = 0
        self._queued: set[Unit] = set()
        self._left_out: dict[Unit, list[ProjectRequirement]] = {}
        self._untranslatable: dict[Unit, tuple[Untranslatable, ...]] = {}
        #: What facts were missing for: roots, and units with how far each is from them.
        self._held_up_roots: list[Root] = []
        self._held_up: list[tuple[Unit, int]] = []
        extras: dict[tuple[str, Version], list[str]] = {}
        for unit in sorted(seeds.requested):
            extras.setdefault((unit.project, unit.version), []).append(unit.extra)
        for project, releases in sorted(seeds.releases.items()):
            for version, release in releases.items():
                self.request(release, extras.get((project, version), ()))
        self._start(roots)
        self._run()

    @property
    def is_held_up(self) -> bool:
        """Whether there is something to visit again after the next `Facts.fetch`."""
        return bool(self._held_up or self._held_up_roots)

    def go_on(self) -> None:
        """Go on where facts were missing. What was chosen meanwhile may have been chosen too
        early: only another walk, which misses none, shows what is right."""
        roots, self._held_up_roots = self._held_up_roots, []
        self._todo.extend(self._held_up)
        self._held_up = []
        self._depth = 0
        self._start(roots)
        self._run()

    def _start(self, roots: Sequence[Root]) -> None:
        for root in roots:
            misses = self._catalog.facts.misses
            self._choose_root(root)
            if self._catalog.facts.misses != misses:
                self._held_up_roots.append(root)

    def _run(self) -> None:
        """Visit all units that are reached."""
        while self._todo:
            unit, self._depth = self._todo.popleft()
            misses = self._catalog.facts.misses
            self._visit(unit)
            if self._catalog.facts.misses != misses:
                self._held_up.append((unit, self._depth))

    @property
    def selection(self) -> Selection:
        """What the walk has reached."""
        return Selection(
            self._releases,
            {project: frozenset(extras) for project, extras in self._extras.items()},
            self._edges,
            self._listed,
            frozenset(self._deprecated),
            self._failed,
            frozenset(self._requested),
            {unit: tuple(each) for unit, each in self._left_out.items()},
            self._untranslatable,
        )

    # --- roots --------------------------------------------------------------------------------

    def _choose_root(self, root: Root) -> None:
        """Choose the releases that the recipe of a root lists."""
        target = self._catalog.package(root.project)
        name = f"{target.existing.namespace}.{target.package}" if target.existing else ""
        missing = [extra for extra in root.extras if not target.variant(extra)]
        reserved = RESERVED.intersection(root.extras)
        if target.rewritten and root.project in IMPLIED:
            self._failed[root.project] = (
                "it builds every PythonPackage, so its recipe cannot be a PythonPackage itself"
            )
        elif target.extended is not None and missing:
            quoted = ", ".join(f"'{extra}'" for extra in missing)
            extras = "extra" if len(missing) == 1 else "extras"
            self._failed[root.project] = (
                f"{name} has no variant for the {extras} {quoted}; "
                "pass --force to write another recipe"
            )
        elif target.declares(root.specifier):
            pass  # it exists, with all that was requested
        elif target.closed:
            self._deprecated_or(root, target, target.closed)
        elif reserved:
            self._failed[root.project] = (
                f"its extra '{min(reserved)}' cannot be a variant, as Spack reserves this name; "
                "name the project without it, and beside it what the extra requires"
            )
        else:
            self._list(root, target)

    def _deprecated_or(self, root: Root, target: ProjectPackage, reason: str) -> None:
        if target.declares_deprecated(root.specifier):
            self._deprecated.add(root.project)
        else:
            self._failed[root.project] = reason

    def _list(self, root: Root, target: ProjectPackage) -> None:
        page = self._catalog.facts.page(root.project)
        if page is None:
            missing = self._catalog.facts.missing(root.project)
            if missing is not None:
                self._deprecated_or(root, target, str(missing))
            return
        extras = tuple(e for e in root.extras if target.has_variant(e, root.specifier))
        usable = self._answers.usable(root.project, root.specifier, extras)
        for grade in self._answers.grades():
            listed = self._best(root, self._answers.good(usable, extras, grade))
            if listed:
                self._listed[root.project] = tuple(listed)
                for release in listed:
                    self.request(release, extras)
                return
            if grade is Grade.COMPLETE and target.declares_deprecated(root.specifier):
                self._deprecated.add(root.project)
                return
        self._failed[root.project] = (
            self._answers.why_none(usable, extras) if usable else self._catalog.why_none(page)
        )

    def _best(self, root: Root, good: Sequence[Release]) -> list[Release]:
        """Of the releases that are good enough, those that the recipe lists: without those whose
        dependencies cannot be satisfied together, where there are others."""
        others = [r for r in good if self._lessons.conflict(root.project, r.version) is None]
        if len(good) - len(others) > _MOST_CONFLICTING or not others:
            others = list(good)  # none is better than the others
        return choose.listed(others, specifier_set(root.specifier), self._catalog.policy)

    # --- units --------------------------------------------------------------------------------

    def request(self, release: Release, extras: Sequence[str]) -> None:
        """Choose a release with extras that are required."""
        for extra in extras:
            self._requested.add(Unit(release.project, release.version, extra))
        self._choose(release)
        for extra in extras:
            self._add_variant(release.project, extra)

    def _choose(self, release: Release) -> None:
        """Choose a release, with the extras that its package has or gets."""
        project = release.project
        chosen = self._releases.setdefault(project, {})
        if release.version in chosen:
            return
        chosen[release.version] = release
        if minor_python(release.version):
            for other in choose.for_other_pythons(release, self._catalog.usable(project, "")):
                self._choose(other)
        target = self._catalog.package(project)
        if target.extended is not None:
            for extra in target.variant_extras():
                self._add_variant(project, extra)
            before = target.predecessor(self._catalog.facts.page(project), release.version)
            if before is not None:
                self._catalog.declared(before)
            for earlier in self._catalog.overlay_releases(project):
                self._choose(earlier)
        for extra in ("", *sorted(self._extras.get(project, ()))):
            self._queue(Unit(project, release.version, extra))

    def _add_variant(self, project: str, extra: str) -> None:
        """Have a variant for an extra, of all chosen releases."""
        extras = self._extras.setdefault(project, set())
        if extra not in extras:
            extras.add(extra)
            for version in self._releases.get(project, ()):
                self._queue(Unit(project, version, extra))

    def _queue(self, unit: Unit) -> None:
        if unit not in self._queued:
            self._queued.add(unit)
            self._todo.append((unit, self._depth + 1))

    def _visit(self, unit: Unit) -> None:
        release = self._releases[unit.project][unit.version]
        target = self._catalog.package(unit.project)
        grade = self._lessons.grade(unit)
        optional = bool(unit.extra) and unit not in self._requested
        if optional and (grade >= Grade.INCOMPLETE or not target.may_offer(unit.extra, release)):
            return
        declared = self._catalog.declared(release)
        translated = self._catalog.requirements(release, unit.extra)
        if declared is None or translated is None:
            return
        if self._depth > _DEEPEST:
            reason = (
                f"is more than {_DEEPEST} requirements away from what was named, the limit; "
                f"create {unit.project} first"
            )
            self._lessons.learn(unit, Grade.IMPOSSIBLE, reason)
            return
        pythons = running(declared.metadata.requires_python, self._catalog.pythons)
        worst, reason = _own_grade(unit, declared, translated, pythons)
        if worst > grade:
            self._lessons.learn(unit, worst, reason)
            return
        edges: list[Edge] = []
        untranslatable = [*translated.untranslatable]
        for requirement in translated.requirements:
            followed = self._followed(unit, requirement, optional)
            unsaid = _required(followed.untranslatable, pythons)
            if unsaid is not None and grade < Grade.INCOMPLETE:
                reason = f"needs {requirement}, which {unsaid.sentence}"
                self._lessons.learn(unit, Grade.INCOMPLETE, reason)
                return
            untranslatable += (
                replace(each, reason=f"{each.reason}; {requirement} requires it")
                for each in followed.untranslatable
            )
            for each in followed.requirements:
                required = applies_on_linux(each.when, pythons)
                answer = self._answers.answer(each, required)
                if answer is None:
                    continue
                edges.append(Edge(each, answer, required))
                if required and answer.grade > grade:
                    self._lessons.learn(unit, answer.grade, f"needs {each}: {answer.reason}")
                    return
                if answer.release is not None:
                    self.request(answer.release, each.extras)
        self._edges[unit] = tuple(edges)
        self._untranslatable[unit] = tuple(dict.fromkeys(untranslatable))

    def _followed(self, unit: Unit, requirement: ProjectRequirement, optional: bool) -> Translated:
        """A requirement of a unit, with those of its inlined extras; without what the author of
        an edited recipe leaves out."""
        release = self._releases[unit.project][unit.version]
        found = self._with_inlined(requirement)
        own, *brought = found.requirements
        left_out = self._author.of_dependency(
            release, unit.extra, requirement, brought, self._with_inlined
        )
        if optional and self._author.of_extra(release, unit.extra, own):
            left_out.append(own)
        self._left_out.setdefault(unit, []).extend(left_out)
        rest = tuple(each for each in found.requirements if each not in left_out)
        return found._replace(requirements=rest)

    def _with_inlined(self, requirement: ProjectRequirement) -> Translated:
        return with_inlined_extras(self._catalog, self._lessons, requirement, self._releases)


def _required(
    untranslatable: Sequence[Untranslatable], pythons: Sequence[str]
) -> Untranslatable | None:
    """The first of these that is required on Linux with one of the Pythons."""
    for each in untranslatable:
        if any(applies_on_linux(condition, pythons) for condition in each.conditions):
            return each
    return None


def _own_grade(
    unit: Unit, declared: Declared, translated: Translated, pythons: Sequence[str]
) -> tuple[Grade, str]:
    """The grade of a unit by what it declares itself, whatever its requirements can be satisfied
    with, and why; ``pythons`` are those that it runs with."""
    if declared.not_fetched:
        # Nobody knows what would be left out.
        return Grade.IMPOSSIBLE, f"cannot be read: {declared.not_fetched}"
    unsaid = _required(translated.untranslatable, pythons)
    if unsaid is not None:
        return Grade.INCOMPLETE, unsaid.sentence
    metadata = declared.metadata
    if unit.extra:
        return Grade.COMPLETE, ""
    if not pythons:
        reason = f"requires Python {metadata.requires_python}, which this Spack does not have"
        return Grade.INCOMPLETE, reason
    if metadata.requires_dist is None:
        reason = f": {metadata.problem}" if metadata.problem else ""
        return Grade.INCOMPLETE, f"does not declare what it requires{reason}"
    if not metadata.confirmed:
        return Grade.DOUBTFUL, f"has unconfirmed requirements: {metadata.problem}"
    return Grade.COMPLETE, ""

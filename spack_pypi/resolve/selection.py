"""Which releases are chosen for some roots, and what satisfies each of their requirements.

One walk over what is known. A unit that turns out worse than its grade is a lesson, and what is
not known yet a question; the walk is complete if it added neither.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from packaging.version import Version

from ..pypi.for_one_python import minor_python
from ..pypi.model import Release
from ..translate.requirements import IMPLIED, ProjectRequirement, Translated, Untranslatable
from ..translate.variants import RESERVED, not_packaged
from . import choose
from .answers import Answers
from .applies import applies_on_linux, running
from .catalog import Catalog
from .extras import with_inlined_extras
from .fewest import Fewest
from .left_out import LeftOut
from .lessons import Grade, Lessons, Unit
from .model import Edge, Root, Seeds, Selection, Status
from .own_grade import own_grade, required_of
from .package import ProjectPackage, specifier_set
from .unasked import Unasked

#: Releases of a root whose dependencies cannot be satisfied together, until the newest is listed
#: all the same.
_MOST_CONFLICTING = 10


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
        self._unasked = Unasked(catalog, self._answers, self._releases, self._requested)
        #: Units, and how far each is from the roots.
        self._todo: deque[tuple[Unit, int]] = deque()
        self._depth = 0
        self._queued: set[Unit] = set()
        self._left_out: dict[Unit, list[ProjectRequirement]] = {}
        self._untranslatable: dict[Unit, tuple[Untranslatable, ...]] = {}
        #: Units of variants that nobody asked for: visited once all others are.
        self._optional: list[tuple[Unit, int]] = []
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
            if self._may_wait(unit):
                self._optional.append((unit, self._depth))
            else:
                self._try(unit)
            if not self._todo:  # by now some of them may have been asked for
                waiting, self._optional = self._optional, []
                for each in waiting:
                    (self._optional if self._may_wait(each[0]) else self._todo).append(each)
        # What is chosen now is all that is needed without them.
        for unit, depth in () if self.is_held_up else self._optional:
            self._depth = depth
            self._try(unit)

    def _try(self, unit: Unit) -> None:
        misses = self._catalog.facts.misses
        self._visit(unit)
        if self._catalog.facts.misses != misses:
            self._held_up.append((unit, self._depth))

    def _is_optional(self, unit: Unit) -> bool:
        """Whether it is a variant that nobody asks for."""
        return bool(unit.extra) and unit not in self._requested

    def _may_wait(self, unit: Unit) -> bool:
        """Whether nothing is added for a unit: it is visited after all others."""
        return self._is_optional(unit) and not self._catalog.asked_for(unit.project, unit.extra)

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

    def _is_as_good(self, other: Release, chosen: Release) -> bool:
        """Whether what another release of a project requires is there, as far as that of a chosen
        one is, which may lack what the user allows to leave out."""
        grade, limit = (
            self._lessons.grade(Unit(each.project, each.version)) for each in (other, chosen)
        )
        return grade <= max(limit, Grade.DOUBTFUL)

    def _choose(self, release: Release) -> None:
        """Choose a release, with the extras that its package has or gets."""
        project = release.project
        chosen = self._releases.setdefault(project, {})
        if release.version in chosen:
            return
        chosen[release.version] = release
        if minor_python(release.version):
            for other in choose.for_other_pythons(release, self._catalog.usable(project, "")):
                if self._is_as_good(other, release):
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
        optional = self._is_optional(unit)
        if optional and (grade >= Grade.INCOMPLETE or not target.may_offer(unit.extra, release)):
            return
        declared = self._catalog.declared(release)
        translated = self._catalog.requirements(release, unit.extra)
        if declared is None or translated is None:
            return
        pythons = running(declared.metadata.requires_python, self._catalog.pythons)
        worst, reason = own_grade(unit, self._depth, declared, translated, pythons)
        if worst > grade:
            self._lessons.learn(unit, worst, reason)
            return
        edges: list[Edge] = []
        untranslatable = [*translated.untranslatable]
        lacking: list[str] = []
        for requirement in translated.requirements:
            followed = self._followed(unit, requirement, optional)
            unsaid = required_of(followed.untranslatable, pythons)
            if unsaid is not None and grade < Grade.INCOMPLETE:
                reason = f"needs {requirement}, which {unsaid.sentence}"
                self._lessons.learn(unit, Grade.INCOMPLETE, reason)
                return
            untranslatable += (
                replace(each, reason=f"{each.reason}; {requirement} requires it")
                for each in followed.untranslatable
            )
            for each in followed.requirements:
                edge = self._edge(unit, each, pythons)
                if edge is None:
                    continue
                edges.append(edge)
                answer = edge.answer
                if edge.required and answer.status is Status.ABSENT and self._may_wait(unit):
                    lacking.append(self._unasked.spec(each))
                elif edge.required and answer.grade > grade:
                    self._lessons.learn(unit, answer.grade, f"needs {each}: {answer.reason}")
                    return
                elif answer.release is not None:
                    self.request(answer.release, each.extras)
        if lacking:
            self._lessons.learn(unit, Grade.INCOMPLETE, not_packaged(lacking))
            return
        self._edges[unit] = tuple(edges)
        self._untranslatable[unit] = tuple(dict.fromkeys(untranslatable))

    def _edge(
        self, unit: Unit, requirement: ProjectRequirement, pythons: Sequence[str]
    ) -> Edge | None:
        """A requirement of a unit with what satisfies it, and is chosen; None while that is not
        known."""
        required = applies_on_linux(requirement.when, pythons)
        if self._may_wait(unit):
            return Edge(requirement, self._unasked.answer(requirement), required)
        answer = self._answers.answer(requirement, required)
        return Edge(requirement, answer, required) if answer is not None else None

    def _followed(self, unit: Unit, requirement: ProjectRequirement, optional: bool) -> Translated:
        """A requirement of a unit, with those of its inlined extras; without what the author of
        an edited recipe leaves out."""
        release = self._releases[unit.project][unit.version]
        of_new = self._catalog.package(unit.project).extended is None
        found = self._with_inlined(requirement, of_new)
        own, *brought = found.requirements
        left_out = self._author.of_dependency(
            release, unit.extra, requirement, brought, self._with_inlined
        )
        kept = self._author.kept(release, unit.extra, own, optional)
        left_out += [own] if own not in kept else []
        self._left_out.setdefault(unit, []).extend(left_out)
        rest = tuple(each for each in brought if each not in left_out)
        return found._replace(requirements=(*kept, *rest))

    def _with_inlined(self, requirement: ProjectRequirement, of_new: bool = False) -> Translated:
        known = self._catalog, self._lessons, requirement, self._releases
        return with_inlined_extras(*known, of_new=of_new)

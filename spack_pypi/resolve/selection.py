"""Which releases are chosen for some roots, and what answers each of their needs.

One walk over what is known: for each need the newest release of the best grade. What the walk
finds wanting becomes a lesson, what it does not know a question; it is complete when it added
neither.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence

from packaging.version import Version

from ..pypi.model import Release
from ..translate.requirements import IMPLIED, ProjectRequirement
from ..translate.versions import needs_releases
from . import choose
from .applies import applies_on_linux, running
from .catalog import Catalog, Needed
from .extras import is_variant, with_flat_extras
from .facts import Declared
from .lessons import Grade, Lessons, Unit
from .model import Answer, Edge, Root, Selection, Status, asked
from .package import ProjectPackage, specifier_set

#: Releases of a project that may be no good until what needs it counts as unanswered.
MOST_TRIED = 25
#: Releases of a named project that may fit nothing until the newest is taken all the same.
_MOST_MISFITS = 10
#: Releases that are asked about at once, where some newer ones were no good.
_AHEAD = 4


def select(
    catalog: Catalog,
    lessons: Lessons,
    roots: Sequence[Root],
    seeds: Mapping[str, Mapping[Version, Release]],
    worst: Grade,
    union: Iterable[Unit] | None = None,
) -> Selection:
    """One walk from the roots; releases in ``seeds`` are chosen whatever asks for them. Nothing
    that is worse than ``worst`` is chosen. With a ``union``, the units of extras that the seeds
    were chosen with, other releases are only chosen where no seed answers a need. The result
    counts once no fact is open and the walk taught nothing new."""
    asked = () if union is None else union
    walk = _Walk(catalog, lessons, {} if union is None else seeds, worst)
    extras: dict[tuple[str, Version], list[str]] = {}
    for unit in sorted(asked):
        extras.setdefault((unit.project, unit.version), []).append(unit.extra)
    for project, releases in sorted(seeds.items()):
        for version, release in releases.items():
            walk.ask(release, extras.get((project, version), ()))
    for root in roots:
        walk.start(root)
    walk.run()
    return walk.selection


class _Walk:
    def __init__(
        self,
        catalog: Catalog,
        lessons: Lessons,
        preferred: Mapping[str, Mapping[Version, Release]],
        worst: Grade,
    ) -> None:
        self._catalog, self._lessons, self._worst = catalog, lessons, worst
        self.selection = Selection()
        self._preferred = preferred
        self._todo: deque[Unit] = deque()
        self._queued: set[Unit] = set()
        self._answers: dict[tuple[str, str, tuple[str, ...], bool], Answer | None] = {}

    def run(self) -> None:
        while self._todo:
            self._visit(self._todo.popleft())

    # --- roots --------------------------------------------------------------------------------

    def start(self, root: Root) -> None:
        """Choose what a recipe of a named project lists."""
        target = self._catalog.package(root.project)
        name = f"{target.existing.namespace}.{target.package}" if target.existing else ""
        missing = [extra for extra in root.extras if not target.variant(extra)]
        if target.rewritten and root.project in IMPLIED:
            self.selection.failed[root.project] = (
                "PythonPackage itself is built with it, so its recipe cannot be one"
            )
        elif target.declares(root.specifier) and missing:
            self.selection.failed[root.project] = (
                f"{name} has no variant for the extra {_listed_texts(missing)}; "
                "--force writes a recipe of its own"
            )
        elif target.declares(root.specifier):
            pass  # it exists, and nobody asked for more
        elif target.closed:
            self._deprecated_or(root, target, target.closed)
        else:
            self._list(root, target)

    def _deprecated_or(self, root: Root, target: ProjectPackage, reason: str) -> None:
        if target.declares_deprecated(root.specifier):
            self.selection.deprecated.add(root.project)
        else:
            self.selection.failed[root.project] = reason

    def _list(self, root: Root, target: ProjectPackage) -> None:
        page = self._catalog.facts.page(root.project)
        if page is None:
            missing = self._catalog.facts.missing(root.project)
            if missing is not None:
                self._deprecated_or(root, target, str(missing))
            return
        extras = tuple(e for e in root.extras if target.models(e, root.specifier))
        usable = self._tried(root.project, root.specifier, extras)
        for grade in self._grades():
            good = [release for release in usable if self._grade(release, extras) <= grade]
            misfits = [
                release
                for release in good
                if self._lessons.misfit(root.project, release.version) is not None
            ]
            fitting = [release for release in good if release not in misfits]
            if len(misfits) > _MOST_MISFITS or not fitting:
                fitting = good  # none is better than the others
            listed = choose.listed(fitting, specifier_set(root.specifier), self._catalog.policy)
            if listed:
                self.selection.listed[root.project] = tuple(listed)
                for release in listed:
                    self.ask(release, extras)
                return
            if grade is Grade.WHOLE and target.declares_deprecated(root.specifier):
                self.selection.deprecated.add(root.project)
                return
        self.selection.failed[root.project] = (
            self._why_none_is_better(usable, extras) if usable else self._catalog.why_none(page)
        )

    def _grades(self) -> Iterator[Grade]:
        return (grade for grade in Grade if grade <= self._worst)

    # --- units --------------------------------------------------------------------------------

    def _take(self, release: Release) -> None:
        """Choose a release, with the extras that its package has or gets."""
        project = release.project
        chosen = self.selection.releases.setdefault(project, {})
        if release.version in chosen:
            return
        chosen[release.version] = release
        target = self._catalog.package(project)
        if target.extended is not None:
            for extra in target.modelled():
                self._offer(project, extra)
            before = target.predecessor(self._catalog.facts.page(project), release.version)
            if before is not None:
                self._catalog.declared(before)
            for earlier in self._catalog.rewritten(project):
                self._take(earlier)
        for extra in ("", *sorted(self.selection.extras.get(project, ()))):
            self._queue(Unit(project, release.version, extra))

    def _offer(self, project: str, extra: str) -> None:
        """Have a variant for an extra, of all chosen releases."""
        extras = self.selection.extras.setdefault(project, set())
        if extra not in extras:
            extras.add(extra)
            for version in self.selection.releases.get(project, ()):
                self._queue(Unit(project, version, extra))

    def ask(self, release: Release, extras: Sequence[str]) -> None:
        """Choose a release with extras that somebody needs."""
        for extra in extras:
            self.selection.asked.add(Unit(release.project, release.version, extra))
        self._take(release)
        for extra in extras:
            self._offer(release.project, extra)

    def _queue(self, unit: Unit) -> None:
        if unit not in self._queued:
            self._queued.add(unit)
            self._todo.append(unit)

    def _visit(self, unit: Unit) -> None:
        release = self.selection.releases[unit.project][unit.version]
        target = self._catalog.package(unit.project)
        grade = self._lessons.grade(unit)
        optional = bool(unit.extra) and unit not in self.selection.asked
        if optional and (grade >= Grade.LACKING or not self._offers(target, unit)):
            return
        declared = self._catalog.declared(release)
        needed = self._catalog.needed(release, unit.extra)
        if declared is None or needed is None:
            return
        pythons = running(declared.metadata.requires_python, self._catalog.pythons)
        reason = self._own_fault(unit, declared, needed, grade, pythons)
        if reason:
            return
        edges: list[Edge] = []
        for need in needed.needs:
            for each in self._with_flat_extras(need):
                required = applies_on_linux(each.when, pythons)
                answer = self._answer(each, required)
                if answer is None:
                    continue
                edges.append(Edge(each, answer, required))
                if required and answer.grade > grade:
                    reason = f"needs {asked(each)}: {answer.reason}"
                    self._lessons.learn(unit, answer.grade, reason)
                    return
                if answer.release is not None:
                    self.ask(answer.release, each.extras)
        self.selection.edges[unit] = tuple(edges)

    def _own_fault(
        self,
        unit: Unit,
        declared: Declared,
        needed: Needed,
        grade: Grade,
        pythons: Sequence[str],
    ) -> str:
        """Learn what is wrong with a unit that it already counts as better than; the reason."""
        metadata = declared.metadata
        worst, reason = Grade.WHOLE, ""
        if not unit.extra:
            if metadata.requires_dist is None:
                worst, reason = Grade.LACKING, "does not tell what it requires"
                reason += f": {metadata.problem}" if metadata.problem else ""
            elif not metadata.confirmed:
                worst = Grade.DOUBTFUL
                reason = f"requires what was never confirmed: {metadata.problem}"
            if not pythons:
                worst = Grade.LACKING
                reason = f"requires Python {metadata.requires_python}, which this Spack has not"
        for unsaid in needed.unsaid:
            if any(applies_on_linux(condition, pythons) for condition in unsaid.conditions):
                worst, reason = Grade.LACKING, f"declares '{unsaid.declared}': {unsaid.reason}"
                break
        if worst > grade:
            self._lessons.learn(unit, worst, reason)
            return reason
        return ""

    def _offers(self, target: ProjectPackage, unit: Unit) -> bool:
        return target.extended is None or target.offers(unit.extra, str(unit.version))

    # --- needs --------------------------------------------------------------------------------

    def _with_flat_extras(self, need: ProjectRequirement) -> Iterator[ProjectRequirement]:
        return with_flat_extras(self._catalog, self._lessons, need, self.selection.releases)

    def _answer(self, need: ProjectRequirement, required: bool) -> Answer | None:
        """The best answer; None while that is not known."""
        key = (need.project, need.specifier, need.extras, required)
        if key not in self._answers:
            self._answers[key] = self._decide(need, required)
        return self._answers[key]

    def _decide(self, need: ProjectRequirement, required: bool) -> Answer | None:
        target, facts = self._catalog.package(need.project), self._catalog.facts
        if needs_releases(specifier_set(need.specifier)):
            facts.page(need.project)  # how it spells them
        if target.declares(need.specifier):
            return Answer(Status.EXISTS)
        if not self._catalog.rules.follow:
            return Answer(Status.UNFOLLOWED, reason=target.closed or "it was not looked at")
        deprecated: Answer | None = None
        if target.declares_deprecated(need.specifier):
            where = f"{target.extended.namespace}.{target.package}" if target.extended else ""
            reason = f"{where} has it only as deprecated"
            deprecated = Answer(Status.DEPRECATED, Grade.DOUBTFUL, reason=reason)
        if target.closed:
            return deprecated or self._absent(target.closed)
        page = facts.page(need.project)
        if page is None:
            missing = facts.missing(need.project)
            if missing is None:
                return None
            return deprecated or self._absent("the index has no such project")
        extras = tuple(
            extra for extra in need.extras if is_variant(target, self._lessons, need, extra)
        )
        usable = self._tried(need.project, need.specifier, extras)
        for grade in self._grades() if required else (Grade.WHOLE, Grade.DOUBTFUL):
            found = self._best(need, usable, extras, grade)
            if found is not None:
                return found
            if grade is Grade.WHOLE and deprecated is not None:
                return deprecated
        if not usable:
            return self._absent(self._catalog.why_none(page))
        return self._absent(self._why_none_is_better(usable, extras))

    def _tried(self, project: str, specifier: str, extras: Sequence[str]) -> list[Release]:
        """The releases that may be chosen: those that a recipe could list and that the existing
        package does not declare, down to where too many were no good."""
        target = self._catalog.package(project)
        found: list[Release] = []
        left = MOST_TRIED
        for release in self._catalog.usable(project, specifier):
            if not target.is_declared(release.version):
                found.append(release)
                left -= self._grade(release, extras) > Grade.WHOLE
            if not left:
                break
        return found

    def _best(
        self,
        need: ProjectRequirement,
        usable: Sequence[Release],
        extras: tuple[str, ...],
        grade: Grade,
    ) -> Answer | None:
        """The answer of this grade, if there is one: what is listed anyway before others, then
        the newest."""
        listed = self.selection.listed.get(need.project, ())
        others = self._preferred.get(need.project, {}).values()
        accepted = specifier_set(need.specifier)
        preferred = choose.matching(
            sorted({*listed, *others}, key=lambda r: r.version, reverse=True),
            accepted,
            self._catalog.policy,
        )
        for release in (*preferred, *usable):
            if self._grade(release, extras) <= grade:
                self._look_ahead(release, usable)
                reason = "" if grade is Grade.WHOLE else self._reason(release, extras)
                return Answer(Status.CHOSEN, grade, release, reason)
        return None

    def _look_ahead(self, release: Release, usable: Sequence[Release]) -> None:
        """Where newer releases were no good, ask about some of the next ones at the same time."""
        at = usable.index(release) if release in usable else 0
        if at and self._catalog.declared(release) is None:
            for following in usable[at + 1 : at + _AHEAD]:
                self._catalog.declared(following)

    def _grade(self, release: Release, extras: Sequence[str]) -> Grade:
        units = (Unit(release.project, release.version, extra) for extra in ("", *extras))
        return max(self._lessons.grade(unit) for unit in units)

    def _reason(self, release: Release, extras: Sequence[str]) -> str:
        for extra in ("", *extras):
            reason = self._lessons.reason(Unit(release.project, release.version, extra))
            if reason:
                return f"{release.version} {reason}"
        return ""

    def _why_none_is_better(self, usable: Sequence[Release], extras: Sequence[str]) -> str:
        newest, *older = usable
        others = f"; {_some(older)} cannot be written either" if older else ""
        return self._reason(newest, extras) + others

    @staticmethod
    def _absent(reason: str) -> Answer:
        return Answer(Status.ABSENT, Grade.LACKING, reason=reason)


def _some(releases: Sequence[Release]) -> str:
    """A few releases by version."""
    if len(releases) <= 2:
        return " and ".join(str(release.version) for release in releases)
    return f"{releases[0].version} to {releases[-1].version}"


def _listed_texts(texts: Sequence[str]) -> str:
    return ", ".join(f"'{text}'" for text in texts)

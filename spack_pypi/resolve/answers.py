"""What satisfies a requirement: an existing version, else a release of the best grade."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..errors import FileFailure
from ..pypi.branches import shown
from ..pypi.model import Release
from ..translate import spack_order
from ..translate.requirements import ProjectRequirement
from ..translate.versions import needs_releases
from . import choose
from .catalog import Catalog
from .extras import is_variant
from .fewest import Fewest
from .lessons import Grade, Lessons
from .model import Answer, Releases, Status, units
from .package import ProjectPackage, specifier_set

#: Releases of a project that may be of no use until its dependents count as incomplete.
MOST_TRIED = 25
#: Why nothing satisfies what only Pythons need that the host does not have.
FOR_OTHER_PYTHONS = "it is for Pythons that Spack lacks"
#: The same where a Python that is still to come may need it.
FOR_LATER_PYTHONS = "it is for Pythons that Spack does not have yet"
#: Releases that are requested at once, where newer ones were of no use.
_AHEAD = 4


class Answers:
    """Answers over one catalog, each decided once. Nothing worse than ``worst`` is chosen. The
    releases in ``preferred``, and those that are ``listed`` by then, come before others."""

    def __init__(
        self,
        catalog: Catalog,
        lessons: Lessons,
        preferred: Releases,
        listed: Mapping[str, tuple[Release, ...]],
        worst: Grade,
        fewest: Fewest,
    ) -> None:
        self._catalog, self._lessons, self._worst = catalog, lessons, worst
        self._fewest = fewest
        self._preferred, self._listed = preferred, listed
        self._answers: dict[tuple[str, str, tuple[str, ...], bool, str], Answer] = {}

    def answer(self, requirement: ProjectRequirement, required: bool) -> Answer | None:
        """The best answer; None while that is not known. Nothing is added for a Python that
        Spack does not have."""
        never = _never(requirement, self._catalog.pythons)
        key = (requirement.project, requirement.specifier, requirement.extras, required, never)
        known = self._answers.get(key)
        if known is None:
            known = self._decide(requirement, required, never)
            if known is not None:
                self._answers[key] = known
        return known

    def without_addition(self, requirement: ProjectRequirement, chosen: Releases) -> Answer | None:
        """The answer without anything that nobody asked for: what exists, or one of the ``chosen``
        releases; None where neither satisfies the requirement."""
        target, specifier = self._catalog.package(requirement.project), requirement.specifier
        known = self._without_release(target, specifier)
        if known is not None:
            return known
        satisfying = choose.matching(
            sorted(chosen.get(target.project, {}).values(), key=lambda r: r.version, reverse=True),
            specifier_set(specifier),
            self._catalog.policy,
        )
        for release in satisfying:
            grade = self.grade(release, ())
            return Answer(Status.CHOSEN, grade, release, self._reason(release, ()))
        return self._deprecated(target, specifier)

    def grades(self) -> Iterator[Grade]:
        """The grades that are good enough, best first."""
        return (grade for grade in Grade if grade <= self._worst)

    def grade(self, release: Release, extras: Sequence[str]) -> Grade:
        """The grade of a release together with extras."""
        return max(map(self._lessons.grade, units(release, extras)))

    def good(
        self, usable: Sequence[Release], extras: Sequence[str], grade: Grade
    ) -> Sequence[Release]:
        """Those of a project's `usable` releases that have this grade, or a better one."""
        worse = self._lessons.worse(usable[0].project, extras, grade) if usable else ()
        return [release for release in usable if release.version not in worse] if worse else usable

    def usable(self, project: str, specifier: str, extras: Sequence[str]) -> Sequence[Release]:
        """The releases that may be chosen: those that a recipe could list and that the existing
        package does not declare, newest first, until too many were of no use."""
        releases = self._catalog.addable(project, specifier)
        worse = self._lessons.worse(project, extras, Grade.COMPLETE)
        left = MOST_TRIED
        for number, release in enumerate(releases if len(worse) >= left else (), 1):
            left -= release.version in worse
            if not left:
                return releases[:number]
        return releases

    def why_none(self, usable: Sequence[Release], extras: Sequence[str]) -> str:
        """Why none of the `usable` releases is good enough."""
        newest, *older = usable
        others = f"; {_some(older)} cannot be written either" if older else ""
        return self._reason(newest, extras) + others

    def _decide(
        self, requirement: ProjectRequirement, required: bool, never: str
    ) -> Answer | None:
        project, specifier = requirement.project, requirement.specifier
        target, facts = self._catalog.package(project), self._catalog.facts
        if needs_releases(specifier_set(specifier)):
            facts.page(project)  # how it spells its releases
        known = self._without_release(target, specifier)
        if known is not None:
            return known
        deprecated = self._deprecated(target, specifier)
        if target.closed or never:
            return deprecated or _absent(target.closed or never)
        page = facts.page(project)
        if page is None:
            return self._without_page(project, deprecated)
        extras = tuple(
            extra
            for extra in requirement.extras
            if is_variant(target, self._lessons, requirement, extra)
        )
        usable = self.usable(project, specifier, extras)
        for grade in self.grades() if required else (Grade.COMPLETE, Grade.DOUBTFUL):
            good = self._already(requirement, extras, grade) or self.good(usable, extras, grade)
            if good:
                release = self._choose(requirement, good, extras)
                if release is None:
                    return None
                self._look_ahead(release, usable)
                reason = "" if grade is Grade.COMPLETE else self._reason(release, extras)
                return Answer(Status.CHOSEN, grade, release, reason)
            if grade is Grade.COMPLETE and deprecated is not None:
                return deprecated
        return _absent(self.why_none(usable, extras) if usable else self._catalog.why_none(page))

    def _without_release(self, target: ProjectPackage, specifier: str) -> Answer | None:
        """The answer for which no release is looked for: the package is there, or what is required
        is not followed."""
        if target.declares(specifier):
            return Answer(Status.EXISTS)
        if not self._catalog.rules.follow:
            return Answer(Status.UNFOLLOWED, reason=target.closed or "--no-deps is set")
        return None

    def _deprecated(self, target: ProjectPackage, specifier: str) -> Answer | None:
        """The answer of a package of which a deprecated version satisfies a specifier."""
        if not target.declares_deprecated(specifier):
            return None
        where = f"{target.extended.namespace}.{target.package}" if target.extended else ""
        reason = f"{where} has only deprecated versions that satisfy it"
        return Answer(Status.DEPRECATED, Grade.DOUBTFUL, reason=reason)

    def _without_page(self, project: str, deprecated: Answer | None) -> Answer | None:
        """The answer where there is no page; None while that is not known."""
        missing = self._catalog.facts.missing(project)
        if isinstance(missing, FileFailure):
            return Answer(Status.ABSENT, Grade.IMPOSSIBLE, reason=str(missing))
        if missing is None:
            return None
        return deprecated or _absent(choose.why_missing(missing))

    def _already(
        self, requirement: ProjectRequirement, extras: tuple[str, ...], grade: Grade
    ) -> list[Release]:
        """The newest of the listed and preferred releases that satisfies a requirement and has
        this grade or a better one; empty if there is none."""
        listed = self._listed.get(requirement.project, ())
        others = self._preferred.get(requirement.project, {}).values()
        satisfying = choose.matching(
            sorted({*listed, *others}, key=lambda r: r.version, reverse=True),
            specifier_set(requirement.specifier),
            self._catalog.policy,
        )
        return [each for each in satisfying if self.grade(each, extras) <= grade][:1]

    def _choose(
        self, requirement: ProjectRequirement, good: Sequence[Release], extras: tuple[str, ...]
    ) -> Release | None:
        """The one to add of the `good` releases; None while that is not known."""
        installed = self._catalog.rules.installed.get(requirement.project)
        for release in good:
            if release.version == installed:
                return release
        if len(good) == 1 or self._catalog.policy.newest:
            return good[0]
        return self._fewest.choose(good, requirement.specifier, extras)

    def _look_ahead(self, release: Release, usable: Sequence[Release]) -> None:
        """Where newer releases were of no use, request some of the next ones at the same time."""
        at = usable.index(release) if release in usable else 0
        of_no_use = all(self.grade(each, ()) > Grade.COMPLETE for each in usable[:at])
        if at and of_no_use and self._catalog.declared(release) is None:
            for following in usable[at + 1 : at + _AHEAD]:
                self._catalog.declared(following)

    def _reason(self, release: Release, extras: Sequence[str]) -> str:
        for unit in units(release, extras):
            reason = self._lessons.reason(unit)
            if reason:
                return f"{shown(release.version)} {reason}"
        return ""


def _never(requirement: ProjectRequirement, pythons: Sequence[str]) -> str:
    """Why none of these Pythons needs it; empty where one does, or none is known."""
    needing = requirement.when.python
    if not pythons or any(spack_order.contains(needing, python) for python in pythons):
        return ""
    newest = max(pythons, key=spack_order.key)
    later = not spack_order.disjoint([needing, f"{newest}:"])
    return FOR_LATER_PYTHONS if later else FOR_OTHER_PYTHONS


def _absent(reason: str) -> Answer:
    return Answer(Status.ABSENT, Grade.INCOMPLETE, reason=reason)


def _some(releases: Sequence[Release]) -> str:
    """A few releases by version."""
    if len(releases) <= 2:
        return " and ".join(shown(release.version) for release in releases)
    return f"{shown(releases[0].version)} to {shown(releases[-1].version)}"

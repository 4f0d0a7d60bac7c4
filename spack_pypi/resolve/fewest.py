"""Which release of a dependency brings the fewest new packages and versions.

A bounded number of releases is looked at: the newest of all, and, if that brings anything, the
newest of each of some older minor series, further and further apart. What they require to run is
counted, which their metadata says; what builds them as well, as only archives say that, where it
makes the one that would be taken bring more. What only a deprecated version satisfies counts as
much as what has to be added: the solver of Spack uses none unless the user allows it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Callable, NamedTuple, Optional

from packaging.version import Version

from ..pypi.model import Release
from ..recipe.model import BUILD
from ..translate.requirements import ProjectRequirement
from .applies import applies_on_linux, running
from .catalog import Catalog
from .lessons import Grade, Lessons
from .model import units
from .package import specifier_set

#: Minor series that are looked at where a requirement has no lower bound: nobody says that older
#: releases work.
_UNBOUNDED = 3


class _Needed(NamedTuple):
    """A release that has to be added, or that exists but is ``deprecated``."""

    project: str
    version: Version
    deprecated: bool = False


class _Added(NamedTuple):
    """What is needed for a requirement; ``release`` and its ``extras`` where it is added."""

    needed: _Needed
    release: Release | None = None
    extras: tuple[str, ...] = ()


_Brought = frozenset[_Needed]
#: What a release brings that cannot be written itself.
_NOT_WRITABLE: _Brought = frozenset({_Needed("", Version("0"))})
#: What a release brings that is added with extras; None while it is not known.
_Bring = Callable[[Release, Sequence[str]], Optional[_Brought]]


class Fewest:
    """Chooses releases over one catalog."""

    def __init__(self, catalog: Catalog, lessons: Lessons) -> None:
        self._catalog, self._lessons = catalog, lessons
        self._brought: dict[tuple[str, Version, tuple[str, ...]], _Brought] = {}
        self._lessons_known = lessons.count
        self._newer: dict[tuple[str, Version], tuple[Version, str]] = {}

    def choose(
        self, releases: Sequence[Release], specifier: str, extras: Sequence[str]
    ) -> Release | None:
        """The one of the ``releases``, newest first, that brings the fewest new packages and
        versions if it is added with these extras, and of those the newest; None while that is not
        known. They all satisfy ``specifier``."""
        if self._lessons_known != self._lessons.count:
            self._brought.clear()
            self._lessons_known = self._lessons.count
        newest = releases[0]
        brought = self._brings(newest, extras)
        if not brought or brought is _NOT_WRITABLE:
            chosen = newest if brought is not None else None
        else:
            chosen = self._fewest_of(releases, specifier, extras, self._brings)
        if chosen is None:
            return None
        bring: _Bring = self._brings
        built = self._brings_with_build(chosen, extras)
        if built is None:
            return None
        if built is not _NOT_WRITABLE and built != self._brings(chosen, extras):
            bring = self._brings_with_build
            chosen = self._fewest_of(releases, specifier, extras, bring)
        if chosen is not None and chosen is not newest:
            brought = bring(chosen, extras) or frozenset()
            self._note(chosen, brought, newest, bring(newest, extras) or frozenset())
        return chosen

    def _note(
        self, chosen: Release, brought: _Brought, newest: Release, by_newest: _Brought
    ) -> None:
        """Note what the newest release would bring beyond what the chosen one does: other
        projects, if there are any, else other versions."""
        key = (chosen.project, chosen.version)
        if key not in self._newer or newest.version > self._newer[key][0]:
            there = {each.project for each in brought if not each.deprecated}
            versions = by_newest - brought
            others = {each for each in versions if each.deprecated or each.project not in there}
            more = others or versions
            missing = _projects(each for each in more if not each.deprecated)
            deprecated = _projects(each for each in more if each.deprecated)
            needs = [
                *([f"more than {chosen.version} that no repo has: {missing}"] if missing else []),
                *([f"deprecated versions of {deprecated}"] if deprecated else []),
            ]
            why = f"needs {', and '.join(needs)}; to add it: --newest"
            self._newer[key] = newest.version, why

    def newer(self, project: str, version: Version) -> tuple[Version, str] | None:
        """The newest release, where this one was preferred to it, and why; else None."""
        return self._newer.get((project, version))

    def _fewest_of(
        self, releases: Sequence[Release], specifier: str, extras: Sequence[str], bring: _Bring
    ) -> Release | None:
        """Look at the newest, then at the second, the third, the fifth, the ninth and so on, and
        at the oldest; then, as long as there are any between the best and the next newer one that
        was looked at, at that in the middle."""
        of_series = series(releases, specifier, self._catalog.pythons)
        steps = first_steps(len(of_series))
        counts = [_count(bring(of_series[step], extras)) for step in steps]
        known = [count for count in counts if count is not None]
        if len(known) < len(counts):
            return None
        best = known.index(min(known))
        fewest, at, newer = known[best], steps[best], steps[max(best - 1, 0)]
        while at - newer > 1:
            middle = (at + newer) // 2
            count = _count(bring(of_series[middle], extras))
            if count is None:
                # One of these is next: a few bytes more for a round trip less.
                for each in {(newer + middle) // 2, (middle + at) // 2} - {newer, middle}:
                    self._catalog.facts.expect_metadata(of_series[each])
                return None
            if count <= fewest:
                fewest, at = count, middle
            else:
                newer = middle
        return of_series[at]

    # --- what a release brings ----------------------------------------------------------------

    def _brings(self, release: Release, extras: Sequence[str]) -> _Brought | None:
        """The releases that have to be added if this one is, without it: for each requirement that
        no existing version satisfies the newest release, and what that brings; with them the
        deprecated versions that nothing else replaces. None while it is not known."""
        key = (release.project, release.version, tuple(extras))
        if key not in self._brought:
            brought = self._closure(release, extras)
            if brought is None:
                return None
            self._brought[key] = brought
        return self._brought[key]

    def _brings_with_build(self, release: Release, extras: Sequence[str]) -> _Brought | None:
        """What `_brings` says, and what has to be added to build the release itself."""
        misses = self._catalog.facts.misses
        brought, translated = self._brings(release, extras), None
        if brought is not None and brought is not _NOT_WRITABLE:
            translated = self._catalog.requirements(release, "")
        if brought is None or translated is None:
            return brought if brought is _NOT_WRITABLE else None
        build = [each for each in translated.requirements if each.types == BUILD]
        added = self._added(build, self._catalog.pythons, True)
        if self._catalog.facts.misses != misses:
            return None
        if added is None:
            return _NOT_WRITABLE
        return brought | {each.needed for each in added}

    def _closure(self, release: Release, extras: Sequence[str]) -> _Brought | None:
        misses = self._catalog.facts.misses
        itself = _Needed(release.project, release.version)
        seen = {itself}
        todo = [(release, tuple(extras))]
        for each, required in todo:  # grows
            added = self._required(each, required)
            if added is None:
                return _NOT_WRITABLE
            for further in added:
                if further.needed not in seen and further.release is not None:
                    todo.append((further.release, further.extras))
                seen.add(further.needed)
        if self._catalog.facts.misses != misses:
            return None
        return frozenset(seen - {itself})

    def _required(self, release: Release, extras: Collection[str]) -> list[_Added] | None:
        """What is needed for the requirements of this release, without the projects of which the
        pages are not known yet; None if nothing can be added for one of the requirements."""
        target = self._catalog.package(release.project)
        asked = [
            extra
            for extra in (target.variant_extras() if target.extended else ())
            if self._catalog.asked_for(release.project, extra)
        ]
        every = dict.fromkeys([*extras, *asked])
        metadata = self._catalog.facts.metadata(release)
        if metadata is None:
            return []
        pythons = running(metadata.requires_python, self._catalog.pythons)
        found: list[_Added] = []
        for extra in ("", *every):
            stated = self._catalog.stated(release, extra)
            required = stated.requirements if stated else ()
            added = self._added(required, pythons, extra in ("", *extras))
            if added is None:
                return None
            found += added
        return found

    def _added(
        self, required: Sequence[ProjectRequirement], pythons: Sequence[str], needed: bool
    ) -> list[_Added] | None:
        """What is needed for what is required and not there, as far as it is known; None if
        nothing can be added for one of the requirements, and they are ``needed``."""
        found: list[_Added] = []
        for each in required:
            if not applies_on_linux(each.when, pythons):
                continue
            package = self._catalog.loadable(each.project)
            if package is None:
                return None
            if package.declares(each.specifier):
                continue
            added = self._newest(each.project, each.specifier, each.extras)
            deprecated = package.newest_deprecated(each.specifier)
            if added is not None:
                new = _Needed(added.project, added.version)
                found.append(_Added(new, added, each.extras))
            elif deprecated is not None:
                found.append(_Added(_Needed(package.project, deprecated, True)))
            elif needed and self._is_absent(each.project):
                return None
        return found

    def _is_absent(self, project: str) -> bool:
        """Whether a project is known to have no release that could be added."""
        facts = self._catalog.facts
        closed = bool(self._catalog.package(project).closed)
        return closed or facts.page(project) is not None or facts.missing(project) is not None

    def _newest(self, project: str, specifier: str, extras: Sequence[str]) -> Release | None:
        """The newest release that nothing rules out yet; None while the page is not known, and
        where there is none."""
        if self._catalog.package(project).closed:
            return None
        for release in self._catalog.addable(project, specifier):
            if all(self._lessons.grade(u) < Grade.INCOMPLETE for u in units(release, extras)):
                return release
        return None


def _projects(needed: Iterable[_Needed]) -> str:
    return ", ".join(sorted({each.project for each in needed}))


def _count(brought: _Brought | None) -> float | None:
    if brought is None:
        return None
    return float("inf") if brought is _NOT_WRITABLE else len(brought)


def series(
    releases: Sequence[Release], specifier: str, pythons: Sequence[str]
) -> Sequence[Release]:
    """The newest of the ``releases``, newest first, of each minor series, as far as they are
    looked at. Of older ones only those count whose metadata can be read without their archive, and
    that run with the newest Python that the newest release runs with."""
    newest = releases[0]
    pythons = running(newest.requires_python, pythons)[:1]
    found: dict[tuple[int, int], Release] = {}
    for release in releases:
        number = (release.version.major, release.version.minor)
        if release is newest or (
            number not in found
            and release.wheels
            and running(release.requires_python, pythons) == pythons
        ):
            found[number] = release
    return list(found.values())[: None if _has_lower_bound(specifier) else _UNBOUNDED]


def first_steps(number: int) -> list[int]:
    """Which of so many series are looked at first: further and further apart, and the oldest."""
    steps = [0, *(1 << power for power in range(number) if 1 << power < number), number - 1]
    return list(dict.fromkeys(steps))


def _has_lower_bound(specifier: str) -> bool:
    return any(
        each.operator in (">", ">=", "~=", "==", "===") for each in specifier_set(specifier)
    )

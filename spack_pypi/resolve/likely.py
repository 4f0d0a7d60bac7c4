"""What the walks will ask next, guessed from the answers that have arrived: see `facts`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from ..pypi.model import Metadata, Project, Release, Source
from ..translate.builds import build_requirements
from ..translate.requirements import parsed
from ..translate.wheels import machine_wheels
from . import choose
from .catalog import Catalog
from .fewest import first_steps, series
from .model import Root
from .package import ProjectPackage, specifier_set

#: The most releases of a root that are guessed.
_MOST_LISTED = 4
#: The largest archive that is read of a release that may not be chosen, bytes.
_SMALL = 4 << 20


class Guess:
    """Guesses for roots over a catalog: that for each requirement the newest release is chosen
    that it accepts, where the existing package does not satisfy it. A wrong guess costs a
    request."""

    def __init__(self, catalog: Catalog, roots: Sequence[Root]) -> None:
        self._catalog = catalog
        self._roots = {root.project: root for root in roots}
        #: By project, the specifiers that are required, and whether a release is likely to be
        #: chosen that does: others are looked at, too, to see what they would bring.
        self._required: dict[str, dict[str, bool]] = {}
        #: The newest releases that satisfy them, where one is.
        self._guessed: set[tuple[str, Version]] = set()
        #: By project, the extras that are required.
        self._extras = {root.project: {*root.extras} for root in roots}

    def projects(self, release: Release, answer: Metadata | Source) -> Iterator[str]:
        """The projects whose pages are asked for after this answer about a release."""
        is_likely = self.is_certain(release) or self._is_guessed(release)
        for requirement in self._missing(release, answer):
            project, specifier = canonicalize_name(requirement.name), str(requirement.specifier)
            self._extras.setdefault(project, set()).update(requirement.extras)
            known = self._required.setdefault(project, {})
            if specifier not in known:
                yield project
            known[specifier] = is_likely or known.get(specifier, False)

    def _missing(self, release: Release, answer: Metadata | Source) -> Iterator[Requirement]:
        """What a release requires, as an answer says, and no existing package satisfies."""
        own = self._catalog.loadable(release.project)
        if not self._catalog.rules.follow or own is None or own.is_declared(release.version):
            return
        extras = self._extras.get(release.project, ())
        for text in self._required_by(release, answer):
            requirement = parsed(text)
            if requirement is None or requirement.url or not _applies(requirement, extras):
                continue
            target = self._catalog.loadable(canonicalize_name(requirement.name))
            if target and not (target.declares(str(requirement.specifier)) or target.closed):
                yield requirement

    def is_certain(self, release: Release) -> bool:
        """Whether no other is likely to be preferred to one of the `releases`, so that its archive
        will be read: it belongs to a root, or to an existing package."""
        if self._catalog.policy.newest or release.project in self._roots:
            return True
        own = self._catalog.loadable(release.project)
        return own is not None and own.is_declared(release.version)

    def reads_archive(self, release: Release) -> bool:
        """Whether the archive of one of the `releases` is asked for before it is chosen."""
        if self.is_certain(release):
            return True
        archive = release.sdist
        size = archive.size if archive is not None else None
        return self._is_guessed(release) and size is not None and size <= _SMALL

    def requires_nothing_new(self, release: Release, metadata: Metadata) -> bool:
        """Whether this is one of the `releases` and its metadata require nothing that does not
        exist: then no other will be preferred to it."""
        return self._is_guessed(release) and not any(self._missing(release, metadata))

    def compared(self, release: Release, page: Project) -> Iterator[Release]:
        """The older releases that will be looked at if one of the `releases`, the newest of this
        page that a specifier accepts, requires something new: see `fewest`."""
        target = self._catalog.loadable(page.name)
        if target is None or not self._is_guessed(release) or self._catalog.policy.newest:
            return
        for specifier in self._required.get(page.name, ()):
            releases = [*self._fitting(page, target, specifier)]
            if releases and releases[0].version == release.version:
                found = series(releases, specifier, self._catalog.pythons)
                yield from (found[step] for step in first_steps(len(found)))

    def _is_guessed(self, release: Release) -> bool:
        return (release.project, release.version) in self._guessed

    def releases(self, page: Project) -> Iterator[Release]:
        """The releases that are asked for once this page is known."""
        target = self._catalog.loadable(page.name)
        if target is None:
            return
        if page.name in self._roots:
            yield from self._listed(page, target, self._roots[page.name].specifier)
        for specifier, is_likely in self._required.get(page.name, {}).items():
            newest = next(self._fitting(page, target, specifier), None)
            if newest is not None:
                if is_likely:
                    self._guessed.add((newest.project, newest.version))
                yield newest
                before = target.predecessor(page, newest.version)
                yield from [before] if before else []

    def _required_by(self, release: Release, answer: Metadata | Source) -> Iterable[str]:
        if isinstance(answer, Metadata):
            return answer.requires_dist or ()
        is_built = release.has_sdist and self._catalog.is_built(release)
        return build_requirements(answer) if is_built else ()

    def _listed(self, page: Project, target: ProjectPackage, specifier: str) -> Iterator[Release]:
        """The newest release of each of the newest series. No older release is looked at: what a
        page says of a release is read only then, and a page may list thousands."""
        series: set[tuple[int, ...]] = set()
        for release in self._fitting(page, target, specifier):
            number = release.version.release[:2]
            if number not in series:
                series.add(number)
                yield release
            if len(series) == min(self._catalog.policy.series or 1, _MOST_LISTED):
                return

    def _fitting(self, page: Project, target: ProjectPackage, specifier: str) -> Iterator[Release]:
        accepted = specifier_set(specifier)
        for release in page.releases:
            if (
                not release.version.is_prerelease
                and accepted.contains(release.version)
                and not target.is_declared(release.version)
                and choose.is_candidate(release, self._catalog.policy)
                and not machine_wheels(release)
            ):
                yield release


def _applies(requirement: Requirement, extras: Iterable[str]) -> bool:
    """Whether a release requires it somewhere, by itself or with one of these extras."""
    marker = str(requirement.marker or "")
    return "extra" not in marker or any(f'"{extra}"' in marker for extra in extras)

"""Which versions of a project a search may choose, and in which order it tries them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from itertools import tee

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from ..translate.spelling import meant
from .catalog import Catalog
from .demands import NO_PYTHON, Candidate, Demand, contains, spelled
from .lessons import Grade, Lessons, Unit
from .model import Selection
from .package import ProjectPackage, specifier_set

#: How many releases of a project are tried that would not be written otherwise.
_MOST_UNCHOSEN = 25
#: Of how many of them the metadata is requested from the index at once.
_BATCH = 8


class Allowed(Enum):
    """Which versions a search may choose."""

    #: Those that exist or are chosen; of what a root lists, the newest.
    EXISTING = "existing"
    #: These, and other releases of projects of which one is written in any case.
    WRITTEN = "written"
    #: These, and any release.
    ANY = "any"


class Candidates:
    """The candidates of one search, as far as they are ``allowed``, each looked for once."""

    def __init__(
        self, catalog: Catalog, lessons: Lessons, selection: Selection, allowed: Allowed
    ) -> None:
        self._catalog, self._lessons, self._selection = catalog, lessons, selection
        self._allowed = allowed
        self._found: dict[tuple[str, str], Iterator[Candidate]] = {}
        #: Whether there were more releases than were tried, so that a conflict is not certain.
        self.skipped_releases = False

    def matching(
        self, project: str, demands: Sequence[Demand], refused: frozenset[Version] = frozenset()
    ) -> Iterator[Candidate]:
        """The candidates that satisfy all demands, but for the refused versions."""
        if project == NO_PYTHON:
            return
        texts = {demand.specifier for demand in demands}
        specifier = ",".join(sorted(text for text in texts if text))
        found = self._found.get((project, specifier))
        found = found or self._candidates(self._catalog.package(project), specifier)
        self._found[project, specifier], found = tee(found)
        for candidate in found:
            if candidate.version not in refused and all(d.accepts(candidate) for d in demands):
                yield candidate

    def _candidates(self, target: ProjectPackage, specifier: str) -> Iterator[Candidate]:
        """The versions that exist or are chosen, newest first, then the deprecated ones, then
        further releases of the index."""
        project = target.project
        chosen = self._selection.releases.get(project, {})
        available: dict[Version, Candidate] = {
            version: Candidate(project, version, spelled(version), release)
            for version, release in chosen.items()
        }
        existing = target.extended
        if existing is not None and existing.every_version:
            yield from _any_version(project, specifier_set(specifier))
            return
        declared = _declared_candidates(project, existing.versions if existing else ())
        available.update({candidate.version: candidate for candidate in declared})
        deprecated = _declared_candidates(project, existing.deprecated if existing else ())
        accepted = target.of_library(specifier, target.constraint)
        for version in sorted(available, reverse=True):
            if contains(accepted, str(version)):
                yield available[version]
                if self._allowed is not Allowed.ANY and project in self._selection.listed:
                    return
        yield from (candidate for candidate in deprecated if contains(accepted, candidate.number))
        if project in self._selection.listed or target.closed:
            return  # a root lists what the user wants; what is closed gets nothing else
        if self._allowed is Allowed.EXISTING or (self._allowed is Allowed.WRITTEN and not chosen):
            return
        facts = self._catalog.facts
        if facts.page(project) is None:
            facts.fetch()
        usable = [
            release
            for release in self._catalog.usable(project, specifier)
            if release.version not in available
            and self._lessons.grade(Unit(project, release.version)) < Grade.INCOMPLETE
        ]
        for at, release in enumerate(usable[:_MOST_UNCHOSEN]):
            if at % _BATCH == 0:
                for following in usable[at : min(at + _BATCH, _MOST_UNCHOSEN)]:
                    self._catalog.facts.metadata(following)
            yield Candidate(project, release.version, spelled(release.version), release)
        self.skipped_releases = self.skipped_releases or len(usable) > _MOST_UNCHOSEN


def _declared_candidates(project: str, texts: Sequence[str]) -> list[Candidate]:
    """The versions of an existing package, by their text in its recipe."""
    versions = {text: meant(text) for text in texts}
    return [Candidate(project, v, text) for text, v in versions.items() if v is not None]


def _any_version(project: str, specifier: SpecifierSet) -> Iterator[Candidate]:
    """Versions that a package whose versions are unknown is assumed to have."""
    for clause in specifier:
        version = meant(clause.version.removesuffix(".*"))
        if version is not None and specifier.contains(version, prereleases=True):
            yield Candidate(project, version, spelled(version))
    if not len(specifier):
        yield Candidate(project, Version("0"), "0")

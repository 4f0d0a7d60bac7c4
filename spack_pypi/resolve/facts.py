"""What was read from the index: a store that only grows.

`Facts.page` and `Facts.declared` return what is known, and None while it is not; then the question
is sent to the index. `Facts.fetch` waits until all questions are answered, and only then are the
answers known: what is decided does not depend on which of them comes first. So nothing is
requested twice, nothing one by one, and no decision waits for an answer.

While it waits, `Facts` sends what is `likely` to be asked next: the projects that a release
requires, as soon as its metadata is there, or that it is built with, as soon as its archive was
read, and their newest releases, as soon as their pages are there. An answer that is never looked
up changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from packaging.version import Version

from ..errors import FileFailure, IndexFailure, NotFetched, UnknownProject
from ..pypi.archives.static import declared_order, with_static_requirements
from ..pypi.metadata import unknown as unknown_metadata
from ..pypi.metadata import with_license, with_license_of_files, with_readme
from ..pypi.model import IndexOrigin, Metadata, Project, Release, Source
from ..session import Phase, Session
from ..translate.builds import Builds, build_requirements, builds
from ..translate.by_wheel import of_wheel
from ..translate.requirements import IMPORTED, UNREAD, Untranslatable
from ..translate.spelling import pep440
from ..translate.wheels import least_python, machine_wheels
from .questions import Questions, ReleaseAnswer
from .release_texts import ReleaseTexts

if TYPE_CHECKING:
    from .likely import Guess


@dataclass(frozen=True)
class Declared:
    """What one release declares, and what follows for its build. ``order`` are the projects that
    it requires in the order of its own file, if that lists them all. ``not_fetched`` says which of
    its files did not arrive, and why; empty if all did."""

    metadata: Metadata
    builds: Builds
    order: tuple[str, ...] = ()
    not_fetched: str = ""


@dataclass(frozen=True)
class Supplement:
    """A build requirement that a project does not declare, and why it is required; ``version`` is
    the one whose build showed it. It holds for all releases with the same build requirements."""

    project: str
    version: str
    requirement: str
    reason: str


class Facts:
    """What the session's index says; ``supplements`` are build requirements that projects do not
    declare. ``likely`` may be set to guess what will be asked next."""

    def __init__(self, session: Session, *, supplements: Sequence[Supplement] = ()) -> None:
        self._session, self._index, self._supplements = session, session.index, supplements
        self._questions = Questions(session)
        self._pages: dict[str, Project | None] = {}
        self._missing: dict[str, UnknownProject | FileFailure] = {}
        self._declared: dict[tuple[str, Version], Declared] = {}
        self._metadata: dict[tuple[str, Version], Metadata] = {}
        self._of_wheels: dict[tuple[str, Version], Builds] = {}
        #: What only describes releases.
        self.texts = ReleaseTexts(session, self._questions, self._known, self._note)
        #: The commits of the tags of repositories.
        self._tags: dict[str, Mapping[str, str] | FileFailure] = {}
        #: Questions of which the answer is not known: whether a release is built, None for a page.
        self._open: dict[tuple[str, Version | None], bool | None] = {}
        #: Releases of which only the metadata is asked for.
        self._open_metadata: set[tuple[str, Version]] = set()
        #: Projects whose pages were asked for before anything was looked up.
        self._named: set[str] = set()
        #: Whether a file could not be read: another run may read it.
        self.has_failures = False
        #: What was looked up and did not arrive, by project and release; None for the page.
        self.not_fetched: dict[tuple[str, Version | None], FileFailure] = {}
        #: How often something was looked up that was not known.
        self.misses = 0
        self.likely: Guess | None = None

    def page(self, project: str) -> Project | None:
        """The project's page; None while it is not known, and if the index has none."""
        if project not in self._pages:
            self._open.setdefault((project, None))
            self._questions.page(project)
            if project in self._named:
                self._named.remove(project)
                early = self._questions.early(project)
                if early is not None:
                    self._expect_releases(early)
            self.misses += 1
            return None
        return self._pages[project]

    @property
    def looked_up(self) -> Sequence[str]:
        """The projects whose pages were looked up so far; all else that is known follows from
        them."""
        return [*self._pages]

    def missing(self, project: str) -> UnknownProject | FileFailure | None:
        """The error if the index has no such project, or its page cannot be read."""
        return self._missing.get(project)

    def declared(self, release: Release, *, is_built: bool = True) -> Declared | None:
        """What a release of a known page declares, and, if it ``is_built``, what for its build;
        None while that is not known."""
        key = (release.project, release.version)
        if key not in self._declared:
            self._open.setdefault(key, is_built)
            self._questions.release(release, with_wheel=is_built)
            self.misses += 1
        return self._declared.get(key)

    def metadata(self, release: Release) -> Metadata | None:
        """The metadata of a release of a known page, without reading its archive; None while it is
        not known. What is not ``confirmed`` may be otherwise in `declared`."""
        known = self._known(release)
        if known is None:
            self._open_metadata.add((release.project, release.version))
            self._questions.metadata(release)
            self.misses += 1
        return known

    def _known(self, release: Release) -> Metadata | None:
        key = (release.project, release.version)
        return self._declared[key].metadata if key in self._declared else self._metadata.get(key)

    def of_wheel(self, release: Release) -> Builds | None:
        """What a release with `declared` facts needs whose wheel is installed though it has a
        source archive; None where no wheel is read. There are few: each is asked for by itself."""
        key, wheel = (release.project, release.version), release.best_wheel
        if wheel is None or not wheel.modules_are_read:
            return None
        if key not in self._of_wheels:
            try:
                source = self._index.source(release.without_sdist())
            except FileFailure as failure:
                self._note(failure, *key)
                lost = Untranslatable(IMPORTED, failure.with_name)
                self._of_wheels[key] = Builds(untranslatable=(lost,))
            else:
                required = self._declared[key].metadata.requires_dist
                self._of_wheels[key] = of_wheel(source, release).beside(required)
        return self._of_wheels[key]

    def addressed(self, release: Release, wheels: bool) -> Release:
        """A release with the addresses of its files that a recipe gives; of its wheels, for which
        that takes a request, only with ``wheels`` or where there is no source archive."""
        wheels = wheels or not release.has_sdist
        files = [
            file._replace(url=self._index.address(release, file))
            if wheels or not file.is_wheel
            else file
            for file in release.files
        ]
        return Release(release.project, release.version, tuple(files))

    def origin(self, project: str) -> IndexOrigin:
        """See `Index.origin`."""
        return self._index.origin(project)

    def tagged(self, repository: str, tag: str) -> str | FileFailure:
        """The commit of a tag of the git repository at an address, which is asked once; why it is
        not known, if so."""
        if repository not in self._tags:
            try:
                self._tags[repository] = self._session.tags(repository)
            except FileFailure as failure:
                self._tags[repository] = failure
        found = self._tags[repository]
        if not isinstance(found, FileFailure) and tag in found:
            return found[tag]
        self.has_failures = True
        missing = FileFailure(repository, f"has no tag {tag}")
        return found if isinstance(found, FileFailure) else missing

    def page_url(self, project: str) -> str:
        """The address of a project's page on the index."""
        return self._index.page_url(project)

    def expect(self, projects: Iterable[str]) -> None:
        """Ask for pages that will be looked up."""
        for project in projects:
            if project not in self._pages:
                self._questions.page(project)

    def expect_named(self, projects: Iterable[str]) -> None:
        """Ask for the pages of projects that are named; what follows from a page is asked for once
        it is looked up, as it is not if the project needs nothing written."""
        self._named.update(projects)
        self.expect(projects)

    def expect_metadata(self, release: Release) -> None:
        """Ask for the metadata of a release of a known page that may be looked up."""
        key = (release.project, release.version)
        if key not in self._metadata and key not in self._declared:
            self._questions.metadata(release)

    def fetch(self) -> None:
        """Wait for the answers to all questions. Raises `IndexFailure`."""
        questions, self._open = self._open, {}
        metadata, self._open_metadata = self._open_metadata - questions.keys(), set()
        self._questions.wait(questions, metadata, self._look_ahead)
        for key in metadata:
            self._metadata[key] = self._without_archive(*self._questions.known_metadata(*key))
        for (project, version), is_built in questions.items():
            self._session.progress(Phase.RESOLVE, project, len(self._pages))
            if version is None or is_built is None:
                page = self._questions.take_page(project)
                self._pages[project] = page if isinstance(page, Project) else None
                if not isinstance(page, Project):
                    self._missing[project] = page
                    self._note(page, project)
            else:
                answer = self._questions.take_release(project, version)
                self._declared[project, version] = self._read(answer, is_built)

    def forget_guesses(self) -> None:
        """Drop what was asked ahead and not looked up: tens of megabytes of a large run."""
        self._questions.forget({*self._open, *self._open_metadata})

    def _look_ahead(self, answer: Project | tuple[Release, Metadata | Source]) -> None:
        """Send what is likely to be asked after an answer."""
        if isinstance(answer, Project):
            self._session.progress(Phase.RESOLVE, answer.name, len(self._pages))
            if answer.name not in self._named:
                self._expect_releases(answer)
        elif self.likely is not None:
            release, said = answer
            if isinstance(said, Metadata):
                self._expect_older(release, said)
            projects = [*self.likely.projects(*answer)]
            self.expect(projects)
            for project in projects:
                page = self._pages.get(project) or self._questions.early(project)
                if page is not None:
                    self._expect_releases(page)

    def _expect_older(self, release: Release, metadata: Metadata) -> None:
        """Send what is asked of a release that is likely to be chosen, or of older ones."""
        assert self.likely is not None
        page = self._pages.get(release.project) or self._questions.early(release.project)
        if self.likely.requires_nothing_new(release, metadata):
            self._questions.release(release)
        elif page is not None:
            for older in self.likely.compared(release, page):
                self.expect_metadata(older)

    def _expect_releases(self, page: Project) -> None:
        if self.likely is None:
            return
        for release in self.likely.releases(page):
            if (release.project, release.version) not in self._declared:
                whole = self.likely.reads_archive(release)
                (self._questions.release if whole else self._questions.metadata)(release)

    def _note(self, answer: object, project: str, version: Version | None = None) -> None:
        """Note an answer that is a failure."""
        self.has_failures |= isinstance(answer, IndexFailure)
        if isinstance(answer, NotFetched) or (version is None and isinstance(answer, FileFailure)):
            self.not_fetched[project, version] = answer

    def _read(self, answer: ReleaseAnswer, is_built: bool) -> Declared:
        release, metadata, source = answer
        self._note(source, release.project, release.version)
        self._note(metadata, release.project, release.version)
        if isinstance(metadata, FileFailure):
            # One bad file says nothing about the project's other releases.
            unknown = replace(unknown_metadata(release, metadata.with_name), confirmed=True)
            return Declared(unknown, Builds(), not_fetched=_not_fetched(metadata))
        metadata = _for_its_wheels(metadata, release)
        if isinstance(source, FileFailure):
            if not is_built:
                return Declared(metadata, Builds())
            # It may be damaged on purpose, or on its way: no wheel takes its place.
            what = UNREAD if release.has_sdist else IMPORTED
            built = Builds(untranslatable=(Untranslatable(what, source.with_name),))
            return Declared(metadata, built, not_fetched=_not_fetched(source))
        built = Builds()
        if is_built:
            reads = of_wheel if release.sdist is None else builds
            built = self._with_supplements(release, reads(source, release))
        metadata = with_license(with_static_requirements(metadata, source), source)
        metadata = with_readme(with_license_of_files(metadata, source), source)
        built = built.beside(metadata.requires_dist)
        return Declared(metadata, built, declared_order(metadata, source))

    def _without_archive(self, release: Release, metadata: Metadata | FileFailure) -> Metadata:
        self._note(metadata, release.project, release.version)
        if isinstance(metadata, FileFailure):
            return unknown_metadata(release, metadata.with_name)
        return _for_its_wheels(metadata, release)

    def _with_supplements(self, release: Release, built: Builds) -> Builds:
        more = tuple(
            each.requirement
            for each in self._supplements
            if each.project == release.project and self._is_built_alike(built, each)
        )
        return replace(built, added=(*built.added, *more)) if more else built

    def _is_built_alike(self, built: Builds, supplement: Supplement) -> bool:
        """Whether a release has the same build requirements as the one that was tried."""
        page, tried = self._pages.get(supplement.project), pep440(supplement.version)
        release = next((r for r in page.releases if r.version == tried), None) if page else None
        if release is None:
            return False
        return build_requirements(self._index.source(release)) == built.requirements


def _not_fetched(failure: FileFailure) -> str:
    return str(failure) if isinstance(failure, NotFetched) else ""


def _for_its_wheels(metadata: Metadata, release: Release) -> Metadata:
    """The metadata, with the least Python of the wheels that the recipe installs."""
    least = least_python(machine_wheels(release).values())
    both = ",".join(filter(None, [metadata.requires_python, least]))
    return replace(metadata, requires_python=both) if least else metadata

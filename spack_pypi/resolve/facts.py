"""What the index says, as far as it was read: a store that only grows.

`Facts.page` and `Facts.declared` return what is known, and None while it is not; then they note
the question. `Facts.fetch` sends all open questions to the index at once. So nothing is requested
twice, nothing one by one, and no decision waits for an answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Callable

from packaging.utils import canonicalize_name
from packaging.version import Version

from ..errors import FileFailure, UnknownProject
from ..pypi.model import File, Index, Metadata, Project, Release, Source
from ..pypi.static import with_static_requirements
from ..session import Phase, Session
from ..translate.builds import Builds, builds
from ..translate.requirements import Untranslatable
from ..translate.spelling import pep440
from ..translate.wheels import least_python, machine_wheels


@dataclass(frozen=True)
class Declared:
    """What one release declares, and what follows for its build."""

    metadata: Metadata
    builds: Builds


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
    declare."""

    def __init__(self, session: Session, *, supplements: Sequence[Supplement] = ()) -> None:
        self._session, self._index, self._supplements = session, session.index, supplements
        self._pages: dict[str, Project | None] = {}
        self._missing: dict[str, UnknownProject] = {}
        self._declared: dict[tuple[str, Version], Declared] = {}
        self._open: dict[tuple[str, Version | None], Callable[[], Any]] = {}
        #: How often something was looked up that was not known.
        self.misses = 0

    def page(self, project: str) -> Project | None:
        """The project's page; None while it is not known, and if the index has none."""
        if project not in self._pages:
            self._open.setdefault((project, None), lambda: self._ask_page(project))
            self.misses += 1
            return None
        return self._pages[project]

    def missing(self, project: str) -> UnknownProject | None:
        """The error if the index has no such project."""
        return self._missing.get(project)

    def declared(self, release: Release, *, is_built: bool = True) -> Declared | None:
        """What a release of a known page declares, and, if it ``is_built``, what for its build;
        None while that is not known."""
        key = (release.project, release.version)
        if key not in self._declared:
            self._open.setdefault(key, lambda: self._ask(release, is_built))
            self.misses += 1
        return self._declared.get(key)

    def fetch(self) -> None:
        """Send all open questions to the index. Raises `IndexFailure`."""
        questions, self._open = self._open, {}
        if not questions:
            return
        answers: dict[Any, Future[Any]] = {
            key: self._session.submit(ask) for key, ask in questions.items()
        }
        for (project, version), future in answers.items():
            answer = future.result()
            self._session.progress(Phase.RESOLVE, project, len(self._pages))
            if version is not None:
                self._declared[project, version] = answer
            elif isinstance(answer, UnknownProject):
                self._missing[project] = answer
                self._pages[project] = None
            else:
                self._pages[project] = answer

    # --- in the threads ---------------------------------------------------------------------

    def _ask_page(self, project: str) -> Project | UnknownProject:
        try:
            return self._index.project(project).essential()
        except UnknownProject as error:
            return error

    def _ask(self, release: Release, is_built: bool) -> Declared:
        try:
            return self._read(release, is_built)
        except FileFailure as error:
            # One bad file says nothing about the project's other releases.
            unknown = Metadata(
                release.project, str(release.version), requires_dist=None, problem=error.reason
            )
            return Declared(unknown, Builds())

    def _read(self, release: Release, is_built: bool) -> Declared:
        metadata = self._index.metadata(release)
        least = least_python(machine_wheels(release).values())
        if least:
            both = ",".join(filter(None, [metadata.requires_python, least]))
            metadata = replace(metadata, requires_python=both)
        try:
            source = self._index.source(release) if release.sdist else Source()
        except FileFailure as error:
            unread = (Untranslatable("build requirements", error.reason),)
            return Declared(metadata, Builds(untranslatable=unread) if is_built else Builds())
        built = self._with_supplements(release, builds(source, release)) if is_built else Builds()
        return Declared(with_static_requirements(metadata, source), built)

    def _with_supplements(self, release: Release, built: Builds) -> Builds:
        more = tuple(
            each.requirement
            for each in self._supplements
            if each.project == release.project and self._is_built_alike(built, each)
        )
        return replace(built, also_building=(*built.also_building, *more)) if more else built

    def _is_built_alike(self, built: Builds, supplement: Supplement) -> bool:
        """Whether a release has the same build requirements as the one that was tried."""
        page, tried = self._pages.get(supplement.project), pep440(supplement.version)
        release = next((r for r in page.releases if r.version == tried), None) if page else None
        if release is None:
            return False
        return builds(self._index.source(release), release).requirements == built.requirements


class KnownIndex:
    """An `Index` that reads from facts; what these do not hold yet is fetched and kept."""

    def __init__(self, facts: Facts, index: Index) -> None:
        self._facts, self._index = facts, index

    def project(self, name: str) -> Project:
        project = canonicalize_name(name)
        if self._facts.page(project) is None:
            self._facts.fetch()
        page, missing = self._facts.page(project), self._facts.missing(project)
        if page is None:
            raise missing or UnknownProject(project, "")
        return page

    def metadata(self, release: Release) -> Metadata:
        """See `Index.metadata`; with what a source archive declares without running anything."""
        while (found := self._facts.declared(release)) is None:
            self._facts.fetch()
        return found.metadata

    def source(self, release: Release) -> Source:
        return self._index.source(release)

    def download(self, file: File, to: Path) -> None:
        self._index.download(file, to)

    def vulnerabilities(self, release: Release) -> tuple[str, ...]:
        return self._index.vulnerabilities(release)

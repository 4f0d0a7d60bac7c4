"""An index that knows what a run has read of another one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from packaging.utils import canonicalize_name

from ..errors import UnknownProject
from ..pypi.model import File, Index, IndexOrigin, Metadata, Project, Publisher, Release, Source
from .facts import Facts


class KnownIndex:
    """An `Index` that reads from facts; what these do not hold yet is fetched and kept."""

    def __init__(self, facts: Facts, index: Index) -> None:
        self._facts, self._index, self.identity = facts, index, index.identity

    def project(self, name: str) -> Project:
        project = canonicalize_name(name)
        if self._facts.page(project) is None:
            self._facts.fetch()
        page, missing = self._facts.page(project), self._facts.missing(project)
        if page is None:
            raise missing or UnknownProject(project)
        return page

    def metadata(self, release: Release) -> Metadata:
        """See `Index.metadata`; with what a source archive declares without running anything."""
        while (found := self._facts.declared(release)) is None:
            self._facts.fetch()
        return found.metadata

    def mark(self, project: str) -> str | None:
        return self._index.mark(project)

    def source(self, release: Release) -> Source:
        return self._index.source(release)

    def licenses(self, release: Release) -> Mapping[str, str]:
        return self._index.licenses(release)

    def address(self, release: Release, file: File) -> str:
        return self._index.address(release, file)

    def page_url(self, project: str) -> str:
        return self._index.page_url(project)

    def origin(self, project: str) -> IndexOrigin:
        return self._index.origin(project)

    def download(self, project: str, file: File, to: Path) -> None:
        self._index.download(project, file, to)

    def copy_to(self, folder: Path) -> Sequence[str]:
        return self._index.copy_to(folder)

    def publishers(self, release: Release) -> tuple[Publisher, ...] | None:
        return self._index.publishers(release)

    def vulnerabilities(self, release: Release) -> tuple[str, ...]:
        return self._index.vulnerabilities(release)

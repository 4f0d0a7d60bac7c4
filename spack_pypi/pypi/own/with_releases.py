"""The project of a repository, with the releases that an index has of it.

A name is not proof: anybody can publish a project that says it is from some repository. So both
must say it: the metadata of the newest release names the repository, and the index attests that it
was published from there (PEP 740), or the README of the repository says how to install it from an
index, or links its page there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from packaging.utils import canonicalize_name

from ...errors import FileFailure, IndexFailure, UnknownProject
from ..branches import branch_name
from ..model import File, Index, IndexOrigin, Metadata, Project, Publisher, Release, Source
from .git_places import repository_place
from .own_git import OwnRepository
from .own_index import OwnIndex

_INSTALL = r"pip3?\s+install\s+(?:-\S+\s+){0,5}[\"']?%s"
#: What follows the name of a project, and no other one that begins with it.
_END_OF_NAME = r"(?![\w-]|\.\w)"
#: The hosts of repositories from which an index attests that a file was published: how it calls
#: such a publisher. Repositories of other hosts may have the same path.
_PUBLISHERS = {"github.com": "github", "gitlab.com": "gitlab"}


class WithReleases(OwnIndex):
    """An `OwnIndex` of the project of ``own``, of which the tags give way to the releases of an
    ``index``, if this has the same project. If the index fails, that is not known, and neither is
    the project."""

    def __init__(self, own: OwnRepository, index: Index) -> None:
        self._own, self._index = own, index

    @property
    def identity(self) -> str:
        return f"{self._own.identity} {self._index.identity}"

    def has(self, project: str) -> bool:
        return self._own.has(project)

    def project(self, name: str) -> Project:
        own = self._own.project(name)
        if self._published is None:
            return own
        branches = [release for release in own.releases if branch_name(release.version)]
        return replace(self._published, releases=(*branches, *self._published.releases))

    @cached_property
    def _published(self) -> Project | None:
        """The project on the index, if it is the one of the repository. Raises `FileFailure` where
        the index does not say."""
        try:
            found = self._index.project(self._own.name)
            newest = next((r for r in found.releases if not r.yanked), None)
            if newest is None or not self._names_repository(self._index.metadata(newest)):
                return None
            return found if self._is_published_from_here(newest) else None
        except UnknownProject:
            return None
        except IndexFailure as failure:
            raise FileFailure(
                self._own.repository.address,
                f"whether the index has releases of {self._own.name} is not known ({failure}): "
                "run the command again, or name a tag or a branch, which only the repository has",
            ) from None

    def _names_repository(self, metadata: Metadata) -> bool:
        named = [
            metadata.home_page,
            metadata.repository,
            *(url for _, url in metadata.project_urls),
        ]
        mine = repository_place(self._own.repository.address)
        return bool(mine) and mine in map(repository_place, named)

    def _is_published_from_here(self, newest: Release) -> bool:
        host, _, path = repository_place(self._own.repository.address).partition("/")
        attested = self._index.publishers(newest)
        mine = f"{_PUBLISHERS[host]} repository {path}" if host in _PUBLISHERS else None
        if any(each.place.lower() == mine for each in attested or ()):
            return True
        page, name = self._index.page_url(self._own.name), re.escape(self._own.name)
        said = [_INSTALL % name.replace(r"\-", "[-_.]")]
        said += [re.escape(page.rstrip("/"))] if page else []
        named = re.compile(f"(?:{'|'.join(said)}){_END_OF_NAME}", re.I)
        if any(map(named.search, self._own.readmes)):
            return True
        if attested is None:
            reason = f"who published {newest.version} cannot be asked"
            raise FileFailure(page or self._own.name, reason)
        return False

    def mark(self, project: str) -> str | None:
        marks = self._own.mark(project), self._index.mark(project)
        return None if None in marks else " ".join(filter(None, marks))

    def metadata(self, release: Release) -> Metadata:
        return self._of(release).metadata(release)

    def source(self, release: Release) -> Source:
        return self._of(release).source(release)

    def licenses(self, release: Release) -> Mapping[str, str]:
        return self._of(release).licenses(release)

    def page_url(self, project: str) -> str:
        return self._own.page_url(project)

    def origin(self, project: str) -> IndexOrigin:
        own = self._own.origin(project)
        if self._published is None:
            return own
        return replace(
            self._index.origin(canonicalize_name(project)),
            repository=own.index,
            pushed=own.pushed,
            checked_out=own.checked_out,
        )

    def address(self, release: Release, file: File) -> str:
        return self._of(release).address(release, file)

    def download(self, project: str, file: File, to: Path) -> None:
        (self._own if file.git else self._index).download(project, file, to)

    def copy_to(self, folder: Path) -> Sequence[str]:
        return []

    def publishers(self, release: Release) -> tuple[Publisher, ...] | None:
        return self._of(release).publishers(release)

    def vulnerabilities(self, release: Release) -> tuple[str, ...]:
        return self._of(release).vulnerabilities(release)

    def _of(self, release: Release) -> Index:
        return self._own if release.git else self._index

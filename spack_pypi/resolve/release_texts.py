"""What releases say that decides nothing but what a recipe says of its project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from typing import Callable

from packaging.version import Version

from ..errors import IndexFailure
from ..pypi.model import Index, Metadata, Release
from ..session import Session
from .questions import Questions

_Files = Mapping[str, str]


class ReleaseTexts:
    """The licence files of releases, and the metadata of those of which nothing else is needed.
    Each is asked for once. ``known`` returns the metadata of a release where that is known, and
    ``note`` is called with failures."""

    def __init__(
        self,
        session: Session,
        questions: Questions,
        known: Callable[[Release], Metadata | None],
        note: Callable[[object, str, Version], None],
    ) -> None:
        self._session, self._index, self._questions = session, session.index, questions
        self._known, self._note = known, note
        self._licenses: dict[tuple[str, Version], Future[_Files | IndexFailure]] = {}

    def license_files(self, releases: Sequence[Release]) -> list[_Files | IndexFailure]:
        """The texts of the licence files of releases, which are asked for at once; the failure
        where they cannot be read."""
        asked = [self._files(each) for each in releases]
        found = [each.result() for each in asked]
        for release, each in zip(releases, found):
            self._note(each, release.project, release.version)
        return found

    def license_evidence(self, release: Release) -> tuple[Metadata, _Files] | None:
        """The metadata and the texts of the licence files of a release of which nothing else is
        needed; None where they cannot be read."""
        asked = self._files(release)
        metadata, files = self.metadata(release), asked.result()
        return None if metadata is None or isinstance(files, IndexFailure) else (metadata, files)

    def metadata(self, release: Release) -> Metadata | None:
        """The metadata of a release of which nothing else is needed; None where it cannot be
        read."""
        known = self._known(release)
        if known is not None:
            return known
        self._questions.metadata(release)
        try:
            _, found = self._questions.known_metadata(release.project, release.version)
        except IndexFailure:
            return None
        return found if isinstance(found, Metadata) else None

    def _files(self, release: Release) -> Future[_Files | IndexFailure]:
        key = (release.project, release.version)
        if key not in self._licenses:
            self._licenses[key] = self._session.submit_long(_license_files, self._index, release)
        return self._licenses[key]


def _license_files(index: Index, release: Release) -> _Files | IndexFailure:
    try:
        return index.licenses(release)
    except IndexFailure as error:
        return error

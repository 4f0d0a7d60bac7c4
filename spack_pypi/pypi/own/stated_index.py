"""Projects whose recipes say where they are from: from there, and from nowhere else.

A recipe that names a repository, or the page of a project on another index, is not to get versions
from whoever else has a project of this name.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Callable

from packaging.utils import canonicalize_name

from ..model import File, Index, IndexOrigin, Metadata, Project, Publisher, Release, Source
from .own_index import OwnIndex


class StatedIndex(OwnIndex):
    """An `OwnIndex` of projects that are added while it is used; each is looked for only when it
    is asked for."""

    def __init__(self) -> None:
        self._places: dict[str, _Place] = {}

    def add(self, project: str, open_index: Callable[[], Index]) -> None:
        """From now on a project (PEP 503 name) comes from the index that ``open_index`` makes; it
        may raise `IndexFailure`."""
        self._places.setdefault(project, _Place(open_index))

    @property
    def identity(self) -> str:
        """Which projects there are is not known before they are added."""
        return "stated by recipes"

    def has(self, project: str) -> bool:
        return project in self._places

    def project(self, name: str) -> Project:
        return self._of(name).project(name)

    def mark(self, project: str) -> str | None:
        return self._of(project).mark(project)

    def metadata(self, release: Release) -> Metadata:
        return self._of(release.project).metadata(release)

    def source(self, release: Release) -> Source:
        return self._of(release.project).source(release)

    def licenses(self, release: Release) -> Mapping[str, str]:
        return self._of(release.project).licenses(release)

    def page_url(self, project: str) -> str:
        return self._of(project).page_url(project)

    def origin(self, project: str) -> IndexOrigin:
        return self._of(project).origin(project)

    def address(self, release: Release, file: File) -> str:
        return self._of(release.project).address(release, file)

    def download(self, project: str, file: File, to: Path) -> None:
        self._of(project).download(project, file, to)

    def publishers(self, release: Release) -> tuple[Publisher, ...] | None:
        return self._of(release.project).publishers(release)

    def vulnerabilities(self, release: Release) -> tuple[str, ...]:
        return self._of(release.project).vulnerabilities(release)

    def copy_to(self, folder: Path) -> Sequence[str]:
        return []

    def _of(self, project: str) -> Index:
        return self._places[canonicalize_name(project)].index


class _Place:
    """An index that is made once it is asked for."""

    def __init__(self, open_index: Callable[[], Index]) -> None:
        self._open, self._lock = open_index, threading.Lock()
        self._index: Index | None = None

    @property
    def index(self) -> Index:
        with self._lock:
            if self._index is None:
                self._index = self._open()
            return self._index

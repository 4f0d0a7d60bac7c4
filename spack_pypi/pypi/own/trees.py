"""The trees of a repository, and what each says: by its files, else by its build backend."""

from __future__ import annotations

import posixpath
import re
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from packaging.version import InvalidVersion, Version

from ...errors import FileFailure
from ..archives import other_files, sdist, tree_metadata, written_version
from ..limits import is_short
from ..model import GitReference, Metadata, Source
from ..project_files import flit
from ..project_files.module_values import Texts, is_plain, paths
from .backend import BackendAnswer, Backends
from .git_repository import Repository
from .path_requirements import of_the_repository


@dataclass
class Trees:
    """A ``folder`` of a repository, at any of its commits. What one does not say is asked of its
    build backend; if ``backends`` is None, it is not known. One that does not say how its project
    is called has the one that was ``named``, if any was."""

    repository: Repository
    folder: str
    backends: Backends | None = None
    named: str = ""
    _contents: dict[str, sdist.Contents] = field(default_factory=dict, repr=False)
    _answers: dict[str, BackendAnswer | FileFailure] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def contents(self, place: GitReference) -> sdist.Contents:
        """What is in the folder. Raises `FileFailure`."""
        if not place.commit:
            gone = f"tag '{place.tag}'" if place.tag else f"branch '{place.branch}'"
            raise FileFailure(self.repository.address, f"has no {gone}")
        if place.commit not in self._contents:
            found = self.repository.contents(place.commit, _reference(place), self.folder)
            self._contents[place.commit] = found
        return self._contents[place.commit]

    def metadata(self, place: GitReference, version: Version) -> Metadata:
        """What a tree says of itself, as a version. Raises `FileFailure`."""
        source = self._written(place, "")
        found = tree_metadata.read(source, version, self.named)
        answer = self._answer(place, source, found)
        if answer:
            own = found.project if found.project != self.named else ""
            return answer.metadata(self.repository.address, version, own)
        if not found.summary:
            places = paths(flit.module(source.pyproject, "description"), flit.FOLDERS)
            said = self._texts(place)(places)
            summaries = (flit.summary(said[path]) for path in places if path in said)
            found = replace(found, summary=next(filter(None, summaries), ""))
        found = other_files.described(found, source, self._texts(place))
        reference = place.tag or place.branch or place.commit
        return of_the_repository(found, self.repository.address, reference, self.folder)

    def source(self, place: GitReference, version: Version, project: str) -> Source:
        """What a tree of a project says about its build. Raises `FileFailure`."""
        source = self._written(place, project)
        if self.backends is None:
            return source
        answer = self._answer(place, source, tree_metadata.read(source, version, self.named))
        return answer.source(source) if answer else source

    def written_version(self, place: GitReference, project: str) -> str:
        """The version that the files of a tree say; empty if they do not. Raises `FileFailure`."""
        return written_version.read(self._written(place, project), self._texts(place))

    def _texts(self, place: GitReference) -> Texts:
        """What reads files of the folder at a commit."""

        def texts(wanted: Sequence[str]) -> Mapping[str, str]:
            inner = {path: posixpath.join(self.folder, path) for path in wanted if is_plain(path)}
            read = {path: self.repository.text(place.commit, at) for path, at in inner.items()}
            return {path: text for path, text in read.items() if text}

        return texts

    def _written(self, place: GitReference, project: str) -> Source:
        said = sdist.source(self.contents(place).as_json(), project)
        return other_files.completed(said, self._texts(place))

    def _answer(
        self, place: GitReference, source: Source, found: Metadata
    ) -> BackendAnswer | None:
        """What the build backend says of a tree that does not say it itself (``found``): one is
        asked after the other, and each once."""
        if found.requires_dist is not None or self.backends is None:
            return None
        with self._lock:
            if place.commit not in self._answers:
                try:
                    self._answers[place.commit] = self._asked(place, source, self.backends)
                except FileFailure as failure:
                    self._answers[place.commit] = failure
        answer = self._answers[place.commit]
        if isinstance(answer, FileFailure):
            raise answer
        return answer

    def _asked(self, place: GitReference, source: Source, backends: Backends) -> BackendAnswer:
        """The tree is checked out for that: the build may change it."""
        with tempfile.TemporaryDirectory(prefix="spack-pypi-tree-") as folder:
            top = Path(folder) / "tree"
            self.repository.check_out(place.commit, _reference(place), top)
            address, version = self.repository.address, _version(place.tag)
            return backends.ask(address, top / self.folder, source, version)


def _version(tag: str) -> str:
    """The version that a tag ends with, for a backend that would look for it in the history, which
    is not fetched; empty if there is none."""
    found = re.search(r"\d[\w.+-]*$", tag) if is_short(tag) else None
    try:
        return str(Version(found[0])) if found else ""
    except InvalidVersion:
        return ""


def _reference(place: GitReference) -> str:
    if place.tag:
        return f"refs/tags/{place.tag}"
    return f"refs/heads/{place.branch}" if place.branch else place.commit

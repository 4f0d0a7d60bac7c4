"""The archives that the user names by their place, as an index that has only these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from packaging.utils import canonicalize_name

from ...errors import UnknownProject, UsageError
from ...files import open_to_read
from .. import for_one_python
from .. import metadata as core_metadata
from ..archives import archive
from ..archives.wheel_modules import read_archive
from ..model import File, IndexOrigin, Metadata, Project, Release, Source
from .own_archive import OwnArchive
from .own_index import OwnIndex


class OwnArchives(OwnIndex):
    """The projects of archives, each with one version. Raises `UsageError` for several."""

    def __init__(self, archives: Sequence[OwnArchive]) -> None:
        self._archives = {each.file.url: each for each in archives}
        self._releases: dict[str, Release] = {}
        for each in self._archives.values():
            known = self._releases.get(each.project)
            version, files = each.file.version, known.files if known else ()
            if known and known.version != version:
                raise UsageError(
                    f"archives of {each.project} {known.version} and {version} are named: give "
                    "one version of a project"
                )
            self._releases[each.project] = Release(each.project, version, (*files, each.file))

    @property
    def identity(self) -> str:
        return " ".join(each.file.sha256 for each in self._archives.values())

    def has(self, project: str) -> bool:
        return project in self._releases

    def project(self, name: str) -> Project:
        project = canonicalize_name(name)
        if project not in self._releases:
            raise UnknownProject(project)
        return Project(project, tuple(for_one_python.split(self._releases[project])))

    def mark(self, project: str) -> str | None:
        release = self._releases.get(project)
        return " ".join(file.sha256 for file in release.files) if release else ""

    def metadata(self, release: Release) -> Metadata:
        file = release.best_wheel or release.sdist
        if file is None:
            return core_metadata.unknown(release, "it has no files")
        return self._archives[file.url].metadata(release)

    def source(self, release: Release) -> Source:
        file = read_archive(release)
        return self._archives[file.url].source() if file else Source()

    def licenses(self, release: Release) -> Mapping[str, str]:
        file = release.sdist or release.best_wheel
        return self._archives[file.url].licenses if file else {}

    def page_url(self, project: str) -> str:
        """There is none: a recipe has the homepage that the metadata names, or none."""
        return ""

    def origin(self, project: str) -> IndexOrigin:
        files = self._releases[project].files
        return IndexOrigin(files[0].url, by_place=tuple(file.sha256 for file in files))

    def download(self, project: str, file: File, to: Path) -> None:
        held = self._archives[file.url]
        with open_to_read(held.path) as raw, to.open("wb") as out:
            for piece in archive.pieces(file, raw):
                out.write(piece)

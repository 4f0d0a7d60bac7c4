"""The index over HTTP: nothing is requested twice, and what never changes is cached forever."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, TypeVar
from urllib.parse import urlsplit

from packaging.utils import canonicalize_name

from ..errors import FileFailure
from . import json_text, kept
from . import metadata as core_metadata
from .addresses import Addresses
from .archives import archive, other_files, sdist
from .archives.tar import Reader
from .archives.wheel_modules import read_archive
from .attestations import Attestations
from .cache import Cache
from .fetching.fetcher import Fetcher
from .model import (
    NOTICES,
    File,
    IndexOrigin,
    Metadata,
    Project,
    Publisher,
    Release,
    Settings,
    Source,
)
from .network.traffic import Traffic
from .pages import Pages
from .project_files import egg_info
from .reports import Reports

if TYPE_CHECKING:
    from .fetching.process import FetchProcesses
    from .network.web import Response

#: What is read of an sdist or a wheel: to be renamed whenever more of it is.
_READING = "sdist-74"
#: The licence files of an archive: to be renamed whenever more of them are read.
_LICENSES = "licenses-4"
#: Answers that are kept in memory; all are kept on disk.
_MOST_REMEMBERED = 50

_Result = TypeVar("_Result")


class HttpIndex:
    """An `Index` that speaks the simple repository API (PEP 503, 691, 700, 714) over HTTP;
    ``say`` gets sentences about long waits. It shares the ``traffic`` with other indexes, and the
    ``processes`` that fetch, if there are any."""

    def __init__(
        self,
        settings: Settings,
        say: Callable[[str], None] = lambda text: None,
        traffic: Traffic | None = None,
        processes: FetchProcesses | None = None,
    ) -> None:
        self._settings, self._traffic = settings, traffic or Traffic(settings, say)
        self._cache = Cache(settings.cache)
        self._fetcher, self._processes = Fetcher(settings, self._traffic), processes
        self._lock = threading.Lock()
        self._under_way: dict[str, Future[Any]] = {}
        self._pages = Pages(settings, self._cache, self._fetch_page)
        self._addresses = Addresses(settings, self._json, self._cache)
        self._attestations = Attestations(settings, self._get, self._cache)
        self._reports = Reports(settings, self._get, self._cache)

    @property
    def requests_made(self) -> int:
        """Requests sent so far, with those of other indexes that share the traffic."""
        return self._traffic.requests_made

    def close(self) -> None:
        """Close all connections; what is still requested fails."""
        self._fetcher.close()
        if self._processes is not None:
            self._processes.close()

    def copy_to(self, folder: Path) -> Sequence[str]:
        self._cache.copy_to(folder)
        return [self._settings.url]

    @property
    def identity(self) -> str:
        return self._settings.url

    def project(self, name: str) -> Project:
        normalized = canonicalize_name(name)
        found: Project = self._once(f"page {normalized}", lambda: self._pages.project(normalized))
        return found

    def mark(self, project: str) -> str | None:
        return None if project in self._addresses.unsaid else self._pages.mark(project)

    def metadata(self, release: Release) -> Metadata:
        wheel = release.best_wheel
        if wheel is not None:
            text = self._once(f"metadata {wheel.url}", lambda: self._of_wheel(wheel, release))
            found = core_metadata.from_wheel(text, release)
            if found.requires_dist is None:
                self._pages.doubt(release.project)
            return found
        if release.sdist is None:
            why = (
                "all its files were withdrawn" if release.files else "it has no files on the index"
            )
            return core_metadata.unknown(release, why)
        files: Mapping[str, str] = self._contents(release)["files"]
        if "PKG-INFO" not in files:
            return core_metadata.unknown(release, core_metadata.NO_PKG_INFO)
        requires_txt = egg_info.requires(files, release.project)
        return core_metadata.from_sdist(files["PKG-INFO"], release, requires_txt)

    def source(self, release: Release) -> Source:
        if read_archive(release) is None:
            return Source()
        contents = self._contents(release)
        kept: Mapping[str, str] = contents["read_by_setup_py"]
        source = sdist.source(contents, release.project)
        if not kept:
            return source
        return other_files.completed(
            source, lambda paths: {path: kept[path] for path in paths if path in kept}
        )

    def licenses(self, release: Release) -> Mapping[str, str]:
        project, sdist_file, wheel = release.project, release.sdist, release.best_wheel
        found: Mapping[str, str] = {}
        if sdist_file is not None and (wheel is None or _read_whole(release)):
            found = self._kept(
                _LICENSES, project, sdist_file, lambda: self._read_licenses(release)
            )
        if wheel is not None and all(path.endswith(NOTICES) for path in found):
            # An sdist of a part of a repository may have none at its top, or none at all.
            of_wheel: Mapping[str, str] = self._kept(
                _LICENSES, project, wheel, lambda: self._fetched(self._fetcher.licenses, wheel)
            )
            found = {**found, **of_wheel}
        return found

    def page_url(self, project: str) -> str:
        url = self._settings.url
        if self._settings.in_place and urlsplit(url).path == "/simple/":
            return f"{url[: -len('simple/')]}project/{project}/"
        return f"{url}{project}/"

    def origin(self, project: str) -> IndexOrigin:
        url = self._settings.url
        return IndexOrigin(url, "" if self._settings.in_place else f"{url}{project}/")

    def address(self, release: Release, file: File) -> str:
        return self._addresses.lasting(release, file)

    def download(self, project: str, file: File, to: Path) -> None:
        handle, name = tempfile.mkstemp(dir=str(to.parent), prefix=".download-")
        try:
            with os.fdopen(handle, "wb") as out:

                def write(raw: Reader) -> None:
                    out.truncate(out.seek(0))
                    for piece in archive.pieces(file, raw):
                        out.write(piece)

                self._fetcher.web.read(file.url, write)
            os.replace(name, to)
        finally:
            Path(name).unlink(missing_ok=True)

    def publishers(self, release: Release) -> tuple[Publisher, ...] | None:
        return self._attestations.publishers(release)

    def vulnerabilities(self, release: Release) -> tuple[str, ...]:
        return self._reports.vulnerabilities(release)

    def _get(self, url: str, headers: Mapping[str, str]) -> Response:
        return self._fetcher.web.get(url, headers)

    def _json(self, url: str) -> Any:
        """What the JSON API answers; None where it has no such page. Raises `IndexFailure`, and
        `ValueError` for what is not JSON."""
        answer = self._fetcher.web.get(url)
        return json_text.loads(answer.body) if answer.status == 200 else None

    def _once(self, key: str, ask: Callable[[], Any]) -> Any:
        """Request once; other threads that want the same wait for that answer."""
        with self._lock:
            future = self._under_way.get(key)
            mine = future is None
            if future is None:
                future = self._under_way[key] = Future()
                if len(self._under_way) > _MOST_REMEMBERED:
                    # The oldest: threads that wait for it have it, others find it in the cache.
                    del self._under_way[next(iter(self._under_way))]
        if mine:
            try:
                future.set_result(ask())
            except BaseException as error:
                future.set_exception(error)
        return future.result()

    # --- files ----------------------------------------------------------------------------

    def _key(self, file: File) -> str:
        """The key of a file in the cache. What is read beside a file, or of a part of it, is not
        compared with its sha256: what one index says of it is used for this index only."""
        asked = "" if self._settings.packages else f"{self._settings.url} "
        return asked + (file.sha256 or file.url)

    def _kept(self, kind: str, project: str, file: File, read: Callable[[], Any]) -> Any:
        """A fact about a file of a project, which never changes: from the cache, by the file's
        hash. Where the file is not as its page says, the page may be old, or was damaged."""
        value = self._cache.get(kind, self._key(file))
        if value is None:
            try:
                value = read()
            except FileFailure:
                self._pages.doubt(project)
                raise
            self._cache.put(kind, self._key(file), value)
        return value

    def _of_wheel(self, wheel: File, release: Release) -> str:
        """The text of a wheel's METADATA."""

        def read() -> str:
            return self._fetched(self._fetcher.metadata, wheel, release.project)

        text: str = self._kept("metadata", release.project, wheel, read)
        return text

    def _contents(self, release: Release) -> Mapping[str, Any]:
        file = read_archive(release)
        assert file is not None

        def read() -> Any:
            contents, licenses = self._inspected(release)
            if _read_whole(release):
                # Nobody asks for most of them, but then the archive would have to be read again.
                self._cache.put(_LICENSES, self._key(file), licenses)
            return contents

        contents: Mapping[str, Any] = self._once(
            f"contents {file.url}", lambda: self._kept(_READING, release.project, file, read)
        )
        return contents

    def _read_licenses(self, release: Release) -> Mapping[str, str]:
        file = release.sdist
        assert file is not None
        contents, licenses = self._inspected(release)
        # Whoever asks for its build, too, needs not read the archive again.
        self._cache.put(_READING, self._key(file), contents)
        return licenses

    def _inspected(self, release: Release) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        file = read_archive(release)
        assert file is not None
        return self._fetched(self._fetcher.contents, file, release.has_pure_wheel)

    def _fetch_page(self, url: str, name: str, known: kept.Page | None) -> kept.Page:
        return self._fetched(self._fetcher.page, url, name, known)

    def _fetched(
        self, method: Callable[..., _Result], what: str | File, *arguments: Any
    ) -> _Result:
        """What a method of our `Fetcher` returns."""
        if self._processes is None:
            return method(what, *arguments)
        return self._processes.call(method, what, *arguments)


def _read_whole(release: Release) -> bool:
    file = release.sdist
    return file is not None and sdist.read_whole(file, release.has_pure_wheel)

"""The index over HTTP: nothing is requested twice, and what never changes is cached for ever."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable
from urllib.parse import urlsplit

from packaging.utils import canonicalize_name

from ..errors import FileFailure, UnknownProject
from . import archive, egg_info, kept, license_files, page, sdist
from . import metadata as core_metadata
from .addresses import Addresses
from .attestations import Attestations
from .cache import Cache
from .limits import LARGEST_FILE, mib
from .model import File, Metadata, Project, Publisher, Release, Settings, Source
from .remote import metadata_inside, opened

if TYPE_CHECKING:
    from .web import Response, Web

#: How long a page counts as current when the index does not say, seconds.
_FRESH = 600
#: The form in which pages are kept: to be renamed whenever that changes, or what is taken from the
#: index's answer (`page`), or what is `Release.essential`.
_PAGE = "page-3"
#: What is read of an sdist: to be renamed whenever more of it is.
_READING = "sdist-7"
#: The licence files of an archive: to be renamed whenever more of them are read.
_LICENSES = "licenses-1"
#: Answers that are kept in memory; all are kept on disk.
_MOST_REMEMBERED = 50
#: How long a report of vulnerabilities counts as current, seconds.
_FRESH_REPORT = 86400


class HttpIndex:
    """An `Index` that speaks the simple repository API (PEP 503, 691, 700, 714) over HTTP;
    ``say`` gets sentences about long waits."""

    def __init__(self, settings: Settings, say: Callable[[str], None] = lambda text: None) -> None:
        self._settings, self._say = settings, say
        self._cache = Cache(settings.cache)
        self._opened: Web | None = None
        self._is_closed = False
        self._lock = threading.Lock()
        self._under_way: dict[str, Future[Any]] = {}
        #: The marks of the pages that were read; None for one that changed meanwhile.
        self._marks: dict[str, str | None] = {}
        self._serves_metadata = True
        self._serves_reports = True
        self._addresses = Addresses(settings, self._json, self._cache)
        self._attestations = Attestations(settings, self._get, self._cache)

    @property
    def requests_made(self) -> int:
        """Requests sent so far."""
        return self._opened.requests_made if self._opened else 0

    def close(self) -> None:
        """Close all connections; what is still requested fails."""
        with self._lock:
            self._is_closed = True
            if self._opened:
                self._opened.close()

    @property
    def _web(self) -> Web:
        """Made for the first request: what is cached needs no HTTP library, whose import takes as
        long as reading a hundred pages from the cache."""
        with self._lock:
            if self._opened is None:
                from .web import Web

                self._opened = Web(self._settings, self._say)
                if self._is_closed:
                    self._opened.close()
            return self._opened

    def project(self, name: str) -> Project:
        normalized = canonicalize_name(name)
        found: Project = self._once(f"page {normalized}", lambda: self._project(normalized))
        return found

    def mark(self, project: str) -> str | None:
        """See `Index.mark`. Of a page that is current, one line is read."""
        if project not in self._marks:
            known = kept.until_and_mark(self._cache.get_line(_PAGE, self._page_address(project)))
            if known is not None and self._is_current(known[0]):
                return known[1]
            self._page(project)
        return None if project in self._addresses.unsaid else self._marks[project]

    def metadata(self, release: Release) -> Metadata:
        wheel = release.best_wheel
        if wheel is not None:
            text = self._once(f"metadata {wheel.url}", lambda: self._of_wheel(wheel))
            return core_metadata.from_wheel(text, release)
        if release.sdist is None:
            why = (
                "all its files were withdrawn" if release.files else "it has no files on the index"
            )
            return core_metadata.unknown(release, why)
        files: Mapping[str, str] = self._contents(release)["files"]
        if "PKG-INFO" not in files:
            return core_metadata.unknown(release, "its sdist has no PKG-INFO")
        requires_txt = egg_info.requires(files, release.project)
        return core_metadata.from_sdist(files["PKG-INFO"], release, requires_txt)

    def source(self, release: Release) -> Source:
        if release.sdist is None:
            return Source()
        return sdist.source(self._contents(release), release.project)

    def licenses(self, release: Release) -> Mapping[str, str]:
        sdist_file, wheel = release.sdist, release.best_wheel
        found: Mapping[str, str]
        if sdist_file is not None and (wheel is None or _read_whole(release)):
            found = self._kept(_LICENSES, sdist_file, lambda: self._read_licenses(release))
        elif wheel is not None:
            found = self._kept(_LICENSES, wheel, lambda: self._licenses_inside(wheel))
        else:
            found = {}
        return found

    def page_url(self, project: str) -> str:
        url = self._settings.url
        if urlsplit(url).path == "/simple/":
            return f"{url[: -len('simple/')]}project/{project}/"
        return f"{url}{project}/"

    def address(self, release: Release, file: File) -> str:
        return self._addresses.lasting(release, file)

    def download(self, file: File, to: Path) -> None:
        handle, name = tempfile.mkstemp(dir=str(to.parent), prefix=".download-")
        try:
            with os.fdopen(handle, "wb") as out, self._web.stream(file.url) as raw:
                for piece in archive.pieces(file, raw):
                    out.write(piece)
            os.replace(name, to)
        finally:
            Path(name).unlink(missing_ok=True)

    def publishers(self, release: Release) -> tuple[Publisher, ...] | None:
        return self._attestations.publishers(release)

    def vulnerabilities(self, release: Release) -> tuple[str, ...]:
        """See `Index.vulnerabilities`: from the release's page of the JSON API, which only some
        indexes have."""
        api = self._settings.json_api
        if not api:
            return ()
        url = f"{api}{release.project}/{release.version}/json"
        known = self._cache.get("report", url)
        if known is None or not (self._settings.offline or known["until"] > time.time()):
            if not self._serves_reports or self._settings.offline:
                return ()
            answer = self._web.get(url)
            self._serves_reports = answer.status == 200
            if not self._serves_reports:
                return ()
            known = {"names": _vulnerabilities(answer.body), "until": time.time() + _FRESH_REPORT}
            self._cache.put("report", url, known)
        return tuple(known["names"])

    def _get(self, url: str, accept: str) -> Response:
        return self._web.get(url, {"Accept": accept})

    def _json(self, url: str) -> Any:
        """What the JSON API answers; None where it has no such page. Raises `IndexFailure`, and
        `ValueError` for what is no JSON."""
        answer = self._web.get(url)
        return json.loads(answer.body) if answer.status == 200 else None

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

    # --- pages ----------------------------------------------------------------------------

    def _project(self, name: str) -> Project:
        page = self._page(name)
        if not page.exists:
            raise UnknownProject(name, self._settings.url)
        return page.project(name)

    def _page(self, name: str) -> kept.Page:
        url = self._page_address(name)
        known = kept.read(self._cache.get_text(_PAGE, url))
        if known is None or not self._is_current(known.until):
            known = self._read_page(name, url, known)
            self._cache.put_text(_PAGE, url, known.text())
        same = self._marks.get(name, known.mark) == known.mark
        self._marks[name] = known.mark if same else None
        return known

    def _page_address(self, project: str) -> str:
        return f"{self._settings.url}{project}/"

    def _is_current(self, until: float) -> bool:
        return self._settings.offline or until > time.time()

    def _read_page(self, name: str, url: str, known: kept.Page | None) -> kept.Page:
        validators = known.validators if known else {}
        answer = self._web.get(url, {"Accept": page.ACCEPT, **validators})
        if answer.status == 404:
            # It may be published at any time; only --offline goes by that.
            return kept.Page(until=0, validators={}, lines="", mark="")
        until = time.time() + _lifetime(answer.headers.get("cache-control", ""))
        if answer.status == 304 and known is not None:
            return replace(known, until=until)
        kind = answer.headers.get("content-type", "")
        validators = {
            "If-None-Match": answer.headers.get("etag", ""),
            "If-Modified-Since": answer.headers.get("last-modified", ""),
        }
        validators = {name: value for name, value in validators.items() if value}
        same = hashlib.sha256(f"{kind}\n{answer.url}\n".encode() + answer.body).hexdigest()
        if known is not None and known.answer == same:
            # An index without validators sends all of it again: to read it takes far longer.
            return replace(known, until=until, validators=validators)
        found, status = page.entries(answer.body, kind, answer.url)
        lines = kept.lines(page.project(name, found, status))
        return kept.Page(until, validators, lines, kept.mark_of(lines), same)

    # --- files ----------------------------------------------------------------------------

    def _key(self, file: File) -> str:
        """The key of a file in the cache. What is read beside a file, or of a part of it, is not
        compared with its sha256: what one index says of it is used for this index only."""
        asked = "" if self._settings.packages else f"{self._settings.url} "
        return asked + (file.sha256 or file.url)

    def _kept(self, kind: str, file: File, read: Callable[[], Any]) -> Any:
        """A fact about a file, which never changes: from the cache, by the file's hash."""
        value = self._cache.get(kind, self._key(file))
        if value is None:
            value = read()
            self._cache.put(kind, self._key(file), value)
        return value

    def _of_wheel(self, wheel: File) -> str:
        """The text of a wheel's METADATA."""
        text: str = self._kept(
            "metadata", wheel, lambda: self._beside(wheel) or metadata_inside(self._web, wheel)
        )
        return text

    def _beside(self, wheel: File) -> str | None:
        """From ``<wheel>.metadata`` (PEP 658), which some indexes serve without saying so."""
        advertised = wheel.metadata_sha256 is not None
        if not (advertised or self._serves_metadata):
            return None
        answer = self._web.get(f"{wheel.url}.metadata")
        if answer.status != 200:
            self._serves_metadata = self._serves_metadata and advertised
            return None
        if len(answer.body) > LARGEST_FILE:
            reason = f"is larger than {mib(LARGEST_FILE)}, the limit for metadata"
            raise FileFailure(f"{wheel.url}.metadata", reason)
        sha256 = hashlib.sha256(answer.body).hexdigest()
        if wheel.metadata_sha256 and sha256 != wheel.metadata_sha256:
            raise FileFailure(
                f"{wheel.url}.metadata", "does not have the sha256 that the index gives"
            )
        return answer.body.decode("utf-8", "replace")

    def _licenses_inside(self, wheel: File) -> dict[str, str]:
        with opened(self._web, wheel) as inside:
            return license_files.of_wheel(inside)

    def _contents(self, release: Release) -> Mapping[str, Any]:
        file = release.sdist
        assert file is not None

        def read() -> Any:
            contents = self._inspected(release)
            if _read_whole(release):
                # Nobody asks for most of them, but then the archive would have to be read again.
                self._cache.put(_LICENSES, self._key(file), contents.licenses)
            return contents.as_json()

        contents: Mapping[str, Any] = self._once(
            f"sdist {file.url}", lambda: self._kept(_READING, file, read)
        )
        return contents

    def _read_licenses(self, release: Release) -> Mapping[str, str]:
        file = release.sdist
        assert file is not None
        contents = self._inspected(release)
        # Whoever asks for its build, too, needs not read the archive again.
        self._cache.put(_READING, self._key(file), contents.as_json())
        return contents.licenses

    def _inspected(self, release: Release) -> sdist.Contents:
        file = release.sdist
        assert file is not None
        with self._web.stream(file.url) as raw:
            return sdist.inspect(file, raw, release.has_pure_wheel)


def _read_whole(release: Release) -> bool:
    file = release.sdist
    return file is not None and sdist.read_whole(file, release.has_pure_wheel)


def _vulnerabilities(body: bytes) -> list[str]:
    try:
        reported = json.loads(body).get("vulnerabilities") or []
        return [str(each["id"]) for each in reported if not each.get("withdrawn")]
    except (ValueError, AttributeError, KeyError, TypeError):
        return []


def _lifetime(cache_control: str) -> float:
    """How long a page counts as current, seconds."""
    if re.search(r"no-cache|no-store", cache_control):
        return 0
    match = re.search(r"max-age=([0-9]{1,9})", cache_control)
    return float(match[1]) if match else _FRESH

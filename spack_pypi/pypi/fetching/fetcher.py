"""Pages and files of one index: asked for, and read. Nothing is cached here."""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ...errors import FileFailure, NotFetched
from .. import kept, limits, page
from .. import metadata as core_metadata
from ..archives import license_files, sdist, wheel_modules
from ..archives.tar import Reader
from ..limits import LARGEST_FILE
from ..model import File, Release, Settings
from ..network.traffic import Traffic
from ..remote import metadata_inside, read_inside

if TYPE_CHECKING:
    from ..network.web import Web

#: How long a page counts as current when the index does not say, seconds.
_FRESH = 600


class Fetcher:
    """What an index and its files say. Arguments and results are plain values, which can be sent
    to another process. All methods raise `IndexFailure`; several threads may call them at once."""

    def __init__(self, settings: Settings, traffic: Traffic) -> None:
        self.settings, self._traffic = settings, traffic
        self._opened: Web | None = None
        self._is_closed = False
        self._lock = threading.Lock()
        self._serves_metadata = True

    def close(self) -> None:
        """Close all connections; what is still requested fails."""
        with self._lock:
            self._is_closed = True
            if self._opened:
                self._opened.close()

    @property
    def web(self) -> Web:
        """Made for the first request: what is cached needs no HTTP library, whose import takes as
        long as reading a hundred pages from the cache."""
        with self._lock:
            if self._opened is None:
                from ..network.web import Web

                self._opened = Web(self.settings, self._traffic)
                if self._is_closed:
                    self._opened.close()
            return self._opened

    def page(self, url: str, name: str, known: kept.Page | None) -> kept.Page:
        """The page at ``url`` of the project of this name (PEP 503), of which ``known`` was read
        before."""
        validators = known.validators if known else {}
        answer = self.web.get(url, {"Accept": page.ACCEPT, **validators}, limits.PAGE)
        if answer.status == 404:
            # It may be published at any time; only --offline goes by that.
            return kept.Page(until=0, validators={}, lines="", mark="")
        if answer.status != 200 and (answer.status != 304 or known is None):
            raise NotFetched(url, f"answered {answer.status}")
        until = time.time() + _lifetime(answer.headers.get("cache-control", ""))
        if answer.status == 304 and known is not None:
            return _until(known, until)
        kind = answer.headers.get("content-type", "")
        validators = {
            "If-None-Match": answer.headers.get("etag", ""),
            "If-Modified-Since": answer.headers.get("last-modified", ""),
        }
        validators = {name: value for name, value in validators.items() if value}
        same = hashlib.sha256(f"{kind}\n{answer.url}\n".encode() + answer.body).hexdigest()
        if known is not None and known.answer == same:
            # An index without validators sends all of it again: to read it takes far longer.
            return _until(replace(known, validators=validators), until)
        found, status = page.entries(answer.body, kind, answer.url, name)
        lines = kept.lines(page.project(name, found, status))
        return _until(kept.Page(until, validators, lines, kept.mark_of(lines), same), until)

    def metadata(self, wheel: File, project: str) -> str:
        """The text of the METADATA of a project's wheel."""
        beside = self._beside(wheel)
        release = Release(project, wheel.version, (wheel,))
        if beside and (wheel.metadata_sha256 or core_metadata.is_of(beside, release)):
            return beside
        return metadata_inside(self.web, wheel)

    def contents(self, archive: File, partly: bool) -> tuple[dict[str, Any], dict[str, str]]:
        """What an sdist or a wheel contains, as `sdist.Contents.as_json`, and the licence files of
        an sdist."""

        def read(raw: Reader) -> sdist.Contents:
            if archive.is_wheel:
                return wheel_modules.inspect(archive, raw)
            return sdist.inspect(archive, raw, partly)

        found = self.web.read(archive.url, read)
        return found.as_json(), found.licenses

    def licenses(self, wheel: File) -> dict[str, str]:
        """The licence files in a wheel, by path."""
        found: Mapping[str, str] = read_inside(self.web, wheel, license_files.of_wheel)
        return dict(found)

    def _beside(self, wheel: File) -> str | None:
        """From ``<wheel>.metadata`` (PEP 658), which some indexes serve without saying so. None
        where there is none, or where it cannot be fetched: the wheel itself has it, too."""
        advertised = wheel.metadata_sha256 is not None
        if not (advertised or self._serves_metadata):
            return None
        url = f"{wheel.url}.metadata"
        try:
            answer = self.web.get(url, largest=limits.size(LARGEST_FILE))
        except FileFailure:
            return None
        if answer.status != 200:
            self._serves_metadata = self._serves_metadata and advertised
            return None
        sha256 = hashlib.sha256(answer.body).hexdigest()
        if wheel.metadata_sha256 and sha256 != wheel.metadata_sha256:
            raise NotFetched(url, "does not have the sha256 that the index gives")
        return answer.body.decode("utf-8", "replace")


def _until(page: kept.Page, until: float) -> kept.Page:
    """The page as current for so long; one without releases is not: the first may be published at
    any time, as may a project."""
    return replace(page, until=until if page.has_releases else 0)


def _lifetime(cache_control: str) -> float:
    """How long a page counts as current, seconds."""
    if re.search(r"no-cache|no-store", cache_control):
        return 0
    match = re.search(r"max-age=([0-9]{1,9})", cache_control)
    return float(match[1]) if match else _FRESH

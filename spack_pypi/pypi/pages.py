"""The pages of projects: from the cache as long as they are current, else from the index."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Callable

from ..errors import NotFetched, UnknownProject
from . import kept, page
from .cache import Cache
from .model import Project, Settings

if TYPE_CHECKING:
    from .network.web import Response

#: How long a page counts as current when the index does not say, seconds.
_FRESH = 600
#: The form in which pages are kept: to be renamed whenever that changes, or what is taken from the
#: index's answer (`page`), or what is `Release.essential`.
_PAGE = "page-4"


class Pages:
    """The pages of one index; ``get`` is `Web.get`. Names are those of PEP 503."""

    def __init__(
        self,
        settings: Settings,
        cache: Cache,
        get: Callable[[str, Mapping[str, str]], Response],
    ) -> None:
        self._settings, self._cache, self._get = settings, cache, get
        #: The marks of the pages that were read; None for one that changed meanwhile.
        self._marks: dict[str, str | None] = {}

    def project(self, name: str) -> Project:
        """The project of this name. Raises `UnknownProject`, and `IndexFailure`."""
        found = self._page(name)
        if not found.exists:
            raise UnknownProject(name, self._settings.url)
        return found.project(name)

    def mark(self, project: str) -> str | None:
        """See `Index.mark`. Of a page that is current, one line is read."""
        if project not in self._marks:
            known = kept.until_and_mark(self._cache.get_line(_PAGE, self._address(project)))
            if known is not None and self._is_current(known[0]):
                return known[1]
            self._page(project)
        return self._marks[project]

    def doubt(self, project: str) -> None:
        """Have the next run ask for the whole page again, however current it is: a file of it is
        not as it says. Of what an earlier run read, one that is offline goes on to make use."""
        url = self._address(project)
        known = kept.read(self._cache.get_text(_PAGE, url))
        if known is not None and known.exists and not self._settings.offline:
            self._cache.put_text(_PAGE, url, replace(known, until=0, validators={}).text())

    def _page(self, name: str) -> kept.Page:
        url = self._address(name)
        known = kept.read(self._cache.get_text(_PAGE, url))
        if known is None or not self._is_current(known.until):
            known = self._read(name, url, known)
            self._cache.put_text(_PAGE, url, known.text())
        same = self._marks.get(name, known.mark) == known.mark
        self._marks[name] = known.mark if same else None
        return known

    def _address(self, project: str) -> str:
        return f"{self._settings.url}{project}/"

    def _is_current(self, until: float) -> bool:
        return self._settings.offline or until > time.time()

    def _read(self, name: str, url: str, known: kept.Page | None) -> kept.Page:
        validators = known.validators if known else {}
        answer = self._get(url, {"Accept": page.ACCEPT, **validators})
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

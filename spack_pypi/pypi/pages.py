"""The pages of projects: from the cache as long as they are current, else from the index."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Callable

from ..errors import UnknownProject
from . import kept
from .cache import Cache
from .model import Project, Settings

#: The form in which pages are kept: to be renamed whenever that changes, or what is taken from the
#: index's answer (`page`), or what is `Release.essential`.
_PAGE = "page-4"


class Pages:
    """The pages of one index; ``fetch`` is `Fetcher.page`. Names are those of PEP 503."""

    def __init__(
        self,
        settings: Settings,
        cache: Cache,
        fetch: Callable[[str, str, kept.Page | None], kept.Page],
    ) -> None:
        self._settings, self._cache, self._fetch = settings, cache, fetch
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
        known = kept.read(self._cache.get_text(_PAGE, url), url)
        if known is not None and known.exists and not self._settings.offline:
            self._cache.put_text(_PAGE, url, replace(known, until=0, validators={}).text(url))

    def _page(self, name: str) -> kept.Page:
        url = self._address(name)
        known = kept.read(self._cache.get_text(_PAGE, url), url)
        if known is None or not self._is_current(known.until):
            known = self._fetch(url, name, known)
            self._cache.put_text(_PAGE, url, known.text(url))
        same = self._marks.get(name, known.mark) == known.mark
        self._marks[name] = known.mark if same else None
        return known

    def _address(self, project: str) -> str:
        return f"{self._settings.url}{project}/"

    def _is_current(self, until: float) -> bool:
        return self._settings.offline or until > time.time()

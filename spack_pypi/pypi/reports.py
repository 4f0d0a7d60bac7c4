"""Which vulnerabilities of a release the index reports: in the release's page of the JSON API,
which only some indexes have."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from threading import Lock
from typing import TYPE_CHECKING, Any, Callable

from ..errors import FileFailure, NotFetched
from . import json_text
from .cache import Cache
from .for_one_python import published
from .limits import is_short
from .model import Release, Settings
from .project_files.toml import at

if TYPE_CHECKING:
    from .network.web import Response

#: The kind of what is kept: to be renamed whenever that changes.
_KEPT = "report"
#: How long a report counts as current, seconds.
_FRESH = 86400
#: Projects of which an index has no page until it counts as one without the JSON API, and releases
#: of one project until it counts as one of which the index has none, though it has some of others.
_MOST_MISSING, _MOST_OF_ONE = 8, 3
#: A release that Spack's own index has for good: a mirror without a report of it has none.
_FOR_GOOD = "pip/24.0/json"
#: Vulnerabilities of one release that are named.
_MOST_NAMES = 1000


class Reports:
    """What an index reports. ``get`` is `Web.get`."""

    def __init__(
        self, settings: Settings, get: Callable[[str, Mapping[str, str]], Response], cache: Cache
    ) -> None:
        self._settings, self._get, self._cache = settings, get, cache
        #: Projects with the number of their releases of which there was no report, and those with
        #: a report.
        self._missing: Counter[str] = Counter()
        self._known: set[str] = set()
        self._lock = Lock()
        #: Whether the index has a report of each release; None while that is not known.
        self._has_all: bool | None = None if settings.packages else False

    def vulnerabilities(self, release: Release) -> tuple[str, ...]:
        """See `Index.vulnerabilities`. Raises `FileFailure`."""
        api = self._settings.json_api
        if not api:
            return ()
        url = f"{api}{release.project}/{published(release.version)}/json"
        known = self._cache.get(_KEPT, url)
        if known is None or not (self._settings.offline or known["until"] > time.time()):
            if self._settings.offline or not self._may_have(release.project):
                return ()
            answer = self._get(url, {})
            if answer.status != 200:
                self._lacks(release, url)
                return ()
            self._known.add(release.project)
            known = {"names": names(answer.body, url), "until": time.time() + _FRESH}
            self._cache.put(_KEPT, url, known)
        return tuple(known["names"])

    def _may_have(self, project: str) -> bool:
        with self._lock:
            if not self._known:
                return project not in self._missing and len(self._missing) < _MOST_MISSING
            return project in self._known or self._missing[project] < _MOST_OF_ONE

    def _lacks(self, release: Release, url: str) -> None:
        """Note that there is no report. Raises `NotFetched` where the index has one of each
        release, or of another release of the project."""
        if release.project in self._known or self._has_one_of_each():
            raise NotFetched(url, "does not exist, although the index has the release")
        with self._lock:
            self._missing[release.project] += 1

    def _has_one_of_each(self) -> bool:
        """Whether the index has a report of each release, as Spack's own has, but few of its
        mirrors."""
        with self._lock:
            if self._has_all is None:
                answer = self._get(f"{self._settings.json_api}{_FOR_GOOD}", {})
                self._has_all = answer.status == 200
            return self._has_all


def names(body: bytes, url: str) -> list[str]:
    """The names of the vulnerabilities in a page of the JSON API, without those that were
    withdrawn. Raises `FileFailure`."""
    try:
        reported = at(json_text.loads(body), "vulnerabilities")
        found = [*_names(reported if reported is not None else [])]
    except (ValueError, TypeError):
        raise FileFailure(url, "is not a report of vulnerabilities") from None
    return found[:_MOST_NAMES]


def _names(reported: Any) -> Iterator[str]:
    if not isinstance(reported, list):
        raise TypeError
    for each in reported:
        name = at(each, "id")
        if not (isinstance(name, str) and name.isprintable() and is_short(name)):
            raise TypeError
        if not each.get("withdrawn"):
            yield name

"""Who published a file, by the index's attestations (PEP 740).

The index verifies an attestation when a file is uploaded. Here no signature is verified: what is
read is the index's word, as is all else that it says of a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from typing import TYPE_CHECKING, Any, Callable

from ..credentials import redacted
from . import json_text, page
from .cache import Cache
from .limits import LARGEST_FILE, is_short
from .model import Publisher, Release, Settings
from .project_files.toml import at

if TYPE_CHECKING:
    from .network.web import Response

_ACCEPT = "application/vnd.pypi.integrity.v1+json"
#: The kind of what is kept: to be renamed whenever that changes.
_KEPT = "publishers-2"

#: What a publisher may have, by the name of its field: what it is, and the words around its value.
_PLACES = (("repository", "{} repository {}"), ("email", "{} account {}"))
_WORKFLOWS = ("workflow", "workflow_filepath")


class Attestations:
    """What an index attests. ``get`` is `Web.get`. A project's page is requested once more for
    this: few runs ask, and of few projects, so what is kept of all pages need not hold it."""

    def __init__(
        self, settings: Settings, get: Callable[[str, Mapping[str, str]], Response], cache: Cache
    ) -> None:
        self._settings, self._get, self._cache = settings, get, cache
        self._links: dict[str, dict[str, str]] = {}
        self._lock = Lock()  # the page of a project is requested once, whoever asks first

    def publishers(self, release: Release) -> tuple[Publisher, ...] | None:
        """See `Index.publishers`."""
        file = release.sdist or release.best_wheel
        if file is None:
            return ()
        key = f"{self._settings.url} {file.sha256 or file.url}"
        known = self._cache.get(_KEPT, key)
        if known is None:
            if self._settings.offline:
                return None
            with self._lock:
                link = self._of_project(release.project).get(file.name)
            if not link:
                return ()
            answer = self._get(link, {"Accept": _ACCEPT})
            if answer.status != 200 or len(answer.body) > LARGEST_FILE:
                return None
            known = [[each.place, each.workflow] for each in publishers(answer.body)]
            self._cache.put(_KEPT, key, known)
        return tuple(Publisher(*each) for each in known)

    def _of_project(self, project: str) -> dict[str, str]:
        if project not in self._links:
            answer = self._get(f"{self._settings.url}{project}/", {"Accept": page.ACCEPT})
            kind = answer.headers.get("content-type", "")
            found = {}
            if answer.status == 200:
                found = page.provenance(answer.body, kind, answer.url)
            self._links[project] = found
        return self._links[project]


def publishers(body: bytes) -> tuple[Publisher, ...]:
    """Those of a provenance object; none of anything else."""
    try:
        bundles = at(json_text.loads(body), "attestation_bundles")
    except ValueError:
        return ()
    found = (_publisher(bundle) for bundle in (bundles if isinstance(bundles, list) else ()))
    return tuple(dict.fromkeys(each for each in found if each))


def _publisher(bundle: Any) -> Publisher | None:
    kind = _text(at(bundle, "publisher", "kind"))
    for field, words in _PLACES:
        place = _text(at(bundle, "publisher", field))
        if kind and place:
            workflows = (_text(at(bundle, "publisher", name)) for name in _WORKFLOWS)
            return Publisher(words.format(kind, place), next(filter(None, workflows), ""))
    return None


def _text(value: Any) -> str:
    """A short text on one line, without credentials."""
    if isinstance(value, str) and is_short(value) and value.isprintable():
        return redacted(value)[:200]
    return ""

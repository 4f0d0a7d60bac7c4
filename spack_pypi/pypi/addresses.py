"""Addresses of files for recipes.

The address that an index gives for a file often holds a hash. The public index also leads from
``<packages>/<kind>/<first letter>/<project>/<file name>`` to it, where ``kind`` is ``source``, or
the Python version that was said when a wheel was uploaded: its tag as a rule, but uploaders may
say anything. What was said is in the project's page of the JSON API. The code that leads there:
https://github.com/pypi/conveyor/blob/main/conveyor/views.py (``redirect``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from threading import Lock
from typing import Any, Callable

from ..errors import IndexFailure
from .cache import Cache
from .model import File, Release, Settings

_KIND = "python-version"


class Addresses:
    """The lasting addresses of an index that `Settings.packages` says to have them."""

    def __init__(self, settings: Settings, json_of: Callable[[str], Any], cache: Cache) -> None:
        self._settings, self._json, self._cache = settings, json_of, cache
        self._said: dict[str, Mapping[str, str]] = {}
        #: Projects that have a wheel of which it is not known: another run may learn it.
        self.unsaid: set[str] = set()
        self._lock = Lock()

    def lasting(self, release: Release, file: File) -> str:
        """The address of a file that says what it is; the one that the index gives where it has no
        other, or does not say which."""
        packages, project = self._settings.packages, release.project
        if not packages:
            return file.url
        kind = self._python_version(project, file) if file.is_wheel else "source"
        return f"{packages}{kind}/{project[0]}/{project}/{file.name}" if kind else file.url

    def _python_version(self, project: str, wheel: File) -> str:
        """What was said when a wheel was uploaded; empty where that is not known."""
        if not wheel.sha256:
            return ""
        known = self._cache.get_text(_KIND, wheel.sha256)
        if known is None:
            with self._lock:
                if project not in self._said:
                    self._said[project] = self._ask(project)
            known = self._said[project].get(wheel.name, "")
            if known:
                self._cache.put_text(_KIND, wheel.sha256, known)
            else:
                self.unsaid.add(project)
        return known

    def _ask(self, project: str) -> Mapping[str, str]:
        """The Python versions of a project's wheels, by file name."""
        api = self._settings.json_api
        if not api or self._settings.offline:
            return {}
        try:
            page = self._json(f"{api}{project}/json")
            said = {
                str(file["filename"]): str(file["python_version"])
                for files in page["releases"].values()
                for file in files
            }
        except (IndexFailure, ValueError, LookupError, TypeError, AttributeError):
            return {}
        return {name: text for name, text in said.items() if re.fullmatch(r"\w[\w.]*", text)}

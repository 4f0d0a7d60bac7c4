"""A lock file as a list: each entry says where it applies."""

from __future__ import annotations

from dataclasses import replace

from .graph import LockedRelease, LockedReleases, two_versions
from .model import RequirementSet


class FlatLock:
    """Collects the entries of a lock file for one environment. ``where`` is the file."""

    def __init__(self, where: object) -> None:
        self._where = where
        self._locked: dict[str, LockedRelease] = {}
        self._elsewhere: dict[str, None] = {}

    def add(self, entry: LockedRelease) -> None:
        """An entry that applies. Raises `UsageError` for a second version of a project."""
        known = self._locked.get(entry.name, entry)
        if (known.version, known.unusable) != (entry.version, entry.unusable):
            raise two_versions(self._where, known, entry)
        both = replace(known if known.index else entry, hashes=(*known.hashes, *entry.hashes))
        self._locked[entry.name] = both

    def add_elsewhere(self, name: str) -> None:
        """An entry for other environments only."""
        self._elsewhere[name] = None

    def finish(self, requirements: RequirementSet) -> None:
        """Add all of them to a set."""
        elsewhere = [name for name in self._elsewhere if name not in self._locked]
        requirements.pin_all(LockedReleases([*self._locked.values()], elsewhere), self._where)

"""A lock file as a list: each entry says where it applies."""

from __future__ import annotations

from dataclasses import dataclass

from ...errors import UsageError
from .model import OTHER_PLATFORM, RequirementSet


@dataclass(frozen=True)
class FlatEntry:
    """The version of a project that a file locks; ``unusable`` says why no index has it (it is
    empty for a release), ``index`` is where it comes from."""

    name: str
    version: str
    unusable: str = ""
    index: str = ""


class FlatLock:
    """Collects the entries of a lock file for one environment. ``where`` is the file."""

    def __init__(self, where: object) -> None:
        self._where = where
        self._locked: dict[str, FlatEntry] = {}
        self._elsewhere: dict[str, None] = {}

    def add(self, entry: FlatEntry) -> None:
        """An entry that applies. Raises `UsageError` for a second version of a project."""
        known = self._locked.get(entry.name, entry)
        if (known.version, known.unusable) != (entry.version, entry.unusable):
            raise UsageError(
                f"{self._where} locks {entry.name} to {known.version or 'no version'} and "
                f"{entry.version or 'no version'} for the same environment: choose extras and "
                "groups that do not exclude each other"
            )
        self._locked[entry.name] = known if known.index else entry

    def add_elsewhere(self, name: str) -> None:
        """An entry for other environments only."""
        self._elsewhere[name] = None

    def finish(self, requirements: RequirementSet) -> None:
        """Add all of them to a set."""
        requirements.locked = True
        for name in self._elsewhere:
            if name not in self._locked:
                requirements.skip(name, OTHER_PLATFORM)
        for entry in self._locked.values():
            if entry.unusable:
                requirements.skip(entry.name, entry.unusable)
            else:
                requirements.pin(entry.name, entry.version, entry.index)

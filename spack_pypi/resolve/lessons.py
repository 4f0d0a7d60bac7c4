"""What was learned about units that cannot be had as they are.

A unit is one release, by itself or with one of its extras. Lessons only grow, and there are
finitely many units: that is why resolving ends.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from packaging.version import Version


class Unit(NamedTuple):
    """A release of a project, by itself (``extra`` is empty) or what an extra of it adds."""

    project: str
    version: Version
    extra: str = ""


class Grade(IntEnum):
    """How well a unit can be had; lower is better, and a better one is taken where there is
    one."""

    #: All that it requires is there or can be written.
    WHOLE = 0
    #: So it is, but something has to be allowed or was never confirmed: a requirement that only
    #: deprecated versions meet, metadata that may be wrong.
    DOUBTFUL = 1
    #: Something that it requires cannot be had; the person may allow to leave it out.
    LACKING = 2
    #: No recipe of it can be written.
    IMPOSSIBLE = 3


class Lessons:
    """The units that are worse than `Grade.WHOLE`, and why: how they are known so far."""

    def __init__(self) -> None:
        self._grades: dict[Unit, Grade] = {}
        self._reasons: dict[Unit, str] = {}
        self._misfits: dict[tuple[str, Version], str] = {}
        self._flat: set[tuple[str, str]] = set()

    @property
    def count(self) -> int:
        """How much was learned so far."""
        return sum(self._grades.values()) + len(self._misfits) + len(self._flat)

    def learn(self, unit: Unit, grade: Grade, reason: str) -> bool:
        """The unit is of this grade or worse, for this reason; whether that is new."""
        if grade <= self.grade(unit):
            return False
        self._grades[unit], self._reasons[unit] = grade, reason
        return True

    def grade(self, unit: Unit) -> Grade:
        """The best grade that the unit may have, for all that is known."""
        return self._grades.get(unit, Grade.WHOLE)

    def reason(self, unit: Unit) -> str:
        """Why the unit is not better than its grade; empty for a whole one."""
        return self._reasons.get(unit, "")

    def learn_misfit(self, project: str, version: Version, reason: str) -> None:
        """No versions of all that a release needs fit together."""
        self._misfits.setdefault((project, version), reason)

    def misfit(self, project: str, version: Version) -> str | None:
        """Why nothing fits together for a release; None where something may."""
        return self._misfits.get((project, version))

    def learn_flat(self, project: str, extra: str) -> bool:
        """An extra is no variant of a new package: as one it would close a cycle. Whether that is
        new."""
        known = (project, extra) in self._flat
        self._flat.add((project, extra))
        return not known

    def is_flat(self, project: str, extra: str) -> bool:
        """Whether who asks for an extra requires what it adds itself."""
        return (project, extra) in self._flat

    def about(self, project: str) -> list[tuple[Version, str]]:
        """The releases of a project that are not whole or fit nothing, newest first, and why."""
        found = {
            unit.version: reason
            for unit, reason in self._reasons.items()
            if unit.project == project and not unit.extra
        }
        for (name, version), reason in self._misfits.items():
            if name == project:
                found.setdefault(version, reason)
        return sorted(found.items(), reverse=True)

"""What the resolver learned: which units are worse than they seemed at first.

A unit is one release, by itself or with one of its extras. Lessons only grow, and there are
finitely many units: that is why resolving ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

from packaging.version import Version

#: The longest reason that is repeated in full, characters.
_LONGEST = 600


class Unit(NamedTuple):
    """A release of a project, by itself (``extra`` is empty) or what an extra of it adds."""

    project: str
    version: Version
    extra: str = ""


class Grade(IntEnum):
    """How good a recipe of a unit can be; lower is better, and a better unit is chosen where there
    is one."""

    #: All that it requires exists or can be written.
    COMPLETE = 0
    #: Complete, but in doubt: only a deprecated version satisfies one of its requirements, or
    #: nothing confirms its metadata.
    DOUBTFUL = 1
    #: Something that it requires is not available; the user may allow to leave it out.
    INCOMPLETE = 2
    #: No recipe of it can be written.
    IMPOSSIBLE = 3


class Lessons:
    """The units that are known to be worse than `Grade.COMPLETE`, and why. The workflow adds to
    them with `Resolver.learn`."""

    def __init__(self) -> None:
        self._grades: dict[Unit, Grade] = {}
        self._reasons: dict[Unit, str] = {}
        self._misfits: dict[tuple[str, Version], str] = {}
        self._inlined: set[tuple[str, str]] = set()
        self._projects: dict[str, set[Unit]] = {}

    @property
    def count(self) -> int:
        """A number that grows with each lesson."""
        return sum(self._grades.values()) + len(self._misfits) + len(self._inlined)

    def learn(self, unit: Unit, grade: Grade, reason: str) -> bool:
        """Note that a unit has this grade or a worse one, and why; whether that is new."""
        if grade <= self.grade(unit):
            return False
        self._grades[unit], self._reasons[unit] = grade, _shortened(reason)
        self._projects.setdefault(unit.project, set()).add(unit)
        return True

    def worse(self, project: str, extras: Sequence[str], grade: Grade) -> frozenset[Version]:
        """The releases of a project that, with these extras, have a worse grade than this one."""
        asked = {"", *extras}
        return frozenset(
            unit.version
            for unit in self._projects.get(project, ())
            if unit.extra in asked and self._grades[unit] > grade
        )

    def grade(self, unit: Unit) -> Grade:
        """The grade of a unit: `Grade.COMPLETE` unless something else was learned."""
        return self._grades.get(unit, Grade.COMPLETE)

    def reason(self, unit: Unit) -> str:
        """Why the unit has no better grade; empty for a complete one."""
        return self._reasons.get(unit, "")

    def learn_conflict(self, project: str, version: Version, reason: str) -> None:
        """Note why the dependencies of a release cannot be satisfied together."""
        self._misfits.setdefault((project, version), reason)

    def conflict(self, project: str, version: Version) -> str | None:
        """Why the dependencies of a release cannot be satisfied together; None where they may."""
        return self._misfits.get((project, version))

    def learn_inlined(self, project: str, extra: str) -> bool:
        """Note that an extra is not a variant of a new package, as it would close a cycle; whether
        that is new."""
        known = (project, extra) in self._inlined
        self._inlined.add((project, extra))
        return not known

    def is_inlined(self, project: str, extra: str) -> bool:
        """Whether those who require an extra get its requirements in place of a variant."""
        return (project, extra) in self._inlined

    def about(self, project: str) -> list[tuple[Version, str]]:
        """The releases of a project that are not complete, or whose dependencies cannot be
        satisfied together, newest first, and why."""
        found = {
            unit.version: reason
            for unit, reason in self._reasons.items()
            if unit.project == project and not unit.extra
        }
        for (name, version), reason in self._misfits.items():
            if name == project:
                found.setdefault(version, reason)
        return sorted(found.items(), reverse=True)


def _shortened(reason: str) -> str:
    """A reason without the middle of a long chain: ``needs a: 1.0 needs b: ...: is withdrawn``."""
    if len(reason) <= _LONGEST:
        return reason
    first, last = (
        reason[: _LONGEST // 2].rpartition(": "),
        reason[-_LONGEST // 2 :].partition(": "),
    )
    return f"{first[0]}: ...: {last[2]}" if first[0] and last[2] else reason

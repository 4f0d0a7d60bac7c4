"""What must change in the dependencies of a recipe when it gets new versions.

Its lines were written for older releases. A line ends before a new release only where the metadata
of the older one asked for it and that of the new one does not, or where it contradicts the new
one. What no metadata ever explained is a person's and stays: compilers, tools that a build backend
asks for when it is called, caps, what tests and variants need. What the lines that stay do not say
yet is added.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace

from ..recipe.model import LANGUAGES, Condition, Dependency, DependencyLine
from . import spack_order
from .environments import PLATFORMS
from .versions import Inexpressible, highest_before, lowest_after

#: Implied by PythonPackage; a recipe that names them does no harm.
_IMPLIED = ("py-pip", "py-wheel")

#: A Python version and a platform.
_Cell = tuple[str, str]


@dataclass(frozen=True)
class Revision:
    """``ends`` maps the lines (by number) that must no longer apply to all versions to the version
    range that remains of their own ``when``; ``added`` maps each new version to new lines."""

    ends: Mapping[int, str]
    added: Mapping[str, Sequence[Dependency]]


def revise(
    stated: Sequence[DependencyLine],
    versions: Sequence[str],
    asked: Mapping[str, Sequence[Dependency]],
    before: Mapping[str, Sequence[Dependency]],
    *,
    alike: Mapping[str, Sequence[Dependency]] = {},
    unknown: Container[str] = (),
    unsure: Container[str] = (),
) -> Revision:
    """How the lines of a recipe with these ``versions`` (in any order) must change for new
    versions (keys of ``asked``) that ask for those lines.

    ``before`` maps new versions to what the metadata of the nearest release that the recipe lists
    asks for, read as ``asked`` is; a version that is not in there has none that is known, and ends
    only lines that contradict it. ``alike`` are those lines of both that no metadata
    declares: who wrote the recipe knew how the older release is built and run, so they are not
    added. Of ``unknown`` versions nothing tells what they need to run, of
    ``unsure`` ones not all is known that they need to be built: they keep what there is.

    Raises `Inexpressible` where a line cannot be ended, because it is inherited or because nothing
    would remain of it.
    """
    excluded: dict[int, set[str]] = {}
    added: dict[str, list[Dependency]] = {}
    for version, lines in asked.items():
        earlier = before.get(version, ())
        cells = _cells(stated, lines)
        judge = _Judge(lines, earlier, cells, version in unknown, version in unsure)
        applying = {
            number: line for number, line in enumerate(stated) if applies_to(line, version)
        }
        wrong = {number for number, line in applying.items() if judge.ends(line.dependency)}
        for number in sorted(wrong):
            excluded.setdefault(number, set()).add(version)
        kept = [line.dependency for number, line in applying.items() if number not in wrong]
        ended = [stated[number].dependency for number in wrong]
        without = {line.package for line in ended}
        added[version] = [
            _with_other_types(line, lines, ended)
            for line in lines
            if not _is_said(line, kept, cells)
            and not (line in alike.get(version, ()) and line.package not in without)
        ]
    known = sorted({*versions, *asked}, key=spack_order.key)
    ends: dict[int, str] = {}
    for number, taken_out in excluded.items():
        line = stated[number]
        remains = _without(line.dependency.when.versions, known, taken_out)
        if line.fixed or not remains:
            raise Inexpressible(
                f"its recipe asks every version for '{line.dependency.spec}', which "
                f"{', '.join(sorted(taken_out, key=spack_order.key))} does not"
            )
        ends[number] = remains
    return Revision(ends, added)


def applies_to(line: DependencyLine, version: str) -> bool:
    """Whether the version ranges of a line and of the blocks around it hold a version."""
    ranges = (line.dependency.when.versions, *line.within)
    return all(spack_order.contains(text, version) for text in ranges)


def _cells(stated: Sequence[DependencyLine], lines: Sequence[Dependency]) -> list[_Cell]:
    """Every Python that a condition tells apart, on every platform, but for those on which the new
    release does not run."""
    pythons = {"2.7.18", *(f"3.{minor}.{patch}" for minor in range(3, 21) for patch in (0, 99))}
    conditions = [line.dependency.when for line in stated] + [line.when for line in lines]
    ranges = [condition.python for condition in conditions]
    ranges += [line.versions for line in lines if line.package == "python"]
    for bound in re.findall(r"\d+(?:\.\d+)+", " ".join(ranges)):
        pythons |= {bound, f"{bound}.99"}
    supported = [line.versions for line in lines if line.package == "python"]
    usable = [p for p in sorted(pythons) if all(spack_order.contains(r, p) for r in supported)]
    return [(python, platform) for python in usable for platform in PLATFORMS]


def _holds(when: Condition, cell: _Cell) -> bool:
    python, platform = cell
    return when.platform in ("", platform) and spack_order.contains(when.python, python)


def _is_native(package: str) -> bool:
    """Whether it is a language, a tool or a library rather than a Python project."""
    return not package.startswith("py-") and package != "python"


@dataclass(frozen=True)
class _Judge:
    """Tells which existing lines end before a new release: ``asked`` is what that asks for,
    ``earlier`` what the release before it did, ``cells`` are where the new one runs. ``unknown``,
    ``unsure``: see `revise`."""

    asked: Sequence[Dependency]
    earlier: Sequence[Dependency]
    cells: Sequence[_Cell]
    unknown: bool
    unsure: bool

    def ends(self, line: Dependency) -> bool:
        """Whether a line that applies to the new release must not."""
        if line.package in _IMPLIED or line.when.variants or line.when.target:
            return False
        if not {"build", "link", "run"} & {*line.types}:
            return False  # what its tests need, no metadata tells
        runs = "run" in line.types
        if self.unknown and runs:
            return False
        new = [
            each for each in self.asked if each.package == line.package and not each.when.target
        ]
        old = [each for each in self.earlier if each.package == line.package]
        return any(
            self._ends_in(line, _in_cell(new, cell), _in_cell(old, cell))
            for cell in self.cells
            if _holds(line.when, cell)
        )

    def _ends_in(
        self, line: Dependency, new: Sequence[Dependency], old: Sequence[Dependency]
    ) -> bool:
        """Whether the line is wrong in a cell, where the releases ask for these."""
        if new and spack_order.disjoint([line.versions, *(each.versions for each in new)]):
            return True
        if line.package != "python":  # a release that says nothing about Python runs with any
            runs = "run" in line.types
            if not new or (runs and not _run(new)):
                return self._is_given_up(line, _run(old) if runs else old)
            if _is_native(line.package):
                return False  # of a tool a person may know more than what is declared of it
        return not _explains(new, line) and _explains(old, line)

    def _is_given_up(self, line: Dependency, old: Sequence[Dependency]) -> bool:
        """Whether the new release does without what the older one asked for, for sure."""
        if line.package in LANGUAGES:
            return False  # they are read from the names of source files, not declared
        return bool(old) and ("run" in line.types or not self.unsure)


def _in_cell(lines: Sequence[Dependency], cell: _Cell) -> list[Dependency]:
    return [line for line in lines if not line.when.variants and _holds(line.when, cell)]


def _run(lines: Sequence[Dependency]) -> list[Dependency]:
    return [line for line in lines if "run" in line.types]


def _explains(lines: Sequence[Dependency], line: Dependency) -> bool:
    """Whether an existing line asks for no more versions than these do together."""
    return _contained([each.versions for each in lines], line.versions)


def _with_other_types(
    line: Dependency, lines: Sequence[Dependency], ended: Sequence[Dependency]
) -> Dependency:
    """A new line with those types of the lines that it takes the place of of which no metadata
    tells (``link``, ``test``): they are a person's."""
    same = [each for each in lines if each.package == line.package]
    if line is not next((each for each in same if "run" in each.types), same[0]):
        return line
    kinds = {kind for old in ended if old.package == line.package for kind in old.types}
    types = {*line.types, *(kinds - {"build", "run"})}
    return replace(line, types=tuple(sorted(types)))


def _is_said(line: Dependency, kept: Sequence[Dependency], cells: Sequence[_Cell]) -> bool:
    """Whether the existing lines say a new one already."""
    same = [
        old
        for old in kept
        if old.package == line.package
        and old.when.target in ("", line.when.target)
        and set(old.when.variants) <= set(line.when.variants)
    ]
    for cell in cells:
        if not _holds(line.when, cell):
            continue
        here = [old for old in same if _holds(old.when, cell)]
        if not here or not _contained([old.versions for old in here], line.versions):
            return False
        # Who needs it to run has it; that it is there while building is for import tests only.
        needed = {"run"} if "run" in line.types else set(line.types)
        if not needed <= {kind for old in here for kind in old.types}:
            return False
        if not set(line.variants) <= {variant for old in here for variant in old.variants}:
            return False
    return True


def _contained(inner: Sequence[str], outer: str) -> bool:
    """`spack_order.contained`, but ``22.5.0:`` is no less than ``22.5:``: only a release that is
    spelled 22.5 could tell them apart, and a person who wrote the one meant the other."""
    plain = [re.sub(r"(?:\.0)+:", ":", ranges) for ranges in (*inner, outer)]
    return spack_order.contained(plain[:-1], plain[-1])


def _without(ranges: str, known: Sequence[str], without: set[str]) -> str:
    """What remains of version ranges when some known versions (oldest first) are taken out."""
    remaining: list[str] = []
    for part in (ranges or ":").split(","):
        members = [version for version in known if spack_order.contains(part, version)]
        if not without & set(members):
            remaining.append(part)
            continue
        low, colon, high = part.lstrip("=").partition(":")
        high = high if colon else low
        for first, last in _kept_runs(members, without):
            start = low if first == 0 else lowest_after(members[first - 1], members[first])
            end = high
            if last + 1 < len(members):
                found = highest_before(members[last], members[last + 1])
                if found is None:
                    raise Inexpressible(f"nothing lies between {members[last]} and the next one")
                end = found
            remaining.append(start if start == end else f"{start}:{end}")
    return ",".join(remaining)


def _kept_runs(members: Sequence[str], without: set[str]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for at, version in enumerate(members):
        if version in without:
            continue
        if runs and runs[-1][1] == at - 1:
            runs[-1] = (runs[-1][0], at)
        else:
            runs.append((at, at))
    return runs

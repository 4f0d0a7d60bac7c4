"""What must change in the dependencies of a recipe when it gets new versions.

Its lines were written for older releases. Those that also apply to a new one stay where they ask
for nothing that the new release does not declare; the others must end before it. What the
remaining lines do not say yet is added. What no metadata can know (libraries, tools, variants that
a person thought of) is left alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Container, Dict, Iterable, List, Mapping, Sequence, Set, Tuple

from ..recipe.model import Condition, Dependency, Stated
from . import spack_order
from .merge import Line
from .versions import Inexpressible, highest_before, lowest_after
from .world import PLATFORMS

#: Implied by PythonPackage; a recipe that names them does no harm.
_IMPLIED = ("py-pip", "py-wheel")

#: A Python version and a platform.
_Cell = Tuple[str, str]


@dataclass(frozen=True)
class Revision:
    """``ends`` maps the lines (by number) that must no longer apply to all versions to the version
    range that remains of their own ``when``; ``added`` maps each new version to new lines."""

    ends: Mapping[int, str]
    added: Mapping[str, Sequence[Line]]


def revise(
    stated: Sequence[Stated],
    versions: Sequence[str],
    asked: Mapping[str, Sequence[Line]],
    unknown: Container[str] = (),
) -> Revision:
    """How the lines of a recipe with these ``versions`` (in any order) must change for new
    versions (keys of ``asked``) that ask for those lines. Of ``unknown`` ones nothing tells what
    they need to run: they keep what there is.

    Raises `Inexpressible` where a line cannot be ended, because it is inherited or because nothing
    would remain of it.
    """
    excluded: Dict[int, Set[str]] = {}
    added: Dict[str, List[Line]] = {}
    for version, lines in asked.items():
        cells = _cells(stated, lines)
        applying = {
            number: line for number, line in enumerate(stated) if applies_to(line, version)
        }
        wrong = {
            n
            for n, line in applying.items()
            if not (version in unknown and "run" in line.dependency.types)
            and _asks_too_much(line.dependency, lines, cells)
        }
        for number in sorted(wrong):
            excluded.setdefault(number, set()).add(version)
        kept = [line.dependency for n, line in applying.items() if n not in wrong]
        added[version] = [line for line in lines if not _is_said(line, kept, cells)]
    known = sorted({*versions, *asked}, key=spack_order.key)
    ends: Dict[int, str] = {}
    for number, without in excluded.items():
        line = stated[number]
        remains = _without(line.dependency.when.versions, known, without)
        if line.fixed or not remains:
            raise Inexpressible(
                f"its recipe asks every version for '{line.dependency.spec}', which "
                f"{', '.join(sorted(without, key=spack_order.key))} does not"
            )
        ends[number] = remains
    return Revision(ends, added)


def applies_to(line: Stated, version: str) -> bool:
    """Whether the version ranges of a line and of the blocks around it hold a version."""
    ranges = (line.dependency.when.versions, *line.within)
    return all(spack_order.contains(text, version) for text in ranges)


def _cells(stated: Sequence[Stated], lines: Sequence[Line]) -> List[_Cell]:
    """Every Python that a condition tells apart, on every platform, but for those on which the new
    release does not run."""
    pythons = {"2.7.18", *(f"3.{minor}.{patch}" for minor in range(3, 21) for patch in (0, 99))}
    conditions = [line.dependency.when for line in stated] + [line.when for line in lines]
    ranges = [condition.python for condition in conditions]
    ranges += [line.ranges for line in lines if line.package == "python"]
    for bound in re.findall(r"\d+(?:\.\d+)+", " ".join(ranges)):
        pythons |= {bound, f"{bound}.99"}
    supported = [line.ranges for line in lines if line.package == "python"]
    usable = [p for p in sorted(pythons) if all(spack_order.contains(r, p) for r in supported)]
    return [(python, platform) for python in usable for platform in PLATFORMS]


def _holds(when: Condition, cell: _Cell) -> bool:
    python, platform = cell
    return when.platform in ("", platform) and spack_order.contains(when.python, python)


def _asks_too_much(line: Dependency, lines: Sequence[Line], cells: Iterable[_Cell]) -> bool:
    """Whether an existing line asks, anywhere, for something that the new release does not."""
    declared = [new for new in lines if new.package == line.package and not new.when.target]
    if line.package in _IMPLIED or line.when.variants or line.when.target:
        return False
    if not {"build", "link", "run"} & {*line.types}:
        return False  # what its tests need, no metadata tells
    # Of libraries and tools a person may know more than what is declared of them.
    native = not line.package.startswith("py-") and line.package != "python"
    if native and not declared:
        return False
    for cell in cells:
        if not _holds(line.when, cell):
            continue
        here = [new for new in declared if not new.when.variants and _holds(new.when, cell)]
        if native:
            if here and spack_order.disjoint([line.versions, *(new.ranges for new in here)]):
                return True
            continue
        if not here or not _contained([new.ranges for new in here], line.versions):
            return True
        if "run" in line.types and not any("run" in new.types for new in here):
            return True
    return False


def _is_said(line: Line, kept: Sequence[Dependency], cells: Sequence[_Cell]) -> bool:
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
        if not here or not _contained([old.versions for old in here], line.ranges):
            return False
        if not set(line.types) <= {kind for old in here for kind in old.types}:
            return False
        if not set(line.variants) <= {variant for old in here for variant in old.variants}:
            return False
    return True


def _contained(inner: Sequence[str], outer: str) -> bool:
    """`spack_order.contained`, but ``22.5.0:`` is no less than ``22.5:``: only a release that is
    spelled 22.5 could tell them apart, and a person who wrote the one meant the other."""
    plain = [re.sub(r"(?:\.0)+:", ":", ranges) for ranges in (*inner, outer)]
    return spack_order.contained(plain[:-1], plain[-1])


def _without(ranges: str, known: Sequence[str], without: Set[str]) -> str:
    """What remains of version ranges when some known versions (oldest first) are taken out."""
    remaining: List[str] = []
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


def _kept_runs(members: Sequence[str], without: Set[str]) -> List[Tuple[int, int]]:
    runs: List[Tuple[int, int]] = []
    for at, version in enumerate(members):
        if version in without:
            continue
        if runs and runs[-1][1] == at - 1:
            runs[-1] = (runs[-1][0], at)
        else:
            runs.append((at, at))
    return runs

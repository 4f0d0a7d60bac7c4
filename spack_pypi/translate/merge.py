"""From the dependencies of each release to the fewest ``depends_on`` lines that say the same.

A requirement that stays is one line; one that tightens gets one more line for the newer versions,
since Spack intersects all lines that apply.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Callable

from ..recipe.model import BUILD, BUILD_RUN, LANGUAGES, Condition, Conflict, Dependency
from ..recipe.order import Key
from . import spack_order
from .holes import Excluded, separated
from .release_lines import fewest
from .spelling import is_for_one_python
from .versions import BoundaryRule, apart, boundary, is_pin, plainest, runs

#: A range text that holds for the releases from the first to the last index, oldest first.
_Stretch = tuple[str, int, int]
#: What the lines of a series share: package, variants, types, condition; and the one version that
#: they are for, if it is a release for one Python: the next one is for several Pythons, too.
_Series = tuple[str, tuple[str, ...], tuple[str, ...], Condition, str]


def span(versions: Sequence[str], first: int, last: int, ends: BoundaryRule = boundary) -> str:
    """The range that holds ``versions[first:last + 1]`` and ends where ``ends`` says, between
    these and their neighbours: by default so that ranges touch.

    ``versions`` are newest first; ``""`` when the whole list is meant.
    """
    low = ends(versions[last + 1], versions[last])[1] if last + 1 < len(versions) else ""
    high: str | None = ""
    if first > 0:
        high = ends(versions[first], versions[first - 1])[0]
        if high is None:
            exact = f"={versions[first]}"
            return exact if first == last else f"{span(versions, first + 1, last, ends)},{exact}"
    if not low or not high:
        return f"{low}:{high}" if low or high else ""
    mine = list(versions[first : last + 1])
    # ``2.1:2.1.0`` holds one version more than ``2.1.0``: ``2.1``, the same release.
    if ends is apart or re.fullmatch(rf"{re.escape(low)}(\.0)*", high):
        for prefix in (low, high):
            if [version for version in versions if spack_order.contains(prefix, version)] == mine:
                return prefix
    return f"{low}:{high}"


def spans(versions: Sequence[str], held: Container[str]) -> str:
    """The ranges that hold just some of the ``versions`` (newest first); empty for all, and for
    none."""
    last = len(versions) - 1
    found = runs(version in held for version in reversed(versions))
    ranges = [span(versions, last - b, last - a) for holds, a, b in reversed(found) if holds]
    return ",".join(filter(None, ranges))


def merge(
    versions: Sequence[str], dependencies: Sequence[Sequence[Dependency]]
) -> tuple[Dependency, ...]:
    """``depends_on`` lines for a recipe, as `with_exclusions` has them."""
    return with_exclusions(versions, dependencies)[0]


def with_exclusions(
    versions: Sequence[str],
    dependencies: Sequence[Sequence[Dependency]],
    spelled: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> tuple[tuple[Dependency, ...], tuple[Conflict, ...]]:
    """``depends_on`` lines for a recipe, and the conflicts with what lies in the holes of the
    ranges that these have without their holes.

    ``versions`` are all the recipe's versions newest first, ``dependencies`` those of each, in the
    project's own order, with conditions that name no versions. The lines are ordered as recipes
    are: languages, build, libraries and programs, python, run; those of one package newest first.
    There is one conflict for all holes of a package that hold as long. ``spelled`` are the
    versions of packages for which their ranges were made, where these are known.
    """
    plain, excluded = separated([fewest(lines) for lines in dependencies], spelled)
    lines = _merged(versions, plain)
    plainer = (
        replace(d, versions=_plainer(d.versions, spelled.get(d.package, ()))) for d in lines
    )
    return tuple(plainer), _exclusions(versions, excluded)


def _plainer(ranges: str, spelled: Collection[str]) -> str:
    """``2.0`` for ``2:2.0``, where no version is spelled 2."""
    low, _, high = ranges.partition(":")
    return plainest(low, high, spelled) if low and high and "," not in ranges else ranges


def _merged(
    versions: Sequence[str], plain: Sequence[Sequence[Dependency]]
) -> tuple[Dependency, ...]:
    order: dict[str, int] = {}
    series: dict[_Series, list[str | None]] = {}
    for at, lines in enumerate(plain):
        for line in lines:
            order.setdefault(line.package, len(order))
            is_single = line.package == "python" and is_for_one_python(versions[at])
            only = versions[at] if is_single else ""
            key = (line.package, line.variants, line.types, line.when, only)
            series.setdefault(key, [None] * len(versions))[at] = line.versions
    found: list[tuple[tuple[int, ...], Dependency]] = []
    for number, ((package, variants, types, when, only), texts) in enumerate(series.items()):
        last = len(versions) - 1
        for text, first_old, last_old in _stretches(texts[::-1]):
            ends = apart if is_pin(text) else boundary
            held = only or span(versions, last - last_old, last - first_old, ends)
            dependency = Dependency(package, text, variants, replace(when, versions=held), types)
            rank = (_kind(package, types), order[package], -last_old, -first_old, number)
            found.append((rank, dependency))
    found.sort(key=lambda ranked: ranked[0])
    return tuple(dependency for _, dependency in found)


def _exclusions(
    versions: Sequence[str], excluded: Sequence[Sequence[Excluded]]
) -> tuple[Conflict, ...]:
    last = len(versions) - 1
    found: dict[tuple[str, Condition], dict[str, None]] = {}
    for hole in dict.fromkeys(each for of_release in excluded for each in of_release):
        for holds, a, b in reversed(runs(hole in excluded[last - at] for at in range(last + 1))):
            if holds:
                when = replace(hole.when, versions=span(versions, last - b, last - a))
                found.setdefault((hole.package, when), {})[hole.versions] = None
    return tuple(
        Conflict(f"^{package}@{','.join(sorted(holes, key=_first))}", when)
        for (package, when), holes in found.items()
    )


def _first(ranges: str) -> Key:
    return spack_order.key(ranges.partition(":")[0])


def _kind(package: str, types: tuple[str, ...]) -> int:
    if package in LANGUAGES:
        return 0
    if types == BUILD:
        return 1
    if types != BUILD_RUN:
        return 2
    return 3 if package == "python" else 4


def _stretches(texts: Sequence[str | None]) -> list[_Stretch]:
    """The fewest stretches whose intersection gives each release (oldest first) its range, without
    the releases that do not depend on the package (None)."""
    found: list[_Stretch] = []
    for depends, start, end in runs(text is not None for text in texts):
        if not depends:
            continue
        block = [text or "" for text in texts[start : end + 1]]
        plain, stacked = runs(block), _stacked(block)
        best = stacked if len(stacked) <= len(plain) else plain
        found += [(text, start + first, start + last) for text, first, last in best]
    return found


def _stacked(block: Sequence[str]) -> list[_Stretch]:
    """Lower and upper bounds by themselves, each weakest bound for as long as it is true."""
    bounds = [_bounds(text) for text in block]
    lows = _layers([low for low, _, _ in bounds], weaker=_is_lower)
    highs = _layers([high for _, high, _ in bounds], weaker=_is_higher)
    others = [run for run in runs(other for _, _, other in bounds) if run[0]]
    joined: list[_Stretch] = []
    for low, first, last in lows:
        matching = next((h for h in highs if h[1:] == (first, last)), None)
        if matching:
            highs.remove(matching)
            high = matching[0]
            joined.append((low if low == high else f"{low}:{high}", first, last))
        else:
            joined.append((f"{low}:", first, last))
    joined += [(f":{high}", first, last) for high, first, last in highs]
    joined += others
    covered: set[int] = {at for _, first, last in joined for at in range(first, last + 1)}
    if len(covered) < len(block):
        joined.append(("", 0, len(block) - 1))
    return joined


def _bounds(text: str) -> tuple[str, str, str]:
    """(low, high, rest): a text that is not a single interval is all rest."""
    if "," in text or text.startswith("="):
        return "", "", text
    low, colon, high = text.partition(":")
    return (low, high, "") if colon else (low, low, "")


def _is_lower(one: str, other: str) -> bool:
    return not one or bool(other and spack_order.key(one) <= spack_order.key(other))


def _is_higher(one: str, other: str) -> bool:
    """``:one`` holds all that ``:other`` holds."""
    return not one or bool(other and spack_order.after(one) >= spack_order.after(other))


def _layers(bounds: Sequence[str], weaker: Callable[[str, str], bool]) -> list[_Stretch]:
    """The weakest bound over the whole sequence, and tighter ones on top where they hold."""

    def peel(first: int, last: int, below: str) -> list[_Stretch]:
        weakest = bounds[first]
        for bound in bounds[first + 1 : last + 1]:
            if weaker(bound, weakest):
                weakest = bound
        found = [(weakest, first, last)] if weakest and weakest != below else []
        at = first
        while at <= last:
            if weaker(bounds[at], weakest):
                at += 1
                continue
            end = at
            while end < last and not weaker(bounds[end + 1], weakest):
                end += 1
            found += peel(at, end, weakest)
            at = end + 1
        return found

    return peel(0, len(bounds) - 1, "")

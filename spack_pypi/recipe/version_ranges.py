"""Which versions Spack's version ranges hold.

A model of https://spack.readthedocs.io/en/latest/spec_syntax.html (version specifier), which tests
compare with Spack's own classes. So the same ranges are written with and without Spack.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from .order import BOTTOM, TOP, Key, after, key

#: From a key, up to but without another; or, where the third is true, just the first.
_Interval = tuple[Key, Key, bool]


@cache
def _intervals(ranges: str) -> tuple[_Interval, ...]:
    """(low, high, exact) of each range in a comma-separated list, without ``@``."""
    result = []
    for part in ranges.split(","):
        if part.startswith("="):
            exact = key(part[1:])
            result.append((exact, exact, True))
            continue
        low, colon, high = part.partition(":")
        high = high if colon else low
        result.append((key(low) if low else BOTTOM, after(high) if high else TOP, False))
    return tuple(result)


def contains(ranges: str, version: str) -> bool:
    """Whether Spack's ``@ranges`` holds the version; an empty ``ranges`` holds all."""
    if not ranges:
        return True
    mine = key(version)
    return any(
        mine == low if exact else low <= mine < high for low, high, exact in _intervals(ranges)
    )


def contained(inner: Sequence[str], outer: str) -> bool:
    """Whether ``@outer`` holds every version that all of ``inner`` hold."""
    return not outer or all(_covered(one, _intervals(outer)) for one in _common(inner))


def disjoint(inner: Sequence[str]) -> bool:
    """Whether no version is in all of the ranges."""
    return not _common(inner)


def _common(inner: Sequence[str]) -> list[_Interval]:
    left = [(BOTTOM, TOP, False)]
    for ranges in inner:
        if ranges:
            left = [both for one in left for both in _meet(one, _intervals(ranges))]
    return left


def met(one: str, other: str) -> str | None:
    """The range that holds what both hold, with the bounds of the two; None if one of them has
    several parts and neither contains the other, or if nothing is in both."""
    if contained([one], other):
        return one
    if contained([other], one):
        return other
    if re.search("[,=]", one + other):
        return None
    bounds = [(text if ":" in text else f"{text}:{text}").partition(":") for text in (one, other)]
    low = max((low for low, _, _ in bounds), key=lambda text: key(text) if text else BOTTOM)
    high = min((high for _, _, high in bounds), key=lambda text: after(text) if text else TOP)
    if low and high and not key(low) < after(high):
        return None
    return low if low == high else f"{low}:{high}"


def _meet(one: _Interval, others: Sequence[_Interval]) -> Iterator[_Interval]:
    """The parts of an interval that lie in any of the others."""
    low, high, exact = one
    for other_low, other_high, other_exact in others:
        if exact or other_exact:
            point = low if exact else other_low
            if _covered((point, point, True), [(other_low, other_high, other_exact)]) and (
                _covered((point, point, True), [one])
            ):
                yield point, point, True
        elif max(low, other_low) < min(high, other_high):
            yield max(low, other_low), min(high, other_high), False


def _covered(one: _Interval, others: Sequence[_Interval]) -> bool:
    low, high, exact = one
    if exact:
        return any(low == start if point else start <= low < end for start, end, point in others)
    while low < high:
        ends = [end for start, end, point in others if not point and start <= low < end]
        if not ends:
            return False
        low = max(ends)
    return True

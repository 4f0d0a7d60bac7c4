"""From PEP 440 specifiers to Spack version ranges with the same meaning.

The text is made from the meaning: a set of probes (the releases that exist and the next ones one
could imagine) is split by `packaging` into accepted and rejected, and each run of accepted
probes, in Spack's order, becomes the shortest range that holds it and its rejected neighbours not.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from itertools import groupby
from typing import Callable, Optional, TypeVar

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from ..recipe.order import Key
from . import spack_order
from .spelling import meant

#: More than any component of a release; above every calendar version.
_HIGHEST = 10**15


_Value = TypeVar("_Value")

#: Where ranges end and begin between an older version and a newer one: ``:high`` and ``low:``.
BoundaryRule = Callable[[str, str], tuple[Optional[str], str]]


class Inexpressible(ValueError):
    """No Spack range has this meaning; the text says why."""


def needs_releases(specifier: SpecifierSet) -> bool:
    """Whether the range depends on how the project spells its releases: ``<=2.5`` must know
    whether there is a 2.5.1, ``<2.5`` need not; ``>=2.5b1`` must know of a 2.5b1."""
    return any(
        not clause.version.endswith(".*")
        and (
            clause.operator in ("<=", "==", "!=", ">", "===")
            or Version(clause.version).is_prerelease
        )
        for clause in specifier
    )


def ranges(specifier: SpecifierSet, releases: Iterable[str] = ()) -> str:
    """The Spack ranges (without ``@``; ``""`` for every version) that hold exactly the versions
    which ``specifier`` accepts, of ``releases`` (in Spack's spelling) and of next ones.

    Raises `Inexpressible`. Final releases decide; a pre-release among ``releases`` counts too.
    """
    return _ranges(str(specifier), tuple(releases))


@cache
def _ranges(text: str, releases: tuple[str, ...]) -> str:
    specifier = SpecifierSet(text, prereleases=True)
    for clause in specifier:
        if clause.operator == "===":
            raise Inexpressible(f"'{clause}' compares text, not versions")
        bound = Version(clause.version.removesuffix(".*"))
        if bound.epoch:
            raise Inexpressible(f"Spack has no epochs: '{clause}'")
        if bound.local:
            raise Inexpressible(f"Spack has no local versions: '{clause}'")
    probes = sorted(
        _probes(specifier, releases), key=lambda probe: (spack_order.key(probe), probe)
    )
    accepted = [specifier.contains(_meaning(probe)) for probe in probes]
    if all(accepted):
        return ""
    found = [
        _range(probes, first, last, releases)
        for holds, first, last in runs(accepted)
        if holds and not _is_imagined(probes, first, last)
    ]
    if not found:
        raise Inexpressible(f"no version satisfies '{specifier}'")
    return ",".join(found)


def _is_imagined(probes: Sequence[str], first: int, last: int) -> bool:
    """Whether a run between two rejected versions holds nothing that was or could come next: with
    ``!=1.5.0,!=1.5.1`` only such as 1.5.0.7."""
    inside = first > 0 and last + 1 < len(probes)
    return inside and all(_HIGHEST in _meaning(p).release for p in probes[first : last + 1])


def runs(values: Iterable[_Value]) -> list[tuple[_Value, int, int]]:
    """The runs of equal values: the value, and the indexes of its first and its last one."""
    found: list[tuple[_Value, int, int]] = []
    for value, same in groupby(values):
        first = found[-1][2] + 1 if found else 0
        found.append((value, first, first + len(list(same)) - 1))
    return found


def _range(probes: Sequence[str], first: int, last: int, releases: Sequence[str]) -> str:
    """The shortest text that holds ``probes[first:last + 1]`` and not their neighbours."""
    alone = first == last and first > 0 and last + 1 < len(probes)
    if alone and probes[first] in releases:
        only = probes[first]
        holds_others = any(spack_order.contains(only, probe) for probe in probes if probe != only)
        return f"={only}" if holds_others else only
    low = lowest_after(probes[first - 1], probes[first]) if first > 0 else ""
    if last + 1 == len(probes):
        return f"{low}:"
    high = highest_before(probes[last], probes[last + 1])
    if high is None:
        exact = f"={probes[last]}"
        return exact if first == last else f"{_range(probes, first, last - 1, ())},{exact}"
    same = low and high and spack_order.key(low) == spack_order.key(high)
    return low if same else f"{low}:{high}"


def plainest(low: str, high: str, spelled: Collection[str]) -> str:
    """``low:high`` in as few words as it can be: ``high`` where both are one version, or for
    ``2:2.0``, which holds nothing more than ``2.0`` where versions are ``spelled`` otherwise."""
    if spack_order.key(low) == spack_order.key(high):
        return high
    is_zeros = re.fullmatch(rf"{re.escape(low)}([._-]0+)+", high)
    held = {text for text in spelled if spack_order.contains(f"{low}:{high}", text)}
    if is_zeros and held and all(spack_order.contains(high, text) for text in held):
        return high
    return f"{low}:{high}"


def _prefixes(version: str) -> list[str]:
    ends = [match.start() for match in re.finditer("[._-]", version)]
    return [version[:end] for end in (*ends, len(version))]


def lowest_after(rejected: str, accepted: str) -> str:
    """The shortest prefix ``x`` of ``accepted`` such that ``x:`` begins after ``rejected``."""
    for prefix in _prefixes(accepted):
        if spack_order.key(rejected) < spack_order.key(prefix) <= spack_order.key(accepted):
            return prefix
    raise AssertionError(f"{accepted} does not sort after {rejected}")


def highest_before(accepted: str, rejected: str) -> str | None:
    """The shortest prefix ``x`` of ``accepted`` such that ``:x`` does not hold ``rejected``;
    with zeros added where that helps (``:2.5.0`` holds 2.5 but not 2.5.1); None if there is none.
    """
    for candidate in (*_prefixes(accepted), f"{accepted}.0", f"{accepted}.0.0"):
        if not spack_order.contains(f":{candidate}", rejected):
            return candidate if spack_order.contains(f":{candidate}", accepted) else None
    return None


def apart(older: str, newer: str) -> tuple[str | None, str]:
    """The shortest ``:high`` and ``low:`` that hold just one of two versions."""
    return highest_before(older, newer), lowest_after(older, newer)


def boundary(older: str, newer: str) -> tuple[str | None, str]:
    """Where ranges of a recipe's own versions end and begin between two that follow each other:
    ``:high`` and ``low:``. They touch, so that what a repo may list in between later is in one of
    them; ``low`` is the shortest text that begins after the older version. Where no text ends just
    before such a one, ``high`` is the shortest that holds the older version; None if there is
    none."""
    for low in _prefixes(newer):
        high = before(low)
        if high is not None and spack_order.key(older) < spack_order.key(low):
            return high, low
    return apart(older, newer)


def before(low: str) -> str | None:
    """Where a range ends that leaves off just where ``low:`` begins: ``2.4`` for 2.5; None where
    no text says that."""
    number = re.fullmatch(r"((?:\d+[._-])*)(\d+)", low)
    if number is None or not int(number[2]):
        return None
    width = len(number[2]) if number[2].startswith("0") else 0  # 2024.08 comes before 2024.09
    return number[1] + str(int(number[2]) - 1).zfill(width)


def is_pin(ranges: str) -> bool:
    """Whether a range is made for one version: the next release requires another one."""
    plain = not re.search("[:,]", ranges)
    return plain and (ranges.startswith("=") or len(re.findall("[0-9]+", ranges)) > 2)


def _meaning(probe: str) -> Version:
    version = meant(probe)
    assert version is not None  # it was made by `_probes`
    return version


def _probes(specifier: SpecifierSet, releases: Sequence[str]) -> set[str]:
    by_key: dict[Key, str] = {}
    for release in releases:
        if meant(release) is not None:
            by_key.setdefault(spack_order.key(release), release)
    probes = set(by_key.values())
    meanings = {_meaning(release) for release in probes}
    for clause in specifier:
        bound = Version(clause.version.removesuffix(".*"))
        if bound not in meanings:
            spelled = spack_order.spelling(bound)
            if spelled is not None and not bound.is_prerelease:
                probes.add(spelled)
            if bound.post is None and not bound.is_prerelease:
                probes |= {_text(_padded(bound.release, n)) for n in (1, 2, 3)}
        if bound.post is not None:
            probes.add(_text(bound.release))  # it comes before its post-releases
        probes |= set(_neighbours(bound.release))
        if bound.is_prerelease and Version(bound.base_version) not in meanings:
            probes.add(_text(bound.release))
    newest = max((m.release for m in meanings), default=(0,))
    probes |= {_text((newest[0] + 1,)), _text((_HIGHEST,)), "0.0.0"}
    return probes


def _text(release: Iterable[int]) -> str:
    return ".".join(map(str, release))


def _padded(release: tuple[int, ...], length: int) -> tuple[int, ...]:
    """The release without trailing zeros, filled up with zeros to at least ``length``."""
    significant = list(release)
    while len(significant) > 1 and significant[-1] == 0:
        significant.pop()
    return tuple(significant + [0] * (length - len(significant)))


def _neighbours(release: tuple[int, ...]) -> Iterable[str]:
    """One step up and down in each component, and the highest of each series: the releases
    that could come next, or could have been."""
    padded = _padded(release, 3)
    for at in range(len(padded)):
        head, component = padded[:at], padded[at]
        yield _text((*head, component + 1))
        if at + 1 < len(padded):
            yield _text((*head, component, _HIGHEST))
        if component:
            yield _text((*head, component - 1, _HIGHEST))

"""Ranges with many holes: a plain range, and conflicts with what lies in the holes.

``@4:4.0.1,4.0.3:4.0,4.1.1:4.1,4.2.2:`` takes long to read; people write ``@4:`` and a conflict
with 4.0.2, 4.1.0 and 4.2:4.2.1. Up to two holes stay where they are.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from ..recipe.model import Condition, Dependency
from . import spack_order
from .versions import before, plainest

#: As many holes stay in a range.
_FEW = 2


@dataclass(frozen=True)
class Excluded:
    """Versions of a package that a release must not get, under a condition."""

    package: str
    versions: str
    when: Condition


def separated(
    releases: Sequence[Sequence[Dependency]],
    spelled: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> tuple[list[list[Dependency]], list[list[Excluded]]]:
    """The dependencies of each release, with plain ranges of those packages that have many holes
    in one of them, and what is excluded instead. They mean the same: a hole that has no exact text
    stays, and so does a package that is needed to build in one range and to run in another.
    ``spelled`` are the versions of packages for which the ranges were made, as far as they are
    known: ``1.5:1.5.0`` is ``1.5.0`` where there is no 1.5."""
    of_package: dict[str, list[Dependency]] = {}
    for lines in releases:
        for line in lines:
            of_package.setdefault(line.package, []).append(line)
    many = {package for package, lines in of_package.items() if _is_separable(lines)}
    plain: list[list[Dependency]] = []
    excluded: list[list[Excluded]] = []
    for lines in releases:
        split = [
            (line, _split(line.versions, spelled.get(line.package, ())))
            if line.package in many
            else (line, None)
            for line in lines
        ]
        plain.append([replace(d, versions=parts[0]) if parts else d for d, parts in split])
        excluded.append(
            [Excluded(d.package, each, d.when) for d, parts in split if parts for each in parts[1]]
        )
    return plain, excluded


def _is_separable(lines: Sequence[Dependency]) -> bool:
    return (
        any(line.versions.count(",") > _FEW for line in lines)
        and len({line.types for line in lines}) == 1
    )


def _split(ranges: str, spelled: Collection[str]) -> tuple[str, tuple[str, ...]]:
    """A range without its holes, and these; a hole that has no exact text stays in the range."""
    parts = [part if ":" in part else f"{part}:{part}" for part in ranges.split(",")]
    bounds = [part.partition(":")[::2] for part in parts]
    plain, (low, high) = [], bounds[0]
    holes: list[str] = []
    for next_low, next_high in bounds[1:]:
        hole = _hole(high, next_low, spelled)
        if hole is None:
            plain.append((low, high))
            low = next_low
        elif hole:
            holes.append(hole)
        high = next_high
    plain.append((low, high))
    return ",".join(a if a == b else f"{a}:{b}" for a, b in plain), tuple(holes)


def _hole(high: str, low: str, spelled: Collection[str]) -> str | None:
    """What lies after ``:high`` and before ``low:``; None where no text says just that."""
    number = re.fullmatch(r"((?:\d+\.)*)(\d+)", high)
    last = before(low)
    if number is None or last is None:
        return None
    if spack_order.after(high) == spack_order.key(low):
        return ""
    first = f"{number[1]}{int(number[2]) + 1}"
    return plainest(first, last, spelled)

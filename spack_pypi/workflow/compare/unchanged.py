"""Whether versions that were in a recipe mean what they meant before it got others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ...host.port import Cell, DeclaredDependency, Meaning
from ...translate import spack_order
from ...translate.spelling import meant
from . import oracle
from .oracle import CellSet, Matrix


def changes(
    before: Meaning, after: Meaning, cells: Sequence[Cell], only: Sequence[str] | None = None
) -> Iterator[str]:
    """The changes to the versions that ``before`` declares, or ``only`` to some of them: to their
    archives and licences, the variants, and, with the default variants and with each one
    switched, to the dependencies in each of the cells.

    A variant that only other versions have may be gone.
    """
    versions = [v for v in before.versions if only is None or v.text in only]
    declared = {version.text: version for version in after.versions}
    for version in versions:
        kept = declared.get(version.text) == version
        if not kept or after.archive(version.text) != before.archive(version.text):
            yield f"version {version.text}"
        if after.license(version.text) != before.license(version.text):
            yield f"the licence of {version.text}"
    for name, default in before.variants.items():
        gone = only is not None and name not in after.variants
        if after.variants.get(name) is not default and not gone:
            yield f"variant {name}"
    settings = [dict(before.variants)]
    settings += [{**before.variants, name: not on} for name, on in before.variants.items()]
    matrix = Matrix(tuple(cells))
    old, new = _with_cells(before, matrix), _with_cells(after, matrix)
    for version in versions:
        if meant(version.text) is None:
            continue  # a branch is not a release: it requires what the newest one does
        for setting in settings:
            was = _applying(old, version.text, setting)
            now = _applying(new, version.text, {**after.variants, **setting})
            if was == now:
                continue
            at = next((n for n in range(len(cells)) if not _equal(_in(was, n), _in(now, n))), None)
            if at is not None:
                where = cells[at]
                cell = f"Python {where.python} on {where.platform} {where.target}"
                different = sorted({*_printed(was, at)} ^ {*_printed(now, at)})
                yield f"dependencies of {version.text} with {cell}: {' and '.join(different)}"
                break


#: What a line requires, and in which cells: package, spec, types.
_Stated = tuple[str, str, tuple[str, ...], CellSet]


def _with_cells(meaning: Meaning, matrix: Matrix) -> list[tuple[DeclaredDependency, _Stated]]:
    return [
        (line, (line.package, line.text, line.types, oracle.where(matrix, line.holds_in)))
        for line in meaning.lines
    ]


def _applying(
    lines: Sequence[tuple[DeclaredDependency, _Stated]],
    version: str,
    variants: Mapping[str, bool],
) -> frozenset[_Stated]:
    return frozenset(stated for line, stated in lines if line.applies(version, variants))


@dataclass
class _Joined:
    """What all lines about one package require together, as Spack joins them."""

    ranges: list[str] = field(default_factory=list)
    types: set[str] = field(default_factory=set)
    others: set[str] = field(default_factory=set)


def _in(stated: frozenset[_Stated], at: int) -> dict[str, _Joined]:
    """What holds in the cell of this number."""
    by_package: dict[str, _Joined] = {}
    for package, text, types, where in sorted(stated, key=str):
        if where >> at & 1:
            match = re.match(r"[\w-]*(?:@([^\s+~%^]+))?", text)
            assert match is not None  # all of it is optional
            # A line without types is a conflict: it says nothing with others.
            joined = by_package.setdefault(package if types else text, _Joined())
            joined.ranges.append(match[1] or "")
            joined.types |= set(types)
            joined.others |= {*re.findall(r"[+~][\w-]+|[^\s+~]+", text[match.end() :])}
    return by_package


def _equal(was: Mapping[str, _Joined], now: Mapping[str, _Joined]) -> bool:
    return was.keys() == now.keys() and all(
        old.types == new.types
        and old.others == new.others
        and all(spack_order.contained(old.ranges, text) for text in new.ranges)
        and all(spack_order.contained(new.ranges, text) for text in old.ranges)
        for old, new in ((was[package], now[package]) for package in was)
    )


def _printed(stated: frozenset[_Stated], at: int) -> Iterator[str]:
    for _, text, types, where in stated:
        if where >> at & 1:
            yield f"'{text}' ({', '.join(types)})"

"""Versions that were in a recipe mean what they meant before it got others."""

from __future__ import annotations

from functools import lru_cache
from typing import FrozenSet, Iterator, List, Mapping, Sequence, Tuple

from ..host.port import Cell, DeclaredLine, Meaning
from .node import parsed


def changes(before: Meaning, after: Meaning, cells: Sequence[Cell]) -> Iterator[str]:
    """What is not as it was, for the versions that ``before`` declares: their archives, the
    variants, and, with the default variants and with each one switched, the dependencies in each
    of the cells. Nothing where all is unchanged."""
    declared = {version.text: version for version in after.versions}
    for version in before.versions:
        if declared.get(version.text) != version:
            yield f"the version {version.text} is not what it was"
    for name, default in before.variants.items():
        if after.variants.get(name) is not default:
            yield f"the variant {name} is not what it was"
    settings = [dict(before.variants)]
    settings += [{**before.variants, name: not on} for name, on in before.variants.items()]
    old, new = _with_cells(before, cells), _with_cells(after, cells)
    for version in before.versions:
        if parsed(version.text) is None:
            continue  # a branch is no release: it asks for what the newest one does
        for setting in settings:
            was = _asked(old, version.text, setting)
            now = _asked(new, version.text, {**after.variants, **setting})
            if was == now:
                continue
            different = sorted(_by_cell(was) ^ _by_cell(now), key=str)
            if different:
                cell, _, text, types = different[0]
                state = "gone" if different[0] in _by_cell(was) else "new"
                where = f"Python {cell.python} on {cell.platform} {cell.target}"
                yield f"of {version.text}, '{text}' ({', '.join(types)}) is {state} for {where}"
                break


#: What a line asks for, and in which cells: package, spec, types.
_Asked = Tuple[str, str, Tuple[str, ...], Tuple[Cell, ...]]


def _with_cells(
    meaning: Meaning, cells: Sequence[Cell]
) -> List[Tuple[DeclaredLine, Tuple[Cell, ...]]]:
    return [(line, tuple(c for c in cells if line.holds_in(c))) for line in meaning.lines]


def _asked(
    lines: Sequence[Tuple[DeclaredLine, Tuple[Cell, ...]]],
    version: str,
    variants: Mapping[str, bool],
) -> FrozenSet[_Asked]:
    return frozenset(
        (line.package, line.text, line.types, where)
        for line, where in lines
        if line.applies(version, variants)
    )


@lru_cache(maxsize=256)
def _by_cell(asked: FrozenSet[_Asked]) -> FrozenSet[Tuple[Cell, str, str, Tuple[str, ...]]]:
    """Two lines for two Pythons say what one says for both."""
    return frozenset(
        (cell, package, text, types) for package, text, types, where in asked for cell in where
    )

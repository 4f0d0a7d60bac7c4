"""Licences that change with a new release: which lines of a recipe end, and which are new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..recipe.model import Condition, License
from . import spack_order
from .license_comparison import same, same_family
from .merge import spans
from .revise import remaining
from .versions import Inexpressible


def relicense(
    stated: Sequence[License],
    versions: Sequence[str],
    new: Mapping[str, str],
    old: Mapping[str, str],
) -> tuple[Mapping[int, str], tuple[License, ...]]:
    """The plain ``license`` lines (by number) that end before new versions, each with the version
    range that remains of its ``when``; and the new lines, newest version first.

    ``versions`` are all that the recipe then has, oldest first. ``new`` maps new versions to their
    SPDX expression, ``old`` the same ones to that of the nearest release that the recipe lists,
    by the metadata of each. A licence is followed where both are known and differ: what a person
    wrote otherwise is left to them. Where a line cannot end in a version range, nothing changes.
    """
    excluded: dict[int, set[str]] = {}
    changed: dict[str, set[str]] = {}
    for version, expression in new.items():
        applying = [n for n, line in enumerate(stated) if _applies(line.when, version)]
        before = old.get(version, "")
        if len(applying) != 1 or not before or same_family(before, expression):
            continue
        (number,) = applying
        line = stated[number]
        alone = line.when == Condition(versions=line.when.versions)
        if alone and expression and not same(line.expression, expression):
            excluded.setdefault(number, set()).add(version)
            changed.setdefault(expression, set()).add(version)
    ends = {}
    for number, without in excluded.items():
        try:
            ends[number] = remaining(stated[number].when.versions, versions, without)
        except Inexpressible:
            return {}, ()
    if not all(ends.values()):
        return {}, ()
    newest_first = versions[::-1]
    added = [
        License(expression, Condition(versions=spans(newest_first, members)))
        for expression, members in changed.items()
    ]
    return ends, tuple(sorted(added, key=lambda line: _newest(line, versions), reverse=True))


def _applies(when: Condition, version: str) -> bool:
    return spack_order.contains(when.versions, version)


def _newest(line: License, versions: Sequence[str]) -> int:
    return max(at for at, version in enumerate(versions) if _applies(line.when, version))

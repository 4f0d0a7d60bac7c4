"""The dependencies of one release, in as few lines as say the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..recipe.model import ALWAYS, Condition, Dependency
from . import spack_order
from .conditions import joined


def fewest(lines: Sequence[Dependency]) -> list[Dependency]:
    """The lines of a release without those that others imply. Lines that differ in their
    conditions alone become one that holds where any of them does, lines of one condition that
    differ in their ranges and variants one with all of them. One for any version has no condition
    if others hold wherever it does not."""
    found = _of_all_conditions(_of_all_demands(_without_implied(lines)))
    return _without_implied(_for_any_version(found))


def _without_implied(lines: Sequence[Dependency]) -> list[Dependency]:
    kept: list[Dependency] = []
    for line in lines:
        if not any(_implies(other, line) for other in kept):
            kept = [other for other in kept if not _implies(line, other)]
            kept.append(line)
    return kept


def _implies(one: Dependency, other: Dependency) -> bool:
    """Whether a line says all that another one says, wherever that holds."""
    return (
        one.package == other.package
        and {*other.variants} <= {*one.variants}
        and spack_order.contained([one.versions], other.versions)
        and {*other.types} <= {*one.types}
        and _holds_within(one.when, other.when)
    )


def _holds_within(wide: Condition, narrow: Condition) -> bool:
    """Whether a condition holds wherever another one does; some answers are wrongly no."""
    targets = {*wide.target.split(",")}
    return (
        {*wide.variants} <= {*narrow.variants}
        and wide.platform in ("", narrow.platform)
        and (not wide.target or (narrow.target != "" and {*narrow.target.split(",")} <= targets))
        and spack_order.contained([narrow.python], wide.python)
    )


def _of_all_demands(lines: Sequence[Dependency]) -> list[Dependency]:
    """``py-x@1:+a`` and ``py-x@2:`` under one condition become ``py-x@2:+a``, if the range has a
    short text."""
    found: list[Dependency] = []
    for line in lines:
        for at, other in enumerate(found):
            versions = spack_order.met(other.versions, line.versions)
            if versions is not None and _place(other) == _place(line):
                found[at] = replace(other, versions=versions).with_variants(line.variants)
                break
        else:
            found.append(line)
    return found


def _place(line: Dependency) -> tuple[str, Condition, tuple[str, ...]]:
    return line.package, line.when, line.types


def _of_all_conditions(lines: Sequence[Dependency]) -> list[Dependency]:
    """Lines that differ in their conditions alone hold where any of these does."""
    found: dict[Dependency, list[Condition]] = {}
    for line in lines:
        place = Condition(variants=line.when.variants)
        found.setdefault(replace(line, when=place), []).append(line.when)
    return [
        replace(line, when=replace(condition, variants=line.when.variants))
        for line, conditions in found.items()
        for condition in joined(conditions)
    ]


def _for_any_version(lines: Sequence[Dependency]) -> list[Dependency]:
    """``py-x`` and ``py-x@2:`` for some Pythons, and ``py-x`` for all others, are two lines of
    which the first one holds always."""
    found: list[Dependency] = []
    for line in lines:
        always = replace(line, when=Condition(variants=line.when.variants))
        stronger = (
            o for o in lines if o is not line and _implies(replace(o, when=always.when), line)
        )
        places = [o.when for o in stronger if o.when.variants == line.when.variants]
        is_any = line.spec == line.package and places
        holds = is_any and joined([line.when, *places]) == (ALWAYS,)
        found.append(always if holds else line)
    return found

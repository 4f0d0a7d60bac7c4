"""From the requirements of one release to needs: what is needed, of which versions, and where."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from ..recipe.model import ALWAYS, BUILD, BUILD_RUN, Condition
from .conditions import (
    Undecidable,
    asked_elsewhere,
    cover,
    holds,
    holds_on_current_linux,
    supported,
)
from .environments import Cells, Environments, world_for
from .versions import ranges

#: What every PythonPackage is built with already, when nothing particular is asked of it.
IMPLIED = frozenset({"pip", "wheel"})


@dataclass(frozen=True)
class ProjectRequirement:
    """A requirement in one configuration: ``project`` and ``extras`` are normalized names,
    ``when`` carries no versions but maybe a variant (the dependent's own extra)."""

    project: str
    extras: tuple[str, ...]
    specifier: str
    when: Condition = ALWAYS
    types: tuple[str, ...] = BUILD_RUN


@dataclass(frozen=True)
class Untranslatable:
    """A requirement that no recipe can say: its text, why, and under which conditions it may apply
    (as for `ProjectRequirement`); none where recipes do not name any of its places."""

    declared: str
    reason: str
    conditions: tuple[Condition, ...] = (ALWAYS,)


@dataclass(frozen=True)
class Requirements:
    """The requirements of one release, parsed; ``invalid`` are the texts that could not be."""

    parsed: tuple[Requirement, ...]
    invalid: tuple[str, ...]


def parse(texts: Iterable[str]) -> Requirements:
    """Parse PEP 508 texts."""
    parsed: list[Requirement] = []
    invalid: list[str] = []
    for text in texts:
        try:
            parsed.append(Requirement(text))
        except InvalidRequirement:
            invalid.append(text)
    return Requirements(tuple(parsed), tuple(invalid))


def needs(
    project: str,
    requirements: Requirements,
    extras: Sequence[str] = (),
    requires_python: str = "",
    types: tuple[str, ...] = BUILD_RUN,
) -> tuple[tuple[ProjectRequirement, ...], tuple[Untranslatable, ...]]:
    """The needs of a release of ``project`` and of those of its ``extras`` that are wanted.

    Conditions are decided for the Pythons that ``requires_python`` (PEP 440) accepts.
    """
    world, relevant = _world(requirements.parsed, requires_python)
    unsaid = [
        Untranslatable(text, "is not a valid requirement (PEP 508)", conditions)
        for text in requirements.invalid
        for conditions in [_conditions_of_text(text, extras)]
        if conditions
    ]
    wanted = {extra: _including(project, extra, requirements, world, unsaid) for extra in extras}
    found: dict[tuple[str, tuple[str, ...], Condition], SpecifierSet] = {}
    for requirement in requirements.parsed:
        name = canonicalize_name(requirement.name)
        if name == project:
            continue
        inner = tuple(sorted(canonicalize_name(extra) for extra in requirement.extras))
        try:
            conditions = _conditions(requirement, wanted, world, relevant)
            if not conditions and _elsewhere(requirement, wanted, world, relevant):
                unsaid.append(
                    Untranslatable(str(requirement), "is for a place no recipe names", ())
                )
        except Undecidable as error:
            where = _where_undecided(requirement, wanted, error.platforms)
            unsaid.append(Untranslatable(str(requirement), str(error), where))
            continue
        if requirement.url:
            if conditions:
                unsaid.append(
                    Untranslatable(str(requirement), "names an address, not versions", conditions)
                )
            continue
        for condition in conditions:
            key = (name, inner, condition)
            found[key] = found.get(key, SpecifierSet()) & requirement.specifier
    all_needs = (
        ProjectRequirement(name, inner, str(specifier), condition, types)
        for (name, inner, condition), specifier in found.items()
    )
    return (
        tuple(n for n in all_needs if not _is_implied(n)),
        tuple(dict.fromkeys(unsaid)),
    )


def _is_implied(need: ProjectRequirement) -> bool:
    plain = not (need.specifier or need.extras)
    return plain and need.types == BUILD and need.project in IMPLIED


def _world(
    requirements: Sequence[Requirement], requires_python: str
) -> tuple[Environments, Cells]:
    try:
        accepted = SpecifierSet(requires_python)
    except InvalidSpecifier:
        accepted = SpecifierSet()
    texts = [str(r.marker) for r in requirements if r.marker is not None]
    world = world_for([*texts, str(accepted)])
    return world, supported(accepted, world)


def _including(
    project: str,
    extra: str,
    requirements: Requirements,
    world: Environments,
    unsaid: list[Untranslatable],
) -> frozenset[str]:
    """The extra and those of the project's own extras that it names (``all = foo[a,b]``); what
    cannot be decided of that is added to ``unsaid``."""
    included, todo = set(), [extra]
    while todo:
        current = todo.pop()
        if current in included:
            continue
        included.add(current)
        for requirement in requirements.parsed:
            if canonicalize_name(requirement.name) != project or requirement.marker is None:
                continue
            try:
                if holds(requirement.marker, current, world):
                    todo += [canonicalize_name(inner) for inner in requirement.extras]
            except Undecidable as error:
                where = tuple(Condition("", (f"+{extra}",), name) for name in error.platforms)
                unsaid.append(Untranslatable(str(requirement), str(error), where))
    return frozenset(included)


def _elsewhere(
    requirement: Requirement,
    wanted: Mapping[str, frozenset[str]],
    world: Environments,
    relevant: Cells,
) -> bool:
    extras = {"", *(name for included in wanted.values() for name in included)}
    return any(asked_elsewhere(requirement.marker, e, relevant, world) for e in sorted(extras))


def _conditions(
    requirement: Requirement,
    wanted: Mapping[str, frozenset[str]],
    world: Environments,
    relevant: Cells,
) -> tuple[Condition, ...]:
    """Where the requirement applies: without extras, and for each wanted extra where that adds
    something."""
    marker = requirement.marker
    always = holds(marker, "", world)
    conditions = list(cover(always, relevant, world))
    if marker is None or "extra" not in str(marker):
        return tuple(conditions)
    for extra, included in wanted.items():
        cells = 0
        for name in included:
            cells |= holds(marker, name, world)
        if not cells & relevant & ~always:
            continue
        conditions += [
            replace(box, variants=(f"+{extra}",)) for box in cover(cells, relevant, world)
        ]
    return tuple(conditions)


def _conditions_of_text(text: str, extras: Sequence[str]) -> tuple[Condition, ...]:
    """Where a requirement that cannot be parsed applies: with the extras that its text compares
    with, else always; nowhere if none of those is wanted."""
    named = re.findall(r"""extra\s*==\s*["']([^"']+)""", text)
    if not named:
        return (ALWAYS,)
    wanted = {canonicalize_name(name) for name in named} & set(extras)
    return tuple(Condition(variants=(f"+{extra}",)) for extra in sorted(wanted))


def _where_undecided(
    requirement: Requirement,
    wanted: Mapping[str, frozenset[str]],
    platforms: Sequence[str],
) -> tuple[Condition, ...]:
    """Where a requirement whose marker no recipe can decide may apply: on Linux, as a current one
    decides it."""
    assert requirement.marker is not None  # without one there is nothing to decide
    elsewhere = [Condition(platform=platform) for platform in platforms if platform != "linux"]
    if "linux" not in platforms:
        return tuple(elsewhere)
    if holds_on_current_linux(requirement.marker, ""):
        return (ALWAYS,)
    with_extras = [
        Condition(variants=(f"+{extra}",))
        for extra, included in wanted.items()
        if any(holds_on_current_linux(requirement.marker, name) for name in included)
    ]
    return (*with_extras, *elsewhere)


def python_ranges(requires_python: str) -> str:
    """Ranges of ``python`` for a Requires-Python text; ``<4`` says nothing and is dropped.

    Raises ValueError (`packaging.specifiers.InvalidSpecifier`, `versions.Inexpressible`).
    """
    text = ranges(SpecifierSet(requires_python))
    first, comma, last = text.rpartition(",")
    low, colon, high = last.partition(":")
    if colon and high == "3":
        text = first + comma + (f"{low}:" if low else "")
    elif last == "3":
        text = "3:"
    return "" if text in ("3:", "2:") else text

"""From the requirements of one release (PEP 508) to those that a recipe can express: of which
projects, in which versions, and under which conditions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from ..pypi.limits import requirement as parsed_requirement
from ..recipe.model import ALWAYS, BUILD, BUILD_RUN, Condition
from .conditions import (
    Undecidable,
    asked_elsewhere,
    cover,
    holds,
    holds_on_current_linux,
    ignored,
    supported,
)
from .environments import Cells, Environments, world_for
from .ports import for_older_pythons
from .versions import ranges

#: What every PythonPackage is built with already, when nothing particular is asked of it.
IMPLIED = frozenset({"pip", "wheel"})


@dataclass(frozen=True)
class ProjectRequirement:
    """A requirement under one condition: ``project`` and ``extras`` are normalized names, ``when``
    names no versions but maybe a variant (the dependent's own extra). As text: ``foo[bar]>=1``."""

    project: str
    extras: tuple[str, ...]
    specifier: str
    when: Condition = ALWAYS
    types: tuple[str, ...] = BUILD_RUN

    def __str__(self) -> str:
        extras = f"[{','.join(self.extras)}]" if self.extras else ""
        return f"{self.project}{extras}{self.specifier}"


#: What is declared in a file that cannot be read.
UNREAD = "build requirements"
#: What is known of a release by the modules of its wheel alone.
IMPORTED = "what its modules import"
#: What a source archive from which nothing can be built is called.
UNBUILT = "source archive"


@dataclass(frozen=True)
class Untranslatable:
    """A requirement that no recipe can express: its text (or `UNREAD`, `IMPORTED`, `UNBUILT`),
    why, and the conditions under which it may apply (as for `ProjectRequirement`); none where it
    applies only on platforms that recipes do not name."""

    declared: str
    reason: str
    conditions: tuple[Condition, ...] = (ALWAYS,)

    @property
    def sentence(self) -> str:
        """What a release does, and why that cannot be expressed."""
        if self.declared == UNREAD:
            return f"has {UNREAD} that cannot be read: {self.reason}"
        if self.declared == IMPORTED:
            return f"has a wheel that cannot be read: {self.reason}"
        if self.declared == UNBUILT:
            return f"cannot be built: {self.reason}"
        return f"declares '{self.declared}': {self.reason}"


class Translated(NamedTuple):
    """The requirements that a recipe can express, in the project's own order, and the others."""

    requirements: tuple[ProjectRequirement, ...] = ()
    untranslatable: tuple[Untranslatable, ...] = ()


def parse(texts: Iterable[str]) -> tuple[list[Requirement], list[str]]:
    """The requirements, and the texts that are not valid (PEP 508)."""
    found = [(text, parsed(text)) for text in texts]
    return [r for _, r in found if r is not None], [text for text, r in found if r is None]


def is_for_extra(requirement: Requirement) -> bool:
    """Whether an extra has a requirement, or may change whether it applies."""
    return "extra" in str(requirement.marker)


@lru_cache(maxsize=1 << 12)
def parsed(text: str) -> Requirement | None:
    """The requirement; None for an invalid one (PEP 508). Most releases of a project say the
    same, and what is guessed from a release is translated a moment later."""
    return parsed_requirement(text)


def translate(
    project: str,
    texts: Iterable[str],
    extras: Sequence[str] = (),
    requires_python: str = "",
    types: tuple[str, ...] = BUILD_RUN,
) -> Translated:
    """The requirements (PEP 508 ``texts``) of a release of ``project`` and of these ``extras``.

    Conditions are decided for the Python versions that ``requires_python`` (PEP 440) accepts.
    """
    parsed_texts, invalid = parse(texts)
    requirements = [for_older_pythons(each) for each in parsed_texts]
    world, relevant = _world(requirements, requires_python)
    untranslatable = [
        Untranslatable(text, "is not a valid requirement (PEP 508)", conditions)
        for text in invalid
        if (conditions := _conditions_of_text(text, extras))
    ]
    included = {
        extra: _including(project, extra, requirements, world, untranslatable) for extra in extras
    }
    every = sorted({"", *(name for names in included.values() for name in names)})
    found: dict[tuple[str, tuple[str, ...], Condition], SpecifierSet] = {}
    for requirement in requirements:
        name = canonicalize_name(requirement.name)
        if name == project:
            continue
        inner_extras = tuple(sorted(canonicalize_name(extra) for extra in requirement.extras))
        try:
            conditions = _conditions(requirement, included, world, relevant)
            if not conditions and any(
                asked_elsewhere(requirement.marker, extra, relevant, world) for extra in every
            ):
                reason = "applies only on platforms that Spack does not have"
                untranslatable.append(Untranslatable(str(requirement), reason, ()))
        except Undecidable as error:
            where = _where_undecided(requirement, included, error.platforms, world)
            untranslatable.append(Untranslatable(str(requirement), str(error), where))
            continue
        if requirement.url:
            if conditions:
                untranslatable.append(
                    Untranslatable(str(requirement), "names a URL, not versions", conditions)
                )
            continue
        for condition in conditions:
            key = (name, inner_extras, condition)
            found[key] = found.get(key, SpecifierSet()) & requirement.specifier
    translated = (
        ProjectRequirement(name, inner_extras, str(specifier), condition, types)
        for (name, inner_extras, condition), specifier in found.items()
    )
    return Translated(
        tuple(each for each in translated if not _is_implied(each)),
        tuple(dict.fromkeys(untranslatable)),
    )


def _is_implied(requirement: ProjectRequirement) -> bool:
    plain = not (requirement.specifier or requirement.extras)
    return plain and requirement.types == BUILD and requirement.project in IMPLIED


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
    requirements: Sequence[Requirement],
    world: Environments,
    untranslatable: list[Untranslatable],
) -> frozenset[str]:
    """The extra and those of the project's own extras that it names (``all = foo[a,b]``); what
    cannot be decided of that is added to ``untranslatable``."""
    included, todo = set(), [extra]
    while todo:
        current = todo.pop()
        if current in included:
            continue
        included.add(current)
        for requirement in requirements:
            if canonicalize_name(requirement.name) != project or requirement.marker is None:
                continue
            try:
                if holds(requirement.marker, current, world):
                    todo += [canonicalize_name(inner) for inner in requirement.extras]
            except Undecidable as error:
                where = tuple(Condition("", (f"+{extra}",), name) for name in error.platforms)
                untranslatable.append(Untranslatable(str(requirement), str(error), where))
    return frozenset(included)


def _conditions(
    requirement: Requirement,
    included: Mapping[str, frozenset[str]],
    world: Environments,
    relevant: Cells,
) -> tuple[Condition, ...]:
    """Where the requirement applies: without extras, and for each extra where that adds
    something; ``included`` are the extras that each extra includes."""
    marker = requirement.marker
    unsaid = ignored(marker, world)
    always = holds(marker, "", world)
    conditions = list(cover(always, relevant, world, unsaid))
    if not is_for_extra(requirement):
        return tuple(conditions)
    for extra, names in included.items():
        cells = 0
        for name in names:
            cells |= holds(marker, name, world)
        if not cells & relevant & ~always & ~unsaid:
            continue
        conditions += [
            replace(box, variants=(f"+{extra}",)) for box in cover(cells, relevant, world, unsaid)
        ]
    return tuple(conditions)


def _conditions_of_text(text: str, extras: Sequence[str]) -> tuple[Condition, ...]:
    """Where a requirement that cannot be parsed applies: with the extras that its text compares
    with, else always; nowhere if none of those is among ``extras``."""
    named = re.findall(r"""extra\s*==\s*["']([^"']+)""", text)
    if not named:
        return (ALWAYS,)
    compared = {canonicalize_name(name) for name in named} & set(extras)
    return tuple(Condition(variants=(f"+{extra}",)) for extra in sorted(compared))


def _where_undecided(
    requirement: Requirement,
    included: Mapping[str, frozenset[str]],
    platforms: Sequence[str],
    world: Environments,
) -> tuple[Condition, ...]:
    """Where a requirement whose marker no recipe can decide may apply: on Linux, as a current one
    decides it."""
    assert requirement.marker is not None  # without one there is nothing to decide
    variants: list[tuple[str, ...]] = [()]
    with suppress(Undecidable):
        holds(requirement.marker, "", world)
        variants = [(f"+{extra}",) for extra in included]  # it is decided without any
    elsewhere = [
        Condition(platform=platform, variants=each)
        for each in variants
        for platform in platforms
        if platform != "linux"
    ]
    if "linux" not in platforms:
        return tuple(elsewhere)
    if holds_on_current_linux(requirement.marker, ""):
        return (ALWAYS,)
    with_extras = [
        Condition(variants=(f"+{extra}",))
        for extra, names in included.items()
        if any(holds_on_current_linux(requirement.marker, name) for name in names)
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


def without_python_2(text: str) -> str:
    """The same `python_ranges` without those that have no Python 3, such as ``2.7:2``, if there
    are others; empty where they then accept all."""
    parts = text.split(",")
    kept = [part for part in parts if part.rpartition(":")[2].partition(".")[0] != "2"]
    text = ",".join(kept or parts)
    return "" if re.fullmatch(r"2(\.\d+)*:", text) else text

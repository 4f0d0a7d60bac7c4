"""From PEP 508 markers to Spack conditions with the same meaning.

A marker is the set of cells of the finite world (`world`) where `packaging` says it holds; the set
is then covered with as few boxes as a greedy cover finds, each of which is one ``when=``.

What is in no cell does not exist here, and requirements for it are dropped silently: other
implementations than CPython, Pythons older than the world, platforms and machines that Spack does
not have (cygwin, emscripten, aix, s390x). Two things are reported instead:

- a variable that no cell decides: the running kernel's release and version, ``extras`` and
  ``dependency_groups``, which only lock files have, and whatever a later `packaging` adds. Where
  the marker comes out the same whatever its value, it is decided nonetheless; else it is
  `Undecidable`, in whole, since a part of it would be a guess.
- a requirement for nothing but places that Spack can have and recipes do not name
  (`asked_elsewhere`). One that is also for a place of the world is written for that place.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from itertools import combinations, product

from packaging.markers import Marker, UndefinedComparison, UndefinedEnvironmentName
from packaging.specifiers import SpecifierSet

from ..recipe.model import Condition
from . import spack_order
from .environments import (
    ELSEWHERE,
    MACHINES,
    PLACES,
    PLATFORMS,
    Architecture,
    By,
    Cells,
    Environments,
    PythonSlice,
    environment,
    linux_today,
    places,
    variables,
    world_for,
)
from .versions import runs

_OF_PYTHON, _OF_PLACE = variables(By.PYTHON), variables(By.PLACE)
_DECIDED = variables(By.PYTHON, By.PLACE, By.ALWAYS) | {"extra"}
_SIDE = r"""\w+|"[^"]*"|'[^']*'"""
#: A comparison in the text that `packaging` gives a marker, and what else may be in there.
_COMPARISON = re.compile(rf"({_SIDE}) (?:===|==|~=|!=|<=|>=|<|>|not in|in) ({_SIDE})")
_REST = re.compile(r"(?:[() ]|and|or)*")
#: What always holds, and what never does.
_TRUE, _FALSE = 'python_version >= "0"', 'python_version < "0"'

#: All sets of machines, the largest first.
_MACHINE_SETS = [s for size in range(len(MACHINES), 0, -1) for s in combinations(MACHINES, size)]
#: What `packaging` raises for a marker that it cannot evaluate; before 26.3 it is KeyError for a
#: variable that only lock files have.
_NO_ANSWER = (UndefinedComparison, UndefinedEnvironmentName, KeyError)


class Undecidable(ValueError):
    """The marker depends on something that no recipe can know; the text says what. ``platforms``
    are those of Spack where it may hold."""

    def __init__(self, text: str, platforms: tuple[str, ...]) -> None:
        super().__init__(text)
        self.platforms = platforms


def holds(marker: Marker | None, extra: str, world: Environments) -> Cells:
    """The cells where ``marker`` holds with ``extra`` (``""``: without any).

    Raises `Undecidable` where that depends on what no cell decides.
    """
    return world.everywhere if marker is None else _holds(str(marker), extra, world)


@cache
def _holds(text: str, extra: str, world: Environments) -> Cells:
    unknown = _variables(text) - _DECIDED
    if not unknown:
        return _evaluated(text, extra, world)
    # There is no negation but in the comparisons: as these hold more, so does the marker.
    least, most = (_evaluated(_with(text, known), extra, world) for known in (_FALSE, _TRUE))
    if least != most:
        raise Undecidable(
            f"'{text}' depends on {' and '.join(sorted(unknown))}, which no recipe can know",
            world.platforms_in(most),
        )
    return least


@cache
def _variables(text: str) -> frozenset[str]:
    """The variables of a marker. Raises `Undecidable` for what is not a marker that we know."""
    if not _REST.fullmatch(_COMPARISON.sub("", text)):
        raise Undecidable(f"'{text}' has a form that spack-pypi does not support", (*PLATFORMS,))
    sides = [side for match in _COMPARISON.finditer(text) for side in match.groups()]
    return frozenset(side for side in sides if side[0] not in "\"'")


def _with(text: str, known: str) -> str:
    """The marker with ``known`` in place of all comparisons that no cell decides."""
    return _COMPARISON.sub(
        lambda match: match[0] if _variables(match[0]) <= _DECIDED else known, text
    )


def _evaluated(text: str, extra: str, world: Environments) -> Cells:
    return sum(
        world.box(pythons, sum(1 << place for place in where))
        for pythons, where in _where(text, extra, world.pythons, PLACES)
    )


def _where(
    text: str, extra: str, pythons: Sequence[PythonSlice], places: Sequence[Architecture]
) -> Iterator[tuple[Sequence[int], Sequence[int]]]:
    """The Pythons and places, by index, with which a marker holds: each of the ones together with
    each of the others. Raises `Undecidable`.

    `packaging` evaluates the marker once for all in which each of its comparisons comes out the
    same."""
    marker = Marker(text)
    comparisons = [match[0] for match in _COMPARISON.finditer(text)]
    alike = [
        _alike(comparisons, _OF_PYTHON, [environment(python, places[0]) for python in pythons]),
        _alike(comparisons, _OF_PLACE, [environment(pythons[0], place) for place in places]),
    ]
    for some_pythons, some_places in product(*alike):
        values = environment(pythons[some_pythons[0]], places[some_places[0]])
        if _evaluate(marker, {**values, "extra": extra}):
            yield some_pythons, some_places


def _alike(
    comparisons: Sequence[str],
    named: frozenset[str],
    environments: Sequence[Mapping[str, str]],
) -> Collection[Sequence[int]]:
    """Environments by index, in groups in which the comparisons of ``named`` variables come out
    the same."""
    outcomes = [
        [_outcome(comparison, name, values[name]) for values in environments]
        for comparison in comparisons
        for name in _variables(comparison) & named
    ]
    groups: dict[tuple[str, ...], list[int]] = {}
    for at in range(len(environments)):
        groups.setdefault(tuple(outcome[at] for outcome in outcomes), []).append(at)
    return groups.values()


@cache
def _outcome(comparison: str, name: str, value: str) -> str:
    """What comes of a comparison where a variable has this value; the value itself where that
    cannot be said."""
    try:
        return str(_evaluate(Marker(comparison), {name: value, "extra": ""}))
    except Undecidable:
        return value


def holds_on_current_linux(marker: Marker, extra: str) -> bool:
    """Whether a marker about the kernel holds on a current Linux; True where `packaging` cannot
    evaluate it either, so that nothing gets lost."""
    try:
        return marker.evaluate({**linux_today(), "extra": extra})
    except _NO_ANSWER:
        return True


def _evaluate(marker: Marker, environment: Mapping[str, str]) -> bool:
    try:
        return marker.evaluate(dict(environment))
    except _NO_ANSWER as error:
        raise Undecidable(f"'{marker}' cannot be evaluated: {error}", (*PLATFORMS,)) from None


def asked_elsewhere(
    marker: Marker | None, extra: str, relevant: Cells, world: Environments
) -> bool:
    """Whether a marker holds in a place that Spack can have but recipes do not name, for one of
    the Pythons of ``relevant``. Raises `Undecidable`."""
    if marker is None or not _variables(str(marker)) & _OF_PLACE:
        return False
    pythons = [world.pythons[at] for at in world.slices_in(relevant)]
    return bool(pythons) and any(_where(str(marker), extra, pythons, ELSEWHERE))


@cache
def supported(requires_python: SpecifierSet, world: Environments) -> Cells:
    """The cells whose Python the release accepts."""
    return world.slices(
        at for at, python in enumerate(world.pythons) if requires_python.contains(python.full)
    )


def ignored(marker: Marker | None, world: Environments) -> Cells:
    """The cells in which no recipe says whether the marker holds. No recipe spells out FreeBSD to
    complete "not Windows": only a marker that names it is about it."""
    named = marker is not None and "bsd" in str(marker).lower()
    return 0 if named else world.on("freebsd")


@cache
def cover(
    wanted: Cells, relevant: Cells, world: Environments, ignored: Cells = 0
) -> tuple[Condition, ...]:
    """Conditions that hold where ``wanted`` does within ``relevant``; elsewhere anything goes. In
    what is ``ignored`` they may hold where it is wanted, or where one holds in all other cells.

    As few as a greedy cover gives, the simplest text first; none when nothing is wanted.
    """
    needed = wanted & relevant & ~ignored
    if not needed:
        return ()
    if needed == relevant & ~ignored:
        return (Condition(),)
    boxes = _boxes(wanted | (world.everywhere & ~relevant), relevant, world)
    chosen: list[Condition] = []
    while needed:
        condition, held = min(
            boxes,
            key=lambda box: (-bin(box[1] & needed).count("1"), _simplicity(box[0]), str(box[0])),
        )
        chosen.append(condition)
        needed &= ~held
    return tuple(chosen)


def _simplicity(condition: Condition) -> tuple[int, int]:
    parts = (condition.platform, condition.target, condition.python)
    return sum(1 for part in parts if part), sum(part.count(",") for part in parts)


def _boxes(allowed: Cells, relevant: Cells, world: Environments) -> list[tuple[Condition, Cells]]:
    """The largest boxes inside ``allowed``: for each choice of platform and set of machines, all
    Pythons that fit."""
    boxes = []
    cared = world.slices_in(relevant)
    for platform, machines in product(("", *PLATFORMS), _MACHINE_SETS):
        where = places(platform, machines)
        fitting = world.fitting(allowed, where)
        held = world.box(fitting, where) & relevant
        if held:
            everywhere = len(machines) == len(MACHINES)
            condition = Condition(
                platform=platform,
                target="" if everywhere else ",".join(f"{machine}:" for machine in machines),
                python=_python_ranges(fitting, cared, world),
            )
            boxes.append((condition, held))
    return boxes


def _python_ranges(fitting: Sequence[int], cared: Sequence[int], world: Environments) -> str:
    """Ranges of ``python`` that hold the fitting slices and none of the others that are cared
    about; ``""`` when all of those fit. Slices are given by index, in order."""
    fits = set(fitting)
    if fits.issuperset(cared):
        return ""
    texts = []
    for fit, first, last in runs(at in fits for at in cared):
        if fit:
            low = world.pythons[cared[first]].first if first else ""
            high = world.pythons[cared[last]].last if last + 1 < len(cared) else ""
            texts.append(low if low == high else f"{low}:{high}")
    return ",".join(texts)


def joined(conditions: Sequence[Condition]) -> tuple[Condition, ...]:
    """The fewest conditions that hold where any of these does, versions and variants aside."""
    if len(conditions) < 2:
        return tuple(conditions)
    world = world_for(condition.python for condition in conditions)
    cells = 0
    for condition in conditions:
        cells |= _cells(condition, world)
    named = any(condition.platform == "freebsd" for condition in conditions)
    relevant = world.everywhere if named else world.everywhere & ~world.on("freebsd")
    found = cover(cells, relevant, world)
    return found if len(found) < len(conditions) else tuple(conditions)


def _cells(condition: Condition, world: Environments) -> Cells:
    """Where a condition holds, versions and variants aside."""
    targets = [target.rstrip(":") for target in condition.target.split(",") if target]
    pythons = [
        at
        for at, python in enumerate(world.pythons)
        if spack_order.contains(condition.python, python.full)
    ]
    return world.box(pythons, places(condition.platform, targets or MACHINES))


def both(one: Condition, other: Condition) -> Condition | None:
    """The condition where both hold; None where that is nowhere. Two different ranges of one kind
    keep the first one: the wider condition, which adds more than needed but loses nothing."""
    if one.platform and other.platform and one.platform != other.platform:
        return None
    return Condition(
        variants=one.variants,
        platform=one.platform or other.platform,
        target=one.target or other.target,
        python=one.python or other.python,
    )

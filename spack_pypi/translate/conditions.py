"""From PEP 508 markers to Spack conditions with the same meaning.

A marker is the set of cells of the finite world (`world`) where `packaging` says it holds; the set
is then covered with as few boxes as a greedy cover finds, each of which is one ``when=``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import combinations, product
from typing import List, Optional, Sequence, Tuple

from packaging.markers import Marker, UndefinedComparison, UndefinedEnvironmentName
from packaging.specifiers import SpecifierSet

from ..recipe.model import Condition
from .world import MACHINES, PLATFORMS, Cells, PythonSlice, World, environment, places

_OF_A_PLACE = re.compile(r"sys_platform|platform_system|platform_machine|os_name")
_OF_A_PYTHON = re.compile(r"python_version|python_full_version|implementation_version")


#: A Python of today.
_CURRENT = PythonSlice("3.13", "3.13.0", "3.13", "3.13")


class Undecidable(ValueError):
    """The marker asks for something that no recipe can know; the text says what."""


def holds(marker: Optional[Marker], extra: str, world: World) -> Cells:
    """The cells where ``marker`` holds when ``extra`` is asked for (``""``: none is).

    Raises `Undecidable` for markers about a kernel's release or build.
    """
    return world.everywhere if marker is None else _holds(str(marker), extra, world)


@lru_cache(maxsize=None)
def _holds(text: str, extra: str, world: World) -> Cells:
    if re.search(r"platform_(release|version)", text):
        raise Undecidable(f"'{text}' depends on the running kernel")
    marker = Marker(text)
    # One evaluation for all cells that the marker cannot tell apart.
    by_place, by_python = _OF_A_PLACE.search(text), _OF_A_PYTHON.search(text)
    answers: dict[Tuple[int, int], bool] = {}
    cells = 0
    for python, place, values in world.environments():
        known = (python if by_python else 0, place if by_place else 0)
        if known not in answers:
            try:
                answers[known] = marker.evaluate({**values, "extra": extra})
            except (UndefinedComparison, UndefinedEnvironmentName) as error:
                raise Undecidable(f"'{text}' cannot be evaluated: {error}") from None
        if answers[known]:
            cells |= world.cell(python, place)
    return cells


def holds_on_current_linux(marker: Marker, extra: str) -> bool:
    """Whether a marker that asks about the kernel holds on a current Linux; True where `packaging`
    cannot tell either, so that nothing gets lost."""
    kernel = {"platform_release": "6.8.0", "platform_version": "1"}
    try:
        return marker.evaluate(
            {**environment(_CURRENT, ("linux", "x86_64")), **kernel, "extra": extra}
        )
    except (UndefinedComparison, UndefinedEnvironmentName):
        return True


@lru_cache(maxsize=None)
def supported(requires_python: SpecifierSet, world: World) -> Cells:
    """The cells whose Python the release accepts."""
    return world.slices(
        at for at, python in enumerate(world.pythons) if requires_python.contains(python.full)
    )


@lru_cache(maxsize=None)
def cover(wanted: Cells, relevant: Cells, world: World) -> Tuple[Condition, ...]:
    """Conditions whose union is ``wanted`` within ``relevant``; elsewhere anything goes.

    As few as a greedy cover gives, the simplest text first; none when nothing is wanted.
    """
    needed = wanted & relevant
    if not needed:
        return ()
    if needed == relevant:
        return (Condition(),)
    boxes = _boxes(wanted | (world.everywhere & ~relevant), relevant, world)
    chosen: List[Condition] = []
    while needed:
        condition, held = min(
            boxes, key=lambda box: (-_count(box[1] & needed), _simplicity(box[0]), str(box[0]))
        )
        chosen.append(condition)
        needed &= ~held
    return tuple(chosen)


def _count(cells: Cells) -> int:
    return bin(cells).count("1")


def _simplicity(condition: Condition) -> Tuple[int, int]:
    parts = (condition.platform, condition.target, condition.python)
    return sum(1 for part in parts if part), sum(part.count(",") for part in parts)


def _boxes(allowed: Cells, relevant: Cells, world: World) -> List[Tuple[Condition, Cells]]:
    """The largest boxes inside ``allowed``: for each choice of platform and set of machines, all
    Pythons that fit."""
    boxes = []
    cared = world.slices_in(relevant)
    for platform, machines in product(("", *PLATFORMS), _machine_sets()):
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


def _machine_sets() -> List[Tuple[str, ...]]:
    sizes = range(len(MACHINES), 0, -1)
    return [subset for size in sizes for subset in combinations(MACHINES, size)]


def _python_ranges(fitting: Sequence[int], cared: Sequence[int], world: World) -> str:
    """Ranges of ``python`` that hold the fitting slices and none of the others that are cared
    about; ``""`` when all of those fit. Slices are given by index, in order."""
    fits = set(fitting)
    if fits.issuperset(cared):
        return ""
    runs: List[List[int]] = []
    previous_fits = False
    for at in cared:
        if at in fits and previous_fits:
            runs[-1].append(at)
        elif at in fits:
            runs.append([at])
        previous_fits = at in fits
    texts = []
    for run in runs:
        low = "" if run[0] == cared[0] else world.pythons[run[0]].first
        high = "" if run[-1] == cared[-1] else world.pythons[run[-1]].last
        texts.append(low if low == high else f"{low}:{high}")
    return ",".join(texts)


def both(one: Condition, other: Condition) -> Optional[Condition]:
    """The condition where both hold; None where that is nowhere. Two different ranges of one kind
    keep the first one: the wider condition, which asks for more than needed but loses nothing."""
    if one.platform and other.platform and one.platform != other.platform:
        return None
    return Condition(
        variants=one.variants,
        platform=one.platform or other.platform,
        target=one.target or other.target,
        python=one.python or other.python,
    )

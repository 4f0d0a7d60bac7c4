"""From PEP 508 markers to Spack conditions with the same meaning.

A marker is the set of cells of the finite world (`world`) where `packaging` says it holds; the set
is then covered with as few boxes as a greedy cover finds, each of which is one ``when=``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import combinations, product
from typing import FrozenSet, Iterable, List, Optional, Sequence, Tuple

from packaging.markers import Marker, UndefinedComparison, UndefinedEnvironmentName
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from ..recipe.model import Condition
from .world import (
    MACHINES,
    PLACES,
    PLATFORMS,
    Cell,
    Cells,
    PythonSlice,
    cells,
    environment,
    python_slices,
)

_FULL_VERSION = re.compile(r"\d+\.\d+\.\d+")


class Undecidable(ValueError):
    """The marker asks for something that no recipe can know; the text says what."""


def holds(marker: Optional[Marker], extra: str, pythons: Sequence[PythonSlice]) -> Cells:
    """The cells where ``marker`` holds when ``extra`` is asked for (``""``: none is).

    Raises `Undecidable` for markers about a kernel's release or build.
    """
    if marker is None:
        return cells(pythons)
    if re.search(r"platform_(release|version)", str(marker)):
        raise Undecidable(f"'{marker}' depends on the running kernel")
    try:
        return frozenset(cell for cell in cells(pythons) if _holds(str(marker), extra, cell))
    except (UndefinedComparison, UndefinedEnvironmentName) as error:
        raise Undecidable(f"'{marker}' cannot be evaluated: {error}") from None


@lru_cache(maxsize=None)
def _parsed(marker: str) -> Marker:
    return Marker(marker)


@lru_cache(maxsize=None)
def _holds(marker: str, extra: str, cell: Cell) -> bool:
    return _parsed(marker).evaluate({**environment(cell), "extra": extra})


def slices_for(markers: Iterable[Optional[Marker]], python: str) -> Tuple[PythonSlice, ...]:
    """The Python axis that these markers and a Requires-Python text need."""
    texts = [str(marker) for marker in markers if marker is not None and "full" in str(marker)]
    texts.append(python)
    cuts = {Version(found) for text in texts for found in _FULL_VERSION.findall(text)}
    after = {Version(f"{cut.major}.{cut.minor}.{cut.micro + 1}") for cut in cuts}
    return python_slices(sorted(cuts | after))


def supported(requires_python: SpecifierSet, pythons: Sequence[PythonSlice]) -> Cells:
    """The cells whose Python the release accepts."""
    return cells(python for python in pythons if requires_python.contains(python.full))


def cover(wanted: Cells, relevant: Cells, pythons: Sequence[PythonSlice]) -> Tuple[Condition, ...]:
    """Conditions whose union is ``wanted`` within ``relevant``; elsewhere anything goes.

    As few as a greedy cover gives, the simplest text first; none when nothing is wanted.
    """
    needed = set(wanted & relevant)
    if not needed:
        return ()
    allowed = wanted | (cells(pythons) - relevant)
    boxes = _boxes(allowed, relevant, pythons)
    chosen: List[Condition] = []
    while needed:
        condition, held = min(
            boxes, key=lambda box: (-len(box[1] & needed), _simplicity(box[0]), str(box[0]))
        )
        chosen.append(condition)
        needed -= held
    return tuple(chosen)


def _simplicity(condition: Condition) -> Tuple[int, int]:
    parts = (condition.platform, condition.target, condition.python)
    return sum(1 for part in parts if part), sum(part.count(",") for part in parts)


def _boxes(
    allowed: Cells, relevant: Cells, pythons: Sequence[PythonSlice]
) -> List[Tuple[Condition, FrozenSet[Cell]]]:
    """The largest boxes inside ``allowed``: for each choice of platform and set of machines, all
    Pythons that fit."""
    free = {python for python, _ in relevant}
    boxes = []
    for platform, machines in product(("", *PLATFORMS), _machine_sets()):
        places = [place for place in PLACES if platform in ("", place[0]) and place[1] in machines]
        fitting = [
            python for python in pythons if all((python, place) in allowed for place in places)
        ]
        held = frozenset(product(fitting, places)) & relevant
        if held:
            everywhere = len(machines) == len(MACHINES)
            condition = Condition(
                platform=platform,
                target="" if everywhere else ",".join(f"{machine}:" for machine in machines),
                python=_python_ranges(fitting, free, pythons),
            )
            boxes.append((condition, held))
    return boxes


def _machine_sets() -> List[Tuple[str, ...]]:
    sizes = range(len(MACHINES), 0, -1)
    return [subset for size in sizes for subset in combinations(MACHINES, size)]


def _python_ranges(
    fitting: Sequence[PythonSlice],
    relevant: Iterable[PythonSlice],
    pythons: Sequence[PythonSlice],
) -> str:
    """Ranges of ``python`` that hold the fitting slices and no other relevant one; ``""`` when
    all relevant ones fit."""
    fits, cared = set(fitting), set(relevant)
    if cared <= fits:
        return ""
    runs: List[List[PythonSlice]] = []
    open_run = False
    for python in pythons:
        if python not in cared:
            continue
        if python in fits:
            if open_run:
                runs[-1].append(python)
            else:
                runs.append([python])
        open_run = python in fits
    ordered = [python for python in pythons if python in cared]
    texts = []
    for run in runs:
        low = "" if run[0] == ordered[0] else run[0].first
        high = "" if run[-1] == ordered[-1] else run[-1].last
        texts.append(low if low == high else f"{low}:{high}")
    return ",".join(texts)

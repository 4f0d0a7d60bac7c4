"""The finite world in which conditions are decided: cells of (Python, platform, machine).

Facts as data: the strings that CPython reports on each platform (PEP 508 environment markers) and
what Spack calls the same thing. What is not listed does not exist for our recipes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Callable, NamedTuple

#: The first Python 3 minor of the world, and one that is far in the future: ``<3.15`` must be
#: ``^python@:3.14`` whether or not 3.15 is out. Spack itself needs 3.6.
OLDEST_MINOR, NEWEST_MINOR = 6, 40


@dataclass(frozen=True)
class Machine:
    """``platform_machine`` (PEP 508) of a target family of Spack, and the platform tags of the
    wheels that run there, as a pattern; empty where recipes list no wheels."""

    name: str
    wheels: str = ""


@dataclass(frozen=True)
class Platform:
    """What Python says on a platform of Spack: the marker variables of these names; ``machines``
    by Spack's target family. What it says where Spack runs too, but recipes have no name for it:
    ``other_machines``, and ``other_releases``, as other ``sys_platform``."""

    sys_platform: str
    platform_system: str
    os_name: str
    machines: Mapping[str, Machine]
    other_machines: tuple[str, ...] = ()
    other_releases: tuple[str, ...] = ()


#: By Spack's name. To add a platform or a machine, add it here, to the independent table of
#: ``workflow/compare/oracle.py``, and to the rows of ``tests/translate/test_conditions.py``.
#: https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/
PLATFORMS: Mapping[str, Platform] = {
    "linux": Platform(
        "linux",
        "Linux",
        "posix",
        {
            "x86_64": Machine("x86_64", r"(manylinux\w*|linux)_x86_64"),
            "aarch64": Machine("aarch64", r"(manylinux\w*|linux)_aarch64"),
            "ppc64le": Machine("ppc64le", r"(manylinux\w*|linux)_ppc64le"),
            "riscv64": Machine("riscv64"),
            "x86": Machine("i686"),
        },
        other_machines=("armv6l", "armv7l", "i386", "i586", "ppc", "ppc64", "sparc64"),
    ),
    "darwin": Platform(
        "darwin",
        "Darwin",
        "posix",
        {
            "x86_64": Machine("x86_64", r"macosx_\w*_(x86_64|universal2|intel)"),
            "aarch64": Machine("arm64", r"macosx_\w*_(arm64|universal2)"),
        },
    ),
    "windows": Platform(
        "win32",
        "Windows",
        "nt",
        {"x86_64": Machine("AMD64", "win_amd64"), "aarch64": Machine("ARM64")},
    ),
    "freebsd": Platform(
        "freebsd14",
        "FreeBSD",
        "posix",
        {"x86_64": Machine("amd64"), "aarch64": Machine("arm64")},
        other_releases=("freebsd12", "freebsd13", "freebsd15", "freebsd16"),
    ),
}

#: All of Spack's target families, in the order they are written.
MACHINES = tuple(dict.fromkeys(m for platform in PLATFORMS.values() for m in platform.machines))


class Architecture(NamedTuple):
    """Spack's platform and target family, and what Python says there."""

    platform: str
    target: str
    sys_platform: str
    platform_system: str
    os_name: str
    platform_machine: str


def _place(name: str, target: str, machine: str, release: str = "") -> Architecture:
    its = PLATFORMS[name]
    sys_platform = release or its.sys_platform
    return Architecture(name, target, sys_platform, its.platform_system, its.os_name, machine)


#: The places of the world.
PLACES = tuple(
    _place(name, target, machine.name)
    for name, platform in PLATFORMS.items()
    for target, machine in platform.machines.items()
)
#: Places that Spack can have but recipes do not name.
ELSEWHERE = tuple(
    place
    for name, platform in PLATFORMS.items()
    for place in (
        *(_place(name, "", machine) for machine in platform.other_machines),
        *(
            _place(name, "", platform.machines["x86_64"].name, release)
            for release in platform.other_releases
        ),
    )
)


@dataclass(frozen=True)
class PythonSlice:
    """A run of Python versions that no marker tells apart: within one minor, from ``first``
    (``"3.9.2"``, or ``"3.9"`` for the beginning) to ``last`` (``"3.9"``: to the minor's end)."""

    minor: str
    full: str
    first: str
    last: str


class By(Enum):
    """What decides the value of a marker variable."""

    PYTHON = "the Python of a cell"
    PLACE = "the place of a cell"
    ALWAYS = "nothing: it is the same in all cells"
    UNKNOWN = "what no recipe can know"


@dataclass(frozen=True)
class Variable:
    """A marker variable: what decides it, and its value there. ``today`` is what a current Linux
    says, of one that no cell decides."""

    by: By
    value: Callable[[PythonSlice, Architecture], str]
    today: str = ""


#: The marker variables of PEP 508, except ``extra``. Those that are not listed are unknown. To add
#: one, add it here, to ``workflow/compare/oracle.py``, and to the rows of
#: ``tests/translate/test_conditions.py``.
VARIABLES: Mapping[str, Variable] = {
    "python_version": Variable(By.PYTHON, lambda python, place: python.minor),
    "python_full_version": Variable(By.PYTHON, lambda python, place: python.full),
    "implementation_version": Variable(By.PYTHON, lambda python, place: python.full),
    "sys_platform": Variable(By.PLACE, lambda python, place: place.sys_platform),
    "platform_system": Variable(By.PLACE, lambda python, place: place.platform_system),
    "os_name": Variable(By.PLACE, lambda python, place: place.os_name),
    "platform_machine": Variable(By.PLACE, lambda python, place: place.platform_machine),
    # Spack's Python is CPython: there is no package for another implementation.
    "implementation_name": Variable(By.ALWAYS, lambda python, place: "cpython"),
    "platform_python_implementation": Variable(By.ALWAYS, lambda python, place: "CPython"),
    # Of the running kernel.
    "platform_release": Variable(By.UNKNOWN, lambda python, place: "", today="6.8.0"),
    "platform_version": Variable(By.UNKNOWN, lambda python, place: "", today="1"),
}


def variables(*by: By) -> frozenset[str]:
    """The names of the variables that one of these decides."""
    return frozenset(name for name, variable in VARIABLES.items() if variable.by in by)


def environment(python: PythonSlice, place: Architecture) -> dict[str, str]:
    """What `packaging.markers.Marker.evaluate` needs to know about a cell."""
    return {name: variable.value(python, place) for name, variable in VARIABLES.items()}


def linux_today() -> dict[str, str]:
    """The same about a current Linux, with what no cell decides."""
    python = PythonSlice("3.13", "3.13.0", "3.13", "3.13")
    known = environment(python, PLACES[0])
    return {name: VARIABLES[name].today or value for name, value in known.items()}


_FULL_VERSION = re.compile(r"\b3\.(\d+)\.(\d+)")

#: A set of cells, as the bits of a number.
Cells = int


class Environments:
    """All cells of some Python slices: each slice in each place. Made by `world_for`."""

    def __init__(self, pythons: tuple[PythonSlice, ...]) -> None:
        self.pythons = pythons
        self.everywhere: Cells = (1 << len(pythons) * len(PLACES)) - 1
        self._column = (1 << len(PLACES)) - 1

    def slices(self, chosen: Iterable[int]) -> Cells:
        """All cells of the slices with these indexes."""
        return self.box(chosen, self._column)

    def box(self, chosen: Iterable[int], places: int) -> Cells:
        """The cells of these slices in these places (a set of bits, see `places`)."""
        return sum(places << (at * len(PLACES)) for at in chosen)

    def fitting(self, cells: Cells, places: int) -> list[int]:
        """Indexes of the slices all of whose cells in ``places`` are in ``cells``."""
        return [
            at for at in range(len(self.pythons)) if cells >> (at * len(PLACES)) & places == places
        ]

    def slices_in(self, cells: Cells) -> list[int]:
        """Indexes of the slices that have any cell in ``cells``."""
        column = self._column
        return [at for at in range(len(self.pythons)) if cells >> (at * len(PLACES)) & column]

    def on(self, platform: str) -> Cells:
        """All cells of a platform."""
        return self.box(range(len(self.pythons)), places(platform, MACHINES))

    def platforms_in(self, cells: Cells) -> tuple[str, ...]:
        """The platforms that have any cell in ``cells``."""
        return tuple(platform for platform in PLATFORMS if cells & self.on(platform))


def places(platform: str, machines: Collection[str]) -> int:
    """The places of a platform (``""``: all) with one of these machines, as bits."""
    return sum(
        1 << where
        for where, place in enumerate(PLACES)
        if platform in ("", place.platform) and place.target in machines
    )


def world_for(texts: Iterable[str]) -> Environments:
    """The world that tells apart all Python versions which these markers and Requires-Python
    texts name."""
    cuts = {
        (int(minor), int(micro) + step)
        for text in texts
        for minor, micro in _FULL_VERSION.findall(text)
        for step in (0, 1)
    }
    return _world(tuple(sorted(cuts)))


@cache
def _world(cuts: tuple[tuple[int, int], ...]) -> Environments:
    slices = []
    for minor in range(OLDEST_MINOR, NEWEST_MINOR + 1):
        starts = sorted({0, *(micro for at, micro in cuts if at == minor)})
        ends = [f"3.{minor}.{start - 1}" for start in starts[1:]] + [f"3.{minor}"]
        for start, end in zip(starts, ends):
            first = f"3.{minor}.{start}" if start else f"3.{minor}"
            slices.append(PythonSlice(f"3.{minor}", f"3.{minor}.{start}", first, end))
    return Environments(tuple(slices))

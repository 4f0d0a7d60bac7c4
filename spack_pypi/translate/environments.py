"""The finite world in which conditions are decided: cells of (Python, platform, machine).

Facts as data: the strings that CPython reports on each platform (PEP 508 environment markers) and
what Spack calls the same thing. What is not listed does not exist for our recipes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

#: The first Python 3 minor of the world, and one that is far in the future: ``<3.15`` must be
#: ``^python@:3.14`` whether or not 3.15 is out. Spack itself needs 3.6.
OLDEST_MINOR, NEWEST_MINOR = 6, 40

#: Spack platform → what Python says there: sys_platform, platform_system, os_name.
PLATFORMS: Mapping[str, Mapping[str, str]] = {
    "linux": {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
    "darwin": {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
    "windows": {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
    "freebsd": {"sys_platform": "freebsd14", "platform_system": "FreeBSD", "os_name": "posix"},
}

#: Spack's target families, in the order they are written.
MACHINES: tuple[str, ...] = ("x86_64", "aarch64", "ppc64le", "riscv64", "x86")

#: (Spack platform, Spack target family) → what ``platform_machine`` is there. These exist.
PLACES: Mapping[tuple[str, str], str] = {
    ("linux", "x86_64"): "x86_64",
    ("linux", "aarch64"): "aarch64",
    ("linux", "ppc64le"): "ppc64le",
    ("linux", "riscv64"): "riscv64",
    ("linux", "x86"): "i686",
    ("darwin", "x86_64"): "x86_64",
    ("darwin", "aarch64"): "arm64",
    ("windows", "x86_64"): "AMD64",
    ("windows", "aarch64"): "ARM64",
    ("freebsd", "x86_64"): "amd64",
    ("freebsd", "aarch64"): "arm64",
}

#: What Python says in places that Spack can have but recipes do not name: other families of
#: machines, other releases of FreeBSD.
ELSEWHERE: tuple[Mapping[str, str], ...] = (
    *(
        {**PLATFORMS["linux"], "platform_machine": machine}
        for machine in ("armv6l", "armv7l", "i386", "i586", "ppc", "ppc64", "sparc64")
    ),
    *(
        {**PLATFORMS["freebsd"], "sys_platform": f"freebsd{release}", "platform_machine": "amd64"}
        for release in (12, 13, 15, 16)
    ),
)

#: The marker variables that the place of a cell decides, those that its Python decides, and those
#: that are the same in all.
OF_A_PLACE = frozenset({*PLATFORMS["linux"], "platform_machine"})
OF_A_PYTHON = frozenset({"python_version", "python_full_version", "implementation_version"})
#: Spack's Python is CPython: there is no package for another implementation.
IMPLEMENTATION = {"implementation_name": "cpython", "platform_python_implementation": "CPython"}


@dataclass(frozen=True)
class PythonSlice:
    """A run of Python versions that no marker tells apart: within one minor, from ``first``
    (``"3.9.2"``, or ``"3.9"`` for the beginning) to ``last`` (``"3.9"``: to the minor's end)."""

    minor: str
    full: str
    first: str
    last: str


_PLACES = tuple(PLACES)
_FULL_VERSION = re.compile(r"\b3\.(\d+)\.(\d+)")

#: A set of cells, as the bits of a number.
Cells = int


class Environments:
    """All cells of some Python slices: each slice in each place. Made by `world_for`."""

    def __init__(self, pythons: tuple[PythonSlice, ...]) -> None:
        self.pythons = pythons
        self.everywhere: Cells = (1 << len(pythons) * len(_PLACES)) - 1
        self._column = (1 << len(_PLACES)) - 1

    def environments(self) -> Iterator[tuple[int, int, dict[str, str]]]:
        """Index of the slice, index of the place, and the marker environment of each cell."""
        for at, python in enumerate(self.pythons):
            for where, place in enumerate(_PLACES):
                yield at, where, environment(python, place)

    def cell(self, python: int, place: int) -> Cells:
        """The set of one cell."""
        return 1 << (python * len(_PLACES) + place)

    def slices(self, chosen: Iterable[int]) -> Cells:
        """All cells of the slices with these indexes."""
        return self.box(chosen, self._column)

    def box(self, chosen: Iterable[int], places: int) -> Cells:
        """The cells of these slices in these places (a set of bits, see `places`)."""
        return sum(places << (at * len(_PLACES)) for at in chosen)

    def fitting(self, cells: Cells, places: int) -> list[int]:
        """Indexes of the slices all of whose cells in ``places`` are in ``cells``."""
        return [
            at
            for at in range(len(self.pythons))
            if cells >> (at * len(_PLACES)) & places == places
        ]

    def slices_in(self, cells: Cells) -> list[int]:
        """Indexes of the slices that have any cell in ``cells``."""
        column = self._column
        return [at for at in range(len(self.pythons)) if cells >> (at * len(_PLACES)) & column]

    def platforms_in(self, cells: Cells) -> tuple[str, ...]:
        """The platforms that have any cell in ``cells``."""
        return tuple(
            platform
            for platform in PLATFORMS
            if cells & self.box(range(len(self.pythons)), places(platform, MACHINES))
        )


def places(platform: str, machines: Collection[str]) -> int:
    """The places of a platform (``""``: all) with one of these machines, as bits."""
    return sum(
        1 << where
        for where, (its_platform, machine) in enumerate(_PLACES)
        if platform in ("", its_platform) and machine in machines
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


def environment(python: PythonSlice, place: tuple[str, str]) -> dict[str, str]:
    """What `packaging.markers.Marker.evaluate` needs to know about a cell."""
    return environment_at(python, {**PLATFORMS[place[0]], "platform_machine": PLACES[place]})


def environment_at(python: PythonSlice, place: Mapping[str, str]) -> dict[str, str]:
    """The same for a place that is told by what Python says there, as those of `ELSEWHERE`."""
    return {
        **IMPLEMENTATION,
        **place,
        "python_version": python.minor,
        "python_full_version": python.full,
        "implementation_version": python.full,
        "platform_release": "",
        "platform_version": "",
    }

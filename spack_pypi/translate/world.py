"""The finite world in which conditions are decided: cells of (Python, platform, machine).

Facts as data: the strings that CPython reports on each platform (PEP 508 environment markers) and
what Spack calls the same thing. What is not listed does not exist for our recipes.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Dict, FrozenSet, Iterable, List, Mapping, Sequence, Tuple

from packaging.version import Version

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
MACHINES: Tuple[str, ...] = ("x86_64", "aarch64", "ppc64le", "riscv64", "x86")

#: (Spack platform, Spack target family) → what ``platform_machine`` is there. These exist.
PLACES: Mapping[Tuple[str, str], str] = {
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


#: (Python slice, (platform, machine))
Cell = Tuple[PythonSlice, Tuple[str, str]]
Cells = FrozenSet[Cell]


def cells(pythons: Iterable[PythonSlice]) -> Cells:
    """All cells of these Pythons: every place that exists."""
    return frozenset(product(pythons, PLACES))


def python_slices(cuts: Sequence[Version]) -> Tuple[PythonSlice, ...]:
    """The world's Python versions, oldest first, cut at every minor and before each of ``cuts``
    (full versions, ``3.9.2``)."""
    patches: Dict[int, List[int]] = {}
    for cut in cuts:
        if cut.major == 3 and cut.micro:
            patches.setdefault(cut.minor, []).append(cut.micro)
    slices = []
    for minor in range(OLDEST_MINOR, NEWEST_MINOR + 1):
        starts = [0, *sorted(set(patches.get(minor, ())))]
        for start, end in zip(starts, [*starts[1:], None]):
            slices.append(
                PythonSlice(
                    minor=f"3.{minor}",
                    full=f"3.{minor}.{start}",
                    first=f"3.{minor}.{start}" if start else f"3.{minor}",
                    last=f"3.{minor}" if end is None else f"3.{minor}.{end - 1}",
                )
            )
    return tuple(slices)


def environment(cell: Cell) -> Dict[str, str]:
    """What `packaging.markers.Marker.evaluate` needs to know about a cell."""
    python, place = cell
    return {
        **IMPLEMENTATION,
        **PLATFORMS[place[0]],
        "platform_machine": PLACES[place],
        "python_version": python.minor,
        "python_full_version": python.full,
        "implementation_version": python.full,
        "platform_release": "",
        "platform_version": "",
    }

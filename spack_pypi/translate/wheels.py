"""Which wheels of a release Spack can install on which machine.

A wheel that runs everywhere is one archive for all. One for a platform is listed for that
platform; one for a single version of Python as a version of its own (`pypi.for_one_python`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from packaging.tags import Tag
from packaging.utils import parse_wheel_filename

from ..pypi.for_one_python import minor_python
from ..pypi.model import File, Release
from ..recipe.model import Condition, Dependency, VersionLine
from .environments import PLATFORMS

#: ``sys.platform`` and ``platform.machine()``, and the pattern of platform tags that run there.
_MACHINES: Mapping[tuple[str, str], str] = {
    (platform.sys_platform, machine.name): machine.wheels
    for platform in PLATFORMS.values()
    for machine in platform.machines.values()
    if machine.wheels
}
#: Platform tags from before those that name a version of glibc, and how PEP 600 spells them.
_LEGACY = {
    "manylinux1": "manylinux_2_5",
    "manylinux2010": "manylinux_2_12",
    "manylinux2014": "manylinux_2_17",
}
#: The C library (minor version of glibc 2) of the oldest systems that recipes are for: that of
#: manylinux2014. https://peps.python.org/pep-0599/
_USUAL_GLIBC = 17


def machine_wheels(release: Release) -> dict[tuple[str, str], File]:
    """For a release without a source archive, without a wheel for everywhere, and with one for
    Linux: the wheel for each machine that runs with every Python from some version on, or with the
    one Python that the release is for."""
    if release.has_sdist or release.has_pure_wheel:
        return {}
    found: dict[tuple[str, str], File] = {}
    of_one_python = bool(minor_python(release.version))
    for machine, pattern in _MACHINES.items():
        able = [wheel for wheel in release.wheels if _runs(wheel, pattern, of_one_python)]
        if able:
            # The oldest system that will do: the lowest version in the tag.
            found[machine] = min(able, key=lambda wheel: (_numbers(wheel.name), wheel.name))
    return found if ("linux", "x86_64") in found else {}


def pure_wheels(release: Release) -> list[File]:
    """The wheels of a release for all platforms, those for Python 3 before others."""
    pure = [wheel for wheel in release.wheels if wheel.is_pure_wheel]
    return sorted(pure, key=lambda wheel: not is_for_python_3(wheel))


def is_for_python_3(wheel: File) -> bool:
    """Whether the tags of a wheel name Python 3 (PEP 425)."""
    return any(re.match(r"py3|cp3", tag.interpreter) for tag in _tags(wheel.name))


def least_python(wheels: Iterable[File]) -> str:
    """The requirement on Python (PEP 440) that tags like ``cp39-abi3`` mean; ``""`` for none."""
    minors = [minor for wheel in wheels for tag in _tags(wheel.name) if (minor := _minor(tag))]
    return f">=3.{max(minors)}" if minors else ""


def glibc_needs(lines: Iterable[VersionLine]) -> list[Dependency]:
    """What the wheels of a version need of the C library (PEP 600), where it is newer than usual.
    Spack knows that of the machine, as ``glibc``, which it never builds; a conflict with an older
    one would not hold for what has nothing compiled."""
    needed = {
        line.machine[1]: _glibc(line.url)
        for line in lines
        if line.machine is not None and line.machine[0] == "linux"
    }
    if len({*needed.values()}) == 1:
        needed = {"": next(iter(needed.values()))}
    return [
        Dependency("glibc", f"2.{minor}:", when=_on_linux(machine), types=("run",))
        for machine, minor in needed.items()
        if minor > _USUAL_GLIBC
    ]


def _on_linux(machine: str) -> Condition:
    families = PLATFORMS["linux"].machines.items()
    target = next((name for name, each in families if each.name == machine), "")
    return Condition(platform="linux", target=f"{target}:" if target else "")


def _glibc(url: str) -> int:
    """The minor version of glibc 2 that a wheel needs: of its platform tags the least; 0 where
    they name none."""
    return min(map(int, re.findall(r"manylinux_2_(\d{1,3})_", _platform(url))), default=0)


def _runs(wheel: File, pattern: str, of_one_python: bool) -> bool:
    """Whether a wheel runs on the machines of a pattern: with every Python from some version on,
    unless its release is ``of_one_python``, as then all its wheels are."""
    return any(
        (of_one_python or _runs_with_all(tag)) and re.fullmatch(pattern, tag.platform)
        for tag in _tags(wheel.name)
    )


def _runs_with_all(tag: Tag) -> bool:
    able = {"none": r"py3\d*", "abi3": r"py3\d*|cp3\d+"}.get(tag.abi)
    return able is not None and re.fullmatch(able, tag.interpreter) is not None


def _minor(tag: Tag) -> int | None:
    match = re.fullmatch(r"(?:py|cp)3(\d+)", tag.interpreter)
    return int(match[1]) if match else None


@lru_cache(maxsize=1 << 10)
def _tags(name: str) -> tuple[Tag, ...]:
    return tuple(sorted(parse_wheel_filename(name)[3], key=str))


def _numbers(name: str) -> list[int]:
    return [int(number) for number in re.findall(r"(?<![a-z])\d+", _platform(name))]


def _platform(name: str) -> str:
    """The platform tags in the name of a wheel, as PEP 600 spells them."""
    platform = name.rpartition("-")[2]
    for old, new in _LEGACY.items():
        platform = platform.replace(old, new)
    return platform

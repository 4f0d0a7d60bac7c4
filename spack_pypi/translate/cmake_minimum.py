"""The least version of CMake with which a project can be configured."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from packaging.version import Version

from ..pypi.model import Source
from .build_files import NUMBERS, cmake_top, commands, outermost
from .cmake_reader import Made, in_any_case

_REQUIRED = "cmake_minimum_required"
#: What ends with an error where CMake is older.
#: https://cmake.org/cmake/help/latest/command/cmake_policy.html#setting-policies-by-cmake-version
_FUNCTIONS = {_REQUIRED, "cmake_policy"}
_FIND = "find_package"
_PYTHON = {"Python", "Python3"}
#: Components of Python → the version of CMake that brought them. An older one does not find them.
#: https://cmake.org/cmake/help/latest/module/FindPython.html
_COMPONENTS = {
    "Development.Embed": "3.18", "Development.Module": "3.18", "Development.SABIModule": "3.26",
    "NumPy": "3.14",
}  # fmt: skip


class Minimum(NamedTuple):
    """The ``version`` that the call at a ``line`` of a ``file`` needs."""

    version: str
    file: str
    line: int


def cmake_minimum(source: Source) -> str:
    """The version of `stated_minimum`, ``""`` if there is none."""
    found = stated_minimum(source)
    return found.version if found else ""


def stated_minimum(source: Source) -> Minimum | None:
    """The greatest version of ``cmake_minimum_required`` where CMake begins and in the folders
    that it enters in any case, or that has the components of Python which are required there; None
    where none is a literal. Where setup.py names the folder, it begins in an outermost one: only
    the version that all of these require is certain."""
    top = cmake_top(source)
    if top in source.build_files:
        return max(_asked(source, top), key=lambda each: Version(each.version), default=None)
    found = [next(_first(source, path), None) for path in outermost(source)]
    one = len({each.version if each else "" for each in found}) == 1
    return found[0] if one else None


def _asked(source: Source, top: str) -> Iterator[Minimum]:
    yield from _first(source, top)
    for made in in_any_case(source, {*_FUNCTIONS, _FIND}):
        if made.function == _FIND:
            yield from _of_python(source, made)
        else:
            yield from _of(made.arguments, made.file, made.line)


def _first(source: Source, path: str) -> Iterator[Minimum]:
    """That of the first call in a file, whatever its condition."""
    for name, arguments, line in commands(source.build_files[path]):
        if name == _REQUIRED and len(arguments) > 1:
            yield from _of(arguments, path, line)
            return


def _of(arguments: Sequence[str], file: str, line: int) -> Iterator[Minimum]:
    match = re.match(rf"VERSION ({NUMBERS})(?!\.?[0-9])", " ".join(arguments[:2]))
    if match:
        yield Minimum(match[1], file, line)


def _of_python(source: Source, made: Made) -> Iterator[Minimum]:
    """Those of the components without which Python is not found, by CMake's own module."""
    name, *words = made.arguments
    own = any(path.endswith(f"Find{name}.cmake") for path in source.build_files)
    if name not in _PYTHON or "REQUIRED" not in words or own:
        return
    optional = [*words, "OPTIONAL_COMPONENTS"].index("OPTIONAL_COMPONENTS")
    for word in words[:optional]:
        if word in _COMPONENTS:
            yield Minimum(_COMPONENTS[word], made.file, made.line)

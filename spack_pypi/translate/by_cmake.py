"""Projects that Spack builds with CMake itself, as their backend only packs what CMake installs
(`pypi.cmeel`): what CMake is given, and what it needs of what the backend lists.

Their tests are not built: they need more, and nothing of them is installed. Who packs a project
lists what its tests and examples need among the rest, so that what nothing else looks for is left
out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from posixpath import dirname

from packaging.utils import canonicalize_name

from ..pypi.cmeel import (
    PACKED,
    build_requirements,
    configure_args,
    configured,
)
from ..pypi.model import CMAKE_LISTS, Source, at, strings
from ..recipe.build_system import CMAKE
from ..recipe.model import Setting
from . import cmake_switches
from .backends.model import Backend
from .build_files import cmake_top
from .cmake_reader import calls_left
from .cmake_variables import DEFINED, TESTING, is_for_tests
from .known_needs import KnownSetting
from .native import TESTS
from .required_by_cmake import FINDING
from .requirements import parse

#: What Spack decides.
_OF_SPACK = re.compile(r"CMAKE_(OSX_\w+|BUILD_TYPE|INSTALL_PREFIX|INSTALL_LIBDIR|PREFIX_PATH)")
#: Where projects of this backend install modules, below the prefix:
#: https://jrl-cmakemodules.readthedocs.io/en/master/pages/python.html
_MODULES = "PYTHON_SITELIB"
#: What is run by Python while CMake is: ``-c "import x"``, ``-m x``.
_IMPORTED = re.compile(r"(?:\bimport|-m) (\w+)")
#: A component of Python, and the project that has it.
_NUMPY = "NumPy"


@dataclass(frozen=True)
class ByCMake:
    """``folder`` is where CMake begins, empty for the top; ``linked`` are projects that what is
    built is linked with."""

    folder: str = ""
    linked: frozenset[str] = frozenset()


def by_cmake(source: Source, own: Backend) -> ByCMake | None:
    """How Spack builds what a backend packs; None for another one."""
    if own.build_system is not CMAKE:
        return None
    found = _looked_for(source) - {canonicalize_name(_NUMPY)}  # it has only headers
    run = _names(strings(at(source.pyproject, "project", "dependencies")))
    linked = (
        name
        for name in _names(build_requirements(source))
        if name.startswith(PACKED) or (name in run and (name in found or name[:3] == "lib"))
    )
    return ByCMake(dirname(cmake_top(source)), frozenset(linked))


def required(source: Source, own: Backend, listed: Sequence[str]) -> Iterator[str]:
    """Those of the ``listed`` build requirements (PEP 508) that building with CMake needs:
    libraries, what is needed to run as well, and what CMake may look for besides tests; all of
    another backend."""
    if own.build_system is not CMAKE:
        yield from listed
        return
    looked_for = _looked_for(source)
    run = _names(strings(at(source.pyproject, "project", "dependencies")))
    for text in build_requirements(source):
        names = _names([text])
        packs = any(name.startswith(PACKED) for name in names)
        if packs or not names or names & (run | looked_for):
            yield text


def settings(source: Source, own: Backend) -> Iterator[KnownSetting]:
    """What CMake is given: what the project says, but for its tests, and where modules go; nothing
    for another backend."""
    if own.build_system is not CMAKE:
        return
    path = cmake_top(source)
    options = cmake_switches.options_of({path: source.build_files.get(path, "")})
    on = (name for name, value in options.items() if value == "ON" and is_for_tests(name))
    for name in dict.fromkeys((TESTING, *on)):
        yield _setting(name, "OFF", "it builds its tests", "rule: tests are not built")
    place = "configure-args in pyproject.toml"
    for text in configure_args(source):
        match = DEFINED.fullmatch(text)
        name, value = (match[1], match[2]) if match and match[2] else (text, "")
        if not (is_for_tests(name) or _OF_SPACK.fullmatch(name)):
            value = value.upper() if value.upper() in ("ON", "OFF") else value
            yield _setting(name, value, "CMake is not given what the project says", place)
    if configured(source, "has-sitelib") is not False:
        said = "modules may not be where Spack looks for them"
        yield _setting(_MODULES, "python_platlib", said, "rule: Spack knows where modules are")


def _setting(name: str, value: str, otherwise: str, source: str) -> KnownSetting:
    made = Setting(name, value, of_cmake=True, is_modules=name == _MODULES)
    return KnownSetting(made, otherwise, source, in_table=False, for_target=False)


def _looked_for(source: Source) -> set[str]:
    """The projects that CMake may look for, by their normalized names, but for its tests."""
    found: set[str] = set()
    is_left = calls_left(source, {*FINDING})
    for path, text in source.build_files.items():
        if not path.endswith((CMAKE_LISTS, ".cmake")) or TESTS.search(path):
            continue
        for call in cmake_switches.calls_of(text):
            on = (name for branch in call.branches for name in branch.on)
            if is_left(path, call.line) or any(map(is_for_tests, on)):
                continue
            words = " ".join(call.arguments)
            names = call.name.split("_")  # jrl_find_nanobind(), nanobind_add_module()
            names += _IMPORTED.findall(words) if path.endswith(CMAKE_LISTS) else []
            names += call.arguments[:1] if call.name in FINDING else []
            names += [_NUMPY] if _NUMPY in words else []
            found.update(map(canonicalize_name, names))
    return found


def _names(texts: Iterable[str]) -> set[str]:
    return {canonicalize_name(each.name) for each in parse(texts)[0]}

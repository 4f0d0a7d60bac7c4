"""Native libraries without which CMake does not configure a project, by its own words.

``find_package(ZLIB REQUIRED)`` that is called in any case fails without the library, and so does
``pkg_check_modules(X REQUIRED zlib)``, which asks pkg-config. Those whose package in Spack is
certain are written; what needs an exact version, or a component that is no variant, is decided by
a person: both are only hints otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from ..pypi.model import Source
from ..recipe.model import BUILD, LIBRARY, Dependency
from .build_files import NUMBERS
from .cmake_packages import COMPONENTS, PACKAGES, PROGRAMS, VIRTUAL
from .cmake_reader import in_any_case
from .known_needs import KnownNeed
from .pkg_config import of_module

#: https://cmake.org/cmake/help/latest/command/find_package.html, and
#: https://cmake.org/cmake/help/latest/module/FindPkgConfig.html
_FIND, _CHECK = "find_package", "pkg_check_modules"
#: https://cmake.org/cmake/help/latest/module/ExternalProject.html
_EXTERNAL = "externalproject_add"
_COMMANDS = {"BUILD_COMMAND", "INSTALL_COMMAND"}
_SOURCES = {"CVS_REPOSITORY", "DOWNLOAD_COMMAND", "GIT_REPOSITORY", "HG_REPOSITORY",
            "SVN_REPOSITORY", "URL"}  # fmt: skip
#: What requires something where its arguments say so.
FUNCTIONS = (_FIND, _CHECK)
#: Functions that may download, in small letters, and as CMake writes them.
#: https://cmake.org/cmake/help/latest/module/FetchContent.html
_FETCHES = {
    "cpmaddpackage": "CPMAddPackage",
    _EXTERNAL: "ExternalProject_Add",
    "fetchcontent_makeavailable": "FetchContent_MakeAvailable",
    "fetchcontent_populate": "FetchContent_Populate",
    "file": "file(DOWNLOAD)",
}
_OPTIONS = {
    "REQUIRED", "QUIET", "NO_CMAKE_PATH", "NO_CMAKE_ENVIRONMENT_PATH", "IMPORTED_TARGET", "GLOBAL",
}  # fmt: skip
_PROGRAMS = {*PROGRAMS.values()}
#: Components of Boost that have the version of Python in their name: ``python3${MINOR}``.
_FOR_PYTHON = re.compile(r"^(python|numpy)[\d.]*(?:\$\{\w+\})*$")
_UNCERTAIN = {"OPTIONAL_COMPONENTS", "EXACT"}


def required_by_cmake(source: Source, tools: Collection[str]) -> tuple[KnownNeed, ...]:
    """What the CMakeLists.txt files of an archive require, where it is built with CMake (which is
    among its ``tools``): of several that require one package, the first."""
    if "cmake" not in tools:
        return ()
    found: dict[str, KnownNeed] = {}
    for made in in_any_case(source, {*FUNCTIONS, _EXTERNAL}):
        if made.function == _EXTERNAL:
            steps = zip(made.arguments, made.arguments[1:])
            if any(name in _COMMANDS and program == "make" for name, program in steps):
                why = f"{made.file}:{made.line} runs make (ExternalProject_Add)"
                need = KnownNeed(Dependency("gmake", types=BUILD), why, in_table=False)
                found.setdefault("gmake", need)
            continue
        if made.function == _FIND:
            named = [(made.arguments[0], _dependency(made.arguments))]
        else:
            named = [*_modules(made.arguments)]
        for name, dependency in named:
            # A program may be a build requirement, too.
            if dependency is not None and dependency.package not in {*tools} & _PROGRAMS:
                why = requires(made.file, made.line, name, made.function)
                need = KnownNeed(dependency, why, in_table=False)
                found.setdefault(dependency.package, need)
    return tuple(found.values())


def downloads(source: Source, tools: Collection[str]) -> Iterator[tuple[str, str, int]]:
    """What CMake may fetch in any case (what, file, line), where it builds an archive."""
    for made in in_any_case(source, {*_FETCHES}) if "cmake" in tools else ():
        if made.function == _EXTERNAL and _is_here(made.arguments):
            continue
        if made.function != "file" or made.arguments[0] == "DOWNLOAD":
            yield _FETCHES[made.function], made.file, made.line


def _is_here(arguments: Sequence[str]) -> bool:
    """Whether the sources of a project of others are in a folder: nothing fetches them."""
    fetched = [name in _SOURCES and first for name, first in zip(arguments, arguments[1:])]
    return "SOURCE_DIR" in arguments and not any(fetched)


def requires(file: str, line: int, name: str, function: str = _FIND) -> str:
    """How the source of such a need is named."""
    return f"{file}:{line} requires {name} ({function})"


def _dependency(arguments: Sequence[str]) -> Dependency | None:
    """What ``find_package`` requires; None where that is not certain."""
    name, *options = arguments
    key = name.lower()
    if "REQUIRED" not in options or _UNCERTAIN & {*options}:
        return None
    if key in PROGRAMS:
        return Dependency(PROGRAMS[key], types=BUILD)
    package = "boost" if key == "boost" else PACKAGES.get(key) or VIRTUAL.get(key)
    variants = _variants(key, options)
    if package is None or variants is None:
        return None
    if options[0][:1] in {*"0123456789$"} and not re.fullmatch(NUMBERS, options[0]):
        return None
    states = re.fullmatch(NUMBERS, options[0]) and key not in VIRTUAL
    return Dependency(package, f"{options[0]}:" if states else "", variants, types=LIBRARY)


def _variants(key: str, options: Sequence[str]) -> tuple[str, ...] | None:
    """The variants that are the components; None where one of them is none."""
    known = COMPONENTS.get(key, {})
    start = options.index("COMPONENTS") + 1 if "COMPONENTS" in options else len(options)
    asked = {*options[start:]} - {"REQUIRED"}
    if key == "boost":
        asked = {_FOR_PYTHON.sub(r"\1", each) for each in asked}
    if key == "boost" and {*options[:start]} - {options[0], "REQUIRED", "QUIET", "COMPONENTS"}:
        return None  # they may stand before the word, too
    if asked - {*known}:
        return None
    return tuple(sorted(filter(None, (known[each] for each in asked))))


def _modules(arguments: Sequence[str]) -> Iterator[tuple[str, Dependency | None]]:
    """What ``pkg_check_modules`` requires, by module, and pkg-config before it."""
    if "REQUIRED" not in arguments:
        return
    yield "pkg-config", Dependency("pkgconfig", types=BUILD)
    for word in arguments[1:]:
        match = re.fullmatch(rf"([\w.+-]+)(?:>=({NUMBERS}))?", word)
        if match is not None and word not in _OPTIONS:
            yield match[1], of_module(match[1], match[2] or "")

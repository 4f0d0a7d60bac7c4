"""Native libraries without which CMake does not configure a project, by its own words.

``find_package(ZLIB REQUIRED)`` that is called in any case fails without the library, and so does
``pkg_check_modules(X REQUIRED zlib)``, which asks pkg-config. Those whose package in Spack is
certain are written; what needs an exact version, or a component that is no variant, is decided by
a person: both are only hints otherwise. So is what a project can do without, but for a few small
libraries: whether a build uses them must not depend on what its machine has.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain

from ..pypi.model import Source
from ..recipe.model import BUILD, LIBRARY, Dependency
from .build_files import NUMBERS
from .cmake_packages import COMPONENTS, PACKAGES, PROGRAMS, VIRTUAL
from .cmake_reader import CMakeReader, Made, in_any_case
from .known_needs import KnownNeed
from .pkg_config import of_module

#: https://cmake.org/cmake/help/latest/command/find_package.html, and
#: https://cmake.org/cmake/help/latest/module/FindPkgConfig.html
_FIND, _CHECK = "find_package", "pkg_check_modules"
#: What calls it with its arguments: of CMake, and of modules that many projects on robots share
#: (https://jrl-cmakemodules.readthedocs.io).
FINDING = (_FIND, "find_dependency", "add_project_dependency", "jrl_find_package")
#: https://cmake.org/cmake/help/latest/module/ExternalProject.html
_EXTERNAL = "externalproject_add"
_SOURCES = {"CVS_REPOSITORY", "DOWNLOAD_COMMAND", "GIT_REPOSITORY", "HG_REPOSITORY",
            "SVN_REPOSITORY", "URL"}  # fmt: skip
#: https://cmake.org/cmake/help/latest/command/target_link_libraries.html
_LINKING = {"link_libraries", "target_link_libraries"}
#: What a package has that was found: ``ZLIB::ZLIB``, ``${ZLIB_LIBRARIES}``.
_LIBRARY = re.compile(r"(\w+)::|\$\{(\w+?)_librar")
#: Libraries, as ``find_package`` names them in small letters, that most machines have, and that no
#: project has a variant for.
_ON_MOST_MACHINES = {
    "bzip2", "expat", "jpeg", "liblzma", "libxml2", "lz4", "openssl", "png", "tiff", "zlib",
    "zstd",
}  # fmt: skip
#: What requires something where its arguments say so.
FUNCTIONS = (*FINDING, _CHECK)
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
    among its ``tools``), and what they use if it is there: of several needs of one package, the
    first that is required."""
    if "cmake" not in tools:
        return ()
    calls = [*CMakeReader(source, {*FUNCTIONS, *_LINKING}).read()]
    made = [each for each in calls if each.always]
    found: dict[str, KnownNeed] = {}
    for need in (*chain.from_iterable(map(_needs, made)), *_used(made, calls)):
        # A program may be a build requirement, too.
        if need.dependency.package not in {*tools} & _PROGRAMS:
            found.setdefault(need.dependency.package, need)
    return tuple(found.values())


def _needs(made: Made) -> Iterator[KnownNeed]:
    """What a call requires."""
    named = [*_modules(made.arguments)] if made.function == _CHECK else []
    if made.function in FINDING:
        named = [(made.arguments[0], _dependency(made.arguments))]
    for name, dependency in named:
        if dependency is not None:
            why = requires(made.file, made.line, name, made.function)
            yield KnownNeed(dependency, why, in_table=False)


def _used(made: Iterable[Made], calls: Sequence[Made]) -> Iterator[KnownNeed]:
    """What is looked for in any case, and linked with where it is found::

    find_package(ZLIB)
    if(ZLIB_FOUND)
        target_link_libraries(x PRIVATE ZLIB::ZLIB)
    endif()
    """
    linked = _ON_MOST_MACHINES.intersection(_linked(calls))
    for each in made if linked else ():
        name, *options = each.arguments
        if each.function in FINDING and name.lower() in linked:
            dependency = _dependency([name, *options, "REQUIRED"])
            if dependency is not None and "REQUIRED" not in options:
                yield KnownNeed(dependency, uses(each.file, each.line, name), in_table=False)


def _linked(calls: Iterable[Made]) -> Iterator[str]:
    """What is linked with where it is found, in small letters."""
    for each in calls:
        for word in each.arguments if each.function in _LINKING else ():
            name = _LIBRARY.match(word.lower())
            key = name[1] or name[2] if name else ""
            if each.always or each.found == key:
                yield key


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


def uses(file: str, line: int, name: str) -> str:
    """The same of what is used if it is there."""
    return f"{file}:{line} uses {name} if it is there ({_FIND})"


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

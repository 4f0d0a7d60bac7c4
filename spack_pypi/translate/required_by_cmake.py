"""Native libraries without which CMake does not configure a project, by its own words.

``find_package(ZLIB REQUIRED)`` at the top of CMakeLists.txt, under no condition and in no
function, fails without the library. Those whose package in Spack is certain are in `PACKAGES`:
modules that CMake documents
(https://cmake.org/cmake/help/latest/manual/cmake-modules.7.html#find-modules), and projects that
install a configuration of this name. Which variants components are is not certain, and what needs
an exact version is decided by a person: both are only hints.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from ..pypi.model import CMAKE_LISTS, Source
from ..recipe.model import LIBRARY, Dependency
from .build_files import NUMBERS, commands
from .known_needs import KnownNeed

#: As CMake calls it, in small letters → the package of Spack.
PACKAGES = {
    "armadillo": "armadillo", "bzip2": "bzip2", "curl": "curl", "eigen3": "eigen",
    "expat": "expat", "fftw3": "fftw", "fmt": "fmt", "freetype": "freetype", "gdal": "gdal",
    "geos": "geos", "glm": "glm", "gnutls": "gnutls", "gsl": "gsl", "hdf5": "hdf5",
    "libarchive": "libarchive", "liblzma": "xz", "libxml2": "libxml2", "libxslt": "libxslt",
    "nlohmann_json": "nlohmann-json", "openssl": "openssl", "png": "libpng",
    "postgresql": "postgresql", "proj": "proj", "spdlog": "spdlog", "sqlite3": "sqlite",
    "tiff": "libtiff", "x11": "libx11", "yaml-cpp": "yaml-cpp", "zeromq": "libzmq",
}  # fmt: skip
#: The same for what several packages provide: in versions of their own, which CMake does not mean.
VIRTUAL = {
    "blas": "blas", "jpeg": "jpeg", "lapack": "lapack", "mpi": "mpi", "opengl": "gl",
    "tbb": "tbb", "zlib": "zlib-api",
}  # fmt: skip
#: Components of these are languages, which any of their packages has.
_OF_LANGUAGES = {"mpi"}
_BEGIN = {"if", "foreach", "while", "function", "macro", "block"}
_UNCERTAIN = {"COMPONENTS", "OPTIONAL_COMPONENTS", "EXACT"}


def required_by_cmake(source: Source, tools: Collection[str]) -> tuple[KnownNeed, ...]:
    """What the CMakeLists.txt of an archive requires, where it is built with CMake (which is among
    its ``tools``)."""
    if "cmake" not in tools:
        return ()
    found: dict[str, KnownNeed] = {}
    for arguments, line in _unconditional(source.build_files.get(CMAKE_LISTS, "")):
        dependency = _dependency(arguments)
        if dependency is not None:
            need = KnownNeed(dependency, requires(arguments[0], line), in_table=False)
            found.setdefault(dependency.package, need)
    return tuple(found.values())


def requires(name: str, line: int) -> str:
    """How the source of such a need is named."""
    return f"{CMAKE_LISTS}:{line} requires {name} (find_package)"


def _unconditional(text: str) -> Iterator[tuple[Sequence[str], int]]:
    """The arguments and lines of the calls of find_package that are made in any case."""
    depth = 0
    for name, arguments, line in commands(text):
        if name in _BEGIN:
            depth += 1
        elif name.startswith("end") and name[3:] in _BEGIN:
            depth -= 1
        elif name == "return" and depth <= 0:
            return
        elif name == "find_package" and depth == 0 and arguments:
            yield arguments, line


def _dependency(arguments: Sequence[str]) -> Dependency | None:
    name, *options = arguments
    key = name.lower()
    package = PACKAGES.get(key) or VIRTUAL.get(key)
    uncertain = _UNCERTAIN - ({"COMPONENTS"} if key in _OF_LANGUAGES else set())
    if package is None or "REQUIRED" not in options or uncertain & {*options}:
        return None
    least = options[0] if re.fullmatch(NUMBERS, options[0]) else ""
    if not least and options[0][:1].isdigit() or options[0].startswith("$"):
        return None
    versions = f"{least}:" if least and key in PACKAGES else ""
    return Dependency(package, versions, types=LIBRARY)

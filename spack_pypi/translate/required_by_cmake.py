"""Native libraries without which CMake does not configure a project, by its own words.

``find_package(ZLIB REQUIRED)`` at the top of CMakeLists.txt, in no function, and under no
condition but an option that is on unless somebody sets it, fails without the library. Those whose
package in Spack is certain are in `PACKAGES`: modules that CMake documents
(https://cmake.org/cmake/help/latest/manual/cmake-modules.7.html#find-modules), and projects that
install a configuration of this name. Which variants components are is certain only for Boost, and
what needs an exact version is decided by a person: both are only hints otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from ..pypi.model import CMAKE_LISTS, Source, at
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
#: The variant in Spack of each component of Boost: most have the same name.
_BOOST = {each: each for each in (
    "atomic", "chrono", "container", "context", "contract", "coroutine", "date_time", "fiber",
    "filesystem", "graph", "iostreams", "json", "locale", "log", "math", "program_options",
    "random", "regex", "serialization", "system", "thread", "timer", "type_erasure", "url", "wave",
)} | {"unit_test_framework": "test"}  # fmt: skip
_SWITCHES = {"ON": True, "TRUE": True, "1": True, "OFF": False, "FALSE": False, "0": False}
_BEGIN = {"if", "foreach", "while", "function", "macro", "block"}
_UNCERTAIN = {"COMPONENTS", "OPTIONAL_COMPONENTS", "EXACT"}


def required_by_cmake(source: Source, tools: Collection[str]) -> tuple[KnownNeed, ...]:
    """What the CMakeLists.txt of an archive requires, where it is built with CMake (which is among
    its ``tools``)."""
    if "cmake" not in tools:
        return ()
    found: dict[str, KnownNeed] = {}
    text = source.build_files.get(CMAKE_LISTS, "")
    for arguments, line in _Reader(source).in_any_case(text):
        dependency = _dependency(arguments)
        if dependency is not None:
            need = KnownNeed(dependency, requires(arguments[0], line), in_table=False)
            found.setdefault(dependency.package, need)
    return tuple(found.values())


def requires(name: str, line: int) -> str:
    """How the source of such a need is named."""
    return f"{CMAKE_LISTS}:{line} requires {name} (find_package)"


class _Reader:
    """Follows the options and lists of a CMakeLists.txt. A setup.py may set any option; what
    scikit-build-core sets stands in pyproject.toml
    (https://scikit-build-core.readthedocs.io/en/latest/configuration/index.html)."""

    def __init__(self, source: Source) -> None:
        self._free = source.setup_py is not None
        table = at(source.pyproject, "tool", "scikit-build")
        defined = at(table, "cmake", "define")
        self._defined = defined if isinstance(defined, dict) else {}
        self._table = str(table)
        #: Options that are on or off by default, and lists; None for one that is not known.
        self._options: dict[str, bool] = {}
        self._lists: dict[str, list[str] | None] = {}

    def in_any_case(self, text: str) -> Iterator[tuple[Sequence[str], int]]:
        """The arguments and lines of the calls of find_package that are made in any case."""
        within: list[bool | None] = []  # whether what is entered is run, if that is known
        for name, arguments, line in commands(text):
            if name in _BEGIN:
                within.append(self._decided(arguments) if name == "if" else None)
            elif name.startswith("end") and name[3:] in _BEGIN:
                if not within:
                    return
                within.pop()
            elif name in ("else", "elseif") and within:
                before = within[-1]
                within[-1] = None if before is None or name == "elseif" else not before
            elif name == "return" and all(within):
                return
            elif False in within or not arguments:
                continue
            elif name == "find_package" and all(within):
                yield self._expanded(arguments), line
            else:
                self._note(name, arguments, certain=all(within))

    def _decided(self, condition: Sequence[str]) -> bool | None:
        """Whether a condition is true that is an option, or its negation."""
        negated = condition[:1] == ["NOT"]
        option = condition[1:] if negated else condition
        known = self._options.get(option[0]) if len(option) == 1 else None
        return None if known is None else known is not negated

    def _note(self, name: str, arguments: Sequence[str], certain: bool) -> None:
        """Note what a call sets."""
        first, *rest = arguments
        if name == "option" and certain:
            value = self._option(first, rest[1] if len(rest) > 1 else "OFF")
            if value is not None:
                self._options[first] = value
        elif name in ("set", "list"):
            changed = rest[0] if name == "list" and rest else first
            self._options.pop(changed, None)
            before = self._lists.get(changed, [])
            appended = name == "list" and first == "APPEND" and before is not None
            known = certain and (appended or name == "set")
            values = [*(before or ()), *rest[1:]] if appended else rest
            self._lists[changed] = values if known else None
        else:
            for each in arguments:  # it may be changed
                self._options.pop(each, None)
                self._lists.pop(each, None)

    def _option(self, name: str, default: str) -> bool | None:
        """Whether an option is on; None where that is not known."""
        if self._free or (name in self._table and name not in self._defined):
            return None
        return _SWITCHES.get(str(self._defined.get(name, default)).upper())

    def _expanded(self, arguments: Sequence[str]) -> list[str]:
        """The arguments with the lists that are known in place of their names."""
        found: list[str] = []
        for each in arguments:
            named = re.fullmatch(r"\$\{(\w+)\}", each)
            values = self._lists.get(named[1]) if named else None
            found += [each] if values is None else values
        return found


def _dependency(arguments: Sequence[str]) -> Dependency | None:
    name, *options = arguments
    key = name.lower()
    if key == "boost":
        return _boost(options)
    package = PACKAGES.get(key) or VIRTUAL.get(key)
    uncertain = _UNCERTAIN - ({"COMPONENTS"} if key in _OF_LANGUAGES else set())
    if package is None or "REQUIRED" not in options or uncertain & {*options}:
        return None
    least = options[0] if re.fullmatch(NUMBERS, options[0]) else ""
    if not least and options[0][:1].isdigit() or options[0].startswith("$"):
        return None
    versions = f"{least}:" if least and key in PACKAGES else ""
    return Dependency(package, versions, types=LIBRARY)


def _boost(options: Sequence[str]) -> Dependency | None:
    """Boost with the variants of its components; None where they are not certain."""
    at = options.index("COMPONENTS") if "COMPONENTS" in options else len(options)
    before, components = options[:at], {*options[at + 1 :]} - {"REQUIRED"}
    least = before[0] if before and re.fullmatch(NUMBERS, before[0]) else ""
    unknown = {*before} - {least, "REQUIRED", "QUIET"}
    if "REQUIRED" not in options or unknown or components - {*_BOOST}:
        return None
    variants = sorted(f"+{_BOOST[each]}" for each in components)
    return Dependency("boost", f"{least}:" if least else "", tuple(variants), types=LIBRARY)

"""Native libraries without which Meson does not configure a project, by its own words.

``dependency('fftw3')``, under no condition in meson.build or in a folder that it always enters,
fails without the library. Meson asks pkg-config for it
(https://mesonbuild.com/Dependencies.html), by the name that the library itself installs: those
whose package in Spack is certain are in `PACKAGES`. A copy that would do, parts and exact versions
are decided by a person: such calls are only hints.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import islice

from packaging.specifiers import SpecifierSet

from ..pypi.model import MESON_BUILD, Source
from ..recipe.model import BUILD, LIBRARY, Dependency
from .build_files import NUMBERS
from .known_needs import KnownNeed
from .versions import ranges

#: As pkg-config calls it → the package of Spack.
PACKAGES = {
    "armadillo": "armadillo", "cairo": "cairo", "cfitsio": "cfitsio", "dbus-1": "dbus",
    "eigen3": "eigen", "expat": "expat", "fftw3": "fftw", "fmt": "fmt", "freetype2": "freetype",
    "gdal": "gdal", "geos": "geos", "glib-2.0": "glib", "gmp": "gmp", "gsl": "gsl",
    "libarchive": "libarchive", "libcurl": "curl", "libffi": "libffi",
    "liblzma": "xz", "libpng": "libpng", "libtiff-4": "libtiff", "libusb-1.0": "libusb",
    "libxml-2.0": "libxml2", "libxslt": "libxslt", "libzmq": "libzmq", "mpfr": "mpfr",
    "nlohmann_json": "nlohmann-json", "openssl": "openssl", "proj": "proj", "spdlog": "spdlog",
    "sqlite3": "sqlite", "x11": "libx11", "yaml-cpp": "yaml-cpp",
}  # fmt: skip
#: The same for what several packages provide, in versions of their own.
VIRTUAL = {"libjpeg": "jpeg", "mpi": "mpi", "tbb": "tbb", "zlib": "zlib-api"}
#: What Meson looks for by itself.
_WITHOUT_PKG_CONFIG = {"mpi"}
#: Other arguments leave a doubt, such as ``fallback:``, ``modules:`` and ``native:``.
_CERTAIN = {"required", "version", "static", "language", "method", "include_type"}
_BEGIN, _END = re.compile(r"\s*(?:if|foreach)\b"), re.compile(r"\s*(?:endif|endforeach)\b")
_CALL = re.compile(r"(?<![\w.])(dependency|subdir|subdir_done)\s*\(")
#: https://mesonbuild.com/CMake-module.html#cmake-subprojects
_BY_CMAKE = re.compile(r"(?m)^[^#'\n]*\bcmake\.subproject\s*\(\s*'([\w.+-]{1,80})'")
_CHOICE = re.compile(r"\?|\b(?:and|or)\b")
_STRING = re.compile(r"'[^'\n]*'")
_MOST_FOLDERS, _MOST_LINES, _MOST_CALLS, _LONGEST = 32, 10_000, 1000, 1000


def required_by_meson(source: Source, tools: Collection[str]) -> tuple[KnownNeed, ...]:
    """What the meson.build files of an archive require, where it is built with Meson (which is
    among its ``tools``): the libraries and, before them, the pkg-config that finds them; and the
    CMake that builds a copy which the archive has."""
    if "meson" not in tools:
        return ()
    found: dict[str, KnownNeed] = {}
    for file, line, arguments in _dependencies(source.build_files):
        dependency, name = _dependency(arguments), _text(arguments.partition(",")[0])
        if dependency is None:
            continue
        why = requires(file, line, name)
        if name not in _WITHOUT_PKG_CONFIG:
            pkgconfig = Dependency("pkgconfig", types=BUILD)
            found.setdefault("pkgconfig", KnownNeed(pkgconfig, why, in_table=False))
        found.setdefault(dependency.package, KnownNeed(dependency, why, in_table=False))
    for file, text in source.build_files.items():
        copy = _BY_CMAKE.search(text) if file.endswith(MESON_BUILD) else None
        if copy is not None and "cmake" not in tools:
            line = text.count("\n", 0, copy.start()) + 1
            why = f"{file}:{line} builds {copy[1]} with CMake (cmake.subproject)"
            cmake = Dependency("cmake", types=BUILD)
            found.setdefault("cmake", KnownNeed(cmake, why, in_table=False))
    return tuple(found.values())


def requires(file: str, line: int, name: str) -> str:
    """How the source of such a need is named."""
    return f"{file}:{line} requires {name} (dependency)"


def _dependencies(files: Mapping[str, str]) -> Iterator[tuple[str, int, str]]:
    """File, line and arguments of the calls of ``dependency()`` that are made in any case."""
    folders, at = [""], 0
    while at < len(folders) and at < _MOST_FOLDERS:
        file = f"{folders[at]}{MESON_BUILD}"
        for name, line, arguments in _unconditional(files.get(file, "")):
            below = f"{folders[at]}{_text(arguments)}/"
            if name == "dependency":
                yield file, line, arguments
            elif _text(arguments) and below not in folders:
                folders.append(below)
        at += 1


def _unconditional(text: str) -> Iterator[tuple[str, int, str]]:
    """Name, line and arguments of the calls in a text that no condition surrounds."""
    depth = 0
    for statement, line in _statements(text):
        depth += bool(_BEGIN.match(statement)) - bool(_END.match(statement))
        if depth or _CHOICE.search(_STRING.sub("", statement)):
            continue
        for call in islice(_CALL.finditer(statement), _MOST_CALLS):
            if call[1] == "subdir_done":
                return
            above = statement.count("\n", 0, call.start())
            arguments = statement[call.end() : call.end() + _LONGEST]
            yield call[1], line + above, _arguments(arguments)


def _statements(text: str) -> Iterator[tuple[str, int]]:
    """The statements of a meson.build, each with its first line; comments left out."""
    text = re.sub(r"'''.*?'''", lambda match: "''" + "\n" * match[0].count("\n"), text, flags=re.S)
    lines: list[str] = []
    first, depth = 1, 0
    for number, line in enumerate(text.split("\n")[:_MOST_LINES], 1):
        lines.append(re.sub(r"^((?:'[^']*'|[^'#])*)#.*", r"\1", line))
        bare = _STRING.sub("", lines[-1])
        depth += sum(map(bare.count, "([")) - sum(map(bare.count, ")]"))
        if depth <= 0 and not bare.endswith("\\"):
            yield "\n".join(lines), first
            lines, first, depth = [], number + 1, 0


def _arguments(text: str) -> str:
    """What stands before the bracket that ends a call."""
    depth = 1
    for match in re.finditer(r"'[^'\n]*'|[()]", text):
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if depth == 0:
            return text[: match.start()]
    return ""


def _text(argument: str) -> str:
    match = re.fullmatch(r"\s*'([^'\n]*)'\s*,?\s*", argument)
    return match[1] if match else ""


def _dependency(arguments: str) -> Dependency | None:
    first, *others = re.findall(r"(?:'[^'\n]*'|\[[^\]]*\]|[^,\['])+", arguments) or [""]
    named = dict(_keyword(each) for each in others if each.strip())
    if not {*named} <= _CERTAIN or named.get("required", "true") != "true":
        return None
    least = ""
    if "version" in named:
        match = re.fullmatch(rf"\[?\s*'\s*>=\s*({NUMBERS})\s*'\s*\]?", named["version"])
        if match is None:
            return None
        least = match[1]
    return of_module(_text(first), least)


def of_module(name: str, least: str) -> Dependency | None:
    """The package that has a module of pkg-config, in at least a version, if there is one; None
    where it is not certain which package that is."""
    package = PACKAGES.get(name) or VIRTUAL.get(name)
    if package is None:
        return None
    versions = ranges(SpecifierSet(f">={least}")) if least and name in PACKAGES else ""
    return Dependency(package, versions, types=LIBRARY)


def _keyword(text: str) -> tuple[str, str]:
    """A keyword argument; anything else has an empty name."""
    match = re.fullmatch(r"\s*(\w+)\s*:\s*(.*?)\s*", text, re.S)
    return (match[1], match[2]) if match else ("", "")

"""Native libraries without which Meson does not configure a project, by its own words.

``dependency('fftw3')``, under no condition in meson.build or in a folder that it always enters,
fails without the library. Meson asks pkg-config for it
(https://mesonbuild.com/Dependencies.html), by the name that the library itself installs
(`pkg_config`). A copy that would do, parts and exact versions are decided by a person: such calls
are only hints.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from ..pypi.model import MESON_BUILD, Source
from ..recipe.model import BUILD, Dependency
from .build_files import NUMBERS
from .known_needs import KnownNeed
from .meson_reader import Looked, looked_for
from .pkg_config import of_module

#: What Meson looks for by itself.
_WITHOUT_PKG_CONFIG = {"hdf5", "mpi"}
#: Of a package, the variants that have its library for a language, as Meson calls that.
_FOR_LANGUAGE = {"hdf5": {"'cpp'": "+cxx", "'fortran'": "+fortran"}}
#: Other arguments leave a doubt, such as ``fallback:``, ``modules:`` and ``native:``.
_CERTAIN = {"required", "version", "static", "language", "method", "include_type"}
#: https://mesonbuild.com/CMake-module.html#cmake-subprojects
_BY_CMAKE = re.compile(r"(?m)^[^#'\n]*\bcmake\.subproject\s*\(\s*'([\w.+-]{1,80})'")


def required_by_meson(source: Source, tools: Collection[str]) -> tuple[KnownNeed, ...]:
    """What the meson.build files of an archive require, where it is built with Meson (which is
    among its ``tools``): the libraries, each with the variants for all that is looked for, and
    before them the pkg-config that finds them; and the CMake that builds a copy which the archive
    has."""
    if "meson" not in tools:
        return ()
    found: dict[str, KnownNeed] = {}
    for looked in looked_for(source):
        dependency = _dependency(looked)
        if dependency is None:
            continue
        why = requires(looked.file, looked.line, looked.name)
        if looked.name not in _WITHOUT_PKG_CONFIG:
            pkgconfig = Dependency("pkgconfig", types=BUILD)
            found.setdefault("pkgconfig", KnownNeed(pkgconfig, why, in_table=False))
        need = found.setdefault(dependency.package, KnownNeed(dependency, why, in_table=False))
        both = need.dependency.with_variants(dependency.variants)
        found[dependency.package] = replace(need, dependency=both)
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


def _dependency(looked: Looked) -> Dependency | None:
    named = looked.keywords
    if not {*named} <= _CERTAIN or named.get("required", "true") != "true":
        return None
    least = ""
    if "version" in named:
        match = re.fullmatch(rf"\[?\s*'\s*>=\s*({NUMBERS})\s*'\s*\]?", named["version"])
        if match is None:
            return None
        least = match[1]
    found = of_module(looked.name, least)
    variant = _FOR_LANGUAGE.get(looked.name, {}).get(named.get("language", ""))
    return replace(found, variants=(*found.variants, variant)) if found and variant else found

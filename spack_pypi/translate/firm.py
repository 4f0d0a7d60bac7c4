"""Which of the native libraries that an archive names it cannot do without, by its own words.

``find_package(X REQUIRED)``, under a condition that is not decided only where X is known as a
package (others may be of another compiler or platform); what Meson requires; what setup.py links
with in any case, or pyproject.toml lists; what Cargo.lock names; and a library that Python code
loads by its name. A recipe says so where nothing in it brings the library. Everything else may be
an option of the build.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from ..pypi.model import NATIVE_BUILDERS, Source
from . import cmake_packages, pkg_config
from .cmake_reader import CMakeReader
from .known_needs import KnownNeed
from .meson_reader import looked_for
from .native import Hint
from .required_by_cmake import FUNCTIONS

#: A project that loads more libraries than this by their names packs or finds those of others.
_MOST_LOADED = 3
#: Where programs for developers lie, which no build runs unless setup.py names them.
_SCRIPTS = "scripts/"
#: As CMake and pkg-config call what is a package of Spack, in small letters.
_PACKAGES = {"boost", *cmake_packages.PACKAGES, *cmake_packages.VIRTUAL}
_PACKAGES |= {name.lower() for name in (*pkg_config.PACKAGES, *pkg_config.VIRTUAL)}
#: What a C library, the linker or another platform has.
_ALWAYS_THERE = {"c", "dl", "iconv", "libc", "libobjc", "npymath", "npyrandom", "python3"}

#: Programs without which nothing is built, where setup.py runs them. What works on any file may be
#: run for one that is not there.
_BUILDERS = {*NATIVE_BUILDERS} - {"make", "swig"}


def marked(source: Source, tools: Collection[str], hints: Collection[Hint]) -> tuple[Hint, ...]:
    """The hints, and which are firm."""
    places = {*_required(source, tools)}
    scripts = str(source.setup_py.keywords.get("cffi_modules")) if source.setup_py else ""
    loading = (e for e in source.looked_for if not e[1].startswith(_SCRIPTS) or e[1] in scripts)
    named = {name for name, _, _ in loading}
    if len(named - {""}) > _MOST_LOADED:
        named.clear()
    if source.setup_py is not None:
        if not source.setup_py.builds_libraries:
            named |= {each.name for each in source.setup_py.libraries.always}
        named |= _BUILDERS.intersection(name for name, _ in source.setup_py.programs.commands)

    def is_firm(hint: Hint) -> bool:
        if hint.copied or not hint.name or hint.name in _ALWAYS_THERE:
            return False
        by_words = (hint.file, hint.line) in places or "(find_library)" in hint.text
        return by_words or hint.name in named or hint.text.endswith("under [external]")

    return tuple(replace(hint, firm=is_firm(hint)) for hint in hints)


def _required(source: Source, tools: Collection[str]) -> Iterator[tuple[str, int]]:
    """Where CMake and Meson require something (file, line)."""
    if "cmake" in tools:
        for made in CMakeReader(source, {*FUNCTIONS}).read():
            known = made.always or not _PACKAGES.isdisjoint(map(str.lower, made.arguments))
            if known and "REQUIRED" in made.arguments:
                yield made.file, made.line
    for looked in looked_for(source) if "meson" in tools else ():
        if looked.keywords.get("required", "true") == "true":
            yield looked.file, looked.line


def of_needs(needs: Collection[KnownNeed]) -> tuple[Hint, ...]:
    """What may be needed, as hints: the last of several with one source, before which is the
    program that finds it."""
    found: dict[str, Hint] = {}
    for need in needs:
        file, _, text = need.source.partition(" ")
        found[need.source] = Hint(need.dependency.package, file, 0, text, firm=True)
    return tuple(found.values())

"""Programs that setup.py runs by a command line that it states, on a file that the archive has.

``["cargo", "build"]`` beside a Cargo.toml, ``["cmake", ...]`` beside a CMakeLists.txt, and
``["meson", ...]`` beside a meson.build: without the program the build fails. So it does without
SWIG where that is run, or an extension has a source for it, and without ``make`` where the
archive has a Makefile, or it is run in any case. What CMake runs is no matter of the recipe: the
package cmake requires gmake to run, and so brings it. What is run only to make an sdist, or where
somebody asks for it, does not count. A name that is in no command line may be asked for, or only
looked for: that is a hint.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Callable

from packaging.specifiers import SpecifierSet

from ..pypi.model import CARGO_TOML, CMAKE_LISTS, MESON_BUILD, Source
from ..recipe.model import BUILD, Dependency
from .backends.rust import least_rust
from .build_files import meson_languages, meson_minimum
from .build_programs import PACKAGES
from .cmake_minimum import cmake_minimum
from .known_needs import KnownNeed
from .versions import ranges

#: The program → the file that it works on, and the least version by that. SWIG works on any file,
#: and CMake and others write Makefiles.
_FILES: Mapping[str, tuple[str, Callable[[Source], str]]] = {
    "cargo": (CARGO_TOML, least_rust),
    "cmake": (CMAKE_LISTS, cmake_minimum),
    "make": ("", lambda source: ""),
    "meson": (MESON_BUILD, meson_minimum),
    "swig": ("", lambda source: ""),
}


def run_by_setup_py(source: Source, tools: Collection[str]) -> tuple[KnownNeed, ...]:
    """The programs besides these ``tools``, each once, and what they run: the C compiler, which
    links for Rust; Meson's Ninja and compilers."""
    found: dict[str, KnownNeed] = {}
    always = source.setup_py.programs.always if source.setup_py else ()
    for name, line in source.setup_py.programs.commands if source.setup_py else ():
        if name not in _FILES:
            continue
        package, (file, least) = PACKAGES[name], _FILES[name]
        there = not file or any(f"/{p}".endswith(f"/{file}") for p in source.build_files)
        if name == "make":
            there = source.has_makefile or (name, line) in always
        if package not in tools and there:
            minimum = least(source)
            versions = ranges(SpecifierSet(f">={minimum}")) if minimum else ""
            needed = [Dependency(package, versions, types=BUILD)]
            needed += [Dependency(each, types=BUILD) for each in _run_by(package, source)]
            for each in needed:
                need = KnownNeed(each, runs(name, line), in_table=False)
                found.setdefault(each.package, need)
    return tuple(found.values())


def _run_by(package: str, source: Source) -> Sequence[str]:
    if package == "meson":
        return ("ninja", *(meson_languages(source) or ()))
    return ("c",) if package == "rust" else ()


def runs(name: str, line: int) -> str:
    """How the source of such a need is named."""
    return f"setup.py:{line} runs {name}"

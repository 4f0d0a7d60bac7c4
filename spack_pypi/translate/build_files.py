"""What meson.build and source files say of languages, and build files of least versions.

The former are programs: they are read as text, and count only where they say something plainly.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import PurePosixPath
from posixpath import join, normpath

from ..pypi.cmeel import configured as configured_for_cmeel
from ..pypi.cmeel import is_packed
from ..pypi.model import CMAKE_LISTS, ENDINGS, MESON_BUILD, Source, at
from ..recipe.model import LANGUAGES

#: The version of a tool, as a regular expression; Python reads no number of thousands of digits.
NUMBERS = r"[0-9]{1,9}(?:\.[0-9]{1,9}){0,9}"
#: As Meson calls them → as Spack does.
_MESON_LANGUAGES = {"c": "c", "cpp": "cxx", "fortran": "fortran"}
#: Meson compiles what Cython writes as C, unless a target says otherwise.
#: https://mesonbuild.com/Cython.html
_CYTHON_AS_CXX = re.compile(r"cython_language\s*=\s*cpp")
_CYTHON = {".pyx", ".pxd"}

#: A call, and its arguments up to the next parenthesis, but those in texts.
_CALL = re.compile(r"(?<![\w.])([A-Za-z_]\w*)\s*\(((?:\"(?:[^\"\\\n]|\\.)*\"|[^()])*)")


def in_order(languages: Iterable[str]) -> tuple[str, ...]:
    """Languages in the order in which recipes name them, those that Spack knows."""
    found = set(languages)
    return tuple(language for language in LANGUAGES if language in found)


def cmake_top(source: Source) -> str:
    """The path of the CMakeLists.txt with which CMake begins: at the top of the archive, or where
    scikit-build (``setup(cmake_source_dir=)``), scikit-build-core or cmeel is configured so
    (https://scikit-build-core.readthedocs.io/en/latest/reference/configs.html#cmake.source-dir,
    https://cmeel.readthedocs.io/en/latest/guide.html). Where setup.py runs CMake, in a folder, it
    is the only one that lies in no folder of another."""
    configured = at(source.pyproject, "tool", "scikit-build", "cmake", "source-dir")
    if is_packed(source):
        configured = configured_for_cmeel(source, "source")
    if not isinstance(configured, str) and source.setup_py is not None:
        configured = source.setup_py.keywords.get("cmake_source_dir")
    if isinstance(configured, str):
        return normpath(join(configured, CMAKE_LISTS))
    runs_cmake = source.setup_py is not None and source.setup_py.programs.runs("cmake")
    found = outermost(source) if runs_cmake else []
    return found[0] if len(found) == 1 else CMAKE_LISTS


def outermost(source: Source) -> list[str]:
    """The paths of the CMakeLists.txt that lie in no folder which has one, too."""
    paths = {path: PurePosixPath(path) for path in source.build_files}
    folders = {path: each.parent for path, each in paths.items() if each.name == CMAKE_LISTS}
    there = {*folders.values()}
    return [path for path, folder in folders.items() if there.isdisjoint(folder.parents)]


def meson_languages(source: Source) -> tuple[str, ...] | None:
    """The languages of ``project()`` and ``add_languages()`` in meson.build; None without one.
    Meson looks for a C compiler where Cython is one of them, also where that writes C++."""
    if MESON_BUILD not in source.build_files:
        return None
    found: set[str] = set()
    of_cython = {"c"}
    for path, text in source.build_files.items():
        if not path.endswith(MESON_BUILD):
            continue
        if _CYTHON_AS_CXX.search(text):
            of_cython = {"c", "cxx"}
        for name, arguments, _ in commands(text):
            if name == "add_languages" or (name == "project" and path == MESON_BUILD):
                # What names a keyword (``version: '1.0'``) is not a language.
                words = arguments[1:] if name == "project" else arguments
                found |= {_MESON_LANGUAGES.get(word, word) for word in words}
    return in_order(found | of_cython if "cython" in found else found)


def meson_minimum(source: Source) -> str:
    """The version that ``meson_version: '>=…'`` requires, ``""`` where that is not a literal."""
    match = re.search(
        rf"meson_version\s*:\s*'\s*>=?\s*({NUMBERS})(?!\.?[0-9])",
        source.build_files.get(MESON_BUILD, ""),
    )
    return match[1] if match else ""


def commands(text: str) -> Iterator[tuple[str, list[str], int]]:
    """(name, arguments, line) of the calls in a CMakeLists.txt or meson.build, without comments
    and methods. Of Meson's arguments only texts are given, without those of keywords."""
    text = re.sub(r"(?m)(?<!\\)#.*$", "", _without_brackets(text))
    line, counted = 1, 0
    for match in _CALL.finditer(text):
        line += text.count("\n", counted, match.start())
        counted = match.start()
        inner = match[2]
        # CMake's texts have other quotes, and may have an apostrophe in them.
        is_meson = "'" in re.sub(r'"[^"]*"', "", inner)
        if is_meson or match[1] in ("dependency", "add_languages"):
            inner = re.sub(r"\b\w+\s*:\s*('[^']*'|[^,]*)", "", inner)
            arguments = re.findall(r"'([^']*)'", inner)
        else:
            arguments = [word.strip('"') for word in re.findall(r'"[^"]*"|[^\s"]+', inner)]
        yield match[1].lower(), arguments, line


def _without_brackets(text: str) -> str:
    """A text without CMake's comments in brackets, ``#[[ ... ]]``; its lines stay where they are.
    One that does not end counts as text."""
    kept: list[str] = []
    at = 0
    while True:
        start = text.find("#[[", at)
        end = text.find("]]", start) if start >= 0 else -1
        if end < 0:
            return "".join([*kept, text[at:]])
        kept += [text[at:start], "\n" * text.count("\n", start, end)]
        at = end + 2


def languages_of(suffixes: Collection[str]) -> list[str]:
    """The languages of the source files that have these endings."""
    return [
        language for language, endings in ENDINGS.items() if not {*endings}.isdisjoint(suffixes)
    ]


def file_languages(source: Source) -> tuple[str, ...]:
    """The languages of the source files, Cython's in which its code is generated."""
    suffixes = {suffix.lower() for suffix in source.suffixes}
    if source.setup_py is not None and source.setup_py.compiling.only_cxx:
        suffixes -= _CYTHON
    found = set(languages_of(suffixes))
    if source.cxx_cython:
        found.add("cxx")
    return in_order(found)

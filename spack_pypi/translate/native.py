"""What a source archive tells of compilers, tools and native libraries, beside Python projects.

CMakeLists.txt and meson.build are programs: read as text, they give hints, and facts only where
they say something plainly (the languages of ``project()``, the least version of the tool).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..pypi.model import Source
from ..recipe.model import LANGUAGES

#: As CMake, in capitals, and Meson call them → as Spack does.
CMAKE_LANGUAGES = {"C": "c", "CXX": "cxx", "FORTRAN": "fortran"}
_MESON_LANGUAGES = {"c": "c", "cpp": "cxx", "fortran": "fortran"}
_CMAKE_WORDS = {"VERSION", "DESCRIPTION", "HOMEPAGE_URL", "LANGUAGES", "COMPAT_VERSION"}
#: What Python itself, its packages or the compiler bring.
_NOT_NATIVE = {
    "python", "python2", "python3", "pythoninterp", "pythonlibs", "pythonextensions", "cython",
    "f2py", "numpy", "pybind11", "nanobind", "threads", "git", "scikitbuild", "pkgconfig",
    "packagehandlestandardargs", "dl", "m", "rt", "pthread", "stdc++", "c", "openmp",
    "ws2_32", "sphinx", "doxygen", "gtest", "catch2", "benchmark", "coverage", "cuda",
    "cudatoolkit",
}  # fmt: skip


@dataclass(frozen=True)
class Hint:
    """A native dependency that the archive speaks of: its ``name`` there, the ``file`` and
    ``line`` (0: not known), and in ``text`` what it does there: "looks for ..."."""

    name: str
    file: str
    line: int
    text: str

    def names(self) -> tuple[str, ...]:
        """How a package of that name might be called in Spack, likeliest first."""
        low = re.sub(r"[^a-z0-9+.-]", "-", self.name.lower()).strip("-")
        bare = re.sub(r"[-.\d]+$", "", low)
        found = [low, bare]
        found += [low[3:], bare[3:]] if low.startswith("lib") else [f"lib{low}"]
        return tuple(dict.fromkeys(n for n in found if re.fullmatch(r"[a-z0-9][a-z0-9-]*", n)))


def in_order(languages: Iterable[str]) -> tuple[str, ...]:
    """Languages in the order in which recipes name them, those that Spack knows."""
    found = set(languages)
    return tuple(language for language in LANGUAGES if language in found)


def cmake_languages(source: Source) -> tuple[str, ...] | None:
    """The languages that CMakeLists.txt enables (C and C++ unless ``project()`` says), None where
    it does not say plainly. Folders below add those whose files are there."""
    found: set[str] = set()
    suffixes = set(source.suffixes)
    for path, text in source.build_files.items():
        if not path.endswith("CMakeLists.txt"):
            continue
        top = path == "CMakeLists.txt"
        for name, arguments, _ in _commands(text):
            languages: set[str] | None = None
            if name == "project":
                languages = _project_languages(arguments)
                if languages is None and top:
                    return None
            elif name == "enable_language":
                languages = {CMAKE_LANGUAGES.get(word.upper(), "") for word in arguments[:1]}
            for language in languages or ():
                # What lies below may be a copy of something that is built in parts only.
                if language and (top or language in {"c", "cxx"} & set(_languages_of(suffixes))):
                    found.add(language)
    if "CMakeLists.txt" not in source.build_files:
        return None
    return in_order(found)


def _project_languages(arguments: Sequence[str]) -> set[str] | None:
    words = list(arguments[1:])
    if any(word.startswith("${") for word in words):
        listed = words[words.index("LANGUAGES") + 1 :] if "LANGUAGES" in words else words[:1]
        if any(word.startswith("${") for word in listed):
            return None
    if "LANGUAGES" in words:
        named = words[words.index("LANGUAGES") + 1 :]
    elif words and words[0] not in _CMAKE_WORDS:
        named = words
    else:
        return {"c", "cxx"}
    found = {CMAKE_LANGUAGES[word.upper()] for word in named if word.upper() in CMAKE_LANGUAGES}
    return found


def cmake_minimum(source: Source) -> str:
    """The version of ``cmake_minimum_required``, ``""`` where it is not said plainly."""
    for name, arguments, _ in _commands(source.build_files.get("CMakeLists.txt", "")):
        if name == "cmake_minimum_required" and len(arguments) > 1:
            match = re.match(r"\d+(\.\d+)*", arguments[1])
            return match[0] if match else ""
    return ""


def meson_languages(source: Source) -> tuple[str, ...] | None:
    """The languages of ``project()`` and ``add_languages()`` in meson.build; None without one."""
    if "meson.build" not in source.build_files:
        return None
    found: set[str] = set()
    for path, text in source.build_files.items():
        if not path.endswith("meson.build"):
            continue
        for name, arguments, _ in _commands(text):
            if name == "add_languages" or (name == "project" and path == "meson.build"):
                # What names a keyword (``version: '1.0'``) is no language.
                words = arguments[1:] if name == "project" else arguments
                found |= {_MESON_LANGUAGES[w] for w in words if w in _MESON_LANGUAGES}
    return in_order(found)


def meson_minimum(source: Source) -> str:
    """The version that ``meson_version: '>=…'`` asks for, ``""`` where it is not said plainly."""
    match = re.search(
        r"meson_version\s*:\s*'\s*>=?\s*(\d+(?:\.\d+)*)", source.build_files.get("meson.build", "")
    )
    return match[1] if match else ""


#: Folders of copies of other projects, which are built as they are or not at all.
_COPIES = re.compile(
    r"(^|/)(vendor|third.?party|extern(al)?|deps|subprojects|_deps)(ed|s)?/", re.I
)


def hints(source: Source, tools: set[str]) -> tuple[Hint, ...]:
    """Native libraries and programs that the archive speaks of: in PEP 725's table, in setup.py,
    and in what those of the ``tools`` ``cmake`` and ``meson`` read with which it is built; each
    name once, and none of the ``tools``."""
    found: dict[str, Hint] = {}
    brought = {*_NOT_NATIVE, *tools, *(("cargo",) if "rust" in tools else ())}
    cmake = _cmake(source) if "cmake" in tools else ()
    meson = _meson(source) if "meson" in tools else ()
    for hint in (*_external(source), *cmake, *meson, *_linked(source)):
        key = re.sub(r"\W", "", hint.name.lower())
        if key not in brought and re.fullmatch(r"[A-Za-z][\w.+-]*", hint.name):
            found.setdefault(key, hint)
    return tuple(found.values())


def _external(source: Source) -> Iterator[Hint]:
    """``[external]`` (PEP 725, a draft): ``dep:generic/openssl@>=3``, or with ``pkg:``."""
    table: Any = (source.pyproject or {}).get("external")
    lists: list[Any] = list(table.values()) if isinstance(table, dict) else []
    for each in lists:
        for text in each if isinstance(each, list) else ():
            match = re.match(r"(?:dep|pkg):(?!virtual/)\w+/([\w.+-]+)", str(text))
            if match:
                yield Hint(match[1], "pyproject.toml", 0, f"lists {text} under [external]")


def _own_files(source: Source, name: str) -> Iterator[tuple[str, str]]:
    for path, text in source.build_files.items():
        if path.endswith(name) and not _COPIES.search(path):
            yield path, text


def _cmake(source: Source) -> Iterator[Hint]:
    for path, text in _own_files(source, "CMakeLists.txt"):
        for name, arguments, line in _commands(text):
            if name == "find_package" and arguments:
                yield Hint(arguments[0], path, line, f"looks for {arguments[0]} (find_package)")
            elif name in ("pkg_check_modules", "pkg_search_module"):
                for word in arguments[1:]:
                    module = re.split(r"[<>=]", word)[0]
                    if module and not module.isupper():
                        yield Hint(module, path, line, f"looks for {module} ({name})")


def _meson(source: Source) -> Iterator[Hint]:
    for path, text in _own_files(source, "meson.build"):
        for name, arguments, line in _commands(text):
            if name == "dependency" and arguments:
                yield Hint(arguments[0], path, line, f"looks for {arguments[0]} (dependency)")


def _linked(source: Source) -> Iterator[Hint]:
    for name, line in source.setup_py.libraries if source.setup_py else ():
        yield Hint(name, "setup.py", line, f"links with {name}")
    for name, line in source.setup_py.programs if source.setup_py else ():
        yield Hint(name, "setup.py", line, f"names {name}, which it may run")


def _commands(text: str) -> Iterator[tuple[str, list[str], int]]:
    """(name, arguments, line) of the calls in a CMakeLists.txt or meson.build, comments left out.
    Of Meson's arguments only texts are given, without those of keywords."""
    text = re.sub(r"#\[\[.*?\]\]", lambda m: "\n" * m[0].count("\n"), text, flags=re.S)
    text = re.sub(r"(?m)(?<!\\)#.*$", "", text)
    for match in re.finditer(r"\b([A-Za-z_]\w*)\s*\(([^()]*)", text):
        line = text.count("\n", 0, match.start()) + 1
        inner = match[2]
        if "'" in inner or match[1] in ("dependency", "add_languages"):
            inner = re.sub(r"\b\w+\s*:\s*('[^']*'|[^,]*)", "", inner)
            arguments = re.findall(r"'([^']*)'", inner)
        else:
            arguments = [word.strip('"') for word in re.findall(r'"[^"]*"|[^\s"]+', inner)]
        yield match[1] if match[1].islower() else match[1].lower(), arguments, line


#: Source file endings → the language that Spack's compilers are asked for.
_ENDINGS: Mapping[str, tuple[str, ...]] = {
    "c": (".c", ".pyx", ".pxd"),
    "cxx": (".cc", ".cpp", ".cxx", ".c++", ".cu"),
    "fortran": (".f", ".for", ".f77", ".f90", ".f95", ".f03", ".f08"),
}


def _languages_of(suffixes: set[str]) -> list[str]:
    return [language for language, endings in _ENDINGS.items() if suffixes & set(endings)]


def file_languages(source: Source) -> tuple[str, ...]:
    """The languages of the source files, Cython's in which its code is generated."""
    found = set(_languages_of({suffix.lower() for suffix in source.suffixes}))
    if source.cxx_cython:
        found.add("cxx")
    return in_order(found)

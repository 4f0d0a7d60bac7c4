"""The languages that CMake enables: those whose compilers it looks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..pypi.model import CMAKE_LISTS, Source
from .build_files import cmake_top, commands, in_order, languages_of
from .cmake_reader import CMakeReader

#: As CMake calls them, in capitals → as Spack does.
CMAKE_LANGUAGES = {"C": "c", "CXX": "cxx", "FORTRAN": "fortran"}
_WORDS = {"VERSION", "DESCRIPTION", "HOMEPAGE_URL", "LANGUAGES", "COMPAT_VERSION"}
_PROJECT, _ENABLE = "project", "enable_language"


def cmake_languages(source: Source) -> tuple[str, ...] | None:
    """The languages that CMakeLists.txt enables (C and C++ unless ``project()`` says), None where
    it does not say plainly; without what is under a condition that is never true. Folders below
    that are entered in any case add theirs, others those whose files are there."""
    first = cmake_top(source)
    if first not in source.build_files:
        return None
    there = {"c", "cxx"}.intersection(languages_of(source.suffixes))
    found: set[str] = set()
    carried = _carried(source.build_files[first])
    for path, name, arguments, always in _calls(source):
        more = carried.get(arguments[-1]) if path == first and arguments else None
        languages = _enabled(name, [*arguments[:-1], *more] if more else arguments)
        if path == first and languages is None:
            return None
        # What else lies below may be a copy of something that is built in parts only.
        certain = always or path == first
        found |= (languages or set()) if certain else there & (languages or set())
    return in_order(found)


def may_enable_c(source: Source) -> bool:
    """Whether any CMakeLists.txt enables C, or does not say plainly what it does."""
    enabled = (_enabled(name, arguments) for _, name, arguments, _ in _calls(source))
    return any(languages is None or "c" in languages for languages in enabled)


def _calls(source: Source) -> Iterator[tuple[str, str, Sequence[str], bool]]:
    """(path, function, arguments, whether it is made in any case) of the calls that enable
    languages: as far as they are made in the files that CMake certainly reads, and all of them in
    others."""
    reader = CMakeReader(source, {_PROJECT, _ENABLE})
    for made in reader.read():
        yield made.file, made.function, made.arguments, made.always
    for path, text in source.build_files.items():
        if path.endswith(CMAKE_LISTS) and path not in reader.entered:
            for name, arguments, _ in commands(text):
                if name in (_PROJECT, _ENABLE):
                    yield path, name, arguments, False


def _carried(text: str) -> Mapping[str, Sequence[str]]:
    """What the variables of a text are given where that are languages, if it is always the same::

    compute_project_args(ARGS LANGUAGES CXX)
    project(${NAME} ${ARGS})
    """
    given: dict[str, set[tuple[str, ...]]] = {}
    for _, words, _ in commands(text):
        if "LANGUAGES" in words[1:]:
            languages = tuple(words[words.index("LANGUAGES") :])
            given.setdefault(f"${{{words[0]}}}", set()).add(languages)
    return {name: each.pop() for name, each in given.items() if len(each) == 1}


def _enabled(name: str, arguments: Sequence[str]) -> set[str] | None:
    """The languages that a call enables; None where it names none plainly."""
    if name == _ENABLE:
        return {CMAKE_LANGUAGES.get(word.upper(), "") for word in arguments[:1]}
    words = list(arguments[1:])
    if "LANGUAGES" in words:
        words = words[words.index("LANGUAGES") + 1 :]
        plain = not any(word.startswith("${") for word in words)
    elif words and words[0] not in _WORDS:
        plain = not words[0].startswith("${")
    else:
        return {"c", "cxx"}
    found = {CMAKE_LANGUAGES[word.upper()] for word in words if word.upper() in CMAKE_LANGUAGES}
    return found if plain else None

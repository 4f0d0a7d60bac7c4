"""The calls of a CMake project that are made, whatever its user asks for.

https://cmake.org/cmake/help/latest/manual/cmake-language.7.html. A call counts that stands under
no condition but one that is decided by what the file says itself, and by what the build backend
sets. Files that are included in any case are read where they are, and functions and macros where
they are called.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from posixpath import dirname, join, normpath
from typing import NamedTuple, Optional

from ..pypi.model import CMAKE_LISTS, CMAKE_MODULE, Source, at, strings
from .build_files import cmake_top, commands

_SWITCHES = {
    **dict.fromkeys(("ON", "TRUE", "YES", "Y", "1"), True),
    **dict.fromkeys(("OFF", "FALSE", "NO", "N", "0"), False),
}
_BEGIN = {"if", "foreach", "while", "function", "macro", "block"}
_SETTING = {"list", "option", "set"}
#: What CMake itself sets where Spack builds. A Mac is one of the two.
_PLATFORM = {
    "UNIX": True, "WIN32": False, "MSVC": False, "MINGW": False, "CYGWIN": False,
    "ANDROID": False, "EMSCRIPTEN": False, "IOS": False, "CMAKE_CROSSCOMPILING": False,
}  # fmt: skip
#: A variable that is set on CMake's command line.
_DEFINED = re.compile(r"-D(\w+)(?::\w+)?=(.*)")
#: What stands for the folder that holds the file.
_HERE = re.compile(r"\$\{CMAKE_CURRENT_(?:SOURCE|LIST)_DIR\}/?")
#: What variables are called that have what was found, behind the name of the package.
_RESULT = r"_(?:found|librar(?:y|ies)|include_dirs?)$"
_MOST_FOLDERS = 64
_DEFINING, _ENTERING = {"function", "macro"}, {"add_subdirectory", "include"}
#: How deep functions are followed.
_DEEPEST = 10

#: What lists hold; None for one that is not known.
_Lists = dict[str, Optional[list[str]]]
#: A function, its arguments, and its line.
_Call = tuple[str, list[str], int]


class _Place(NamedTuple):
    """A file, and the folder of the CMakeLists.txt that includes it, or that it is."""

    path: str
    folder: str


@dataclass(frozen=True)
class Made:
    """A call: the ``file`` and ``line`` in which it is, its ``function``, its ``arguments``, and
    whether it ``always`` is made: where not, the condition is not known."""

    file: str
    line: int
    function: str
    arguments: Sequence[str]
    always: bool


def in_any_case(source: Source, functions: set[str]) -> Iterator[Made]:
    """The calls of these functions in the topmost CMakeLists.txt of an archive, and in those of
    the folders that it enters in any case."""
    return (made for made in CMakeReader(source, functions).read() if made.always)


class CMakeReader:
    """Follows the options and lists of a project. A setup.py sets what it defines (``-DX=ON``);
    what scikit-build-core sets stands in pyproject.toml
    (https://scikit-build-core.readthedocs.io/en/latest/configuration/index.html)."""

    def __init__(self, source: Source, functions: set[str]) -> None:
        self._files, self._functions = source.build_files, functions
        self._given = source.setup_py.defines if source.setup_py else {}
        #: What defines nothing plainly, or computes names, may set any option.
        self._free = source.setup_py is not None and (not self._given or "" in self._given)
        self._off = source.setup_py.switched_off if source.setup_py else frozenset()
        table = at(source.pyproject, "tool", "scikit-build")
        defined = at(table, "cmake", "define")
        self._defined = {**(defined if isinstance(defined, dict) else {})}
        for match in filter(None, map(_DEFINED.fullmatch, strings(at(table, "cmake", "args")))):
            self._defined[match[1]] = match[2]
        self._table = str(table)
        by_skbuild = source.backend.partition(".")[0] in ("scikit_build_core", "skbuild")
        #: What is on or off; None for one that is set, but not known.
        self._switches: dict[str, bool | None] = dict(_PLATFORM)
        self._switches.update({"SKBUILD": True} if by_skbuild else {})
        #: What was looked for, by its name in small letters, that the project may go on without.
        self._optional: dict[str, Made] = {}
        self._first = cmake_top(source)
        #: The files that were read.
        self.entered: set[str] = {""}
        #: Functions and macros by their name, and those that are being followed.
        self._bodies: dict[str, tuple[str, _Place, Sequence[str], Sequence[_Call]]] = {}
        self._running: list[str] = []
        #: What functions set for who calls them.
        self._for_caller: set[str] = set()

    def read(self) -> Iterator[Made]:
        """The calls, but for those under a condition that is never true."""
        return self._read(self._first, dirname(self._first), {})

    def _read(self, path: str, folder: str, lists: _Lists) -> Iterator[Made]:
        """The calls in a file, and in what it enters; ``folder`` is that of the CMakeLists.txt
        which includes it, and ``lists`` are those that are known there."""
        if path not in self.entered and len(self.entered) < _MOST_FOLDERS:
            self.entered.add(path)
            calls = [*commands(self._files.get(path, ""))]
            yield from self._run(_Place(path, folder), calls, lists)

    def _run(self, place: _Place, calls: Sequence[_Call], lists: _Lists) -> Iterator[Made]:
        path = place.path
        within: list[bool | None] = []  # whether what is entered is run, if that is known
        absent: list[tuple[str, str]] = []  # what was not found there, and behind ``else()``
        for index, (name, arguments, line) in enumerate(calls):
            if name in _BEGIN:
                if name in _DEFINING and arguments and all(within):
                    body = _until_end(calls, index)
                    self._bodies[arguments[0].lower()] = (name, place, arguments[1:], body)
                within.append(self._decided(arguments) if name == "if" else None)
                absent.append(self._absent(arguments) if name == "if" else ("", ""))
            elif name.startswith("end") and name[3:] in _BEGIN:
                if not within:
                    return
                within.pop()
                absent.pop()
            elif name in ("else", "elseif") and within:
                before = within[-1]
                within[-1] = None if before is None or name == "elseif" else not before
                absent[-1] = (absent[-1][1] if name == "else" else "", "")
            elif name == "return" and all(within):
                return
            elif all(within) and (name in self._bodies or (name in _ENTERING and arguments)):
                yield from self._entered(name, arguments, place, lists)
            elif False in within or not arguments:
                continue
            elif name in self._functions or name == "message":
                lacks = absent[-1][0] if absent and all(within[:-1]) else ""
                made = Made(path, line, name, _expanded(arguments, lists), all(within))
                yield from self._made(made, lacks)
                if name in _SETTING:
                    self._note(name, arguments, lists, certain=all(within))
            else:
                self._note(name, arguments, lists, certain=all(within))

    def _entered(
        self, name: str, arguments: Sequence[str], place: _Place, lists: _Lists
    ) -> Iterator[Made]:
        if name == "add_subdirectory":
            below = _joined(place.folder, _HERE.sub("", arguments[0]))
            yield from self._read(join(below, CMAKE_LISTS), below, dict(lists))
        elif name == "include":
            yield from self._read(self._included(place, arguments[0]), place.folder, lists)
        else:
            yield from self._called(name, place.folder, lists)

    def _called(self, name: str, folder: str, lists: _Lists) -> Iterator[Made]:
        """The calls of a function, which has names of its own, or of a macro."""
        kind, place, parameters, body = self._bodies[name]
        if len(self._running) >= _DEEPEST or name in self._running:
            return
        self._running.append(name)
        switches = dict(self._switches)
        inner = dict(lists) if kind == "function" else lists
        for each in parameters:
            inner[each] = self._switches[each] = None
        yield from self._run(_Place(place.path, folder), body, inner)
        if kind == "function":
            self._switches = {**switches, **dict.fromkeys(self._for_caller)}
            lists.update(dict.fromkeys(self._for_caller))
        self._running.pop()

    def _included(self, place: _Place, named: str) -> str:
        """The path of a file that is included by its path, or by its name alone."""
        if named.endswith(CMAKE_MODULE):
            for start, above in (
                (r"\$\{CMAKE_CURRENT_LIST_DIR\}/", dirname(place.path)),
                (r"\$\{(?:CMAKE|PROJECT)_SOURCE_DIR\}/", dirname(self._first)),
                (r"(?:\$\{CMAKE_CURRENT_SOURCE_DIR\}/)?", place.folder),
            ):
                if re.match(f"{start}[^$]+$", named):
                    return _joined(above, re.sub(f"^{start}", "", named))
        # One of CMake's own, or one of a folder that the project names: cmake/, CMakeModules/.
        for above in (place.folder, dirname(self._first)):
            start = f"{above}/" if above else ""
            pattern = re.compile(
                rf"{re.escape(start)}\w*cmake\w*/(?:.+/)?{re.escape(named)}\.cmake", re.I
            )
            found = [path for path in self._files if pattern.fullmatch(path)]
            if len(found) == 1:
                return found[0]
        return ""

    def _made(self, made: Made, lacks: str) -> Iterator[Made]:
        """What a call is that is made where something was not found (``lacks``): it is looked for
        in any case, and needed if the project ends with an error there."""
        first = self._optional.get(lacks)
        if made.function == "message":
            if made.arguments[0] == "FATAL_ERROR" and first is not None:
                yield replace(first, arguments=[*first.arguments, "REQUIRED"])
            return
        wanted = made.arguments[0].lower() if made.function == "find_package" else ""
        needed = "REQUIRED" in made.arguments
        if made.always and wanted and not needed:
            self._optional[wanted] = made
        yield replace(made, always=made.always or bool(needed and wanted and wanted == lacks))

    def _absent(self, condition: Sequence[str]) -> tuple[str, str]:
        """What was looked for and not found where a condition is true, and where it is not:
        ``NOT X_FOUND``."""
        negated = condition[:1] == ["NOT"]
        words = condition[1:] if negated else condition
        if len(words) == 1:
            name = re.sub(_RESULT, "", words[0].lower())
        else:
            name = words[1].partition("::")[0].lower() if words[:1] == ["TARGET"] else ""
        if name not in self._optional:
            return "", ""
        return (name, "") if negated else ("", name)

    def _decided(self, condition: Sequence[str]) -> bool | None:
        """Whether a condition is true: names, ``NOT``, and ``AND`` or ``OR`` between them."""
        joints = {*condition} & {"AND", "OR"}
        if len(joints) > 1:
            return None
        joint = joints.pop() if joints else ""
        texts = " ".join(condition).split(f" {joint} ") if joint else [" ".join(condition)]
        each = [self._known(text.split()) for text in texts]
        decisive = joint == "OR"
        if decisive in each:
            return decisive
        return None if None in each else not decisive

    def _known(self, term: Sequence[str]) -> bool | None:
        negated = term[:1] == ["NOT"]
        words = term[1:] if negated else term
        known = self._switches.get(words[0]) if len(words) == 1 else None
        return None if known is None else known is not negated

    def _note(
        self,
        name: str,
        arguments: Sequence[str],
        lists: _Lists,
        certain: bool,
    ) -> None:
        """Note what a call sets."""
        first, *rest = arguments
        if "PARENT_SCOPE" in rest:
            self._for_caller.add(first)
        if name == "option":
            self._option(first, rest[1] if len(rest) > 1 else "OFF", certain)
        elif name == "set" and "CACHE" in rest and "FORCE" not in rest:
            self._option(first, rest[0], certain)
            lists[first] = None
        elif name in ("set", "list"):
            changed = rest[0] if name == "list" and rest else first
            before = lists.get(changed, [])
            appended = name == "list" and first == "APPEND" and before is not None
            known = certain and (appended or name == "set")
            values = [*(before or ()), *rest[1:]] if appended else rest
            lists[changed] = values if known else None
            value = rest[0].upper() if name == "set" and len(rest) == 1 and certain else ""
            self._switches[changed] = _SWITCHES.get(value)
        else:
            for each in arguments:  # it may be changed
                if each in self._switches:
                    self._switches[each] = None
                lists.pop(each, None)

    def _option(self, name: str, default: str, certain: bool) -> None:
        """Note an option, which is as it was set before, if it was."""
        if name in self._switches:
            return
        if name in self._off and name not in self._given:
            self._switches[name] = False
            return
        is_set = self._free or (name in self._table and name not in self._defined)
        value = self._given.get(name, self._defined.get(name, default))
        known = certain and not is_set
        self._switches[name] = _SWITCHES.get(str(value).upper()) if known else None


def _expanded(arguments: Sequence[str], lists: Mapping[str, list[str] | None]) -> Sequence[str]:
    """The arguments with the lists that are known in place of their names."""
    found: list[str] = []
    for each in arguments:
        named = re.fullmatch(r"\$\{(\w+)\}", each)
        values = lists.get(named[1]) if named else None
        found += [each] if values is None else values
    return found


def _joined(folder: str, path: str) -> str:
    found = normpath(join(folder, path))
    return "" if found == "." else found


def _until_end(calls: Sequence[_Call], start: int) -> Sequence[_Call]:
    """What stands between a call that begins something and the one that ends it."""
    depth = 0
    for index in range(start, len(calls)):
        name = calls[index][0]
        depth += (name in _BEGIN) - (name.startswith("end") and name[3:] in _BEGIN)
        if depth == 0:
            return calls[start + 1 : index]
    return ()

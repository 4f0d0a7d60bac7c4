"""The calls of a CMake project that are made, whatever its user asks for::

    project(x C)                        # is made
    if(WIN32)
        find_package(Y REQUIRED)        # is not
    elseif(HAVE_Z)
        find_package(Z REQUIRED)        # may be
    endif()

https://cmake.org/cmake/help/latest/manual/cmake-language.7.html. A call counts that stands under
no condition but one that is decided by what the file says itself, and by what the build backend
sets (`cmake_variables`). Files that are included in any case are read where they are, and
functions and macros where they are called.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from posixpath import dirname, join, normpath
from typing import Callable, NamedTuple

from ..pypi.model import CMAKE_LISTS, CMAKE_MODULE, Source
from .build_files import cmake_top, commands
from .cmake_blocks import Block, Blocks
from .cmake_variables import SETTING, Variables

_BEGIN = {"if", "foreach", "while", "function", "macro", "block"}
_FOLDER = "add_subdirectory"
_DEFINING, _ENTERING = {"function", "macro"}, {_FOLDER, "include"}
_LOOKING = {"find_package", "pkg_check_modules", "pkg_search_module"}
#: What stands for the folder that holds the file.
_HERE = re.compile(r"\$\{CMAKE_CURRENT_(?:SOURCE|LIST)_DIR\}/?")
#: What variables are called that have what was found, behind the name of the package.
_RESULT = r"_(?:found|librar(?:y|ies)|include_dirs?)$"
_FOUND = re.compile(r"\w+_found\b")
_MOST_FOLDERS = 64
#: How deep functions are followed.
_DEEPEST = 10

#: A function, its arguments, and its line.
_Call = tuple[str, list[str], int]


@dataclass(frozen=True)
class Made:
    """A call: the ``file`` and ``line`` in which it is, its ``function``, its ``arguments``, and
    whether it ``always`` is made: where not, the condition is not known, but that something was
    ``found`` (in small letters) if it says so."""

    file: str
    line: int
    function: str
    arguments: Sequence[str]
    always: bool
    found: str = ""


class _Place(NamedTuple):
    """A file, and the folder of the CMakeLists.txt that includes it, or that it is."""

    path: str
    folder: str


class _Function(NamedTuple):
    """A ``function`` or ``macro`` (its ``kind``) that a file defines, and the calls in it."""

    kind: str
    place: _Place
    parameters: Sequence[str]
    calls: Sequence[_Call]


class _Optional:
    """What a project looks for, and may go on without; it is needed where the project ends::

    find_package(X)
    if(NOT X_FOUND)
        message(FATAL_ERROR "no X")
    endif()
    """

    def __init__(self) -> None:
        #: By its name in small letters.
        self._looked_for: dict[str, Made] = {}
        #: What calls that may be made were given, and the results among that (``x_found``), in
        #: small letters; whether any looks for what is not known.
        self._given: set[str] = set()
        self._given_results: set[str] = set()
        self._looks_for_any = False

    def note(self, function: str, arguments: Sequence[str]) -> None:
        """Note a call that may be made."""
        for each in map(str.lower, arguments):
            self._given.add(each)
            self._given_results.update(_FOUND.findall(each))
            self._looks_for_any |= "}_found" in each
        self._looks_for_any |= function in _LOOKING and "$" in arguments[0]

    def block(self, condition: Sequence[str], run: bool | None) -> Block:
        """The block of an ``if()``, with what was found where its condition is true, and what
        not."""
        negated = condition[:1] == ["NOT"]
        words = condition[1:] if negated else condition
        if len(words) == 1:
            name = re.sub(_RESULT, "", words[0].lower())
        else:
            name = words[1].partition("::")[0].lower() if words[:1] == ["TARGET"] else ""
        if name in self._looked_for:
            return Block(run, lacks=name) if negated else Block(run, has=name)
        if run is None and len(words) == 1 and self._is_unset(words[0].lower()):
            return Block(negated)
        return Block(run)

    def _is_unset(self, variable: str) -> bool:
        """Whether a variable is for the result of a search that was not made."""
        name = variable.removesuffix("_found")
        is_result = name != variable and not self._looks_for_any
        return is_result and name not in self._given and variable not in self._given_results

    def made(self, made: Made, lacks: str) -> Iterator[Made]:
        """What a call is that is made where something was not found (``lacks``): it is looked for
        in any case, and needed if the project ends with an error there."""
        first = self._looked_for.get(lacks)
        if made.function == "message":
            if made.arguments[0] == "FATAL_ERROR" and first is not None:
                yield replace(first, arguments=[*first.arguments, "REQUIRED"])
            return
        wanted = made.arguments[0].lower() if made.function == "find_package" else ""
        needed = "REQUIRED" in made.arguments
        if made.always and wanted and not needed:
            self._looked_for[wanted] = made
        yield replace(made, always=made.always or bool(needed and wanted and wanted == lacks))


def in_any_case(source: Source, functions: set[str]) -> Iterator[Made]:
    """The calls of these functions in the topmost CMakeLists.txt of an archive, and in those of
    the folders that it enters in any case."""
    return (made for made in CMakeReader(source, functions).read() if made.always)


def calls_left(source: Source, functions: set[str]) -> Callable[[str, int], bool]:
    """Whether a call of these functions (in a file, on a line) is certainly not made."""
    reader = CMakeReader(source, functions)
    for _ in reader.read():
        pass
    return reader.is_left


class CMakeReader:
    """Follows the calls of a project, for those of these ``functions``."""

    def __init__(self, source: Source, functions: set[str]) -> None:
        self._files, self._wanted = source.build_files, {*functions, "message"}
        self._first = cmake_top(source)
        self._variables = Variables(source)
        self._optional = _Optional()
        #: The files that were read.
        self.entered: set[str] = {""}
        #: Functions and macros by their name, and those that are being followed.
        self._functions: dict[str, _Function] = {}
        self._running: list[str] = []
        #: Where calls are that are made, and those that are not (file, line); the folders that may
        #: be entered, and those that are not.
        self._made: set[tuple[str, int]] = set()
        self._left: set[tuple[str, int]] = set()
        self._maybe_entered: set[str] = set()
        self._left_folders: set[str] = set()

    def read(self) -> Iterator[Made]:
        """The calls, but for those under a condition that is never true."""
        return self._read(_Place(self._first, dirname(self._first)))

    def is_left(self, file: str, line: int) -> bool:
        """Whether a call is certainly not made, once all were read: a condition is not true, or
        that on which its folder is entered."""
        if file in self.entered:
            return (file, line) in self._left and (file, line) not in self._made
        above = [*accumulate(dirname(file).split("/"), join)]
        return not self._left_folders.isdisjoint(above) and self._maybe_entered.isdisjoint(above)

    def _read(self, place: _Place) -> Iterator[Made]:
        """The calls in a file, and in what it enters."""
        if place.path not in self.entered and len(self.entered) < _MOST_FOLDERS:
            self.entered.add(place.path)
            yield from self._run(place, [*commands(self._files.get(place.path, ""))])

    def _run(self, place: _Place, calls: Sequence[_Call]) -> Iterator[Made]:
        blocks = Blocks()
        for index, (name, arguments, line) in enumerate(calls):
            if name in _BEGIN:
                if name in _DEFINING and arguments and blocks.certain:
                    body = _until_end(calls, index)
                    function = _Function(name, place, arguments[1:], body)
                    self._functions[arguments[0].lower()] = function
                blocks.begin(self._begun(name, arguments))
            elif name.startswith("end") and name[3:] in _BEGIN:
                if not blocks.end():
                    return
            elif name in ("else", "elseif"):
                blocks.turn(self._begun("if", arguments) if name == "elseif" else None)
            elif name == "return" and blocks.certain:
                self._left |= {(place.path, line) for _, _, line in calls[index:]}
                return
            elif blocks.certain and self._is_followed(name, arguments):
                yield from self._entered(name, arguments, place)
            elif not blocks.possible:
                self._left.add((place.path, line))
                if name == _FOLDER and arguments:
                    self._left_folders.add(_below(place, arguments[0]))
            elif arguments:
                yield from self._made_here(name, arguments, line, place, blocks)

    def _is_followed(self, name: str, arguments: Sequence[str]) -> bool:
        defined = name in self._functions and name not in self._wanted
        return defined or bool(name in _ENTERING and arguments)

    def _made_here(
        self, name: str, arguments: list[str], line: int, place: _Place, blocks: Blocks
    ) -> Iterator[Made]:
        """A call that may be made, and that is no function which can be followed."""
        self._made.add((place.path, line))
        self._optional.note(name, arguments)
        if name == _FOLDER:
            self._maybe_entered.add(_below(place, arguments[0]))
        given = self._variables.expanded(arguments) if name in self._wanted else ()
        if given:
            made = Made(place.path, line, name, given, blocks.certain, blocks.has)
            yield from self._optional.made(made, blocks.lacks)
        if name in SETTING or name not in self._wanted:
            self._variables.note(name, arguments, blocks.certain)

    def _begun(self, name: str, arguments: Sequence[str]) -> Block:
        if name != "if":
            return Block()
        return self._optional.block(arguments, self._variables.holds(arguments))

    def _entered(self, name: str, arguments: Sequence[str], place: _Place) -> Iterator[Made]:
        """The calls in a folder, in a file that is included, or in a function."""
        if name == _FOLDER:
            below = _below(place, arguments[0])
            with self._variables.in_folder():
                yield from self._read(_Place(join(below, CMAKE_LISTS), below))
        elif name == "include":
            yield from self._read(_Place(self._included(place, arguments[0]), place.folder))
        elif len(self._running) < _DEEPEST and name not in self._running:
            function = self._functions[name]
            self._running.append(name)
            with self._variables.in_call(function.kind, function.parameters):
                yield from self._run(_Place(function.place.path, place.folder), function.calls)
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


def _below(place: _Place, named: str) -> str:
    """The folder that ``add_subdirectory`` names."""
    return _joined(place.folder, _HERE.sub("", named))


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

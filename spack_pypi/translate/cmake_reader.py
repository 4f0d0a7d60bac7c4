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
from posixpath import dirname, join, normpath
from typing import NamedTuple

from ..pypi.model import CMAKE_LISTS, CMAKE_MODULE, Source
from .build_files import cmake_top, commands
from .cmake_variables import SETTING, Variables

_BEGIN = {"if", "foreach", "while", "function", "macro", "block"}
_DEFINING, _ENTERING = {"function", "macro"}, {"add_subdirectory", "include"}
#: What stands for the folder that holds the file.
_HERE = re.compile(r"\$\{CMAKE_CURRENT_(?:SOURCE|LIST)_DIR\}/?")
#: What variables are called that have what was found, behind the name of the package.
_RESULT = r"_(?:found|librar(?:y|ies)|include_dirs?)$"
_MOST_FOLDERS = 64
#: How deep functions are followed.
_DEEPEST = 10

#: A function, its arguments, and its line.
_Call = tuple[str, list[str], int]


@dataclass(frozen=True)
class Made:
    """A call: the ``file`` and ``line`` in which it is, its ``function``, its ``arguments``, and
    whether it ``always`` is made: where not, the condition is not known."""

    file: str
    line: int
    function: str
    arguments: Sequence[str]
    always: bool


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


class _Block(NamedTuple):
    """What stands between ``if()`` and ``endif()``, or the like: whether it is ``run``, if that is
    known; what was not found where it is (``lacks``), and what not behind its ``else()``."""

    run: bool | None = None
    lacks: str = ""
    else_lacks: str = ""


class _Blocks:
    """The blocks in which a call stands, the innermost last."""

    def __init__(self) -> None:
        self._open: list[_Block] = []

    @property
    def certain(self) -> bool:
        """Whether what stands here is run in any case."""
        return all(block.run for block in self._open)

    @property
    def possible(self) -> bool:
        return all(block.run is not False for block in self._open)

    @property
    def lacks(self) -> str:
        """What was not found where this is run, for no other reason."""
        *outer, inner = self._open or [_Block()]
        return inner.lacks if all(block.run for block in outer) else ""

    def begin(self, block: _Block) -> None:
        self._open.append(block)

    def end(self) -> bool:
        """False where nothing has begun."""
        return bool(self._open) and bool(self._open.pop())

    def turn(self, name: str) -> None:
        """``else()`` or ``elseif()``."""
        if not self._open:
            return
        block = self._open.pop()
        if name == "else":
            run = None if block.run is None else not block.run
            self._open.append(_Block(run, block.else_lacks))
        else:
            self._open.append(_Block())


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

    def block(self, condition: Sequence[str], run: bool | None) -> _Block:
        """The block of an ``if()``, with what was not found where its condition is true, and where
        it is not."""
        negated = condition[:1] == ["NOT"]
        words = condition[1:] if negated else condition
        if len(words) == 1:
            name = re.sub(_RESULT, "", words[0].lower())
        else:
            name = words[1].partition("::")[0].lower() if words[:1] == ["TARGET"] else ""
        if name not in self._looked_for:
            return _Block(run)
        return _Block(run, lacks=name) if negated else _Block(run, else_lacks=name)

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

    def read(self) -> Iterator[Made]:
        """The calls, but for those under a condition that is never true."""
        return self._read(_Place(self._first, dirname(self._first)))

    def _read(self, place: _Place) -> Iterator[Made]:
        """The calls in a file, and in what it enters."""
        if place.path not in self.entered and len(self.entered) < _MOST_FOLDERS:
            self.entered.add(place.path)
            yield from self._run(place, [*commands(self._files.get(place.path, ""))])

    def _run(self, place: _Place, calls: Sequence[_Call]) -> Iterator[Made]:
        blocks = _Blocks()
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
                blocks.turn(name)
            elif name == "return" and blocks.certain:
                return
            elif blocks.certain and (name in self._functions or (name in _ENTERING and arguments)):
                yield from self._entered(name, arguments, place)
            elif blocks.possible and arguments:
                if name in self._wanted:
                    given = self._variables.expanded(arguments)
                    made = Made(place.path, line, name, given, blocks.certain)
                    yield from self._optional.made(made, blocks.lacks)
                if name in SETTING or name not in self._wanted:
                    self._variables.note(name, arguments, blocks.certain)

    def _begun(self, name: str, arguments: Sequence[str]) -> _Block:
        if name != "if":
            return _Block()
        return self._optional.block(arguments, self._variables.holds(arguments))

    def _entered(self, name: str, arguments: Sequence[str], place: _Place) -> Iterator[Made]:
        """The calls in a folder, in a file that is included, or in a function."""
        if name == "add_subdirectory":
            below = _joined(place.folder, _HERE.sub("", arguments[0]))
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

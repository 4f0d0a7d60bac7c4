"""What the variables of a CMake project are, as far as its files and its build backend say::

    option(WITH_TESTS "..." OFF)
    set(LIBRARIES z)
    if(UNIX AND NOT WITH_TESTS)         # is true
        list(APPEND LIBRARIES m)
    endif()
    find_library(X ${LIBRARIES})        # z m

https://cmake.org/cmake/help/latest/manual/cmake-language.7.html#variables
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from posixpath import dirname
from typing import Optional

from ..pypi.cmeel import configure_args, is_packed
from ..pypi.model import Source, at, strings
from .build_files import cmake_top

#: Calls that set variables.
SETTING = {"list", "option", "set"}
_SWITCHES = {
    **dict.fromkeys(("ON", "TRUE", "YES", "Y", "1"), True),
    **dict.fromkeys(("OFF", "FALSE", "NO", "N", "0"), False),
}
#: What CMake itself sets where Spack builds. A Mac is one of the two.
_PLATFORM = {
    "UNIX": True, "WIN32": False, "MSVC": False, "MINGW": False, "CYGWIN": False,
    "ANDROID": False, "EMSCRIPTEN": False, "IOS": False, "CMAKE_CROSSCOMPILING": False,
}  # fmt: skip
#: What stands for the top of the archive there.
_AT_TOP = re.compile(r"^\$\{(?:CMAKE_|PROJECT_|CMAKE_CURRENT_)(?:SOURCE|LIST)_DIR\}/")
#: A variable that is set on CMake's command line.
DEFINED = re.compile(r"-D(\w+)(?::\w+)?=(.*)")
#: Whether the tests of a project are built: https://cmake.org/cmake/help/latest/module/CTest.html
TESTING = "BUILD_TESTING"
_FOR_TESTS = {"TEST", "TESTS", "TESTING"}
#: What lists hold; None for one that is not known.
_Lists = dict[str, Optional[list[str]]]


def is_for_tests(name: str) -> bool:
    """Whether a variable of this name is for the tests of a project."""
    return not _FOR_TESTS.isdisjoint(name.split("_"))


class Variables:
    """The options and lists of a project, up to some call: `note` each. A setup.py sets what it
    defines (``-DX=ON``); what scikit-build-core sets stands in pyproject.toml
    (https://scikit-build-core.readthedocs.io/en/latest/configuration/index.html)."""

    def __init__(self, source: Source) -> None:
        #: The files of a project that begins at the top.
        self._files = {} if dirname(cmake_top(source)) else source.build_files
        setup_py, table = source.setup_py, at(source.pyproject, "tool", "scikit-build")
        #: What setup.py and pyproject.toml set, and whether setup.py may set anything else: what
        #: defines nothing plainly, or computes names, may.
        self._of_setup_py = setup_py.cmake.values if setup_py else {}
        self._set_freely = setup_py is not None and (
            not self._of_setup_py or "" in self._of_setup_py
        )
        self._switched_off = setup_py.cmake.switched_off if setup_py else frozenset()
        defined = at(table, "cmake", "define")
        self._of_pyproject = {**(defined if isinstance(defined, dict) else {})}
        arguments = (*strings(at(table, "cmake", "args")), *configure_args(source))
        for match in filter(None, map(DEFINED.fullmatch, arguments)):
            self._of_pyproject[match[1]] = match[2]
        self._pyproject = str(table)
        #: What is on or off; None for one that is set, but not known.
        self._switches: dict[str, bool | None] = dict(_PLATFORM)
        if source.backend.partition(".")[0] in ("scikit_build_core", "skbuild"):
            self._switches["SKBUILD"] = True
        #: Tests are not built, as Spack runs CMake itself (`by_cmake`).
        self._without_tests = is_packed(source)
        if self._without_tests:
            self._switches[TESTING] = False
        self._lists: _Lists = {}
        self._is_at_top = True
        #: What functions set for who calls them.
        self._for_caller: set[str] = set()

    def holds(self, condition: Sequence[str]) -> bool | None:
        """Whether a condition is true: names, ``DEFINED``, ``NOT``, and ``AND`` or ``OR`` between
        them; None where that is not known."""
        joints = {*condition} & {"AND", "OR"}
        if len(joints) > 1:
            return None
        joint = joints.pop() if joints else ""
        texts = " ".join(condition).split(f" {joint} ") if joint else [" ".join(condition)]
        each = [self._is_on(text.split()) for text in texts]
        decisive = joint == "OR"
        if decisive in each:
            return decisive
        return None if None in each else not decisive

    def _is_on(self, term: Sequence[str]) -> bool | None:
        negated = term[:1] == ["NOT"]
        words = term[1:] if negated else term
        if len(words) == 2 and words[0] == "DEFINED" and self._switches.get(words[1]):
            return not negated
        if len(words) == 2 and words[0] == "EXISTS" and self._is_there(words[1]):
            return not negated
        known = self._switches.get(words[0]) if len(words) == 1 else None
        return None if known is None else known is not negated

    def _is_there(self, path: str) -> bool:
        """Whether a file is certainly in the archive, by a path from its top."""
        named = re.match(r"\$\{(\w+)\}/", path)
        values = self._lists.get(named[1]) if named else None
        if named and values and len(values) == 1:
            path = f"{values[0]}/{path[named.end() :]}"
        below = _AT_TOP.sub("", path, 1)
        return self._is_at_top and below != path and below in self._files

    def expanded(self, arguments: Sequence[str]) -> Sequence[str]:
        """Arguments with the lists that are known in place of their names."""
        found: list[str] = []
        for each in arguments:
            named = re.fullmatch(r"\$\{(\w+)\}", each)
            values = self._lists.get(named[1]) if named else None
            found += [each] if values is None else values
        return found

    @contextmanager
    def in_folder(self) -> Iterator[None]:
        """While a folder is read: its lists are its own."""
        outer, self._lists = self._lists, dict(self._lists)
        was_at_top, self._is_at_top = self._is_at_top, False
        yield
        self._lists, self._is_at_top = outer, was_at_top

    @contextmanager
    def in_call(self, kind: str, parameters: Sequence[str]) -> Iterator[None]:
        """While a ``function`` is read, which has variables of its own, or a ``macro``."""
        lists, switches = self._lists, dict(self._switches)
        if kind == "function":
            self._lists = dict(lists)
        for each in parameters:
            self._lists[each] = self._switches[each] = None
        yield
        if kind == "function":
            self._switches = {**switches, **dict.fromkeys(self._for_caller)}
            self._lists = {**lists, **dict.fromkeys(self._for_caller)}

    def note(self, name: str, arguments: Sequence[str], certain: bool) -> None:
        """Note what a call sets, that certainly is made or may be."""
        first, *rest = arguments
        if "PARENT_SCOPE" in rest:
            self._for_caller.add(first)
        if name == "option":
            self._option(first, rest[1] if len(rest) > 1 else "OFF", certain)
        elif name == "set" and "CACHE" in rest and "FORCE" not in rest:
            self._option(first, rest[0], certain)
            self._lists[first] = None
        elif name == "set":
            self._lists[first] = rest if certain else None
            value = rest[0].upper() if len(rest) == 1 and certain else ""
            self._switches[first] = _SWITCHES.get(value)
        elif name == "list":
            self._change(first, rest[0] if rest else first, rest[1:], certain)
        else:
            self._forget(arguments)

    def _option(self, name: str, default: str, certain: bool) -> None:
        """Note an option, which is as it was set before, if it was."""
        if name in self._switches:
            return
        switched_off = name in self._switched_off and name not in self._of_setup_py
        if switched_off or (self._without_tests and is_for_tests(name)):
            self._switches[name] = False
            return
        is_set = self._set_freely or (name in self._pyproject and name not in self._of_pyproject)
        value = self._of_setup_py.get(name, self._of_pyproject.get(name, default))
        known = certain and not is_set
        self._switches[name] = _SWITCHES.get(str(value).upper()) if known else None

    def _change(self, how: str, name: str, values: Sequence[str], certain: bool) -> None:
        """``list(APPEND name ...)``; what else happens to a list is not followed."""
        before = self._lists.get(name, [])
        is_known = how == "APPEND" and before is not None and certain
        self._lists[name] = [*(before or ()), *values] if is_known else None
        self._switches[name] = None

    def _forget(self, names: Sequence[str]) -> None:
        """A call that is not known may set what it is given the names of."""
        for each in names:
            if each in self._switches:
                self._switches[each] = None
            self._lists.pop(each, None)

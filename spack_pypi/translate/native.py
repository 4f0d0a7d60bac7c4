"""Hints: native libraries and programs that a source archive names, beside Python projects.

To add a kind of hint, add a record to `CALLS` (a function that build files call), `DECLARED` or
`IN_SETUP_PY`, and a row to ``tests/translate/test_native.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Callable

from ..pypi.linker_flags import flagged
from ..pypi.model import CMAKE_LISTS, GIT_MODULES, MESON_BUILD, Source
from .build_files import commands
from .build_programs import PACKAGES
from .cmake_reader import calls_left

#: Provided by Python itself, its packages, the compiler or the operating system (Windows, macOS,
#: AIX, BSD, Solaris).
_NOT_NATIVE = {
    "python", "python2", "python3", "pythoninterp", "pythonlibs", "pythonextensions", "cython",
    "f2py", "numpy", "pybind11", "nanobind", "threads", "git", "scikitbuild", "pkgconfig",
    "packagehandlestandardargs", "dl", "m", "rt", "pthread", "stdc", "c", "atomic", "openmp",
    "findpythoninterp", "findpythonlibs",
    "ws2_32", "msvcrt", "kernel32", "user32", "gdi32", "shell32", "advapi32", "ole32", "objc",
    "system", "appkit", "applicationservices", "carbon", "cocoa", "corefoundation", "coregraphics",
    "netapi32", "oleaut32", "pdh", "powrprof", "psapi", "devstat", "kvm", "perfstat", "kstat",
    "socket", "intelsycl", "npymath",
    "accelerate", "coreservices", "coretext", "foundation", "iokit", "quartz", "security",
    "sphinx", "doxygen", "gtest", "catch2", "benchmark", "coverage", "cuda", "cudatoolkit",
}  # fmt: skip
#: Folders of copies of other projects, which are built as they are or not at all.
_COPIES = re.compile(
    r"(^|/)(vendor|third.?party|extern(al)?|deps|subprojects|_deps)(ed|s)?/", re.I
)
#: Folders of tests, of which nothing is installed.
TESTS = re.compile(r"(^|/)(unit_?)?tests?/", re.I)

#: What a library or a program is called, not for Windows alone.
_NAME = re.compile(r"[A-Za-z][\w.+-]*(?<!\.dll)", re.I)
#: Said in place of a name that is computed when the code runs.
_COMPUTED = "what it computes"
#: Of a meson.build, how many calls are read.
_MOST_CALLS = 1000
#: https://mesonbuild.com/Reference-manual_functions.html#project
_MESON_PROJECT = re.compile(r"(?m)^[ \t]*project[ \t]*\(")
_MESON_COMMENT = re.compile(r"(?m)^((?:'[^'\n]*'|[^'#\n])*)#.*$")
#: https://mesonbuild.com/Reference-manual_returned_compiler.html#compilerfind_library
_FIND_LIBRARY = re.compile(
    r"\.find_library\s*\(\s*'([\w.+-]{1,80})'(?:[^()]{0,1000}?\brequired\s*:\s*(\w+))?"
)
#: https://mesonbuild.com/Reference-manual_functions.html#build_target_link_args
_LINK_ARGS = re.compile(r"\blink_args\s*\+?[:=]\s*(\[[^\]]{0,1000}\]|'[^'\n]{0,1000}')")


@dataclass(frozen=True)
class Hint:
    """A native dependency that an archive names: its ``name`` there (empty where the file computes
    it), the ``file`` and ``line`` (0: not known), and in ``text`` what it does there: "looks for
    ...". ``copied``: the archive has a copy of it, and needs no other; ``firm``: it cannot do
    without, by its own words. ``reason``: why a copy is used, where that is known."""

    name: str
    file: str
    line: int
    text: str
    copied: bool = False
    firm: bool = False
    reason: str = ""

    def names(self) -> tuple[str, ...]:
        """How a package of that name might be called in Spack, likeliest first."""
        low = re.sub(r"[^a-z0-9+.-]|\.(?=[a-z])", "-", self.name.lower()).strip("-")
        bare = re.sub(r"[-.\d]+$", "", low)
        found = [low, bare]
        found += [low[3:], bare[3:]] if low.startswith("lib") else [f"lib{low}"]
        return tuple(dict.fromkeys(n for n in found if re.fullmatch(r"[a-z0-9][a-z0-9-]*", n)))


@dataclass(frozen=True)
class Call:
    """A function that names native dependencies where a build file ``file`` calls it; read only
    where the release is built with ``tool``. ``named`` are those among its arguments, of which
    it builds copies, for which it looks, or which its arguments for the linker name
    (``links``)."""

    tool: str
    file: str
    function: str
    named: Callable[[Sequence[str]], Iterable[str]]
    documented: str
    copies: bool = False
    links: bool = False


@dataclass(frozen=True)
class Listed:
    """A list of native dependencies in ``file``: ``read`` gives the name, the line (0: not known)
    and what the file does with it; ``copies``: the archive has, or would have, its own."""

    file: str
    read: Callable[[Source], Iterable[tuple[str, int, str]]]
    documented: str
    copies: bool = False


def _first(arguments: Sequence[str]) -> Sequence[str]:
    return arguments[:1]


def _copied(arguments: Sequence[str]) -> Iterator[str]:
    """The project of which a folder holds a copy: ``vendor/zlib``, ``extern/fmt-11.0``."""
    above, _, folder = arguments[0].strip("/").rpartition("/") if arguments else ("", "", "")
    if _COPIES.search(f"{above}/"):
        yield re.sub(r"-v?\d[\d.]*$", "", folder)


def _pkg_config_modules(arguments: Sequence[str]) -> Iterator[str]:
    for word in arguments[1:]:
        module = re.split(r"[<>=]", word)[0]
        if module and not module.isupper():  # REQUIRED, QUIET ...
            yield module


def _flags(arguments: Sequence[str]) -> Iterator[str]:
    for argument in arguments:
        yield from flagged(argument)


def _external(source: Source) -> Iterator[tuple[str, int, str]]:
    """``dep:generic/openssl@>=3``, or with ``pkg:``."""
    table: Any = (source.pyproject or {}).get("external")
    lists: list[Any] = list(table.values()) if isinstance(table, dict) else []
    for each in lists:
        for text in each if isinstance(each, list) else ():
            match = re.match(r"(?:dep|pkg):(?!virtual/)\w+/([\w.+-]+)", str(text))
            if match:
                yield match[1], 0, f"lists {text} under [external]"


def _submodules(source: Source) -> Iterator[tuple[str, int, str]]:
    """The repositories that lie in folders of this one, by the last part of their address."""
    for number, line in enumerate(source.build_files.get(GIT_MODULES, "").split("\n"), 1):
        key, _, address = line.partition("=")
        name = re.split("[/:]", address.strip().removesuffix("/").removesuffix(".git"))[-1]
        if key.strip() == "url" and re.fullmatch(r"[\w.+-]+", name):
            yield name, number, f"has {name} as a submodule"


def _libraries(source: Source) -> Iterator[tuple[str, int, str]]:
    for name, line in source.setup_py.libraries.linked if source.setup_py else ():
        yield name, line, f"links with {name}"


def _searched(source: Source) -> Iterator[tuple[str, int, str]]:
    for name, line in source.setup_py.libraries.searched if source.setup_py else ():
        yield name, line, f"looks for {name or _COMPUTED}"


def _bundled(source: Source) -> Iterator[tuple[str, int, str]]:
    for name, folder in source.copies if source.setup_py else ():
        yield name, 0, f"may build its copy of {name} ({folder})"


def _programs(source: Source) -> Iterator[tuple[str, int, str]]:
    for name, line in source.setup_py.programs.named if source.setup_py else ():
        yield name, line, f"may run {name}"


def _configs(source: Source) -> Iterator[tuple[str, int, str]]:
    for name, line in source.setup_py.programs.configs if source.setup_py else ():
        yield re.sub(r"[-_]config$", "", name), line, f"may run {name}"


_CMAKE_PKG_CONFIG = "https://cmake.org/cmake/help/latest/module/FindPkgConfig.html"
CALLS: tuple[Call, ...] = (
    Call("cmake", CMAKE_LISTS, "find_package", _first,
         "https://cmake.org/cmake/help/latest/command/find_package.html"),
    Call("cmake", CMAKE_LISTS, "pkg_check_modules", _pkg_config_modules, _CMAKE_PKG_CONFIG),
    Call("cmake", CMAKE_LISTS, "pkg_search_module", _pkg_config_modules, _CMAKE_PKG_CONFIG),
    Call("cmake", CMAKE_LISTS, "add_subdirectory", _copied,
         "https://cmake.org/cmake/help/latest/command/add_subdirectory.html", copies=True),
    *(Call("cmake", CMAKE_LISTS, function, _flags,
           f"https://cmake.org/cmake/help/latest/command/{function}.html", links=True)
      for function in ("target_link_libraries", "link_libraries", "target_link_options",
                       "add_link_options")),
    Call("meson", MESON_BUILD, "dependency", _first,
         "https://mesonbuild.com/Reference-manual_functions.html#dependency"),
    *(Call("meson", MESON_BUILD, function, _flags,
           f"https://mesonbuild.com/Reference-manual_functions.html#{function}", links=True)
      for function in ("add_project_link_arguments", "add_global_link_arguments")),
)  # fmt: skip
DECLARED: tuple[Listed, ...] = (
    Listed("pyproject.toml", _external, "https://peps.python.org/pep-0725/"),
)
IN_GIT: tuple[Listed, ...] = (
    Listed(GIT_MODULES, _submodules, "https://git-scm.com/docs/gitmodules", copies=True),
)
IN_SETUP_PY: tuple[Listed, ...] = (
    Listed("setup.py", _bundled,
           "https://setuptools.pypa.io/en/latest/userguide/ext_modules.html", copies=True),
    Listed("setup.py", _libraries,
           "https://setuptools.pypa.io/en/latest/userguide/ext_modules.html"),
    Listed("setup.py", _searched,
           "https://people.freedesktop.org/~dbn/pkg-config-guide.html"),
    Listed("setup.py", _programs, "https://docs.python.org/3/library/subprocess.html"),
    Listed("setup.py", _configs, "https://docs.python.org/3/library/subprocess.html"),
)  # fmt: skip


def hints(source: Source, tools: set[str]) -> tuple[Hint, ...]:
    """The native libraries and programs that the archive names, without the ``tools`` with which
    it is built; of several that name the same, the first."""
    found: dict[str, Hint] = {}
    provided = {*_NOT_NATIVE, *tools}
    provided |= {program for program, package in PACKAGES.items() if package in tools}
    provided |= {_key(name) for name in tools}
    declared, in_setup_py = _listed(source, DECLARED), _listed(source, IN_SETUP_PY)
    called = (*_called(source, tools), *(_in_meson(source) if "meson" in tools else ()))
    in_build = (*declared, *called, *in_setup_py, *_in_modules(source))
    for hint in (*in_build, *_listed(source, IN_GIT)):
        key = _key(hint.name)
        if not hint.name:
            found.setdefault(hint.file, hint)
        elif key not in provided and _NAME.fullmatch(hint.name):
            found.setdefault(key, hint)
    return tuple(found.values())


def _key(name: str) -> str:
    return re.sub(r"\W", "", name.lower())


def copied(source: Source, tools: set[str]) -> set[str]:
    """How packages might be called in Spack of which the archive has copies, or would have."""
    named = (*_called(source, tools), *_listed(source, IN_GIT))
    return {name for hint in named if hint.copied for name in hint.names()}


def looked_for(source: Source) -> tuple[Hint, ...]:
    """Those that Python code looks for, where nothing has to be compiled: when the project is
    built in another way, or when it is used."""
    called = source.setup_py.libraries.searched if source.setup_py else ()
    at_top = tuple((name, "setup.py", line) for name, line in called)
    return hints(Source(looked_for=(*at_top, *source.looked_for)), set())


def _does(call: Call) -> str:
    if call.copies:
        return "builds its copy of"
    return "links with" if call.links else "looks for"


def _in_meson(source: Source) -> Iterator[Hint]:
    """What methods of Meson's compilers look for and cannot do without, and the arguments for the
    linker that variables and targets have; not in folders that are projects of their own."""
    projects = tuple(
        path.removesuffix(MESON_BUILD)
        for path, text in source.build_files.items()
        if path.endswith(f"/{MESON_BUILD}") and _MESON_PROJECT.search(text)
    )
    for path, written in source.build_files.items():
        if not path.endswith(MESON_BUILD) or _COPIES.search(path) or path.startswith(projects):
            continue
        text = _MESON_COMMENT.sub(r"\1", written)
        found = [
            (match.start(), match[1], "looks for {0} (find_library)")
            for match in islice(_FIND_LIBRARY.finditer(text), _MOST_CALLS)
            if match[2] in (None, "true")
        ]
        found += [
            (match.start(), name, "links with {0} (link_args)")
            for match in islice(_LINK_ARGS.finditer(text), _MOST_CALLS)
            for flag in re.findall(r"'([^'\n]*)'", match[1])
            for name in flagged(flag)
        ]
        for start, name, does in sorted(found):
            yield Hint(name, path, text.count("\n", 0, start) + 1, does.format(name))


def _in_modules(source: Source) -> Iterator[Hint]:
    """From Python files besides setup.py: build scripts of cffi, and what loads a library."""
    for name, file, line in source.looked_for:
        yield Hint(name, file, line, f"looks for {name or _COMPUTED}")
    for name, file, line in source.linked:
        yield Hint(name, file, line, f"links with {name}")


def _listed(source: Source, lists: Iterable[Listed]) -> Iterator[Hint]:
    for each in lists:
        for name, line, text in each.read(source):
            yield Hint(name, each.file, line, text, each.copies)


def _called(source: Source, tools: set[str]) -> Iterator[Hint]:
    """From the build files of each tool in turn, in the order of their text."""
    for tool, file in dict.fromkeys((call.tool, call.file) for call in CALLS):
        if tool not in tools:
            continue
        calls = {call.function: call for call in CALLS if (call.tool, call.file) == (tool, file)}
        is_left = calls_left(source, {*calls}) if tool == "cmake" else lambda _path, _line: False
        for path, text in source.build_files.items():
            if not path.endswith(file) or _COPIES.search(path) or TESTS.search(path):
                continue
            for function, arguments, line in commands(text):
                call = calls.get(function)
                if call is None or is_left(path, line):
                    continue
                does = _does(call)
                named = [*call.named(arguments)]
                for name in filter(None, named):
                    yield Hint(name, path, line, f"{does} {name} ({function})", call.copies)
                computed = bool(named) and all(name.startswith("${") for name in named)
                if not (call.copies or call.links) and (computed or not arguments):
                    yield Hint("", path, line, f"looks for {_COMPUTED} ({function})")

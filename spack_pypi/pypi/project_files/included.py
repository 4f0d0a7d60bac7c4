"""The headers that the sources of extensions include in any case, and the archive has not.

``#include <zlib.h>`` under no ``#if`` but a guard against a second inclusion, in a source that
setup.py compiles in any case or in a header of the archive that it includes so; and ``cdef extern
from "zlib.h"`` in a file of Cython, or in one that it cimports.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from posixpath import dirname, join, normpath, splitext
from typing import NamedTuple

from ...syntax import parsed
from . import toml
from .always_linked import always_compiled
from .toml import at, strings

#: How files are called that include others, in C and in Cython.
_CYTHON = (".pyx", ".pxd", ".pxi")
_ENDINGS = (
    *(".c", ".cc", ".cpp", ".cxx", ".c++", ".cu", ".h", ".hh", ".hpp", ".hxx", ".cuh", ".inl"),
    *_CYTHON,
)
#: So many of them are read, if they are not larger, and of each so many bytes: includes stand at
#: the top.
_MOST_FILES, _LARGEST, _TOP = 2000, 1 << 20, 64 << 10
_MOST_FOLLOWED = 500
_COMMENT = re.compile(rb'/\*.*?(?:\*/|\Z)|//[^\n]*|"(?:\\.|[^"\\\n])*"', re.S)
_DIRECTIVE = re.compile(
    rb"^[ \t]*#[ \t]*(if|ifdef|ifndef|else|elif|elifdef|elifndef|endif|include|define)\b"
    rb"[ \t]*([^\n]*)",
    re.M,
)
_NAMED = re.compile(rb'[<"]([^<>"]{1,200})[>"]')
_NOT_DEFINED = re.compile(rb"!\s*defined\s*\(?\s*(\w+)|(\w+)")
#: https://cython.readthedocs.io/en/latest/src/userguide/external_C_code.html
_EXTERN = re.compile(
    rb"^(?:cdef[ \t]+extern[ \t]+from|include)[ \t]+[\"']<?([^\"'<>\n]{1,200})>?[\"']", re.M
)
_CIMPORT = re.compile(rb"^from[ \t]+([\w.]+)[ \t]+cimport[ \t]+\(?[ \t]*([\w, \t]*)", re.M)
_PLAIN_CIMPORT = re.compile(rb"^cimport[ \t]+([\w.]+)", re.M)
#: Files of which a build makes those of the name before.
_TEMPLATES = (".in", ".cmake", ".cmake.in", ".cmakein", ".tmpl")


class IncludedHeader(NamedTuple):
    """A ``header`` as it is named in a file (``path`` and ``line``)."""

    header: str
    path: str
    line: int


@dataclass
class Included:
    """What each source of an archive includes, by its path: the name there, and the line."""

    files: dict[str, Sequence[tuple[str, int]]] = field(default_factory=dict)

    def wants(self, path: str, size: int) -> bool:
        """Whether a file is a source that should be looked at."""
        return path.endswith(_ENDINGS) and size <= _LARGEST and len(self.files) < _MOST_FILES

    def look_at(self, path: str, data: bytes) -> None:
        """Note what a source includes."""
        self.files[path] = [*includes(path, data)]

    def outside(
        self, setup_py: str, pyproject: str, paths: Collection[str]
    ) -> Iterator[IncludedHeader]:
        """The headers that the extensions of the archive include in any case and that are none of
        its ``paths`` (none where these are not known), each at the first place; by its setup.py
        and its pyproject.toml."""
        known = sorted(self.files) if paths else []
        named = _compiled(setup_py, pyproject) if known else ()
        todo = [*dict.fromkeys(path for each in named for path in _meant(each, known))]
        ends, seen, found = _Ends(paths if todo else ()), {*todo}, set[str]()
        for path in todo:
            for name, line in self.files.get(path, ()):
                here = _own(path, name, ends)
                if here is None and name not in found and not name.endswith(_CYTHON):
                    found.add(name)
                    yield IncludedHeader(name, path, line)
                if here and here not in seen and len(seen) < _MOST_FOLLOWED:
                    seen.add(here)
                    todo.append(here)


def includes(path: str, data: bytes) -> Iterator[tuple[str, int]]:
    """What a source includes or cimports in any case, as paths, with the line."""
    top = data[:_TOP]
    if not path.endswith(_CYTHON):
        yield from _of_c(top)
        return
    if path.endswith(".pyx"):
        yield "./" + splitext(path.rpartition("/")[2])[0] + ".pxd", 0
    for match in _EXTERN.finditer(top):
        yield _text(match[1]), _line(top, match)
    for match in _CIMPORT.finditer(top):
        module = _text(match[1])
        above = "./" + "../" * (len(module) - len(module.lstrip(".")) - 1)
        base = (above if module.startswith(".") else "") + module.lstrip(".").replace(".", "/")
        yield f"{base}.pxd", _line(top, match)
        for name in _text(match[2]).replace(",", " ").split():
            yield f"{base}/{name}.pxd", _line(top, match)
    for match in _PLAIN_CIMPORT.finditer(top):
        yield _text(match[1]).replace(".", "/") + ".pxd", _line(top, match)


def _of_c(data: bytes) -> Iterator[tuple[str, int]]:
    text = _COMMENT.sub(_without, data)
    within: list[bool] = []  # whether what is entered is the guard
    guard = b""
    for number, match in enumerate(_DIRECTIVE.finditer(text)):
        name, rest = match[1], match[2].strip()
        if name in (b"if", b"ifdef", b"ifndef"):
            asked = _NOT_DEFINED.match(rest) if number == 0 and name != b"ifdef" else None
            negated = asked and (asked[1] if name == b"if" else asked[2])
            guard = negated or b""
            within.append(False)
        elif name == b"define" and number == 1 and guard and rest.split()[:1] == [guard]:
            within[-1] = True
        elif name == b"endif":
            if within:
                within.pop()
        elif name in (b"else", b"elif", b"elifdef", b"elifndef") and within:
            within[-1] = False
        elif name == b"include" and all(within):
            named = _NAMED.match(rest)
            if named:
                yield _text(named[1]).strip(), _line(text, match)


def _without(comment: re.Match[bytes]) -> bytes:
    """A space in place of a comment, and lines in place of its lines; texts as they are."""
    if comment[0].startswith(b'"'):
        return comment[0]
    return b"\n" * comment[0].count(b"\n") or b" "


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _line(data: bytes, match: re.Match[bytes]) -> int:
    return data.count(b"\n", 0, match.start()) + 1


def _compiled(setup_py: str, pyproject: str) -> Iterable[str]:
    """Paths and patterns of what is compiled."""
    tree = parsed(setup_py) if "xtension" in setup_py or "cythonize" in setup_py else None
    found = [*always_compiled(tree or ast.Module([], []))]
    try:
        table = toml.loads(pyproject) if "ext-modules" in pyproject else {}
    except ValueError:
        table = {}
    modules = at(table, "tool", "setuptools", "ext-modules")
    for each in modules if isinstance(modules, list) else ():
        found += strings(at(each, "sources"))
    return found


def _meant(named: str, paths: Iterable[str]) -> Sequence[str]:
    """Which of the paths are meant by that of a source, or by a pattern of `glob`: also those of
    which Cython makes them. Of one that may begin anywhere, only those in one folder."""
    stem, ending = splitext(named)
    if ending not in _ENDINGS:
        return ()
    regex = re.escape(stem[2:] if stem.startswith("./") else stem)
    for glob, meant in ((r"\*\*/", "(?:.*/)?"), (r"\*\*", ".*"), (r"\*", "[^/]*"), (r"\?", ".")):
        regex = regex.replace(glob, meant)
    cython = r"|\.pyx" if ending in (".c", ".cpp") else ""
    whole = re.compile(rf"(.*/)??{regex}(?:{re.escape(ending)}{cython})")
    fits = [match for match in map(whole.fullmatch, paths) if match]
    starts = {match[1] for match in fits}
    start = None if None in starts or len(starts) != 1 else starts.pop()
    return [match[0] for match in fits if match[1] == start]


class _Ends:
    """The paths of an archive by their last part."""

    def __init__(self, paths: Collection[str]) -> None:
        self.paths = paths
        self._named: dict[str, list[str]] = {}
        for path in paths:
            self._named.setdefault(path.rpartition("/")[2], []).append(path)

    def of(self, name: str) -> list[str]:
        """Those that end with a path."""
        same = self._named.get(name.rpartition("/")[2], ())
        return [path for path in same if f"/{path}".endswith(f"/{name}")]

    def makes(self, name: str) -> bool:
        """Whether a build makes a header of another file."""
        last = name.rpartition("/")[2]
        stem = splitext(last)[0]
        made_of = [*(last + each for each in _TEMPLATES), f"{stem}.pyx",
                   f"{stem.removesuffix('_api')}.pyx"]  # fmt: skip
        return any(each in self._named for each in made_of)


def _own(path: str, name: str, ends: _Ends) -> str | None:
    """The path of what a file includes; empty where there are several, or a build makes it, and
    None where the archive has none."""
    beside = normpath(join(dirname(path), name))
    if beside in ends.paths:
        return beside
    found = ends.of(re.sub(r"^(?:\.{1,2}/)+", "", name))
    if found:
        return found[0] if len(found) == 1 else ""
    return "" if ends.makes(name) else None

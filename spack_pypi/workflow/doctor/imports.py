"""Modules that a package cannot do without, and that nothing provides.

Exact, and therefore quiet: only what ``import foo`` itself, or a command of the package, always
executes is followed, statement by statement. What stands in a ``try``, an ``if`` or a function,
and modules that only others import, may be optional.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ...files import file_bytes
from ...pypi.limits import LARGEST_FILE
from ...syntax import parsed
from .search_path import SearchPath

#: A package that changes how modules are found: it may bring what it imports.
_CHANGES = re.compile(rb"sys\s*\.\s*(path|modules|meta_path)\b|\b__path__\b|\bsite\.addsitedir\b")
#: The most files that are read of one package, the most imports of one file, and the most parts of
#: a module's name: more has nobody written by hand.
_MOST_FILES = 20_000
_MOST_IMPORTS = 2_000
_MOST_PARTS = 50


@dataclass(frozen=True)
class Lacking:
    """``module`` is imported by a line of a file, and nothing has it."""

    module: str
    file: Path
    line: int


def lacking(folder: Path, modules: Iterable[str], path: SearchPath) -> Sequence[Lacking]:
    """The modules that are lacking when these (dotted names, with files in ``folder``) are
    imported, each once, as its first import has it."""
    found: dict[str, Lacking] = {}
    changing: list[bytes] = []
    todo = [
        name for module in modules if module.count(".") < _MOST_PARTS for name in _parents(module)
    ]
    seen: set[str] = set()
    while todo and len(seen) < _MOST_FILES:
        module = todo.pop()
        if module in seen:
            continue
        seen.add(module)
        file = _file(folder, module)
        if file is None:
            continue
        content = _content(file)
        if _CHANGES.search(content):
            changing.append(content)
        found_here = _imports(content, module, file.name == "__init__.py")
        for imported, line in islice(found_here, _MOST_IMPORTS):
            if imported.count(".") >= _MOST_PARTS:
                continue
            inner = [name for name in _parents(imported) if _file(folder, name) is not None]
            todo += inner
            if not inner and not _is_name_of(imported, folder) and not path.has(imported):
                name = imported.partition(".")[0] if not path.having(imported) else imported
                found.setdefault(name, Lacking(imported, file, line))
    brought = _names_below(folder) if changing and found else frozenset()
    return [
        each
        for each in found.values()
        for name in [each.module.partition(".")[0]]
        if name not in brought and not any(_quotes(content, name) for content in changing)
    ]


def _names_below(folder: Path) -> frozenset[str]:
    """The names of all files and folders below a folder, as modules would have them."""
    found: set[str] = set()
    for _, folders, files in islice(os.walk(folder), _MOST_FILES):
        found |= {name.partition(".")[0] for name in [*folders, *files]}
    return frozenset(found)


def _quotes(content: bytes, name: str) -> bool:
    """Whether a file has a name of a module in a string, maybe to put it into ``sys.modules``."""
    return re.search(rb"""["']""" + re.escape(name.encode()) + rb"""[."']""", content) is not None


def _parents(module: str) -> list[str]:
    """``a``, ``a.b`` and ``a.b.c`` of ``a.b.c``."""
    parts = module.split(".")
    return [".".join(parts[: number + 1]) for number in range(len(parts))]


def _file(folder: Path, module: str) -> Path | None:
    """The source of a module; None where it is compiled, a namespace, or not in the folder."""
    at = folder.joinpath(*module.split("."))
    for file in (at / "__init__.py", at.with_name(f"{at.name}.py")):
        if os.path.isfile(file):
            return file
    return None


def _is_name_of(imported: str, folder: Path) -> bool:
    """Whether a folder has the top level of a module: what is not a file there may be a name, or
    compiled."""
    return os.path.isdir(folder / imported.partition(".")[0])


def _content(file: Path) -> bytes:
    try:
        return file_bytes(file, LARGEST_FILE)
    except OSError:
        return b""


def _imports(content: bytes, module: str, is_package: bool) -> Iterator[tuple[str, int]]:
    """(dotted module, line) of what is imported whenever a file is executed."""
    tree = parsed(content)
    if tree is None:
        return
    parts = module.split(".")
    for statement in _executed(tree.body):
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                yield alias.name, statement.lineno
        elif isinstance(statement, ast.ImportFrom):
            above = len(parts) - statement.level + (1 if is_package else 0)
            if statement.level and above < 1:
                continue
            base = parts[:above] if statement.level else []
            name = ".".join([*base, *([statement.module] if statement.module else [])])
            yield name, statement.lineno
            if statement.level:
                # Each may be a module too; one of another package is looked at with that.
                yield from ((f"{name}.{each.name}", statement.lineno) for each in statement.names)


def _executed(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that are executed in any case: also those in a ``with``, and in a ``try``
    that raises whatever it catches."""
    for statement in body:
        if isinstance(statement, ast.Raise):
            return
        if isinstance(statement, ast.With):
            if not any("suppress" in ast.dump(item) for item in statement.items):
                yield from _executed(statement.body)
        elif isinstance(statement, ast.Try):
            if all(isinstance(each.body[-1], ast.Raise) for each in statement.handlers):
                yield from _executed(statement.body)
        else:
            yield statement

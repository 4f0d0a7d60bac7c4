"""Native libraries that Python code names as literals: what it looks for, and links with."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ...syntax import dotted, literal_text, parsed
from ..linker_flags import flagged
from .always_linked import LinkedLibrary, always_linked

#: Functions of the module pkgconfig whose first argument names libraries.
_PKGCONFIG = {"exists", "installed", "cflags", "libs", "parse", "variables", "modversion"}
#: The name of what is only known when the code runs.
COMPUTED = ""
#: What a file has in it that names any: most files have none, and are not parsed.
MARKS = (b"pkgconfig.", b"find_library", b"pkg-config", b"set_source")


@dataclass(frozen=True)
class NamedLibraries:
    """The native libraries that a setup.py names: those (name, line) with which extensions are
    ``linked``, those with which they ``always`` are, and those for which pkg-config or
    ``find_library`` is asked (``searched``)."""

    linked: tuple[tuple[str, int], ...] = ()
    always: tuple[LinkedLibrary, ...] = ()
    searched: tuple[tuple[str, int], ...] = ()


def named_libraries(tree: ast.Module, nodes: Sequence[ast.AST]) -> NamedLibraries:
    """Those of a file of which these are the tree and its nodes."""
    return NamedLibraries(tuple(linked(nodes)), always_linked(tree), tuple(searched(nodes)))


def in_module(data: bytes) -> Iterator[tuple[str, str, int]]:
    """What a Python file other than setup.py names: ``looks``, ``links`` or, in a build script of
    cffi that always links with it, ``builds``; name, line."""
    tree = parsed(data)
    nodes = list(ast.walk(tree)) if tree else []
    yield from (("looks", name, line) for name, line in searched(nodes))
    if b"set_source" in data:  # of cffi: elsewhere the word says nothing of what is linked
        yield from (("links", name, line) for name, line in linked(nodes))
        always = always_linked(tree) if tree else ()
        anywhere = (each for each in always if not (each.apart or each.platform))
        yield from (("builds", each.name, each.line) for each in anywhere)


def searched(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, int]]:
    """What is asked for by ``pkgconfig.exists("vips")`` and the like, ``find_library("vips")``,
    and the command ``pkg-config --libs vips``, as a list or a text; `COMPUTED` once, where
    ``find_library`` is asked for no literal. A name that is always one text counts as that."""
    nodes = [*nodes]
    constants, computed = _constants(nodes), False
    imported = {*_imported(nodes)}
    for node in nodes:
        words: list[str] = []
        if isinstance(node, ast.Call) and node.args and _searches(node.func, imported):
            asked = node.args[0]
            if isinstance(asked, ast.Name):
                asked = constants.get(asked.id, asked)
            words = literal_text(asked).split()
            by_name = not dotted(node.func).startswith("pkgconfig.")
            if by_name and not (computed or isinstance(asked, ast.Constant)):
                computed = True
                yield COMPUTED, node.lineno
        elif isinstance(node, (ast.List, ast.Tuple)):
            words = _behind_pkg_config([literal_text(each) for each in node.elts])
        elif isinstance(node, ast.Constant):
            words = _behind_pkg_config(literal_text(node).split())
        for word in words:
            name = re.match(r"[A-Za-z][\w.+-]*", word)
            if name and isinstance(node, ast.expr):
                yield name[0], node.lineno


def _constants(nodes: Iterable[ast.AST]) -> dict[str, ast.expr]:
    """The values of the names that are assigned once."""
    stored: list[str] = []
    values: dict[str, ast.expr] = {}
    for node in nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            stored.append(node.id)
        elif isinstance(node, ast.arg):
            stored.append(node.arg)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            values[node.targets[0].id] = node.value
    once = {name for name, times in Counter(stored).items() if times == 1}
    return {name: value for name, value in values.items() if name in once}


def _imported(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """What `ctypes.util.find_library` is called where it is imported by its name. A function of
    that name may look for anything, such as Python modules."""
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module == "ctypes.util":
            for each in node.names:
                if each.name == "find_library":
                    yield each.asname or each.name


def _searches(called: ast.expr, imported: Collection[str]) -> bool:
    """https://github.com/matze/pkgconfig and `ctypes.util.find_library`, ``imported`` under these
    names, too. A build tool has methods of that name (``compiler.find_library``), which look for
    what the projects that it builds name."""
    if isinstance(called, ast.Name):
        return called.id in imported
    if not isinstance(called, ast.Attribute):
        return False
    # Not ast.unparse: a strange file may nest calls as deep as it likes.
    owner = called.value
    if isinstance(owner, ast.Attribute) and isinstance(owner.value, ast.Name):
        return (owner.value.id, owner.attr, called.attr) == ("ctypes", "util", "find_library")
    name = owner.id if isinstance(owner, ast.Name) else ""
    if called.attr == "find_library":
        return name == "util"
    return name == "pkgconfig" and called.attr in _PKGCONFIG


def _behind_pkg_config(words: list[str]) -> list[str]:
    """The arguments of the command; a sentence about it has no option first."""
    called = words[:1] == ["pkg-config"] and words[1:] and words[1].startswith("-")
    return words[1:] if called else []


def linked(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, int]]:
    """What extensions name in ``libraries=[...]``, or in ``extra_link_args=["-lvips"]``, without
    what ``setup(libraries=[...])`` compiles."""
    keywords = [node for node in nodes if isinstance(node, ast.keyword)]
    named = (each.value for each in keywords if each.arg == "libraries")
    compiled = {name for value in named for name in _compiled(value)}
    for each in keywords:
        if each.arg == "libraries":
            yield from (found for found in _texts_in(each.value) if found[0] not in compiled)
        elif each.arg == "extra_link_args":
            for text, line in _texts_in(each.value):
                for name in flagged(text):
                    yield name, line


def _compiled(node: ast.expr) -> Iterator[str]:
    """The names of the libraries of such a list that come with how they are compiled: ``("x",
    {"sources": [...]})``."""
    for each in node.elts if isinstance(node, (ast.List, ast.Tuple)) else ():
        if isinstance(each, ast.Tuple) and len(each.elts) == 2 and not literal_text(each.elts[1]):
            yield literal_text(each.elts[0])


def _texts_in(node: ast.expr) -> Iterator[tuple[str, int]]:
    """The literal texts of a list, and of lists in it."""
    found: list[ast.AST] = [node]
    for each in found:
        if isinstance(each, (ast.List, ast.Tuple)):
            found += each.elts
        elif isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value, each.lineno


def of_kind(kind: str, found: Iterable[Sequence[Any]]) -> tuple[tuple[str, str, int], ...]:
    """(name, path, line) of what was found of one kind, as `in_module` names it."""
    return tuple((name, path, line) for of, name, path, line in found if of == kind)

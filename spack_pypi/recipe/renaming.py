"""A recipe whose source archives were renamed: ``pypi`` gets the newest name, and a method returns
the older ones."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from .directives import INDENT, literal
from .model import RenamedArchives
from .render import url_for_version
from .text_edits import Edits

#: The attributes that say where archives are.
_ADDRESSES = {"pypi", "url", "urls", "list_url", "all_urls", "url_for_version"}


def possible(found: ast.ClassDef) -> bool:
    """Whether a plain ``pypi`` alone determines the names of a class's archives."""
    bound = [name for statement in found.body for name in _bound(statement)]
    alone = [name for name in bound if name in _ADDRESSES] == ["pypi"]
    return alone and _pypi(found) is not None and found.body[0].col_offset == len(INDENT)


def rename(edits: Edits, text: str, found: ast.ClassDef, renamed: RenamedArchives) -> None:
    """Replace ``pypi``, and add the method before the first one, or at the end of the class if
    there is none or directives follow it."""
    pypi = _pypi(found)
    assert pypi is not None  # `possible`
    edits.replace(pypi, literal(renamed.pypi))
    lines = re.split(r"\r\n|\r|\n", text)
    method = "\n".join(url_for_version(renamed.names))
    line = _above_methods(found, lines)
    if line is None:
        edits.insert_at(_below(found, lines), f"\n{method}")
    else:
        edits.insert_at(line, f"{method}\n")


def _pypi(found: ast.ClassDef) -> ast.Constant | None:
    """The text in ``pypi = "..."``; None where it is computed or written over several lines."""
    for statement in found.body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "pypi":
            value = statement.value
            if isinstance(value, ast.Constant) and value.lineno == value.end_lineno:
                return value
    return None


def _bound(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement of a class binds, in blocks, too."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield statement.name
        return
    for node in ast.iter_child_nodes(statement):
        if isinstance(node, ast.stmt):
            yield from _bound(node)
            continue
        for inner in ast.walk(node):
            if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                yield inner.id


def _above_methods(found: ast.ClassDef, lines: Sequence[str]) -> int | None:
    """How many lines there are above the first method and what stands directly above it: its
    decorators and comments. None where no method follows all the directives."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    first = next((n for n, each in enumerate(found.body) if isinstance(each, functions)), 0)
    directives = (ast.Expr, ast.With, ast.If, ast.For)
    if not first or any(isinstance(each, directives) for each in found.body[first:]):
        return None
    method, above = found.body[first], found.body[first - 1]
    assert isinstance(method, functions) and above.end_lineno is not None
    line = min([method.lineno, *(each.lineno for each in method.decorator_list)]) - 1
    while line > above.end_lineno and lines[line - 1].strip().startswith("#"):
        line -= 1
    return line


def _below(found: ast.ClassDef, lines: Sequence[str]) -> int:
    """How many lines there are up to the end of a class, the comments that end it included."""
    assert found.end_lineno is not None
    end = found.end_lineno
    for number, line in enumerate(lines[end:], end + 1):
        if line.strip() and not (line[0].isspace() and line.strip().startswith("#")):
            break
        end = number if line.strip() else end
    return end

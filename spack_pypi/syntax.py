"""Python source as a tree, in any thread."""

from __future__ import annotations

import ast
import re
import threading

_ONE_AT_A_TIME = threading.RLock()
#: A line as Python sees it: other characters that end lines for `str.splitlines` end none.
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_PLACE = ("lineno", "col_offset", "end_lineno", "end_col_offset")


def parse(source: str | bytes) -> ast.Module:
    """What `ast.parse` returns and raises, in one thread at a time: up to Python 3.12 all threads
    share the depth of the tree that is made, and one that is interrupted by another one ends with
    a SystemError."""
    with _ONE_AT_A_TIME:
        return ast.parse(source)


def parsed(source: str | bytes) -> ast.Module | None:
    """The tree of a source that anybody may have written; None where it is not Python, or nested
    deeper than can be read here."""
    try:
        return parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def dotted(node: ast.expr) -> str:
    """``a.b.c`` as it stands there; empty for anything else."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(names)]) if isinstance(node, ast.Name) else ""


def last_name(node: ast.expr) -> str:
    """``c`` of ``a.b.c``, whatever ``a.b`` is; empty for anything else."""
    return node.attr if isinstance(node, ast.Attribute) else dotted(node)


def literal_text(node: ast.AST) -> str:
    """The text that a node is; empty for anything else."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def source_lines(text: str) -> list[str]:
    """The lines of a source without their ends, as Python numbers them: `str.splitlines` ends one
    at a form feed, too."""
    return [line.rstrip("\r\n") for line in _LINE.findall(text)]


class Segments:
    """The parts of a text that its nodes are, as `ast.get_source_segment` has them: that one takes
    the whole text apart for each node."""

    def __init__(self, text: str) -> None:
        self._lines = [line.encode() for line in _LINE.findall(text)]

    def of(self, node: ast.AST) -> str | None:
        """The text of a node; None for one that has no place."""
        place = (getattr(node, name, None) for name in _PLACE)
        first, start, last, end = place
        if first is None or start is None or last is None or end is None:
            return None
        lines = self._lines[first - 1 : last]
        lines[-1] = lines[-1][:end]
        lines[0] = lines[0][start:]
        return b"".join(lines).decode()

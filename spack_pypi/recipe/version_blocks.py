"""Blocks for versions (``with when("@1.5"):``), which can get other ones."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterable, Iterator

from .calls import call_parts, condition
from .directives import literal
from .model import Condition
from .text_edits import Edits


def is_for_versions(block: ast.With) -> bool:
    """Whether a block says for which versions it is, and otherwise no more than types."""
    return _condition(block) is not None


def set_versions(edits: Edits, body: Iterable[ast.stmt], line: int, versions: str) -> None:
    """Give the block that begins in a ``line`` of a class these versions."""
    block = next(each for each in _blocks(body) if each.lineno == line)
    node = _condition(block)
    assert node is not None  # it was read as such a block
    edits.replace(node, literal(f"@{versions}"))


def with_versions(block: ast.With, versions: str) -> ast.With:
    """The block with these versions."""
    other = copy.deepcopy(block)
    node = _condition(other)
    if isinstance(node, ast.Constant):
        node.value = f"@{versions}"
    return other


def _condition(block: ast.With) -> ast.expr | None:
    """The argument of the ``when`` of a block, if that is about versions alone."""
    found: list[ast.expr] = []
    for item in block.items:
        name, arguments, keywords = call_parts(item.context_expr)
        if name == "when" and len(arguments) == 1 and not keywords:
            when = condition(arguments[0])
            if when is None or not when.versions or when != Condition(when.versions):
                return None
            assert isinstance(item.context_expr, ast.Call)  # it has a name and an argument
            found.append(item.context_expr.args[0])
        elif name != "default_args":
            return None
    return found[0] if len(found) == 1 else None


def _blocks(body: Iterable[ast.stmt]) -> Iterator[ast.With]:
    for statement in body:
        if isinstance(statement, ast.With):
            yield statement
            yield from _blocks(statement.body)

"""Expressions of a setup.py that make a text of texts: ``f"{name}-tools"``, ``summary or name``.
Read as a syntax tree, never run."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Union

Texts = Union[ast.JoinedStr, ast.BoolOp]

#: What stands behind the colon of ``{name:s}``.
_AS_TEXT = ast.dump(ast.JoinedStr([ast.Constant("s")]))


def parts(node: Texts) -> list[ast.expr]:
    """The expressions in one; `text` holds if the value of each is a text."""
    return [_inner(each) for each in node.values]


def text(node: Texts, values: Sequence[str]) -> str:
    """The text, by the ``values`` of its `parts`."""
    if isinstance(node, ast.JoinedStr):
        return "".join(values)
    ends = isinstance(node.op, ast.Or)
    return next((value for value in values if bool(value) is ends), values[-1])


def _inner(part: ast.expr) -> ast.expr:
    """``name`` of ``{name}`` in a text, if it asks for no other form of it."""
    if not isinstance(part, ast.FormattedValue):
        return part
    form = ast.dump(part.format_spec) if part.format_spec else _AS_TEXT
    return part.value if part.conversion in (-1, ord("s")) and form == _AS_TEXT else part

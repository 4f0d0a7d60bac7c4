"""Expressions of a setup.py that make a text of texts: ``f"{name}-tools"``, ``summary or name``,
``">={}".format(minimum)`` and ``".".join(map(str, numbers))``, as many do of a version of Python.
Read as a syntax tree, never run."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any, Union

from ...syntax import dotted, literal_text
from .setup_objects import NotPlain

Texts = Union[ast.JoinedStr, ast.BoolOp]

#: What stands behind the colon of ``{name:s}``.
_AS_TEXT = ast.dump(ast.JoinedStr([ast.Constant("s")]))
#: The longest text that is made, characters.
_LONGEST = 10_000


def parts(node: Texts) -> list[ast.expr]:
    """The expressions in one; `text` holds if the value of each is a text."""
    return [_inner(each) for each in node.values]


def text(node: Texts, values: Sequence[str]) -> str:
    """The text, by the ``values`` of its `parts`."""
    if isinstance(node, ast.JoinedStr):
        return "".join(values)
    ends = isinstance(node.op, ast.Or)
    return next((value for value in values if bool(value) is ends), values[-1])


def of_call(call: ast.Call, value: Callable[[ast.expr], Any]) -> str:
    """What ``">={}".format(x)`` and ``".".join(str(each) for each in x)`` return, for what
    ``value`` says of an expression. Raises `NotPlain`."""
    method = call.func
    own = literal_text(method.value) if isinstance(method, ast.Attribute) else ""
    name = method.attr if isinstance(method, ast.Attribute) else ""
    if name == "format" and not call.keywords:
        made = [*map(value, call.args)]
        fields = own.count("{}")
        if fields == len(made) == own.count("{") == own.count("}") and _are_texts(made):
            return _short(own.format(*made))
    if name == "join" and len(call.args) == 1:
        made = _joined(call.args[0], value)
        if _are_texts(made):
            return _short(own.join(made))
    raise NotPlain


def _inner(part: ast.expr) -> ast.expr:
    """``name`` of ``{name}`` in a text, if it asks for no other form of it."""
    if not isinstance(part, ast.FormattedValue):
        return part
    form = ast.dump(part.format_spec) if part.format_spec else _AS_TEXT
    return part.value if part.conversion in (-1, ord("s")) and form == _AS_TEXT else part


def _joined(node: ast.expr, value: Callable[[ast.expr], Any]) -> list[Any]:
    """The texts that are joined. What may be a set has no order. Raises `NotPlain`."""
    source = _made_of(node)
    found = value(source or node)
    if not isinstance(found, tuple) and not isinstance(source or node, ast.List):
        raise NotPlain
    if source is None:
        return [*found]
    if not all(type(each) in (int, str) for each in found):
        raise NotPlain
    return [*map(str, found)]


def _made_of(node: ast.expr) -> ast.expr | None:
    """What ``map(str, x)`` and ``str(each) for each in x`` make texts of; None for others."""
    if isinstance(node, ast.Call) and dotted(node.func) == "map" and len(node.args) == 2:
        return node.args[1] if dotted(node.args[0]) == "str" else None
    if isinstance(node, (ast.GeneratorExp, ast.ListComp)) and isinstance(node.elt, ast.Call):
        (loop, *others), called = node.generators, node.elt
        names = [dotted(each) for each in called.args]
        is_same = dotted(called.func) == "str" and names == [dotted(loop.target)]
        return loop.iter if is_same and not (others or loop.ifs or called.keywords) else None
    return None


def _are_texts(values: list[Any]) -> bool:
    return all(type(each) is str for each in values)  # not a requirement with a marker


def _short(text: str) -> str:
    if len(text) > _LONGEST:
        raise NotPlain
    return text

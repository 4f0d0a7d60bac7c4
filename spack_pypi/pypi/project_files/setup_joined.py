"""Texts that a setup.py makes by ``format`` and ``join``, as many do of a version of Python."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from ...syntax import dotted, literal_text
from .setup_objects import NotPlain

#: The longest text that is made, characters.
_LONGEST = 10_000


def text_of(call: ast.Call, value: Callable[[ast.expr], Any]) -> str:
    """What ``">={}".format(x)`` and ``".".join(str(each) for each in x)`` return, for what
    ``value`` says of an expression. Raises `NotPlain`."""
    method = call.func
    own = literal_text(method.value) if isinstance(method, ast.Attribute) else ""
    name = method.attr if isinstance(method, ast.Attribute) else ""
    if name == "format" and not call.keywords:
        parts = [*map(value, call.args)]
        fields = own.count("{}")
        if fields == len(parts) == own.count("{") == own.count("}") and _are_texts(parts):
            return _short(own.format(*parts))
    if name == "join" and len(call.args) == 1:
        parts = _joined(call.args[0], value)
        if _are_texts(parts):
            return _short(own.join(parts))
    raise NotPlain


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


def _are_texts(parts: list[Any]) -> bool:
    return all(type(each) is str for each in parts)  # a requirement with a marker is no text


def _short(text: str) -> str:
    if len(text) > _LONGEST:
        raise NotPlain
    return text

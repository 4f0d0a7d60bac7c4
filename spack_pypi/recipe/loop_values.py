"""The values of expressions of literals and of the variables of loops. Nothing of a recipe is
run."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import Any, Union

from .calls import literal_of

#: The values of the variables of loops, by name.
Values = Mapping[str, Union[str, int]]


def value_of(node: ast.expr, values: Values) -> Any:
    """The value of an expression of literals and the variables of a loop; None for others."""
    if isinstance(node, ast.Name) and node.id in values:
        return values[node.id]
    if isinstance(node, ast.JoinedStr):
        parts = [value_of(part, values) for part in node.values]
        return "".join(parts) if all(isinstance(part, str) for part in parts) else None
    if isinstance(node, ast.FormattedValue):
        plain = node.conversion == -1 and node.format_spec is None
        value = value_of(node.value, values) if plain else None
        return value if value is None else str(value)
    if isinstance(node, ast.Call):
        return _formatted(node, values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        sides = [value_of(side, values) for side in (node.left, node.right)]
        return "".join(sides) if all(isinstance(side, str) for side in sides) else None
    return literal_of(node)


def _formatted(call: ast.Call, values: Values) -> str | None:
    """The value of ``"...".format(...)``, with plain fields and without keywords."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "format" or call.keywords:
        return None
    template = literal_of(call.func.value)
    arguments = [value_of(each, values) for each in call.args]
    if not isinstance(template, str) or None in arguments:
        return None
    fields = re.findall(r"{(\d*)}", template)
    numbers = [int(number or at) for at, number in enumerate(fields)]
    plain = not re.search(r"[{}]", re.sub(r"{\d*}", "", template))
    alike = all(fields) or not any(fields)
    if not (plain and alike and max(numbers, default=0) < len(arguments)):
        return None
    return template.format(*arguments)

"""Loops over version texts, such as ``for v in ["2.0", "1.0"]: depends_on(f"petsc@{v}",
when=f"@{v}")``, or over numbers in them, ``for v in range(30, 33): depends_on(f"protobuf@{v}",
when=f"@6.{v}")``: what an item more would declare, and where it goes.

They are read by their literals only, and nothing of a recipe is run.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Union

from ..syntax import parse
from .calls import inside_of, literal_of
from .model import LIBRARY, LoopItem
from .order import key
from .text_edits import Edits

#: The values of the variables of loops, by name.
Values = Mapping[str, Union[str, int]]

#: The directives of which a loop may hold nothing but.
_DIRECTIVES = ("depends_on", "provides")


@dataclass(frozen=True)
class LoopDirective:
    """A directive of a loop, for one item: its name, first argument and keyword arguments, and the
    types and conditions that blocks around the loop give it."""

    name: str
    first: str
    keywords: Mapping[str, Any]
    types: tuple[str, ...] = LIBRARY
    within: tuple[Any, ...] = ()


def next_items(
    body: Iterable[ast.stmt], version: str, before: str
) -> Iterator[tuple[LoopItem, tuple[LoopDirective, ...]]]:
    """The items that loops of a class lack for a version, of those that have one for the version
    before it, with what these would declare for this version alone. Where items are series
    (``3.25`` for 3.25.1), so are these."""
    for loop, types, within in _loops(body):
        found = _next_number(loop, version, before) or _next_text(loop, version, before)
        if found is not None:
            item, declared = found
            inside = (replace(each, types=types, within=within) for each in declared)
            yield item, tuple(inside)


def _next_text(
    loop: ast.For, version: str, before: str
) -> tuple[LoopItem, tuple[LoopDirective, ...]] | None:
    """The item for a version beside the one for the version before it."""
    texts = _texts(loop)
    beside = max((t for t in texts if _is_prefix(t, before)), key=len, default="")
    new = ".".join(version.split(".")[: len(beside.split("."))])
    if not beside or any(_is_prefix(text, version) for text in texts):
        return None
    declared = _declared(loop, _bound(loop, new))
    alone = (f"@{new}", f"@={new}")
    if declared and all(each.keywords.get("when") in alone for each in declared):
        return LoopItem(loop.lineno, beside, new), declared
    return None


def _next_number(
    loop: ast.For, version: str, before: str
) -> tuple[LoopItem, tuple[LoopDirective, ...]] | None:
    """The number after those of a range, if it makes the version, as the last one makes the
    version before."""
    stop = _stop(loop)
    if not stop:
        return None
    last, new = (_declared(loop, _bound(loop, number)) for number in (stop - 1, stop))
    if not (last and new and _are_about(last, before) and _are_about(new, version)):
        return None
    if any(_are_about([each], before) for each in new):
        return None
    return LoopItem(loop.lineno, str(stop - 1), str(stop)), new


def _are_about(declared: Iterable[LoopDirective], version: str) -> bool:
    """Whether all directives hold for a version, or a series that it is in, alone."""
    conditions = [str(each.keywords.get("when")) for each in declared]
    return all(
        when.startswith("@") and _is_prefix(when[1:].lstrip("="), version) for when in conditions
    )


def _stop(loop: ast.For) -> int:
    """Where a range of literal numbers ends; 0 for other loops, and for a range without any."""
    call = loop.iter
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name)) or call.keywords:
        return 0
    numbers = [literal_of(node) for node in call.args]
    plain = call.func.id == "range" and len(numbers) in (1, 2)
    if not plain or not all(type(number) is int for number in numbers):
        return 0
    first, stop = (0, *numbers)[-2:]
    return stop if first < stop else 0


def _is_prefix(text: str, version: str) -> bool:
    """Whether a text is a version, or the first numbers of it: ``3.25`` of ``3.25.1``."""
    return f"{version}.".startswith(f"{text}.")


def insert(edits: Edits, body: Iterable[ast.stmt], item: LoopItem) -> None:
    """Add an item to a loop, beside the one before it, in the order that the items have."""
    loop = next(each for each, *_ in _loops(body) if each.lineno == item.line)
    if isinstance(loop.iter, ast.Call):
        edits.replace(loop.iter.args[-1], str(_stop(loop) + 1))
        return
    nodes = {str(literal_of(node)): node for node in _nodes(loop)}
    node = nodes[item.beside]
    others = {each.lineno for text, each in nodes.items() if text != item.beside}
    alone = node.lineno != loop.lineno and node.lineno not in others
    joint = ",\n" + " " * node.col_offset if alone else ", "
    edits.insert_beside(node, f'"{item.version}"', joint, first=_newest_first(_texts(loop)))


def with_item(head: str, item: LoopItem) -> str | None:
    """The head of a loop, as `ast.unparse` writes it, with an item; None if it is no such loop."""
    try:
        (loop,) = parse(f"{head} pass").body
    except SyntaxError:
        return None
    if not isinstance(loop, ast.For):
        return None
    texts, stop = _texts(loop), _stop(loop)
    if isinstance(loop.iter, ast.Call) and stop and str(stop) == item.version:
        loop.iter.args[-1] = ast.Constant(stop + 1)
    elif isinstance(loop.iter, (ast.List, ast.Tuple)) and item.beside in texts:
        at = texts.index(item.beside) + (not _newest_first(texts))
        loop.iter.elts.insert(at, ast.Constant(item.version))
    else:
        return None
    loop.body = []
    return ast.unparse(loop)


def _newest_first(texts: Sequence[str]) -> bool:
    numbers = [key(text) for text in texts if text[:1].isdigit()]
    return len(numbers) > 1 and numbers[0] > numbers[-1]


def _loops(
    body: Iterable[ast.stmt], types: tuple[str, ...] = LIBRARY, within: tuple[Any, ...] = ()
) -> Iterator[tuple[ast.For, tuple[str, ...], tuple[Any, ...]]]:
    """The loops in a class and in its plain blocks, with what the blocks give (`inside_of`)."""
    for statement in body:
        if isinstance(statement, ast.For):
            yield statement, types, within
        elif isinstance(statement, ast.With):
            inside = inside_of(statement.items, types, within)
            if inside is not None:
                yield from _loops(statement.body, *inside)


def _nodes(loop: ast.For) -> Sequence[ast.expr]:
    return loop.iter.elts if isinstance(loop.iter, (ast.List, ast.Tuple)) else ()


def _texts(loop: ast.For) -> list[str]:
    """The items of a loop; none if one of them is not a text."""
    texts = [literal_of(node) for node in _nodes(loop)]
    return texts if all(isinstance(text, str) for text in texts) else []


def _bound(loop: ast.For, item: str | int) -> Values:
    """The value of the only variable of a loop, for an item; nothing for one with several."""
    return {loop.target.id: item} if isinstance(loop.target, ast.Name) else {}


def _declared(loop: ast.For, values: Values) -> tuple[LoopDirective, ...] | None:
    """What a loop declares for an item, which gives its variable a value; None if that is not
    plain."""
    if not values or loop.orelse:
        return None
    found = []
    for statement in loop.body:
        call = statement.value if isinstance(statement, ast.Expr) else None
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            return None
        first = value_of(call.args[0], values) if len(call.args) == 1 else None
        keywords = {str(k.arg): value_of(k.value, values) for k in call.keywords}
        if call.func.id not in _DIRECTIVES or not isinstance(first, str):
            return None
        if None in keywords.values():
            return None
        found.append(LoopDirective(call.func.id, first, keywords))
    return tuple(found)


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

"""What loops over literals state: ``for p in ["linux", "darwin"]: depends_on("py-x", when=
f"platform={p}")`` are two lines. Where one of these must change, all of a short loop are written
out; from a long one only this line is.

They are read by their literals only, and nothing of a recipe is run.
"""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from . import directives
from .calls import literal_of
from .loop_values import Values, value_of
from .loops import held
from .text_edits import Edits, Uneditable

#: A loop that states more lines stays, without those that change.
_MOST_WRITTEN = 8
#: A loop with more items, or statements, is not read.
_MOST_READ = 1000


def literals(*bodies: Iterable[ast.stmt]) -> Mapping[str, Any]:
    """The literals that names have in a class or a module; not those of names that get several."""
    found: dict[str, Any] = {}
    for body in bodies:
        names = [
            (target.id, statement.value)
            for statement in body
            if isinstance(statement, ast.Assign)
            for target in statement.targets
            if isinstance(target, ast.Name)
        ]
        often = Counter(name for name, _ in names)
        found |= {name: literal_of(node) for name, node in names if often[name] == 1}
    return {name: value for name, value in found.items() if value is not None}


def written_out(loop: ast.For, known: Mapping[str, Any]) -> list[ast.stmt]:
    """The statements that a loop makes, if it goes over literals, or over names that are
    ``known`` to be such: directives and blocks of these, where the loop's variables are replaced
    by their values; none for other loops."""
    try:
        return _few(_of_loop(loop, known, {}))
    except _Unknown:
        return []


def _few(statements: Iterator[ast.stmt]) -> list[ast.stmt]:
    """The statements, if they are not more than anybody writes: loops in loops multiply."""
    found = [*islice(statements, _MOST_READ + 1)]
    if len(found) > _MOST_READ:
        raise _Unknown
    return found


class _Unknown(Exception):
    """The loop does more than to give directives other values."""


def _of_loop(loop: ast.For, known: Mapping[str, Any], values: Values) -> Iterator[ast.stmt]:
    items = _items(loop.iter, known)
    if loop.orelse or len(items) > _MOST_READ:
        raise _Unknown
    for item in items:
        yield from _of_body(loop.body, known, {**values, **_bound(loop.target, item)})


def _of_body(
    body: Iterable[ast.stmt], known: Mapping[str, Any], values: Values
) -> Iterator[ast.stmt]:
    for statement in body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            made = copy.copy(statement)
            made.value = _with_values(statement.value, values)
            yield made
        elif isinstance(statement, ast.With):
            block = copy.copy(statement)
            block.items = [_item_with_values(item, values) for item in statement.items]
            block.body = _few(_of_body(statement.body, known, values))
            yield block
        elif isinstance(statement, ast.For):
            yield from _of_loop(statement, known, values)
        else:
            raise _Unknown


def _items(node: ast.expr, known: Mapping[str, Any]) -> Sequence[Any]:
    """What a loop goes over: a list or tuple, the keys or items of a dict, a range of numbers."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        of = _literal(node.func.value, known)
        if isinstance(of, dict) and node.func.attr == "items" and not (node.args or node.keywords):
            return [*of.items()]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        numbers = [literal_of(each) for each in node.args]
        small = all(type(n) is int and abs(n) <= _MOST_READ for n in numbers)
        if node.func.id == "range" and len(numbers) in (1, 2) and small:
            return range(*numbers)
    else:
        of = _literal(node, known)
        if isinstance(of, (list, tuple, dict)):
            return [*of]
    raise _Unknown


def _literal(node: ast.expr, known: Mapping[str, Any]) -> Any:
    return known.get(node.id) if isinstance(node, ast.Name) else literal_of(node)


def _bound(target: ast.expr, item: Any) -> Values:
    """The values that an item gives the variables of a loop."""
    if isinstance(target, ast.Name) and isinstance(item, (str, int)):
        return {target.id: item}
    if not isinstance(target, ast.Tuple) or not isinstance(item, (list, tuple)):
        raise _Unknown
    names = [each.id for each in target.elts if isinstance(each, ast.Name)]
    plain = all(isinstance(value, (str, int)) for value in item)
    if not (plain and len(names) == len(target.elts) == len(item)):
        raise _Unknown
    return dict(zip(names, item))


def _with_values(call: ast.Call, values: Values) -> ast.Call:
    made = copy.copy(call)
    made.args = [_constant(argument, values) for argument in call.args]
    made.keywords = [
        ast.copy_location(ast.keyword(k.arg, _constant(k.value, values)), k) for k in call.keywords
    ]
    return made


def _item_with_values(item: ast.withitem, values: Values) -> ast.withitem:
    made = copy.copy(item)
    if isinstance(item.context_expr, ast.Call):
        made.context_expr = _with_values(item.context_expr, values)
    return made


def _constant(node: ast.expr, values: Values) -> ast.expr:
    value = value_of(node, values)
    return node if value is None else ast.copy_location(ast.Constant(value), node)


def write_out(
    text: str,
    module: Sequence[ast.stmt],
    body: Sequence[ast.stmt],
    loops: Mapping[int, Collection[int]],
    known: Mapping[str, Any],
) -> str:
    """The text of a recipe, a ``module`` whose class has this ``body``, with lines of loops
    written out: of the ``loops`` that begin in these lines, those with these numbers, or all of a
    short one. Raises `Uneditable` where they are not plain dependencies, or the items of a long
    loop are not written one a line."""
    edits = Edits(text)
    found = {each.lineno: each for s in body for each in ast.walk(s) if isinstance(each, ast.For)}
    for line, numbers in loops.items():
        loop, statements = found[line], written_out(found[line], known)
        indent = " " * loop.col_offset
        if len(statements) > _MOST_WRITTEN:
            for item in _own_items(loop, module, numbers, len(statements)):
                edits.delete_lines(item)
            made = [_dependency(statements[n], indent, line) for n in sorted(numbers)]
            edits.insert_after(loop, "\n".join(made))
        else:
            made = [_dependency(statement, indent, line) for statement in statements]
            edits.replace(loop, "\n".join(made).lstrip())
    return edits.applied()


def _own_items(
    loop: ast.For, module: Sequence[ast.stmt], numbers: Collection[int], stated: int
) -> list[ast.expr]:
    """The items of a loop, or of the list that it alone goes over, which make its lines with
    these numbers. Raises `Uneditable` unless each item makes one line, and has lines of its own
    in the text."""
    over = held(loop.iter, module)
    items = over.elts if isinstance(over, (ast.List, ast.Tuple)) else []
    if len(items) == stated > len(numbers) and all(_is_apart(over, items, n) for n in numbers):
        return [items[number] for number in numbers]
    many = f"the loop in line {loop.lineno} states {stated} dependencies"
    raise Uneditable(f"{many}, of which some must end: write these out")


def _is_apart(over: ast.expr, items: Sequence[ast.expr], number: int) -> bool:
    """Whether no line of an item of a list holds anything else of the list."""
    item = items[number]
    before = items[number - 1].end_lineno if number else over.lineno
    after = items[number + 1].lineno if number + 1 < len(items) else over.end_lineno
    assert before is not None and after is not None and item.end_lineno is not None
    return before < item.lineno and item.end_lineno < after


def _dependency(statement: ast.stmt, indent: str, line: int) -> str:
    """A statement of a loop as a line. Raises `Uneditable` for what is not a plain dependency."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    plain = isinstance(call, ast.Call) and len(call.args) == 1
    if not isinstance(call, ast.Call) or not plain or ast.unparse(call.func) != "depends_on":
        raise Uneditable(f"the loop in line {line} holds more than dependencies")
    keywords = [(keyword.arg, literal_of(keyword.value)) for keyword in call.keywords]
    spec = literal_of(call.args[0])
    if not isinstance(spec, str) or any(not arg or value is None for arg, value in keywords):
        raise Uneditable(f"the loop in line {line} computes what it states")
    written = [f"{arg}={_written(value, line)}" for arg, value in keywords]
    return directives.call("depends_on", [directives.literal(spec)], written, indent)


def _written(value: Any, line: int) -> str:
    """A text, or several, as Python writes them."""
    texts = value if isinstance(value, (list, tuple)) else [value]
    if not all(isinstance(text, str) for text in texts):
        raise Uneditable(f"the loop in line {line} states more than texts")
    several = ", ".join(map(directives.literal, texts))
    return several if texts == [value] else f"({several})"

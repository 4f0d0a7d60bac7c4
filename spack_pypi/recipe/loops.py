"""Loops over version texts, such as ``for v in ["2.0", "1.0"]: depends_on(f"petsc@{v}",
when=f"@{v}")``, over numbers in them, ``for v in range(30, 33): depends_on(f"protobuf@{v}",
when=f"@6.{v}")``, or over a table of versions, ``for v, sha in VERSIONS.items(): version(v,
sha256=sha)``: what an item more would declare, and where it goes.

They are read by their literals only, and nothing of a recipe is run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..syntax import parse
from . import directives
from .calls import condition, inside_of, literal_of
from .loop_values import Values, value_of
from .model import LIBRARY, LoopItem
from .order import key
from .text_edits import Edits

#: The directives of which a loop may hold nothing but; one over a table has a ``version``, too.
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


@dataclass(frozen=True)
class _Loop:
    """A loop, with the list, tuple, table or range that it goes ``over``, which may have a name,
    and what the blocks around it give."""

    node: ast.For
    over: ast.expr
    types: tuple[str, ...]
    within: tuple[Any, ...]

    @property
    def is_table(self) -> bool:
        """Whether it goes over the versions of a table, with their checksums."""
        return isinstance(self.over, ast.Dict)

    @property
    def nodes(self) -> Sequence[ast.expr]:
        """Its items; the keys of a table."""
        return _items(self.over)

    @property
    def texts(self) -> list[str]:
        """Its items; none if one of them is not a text."""
        return _texts(self.over)

    def bound(self, item: str | int, sha256: str) -> Values:
        """The values of its variables, for an item; nothing where it has others."""
        target = self.node.target
        names = [target] if isinstance(target, ast.Name) else []
        if self.is_table and isinstance(target, ast.Tuple):
            names = [each for each in target.elts if isinstance(each, ast.Name)]
        wanted = (item, sha256) if self.is_table else (item,)
        return (
            {n.id: value for n, value in zip(names, wanted)} if len(names) == len(wanted) else {}
        )


def next_items(
    module: Sequence[ast.stmt],
    body: Iterable[ast.stmt],
    version: str,
    before: str,
    sha256: str = "",
) -> Iterator[tuple[LoopItem, tuple[LoopDirective, ...]]]:
    """The items that loops of a class of a module lack for a version, of those that have one for
    the version before it, with what these would declare for this version alone. Where items are
    series (``3.25`` for 3.25.1), so are these. A table gets one if that says all of the version:
    if its checksum is given."""
    for loop in _loops(module, body):
        found = _next_number(loop, version, before) or _next_text(loop, version, before, sha256)
        if found is not None:
            item, declared = found
            inside = (replace(each, types=loop.types, within=loop.within) for each in declared)
            yield item, tuple(inside)


def _next_text(
    loop: _Loop, version: str, before: str, sha256: str
) -> tuple[LoopItem, tuple[LoopDirective, ...]] | None:
    """The item for a version beside the one for the version before it."""
    texts = loop.texts
    beside = max((t for t in texts if _is_prefix(t.lstrip("@"), before)), key=len, default="")
    sign = "@" if beside.startswith("@") else ""
    numbers = beside.lstrip("@").split(".")
    new = sign + (version if loop.is_table else ".".join(version.split(".")[: len(numbers)]))
    if not beside or any(_is_prefix(text.lstrip("@"), version) for text in texts):
        return None
    declared = _declared(loop, loop.bound(new, sha256))
    if not declared or not all(_is_alone(each, new.lstrip("@")) for each in declared):
        return None
    if loop.is_table:
        listed = [each for each in declared if each.name == "version"]
        plain = [(each.first, dict(each.keywords)) for each in listed]
        if not sha256 or beside != before or plain != [(version, {"sha256": sha256})]:
            return None
    item = LoopItem(loop.node.lineno, beside, new, sha256 if loop.is_table else "")
    return item, declared


def _is_alone(directive: LoopDirective, text: str) -> bool:
    """Whether a directive is about a version alone, or about a series."""
    when = condition(directive.keywords.get("when"))
    return directive.name == "version" or bool(when and when.versions in (text, f"={text}"))


def _next_number(
    loop: _Loop, version: str, before: str
) -> tuple[LoopItem, tuple[LoopDirective, ...]] | None:
    """The number after those of a range, if it makes the version, as the last one makes the
    version before."""
    stop = _stop(loop.over)
    if not stop:
        return None
    last, new = (_declared(loop, loop.bound(number, "")) for number in (stop - 1, stop))
    if not (last and new and _are_about(last, before) and _are_about(new, version)):
        return None
    if any(_are_about([each], before) for each in new):
        return None
    return LoopItem(loop.node.lineno, str(stop - 1), str(stop)), new


def _are_about(declared: Iterable[LoopDirective], version: str) -> bool:
    """Whether all directives hold for a version, or a series that it is in, alone."""
    conditions = [str(each.keywords.get("when")) for each in declared]
    return all(
        when.startswith("@") and _is_prefix(when[1:].lstrip("="), version) for when in conditions
    )


def _stop(over: ast.expr) -> int:
    """Where a range of literal numbers ends; 0 for others, and for a range without any."""
    if not (isinstance(over, ast.Call) and isinstance(over.func, ast.Name)) or over.keywords:
        return 0
    numbers = [literal_of(node) for node in over.args]
    plain = over.func.id == "range" and len(numbers) in (1, 2)
    if not plain or not all(type(number) is int for number in numbers):
        return 0
    first, stop = (0, *numbers)[-2:]
    return stop if first < stop else 0


def _is_prefix(text: str, version: str) -> bool:
    """Whether a text is a version, or the first numbers of it: ``3.25`` of ``3.25.1``."""
    return f"{version}.".startswith(f"{text}.")


def insert(
    edits: Edits, module: Sequence[ast.stmt], body: Iterable[ast.stmt], item: LoopItem
) -> None:
    """Add an item to a loop, beside the one before it, in the order that the items have."""
    loop = next(each for each in _loops(module, body) if each.node.lineno == item.line)
    if isinstance(loop.over, ast.Call):
        edits.replace(loop.over.args[-1], str(_stop(loop.over) + 1))
        return
    nodes = {str(literal_of(node)): node for node in loop.nodes}
    node, first = nodes[item.beside], _newest_first(loop.texts)
    others = {each.lineno for text, each in nodes.items() if text != item.beside}
    alone = node.lineno != loop.over.lineno and node.lineno not in others
    joint = ",\n" + " " * node.col_offset if alone else ", "
    if _outgrows(loop, item):
        edits.replace(loop.over, _one_a_line(loop, item))
        return
    if isinstance(loop.over, ast.Dict) and not first:
        node = loop.over.values[loop.over.keys.index(node)]
    value = f': "{item.sha256}"' if loop.is_table else ""
    edits.insert_beside(node, f'"{item.version}"{value}', joint, first=first)


def _outgrows(loop: _Loop, item: LoopItem) -> bool:
    """Whether the items of a loop stand in its own line, which gets too long with one more."""
    end = loop.over.end_col_offset
    assert end is not None
    in_line = loop.over.lineno == loop.over.end_lineno == loop.node.lineno
    return in_line and end + len(f', "{item.version}":') > directives.WIDTH


def _one_a_line(loop: _Loop, item: LoopItem) -> str:
    """The items of a loop with one more, as `ruff format` wraps them."""
    texts, indent = loop.texts, " " * loop.node.col_offset
    texts.insert(texts.index(item.beside) + (not _newest_first(texts)), item.version)
    opens, closes = "[]" if isinstance(loop.over, ast.List) else "()"
    lines = [f"{indent}{directives.INDENT}{directives.literal(text)}," for text in texts]
    return "\n".join([opens, *lines, f"{indent}{closes}"])


def with_item(head: str, item: LoopItem) -> str | None:
    """The head of a loop, or the statement that gives the items a name, as `ast.unparse` writes
    it, with an item; None if it is no such statement."""
    try:
        (statement,) = parse(f"{head} pass" if head.endswith(":") else head).body
    except SyntaxError:
        return None
    if isinstance(statement, ast.For):
        over = statement.iter
        statement.body = []
    elif isinstance(statement, ast.Assign):
        over = statement.value
    else:
        return None
    texts, stop = _texts(over), _stop(over)
    if isinstance(over, ast.Call) and stop and str(stop) == item.version:
        over.args[-1] = ast.Constant(stop + 1)
        return ast.unparse(statement)
    if item.beside not in texts:
        return None
    at = texts.index(item.beside) + (not _newest_first(texts))
    if isinstance(over, ast.Dict):
        over.keys.insert(at, ast.Constant(item.version))
        over.values.insert(at, ast.Constant(item.sha256))
    elif isinstance(over, (ast.List, ast.Tuple)):
        over.elts.insert(at, ast.Constant(item.version))
    return ast.unparse(statement)


def _newest_first(texts: Sequence[str]) -> bool:
    versions = [text.lstrip("@") for text in texts]
    numbers = [key(version) for version in versions if version[:1].isdigit()]
    return len(numbers) > 1 and numbers[0] > numbers[-1]


def _loops(module: Sequence[ast.stmt], body: Iterable[ast.stmt]) -> Iterator[_Loop]:
    """The loops in a class of a module, and in its plain blocks."""
    for node, types, within in _in_blocks(body):
        table = _of_table(node.iter)
        over = held(table or node.iter, module)
        if isinstance(over, ast.Dict) == (table is not None):
            yield _Loop(node, over, types, within)


def _in_blocks(
    body: Iterable[ast.stmt], types: tuple[str, ...] = LIBRARY, within: tuple[Any, ...] = ()
) -> Iterator[tuple[ast.For, tuple[str, ...], tuple[Any, ...]]]:
    """The loops among statements, with what the blocks around them give (`inside_of`)."""
    for statement in body:
        if isinstance(statement, ast.For):
            yield statement, types, within
        elif isinstance(statement, ast.With):
            inside = inside_of(statement.items, types, within)
            if inside is not None:
                yield from _in_blocks(statement.body, *inside)


def _of_table(node: ast.expr) -> ast.expr | None:
    """What ``.items()`` is called of; None for others."""
    called = node.func if isinstance(node, ast.Call) and not (node.args or node.keywords) else None
    is_table = isinstance(called, ast.Attribute) and called.attr == "items"
    return called.value if is_table and isinstance(called, ast.Attribute) else None


def held(node: ast.expr, module: Sequence[ast.stmt]) -> ast.expr:
    """What a loop goes over; of a name to which a module, or a class of it, gives a value, and
    that nothing else uses, this value."""
    if not isinstance(node, ast.Name):
        return node
    uses = [
        each
        for statement in module
        for each in ast.walk(statement)
        if (isinstance(each, ast.Name) and each.id == node.id)
        or (isinstance(each, ast.Attribute) and each.attr == node.id)
    ]
    bodies = [module, *(s.body for s in module if isinstance(s, ast.ClassDef))]
    given = [
        s.value for b in bodies for s in b if isinstance(s, ast.Assign) and s.targets == [uses[0]]
    ]
    return given[0] if given and len(uses) == 2 else node


def _items(over: ast.expr) -> Sequence[ast.expr]:
    if isinstance(over, ast.Dict):
        keys = [key for key in over.keys if key is not None]
        return keys if len(keys) == len(over.keys) else ()
    return over.elts if isinstance(over, (ast.List, ast.Tuple)) else ()


def _texts(over: ast.expr) -> list[str]:
    """The items of a list, or the keys of a table; none if one of them is not a text."""
    texts = [literal_of(node) for node in _items(over)]
    return texts if all(isinstance(text, str) for text in texts) else []


def _declared(loop: _Loop, values: Values) -> tuple[LoopDirective, ...] | None:
    """What a loop declares for an item, which gives its variables values; None if that is not
    plain."""
    if not values or loop.node.orelse:
        return None
    found = []
    for statement in loop.node.body:
        call = statement.value if isinstance(statement, ast.Expr) else None
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            return None
        first = value_of(call.args[0], values) if len(call.args) == 1 else None
        keywords = {str(k.arg): value_of(k.value, values) for k in call.keywords}
        listed = loop.is_table and call.func.id == "version"
        if not (listed or call.func.id in _DIRECTIVES) or not isinstance(first, str):
            return None
        if None in keywords.values():
            return None
        found.append(LoopDirective(call.func.id, first, keywords))
    return tuple(found)

"""The values that names of a setup.py have when it calls ``setup()``: those that literals and
certain statements at the top of the file give them, as Python would. Read as a syntax tree, never
run::

    extras = {"plot": ["matplotlib"]}
    extras["all"] = extras["plot"] + ["rich"]
    extras.update(dev=["pytest"])
    required = ["six"]
    required += ["attrs"]
    if sys.version_info < (3, 8):
        required.append("typing-extensions")  # gets a marker

What else may happen to a name (in a loop, another ``if``, a function) makes its value unknown, and
with it that of all that may be the same list or dictionary. Of a dictionary, single values may be
unknown: those that are computed, and those of a key that is assigned in an ``if``.
"""

from __future__ import annotations

import ast
from collections.abc import Container, Iterable, Sequence
from itertools import chain
from typing import Any

from ...syntax import dotted, literal_text
from . import setup_texts
from .setup_changes import (
    assigned_in_blocks,
    before,
    changed,
    changed_elsewhere,
    key_changed,
    key_of,
)
from .setup_conditions import Conditional, Where, conditional, flat
from .setup_objects import NotPlain, Objects, Unknown, as_list, known, names_in, node_of

#: How many expressions of literals are read in a statement and in a file, and how deep; sums of
#: names would grow without limit.
_MOST_EXPRESSIONS, _MOST_OF_ALL = 20_000, 400_000
_DEEPEST = 20


class Values:
    """What names mean, as objects that are shared as in Python."""

    def __init__(self) -> None:
        self._objects = Objects()
        self._named = self._objects.named
        self._left = self._of_all = 0

    def of(self, node: ast.expr) -> Any:
        """The value of an expression. Raises `NotPlain`."""
        self._left = _MOST_EXPRESSIONS
        value = self._value(node, 0)
        if not self._objects.is_known(value) or self._objects.exhausted:
            raise NotPlain
        return as_list(value)

    def items(self, node: ast.expr) -> dict[str, Any] | None:
        """What is in the dictionary that is passed as ``**node``; values that are not known are
        `Unknown`. None if it is not known what it has."""
        self._left = _MOST_EXPRESSIONS
        try:
            found = self._value(node, 0)
        except NotPlain:
            return None
        is_known = isinstance(found, dict) and not self._objects.exhausted
        if not is_known or not all(isinstance(key, str) for key in found):
            return None
        return {
            key: as_list(value) if self._objects.is_known(value) else Unknown([], node_of(value))
            for key, value in found.items()
        }

    def follow(self, tree: ast.Module, nodes: Sequence[ast.AST], call: ast.Call | None) -> None:
        """Do what the statements before a call of ``setup()`` do; ``nodes`` are all of the
        tree."""
        functions = [node for node in nodes if isinstance(node, ast.FunctionDef)]
        self._objects.functions = {each.name: names_in(each) for each in functions}
        places = [*flat([*before(tree, call)])]
        statements = [statement for statement, _ in places]
        maybe = {id(each): [*assigned_in_blocks(each)] for each in statements}
        others = changed_elsewhere([*statements, *chain.from_iterable(maybe.values())], nodes)
        self._of_all = _MOST_OF_ALL
        for statement, where in places:
            for inner in maybe[id(statement)]:
                self._may_set(inner, others)
            name = changed(statement)
            if not name or name in others:
                continue
            self._left = min(_MOST_EXPRESSIONS, self._of_all)
            start = self._left
            try:
                if where.marker:
                    self._do_where(statement, name, where)
                else:
                    self._do(statement, name)
            except NotPlain:
                self._lose(statement, name, sometimes=bool(where.marker))
            self._of_all -= start - max(self._left, 0)

    def _may_set(self, statement: ast.Assign, others: Container[str]) -> None:
        """A value of a dictionary that is not always assigned."""
        name, key = changed(statement), key_of(statement)
        if name in others:
            return
        owner, objects = self._named.get(name), self._objects.in_expression(statement.value)
        if isinstance(owner, dict):
            owner[key] = Unknown([owner.get(key), *objects])
        else:
            self._objects.lose(owner, name, objects)

    def _lose(self, statement: ast.stmt, name: str, sometimes: bool) -> None:
        """What a statement does with a name is not known; maybe it is not run at all."""
        objects, key = self._objects.in_expression(statement), key_changed(statement)
        owner = self._named.get(name)
        if sometimes:
            self._objects.lose(owner, name, objects)
            self._named[name] = Unknown([owner, *objects])
        elif isinstance(statement, ast.Assign) and not key:
            objects = self._objects.in_expression(statement.value)
            self._named[name] = Unknown(objects, statement.value)
        elif isinstance(statement, ast.Assign) and isinstance(owner, dict):
            objects = self._objects.in_expression(statement.value)
            owner[key] = Unknown(objects, statement.value)
        elif key and isinstance(owner, dict) and key in owner:
            self._objects.lose([owner[key]], name, objects)
        else:
            self._objects.lose(owner, name, objects)

    def _do(self, statement: ast.stmt, name: str) -> None:
        if isinstance(statement, ast.Expr):
            self._call(statement.value)
        elif isinstance(statement, ast.Assign):
            value, key = self._value(statement.value, 0), key_of(statement)
            if key:
                self._owner(name, dict)[key] = value
            else:
                self._named[name] = value
        elif isinstance(statement, ast.AugAssign):
            value, key = self._value(statement.value, 0), key_of(statement)
            there = self._owner(name, dict) if key else self._named
            had: Any = there.get(key or name)
            if isinstance(had, list) and isinstance(value, (list, tuple)):
                self._count(len(had) + len(value))
                had.extend([*value])
            elif type(had) is not type(value) or not isinstance(had, (tuple, str)):
                raise NotPlain
            else:
                there[key or name] = had + value

    def _do_where(self, statement: ast.stmt, name: str, where: Where) -> None:
        """What a statement does that is run where a marker holds: the requirements that it adds
        to a list get the marker. Raises `NotPlain`."""
        if isinstance(statement, ast.Assign):
            self._assign_where(statement, name, where)
            return
        if isinstance(statement, ast.AugAssign):
            added, key = self._value(statement.value, 0), key_of(statement)
            had: Any = (self._owner(name, dict) if key else self._named).get(key or name)
        else:
            call = statement.value if isinstance(statement, ast.Expr) else None
            assert isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
            if call.keywords or len(call.args) != 1 or call.func.attr == "update":
                raise NotPlain
            had, added = self._value(call.func.value, 0), self._value(call.args[0], 0)
            added = [added] if call.func.attr == "append" else added
        if not isinstance(had, list):
            raise NotPlain
        had.extend(self._where(added, where.marker))

    def _assign_where(self, statement: ast.Assign, name: str, where: Where) -> None:
        """The list that a name, or a key of a dictionary, has from there on: what is assigned
        where the marker holds, what was there elsewhere."""
        key, is_new = key_of(statement), isinstance(statement.value, ast.List)
        owner = self._owner(name, dict) if key else self._named
        had = owner.get(key or name, [])
        if not is_new or not isinstance(had, list) or self._objects.is_shared(had):
            raise NotPlain
        new = self._where(self._value(statement.value, 0), where.marker)
        owner[key or name] = [*self._where(had, where.opposite), *new]

    def _where(self, listed: object, marker: str) -> list[Conditional]:
        """The requirements in a list, with a marker. Raises `NotPlain`."""
        if not isinstance(listed, (list, tuple)):
            raise NotPlain
        self._count(len(listed))
        found = [each for each in (conditional(each, marker) for each in listed) if each]
        if len(found) < len(listed):
            raise NotPlain
        return found

    def _call(self, call: ast.expr) -> None:
        """``x.append(...)``, ``x.extend(...)`` or ``x.update(...)``, also of ``x["key"]``."""
        assert isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
        owner, given = self._value(call.func.value, 0), [self._value(a, 0) for a in call.args]
        named = {str(each.arg): self._value(each.value, 0) for each in call.keywords if each.arg}
        if len(named) < len(call.keywords) or len(given) + bool(named) != 1:
            raise NotPlain
        if call.func.attr == "update" and isinstance(owner, dict):
            if given and not isinstance(given[0], dict):
                raise NotPlain
            owner.update(given[0] if given else named)
        elif not given or not isinstance(owner, list):
            raise NotPlain
        elif call.func.attr == "append":
            owner.append(given[0])
        elif isinstance(given[0], (list, tuple)):
            self._count(len(given[0]))
            owner.extend([*given[0]])
        else:
            raise NotPlain

    def _owner(self, name: str, kind: type) -> Any:
        if not isinstance(self._named.get(name), kind):
            raise NotPlain
        return self._named[name]

    def _count(self, number: int) -> None:
        self._left -= number
        if self._left < 0:
            raise NotPlain

    def _value(self, node: ast.expr, depth: int) -> Any:
        self._count(1)
        if depth > _DEEPEST:
            raise NotPlain
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            listed = [self._value(each, depth + 1) for each in node.elts]
            return tuple(listed) if isinstance(node, ast.Tuple) else listed
        if isinstance(node, ast.Dict):
            return self._dict(zip(node.keys, node.values), depth + 1)
        if isinstance(node, ast.Name) and node.id in self._named:
            return known(self._named[node.id])
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left, right = (self._value(side, depth + 1) for side in (node.left, node.right))
            if type(left) is type(right) and isinstance(left, (list, tuple, str)):
                # A list of lists counts for each sum that it is in, a text when it is long.
                length = len(left) + len(right)
                self._count(length >> 10 if isinstance(left, str) else length)
                return left + right
        if isinstance(node, ast.Subscript):
            owner, key = self._value(node.value, depth + 1), literal_text(node.slice)
            if isinstance(owner, dict) and key in owner:
                return known(owner[key])
        return self._made(node, depth + 1)

    def _made(self, node: ast.expr, depth: int) -> Any:
        """The value of an expression that makes a new object."""
        if isinstance(node, ast.Call):
            return self._called(node, depth)
        if isinstance(node, (ast.ListComp, ast.SetComp)):
            return self._listed(node, depth)
        if isinstance(node, (ast.JoinedStr, ast.BoolOp)):
            texts = [self._value(each, depth) for each in setup_texts.parts(node)]
            self._count(sum(map(len, _strings(texts))) >> 10)
            return setup_texts.text(node, texts)
        raise NotPlain

    def _called(self, call: ast.Call, depth: int) -> Any:
        """Calls that make a list of another one, or a dictionary: ``list(x)``, ``sorted(set(x))``,
        ``sum(d.values(), [])``, ``dict(x, y=z)``."""
        function, given = dotted(call.func), call.args
        if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Constant):
            return setup_texts.of_call(call, lambda node: self._value(node, depth))
        if function == "dict" and len(given) < 2:
            named = [(ast.Constant(k.arg) if k.arg else None, k.value) for k in call.keywords]
            return self._dict([*((None, each) for each in given), *named], depth)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "values" and not given:
            owner = self._value(call.func.value, depth)
            if isinstance(owner, dict):
                return [*owner.values()]
        if call.keywords or not given:
            raise NotPlain
        if function == "sum" and len(given) == 2 and isinstance(given[1], ast.List):
            return self._flat([self._value(given[0], depth), [self._value(given[1], depth)]])
        if len(given) != 1 or function not in ("list", "tuple", "set", "frozenset", "sorted"):
            raise NotPlain
        value = self._value(given[0], depth)
        if not isinstance(value, (list, tuple)):
            raise NotPlain
        self._count(len(value))
        if function in ("list", "tuple"):
            return [*value] if function == "list" else (*value,)
        return sorted(_strings(value)) if function == "sorted" else _set(value)

    def _listed(self, node: ast.ListComp | ast.SetComp, depth: int) -> list[Any]:
        """``[each for each in x]`` and ``[each for part in x for each in part]``."""
        loops = node.generators
        targets = [dotted(loop.target) for loop in loops]
        if any(loop.ifs for loop in loops) or dotted(node.elt) != targets[-1] or "" in targets:
            raise NotPlain
        value = self._value(loops[0].iter, depth)
        if len(loops) == 1 and isinstance(value, (list, tuple)):
            self._count(len(value))
            found = [*value]
        elif len(loops) == 2 and dotted(loops[1].iter) == targets[0]:
            found = self._flat([value])
        else:
            raise NotPlain
        return found if isinstance(node, ast.ListComp) else _set(found)

    def _flat(self, lists: Sequence[Any]) -> list[Any]:
        """The items of the lists in lists."""
        found: list[Any] = []
        for each in lists:
            for part in each if isinstance(each, (list, tuple)) else [None]:
                if not isinstance(part, (list, tuple)):
                    raise NotPlain
                self._count(len(part))
                found += part
        return found

    def _dict(
        self, items: Iterable[tuple[ast.expr | None, ast.expr]], depth: int
    ) -> dict[Any, Any]:
        """A dictionary of keys and values; without a key, with those of another one."""
        found: dict[Any, Any] = {}
        for key, node in items:
            if key is None:
                other = self._value(node, depth)
                if not isinstance(other, dict):
                    raise NotPlain
                self._count(len(other))
                found.update(other)
                continue
            said = self._value(key, depth)
            if not isinstance(said, (str, int, float)):
                raise NotPlain
            try:
                found[said] = self._value(node, depth)
            except NotPlain:
                self._count(0)  # not as the limit is reached
                found[said] = Unknown(self._objects.in_expression(node), node)
        return found


def _set(value: Sequence[Any]) -> list[Any]:
    """A set has no order: that of its texts is as good as any."""
    return sorted({*_strings(value)})


def _strings(value: Sequence[Any]) -> Sequence[str]:
    if not all(isinstance(each, str) for each in value):
        raise NotPlain
    return value

"""The values that names of a setup.py have when it calls ``setup()``: those that literals and
certain statements at the top of the file give them, as Python would. Read as a syntax tree, never
run::

    extras = {"plot": ["matplotlib"]}
    extras["all"] = extras["plot"] + ["rich"]
    extras.update(dev=["pytest"])
    required = ["six"]
    required += ["attrs"]

What else may happen to a name (in a loop, an ``if``, a function) makes its value unknown, and with
it that of all that may be the same list or dictionary.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any

from ...syntax import dotted, literal_text
from .setup_changes import changed, changed_elsewhere, key_of

#: How many expressions of literals are read in a statement and in a file, and how deep; sums of
#: names would grow without end.
_MOST_EXPRESSIONS, _MOST_OF_ALL = 20_000, 400_000
_DEEPEST = 20


class NotPlain(Exception):
    """An expression whose value is known only when it is run."""


class Values:
    """What names mean, as objects that are shared as in Python."""

    def __init__(self) -> None:
        self._named: dict[str, Any] = {}
        self._left = self._of_all = 0

    def of(self, node: ast.expr) -> Any:
        """The value of an expression. Raises `NotPlain`."""
        self._left = _MOST_EXPRESSIONS
        return self._value(node, 0)

    def follow(self, tree: ast.Module, nodes: Sequence[ast.AST], call: ast.Call | None) -> None:
        """Do what the statements before a call of ``setup()`` do; ``nodes`` are all of the
        tree."""
        statements = [*_before(tree, call)]
        others = changed_elsewhere(statements, nodes)
        self._of_all = _MOST_OF_ALL
        for statement in statements:
            name = changed(statement)
            if not name or name in others:
                continue
            self._left = min(_MOST_EXPRESSIONS, self._of_all)
            start = self._left
            try:
                self._do(statement, name)
            except NotPlain:
                self._forget(name, not isinstance(statement, ast.Assign) or key_of(statement))
            self._of_all -= start - max(self._left, 0)

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
            if type(had) is not type(value) or not isinstance(had, (list, str)):
                raise NotPlain
            self._count(len(had) + len(value))
            if isinstance(had, list):
                had.extend([*value])
            else:
                there[key or name] = had + value

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
        elif isinstance(given[0], list):
            self._count(len(given[0]))
            owner.extend([*given[0]])
        else:
            raise NotPlain

    def _owner(self, name: str, kind: type) -> Any:
        if not isinstance(self._named.get(name), kind):
            raise NotPlain
        return self._named[name]

    def _forget(self, name: str, changes: object) -> None:
        """A name has no value that is known; of an object that ``changes``, nor have others."""
        lost = self._named.pop(name, None)
        if changes and isinstance(lost, (list, dict)):
            parts = {id(each) for each in _parts(lost)}
            for other in [*self._named]:
                if parts.intersection(map(id, _parts(self._named[other]))):
                    del self._named[other]

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
            return [self._value(each, depth + 1) for each in node.elts]
        if isinstance(node, ast.Dict):
            return {
                self._dict_key(key, depth + 1): self._value(value, depth + 1)
                for key, value in zip(node.keys, node.values)
            }
        if isinstance(node, ast.Name) and node.id in self._named:
            return self._named[node.id]
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left, right = (self._value(side, depth + 1) for side in (node.left, node.right))
            if type(left) is type(right) and isinstance(left, (list, str)):
                # A list of lists counts for each sum that it is in, a text when it is long.
                length = len(left) + len(right)
                self._count(length if isinstance(left, list) else length >> 10)
                return left + right
        if isinstance(node, ast.Subscript):
            owner, key = self._value(node.value, depth + 1), literal_text(node.slice)
            if isinstance(owner, dict) and key in owner:
                return owner[key]
        if isinstance(node, ast.Call):
            return self._called(node, depth + 1)
        if isinstance(node, (ast.ListComp, ast.SetComp)):
            return self._listed(node, depth + 1)
        raise NotPlain

    def _called(self, call: ast.Call, depth: int) -> Any:
        """Calls that make a list of another one: ``list(x)``, ``sorted(set(x))``,
        ``sum(d.values(), [])``."""
        function, given = dotted(call.func), call.args
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
        if not isinstance(value, list):
            raise NotPlain
        self._count(len(value))
        if function in ("list", "tuple"):
            return [*value]
        return sorted(_strings(value)) if function == "sorted" else _set(value)

    def _listed(self, node: ast.ListComp | ast.SetComp, depth: int) -> list[Any]:
        """``[each for each in x]`` and ``[each for part in x for each in part]``."""
        loops = node.generators
        targets = [dotted(loop.target) for loop in loops]
        if any(loop.ifs for loop in loops) or dotted(node.elt) != targets[-1] or "" in targets:
            raise NotPlain
        value = self._value(loops[0].iter, depth)
        if len(loops) == 1 and isinstance(value, list):
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
            for part in each if isinstance(each, list) else [None]:
                if not isinstance(part, list):
                    raise NotPlain
                self._count(len(part))
                found += part
        return found

    def _dict_key(self, node: ast.expr | None, depth: int) -> Any:
        """A key of a dictionary; ``**other`` has none, and a list or a tuple matters to nobody."""
        key = None if node is None else self._value(node, depth)
        if not isinstance(key, (str, int, float)):
            raise NotPlain
        return key


def _before(tree: ast.Module, call: ast.Call | None) -> Iterator[ast.stmt]:
    """The statements at the top of a file before a call, if that is one of them; else all."""
    for statement in tree.body:
        if isinstance(statement, ast.Expr) and statement.value is call:
            return
        yield statement


def _parts(value: object) -> Iterator[object]:
    """A list or a dictionary, and those in it."""
    if isinstance(value, (list, dict)):
        yield value
        for inner in value.values() if isinstance(value, dict) else value:
            if isinstance(inner, (list, dict)):
                yield inner


def _set(value: Sequence[Any]) -> list[Any]:
    """A set has no order: that of its texts is as good as any."""
    return sorted({*_strings(value)})


def _strings(value: Sequence[Any]) -> Sequence[str]:
    if not all(isinstance(each, str) for each in value):
        raise NotPlain
    return value

"""The lists and dictionaries that names of a setup.py mean, shared as in Python, also where only
some of what is in them is known."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any

#: How many lists, dictionaries and items are compared in a file, and how deep.
_MOST_COMPARED = 2_000_000
_DEEPEST = 20


class NotPlain(Exception):
    """An expression whose value is known only when it is run."""


class Unknown:
    """A value that is known only when it is run. It may be one of the ``objects``, or hold some of
    them. ``node`` is the expression whose value it is, if it is that of one."""

    def __init__(self, objects: Iterable[object], node: ast.expr | None = None) -> None:
        self.objects, self.node = [*objects], node


_HOLDERS = (list, tuple, dict, Unknown)


def names_in(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


class Objects:
    """What names mean. ``functions`` are by their name the names in them, which what they return
    may have, too. ``exhausted``: the limit is reached, and nothing is known."""

    def __init__(self) -> None:
        self.named: dict[str, Any] = {}
        self.functions: dict[str, set[str]] = {}
        self.exhausted = False
        self._left = _MOST_COMPARED

    def in_expression(self, tree: ast.AST) -> list[object]:
        """The objects that the names in an expression mean."""
        names = names_in(tree)
        left = [*names]
        while left:
            new = self.functions.get(left.pop(), set()) - names
            names |= new
            left += new
        values = (self.named.get(name) for name in sorted(names))
        return [value for value in values if isinstance(value, _HOLDERS)]

    def is_known(self, value: object) -> bool:
        """Whether all of a value is known."""
        return not any(isinstance(each, Unknown) for each in self._parts(value).values())

    def is_shared(self, value: object) -> bool:
        """Whether several names, or things in what they mean, are an object."""
        left: list[object] = [*self.named.values()]
        times, seen = 0, set()
        while left:
            each = left.pop()
            times += each is value
            if isinstance(each, _HOLDERS) and id(each) not in seen:
                seen.add(id(each))
                inner = each.objects if isinstance(each, Unknown) else each
                self._left -= len(inner) + 1
                if self._left < 0:
                    self.exhausted = True
                    return True
                left += inner.values() if isinstance(inner, dict) else inner
        return times > 1

    def lose(self, changed: object, name: str, objects: Iterable[object]) -> None:
        """Something is done with what a ``name`` means, or has in it (``changed``), after which
        this may hold the ``objects``, too; so may all that it is in."""
        added = [*objects]
        parts = self._parts(changed)
        for other, value in [*self.named.items()]:
            self.named[other] = self._without(value, parts, added, 0)
        if name not in self.named:
            self.named[name] = Unknown(added)

    def _without(
        self, value: Any, parts: dict[int, object], added: list[object], depth: int
    ) -> Any:
        """A value in which no part is known that is among these."""
        if not parts.keys() & self._parts(value).keys():
            return value
        if isinstance(value, Unknown):
            value.objects += added
            return value
        if isinstance(value, dict) and id(value) not in parts and depth < _DEEPEST:
            for key, inner in [*value.items()]:
                value[key] = self._without(inner, parts, added, depth + 1)
            return value
        return Unknown([value, *added])

    def _parts(self, value: object) -> dict[int, object]:
        """A list or a dictionary, and those in it, by identity."""
        found: dict[int, object] = {}
        left = [value]
        while left:
            each = left.pop()
            if not isinstance(each, _HOLDERS) or id(each) in found:
                continue
            found[id(each)] = each
            inner = each.objects if isinstance(each, Unknown) else each
            self._left -= len(inner) + 1
            if self._left < 0:
                self.exhausted = True
                return {}
            left += inner.values() if isinstance(inner, dict) else inner
        return found


def as_list(value: Any) -> Any:
    """A tuple as a list, also in a dictionary: setuptools takes both."""
    if isinstance(value, dict):
        return {k: [*each] if isinstance(each, tuple) else each for k, each in value.items()}
    return [*value] if isinstance(value, tuple) else value


def known(value: Any) -> Any:
    """A value that is known. Raises `NotPlain`."""
    if isinstance(value, Unknown):
        raise NotPlain
    return value


def node_of(value: object) -> ast.expr | None:
    """The expression of a value that is not known, if there is one."""
    return value.node if isinstance(value, Unknown) else None

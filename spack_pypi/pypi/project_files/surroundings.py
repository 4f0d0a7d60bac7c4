"""Whether a condition in Python code holds where a recipe builds: with CPython, on Linux, with
cargo (recipes of what it builds require rust) and no environment variable set. Read as a syntax
tree, never run.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from ...syntax import dotted

#: What is assumed of the machine and the Python that build.
_ASSUMED = {
    "sys.platform": "linux",
    "os.name": "posix",
    "platform.system": "Linux",
    "platform.python_implementation": "CPython",
    "sys.implementation.name": "cpython",
}
#: Programs that are there when something is built: what needs them declares no project for them.
_PRESENT = ("cargo", "rustc")
#: How many expressions of a condition are read: names in names would grow without limit.
_MOST_EXPRESSIONS = 500


class _Unknown(Exception):
    """An expression whose value is known only when it is run."""


def assigned_once(nodes: Iterable[ast.AST]) -> dict[str, ast.expr]:
    """The names that get their value in one place of a module (``nodes`` are all of its tree),
    with what is assigned there; not those of lists, which may change."""
    bound: Counter[str] = Counter()
    found: dict[str, ast.expr] = {}
    for node in nodes:
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            bound[node.id] += 1
        elif isinstance(node, ast.arg):
            bound[node.arg] += 1
        elif isinstance(node, ast.alias):
            bound[(node.asname or node.name).partition(".")[0]] += 1
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Name) and node.value is not None:
                    found[target.id] = node.value
        else:
            bound[str(getattr(node, "name", None))] += 1  # a function, a class, an exception
    return {
        name: value
        for name, value in found.items()
        if bound[name] == 1 and not isinstance(value, (ast.List, ast.Set, ast.Dict))
    }


def decided(test: ast.expr, names: Mapping[str, ast.expr]) -> bool | None:
    """Whether a condition holds, given what ``names`` mean; None where that is not known."""
    if isinstance(test, ast.BoolOp):
        sides = [decided(each, names) for each in test.values]
        decisive = isinstance(test.op, ast.Or)
        if decisive in sides:
            return decisive
        return None if None in sides else not decisive
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = decided(test.operand, names)
        return None if inner is None else not inner
    try:
        return bool(_Values(names).of(test))
    except _Unknown:
        return None


class _Values:
    """Values of expressions about the platform, Python or the environment."""

    def __init__(self, names: Mapping[str, ast.expr]) -> None:
        self._names = names
        self._left = _MOST_EXPRESSIONS

    def of(self, node: ast.expr) -> Any:
        """Raises `_Unknown`."""
        self._left -= 1
        if self._left < 0:
            raise _Unknown
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name) and node.id in self._names:
            return self.of(self._names[node.id])
        if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
            return [self.of(each) for each in node.elts]
        if isinstance(node, ast.Attribute) and dotted(node) in _ASSUMED:
            return _ASSUMED[dotted(node)]
        if isinstance(node, ast.Call):
            return self._called(dotted(node.func), node.args)
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            return self._compared(node.left, node.ops[0], node.comparators[0])
        raise _Unknown

    def _called(self, name: str, args: list[ast.expr]) -> Any:
        if name in ("os.getenv", "os.environ.get", "environ.get", "getenv") and args:
            return self.of(args[1]) if len(args) > 1 else None
        if name in _ASSUMED:
            return _ASSUMED[name]
        if name in ("shutil.which", "which") and args:
            program = self.of(args[0])
            if program in _PRESENT:
                return program
        if name == "sys.platform.startswith" and len(args) == 1:
            start = self.of(args[0])
            return isinstance(start, str) and "linux".startswith(start)
        raise _Unknown

    def _compared(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> bool:
        if isinstance(op, (ast.In, ast.NotIn)) and dotted(right) in ("os.environ", "environ"):
            return isinstance(op, ast.NotIn)
        one, other = self.of(left), self.of(right)
        if isinstance(op, (ast.Eq, ast.Is)):
            return bool(one == other)
        if isinstance(op, (ast.NotEq, ast.IsNot)):
            return bool(one != other)
        if isinstance(op, (ast.In, ast.NotIn)) and isinstance(other, list):
            return (one in other) is isinstance(op, ast.In)
        raise _Unknown

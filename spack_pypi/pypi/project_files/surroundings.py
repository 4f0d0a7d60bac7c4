"""Whether a condition in Python code holds where a recipe builds: with CPython, on Linux or a Mac,
with cargo (recipes of what it builds require rust), and with no environment variable set but those
of Spack. Read as a syntax tree, never run.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from ...syntax import dotted

_PYTHON = {"platform.python_implementation": "CPython", "sys.implementation.name": "cpython"}
#: What is assumed of the machine and the Python that build.
LINUX: Mapping[str, str] = {
    **_PYTHON,
    "sys.platform": "linux",
    "os.name": "posix",
    "platform.system": "Linux",
}
MACOS: Mapping[str, str] = {**LINUX, "sys.platform": "darwin", "platform.system": "Darwin"}
#: Variables that Spack sets where it builds, or that everybody has.
_SET = re.compile(
    r"CC|CXX|F77|FC|HOME|PATH|PKG_CONFIG_PATH|PWD|SHELL|TMPDIR|USER|(SPACK|CMAKE)_.*"
)
#: Programs that are there when something is built: what needs them declares no project for them.
_PRESENT = ("cargo", "rustc")
#: How many expressions of a condition are read: names in names would grow without limit.
_MOST_EXPRESSIONS = 200
#: How deep conditions are read.
_DEEPEST = 20


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


def decided(
    test: ast.expr, names: Mapping[str, ast.expr], assumed: Mapping[str, str] = LINUX
) -> bool | None:
    """Whether a condition holds, given what ``names`` mean, and what is ``assumed`` of machine and
    Python; None where that is not known."""
    return _decided(test, _Values(names, assumed), 0)


def _decided(test: ast.expr, values: _Values, depth: int) -> bool | None:
    if depth > _DEEPEST:
        return None
    if isinstance(test, ast.BoolOp):
        sides = [_decided(each, values, depth + 1) for each in test.values]
        decisive = isinstance(test.op, ast.Or)
        if decisive in sides:
            return decisive
        return None if None in sides else not decisive
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = _decided(test.operand, values, depth + 1)
        return None if inner is None else not inner
    try:
        return bool(values.of(test))
    except _Unknown:
        return None


class _Values:
    """Values of expressions about the platform, Python or the environment."""

    def __init__(self, names: Mapping[str, ast.expr], assumed: Mapping[str, str]) -> None:
        self._names, self._assumed = names, assumed
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
        if isinstance(node, ast.Attribute) and dotted(node) in self._assumed:
            return self._assumed[dotted(node)]
        if isinstance(node, ast.Call):
            return self._called(dotted(node.func), node.args)
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            return self._compared(node.left, node.ops[0], node.comparators[0])
        raise _Unknown

    def _called(self, name: str, args: list[ast.expr]) -> Any:
        if name in ("os.getenv", "os.environ.get", "environ.get", "getenv") and args:
            self._check_unset(args[0])
            return self.of(args[1]) if len(args) > 1 else None
        if name in self._assumed:
            return self._assumed[name]
        if name in ("shutil.which", "which") and args:
            program = self.of(args[0])
            if program in _PRESENT:
                return program
        if name == "sys.platform.startswith" and len(args) == 1:
            start = self.of(args[0])
            return isinstance(start, str) and self._assumed["sys.platform"].startswith(start)
        raise _Unknown

    def _check_unset(self, variable: ast.expr) -> None:
        """Raises `_Unknown` for a variable that may be set."""
        name = self.of(variable)
        if not isinstance(name, str) or _SET.fullmatch(name):
            raise _Unknown

    def _compared(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> bool:
        if isinstance(op, (ast.In, ast.NotIn)) and dotted(right) in ("os.environ", "environ"):
            self._check_unset(left)
            return isinstance(op, ast.NotIn)
        one, other = self.of(left), self.of(right)
        if isinstance(op, (ast.Eq, ast.Is)):
            return bool(one == other)
        if isinstance(op, (ast.NotEq, ast.IsNot)):
            return bool(one != other)
        if isinstance(op, (ast.In, ast.NotIn)) and isinstance(other, list):
            return (one in other) is isinstance(op, ast.In)
        raise _Unknown

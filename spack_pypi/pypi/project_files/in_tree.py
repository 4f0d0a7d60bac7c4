"""What a build backend that is part of the archive (``backend-path``, PEP 517) requires when it is
called: read as a syntax tree, never run.

Only texts that ``get_requires_for_build_wheel`` returns are read, as far as they stand there, in
constants of the module or in functions of it that are called. Of conditions those are decided that
test an environment variable (none is set), the platform (Linux), the implementation of Python
(CPython) or whether there is cargo (there is, as recipes of what it builds require rust); of
others both sides count.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from ...syntax import dotted, last_name, parse

HOOK = "get_requires_for_build_wheel"

#: Limits: how deep expressions and calls are followed, and how many expressions at all.
_DEEPEST = 12
_MOST_EXPRESSIONS = 2000
#: The longest text that may be a requirement.
_LONGEST = 200
#: Methods that add to a list.
_ADDING = {"append", "extend", "__iadd__"}


@dataclass(frozen=True)
class InTree:
    """``requirements`` are PEP 508 texts that the backend returns, beside those of a backend that
    it calls; ``whole``: nothing else can be among them. ``file`` is where the hook is defined,
    empty where it is not; ``calls`` the modules of other backends that are imported."""

    requirements: tuple[str, ...] = ()
    whole: bool = False
    file: str = ""
    calls: tuple[str, ...] = ()


def read(texts: Mapping[str, str]) -> InTree:
    """What the files of a backend (path → text) require; not ``whole`` where there are none."""
    found: list[str] = []
    whole, file = bool(texts), ""
    calls: list[str] = []
    for path, text in sorted(texts.items()):
        try:
            tree = parse(text)
            nodes = list(ast.walk(tree))
            hooks = [n for n in nodes if isinstance(n, ast.FunctionDef) and n.name == HOOK]
            if hooks:
                file = file or path
                reader = _Reader(tree, nodes)
                found += [text for hook in hooks for text in reader.returned(hook)]
                whole = whole and not reader.unread
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            whole = False
            continue
        calls += _imported(nodes)
    return InTree(_alternatives(found), whole, file, tuple(dict.fromkeys(calls)))


def _imported(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """The modules that are imported anywhere, each as far as it is named."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _alternatives(texts: Sequence[str]) -> tuple[str, ...]:
    """The requirements among the texts, each once; of several bounds for the same, which stand in
    branches that exclude each other, none is certain."""
    found: dict[tuple[str, str], list[Requirement]] = {}
    for text in texts:
        try:
            requirement = Requirement(text) if len(text) <= _LONGEST else None
        except InvalidRequirement:
            continue
        if requirement is not None and not requirement.url:
            marker = str(requirement.marker or "")
            same = found.setdefault((canonicalize_name(requirement.name), marker), [])
            same.append(requirement)
    result = []
    for (_, marker), same in found.items():
        bare = f"{same[0].name}; {marker}" if marker else same[0].name
        result.append(str(same[0]) if len({*map(str, same)}) == 1 else bare)
    return tuple(result)


class _Unknown(Exception):
    """An expression whose value is known only when it is run."""


class _Reader:
    """Collects the texts in what functions of one module return, whose ``nodes`` are all of its
    tree; ``unread``: there may be others, too."""

    def __init__(self, tree: ast.Module, nodes: Sequence[ast.AST]) -> None:
        self.unread = False
        self._left = _MOST_EXPRESSIONS
        #: The names under which the hook of another backend is imported.
        self._behind = {
            alias.asname or alias.name
            for node in nodes
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
            if alias.name == HOOK
        }
        self._functions = {n.name: n for n in nodes if isinstance(n, ast.FunctionDef)}
        self._constants: dict[str, list[ast.expr]] = {}
        for statement in self._reached(tree.body):
            self._note(statement, self._constants)

    def returned(self, function: ast.FunctionDef, depth: int = 0) -> list[str]:
        """The texts in what a function returns."""
        names: dict[str, list[ast.expr]] = {}
        returned: list[ast.expr] = []
        for statement in self._reached(function.body):
            self._note(statement, names)
            if isinstance(statement, ast.Return) and statement.value is not None:
                returned.append(statement.value)
        return [text for value in returned for text in self._texts(value, names, depth, set())]

    def _reached(self, body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
        """The statements that may be run, in order; not those of functions in functions."""
        for statement in body:
            yield statement
            if isinstance(statement, ast.If):
                decided = self._decided(statement.test)
                if decided is not False:
                    yield from self._reached(statement.body)
                if decided is not True:
                    yield from self._reached(statement.orelse)
            elif isinstance(statement, (ast.With, ast.For, ast.While, ast.Try)):
                yield from self._reached(statement.body)
                for handler in getattr(statement, "handlers", ()):
                    yield from self._reached(handler.body)
                yield from self._reached(getattr(statement, "orelse", ()))
                yield from self._reached(getattr(statement, "finalbody", ()))

    @staticmethod
    def _note(statement: ast.stmt, names: dict[str, list[ast.expr]]) -> None:
        """Note what a statement assigns or adds to a name."""
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                if isinstance(target, ast.Name):
                    names.setdefault(target.id, []).append(statement.value)
        elif isinstance(statement, (ast.AnnAssign, ast.AugAssign)):
            if isinstance(statement.target, ast.Name) and statement.value is not None:
                names.setdefault(statement.target.id, []).append(statement.value)
        elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            called = statement.value.func
            owner = called.value if isinstance(called, ast.Attribute) else None
            if isinstance(owner, ast.Name) and last_name(called) in _ADDING:
                names.setdefault(owner.id, []).extend(statement.value.args)

    def _texts(
        self, node: ast.expr, names: Mapping[str, list[ast.expr]], depth: int, within: set[str]
    ) -> list[str]:
        """The texts that may be in the value of an expression; ``within`` are the names that it
        is the value of."""
        self._left -= 1
        if depth > _DEEPEST or self._left < 0:
            self.unread = True
            return []
        if isinstance(node, ast.Constant):
            return [node.value] if isinstance(node.value, str) else []
        if isinstance(node, ast.JoinedStr):
            return self._joined(node)
        parts = None
        if not (isinstance(node, ast.Name) and node.id in within):
            parts = self._parts(node, names)
        if parts is not None:
            within = within | {node.id} if isinstance(node, ast.Name) else within
            return [t for part in parts for t in self._texts(part, names, depth + 1, within)]
        if isinstance(node, ast.Call):
            return self._returned_by(node, depth)
        self.unread = True
        return []

    def _parts(
        self, node: ast.expr, names: Mapping[str, list[ast.expr]]
    ) -> Sequence[ast.expr] | None:
        """The expressions whose values make up that of one; None where that is not known."""
        if isinstance(node, ast.Name):
            return [*names.get(node.id, ()), *self._constants.get(node.id, ())] or None
        if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            return node.elts
        if isinstance(node, ast.Starred):
            return [node.value]
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return [node.left, node.right]
        if isinstance(node, ast.BoolOp):
            return node.values
        if isinstance(node, ast.IfExp):
            decided = self._decided(node.test)
            sides = {True: [node.body], False: [node.orelse], None: [node.body, node.orelse]}
            return sides[decided]
        if isinstance(node, ast.Call) and last_name(node.func) in (
            "list",
            "tuple",
            "set",
            "sorted",
        ):
            return node.args
        return None

    def _returned_by(self, node: ast.Call, depth: int) -> list[str]:
        """The texts in what a call returns."""
        name = last_name(node.func)
        if name in self._behind or (isinstance(node.func, ast.Attribute) and name == HOOK):
            return []  # what the backend behind this one requires is known elsewhere
        function = self._functions.get(name)
        if function is not None:
            return self.returned(function, depth + 1)
        self.unread = True
        return []

    def _joined(self, node: ast.JoinedStr) -> list[str]:
        """The text of an f-string whose parts are constants of the module."""
        text = ""
        for part in node.values:
            value: ast.expr | None = part
            if isinstance(part, ast.FormattedValue) and isinstance(part.value, ast.Name):
                assigned = self._constants.get(part.value.id, [])
                value = assigned[0] if len(assigned) == 1 else None
            if not (isinstance(value, ast.Constant) and isinstance(value.value, str)):
                self.unread = True
                return []
            text += value.value
        return [text]

    def _decided(self, test: ast.expr) -> bool | None:
        """Whether a condition holds with CPython on Linux and no variable set; None where that is
        not known."""
        if isinstance(test, ast.BoolOp):
            sides = [self._decided(each) for each in test.values]
            decisive = isinstance(test.op, ast.Or)
            if decisive in sides:
                return decisive
            return None if None in sides else not decisive
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            inner = self._decided(test.operand)
            return None if inner is None else not inner
        try:
            return bool(_value(test))
        except _Unknown:
            return None


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


def _value(node: ast.expr) -> Any:
    """The value of an expression about the platform, Python or the environment. Raises
    `_Unknown`."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        return [_value(each) for each in node.elts]
    if isinstance(node, ast.Attribute) and dotted(node) in _ASSUMED:
        return _ASSUMED[dotted(node)]
    if isinstance(node, ast.Call):
        name = dotted(node.func)
        if name in ("os.getenv", "os.environ.get", "environ.get", "getenv") and node.args:
            return _value(node.args[1]) if len(node.args) > 1 else None
        if name in _ASSUMED:
            return _ASSUMED[name]
        if name in ("shutil.which", "which") and node.args:
            program = _value(node.args[0])
            if program in _PRESENT:
                return program
        if name == "sys.platform.startswith" and len(node.args) == 1:
            start = _value(node.args[0])
            return isinstance(start, str) and "linux".startswith(start)
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return _compared(node.left, node.ops[0], node.comparators[0])
    raise _Unknown


def _compared(left: ast.expr, op: ast.cmpop, right: ast.expr) -> bool:
    if isinstance(op, (ast.In, ast.NotIn)) and dotted(right) in ("os.environ", "environ"):
        return isinstance(op, ast.NotIn)
    one, other = _value(left), _value(right)
    if isinstance(op, (ast.Eq, ast.Is)):
        return bool(one == other)
    if isinstance(op, (ast.NotEq, ast.IsNot)):
        return bool(one != other)
    if isinstance(op, (ast.In, ast.NotIn)) and isinstance(other, list):
        return (one in other) is isinstance(op, ast.In)
    raise _Unknown

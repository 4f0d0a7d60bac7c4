"""What a setup.py passes to ``setup()`` from another file of the project, which it imports,
executes, searches or reads: where that is. Read as a syntax tree, never run.

Only forms whose meaning is certain are known, also in a function that ``setup()`` is given the
value of::

    exec(open("pkg/about.py").read(), about); setup(version=about["__version__"])
    from pkg import __version__; setup(version=__version__)
    setup(version=re.search(r"__version__ = '(.*)'", open("pkg/about.py").read()).group(1))
    setup(version=open("VERSION").read().strip())
    setup(install_requires=open("requirements.txt").read().splitlines())
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple, Union

from ...syntax import dotted
from .module_values import Value


class FileText(NamedTuple):
    """The text of a file of the project."""

    path: str


class FileLines(NamedTuple):
    """The lines of a file of the project, maybe without those that are empty, or comments."""

    path: str


Elsewhere = Union[Value, FileText, FileLines]

_READ = {"read", "read_text"}
_SPLIT = {"readlines", "split", "splitlines"}
_SEARCH = {"findall", "match", "search"}
#: What changes nothing of what counts in a text, or in a list of lines.
_STRIPPED = {"strip", "rstrip", "group", "groups"}
_AROUND = {"list", "str", "filter", "compile"}
#: What a line may be passed over for.
_NO_REQUIREMENT = {"#", "", "\n", None}
#: The name that a pattern searches the value of.
_SEARCHED = re.compile(r"(?:^|[^\w\\])(__version__|VERSION|version)(?:\\s|[ *+?\])])*=")
#: How many expressions are looked at: names may lead to each other without end.
_MOST_EXPRESSIONS = 5_000
_Function = Union[ast.FunctionDef, ast.Module]


class OtherFiles:
    """The names of a setup.py, or of a function in it, whose values are in other files.
    ``plain`` are those that are assigned once, at its top."""

    def __init__(
        self, tree: _Function, plain: Mapping[str, ast.expr], above: OtherFiles | None = None
    ) -> None:
        self._values = dict(plain)
        self._opened: dict[str, ast.expr] = dict(above._opened) if above else {}
        self._imported: dict[str, Value] = dict(above._imported) if above else {}
        self._executed: dict[str, ast.expr] = dict(above._executed) if above else {}
        self._modules: set[str] = {*above._modules} if above else set()
        self._functions: dict[str, ast.FunctionDef] = dict(above._functions) if above else {}
        self._left: list[int] = above._left if above else [_MOST_EXPRESSIONS]
        nodes = [*_of_scope(tree)]
        self._left[0] -= len(nodes) if above else 0
        self._assigned: Counter[str] = Counter(above._assigned) if above else Counter()
        self._assigned.update(n.id for n in nodes if isinstance(n, ast.Name) and _is_stored(n))
        for statement in tree.body:
            self._note(statement)

    def of(self, node: ast.expr) -> Elsewhere | None:
        """Where the value of an expression is; None where that is not known."""
        self._left[0] -= 1
        if self._left[0] < 0:
            return None
        if isinstance(node, ast.Name):
            return self._of_name(node.id)
        if isinstance(node, ast.Subscript):
            return self._of_item(node)
        if isinstance(node, ast.Attribute):
            owner = dotted(node.value)
            return Value(owner, node.attr) if owner in self._modules else None
        if isinstance(node, (ast.ListComp, ast.GeneratorExp)):
            return self._of_lines(node)
        return self._of_call(node) if isinstance(node, ast.Call) else None

    def _of_name(self, name: str) -> Elsewhere | None:
        if self._assigned[name] > 1:
            return None
        if name in self._values:
            return self.of(self._values[name])
        if self._assigned[name]:
            return None
        return self._imported.get(name) or self._of_executed("", name)

    def _of_item(self, node: ast.Subscript) -> Elsewhere | None:
        key = _text(node.slice)
        if isinstance(node.value, ast.Name) and key:
            return self._of_executed(node.value.id, key)
        if _called(node.value) in ("globals", "locals") and key:
            return self._of_executed("", key)
        found = self.of(node.value)  # the first of what was found
        return found if isinstance(found, Value) and not key else None

    def _of_executed(self, namespace: str, name: str) -> Elsewhere | None:
        """A name in what was executed there; empty for this module."""
        code = self._executed.get(namespace)
        path = self._path_of(code) if code is not None else ""
        return Value(_module(path), name) if path.endswith(".py") else None

    def _of_call(self, node: ast.Call) -> Elsewhere | None:
        function = self._functions.get(dotted(node.func))
        if function is not None:
            return self._returned(function, node)
        if dotted(node.func) in _AROUND and node.args:
            last = node.args[0] if dotted(node.func) == "compile" else node.args[-1]
            return self.of(last)
        if not isinstance(node.func, ast.Attribute):
            return None
        owner, method = node.func.value, node.func.attr
        if method in _STRIPPED:
            return self.of(owner)
        if method in _SEARCH:
            return self._found(node, owner)
        if method in _READ:
            path = self._path(owner)
            return FileText(path) if path else None
        if method in _SPLIT:
            path = self._path(owner) if method == "readlines" else self._path_of(owner)
            return FileLines(path) if path else None
        return None

    def _found(self, node: ast.Call, owner: ast.expr) -> Elsewhere | None:
        """What a search for ``__version__ = "..."`` in a text finds."""
        given = list(node.args)
        if isinstance(owner, ast.Call):  # re.compile(pattern).search(text)
            given = [*owner.args[:1], *given]
        if len(given) < 2:
            return None
        pattern, path = "".join(self._texts(given[0])), self._path_of(given[1])
        named = _SEARCHED.search(pattern)
        return Value(_module(path), named[1]) if named and path.endswith(".py") else None

    def _of_lines(self, node: ast.ListComp | ast.GeneratorExp) -> Elsewhere | None:
        """The lines of a file, each as it is or stripped, but for comments."""
        loop = node.generators[0]
        inner = [node for each in loop.ifs for node in ast.walk(each)]
        constants = {node.value for node in inner if isinstance(node, ast.Constant)}
        is_line = isinstance(loop.target, ast.Name) and _owner(node.elt) == loop.target.id
        if len(node.generators) > 1 or not is_line or not constants <= _NO_REQUIREMENT:
            return None
        found = self.of(loop.iter)
        if isinstance(found, FileLines):
            return found
        is_file = isinstance(loop.iter, ast.Name) and loop.iter.id in self._opened
        is_file |= _called(loop.iter).rpartition(".")[2] == "open"
        path = self._path(loop.iter) if is_file else ""
        return FileLines(path) if path else None

    def _returned(self, function: ast.FunctionDef, call: ast.Call) -> Elsewhere | None:
        """What the only ``return`` of a function returns, for the arguments of a call."""
        named = function.args.args
        given: dict[str, ast.expr] = {}
        for argument, default in zip(reversed(named), reversed(function.args.defaults)):
            given[argument.arg] = default
        values = [self._resolved(value) for value in call.args]
        given.update({argument.arg: value for argument, value in zip(named, values)})
        given.update({each.arg: self._resolved(each.value) for each in call.keywords if each.arg})
        if function.args.vararg:
            rest = ast.Tuple(values[len(named) :], ast.Load())
            given[function.args.vararg.arg] = rest
        returns = [n.value for n in ast.walk(function) if isinstance(n, ast.Return) and n.value]
        if len(returns) != 1:
            return None
        return OtherFiles(function, {**self._values, **given}, self).of(returns[0])

    def _resolved(self, node: ast.expr) -> ast.expr:
        """An argument without a name of this scope, which another one may have, too."""
        return self._values.get(node.id, node) if isinstance(node, ast.Name) else node

    def _note(self, statement: ast.stmt) -> None:
        if isinstance(statement, ast.With):
            for item in statement.items:
                if isinstance(item.optional_vars, ast.Name):
                    self._opened[item.optional_vars.id] = item.context_expr
            for inner in statement.body:
                self._note(inner)
        elif isinstance(statement, ast.FunctionDef):
            self._functions[statement.name] = statement
        elif isinstance(statement, ast.Import):
            self._modules |= {alias.name for alias in statement.names if not alias.asname}
        elif isinstance(statement, ast.ImportFrom) and not statement.level:
            for alias in statement.names:
                value = Value(statement.module or "", alias.name)
                self._imported[alias.asname or alias.name] = value
        elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            self._values[statement.targets[0].id] = statement.value
        elif isinstance(statement, ast.Expr) and _called(statement.value) == "exec":
            assert isinstance(statement.value, ast.Call)
            self._note_executed(statement.value)

    def _note_executed(self, call: ast.Call) -> None:
        """``exec(code, namespace)``."""
        namespace = call.args[-1] if len(call.args) > 1 else None
        if isinstance(namespace, ast.Name):
            self._executed[namespace.id] = call.args[0]
        elif call.args and (namespace is None or _called(namespace) in ("globals", "locals")):
            self._executed[""] = call.args[0]

    def _path_of(self, node: ast.expr) -> str:
        """The path of the file whose text an expression is; empty if it is none."""
        found = self.of(node)
        return found.path if isinstance(found, FileText) else ""

    def _path(self, node: ast.expr) -> str:
        """The path in an expression that opens a file: the texts in it up to one with a dot or
        without a small letter (``VERSION``)."""
        parts: list[str] = []
        for text in self._texts(node):
            parts.append(text.strip("/"))
            if "." in text.rpartition("/")[2] or text.isupper():
                return "/".join(parts)
        return ""

    def _texts(self, node: ast.expr) -> Iterable[str]:
        for each in _in_order(node):
            self._left[0] -= 1
            if self._left[0] < 0:
                return
            if isinstance(each, ast.Constant) and isinstance(each.value, str):
                yield each.value
            elif isinstance(each, ast.Name) and each.id in self._opened:
                yield from self._texts(self._opened[each.id])
            elif isinstance(each, ast.Name):
                value = self._values.get(each.id)
                if isinstance(value, (ast.Constant, ast.Tuple, ast.List, ast.Call, ast.BinOp)):
                    yield from self._texts(value)


def _in_order(node: ast.AST) -> Iterable[ast.AST]:
    """The nodes of an expression, as they stand in the text."""
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _in_order(child)


def _of_scope(tree: _Function) -> Iterable[ast.AST]:
    """The nodes of a module or a function, without those of functions in it."""
    left: list[ast.AST] = [*tree.body]
    while left:
        node = left.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            left += ast.iter_child_nodes(node)


def _is_stored(name: ast.Name) -> bool:
    return not isinstance(name.ctx, ast.Load)


def _text(node: ast.AST) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _module(path: str) -> str:
    return path[: -len(".py")].removesuffix("/__init__").replace("/", ".")


def _owner(node: ast.expr) -> str:
    """The name that is given as it is, or stripped."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr not in _STRIPPED:
            return ""
        node = node.func.value
    return node.id if isinstance(node, ast.Name) else ""


def _called(node: ast.expr) -> str:
    return dotted(node.func) if isinstance(node, ast.Call) else ""

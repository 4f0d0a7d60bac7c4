"""What a setup.py passes to ``setup()`` from another file of the project, which it imports,
executes or reads: where that is. Read as a syntax tree, never run.

Only forms whose meaning is certain are known::

    exec(open("pkg/about.py").read(), about); setup(version=about["__version__"])
    exec(open("pkg/about.py").read()); setup(version=__version__)
    from pkg import __version__; setup(version=__version__)
    import pkg; setup(version=pkg.__version__)
    setup(version=open("VERSION").read().strip())
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple, Union

from .module_values import Value


class FileText(NamedTuple):
    """The text of a file of the project."""

    path: str


Elsewhere = Union[Value, FileText]

_READERS = {"read", "read_text"}
#: How many expressions are looked at: names may lead to each other without end.
_MOST_EXPRESSIONS = 5_000


class OtherFiles:
    """The names of a setup.py that stand for what is in other files; ``plain`` are those that are
    assigned once, at its top."""

    def __init__(self, tree: ast.Module, plain: Mapping[str, ast.expr]) -> None:
        self._plain = plain
        self._imported: dict[str, Value] = {}
        self._opened: dict[str, ast.expr] = {}
        self._executed: dict[str, str] = {}
        self._read: dict[str, str] = {}
        self._modules: set[str] = set()
        self._left = _MOST_EXPRESSIONS
        names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
        self._assigned = Counter(each.id for each in names if not isinstance(each.ctx, ast.Load))
        for statement in tree.body:
            self._note(statement)

    def of(self, node: ast.expr) -> Elsewhere | None:
        """Where the value of an expression is; None where that is not known."""
        self._left -= 1
        if self._left < 0:
            return None
        if isinstance(node, ast.Name):
            return self._of_name(node.id)
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
            path, key = self._executed.get(node.value.id), _text(node.slice)
            return Value(_module(path), key) if path and key else None
        if isinstance(node, ast.Attribute) and _dotted(node.value) in self._modules:
            return Value(_dotted(node.value), node.attr)
        path = self._file_read(node)
        return FileText(path) if path else None

    def _of_name(self, name: str) -> Elsewhere | None:
        if name in self._assigned:
            if name in self._read and self._assigned[name] == 1:
                return FileText(self._read[name])
            return self.of(self._plain[name]) if name in self._plain else None
        if name in self._imported:
            return self._imported[name]
        return Value(_module(self._executed[""]), name) if "" in self._executed else None

    def _note(self, statement: ast.stmt) -> None:
        if isinstance(statement, ast.With):
            for item in statement.items:
                if isinstance(item.optional_vars, ast.Name):
                    self._opened[item.optional_vars.id] = item.context_expr
            for inner in statement.body:
                self._note(inner)
        elif isinstance(statement, ast.Import):
            self._modules |= {alias.name for alias in statement.names if not alias.asname}
        elif isinstance(statement, ast.ImportFrom) and not statement.level:
            for alias in statement.names:
                value = Value(statement.module or "", alias.name)
                self._imported[alias.asname or alias.name] = value
        elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            path = self._file_read(statement.value)
            if path:
                self._read[statement.targets[0].id] = path
        elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            self._note_executed(statement.value)

    def _note_executed(self, call: ast.Call) -> None:
        """``exec(open(path).read(), namespace)``, perhaps with a ``compile`` around it."""
        if not (isinstance(call.func, ast.Name) and call.func.id == "exec" and call.args):
            return
        path, namespace = self._path(call.args[0]), call.args[-1]
        is_here = len(call.args) == 1 or _called(namespace) in ("globals", "locals")
        if path.endswith(".py") and is_here:
            self._executed[""] = path
        elif path.endswith(".py") and isinstance(namespace, ast.Name):
            self._executed[namespace.id] = path

    def _file_read(self, node: ast.expr) -> str:
        """The path of the file whose text, maybe stripped, an expression is."""
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            return ""
        if node.func.attr in ("strip", "rstrip") and not node.args:
            return self._file_read(node.func.value)
        return self._path(node.func.value) if node.func.attr in _READERS else ""

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
            self._left -= 1
            if self._left < 0:
                return
            if isinstance(each, ast.Constant) and isinstance(each.value, str):
                yield each.value
            elif isinstance(each, ast.Name) and each.id in self._opened:
                yield from self._texts(self._opened[each.id])
            elif isinstance(each, ast.Name) and each.id in self._plain:
                text = _text(self._plain[each.id])
                if text:
                    yield text


def _in_order(node: ast.AST) -> Iterable[ast.AST]:
    """The nodes of an expression, as they stand in the text."""
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _in_order(child)


def _text(node: ast.AST) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _module(path: str) -> str:
    return path[: -len(".py")].removesuffix("/__init__").replace("/", ".")


def _called(node: ast.expr) -> str:
    return _dotted(node.func) if isinstance(node, ast.Call) else ""


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        owner = _dotted(node.value)
        return f"{owner}.{node.attr}" if owner else ""
    return ""

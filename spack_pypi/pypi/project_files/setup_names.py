"""What the names of a setup.py, or of a function in it, mean. Read as a syntax tree, never
run."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass, field, fields
from typing import Union

from ...syntax import dotted
from .module_values import Value

Scope = Union[ast.FunctionDef, ast.Module]
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
#: Where a node has the statements that are in it.
_BLOCKS = ("body", "orelse", "finalbody")


@dataclass(frozen=True)
class Names:
    """What names of one scope mean: ``values`` of assignments, files that are ``opened``,
    what is ``imported`` from modules, ``modules`` themselves, ``functions``, and the code that is
    ``executed`` in a namespace (``""``: in this one). ``assigned`` counts assignments."""

    values: dict[str, ast.expr]
    opened: dict[str, ast.expr] = field(default_factory=dict)
    imported: dict[str, Value] = field(default_factory=dict)
    executed: dict[str, ast.expr] = field(default_factory=dict)
    modules: set[str] = field(default_factory=set)
    functions: dict[str, ast.FunctionDef] = field(default_factory=dict)
    assigned: Counter[str] = field(default_factory=Counter)

    def inside(self) -> Names:
        """A copy, for a scope in this one."""
        return Names(**{each.name: copy(getattr(self, each.name)) for each in fields(self)})

    def add(self, scope: Scope) -> int:
        """Add what the statements of a scope say; returns how many nodes it has."""
        nodes = [*nodes_of(scope)]
        self.assigned.update(n.id for n in nodes if isinstance(n, ast.Name) and _is_stored(n))
        for statement in scope.body:
            self._note(statement)
        return len(nodes)

    def _note(self, statement: ast.stmt) -> None:
        if isinstance(statement, ast.With):
            for item in statement.items:
                if isinstance(item.optional_vars, ast.Name):
                    self.opened[item.optional_vars.id] = item.context_expr
            for inner in statement.body:
                self._note(inner)
        elif isinstance(statement, ast.FunctionDef):
            self.functions[statement.name] = statement
        elif isinstance(statement, ast.Import):
            self.modules.update(each.name for each in statement.names if not each.asname)
        elif isinstance(statement, ast.ImportFrom) and not statement.level:
            for alias in statement.names:
                value = Value(statement.module or "", alias.name)
                self.imported[alias.asname or alias.name] = value
        elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            self.values[statement.targets[0].id] = statement.value
        elif isinstance(statement, ast.Expr) and called(statement.value) == "exec":
            assert isinstance(statement.value, ast.Call)
            self._note_executed(statement.value)

    def _note_executed(self, call: ast.Call) -> None:
        """``exec(code, namespace)``."""
        namespace = call.args[-1] if len(call.args) > 1 else None
        if isinstance(namespace, ast.Name):
            self.executed[namespace.id] = call.args[0]
        elif call.args and (namespace is None or called(namespace) in ("globals", "locals")):
            self.executed[""] = call.args[0]


def drop_annotations(tree: ast.Module) -> ast.Module:
    """The tree, changed: ``name: str = "x"`` is ``name = "x"``, as annotations change nothing."""
    for node in ast.walk(tree):
        for block in (getattr(node, name, None) for name in _BLOCKS):
            if isinstance(block, list):
                block[:] = map(_unannotated, block)
    return tree


def _unannotated(statement: ast.stmt) -> ast.stmt:
    if not isinstance(statement, ast.AnnAssign) or statement.value is None:
        return statement
    return ast.copy_location(ast.Assign([statement.target], statement.value), statement)


def called(node: ast.expr) -> str:
    """The name of the function that an expression calls; empty if it calls none."""
    return dotted(node.func) if isinstance(node, ast.Call) else ""


def bound(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """For each place that gives a name a meaning, the name; not those of parameters."""
    for node in nodes:
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, SCOPES):
            yield node.name
        elif isinstance(node, ast.alias):
            yield imported_as(node)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            yield node.name


def imported_as(alias: ast.alias) -> str:
    """The name that an import gives something."""
    return alias.asname or alias.name.partition(".")[0]


def nodes_of(tree: Scope) -> Iterable[ast.AST]:
    """The nodes of a module or a function, without those of functions in it."""
    left: list[ast.AST] = [*tree.body]
    while left:
        node = left.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            left += ast.iter_child_nodes(node)


def _is_stored(name: ast.Name) -> bool:
    return not isinstance(name.ctx, ast.Load)

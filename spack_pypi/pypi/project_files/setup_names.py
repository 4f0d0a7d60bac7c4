"""What the names of a setup.py, or of a function in it, mean. Read as a syntax tree, never
run."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from copy import copy, deepcopy
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
    ``executed`` in a namespace (``""``: in this one). ``assigned`` counts assignments, and
    ``opening`` those by statements ``with`` that are always reached.

    One name may be that of several files, one after the other. What is read from each is found by
    a name that no other one has, ``f 2``."""

    values: dict[str, ast.expr]
    opened: dict[str, ast.expr] = field(default_factory=dict)
    imported: dict[str, Value] = field(default_factory=dict)
    executed: dict[str, ast.expr] = field(default_factory=dict)
    modules: set[str] = field(default_factory=set)
    functions: dict[str, ast.FunctionDef] = field(default_factory=dict)
    assigned: Counter[str] = field(default_factory=Counter)
    opening: Counter[str] = field(default_factory=Counter)

    def inside(self, function: ast.FunctionDef) -> Names:
        """A copy, for a function in this scope: names that it assigns are its own, and so are its
        parameters, whose values are not known yet."""
        found = Names(**{each.name: copy(getattr(self, each.name)) for each in fields(self)})
        nodes = [*nodes_of(function)]
        parameters = {n.arg for n in ast.walk(function.args) if isinstance(n, ast.arg)}
        outer = {
            name for n in nodes if isinstance(n, (ast.Global, ast.Nonlocal)) for name in n.names
        }
        for name in ({*bound(nodes)} - outer) | parameters:
            for meanings in (found.values, found.opened, found.imported, found.functions):
                meanings.pop(name, None)
            found.assigned[name] = int(name in parameters)
            found.opening[name] = 0
        return found

    def add(self, scope: Scope) -> int:
        """Add what the statements of a scope say; returns how many nodes it has."""
        nodes = [*nodes_of(scope)]
        self.assigned.update(n.id for n in nodes if isinstance(n, ast.Name) and _is_stored(n))
        self.opening.update(name for name, _ in _opening(scope.body))
        latest: dict[str, str] = {}
        for statement in scope.body:
            self._note(statement, latest)
        return len(nodes)

    def _note(self, statement: ast.stmt, latest: dict[str, str]) -> None:
        """Note what a statement says; ``latest`` is the name of what was opened last by a name."""
        if isinstance(statement, ast.With):
            for name, opened in _opening([statement], inside=False):
                if self.assigned[name] == self.opening[name]:
                    this = name if self.opening[name] == 1 else f"{name} {len(self.opened)}"
                    self.opened[this] = _renamed(opened, latest)
                    latest[name] = this
            for inner in statement.body:
                self._note(inner, latest)
        elif isinstance(statement, ast.FunctionDef):
            self.functions[statement.name] = statement
        elif isinstance(statement, ast.Import):
            self.modules.update(each.name for each in statement.names if not each.asname)
        elif isinstance(statement, ast.ImportFrom) and not statement.level:
            for alias in statement.names:
                value = Value(statement.module or "", alias.name)
                self.imported[alias.asname or alias.name] = value
        elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            self.values[statement.targets[0].id] = _renamed(statement.value, latest)
        elif isinstance(statement, ast.Expr) and called(statement.value) == "exec":
            call = _renamed(statement.value, latest)
            assert isinstance(call, ast.Call)
            self._note_executed(call)

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


def main_block(statement: ast.stmt) -> list[ast.stmt]:
    """What stands under ``if __name__ == "__main__":``, which holds where a setup.py builds."""
    test = statement.test if isinstance(statement, ast.If) and not statement.orelse else None
    if not (isinstance(test, ast.Compare) and isinstance(test.left, ast.Name)):
        return []
    values = [each.value for each in test.comparators if isinstance(each, ast.Constant)]
    equal = len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq)
    is_main = equal and test.left.id == "__name__" and values == ["__main__"]
    return statement.body if is_main and isinstance(statement, ast.If) else []


def nodes_of(tree: Scope | ast.AsyncFunctionDef) -> Iterable[ast.AST]:
    """The nodes of a module or a function, without those of functions in it."""
    left: list[ast.AST] = [*tree.body]
    while left:
        node = left.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            left += ast.iter_child_nodes(node)


def _opening(body: Iterable[ast.stmt], inside: bool = True) -> Iterator[tuple[str, ast.expr]]:
    """The names that statements ``with`` give, and to what; also of those ``inside`` of them."""
    for statement in body:
        if isinstance(statement, ast.With):
            for item in statement.items:
                if isinstance(item.optional_vars, ast.Name):
                    yield item.optional_vars.id, item.context_expr
            if inside:
                yield from _opening(statement.body)


def _renamed(node: ast.expr, names: Mapping[str, str]) -> ast.expr:
    """An expression in which names have others."""
    if not any(isinstance(n, ast.Name) and n.id in names for n in ast.walk(node)):
        return node
    found = deepcopy(node)
    for each in ast.walk(found):
        if isinstance(each, ast.Name):
            each.id = names.get(each.id, each.id)
    return found


def _is_stored(name: ast.Name) -> bool:
    return not isinstance(name.ctx, ast.Load)

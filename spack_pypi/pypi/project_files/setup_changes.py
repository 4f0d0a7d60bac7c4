"""What may change a name of a setup.py, or the list or dictionary that it means: statements whose
effect is known, and all others."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ...syntax import dotted, literal_text

#: Methods that change a list or a dictionary, and those of which the effect is known here.
_CHANGING = {"append", "extend", "insert", "remove", "pop", "update", "setdefault", "clear"}
_KNOWN = {"append", "extend", "update"}
#: Functions that make a new list; what is in it is usually a text.
_NEW = {"list", "tuple", "set", "frozenset", "sorted", "sum"}
#: Expressions whose value may be, or hold, what is named in them.
_NOT_FOLLOWED = (ast.Call, ast.IfExp, ast.BoolOp)


def plain_names(tree: ast.Module, nodes: Sequence[ast.AST]) -> dict[str, ast.expr]:
    """Names that are assigned once, at the top of the file, and never changed."""
    others, changes = changed_elsewhere(tree.body, nodes), Counter(_changes(nodes))
    return {
        target.id: statement.value
        for statement in tree.body
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1
        for target in statement.targets
        if isinstance(target, ast.Name) and changes[target.id] == 1 and target.id not in others
    }


def changed_elsewhere(statements: Iterable[ast.stmt], nodes: Sequence[ast.AST]) -> set[str]:
    """Names that something else than these statements may change, or what they mean."""
    certain = Counter(filter(None, map(changed, statements)))
    found = {name for name, count in Counter(_changes(nodes)).items() if count != certain[name]}
    shared: dict[str, set[str]] = {}
    for node in nodes:
        if isinstance(node, ast.Assign):
            names = {*_shared(node.value)}
            # What holds it in an attribute does not change it.
            for target in filter(None, map(_place, node.targets)):
                for name in names:
                    shared.setdefault(name, set()).add(target)
                    shared.setdefault(target, set()).add(name)
    found |= _changed_by_another_name(nodes, shared)
    _add_reached(found, shared)
    return found


def _changed_by_another_name(nodes: Sequence[ast.AST], shared: Mapping[str, set[str]]) -> set[str]:
    """The names of objects that may be changed by another name: that of a loop over them, of a
    parameter, or of what an expression makes of them that is not followed. Names that are
    ``shared`` mean the same object."""
    others = _other_names(nodes)
    ways = {name: {*shared.get(name, ()), *others.get(name, ())} for name in {*shared, *others}}
    changing = {*_changes_of_objects(nodes), ""}
    _add_reached(changing, ways)
    found = {name for other in changing for name in others.get(other, ())}
    return found - _immutable(nodes)


def _immutable(nodes: Iterable[ast.AST]) -> set[str]:
    """Names that are only assigned texts, numbers and tuples of these, which nothing changes."""
    by_kind: dict[bool, set[str]] = {True: set(), False: set()}
    for node in nodes:
        if isinstance(node, ast.Assign):
            values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
            is_fixed = all(isinstance(value, (ast.Constant, ast.JoinedStr)) for value in values)
            by_kind[is_fixed].update(map(_root, node.targets))
    return by_kind[True] - by_kind[False]


def _add_reached(names: set[str], ways: Mapping[str, Iterable[str]]) -> None:
    """Add all names to which a way leads."""
    left = [*names]
    while left:
        new = {*ways.get(left.pop(), ())} - names
        names |= new
        left += new


def _other_names(nodes: Sequence[ast.AST]) -> Mapping[str, set[str]]:
    """By the names that objects get in loops, functions and expressions that are not followed, the
    names that these objects may have elsewhere; by ``""``, those of objects that are changed."""
    functions = {node.name: node for node in nodes if isinstance(node, ast.FunctionDef)}
    found: dict[str, set[str]] = {}
    for node in nodes:
        if isinstance(node, ast.For):
            new, old = _names(node.target), _names(node.iter)
        elif isinstance(node, ast.Assign) and isinstance(node.value, _NOT_FOLLOWED):
            called = node.value.func if isinstance(node.value, ast.Call) else node.value
            new, old = {*map(_root, node.targets)}, _names(node.value)
            if dotted(called) in _NEW:
                continue
        elif isinstance(node, ast.Call):
            owner, _, method = dotted(node.func).rpartition(".")
            new = _parameters(functions[method]) if method in functions else set()
            new |= {""} if owner in ("list", "dict") and method in _CHANGING else set()
            old = {name for given in (*node.args, *node.keywords) for name in _names(given)}
        else:
            continue
        for name in new:
            found.setdefault(name, set()).update(old - {name})
    return found


def _shared(value: ast.expr) -> Iterator[str]:
    """The names of objects that a value is, or that are in it."""
    if isinstance(value, ast.Name):
        yield value.id
    elif isinstance(value, (ast.Subscript, ast.Attribute)):
        yield from filter(None, [_root(value)])
    elif isinstance(value, (ast.List, ast.Tuple, ast.Dict)):
        for inner in value.values if isinstance(value, ast.Dict) else value.elts:
            yield from _shared(inner)


def _parameters(function: ast.FunctionDef) -> set[str]:
    return {node.arg for node in ast.walk(function.args) if isinstance(node, ast.arg)}


def _names(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _changes(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """For each change of a name, or of what it means, the name."""
    for node in nodes:
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, (ast.Subscript, ast.Attribute)):
            changes = isinstance(node, ast.Attribute) and node.attr in _CHANGING
            if changes or not isinstance(node.ctx, ast.Load):
                yield _root(node)


def _changes_of_objects(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """For each change of what a name means, the name."""
    for node in nodes:
        if isinstance(node, ast.AugAssign):
            yield _root(node.target)
        elif not isinstance(node, ast.Name):
            yield from _changes([node])


def changed(statement: ast.stmt) -> str:
    """The name that a statement changes whose effect is known; empty for another one."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        method = statement.value.func
        if isinstance(method, ast.Attribute) and method.attr in _KNOWN:
            return _place(method.value)
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        return _place(statement.targets[0])
    if isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Add):
        return _place(statement.target)
    return ""


def _place(node: ast.expr) -> str:
    """The name of ``name`` or ``name["key"]``; empty for what is neither."""
    if isinstance(node, ast.Subscript) and literal_text(node.slice):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def key_of(statement: ast.Assign | ast.AugAssign) -> str:
    """The key of ``name["key"]`` that is assigned to; empty if it is the name."""
    target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
    return literal_text(target.slice) if isinstance(target, ast.Subscript) else ""


def _root(node: ast.expr) -> str:
    while isinstance(node, (ast.Subscript, ast.Attribute)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""

"""What may change a name of a setup.py, or the list or dictionary that it means: statements whose
effect is known, and all others."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from ...syntax import dotted, literal_text
from .setup_names import SCOPES, bound
from .setup_objects import names_in

#: Methods that change a list or a dictionary, and those of which the effect is known here.
_CHANGING = {"append", "extend", "insert", "remove", "pop", "update", "setdefault", "clear"}
_KNOWN = {"append", "extend", "update"}
#: Statements whose blocks may be run or not.
_BLOCKS = (ast.If, ast.Try, ast.With, ast.For, ast.While)
#: Functions that make a new list; what is in it is usually a text.
_NEW = {"list", "tuple", "set", "frozenset", "sorted", "sum"}
#: Expressions whose value may be, or hold, what is named in them.
_NOT_FOLLOWED = (ast.Call, ast.IfExp, ast.BoolOp)
#: Expressions whose value is an object that a name means, or that is in one.
_SAME = (ast.Name, ast.Subscript, ast.Attribute)
#: Functions that change nothing of what they are given.
_HARMLESS = {"print", "setup", "exec", "len", "isinstance"}


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
    found -= _defined(nodes)
    shared = _in_functions(nodes)
    for node in nodes:
        targets, values = _joined(node)
        # What holds it in an attribute does not change it.
        for target in targets:
            names = {name for value in values for name in _shared(value)}
            if _place(target):
                shared.setdefault(_place(target), set()).update(names)
            if isinstance(node, ast.Assign) and isinstance(target, ast.Name):
                # Others only hold the object, and know nothing of it where its name is unknown.
                same = names if isinstance(node.value, _SAME) else ()
                for name in same:
                    shared.setdefault(name, set()).add(target.id)
    found |= _changed_by_another_name(nodes, shared)
    _add_reached(found, shared)
    return found


def _defined(nodes: Sequence[ast.AST]) -> set[str]:
    """Names that only mean a function, a class or what is imported: they are not lists, or it is
    not known of what they are."""
    definitions = Counter(
        name for node in nodes if isinstance(node, (*SCOPES, ast.alias)) for name in bound([node])
    )
    others = {name for node in nodes if isinstance(node, ast.Name) for name in bound([node])}
    changed_objects = {*_called_or_set(nodes)}
    return {name for name, count in definitions.items() if count == 1} - others - changed_objects


def _in_functions(nodes: Sequence[ast.AST]) -> dict[str, set[str]]:
    """By the name of a function, the names of the file in it: what it returns may be one of
    these."""
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef)]
    found = {f.name: names_in(f) - {*bound(ast.walk(f))} - _parameters(f) for f in functions}
    return {name: {name, *names} for name, names in found.items()}


def _joined(node: ast.AST) -> tuple[Sequence[ast.expr], Sequence[ast.expr]]:
    """What a node assigns to, or adds something to, and what."""
    if isinstance(node, ast.Assign):
        return node.targets, [node.value]
    if isinstance(node, ast.AugAssign):
        return [node.target], [node.value]
    method = node.func if isinstance(node, ast.Call) else None
    if isinstance(node, ast.Call) and isinstance(method, ast.Attribute):
        added = [*node.args, *(each.value for each in node.keywords)]
        return ([method.value], added) if method.attr in _CHANGING else ([], [])
    return [], []


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
            new, old = names_in(node.target), names_in(node.iter)
        elif isinstance(node, ast.Assign) and isinstance(node.value, _NOT_FOLLOWED):
            called = node.value.func if isinstance(node.value, ast.Call) else node.value
            if dotted(called) in _NEW or dotted(called) == "dict":
                continue
            new, old = {*map(_root, node.targets)}, names_in(node.value)
            old |= {n for each in old & functions.keys() for n in names_in(functions[each])}
        elif isinstance(node, ast.Call):
            owner, _, method = dotted(node.func).rpartition(".")
            new = _parameters(functions[method]) if method in functions else set()
            new |= {""} if owner in ("list", "dict") and method in _CHANGING else set()
            old = {name for given in (*node.args, *node.keywords) for name in names_in(given)}
        elif isinstance(node, ast.Expr) and _is_unknown(node.value, functions):
            # It is called for what it does.
            new, old = {""}, names_in(node.value)
        else:
            continue
        for name in new:
            found.setdefault(name, set()).update(old - {name})
    return found


def _is_unknown(node: ast.expr, functions: Container[str]) -> bool:
    """Whether a function is called of which nothing is known."""
    called = node.func if isinstance(node, ast.Call) else None
    if not isinstance(called, ast.Name):
        return False
    return called.id not in _HARMLESS and called.id not in functions


def _shared(value: ast.expr, inside: bool = False) -> Iterator[str]:
    """The names of objects that a value is, or that are in it. What is not a list or dictionary
    itself counts only ``inside`` one."""
    parts: Sequence[ast.expr] = []
    if isinstance(value, ast.Name):
        yield value.id
    elif isinstance(value, (ast.Subscript, ast.Attribute)):
        yield from filter(None, [_root(value)])
    elif isinstance(value, ast.Call) and dotted(value.func) == "dict":
        parts = [*value.args, *(each.value for each in value.keywords)]
    elif isinstance(value, (ast.List, ast.Tuple, ast.Set, ast.Dict)):
        parts = value.values if isinstance(value, ast.Dict) else value.elts
    elif inside and isinstance(value, _NOT_FOLLOWED):
        yield from names_in(value)
    for part in parts:
        yield from _shared(part, inside=True)


def _parameters(function: ast.FunctionDef) -> set[str]:
    return {node.arg for node in ast.walk(function.args) if isinstance(node, ast.arg)}


def _changes(nodes: Sequence[ast.AST]) -> Iterator[str]:
    """For each change of a name, or of what it means, the name."""
    yield from bound(nodes)
    yield from _called_or_set(nodes)


def _called_or_set(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """For each change of what is in an object, its name."""
    for node in nodes:
        if isinstance(node, (ast.Subscript, ast.Attribute)):
            changes = isinstance(node, ast.Attribute) and node.attr in _CHANGING
            if changes or not isinstance(node.ctx, ast.Load):
                yield _root(node)


def _changes_of_objects(nodes: Sequence[ast.AST]) -> Iterator[str]:
    """For each change of what a name means, the name."""
    for node in nodes:
        if isinstance(node, ast.AugAssign):
            yield _root(node.target)
    yield from _called_or_set(nodes)


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


def before(tree: ast.Module, call: ast.Call | None) -> Iterator[ast.stmt]:
    """The statements at the top of a file before a call, if that is one of them; else all."""
    for statement in tree.body:
        if isinstance(statement, ast.Expr) and statement.value is call:
            return
        yield statement


def assigned_in_blocks(statement: ast.stmt) -> Iterator[ast.Assign]:
    """The assignments to keys of dictionaries in the blocks of a statement."""
    left: list[ast.AST] = [statement] if isinstance(statement, _BLOCKS) else []
    while left:
        node = left.pop(0)
        if isinstance(node, ast.Assign) and changed(node) and key_of(node):
            yield node
        elif isinstance(node, (*_BLOCKS, ast.ExceptHandler)):
            left += ast.iter_child_nodes(node)


def key_changed(statement: ast.stmt) -> str:
    """The key of what a statement changes that is in a dictionary; empty for what is in none."""
    if isinstance(statement, (ast.Assign, ast.AugAssign)):
        return key_of(statement)
    call = statement.value if isinstance(statement, ast.Expr) else None
    method = call.func if isinstance(call, ast.Call) else None
    owner = method.value if isinstance(method, ast.Attribute) else None
    return literal_text(owner.slice) if isinstance(owner, ast.Subscript) else ""


def _root(node: ast.expr) -> str:
    while isinstance(node, (ast.Subscript, ast.Attribute)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""

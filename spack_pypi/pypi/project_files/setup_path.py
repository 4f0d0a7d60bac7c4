"""The statements of a setup.py that Python runs until it calls ``setup()``, as one list without
the functions, conditions and blocks around the call. Read as a syntax tree, never run::

    def main():
        required = ["six"]
        setup(install_requires=required)

    if __name__ == "__main__":
        main()

A function is followed if it is called once and named nowhere else. Its parameters are assigned
what that call gives them; they and its other names get new ones, with the name of the function
before them. What follows the call does not count.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Optional

from ...syntax import dotted
from .setup_names import SCOPES, bound, imported_as, nodes_of

#: How many functions are followed, one in the other.
_DEEPEST = 10
_EXITS = ("exit", "sys.exit", "SystemExit")
_YIELDS = (ast.Yield, ast.YieldFrom, ast.Await)

#: A call, and the function that it calls; None for ``setup()`` itself.
_Step = tuple[ast.Call, Optional[ast.FunctionDef]]


def until_call(tree: ast.Module, call: ast.Call) -> ast.Module:
    """What leads to a call of ``setup()``, which becomes the last statement. Where that is not
    known, the statement around the call is left as it is, with all that follows. The tree is
    changed."""
    path = _Path()
    try:
        path.follow(tree.body, _steps(tree, call))
    except RecursionError:
        return tree
    return ast.Module(path.done, [])


def _steps(tree: ast.Module, call: ast.Call) -> list[_Step]:
    """The calls that lead to one, the outermost first."""
    nodes = [*ast.walk(tree)]
    definitions = Counter(bound(nodes))
    uses = Counter(n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load))
    called = {
        n.func.id: n for n in nodes if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
    }
    steps: list[_Step] = [(call, None)]
    for _ in range(_DEEPEST):
        around = next((s for s in tree.body if _has(s, steps[0][0])), None)
        if not isinstance(around, ast.FunctionDef):
            return steps
        name = around.name
        if not (definitions[name] == uses[name] == 1 and name in called and _is_plain(around)):
            break
        steps.insert(0, (called[name], around))
    return [(call, None)]


def _is_plain(function: ast.FunctionDef) -> bool:
    """Whether a function does at once what its statements say, and changes no name of another
    scope but what it declares itself."""
    own = [*nodes_of(function)]
    declared = {id(node) for node in own if isinstance(node, ast.Global)}
    others = (
        node
        for node in ast.walk(function)
        if isinstance(node, (ast.Global, ast.Nonlocal)) and id(node) not in declared
    )
    is_run_later = any(isinstance(node, _YIELDS) for node in own)
    return not (function.decorator_list or is_run_later or any(others))


class _Path:
    """``done`` are the statements up to where it has been followed."""

    def __init__(self) -> None:
        self.done: list[ast.stmt] = []

    def follow(self, body: Sequence[ast.stmt], steps: Sequence[_Step]) -> None:
        """Add the statements that lead to the first call of the steps, and on to the last."""
        call, function = steps[0]
        left = [*body]
        while left:
            statement = left.pop(0)
            if not _has(statement, call):
                self.done.append(statement)
                continue
            block = _entered(statement, call)
            if block is not None:
                before, left = block
                self.done += before
                continue
            given = None
            if _made(statement) is call:
                if function is None:
                    self.done.append(ast.copy_location(ast.Expr(call), call))
                    return
                given = _given(function, call)
            if function is None or given is None or not self._enter(function, given):
                self.done += [statement, *left]
                return
            self.follow(function.body, steps[1:])
            return

    def _enter(self, function: ast.FunctionDef, given: dict[str, ast.expr]) -> bool:
        """Assign the parameters of a function whose statements are next, under new names; whether
        that can be done."""
        at = next((i for i, each in enumerate(self.done) if each is function), None)
        defaults = _defaults(function)
        local = _local_names(function, self.done)
        if at is None or local is None or {*_parameters(function)} - {*given} - {*defaults}:
            return False
        new = {name: f"{function.name} {name}" for name in local}
        for each in function.body:
            _rename(each, new)
        known = {name: value for name, value in defaults.items() if name not in given}
        # A default has the value that it has when the function is defined.
        self.done[at : at + 1] = [_assigned(new[name], value) for name, value in known.items()]
        self.done += [_assigned(new[name], value) for name, value in given.items()]
        return True


def _entered(
    statement: ast.stmt, call: ast.Call
) -> tuple[Sequence[ast.stmt], list[ast.stmt]] | None:
    """What is run before the block with a call, and the statements of that block, as the call is
    reached; None for a statement that is no such block."""
    if isinstance(statement, ast.If):
        test = ast.copy_location(ast.Expr(statement.test), statement)
        for block in (statement.body, statement.orelse):
            if _is_in(block, call):
                return [test], block
    if isinstance(statement, ast.Try):
        if _is_in(statement.body, call):
            return [], statement.body
        if _is_in(statement.orelse, call):
            return [], [*statement.body, *statement.orelse]
    if isinstance(statement, ast.With) and _is_in(statement.body, call):
        opened = ast.With(statement.items, [ast.copy_location(ast.Pass(), statement)])
        return [ast.copy_location(opened, statement)], statement.body
    return None


def _made(statement: ast.stmt) -> ast.expr | None:
    """The call that a statement consists of, whatever it does with the result."""
    if isinstance(statement, ast.Raise):
        value = statement.exc
    elif isinstance(statement, (ast.Expr, ast.Return, ast.Assign)):
        value = statement.value
    else:
        return None
    if isinstance(value, ast.Call) and dotted(value.func) in _EXITS and len(value.args) == 1:
        return value.args[0]
    return value


def _parameters(function: ast.FunctionDef) -> list[str]:
    of = function.args
    return [each.arg for each in (*of.posonlyargs, *of.args, *of.kwonlyargs)]


def _defaults(function: ast.FunctionDef) -> dict[str, ast.expr]:
    of = function.args
    positional = [each.arg for each in (*of.posonlyargs, *of.args)]
    found = dict(zip(reversed(positional), reversed(of.defaults)))
    named = zip(of.kwonlyargs, of.kw_defaults)
    return {**found, **{each.arg: value for each, value in named if value is not None}}


def _given(function: ast.FunctionDef, call: ast.Call) -> dict[str, ast.expr] | None:
    """What a call gives the parameters of a function; None where that is not certain."""
    of = function.args
    positional = [each.arg for each in (*of.posonlyargs, *of.args)]
    rest, names = call.args[len(positional) :], {*_parameters(function)}
    found = dict(zip(positional, call.args))
    more: list[ast.keyword] = []
    for keyword in call.keywords:
        if keyword.arg in found:
            return None
        if keyword.arg in names:
            found[keyword.arg] = keyword.value
        else:
            more.append(keyword)
    is_spread = any(each.arg is None for each in more)
    if any(isinstance(each, ast.Starred) for each in call.args) or (rest and not of.vararg):
        return None
    if (more and not of.kwarg) or (is_spread and names - {*found}):
        return None
    if of.vararg:
        found[of.vararg.arg] = ast.copy_location(ast.Tuple(rest, ast.Load()), call)
    if of.kwarg:
        keys: list[ast.expr | None] = [ast.Constant(k.arg) if k.arg else None for k in more]
        values = [each.value for each in more]
        found[of.kwarg.arg] = ast.copy_location(ast.Dict(keys, values), call)
    return found


def _local_names(function: ast.FunctionDef, before: Iterable[ast.stmt]) -> set[str] | None:
    """The names of a function that get new names; None if that of a module that it imports means
    something else, too."""
    nodes = [*nodes_of(function)]
    declared = {name for node in nodes if isinstance(node, ast.Global) for name in node.names}
    modules = {
        imported_as(alias)
        for node in nodes
        if isinstance(node, ast.Import)
        for alias in node.names
        if not alias.asname
    }
    others = [n for n in nodes if not (isinstance(n, ast.alias) and imported_as(n) in modules)]
    of = function.args
    parameters = {each.arg for each in ast.walk(of) if isinstance(each, ast.arg)}
    local = ({*bound(others)} | parameters) - declared
    outside = [n for each in before for n in ast.walk(each) if not isinstance(n, ast.alias)]
    return None if modules & (local | {*bound(outside)}) else local


def _rename(tree: ast.AST, new: dict[str, str]) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = new.get(node.id, node.id)
        elif isinstance(node, ast.arg):
            node.arg = new.get(node.arg, node.arg)
        elif isinstance(node, SCOPES):
            node.name = new.get(node.name, node.name)
        elif isinstance(node, ast.alias) and imported_as(node) in new:
            node.asname = new[imported_as(node)]
        elif isinstance(node, ast.ExceptHandler) and node.name:
            node.name = new.get(node.name, node.name)


def _assigned(name: str, value: ast.expr) -> ast.Assign:
    target = ast.copy_location(ast.Name(name, ast.Store()), value)
    return ast.copy_location(ast.Assign([target], value), value)


def _has(tree: ast.AST, node: ast.AST) -> bool:
    return any(each is node for each in ast.walk(tree))


def _is_in(block: Iterable[ast.stmt], node: ast.AST) -> bool:
    return any(_has(each, node) for each in block)

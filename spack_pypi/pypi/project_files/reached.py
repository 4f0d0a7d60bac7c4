"""Which parts of Python code are run where a wheel is built by default, and which certainly are::

    def make():
        if "--debug" in sys.argv:
            debug()             # is not run
        elif exists("Makefile"):
            run("make")         # may be run
        done()                  # certainly is

    make()

Read as a syntax tree, never run. Statements are followed in their order, functions from where they
are named, and classes that are commands of setuptools as `command_classes` says; in their methods
names are taken to have the values that they have where the class is named. Conditions are
those of `surroundings`; what is under another one may be run, and so may what follows where that
ends a function.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Union

from ...syntax import dotted, last_name
from .command_classes import BY_RUN, FUNCTIONS, Classes, Function
from .setup_names import bound, nodes_of
from .surroundings import LINUX, Surroundings

_ENDS = {"exit", "sys.exit", "os._exit", "quit"}
_LEAVES = (ast.Return, ast.Continue, ast.Break)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_Loop = Union[ast.For, ast.AsyncFor, ast.While]
#: Statements that not every Python has, and that are not followed.
_NEWER = tuple(getattr(ast, name) for name in ("Match", "TryStar") if hasattr(ast, name))
#: Of what is in these any part may be evaluated or not.
_MAYBE_EVALUATED = (
    *(ast.BoolOp, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
    *_NEWER,
)
#: What a loop goes through that is not empty where something is compiled.
_EXTENSIONS = {"extensions", "ext_modules"}
#: How deep functions are followed.
_DEEPEST = 40


class Reached:
    """The nodes of a tree that are run: all that may be, and those that ``certainly`` are.

    ``called`` are the names of functions and methods that others call, of a module that they
    import; None for the file that is run. ``present`` and ``environment``: see `Surroundings`."""

    def __init__(
        self,
        tree: ast.Module,
        platform: Mapping[str, str] = LINUX,
        called: Collection[str] | None = None,
        present: Collection[str] = (),
        environment: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        nodes = [*ast.walk(tree)]
        #: Whether each node that is run certainly is, by its id.
        self._certain: dict[int, bool] = {}
        self._classes = Classes(nodes)
        self._functions: dict[str, list[Function]] = {}
        for node in nodes:
            if isinstance(node, FUNCTIONS) and not self._classes.has_method(node):
                self._functions.setdefault(node.name, []).append(node)
        #: Functions that were named before they were defined, and whether that certainly is run.
        self._awaited: dict[str, bool] = {}
        #: What was known where a function was entered, and whether that was certain, by its id.
        self._entered: dict[int, list[tuple[bool, Mapping[str, object]]]] = {}
        #: The functions that are being followed, the innermost last.
        self._running: list[Function] = []
        self._surroundings = Surroundings(platform, present, called is None, environment)
        try:
            self._unsteady = _changed_by_functions(nodes)
            self._follow(tree.body, True)
            for name in sorted(called or ()):
                for function in (*self._functions.get(name, ()), *self._classes.methods(name)):
                    self._enter(function, False)
        except RecursionError:  # of a strange file nothing is certain
            self._certain = {id(node): False for node in nodes}

    def __contains__(self, node: ast.AST) -> bool:
        return id(node) in self._certain

    def certainly(self, node: ast.AST) -> bool:
        return self._certain.get(id(node), False)

    def _follow(self, statements: Sequence[ast.stmt], certain: bool) -> str:
        """Note what statements run; how they certainly end, if they do (``leaves``, ``fails``),
        or may end (``may leave``)."""
        ends = ""
        for statement in statements:
            ends_here = self._statement(statement, certain)
            if ends_here in ("leaves", "fails"):
                return "leaves" if ends else ends_here
            if ends_here:
                certain, ends = False, ends_here
        return ends

    def _maybe(self, statements: Sequence[ast.stmt], certain: bool = False) -> str:
        """The same of statements that may be run or not: what they assign is known in them, and
        nothing of it afterwards."""
        before = self._surroundings
        self._surroundings = before.copy()
        ends = self._follow(statements, certain)
        self._surroundings = before
        return ends

    def _statement(self, statement: ast.stmt, certain: bool) -> str:
        self._mark(statement, certain)
        if isinstance(statement, ast.If):
            self._evaluate(statement.test, certain)
            return self._branches(statement, certain)
        if isinstance(statement, ast.Try):
            return self._tried(statement, certain)
        if isinstance(statement, _LOOPS):
            return self._repeated(statement, certain)
        if isinstance(statement, (ast.With, ast.AsyncWith)):
            for item in statement.items:
                self._evaluate(item, certain)
            return self._follow(statement.body, certain)
        if isinstance(statement, ast.ClassDef):
            self._maybe([s for s in statement.body if not isinstance(s, FUNCTIONS)], certain)
        elif isinstance(statement, FUNCTIONS):
            self._define(statement, certain)
        else:
            self._evaluate(statement, certain)
            self._assign(statement)
        return _ending(statement)

    def _branches(self, statement: ast.If, certain: bool) -> str:
        holds = self._surroundings.holds(statement.test)
        if holds is not None:
            return self._follow(statement.body if holds else statement.orelse, certain)
        # What ends with an error is not how a wheel is built.
        fails = [_fails(block) for block in (statement.body, statement.orelse)]
        ends = [
            self._maybe(statement.body, certain and fails[1]),
            self._maybe(statement.orelse, certain and fails[0]),
        ]
        self._forget_assigned([statement])
        return _either(["fails" if failed else each for each, failed in zip(ends, fails)])

    def _tried(self, statement: ast.Try, certain: bool) -> str:
        """What fails without an end of the build may be missing."""
        needed = certain and all(_fails(handler.body) for handler in statement.handlers)
        tried = [*statement.body, *statement.orelse]
        if not statement.handlers:
            ends = self._follow(tried, needed)
            return self._follow(statement.finalbody, certain) or ends
        each = [self._maybe(tried, needed)]
        self._forget_assigned([statement])
        each += [self._maybe(handler.body) for handler in statement.handlers]
        return self._follow(statement.finalbody, certain) or _either(each)

    def _repeated(self, loop: _Loop, certain: bool) -> str:
        over = loop.test if isinstance(loop, ast.While) else loop.iter
        self._evaluate(over, certain)
        self._forget_assigned([loop])
        self._maybe(loop.body, certain and last_name(over) in _EXTENSIONS)
        self._maybe(loop.orelse)
        left = any(isinstance(each, ast.Return) for each in nodes_of(ast.Module([loop], [])))
        return "may leave" if left else ""

    def _define(self, function: Function, certain: bool) -> None:
        for decorator in function.decorator_list:
            self._evaluate(decorator, certain)
        self._surroundings.forget(function.name)
        if function.name in self._awaited:
            self._enter(function, certain and self._awaited[function.name], anywhere=True)

    def _evaluate(self, node: ast.AST, certain: bool) -> None:
        """Note the nodes of an expression, and follow the functions and classes that it names."""
        left: list[tuple[ast.AST, bool]] = [(node, certain)]
        while left:
            each, sure = left.pop()
            self._mark(each, sure)
            if isinstance(each, ast.IfExp):
                holds = self._surroundings.holds(each.test)
                left.append((each.test, sure))
                left += [] if holds is False else [(each.body, sure and holds is True)]
                left += [] if holds else [(each.orelse, sure and holds is False)]
                continue
            if isinstance(each, (ast.Name, ast.Attribute)) and not isinstance(each.ctx, ast.Load):
                self._surroundings.forget(dotted(each))
            elif isinstance(each, ast.Name):
                self._name(each.id, sure)
            elif isinstance(each, ast.Attribute):
                self._attribute(each, sure)
            inner = sure and not isinstance(each, _MAYBE_EVALUATED)
            left += [(child, inner) for child in ast.iter_child_nodes(each)]

    def _name(self, name: str, certain: bool) -> None:
        """Follow what a name names: it is called sooner or later."""
        functions = self._functions.get(name, ())
        defined = [each for each in functions if each in self]
        for function in defined:
            sure = certain and self.certainly(function) and len(defined) == 1
            self._enter(function, sure)
        if len(defined) < len(functions):
            sure = certain and len(functions) == 1
            self._awaited[name] = sure or self._awaited.get(name, False)
        for method, is_called in () if functions else self._classes.used(name):
            if is_called or id(method) not in self._entered:
                self._enter(method, certain and is_called)

    def _attribute(self, node: ast.Attribute, certain: bool) -> None:
        """``self.x``; and what ``run()`` of the base of a command calls of it."""
        is_own = dotted(node.value) in ("self", "cls")
        by_base = BY_RUN if node.attr in ("run", *BY_RUN) else ()
        for name in (node.attr,) if is_own else by_base:
            methods = self._classes.methods(name)
            for method in methods:
                sure = len(methods) == 1 or self._classes.is_own(method, self._running[-1:])
                self._enter(method, certain and sure)

    def _enter(self, function: Function, certain: bool, anywhere: bool = False) -> None:
        """Follow a function, once for what is known where it is called: from further places, and
        from ``anywhere``, as if nothing was known."""
        outer, inner = self._surroundings, self._surroundings.inside(function)
        entries = self._entered.setdefault(id(function), [])
        if anywhere or (entries and all(inner.known != known for _, known in entries)):
            inner.forget_all()
        if len(self._running) >= _DEEPEST or any(
            inner.known == known and was >= certain for was, known in entries
        ):
            return
        entries.append((certain, inner.known))
        self._mark(function, certain)
        self._surroundings = inner
        self._running.append(function)
        self._follow(function.body, certain)
        self._running.pop()
        self._surroundings = outer

    def _assign(self, statement: ast.stmt) -> None:
        name, value = "", None
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            name, value = dotted(statement.targets[0]), statement.value
        elif isinstance(statement, ast.AnnAssign):
            name, value = dotted(statement.target), statement.value
        if name and name not in self._unsteady and value is not None:
            self._surroundings.note(name, value)
        else:
            self._forget_assigned([statement])

    def _forget_assigned(self, statements: Iterable[ast.stmt]) -> None:
        nodes = [node for statement in statements for node in ast.walk(statement)]
        for name in (*bound(nodes), *_attributes_set(nodes)):
            self._surroundings.forget(name)

    def _mark(self, node: ast.AST, certain: bool) -> None:
        self._certain[id(node)] = certain or self._certain.get(id(node), False)


def _changed_by_functions(nodes: Iterable[ast.AST]) -> set[str]:
    """The names whose value does not depend on one place: global ones that a function changes,
    and attributes that several functions set, or one and the file outside of them."""
    found: set[str] = set()
    seen: set[str] = set()
    for node in nodes:
        if isinstance(node, (ast.Global, ast.Nonlocal)):
            found.update(node.names)
        elif isinstance(node, (*FUNCTIONS, ast.Module)):
            here = {*_attributes_set(nodes_of(node))}
            found |= here & seen
            seen |= here
    return found


def _attributes_set(nodes: Iterable[ast.AST]) -> Iterable[str]:
    for node in nodes:
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
            yield dotted(node)


def _either(ends: Iterable[str]) -> str:
    """How something ends of which one part is run; what fails is not how a wheel is built."""
    others = {each for each in ends if each != "fails"}
    if not others:
        return "fails"
    return others.pop() if len(others) == 1 else "may leave"


def _ending(statement: ast.stmt) -> str:
    if isinstance(statement, _LEAVES):
        return "leaves"
    return "fails" if _fails([statement]) else ""


def _fails(block: Iterable[ast.stmt]) -> bool:
    """Whether statements end with an error, or end the program."""
    for statement in block:
        if isinstance(statement, ast.Raise):
            return True
        if isinstance(statement, _LEAVES):
            return False
        value = statement.value if isinstance(statement, ast.Expr) else None
        if isinstance(value, ast.Call) and dotted(value.func) in _ENDS:
            return True
    return False

"""Which parts of a setup.py are run where a wheel is built by default, and which certainly are::

    class Build(build_ext):
        def run(self):
            make()          # is run, if the class is named below

    class Source(sdist):
        def run(self):
            make("dist")    # is not

Read as a syntax tree, never run. Functions are followed from where they are named, and classes
that are commands of setuptools from the methods that it calls. Conditions are those of
`setup_defaults`; what is under another one may be run, and so may what follows where that ends.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Union

from ...syntax import dotted, last_name
from .setup_defaults import LINUX, ByDefault
from .setup_names import nodes_of

#: The commands of setuptools that are run for a wheel, those that are not, and the methods that
#: are called: https://setuptools.pypa.io/en/latest/userguide/extension.html#adding-commands
_COMMANDS = {
    *("bdist_wheel", "build", "build_clib", "build_ext", "build_py", "build_scripts"),
    *("BuildExtension", "egg_info", "install", "install_data", "install_lib", "install_scripts"),
}
_NOT_RUN = {"bdist_egg", "bdist_rpm", "clean", "develop", "register", "sdist", "test", "upload"}
_CALLED = ("__init__", "initialize_options", "finalize_options", "run")
#: What ``run()`` calls of a command that has no other, or calls that of its base.
_BY_RUN = ("build_extensions", "build_extension", "build_libraries", "build_packages")
_ENDS = {"exit", "sys.exit", "os._exit", "quit"}
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_Function = Union[ast.FunctionDef, ast.AsyncFunctionDef]
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_Loop = Union[ast.For, ast.AsyncFor, ast.While]
_MAYBE_EVALUATED = (
    ast.BoolOp,
    ast.Lambda,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)
#: What a loop goes through that is not empty where something is compiled.
_EXTENSIONS = {"extensions", "ext_modules"}
#: How deep functions are followed.
_DEEPEST = 40


class Reached:
    """The nodes of a tree that are run: all that may be, and those that ``certainly`` are."""

    def __init__(self, tree: ast.Module, platform: Mapping[str, str] = LINUX) -> None:
        self._certain: dict[int, bool] = {}
        self._entered: dict[int, bool] = {}
        self._defaults = ByDefault(platform)
        self._depth = 0
        nodes = [*ast.walk(tree)]
        self._classes = {n.name: n for n in nodes if isinstance(n, ast.ClassDef)}
        #: Imported names, by the names that they get.
        self._imported = {
            alias.asname or alias.name: alias.name
            for node in nodes
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        inner = {id(s) for each in self._classes.values() for s in each.body}
        functions = [n for n in nodes if isinstance(n, _FUNCTIONS)]
        self._functions = {n.name: n for n in functions if id(n) not in inner}
        self._methods: dict[str, list[_Function]] = {}
        for each in functions:
            if id(each) in inner:
                self._methods.setdefault(each.name, []).append(each)
        try:
            self._follow(tree.body, True)
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
                self._evaluate(item.context_expr, certain)
            return self._follow(statement.body, certain)
        if isinstance(statement, ast.ClassDef):
            self._follow([s for s in statement.body if not isinstance(s, _FUNCTIONS)], certain)
        elif not isinstance(statement, _FUNCTIONS):
            self._evaluate(statement, certain)
            self._assign(statement, certain)
        return _ending(statement)

    def _branches(self, statement: ast.If, certain: bool) -> str:
        holds = self._defaults.holds(statement.test)
        if holds is not None:
            return self._follow(statement.body if holds else statement.orelse, certain)
        # What ends with an error is not how a wheel is built.
        fails = [_fails(block) for block in (statement.body, statement.orelse)]
        ends = [
            self._follow(statement.body, certain and fails[1]),
            self._follow(statement.orelse, certain and fails[0]),
        ]
        self._forget(statement)
        others = {each for each, failed in zip(ends, fails) if not failed}
        if not others:
            return "fails"
        return others.pop() if len(others) == 1 else "may leave"

    def _tried(self, statement: ast.Try, certain: bool) -> str:
        """What fails without an end of the build may be missing."""
        needed = certain and all(_fails(handler.body) for handler in statement.handlers)
        ends = self._follow([*statement.body, *statement.orelse], needed)
        for handler in statement.handlers:
            self._follow(handler.body, False)
        if statement.handlers:
            self._forget(statement)
        return self._follow(statement.finalbody, certain) or ends

    def _repeated(self, loop: _Loop, certain: bool) -> str:
        over = loop.test if isinstance(loop, ast.While) else loop.iter
        self._evaluate(over, certain)
        self._forget(loop)
        self._follow(loop.body, certain and last_name(over) in _EXTENSIONS)
        self._follow(loop.orelse, False)
        left = any(isinstance(each, ast.Return) for each in nodes_of(ast.Module([loop], [])))
        return "may leave" if left else ""

    def _evaluate(self, node: ast.AST, certain: bool) -> None:
        """Note the nodes of an expression, and follow the functions and classes that it names."""
        left: list[tuple[ast.AST, bool]] = [(node, certain)]
        while left:
            each, sure = left.pop()
            self._mark(each, sure)
            if isinstance(each, ast.IfExp):
                holds = self._defaults.holds(each.test)
                left.append((each.test, sure))
                left += [] if holds is False else [(each.body, sure and holds is True)]
                left += [] if holds else [(each.orelse, sure and holds is False)]
                continue
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load):
                self._name(each.id, sure)
            elif isinstance(each, ast.Attribute):
                self._attribute(each, sure)
            inner = sure and not isinstance(each, _MAYBE_EVALUATED)
            left += [(child, inner) for child in ast.iter_child_nodes(each)]

    def _name(self, name: str, certain: bool) -> None:
        if name in self._functions:
            self._enter(self._functions[name], certain)
        elif name in self._classes:
            of = self._classes[name]
            own = {each.name: each for each in self._methods_of(of)}
            made_of = {*self._made_of(of)}
            called: Collection[str] = (*_CALLED, *(() if "run" in own else _BY_RUN))
            called = called if made_of & _COMMANDS else ()
            for method, each in own.items() if called or not made_of & _NOT_RUN else ():
                self._enter(each, certain and method in called)

    def _attribute(self, node: ast.Attribute, certain: bool) -> None:
        """``self.x``; and what ``run()`` of the base of a command calls of it."""
        is_own = dotted(node.value) in ("self", "cls")
        by_base = _BY_RUN if node.attr in ("run", *_BY_RUN) else ()
        for name in (node.attr,) if is_own else by_base:
            for method in self._methods.get(name, ()):
                self._enter(method, certain)

    def _enter(self, function: _Function, certain: bool) -> None:
        before = self._entered.get(id(function))
        if before or before is certain or self._depth >= _DEEPEST:
            return
        self._entered[id(function)] = certain
        outer, self._defaults = self._defaults, self._defaults.inside(function)
        self._depth += 1
        self._follow(function.body, certain)
        self._depth -= 1
        self._defaults = outer
        for node in nodes_of(function):
            for name in node.names if isinstance(node, ast.Global) else ():
                outer.forget(name)

    def _methods_of(self, of: ast.ClassDef, depth: int = 0) -> Iterator[_Function]:
        """The methods of a class, after those that it has from other classes of the file."""
        for base in reversed(of.bases):
            above = self._classes.get(last_name(base))
            if above is not None and above is not of and depth < _DEEPEST:
                yield from self._methods_of(above, depth + 1)
        yield from (each for each in of.body if isinstance(each, _FUNCTIONS))

    def _made_of(self, of: ast.ClassDef, depth: int = 0) -> Iterator[str]:
        """The names, where they are imported from, of what a class is made of."""
        for base in of.bases:
            name = last_name(base)
            own = self._classes.get(name)
            if own is not None and own is not of and depth < _DEEPEST:
                yield from self._made_of(own, depth + 1)
            else:
                yield self._imported.get(name, name).strip("_")

    def _assign(self, statement: ast.stmt, certain: bool) -> None:
        if certain and isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            name = dotted(statement.targets[0])
            if name:
                self._defaults.note(name, statement.value)
                return
        self._forget(statement)

    def _forget(self, statement: ast.stmt) -> None:
        for node in ast.walk(statement):
            if isinstance(node, (ast.Name, ast.Attribute)) and not isinstance(node.ctx, ast.Load):
                self._defaults.forget(dotted(node))

    def _mark(self, node: ast.AST, certain: bool) -> None:
        self._certain[id(node)] = certain or self._certain.get(id(node), False)


def _ending(statement: ast.stmt) -> str:
    if isinstance(statement, (ast.Return, ast.Continue, ast.Break)):
        return "leaves"
    return "fails" if _fails([statement]) else ""


def _fails(block: Iterable[ast.stmt]) -> bool:
    """Whether statements end with an error, or end the program."""
    for statement in block:
        if isinstance(statement, ast.Raise):
            return True
        value = statement.value if isinstance(statement, ast.Expr) else None
        if isinstance(value, ast.Call) and dotted(value.func) in _ENDS:
            return True
    return False

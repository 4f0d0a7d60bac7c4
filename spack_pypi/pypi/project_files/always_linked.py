"""The native libraries with which extensions are linked where Spack builds, as Python code says
it; read as a syntax tree, never run::

    libraries = ["gmp"]
    if platform.system() == "Windows":
        libraries.append("ws2_32")  # not on Linux, and not on a Mac
    else:
        libraries.append("z")
    setup(ext_modules=[Extension("x", ["x.c"], libraries=libraries)])

What stands in a loop, or under a condition that `setup_defaults` does not decide, may be done or
not: it adds nothing. Functions count that are called in any case.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ...syntax import dotted, last_name, literal_text
from ..linker_flags import flagged
from .setup_defaults import LINUX, MACS, ByDefault

#: What makes an extension: of setuptools, of pybind11, and of cffi, in its build scripts.
#: https://cffi.readthedocs.io/en/stable/cdef.html#ffi-set-source-preparing-out-of-line-modules
_EXTENSIONS = {"Extension", "Pybind11Extension", "set_source"}
#: Where a folder or a file is named that may be a copy of a library.
_OF_COPIES = {"library_dirs", "extra_objects", None}
_ADDING = {"append", "extend", "insert"}
#: What may be done or not.
_MAYBE = (ast.For, ast.AsyncFor, ast.While, ast.Try)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_MAYBE_EVALUATED = (ast.BoolOp, ast.Lambda)
#: Texts with the line in which they stand.
_Texts = Mapping[str, int]


class LinkedLibrary(NamedTuple):
    """A library: its ``name`` for the linker, and the ``line`` that names it. ``apart``: a folder
    or a file is named beside it, which may be a copy; ``platform``: ``linux`` where it is not
    linked with elsewhere."""

    name: str
    line: int
    apart: bool
    platform: str = ""


def always_linked(tree: ast.Module) -> tuple[LinkedLibrary, ...]:
    """The libraries with which an extension is linked on Linux, each once."""
    on_linux, on_macs = (_Reader(tree, platform) for platform in (LINUX, MACS))
    try:
        on_linux.follow(tree.body)
        if not on_linux.found:
            return ()  # as almost always
        on_macs.follow(tree.body)
    except RecursionError:  # a strange file may nest calls as deep as it likes
        return ()
    return tuple(
        each if name in on_macs.found else each._replace(platform="linux")
        for name, each in on_linux.found.items()
    )


class _Reader:
    """Follows statements in their order: ``found`` are the libraries by name."""

    def __init__(self, tree: ast.Module, platform: Mapping[str, str]) -> None:
        self.found: dict[str, LinkedLibrary] = {}
        self._functions = {e.name: e for e in tree.body if isinstance(e, ast.FunctionDef)}
        #: What lists certainly have in them.
        self._texts: dict[str, _Texts] = {}
        self._defaults = ByDefault(platform)

    def follow(self, statements: Iterable[ast.stmt]) -> bool:
        """Do what statements certainly do; False where one returns."""
        for statement in statements:
            if isinstance(statement, ast.If):
                holds = self._defaults.holds(statement.test)
                if holds is None:
                    self._forget(statement)
                elif not self.follow(statement.body if holds else statement.orelse):
                    return False
            elif isinstance(statement, ast.With):
                if not self.follow(statement.body):
                    return False
            elif isinstance(statement, _MAYBE):
                self._forget(statement)
            elif not isinstance(statement, _DEFINITIONS):
                self._evaluate(statement)
                self._change(statement)
                if isinstance(statement, (ast.Return, ast.Raise)):
                    return False
        return True

    def _evaluate(self, statement: ast.stmt) -> None:
        """The calls in a statement: those of functions of the file, and what makes extensions."""
        left: list[ast.AST] = [statement]
        for node in left:
            if isinstance(node, ast.IfExp):
                holds = self._defaults.holds(node.test)
                left += [] if holds is None else [node.body if holds else node.orelse]
            elif not isinstance(node, _MAYBE_EVALUATED):
                left += ast.iter_child_nodes(node)
            if isinstance(node, ast.Call):
                self._called(node)

    def _called(self, call: ast.Call) -> None:
        function = self._functions.pop(dotted(call.func), None)
        if function is not None:
            outer, self._defaults = self._defaults, self._defaults.inside(function)
            self.follow(function.body)
            self._defaults = outer
        if last_name(call.func) not in _EXTENSIONS:
            return
        given = {each.arg: each.value for each in call.keywords}
        is_optional = "optional" in given or any(_is_none(each) for each in call.args[1:2])
        if is_optional:
            return
        linked = self._texts_of(given["libraries"]) if "libraries" in given else {}
        flags = self._texts_of(given["extra_link_args"]) if "extra_link_args" in given else {}
        named = {name: line for flag, line in flags.items() for name in flagged(flag)}
        apart = bool(_OF_COPIES & {*given})
        for name, line in {**named, **linked}.items():
            before = self.found.get(name)
            if before is None or before.apart:
                self.found[name] = LinkedLibrary(name, line, apart)

    def _change(self, statement: ast.stmt) -> None:
        """What a statement does to names."""
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            self._set(statement.targets[0], statement.value)
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            self._set(statement.target, statement.value)
        elif isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Add):
            self._add(statement.target, [statement.value])
        elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            called = statement.value
            owner = called.func.value if isinstance(called.func, ast.Attribute) else called
            if last_name(called.func) in _ADDING:
                self._add(owner, called.args)
            else:
                self._forget(statement)
        else:
            self._forget(statement)

    def _set(self, target: ast.expr, value: ast.expr) -> None:
        name = dotted(target)
        if not name:
            self._forget_names(target)
            return
        self._texts[name] = self._texts_of(value)
        self._defaults.note(name, value)

    def _add(self, target: ast.expr, values: Iterable[ast.expr]) -> None:
        name = dotted(target)
        texts = {**self._texts.get(name, {})}
        for value in values:
            texts.update(self._texts_of(value))
        self._texts[name] = texts
        self._defaults.forget(name)

    def _forget(self, node: ast.AST) -> None:
        """Forget what may be changed, but for what is only added."""
        for each in ast.walk(node):
            changed: Sequence[ast.expr] = ()
            if isinstance(each, (ast.Name, ast.Attribute)) and not isinstance(each.ctx, ast.Load):
                self._defaults.forget(dotted(each))
            if isinstance(each, (ast.Assign, ast.Delete)):
                changed = each.targets
            elif isinstance(each, ast.AnnAssign):
                changed = [each.target]
            elif isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute):
                changed = [] if each.func.attr in _ADDING else [each.func.value]
            for target in changed:
                self._forget_names(target)

    def _forget_names(self, target: ast.expr) -> None:
        for node in ast.walk(target):
            name = dotted(node) if isinstance(node, ast.expr) else ""
            self._texts.pop(name, None)
            self._defaults.forget(name)

    def _texts_of(self, value: ast.expr) -> _Texts:
        """What certainly is in a list."""
        found: dict[str, int] = {}
        left: list[ast.expr] = [value]
        for node in left:
            if isinstance(node, (ast.List, ast.Tuple)):
                left += node.elts
            elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
                left += [node.left, node.right]
            elif isinstance(node, ast.Starred):
                left.append(node.value)
            elif isinstance(node, ast.Call) and dotted(node.func) == "list":
                left += node.args
            elif isinstance(node, ast.IfExp):
                holds = self._defaults.holds(node.test)
                left += [] if holds is None else [node.body if holds else node.orelse]
            elif literal_text(node):
                found.setdefault(literal_text(node), node.lineno)
            elif dotted(node):
                found = {**self._texts.get(dotted(node), {}), **found}
        return found


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None

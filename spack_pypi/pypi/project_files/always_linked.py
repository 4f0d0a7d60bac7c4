"""The native libraries with which extensions are linked where Spack builds, and the sources of
which they are made, as Python code says it; read as a syntax tree, never run::

    libraries = ["gmp"]
    if platform.system() == "Windows":
        libraries.append("ws2_32")  # not on Linux, and not on a Mac
    else:
        libraries.append("z")
    setup(ext_modules=[Extension("x", ["x.c"], libraries=libraries)])

What stands in a loop, or under a condition that `surroundings` does not decide, may be done or
not: it adds nothing. Functions count that are called in any case.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ...syntax import dotted, last_name, literal_text
from ..linker_flags import flagged
from .surroundings import LINUX, MACS, Surroundings

#: What makes an extension: of setuptools, of pybind11, and of cffi, in its build scripts.
#: https://cffi.readthedocs.io/en/stable/cdef.html#ffi-set-source-preparing-out-of-line-modules
_EXTENSIONS = {"Extension", "Pybind11Extension", "set_source"}
#: What makes one of its sources, of Cython and of PyTorch too.
_COMPILED = {"Extension", "Pybind11Extension", "CppExtension", "CUDAExtension"}
_CYTHONIZE = "cythonize"
#: What gives the texts that it is given, or files of such names.
_OF_TEXTS = {"glob", "iglob", "list", "sorted", "str"}
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


def always_compiled(tree: ast.Module) -> Mapping[str, int]:
    """The sources of which extensions are made on Linux, as paths or patterns of `glob`, with the
    line that names them."""
    reader = _Reader(tree, LINUX)
    try:
        reader.follow(tree.body)
    except RecursionError:  # as above
        return {}
    return reader.sources


class _Reader:
    """Follows statements in their order: ``found`` are the libraries by name, ``sources`` what is
    compiled."""

    def __init__(self, tree: ast.Module, platform: Mapping[str, str]) -> None:
        self.found: dict[str, LinkedLibrary] = {}
        self.sources: dict[str, int] = {}
        #: The sources of extensions that are kept under a name, which may be used or not.
        self._made: dict[str, dict[str, int]] = {}
        self._functions = {e.name: e for e in tree.body if isinstance(e, ast.FunctionDef)}
        #: What lists certainly have in them.
        self._texts: dict[str, _Texts] = {}
        self._surroundings = Surroundings(platform)

    def follow(self, statements: Iterable[ast.stmt]) -> bool:
        """Do what statements certainly do; False where one returns."""
        for statement in statements:
            if isinstance(statement, ast.If):
                holds = self._surroundings.holds(statement.test)
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
        kept = _kept(statement)
        for node in left:
            if isinstance(node, ast.Dict):
                kept.update(_kept_in(node))
            if isinstance(node, ast.Name) and kept.get(node) is None:
                self.sources.update(self._made.pop(node.id, {}))
            if isinstance(node, ast.IfExp):
                holds = self._surroundings.holds(node.test)
                left += [] if holds is None else [node.body if holds else node.orelse]
            elif not isinstance(node, _MAYBE_EVALUATED):
                left += ast.iter_child_nodes(node)
            if isinstance(node, ast.Call):
                self._called(node, kept.get(node))

    def _called(self, call: ast.Call, given_to: str | None) -> None:
        function = self._functions.pop(dotted(call.func), None)
        if function is not None:
            outer, self._surroundings = self._surroundings, self._surroundings.inside(function)
            self.follow(function.body)
            self._surroundings = outer
        given = {each.arg: each.value for each in call.keywords}
        is_optional = "optional" in given or any(_is_none(each) for each in call.args[1:2])
        if is_optional:
            return
        made = self.sources if given_to is None else self._made.setdefault(given_to, {})
        for each in _sources(call):
            made.update(self._texts_of(each))
        if last_name(call.func) not in _EXTENSIONS:
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
        self._surroundings.note(name, value)

    def _add(self, target: ast.expr, values: Iterable[ast.expr]) -> None:
        name = dotted(target)
        texts = {**self._texts.get(name, {})}
        for value in values:
            texts.update(self._texts_of(value))
        self._texts[name] = texts
        self._surroundings.forget(name)

    def _forget(self, node: ast.AST) -> None:
        """Forget what may be changed, but for what is only added."""
        for each in ast.walk(node):
            changed: Sequence[ast.expr] = ()
            if isinstance(each, (ast.Name, ast.Attribute)) and not isinstance(each.ctx, ast.Load):
                self._surroundings.forget(dotted(each))
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
            self._surroundings.forget(name)

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
            elif isinstance(node, ast.Call) and last_name(node.func) in _OF_TEXTS:
                left += node.args[:1]
            elif isinstance(node, ast.Call) and _joined(node):
                found.setdefault(_joined(node), node.lineno)
            elif isinstance(node, (ast.ListComp, ast.GeneratorExp)) and _is_plain(node):
                left.append(node.generators[0].iter)
            elif isinstance(node, ast.IfExp):
                holds = self._surroundings.holds(node.test)
                left += [] if holds is None else [node.body if holds else node.orelse]
            elif literal_text(node):
                found.setdefault(literal_text(node), node.lineno)
            elif dotted(node):
                found = {**self._texts.get(dotted(node), {}), **found}
        return found


def _sources(call: ast.Call) -> Iterator[ast.expr]:
    """Where a call that makes extensions names what is compiled."""
    name = last_name(call.func)
    if name == _CYTHONIZE:
        yield from call.args[:1]
    elif name in _COMPILED:
        yield from call.args[1:2]
        yield from (each.value for each in call.keywords if each.arg == "sources")


def _kept(statement: ast.stmt) -> dict[ast.AST, str]:
    """What a statement only gives a name."""
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        return {statement.targets[0]: "", statement.value: statement.targets[0].id}
    return {}


def _kept_in(cases: ast.Dict) -> Iterator[tuple[ast.AST, str]]:
    """What a dictionary has, for one case each, unless these are arguments of ``setup()``."""
    for key, value in zip(cases.keys, cases.values):
        if key is None or literal_text(key) != "ext_modules":
            yield from ((node, "") for node in ast.walk(value))


def _joined(call: ast.Call) -> str:
    """The end of a path that is put together (``os.path.join(HERE, "src", "x.c")``), as far as it
    is known; empty for any other call."""
    known: list[str] = []
    for each in reversed(call.args if last_name(call.func) == "join" else []):
        if not literal_text(each):
            break
        known.insert(0, literal_text(each))
    return "/".join(known)


def _is_plain(made: ast.ListComp | ast.GeneratorExp) -> bool:
    """Whether a list is made of all that another one has, as it is."""
    element, source = made.elt, made.generators[0]
    if isinstance(element, ast.Call) and dotted(element.func) == "str" and element.args:
        element = element.args[0]
    names = {each.id for each in (element, source.target) if isinstance(each, ast.Name)}
    return len(made.generators) == len(names) == 1 and not source.ifs


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None

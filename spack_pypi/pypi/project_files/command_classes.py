"""The classes of a setup.py: those that are commands of setuptools, and which of their methods it
calls where a wheel is built::

    class Build(build_ext):        # of a command that is run ...
        def run(self): ...         # ... this is called in any case,
        def prepare(self): ...     # this if something calls it

    class Source(sdist):           # of one that is not run
        def run(self): ...         # nothing is

https://setuptools.pypa.io/en/latest/userguide/extension.html#adding-commands
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Union

from ...syntax import last_name

Function = Union[ast.FunctionDef, ast.AsyncFunctionDef]
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
#: What ``run()`` calls of a command that has no other, or calls that of its base.
BY_RUN = ("build_extensions", "build_extension", "build_libraries", "build_packages")
#: The commands that are run for a wheel, those that are not, and the methods that are called.
_RUN = {
    *("bdist_wheel", "build", "build_clib", "build_ext", "build_py", "build_scripts"),
    *("BuildExtension", "egg_info", "install", "install_data", "install_lib", "install_scripts"),
}
_NOT_RUN = {"bdist_egg", "bdist_rpm", "clean", "develop", "register", "sdist", "test", "upload"}
_CALLED = ("__init__", "initialize_options", "finalize_options", "run")
#: How deep classes are followed that are made of each other.
_DEEPEST = 40


class Classes:
    """The classes of a file, of which these are all nodes."""

    def __init__(self, nodes: Sequence[ast.AST]) -> None:
        self._classes = {node.name: node for node in nodes if isinstance(node, ast.ClassDef)}
        #: Imported names, by the names that they get.
        self._imported = {
            alias.asname or alias.name: alias.name
            for node in nodes
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        self._methods: dict[str, list[Function]] = {}
        #: The class of each method, by the id of that.
        self._of = {
            id(s): node for node in nodes if isinstance(node, ast.ClassDef) for s in node.body
        }
        for node in nodes:
            if isinstance(node, FUNCTIONS) and self.has_method(node):
                self._methods.setdefault(node.name, []).append(node)

    def has_method(self, function: Function) -> bool:
        """Whether a function of the file is a method."""
        return id(function) in self._of

    def is_own(self, method: Function, running: Sequence[Function]) -> bool:
        """Whether a method is that of the object whose method is ``running``: they are of one
        class, and no other class of the file is made of that."""
        of = [self._of.get(id(each)) for each in (method, *running)]
        is_base = any(
            last_name(base) == each.name
            for each in of[:1]
            if each is not None
            for other in self._classes.values()
            for base in other.bases
        )
        return len(of) == 2 and of[0] is of[1] and not is_base

    def methods(self, name: str) -> Sequence[Function]:
        """The methods of this name, of all classes."""
        return self._methods.get(name, ())

    def used(self, name: str) -> Iterator[tuple[Function, bool]]:
        """The methods of the class of this name that may be called where something names the
        class, and whether each certainly is, these first; none of a command that is not run, and
        none where there is no such class."""
        of = self._classes.get(name)
        if of is None:
            return
        made_of = {*self._made_of(of)}
        is_command = bool(made_of & _RUN)
        if made_of & _NOT_RUN and not is_command:
            return
        own = {each.name: each for each in self._methods_of(of)}
        called = (*_CALLED, *(() if "run" in own else BY_RUN))
        certain = [each for name, each in own.items() if is_command and name in called]
        yield from ((each, True) for each in certain)
        yield from ((each, False) for each in own.values() if each not in certain)

    def _methods_of(self, of: ast.ClassDef, depth: int = 0) -> Iterator[Function]:
        """The methods of a class, after those that it has from other classes of the file."""
        for base in reversed(of.bases):
            above = self._classes.get(last_name(base))
            if above is not None and above is not of and depth < _DEEPEST:
                yield from self._methods_of(above, depth + 1)
        yield from (each for each in of.body if isinstance(each, FUNCTIONS))

    def _made_of(self, of: ast.ClassDef, depth: int = 0) -> Iterator[str]:
        """The names, where they are imported from, of what a class is made of."""
        for base in of.bases:
            name = last_name(base)
            own = self._classes.get(name)
            if own is not None and own is not of and depth < _DEEPEST:
                yield from self._made_of(own, depth + 1)
            else:
                yield self._imported.get(name, name).strip("_")

"""The programs that a setup.py runs: by literal names, and by paths that it looks up."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Callable

from ...syntax import dotted, last_name, literal_text
from .builders import NATIVE_BUILDERS
from .reached import Reached
from .setup_call import calls_of

#: A program of a library, alone or as a command line. With ``pkg`` it is no library's, nor is an
#: option that says whether that is asked (``no_pkg_config``).
_CONFIG = re.compile(
    r"(?!python\d?-|-|\S*pkg[-_]config)([\w.+-]{1,80}[-_]config)(?:\s+-.*)?", re.S
)
#: What runs a command line, in `subprocess` and `os`.
_RUNS = {"run", "call", "check_call", "check_output", "Popen", "system"}
#: What runs one too, whatever it is a function or a method of.
_STARTS = {"Popen", "check_call", "check_output", "popen", "spawn", "system"}
#: (name, line) of programs.
_Programs = Sequence[tuple[str, int]]


@dataclass(frozen=True)
class RunPrograms:
    """The programs (name, line) of a setup.py: builders that are ``named`` as texts where code may
    be run, and are probably run; ``commands``, with which a list of words begins, or a text that
    is run: a command line, of which it runs ``always`` in any case; and ``configs``, the programs
    of libraries (``gsl-config``) that appear so as texts. ``may_run_any``: it may run
    something, named or not."""

    named: tuple[tuple[str, int], ...] = ()
    commands: tuple[tuple[str, int], ...] = ()
    always: tuple[tuple[str, int], ...] = ()
    configs: tuple[tuple[str, int], ...] = ()
    may_run_any: bool = False

    def runs(self, program: str) -> bool:
        return program in dict(self.commands)


def run_programs(
    nodes: Sequence[ast.AST], calls: Sequence[ast.Call], reached: Reached
) -> RunPrograms:
    """Those of a file of which these are the nodes, the ``calls`` of ``setup()``, and what is
    run."""
    by_setuptools = compiled_by_swig(calls_of(nodes, "Extension"))
    # One that does not call setup() is a backend, of which others call the functions.
    run = [node for node in nodes if node in reached] if calls else nodes
    return RunPrograms(
        named=tuple(programs(run)),
        commands=(*commands(nodes, calls, reached.__contains__), *by_setuptools),
        always=tuple(commands(nodes, calls, reached.certainly)),
        configs=tuple(configs(run)),
        may_run_any=any(isinstance(node, ast.Call) and _starts(node.func) for node in nodes),
    )


def _starts(function: ast.expr) -> bool:
    """Whether it runs a program, by its name: ``subprocess.run``, ``check_call``, ``spawn``."""
    name = dotted(function)
    by_itself = name in _RUNS  # imported from subprocess: methods may be called so, too
    return by_itself or name.startswith("subprocess.") or name.rpartition(".")[2] in _STARTS


def programs(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, int]]:
    """(name, line) of the builders that appear as texts."""
    for node in nodes:
        if isinstance(node, ast.Constant) and node.value in NATIVE_BUILDERS:
            yield str(node.value), node.lineno


def configs(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, int]]:
    """(name, line) of the programs that say how to link with a library: ``gsl-config --libs``."""
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            named = _CONFIG.fullmatch(node.value)
            if named:
                yield named[1], node.lineno


def commands(
    nodes: Sequence[ast.AST], calls: Iterable[ast.Call], run: Callable[[ast.AST], bool]
) -> Iterator[tuple[str, int]]:
    """What begins a list of several words, or one to which words are added, or a text that is
    given to what runs it, of those nodes that are ``run``; not of what the ``calls`` of
    ``setup()`` are given: those are lists of projects."""
    given = [node for call in calls for node in ast.walk(call)]
    names = {node.id for node in given if isinstance(node, ast.Name)}
    for node in nodes:
        if isinstance(node, ast.Assign) and names.intersection(map(_name, node.targets)):
            given += ast.walk(node.value)
    setup = {id(node) for node in given}
    finders = {name: named for node in nodes for name, named in _found_by(node)}
    found = {name: named for node in nodes for name, named in _looked_up(node, finders)}
    for node in nodes:
        if id(node) in setup or not run(node):
            continue
        if isinstance(node, ast.List) and node.elts:
            yield from _named(node.elts[0], finders, found)
        if isinstance(node, ast.List) and len(node.elts) > 1:
            if literal_text(node.elts[1]) not in NATIVE_BUILDERS:  # no list of programs
                yield from programs(node.elts[:1])
        elif isinstance(node, ast.BinOp) and isinstance(node.left, ast.List):
            yield from programs(node.left.elts[:1] if isinstance(node.op, ast.Add) else ())
        elif isinstance(node, ast.Call) and last_name(node.func) in _RUNS and node.args:
            yield from _line(node.args[0])


def _line(given: ast.expr) -> Iterator[tuple[str, int]]:
    """The builder with which a command line begins: ``"make -C src"``, ``["make"]``."""
    if isinstance(given, ast.List) and len(given.elts) == 1:
        yield from programs(given.elts)
    first = given.values[0] if isinstance(given, ast.JoinedStr) and given.values else given
    name = literal_text(first).partition(" ")[0]
    if name in NATIVE_BUILDERS:
        yield name, given.lineno


def compiled_by_swig(extensions: Iterable[ast.Call]) -> Iterator[tuple[str, int]]:
    """SWIG, where an extension has a source that setuptools has it compile: ``x.i``."""
    for call in extensions:
        left: list[ast.expr] = [
            *call.args,
            *(k.value for k in call.keywords if k.arg == "sources"),
        ]
        for node in left:
            if isinstance(node, (ast.List, ast.Tuple)):
                left += node.elts
            elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
                left += [node.left, node.right]
            elif literal_text(node).endswith(".i"):
                yield "swig", node.lineno


def _is_search(node: ast.AST) -> bool:
    """Whether this looks for a program: ``shutil.which("cmake")``."""
    names = ("which", "find_executable")
    return isinstance(node, ast.Call) and last_name(node.func) in names


def _found_by(node: ast.AST) -> Iterator[tuple[str, _Programs]]:
    """The name of a function, and the program for which it looks, if it is one."""
    if isinstance(node, ast.FunctionDef):
        inner = [*ast.walk(node)]
        named = [*programs(inner)]
        if any(map(_is_search, inner)) and len({name for name, _ in named}) == 1:
            yield node.name, named[:1]


def _looked_up(node: ast.AST, finders: Mapping[str, _Programs]) -> Iterator[tuple[str, _Programs]]:
    """The names that get the path of a program: ``cmake = shutil.which("cmake")``."""
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
        called = node.value
        named = finders.get(last_name(called.func), ())
        named = [*programs(called.args[:1])] if _is_search(called) else named
        yield from ((_name(target), named) for target in node.targets if _name(target))


def _named(
    node: ast.expr, finders: Mapping[str, _Programs], found: Mapping[str, _Programs]
) -> _Programs:
    """The program whose path is the value of a name, of a property that looks for it, or of the
    call of a function that does."""
    if isinstance(node, ast.Call):
        return finders.get(last_name(node.func), ())
    if isinstance(node, ast.Attribute):
        return finders.get(node.attr, ())
    return found.get(_name(node), ())


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""

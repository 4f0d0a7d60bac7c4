"""What a setup.py passes to ``setup()`` as plain literals: read as a syntax tree, never run.

https://setuptools.pypa.io/en/latest/references/keywords.html
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...syntax import parsed
from . import setup_call, setup_fixed
from .cmake_defines import CMakeDefines, cmake_defines
from .native_calls import NamedLibraries, named_libraries
from .opened_files import always_opened
from .reached import Reached
from .requirement_lines import requirement_lines
from .setup_call import REQUIRING, SPREAD, Computed, calls_of
from .setup_commands import RunPrograms, run_programs
from .setup_compiling import Compiling, compiling
from .setup_names import bound, drop_annotations

__all__ = ["SPREAD", "UNREAD", "SetupPy", "always_imported", "always_imported_whole", "read"]

#: What a condition has to do with that refuses an old Python, or a machine.
_MACHINE = re.compile(r"version|platform|attr='name'|machine|uname|bits|maxsize")


@dataclass(frozen=True)
class SetupPy:
    """``keywords`` are those arguments of ``setup()`` that are plain literals; ``names`` are all
    that are given, None when they are not known, and ``computed`` what is known of those that are
    no literals; ``calls`` are the lines in which ``setup()`` is called. ``imports`` are (top-level
    module, line) of what always is imported, ``opened`` (path, line) the files that it reads in
    any case. ``libraries``, ``programs``, ``compiling`` and ``cmake`` are what it says of these.
    ``same_everywhere``: what it says is required depends on no machine. ``fails``: whether it
    raises an error itself, ``always`` when a wheel is built, or ``maybe``, in a case that has to
    do with neither the Python nor the machine. ``for_old_python`` is the line where it always
    imports what no Python since 3.12 can have (numpy.distutils), 0 for none. ``constants`` are the
    texts that names have at its top, and have everywhere, each with its line."""

    keywords: Mapping[str, Any]
    names: tuple[str, ...] | None
    computed: Computed = field(default_factory=Computed)
    calls: tuple[int, ...] = ()
    imports: tuple[tuple[str, int], ...] = ()
    opened: tuple[tuple[str, int], ...] = ()
    libraries: NamedLibraries = NamedLibraries()
    programs: RunPrograms = RunPrograms()
    compiling: Compiling = Compiling()
    cmake: CMakeDefines = field(default_factory=CMakeDefines)
    same_everywhere: bool = False
    fails: str = ""
    for_old_python: int = 0
    constants: Mapping[str, tuple[str, int]] = field(default_factory=dict)

    @property
    def builds_libraries(self) -> bool:
        """Whether it compiles libraries that its extensions are linked with (build_clib)."""
        return "libraries" in (self.names or ())

    def requirements(self, keyword: str) -> tuple[str, ...]:
        """The requirements of a keyword that is a literal (`requirement_lines`)."""
        return tuple(requirement_lines(self.keywords.get(keyword)) or ())

    def extras(self) -> dict[str, tuple[str, ...]] | None:
        """``extras_require`` as a literal dictionary."""
        found = self.keywords.get("extras_require", {})
        if not isinstance(found, dict):
            return None
        return {
            str(extra): tuple(requirement_lines(listed) or ()) for extra, listed in found.items()
        }


#: The longest that is read, characters: it is looked through a dozen times, and those of real
#: projects are a fifth as long.
_LONGEST = 1 << 18
#: One that cannot be read.
UNREAD = SetupPy({}, None)


def read(text: str) -> SetupPy | None:
    """What a setup.py says; None where it is not Python that can be read here, or far too long."""
    if len(text) > _LONGEST:
        return None
    tree = parsed(text)
    if tree is None:
        return None
    nodes = list(ast.walk(drop_annotations(tree)))
    calls = setup_call.calls(tree, nodes)
    reached = Reached(tree)
    given = setup_call.read(text, tree, nodes)
    keywords = {name: value for name, value in given.keywords.items() if _is_of_lines(name, value)}
    return SetupPy(
        keywords,
        given.names,
        computed=given.computed,
        calls=tuple(sorted(each.lineno for each in calls)),
        imports=tuple(always_imported(tree)),
        opened=tuple(always_opened(tree, text)),
        libraries=named_libraries(tree, nodes),
        programs=run_programs(nodes, calls, reached),
        compiling=compiling(text, tree, nodes, reached),
        cmake=cmake_defines(tree, nodes),
        same_everywhere=len(calls) == 1 and setup_fixed.same_everywhere(tree, calls[0]),
        fails=_fails(tree),
        for_old_python=_of_old_numpy(tree),
        constants=dict(_constants(tree, nodes)),
    )


def _constants(
    tree: ast.Module, nodes: Iterable[ast.AST]
) -> Iterator[tuple[str, tuple[str, int]]]:
    """The names that get a text at the top of the file, and nothing else anywhere in it."""
    times = Counter(bound(nodes))
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant):
            (target, *_), value = statement.targets, statement.value.value
            if isinstance(value, str) and isinstance(target, ast.Name) and times[target.id] == 1:
                yield target.id, (value, statement.lineno)


def _fails(tree: ast.Module) -> str:
    for statement in tree.body:
        # pip calls a setup.py with this word.
        wheels = isinstance(statement, ast.If) and _is_only(statement.test, "bdist_wheel")
        inner = statement.body if wheels and isinstance(statement, ast.If) else [statement]
        if any(isinstance(each, ast.Raise) for each in inner):
            return "always"
    left: list[ast.AST] = [tree]
    while left:
        node = left.pop()
        if isinstance(node, ast.Raise):
            return "maybe"
        if isinstance(node, ast.If) and _MACHINE.search(ast.dump(node.test)):
            continue
        left += ast.iter_child_nodes(node)
    return ""


def _is_only(test: ast.expr, word: str) -> bool:
    """Whether a condition asks for this word in the arguments, and for nothing else."""
    constants = [node.value for node in ast.walk(test) if isinstance(node, ast.Constant)]
    negated = any(isinstance(node, (ast.Not, ast.NotIn, ast.And)) for node in ast.walk(test))
    return constants == [word] and not negated


def always_imported(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """(top-level module, line) of the imports outside of any ``if`` or function: those that
    running the file cannot do without. ``__import__("x")`` is one too (PEP 420's forerunner,
    ``pkg_resources.declare_namespace``, is written so), and so is what a ``try`` imports
    whose errors all end in an error, or in an import of the same."""
    return (each for each in always_imported_whole(tree.body) if "." not in each[0])


def always_imported_whole(statements: Iterable[ast.stmt]) -> Iterator[tuple[str, int]]:
    """The same of statements, each module with those around it: ``import a.b`` imports a and a.b.
    Of ``from a import b`` it is not known whether b is a module: there is an a.b."""
    for statement in statements:
        yield from ((module, statement.lineno) for module in _imported(statement))
        if isinstance(statement, ast.Try) and statement.handlers:
            handled = [e.body for e in statement.handlers if not isinstance(e.body[-1], ast.Raise)]
            others = [dict(always_imported_whole(each)) for each in handled]
            for module, line in always_imported_whole(statement.body):
                if all(module in each for each in others):
                    yield module, line


def _imported(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, ast.Import):
        for alias in statement.names:
            yield from _around(alias.name)
    elif isinstance(statement, ast.ImportFrom):
        if not statement.level and statement.module:
            yield from _around(statement.module)
            yield from (f"{statement.module}.{alias.name}" for alias in statement.names)
    elif isinstance(statement, ast.Expr):
        for call in calls_of(ast.walk(statement), "__import__"):
            if call.args and isinstance(call.args[0], ast.Constant):
                yield from _around(str(call.args[0].value))


def _around(module: str) -> Iterator[str]:
    """``a``, ``a.b`` and ``a.b.c`` of ``a.b.c``."""
    parts = module.split(".")
    return (".".join(parts[:length]) for length in range(1, len(parts) + 1))


def _of_old_numpy(tree: ast.Module) -> int:
    """https://numpy.org/doc/stable/reference/distutils_status_migration.html"""
    for statement in tree.body:
        names = [alias.name for alias in getattr(statement, "names", ())]
        if isinstance(statement, ast.ImportFrom) and not statement.level:
            names = [f"{statement.module}.{name}" for name in names]
        elif not isinstance(statement, ast.Import):
            continue
        if any(f"{name}.".startswith("numpy.distutils.") for name in names):
            return statement.lineno
    return 0


def _is_of_lines(keyword: str, value: Any) -> bool:
    """Whether a keyword that lists requirements has a value that setuptools accepts."""
    if not value or keyword not in REQUIRING:
        return True
    lists = value.values() if keyword == "extras_require" and isinstance(value, dict) else [value]
    return all(requirement_lines(each) is not None for each in lists if each)

"""What a setup.py passes to ``setup()`` as plain literals: read as a syntax tree, never run.

https://setuptools.pypa.io/en/latest/references/keywords.html
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...syntax import last_name, literal_text, parsed, source_lines
from . import native_calls, setup_call
from .always_linked import LinkedLibrary, always_linked
from .opened_files import always_opened
from .reached import Reached
from .requirement_lines import requirement_lines
from .setup_call import REQUIRING, SPREAD, calls_of
from .setup_commands import commands, compiled_by_swig, configs, programs
from .setup_modules import Elsewhere
from .setup_names import drop_annotations
from .surroundings import MACS

__all__ = ["SPREAD", "UNREAD", "SetupPy", "always_imported", "always_imported_whole", "read"]

#: What a condition has to do with that refuses an old Python, or a machine.
_MACHINE = re.compile(r"version|platform|attr='name'|machine|uname|bits|maxsize")
_COMPILES = re.compile(
    r"\b(ext_modules|Extension\s*\(|cythonize\s*\(|cffi_modules|mypycify\s*\(|build_ext|"
    r"rust_extensions|CMakeExtension)\b|\bcmake_\w+\s*="
)
_CXX = re.compile(r"language['\"]?\s*[=:]\s*['\"]c\+\+|Pybind11Extension|pybind11|nanobind", re.I)
_DEFINE = re.compile(r"-D(\w*)(?::\w+)?=?(.*)")
#: https://gcc.gnu.org/onlinedocs/gcc/x86-Options.html, and those of Arm and of Intel's compiler.
_FOR_MACHINE = {"-march=native", "-mcpu=native", "-xHost"}
_FORTRAN = re.compile(r"numpy\.distutils|fortran|f2py|\.f(?:or|77|90|95|03|08)?\b", re.I)
_C = re.compile(r"cffi_modules|mypycify\s*\(")


@dataclass(frozen=True)
class SetupPy:
    """``keywords`` are those arguments of ``setup()`` that are plain literals; ``names`` are all
    that are given, None when they are not known. ``imports`` are (top-level module, line) of what
    always is imported; ``libraries`` (name, line) of what extensions are linked with,
    ``always_linked`` of what they are in any case, ``searched`` of the libraries that pkg-config
    or ``find_library`` is asked for, and ``programs`` of builders that appear as texts, and are
    probably run, ``commands`` those with which a list of words begins, or a text that is run: a
    command line, of which it runs ``always_run`` in any case, and ``configs`` the programs of
    libraries (``gsl-config``) that appear as texts.
    ``compiles``: it mentions extension modules; ``languages`` that these certainly use, and
    ``names_fortran`` whether it says anything of that, which setuptools does not compile.
    ``extends``: it makes them itself by ``Extension(...)``, not of Python code (mypyc), which most
    projects do only on request. ``elsewhere`` is where other keywords have their value from, and
    ``opened`` (path, line) the files that it reads in any case. ``fails``: whether it raises an
    error itself, ``always`` when a wheel is built, or ``maybe``, in a case that has to do with
    neither the Python nor the machine. ``for_old_python`` is the line where it always imports what
    no Python since 3.12 can have (numpy.distutils), and ``for_cuda`` where it compiles with CUDA,
    0 for none. ``defines`` are the variables that it gives to CMake (``-DNAME=value``), with the
    value where that is the same in any case; the name is empty where it is computed, and then
    ``switched_off`` are names that it sets to False in a dictionary.
    ``beside_spread`` are the names that are given beside ``**more``, of which ``elsewhere`` may
    know where it is (`SPREAD`). ``calls`` are the lines of the calls of ``setup()``, ``unread``
    (keyword, line) what the only one is given that is no literal."""

    keywords: Mapping[str, Any]
    names: tuple[str, ...] | None
    imports: tuple[tuple[str, int], ...] = ()
    libraries: tuple[tuple[str, int], ...] = ()
    always_linked: tuple[LinkedLibrary, ...] = ()
    searched: tuple[tuple[str, int], ...] = ()
    programs: tuple[tuple[str, int], ...] = ()
    commands: tuple[tuple[str, int], ...] = ()
    always_run: tuple[tuple[str, int], ...] = ()
    configs: tuple[tuple[str, int], ...] = ()
    compiles: bool = False
    languages: tuple[str, ...] = ()
    names_fortran: bool = False
    extends: bool = False
    elsewhere: Mapping[str, Elsewhere] = field(default_factory=dict)
    opened: tuple[tuple[str, int], ...] = ()
    fails: str = ""
    for_old_python: int = 0
    for_cuda: int = 0
    for_machine: tuple[tuple[str, int, bool], ...] = ()
    defines: Mapping[str, str] = field(default_factory=dict)
    switched_off: frozenset[str] = frozenset()
    beside_spread: tuple[str, ...] = ()
    calls: tuple[int, ...] = ()
    unread: tuple[tuple[str, int], ...] = ()

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
    defines = _defines(tree)
    here = (reached, Reached(tree, MACS)) if _C.search(text) or _CXX.search(text) else ()
    run = _run(text, nodes, here) if here else text
    languages = [lang for lang, pattern in (("c", _C), ("cxx", _CXX)) if pattern.search(run)]
    keywords = {name: value for name, value in given.keywords.items() if _is_of_lines(name, value)}
    return SetupPy(
        keywords,
        given.names,
        imports=tuple(always_imported(tree)),
        libraries=tuple(native_calls.linked(nodes)),
        always_linked=always_linked(tree),
        searched=tuple(native_calls.searched(nodes)),
        programs=tuple(programs(nodes)),
        commands=(
            *commands(nodes, calls, reached.__contains__),
            *compiled_by_swig(calls_of(nodes, "Extension")),
        ),
        always_run=tuple(commands(nodes, calls, reached.certainly)),
        configs=tuple(configs(nodes)),
        compiles=bool(_COMPILES.search(text)),
        languages=tuple(languages),
        names_fortran=bool(_FORTRAN.search(text)),
        extends=any(calls_of(nodes, "Extension")),
        elsewhere=given.elsewhere,
        opened=tuple(always_opened(tree, text)),
        fails=_fails(tree),
        for_old_python=_of_old_numpy(tree),
        for_cuda=next((call.lineno for call in calls_of(nodes, "CUDAExtension")), 0),
        for_machine=tuple(_for_machine(nodes, reached)),
        defines=defines,
        switched_off=_switched_off(nodes) if "" in defines else frozenset(),
        beside_spread=given.beside_spread,
        calls=tuple(sorted(each.lineno for each in calls)),
        unread=given.unread,
    )


def _run(text: str, nodes: Iterable[ast.AST], on: Collection[Reached]) -> str:
    """A text without the statements that are run on no platform."""
    lines = source_lines(text)
    for node in nodes:
        if isinstance(node, ast.stmt) and not any(node in each for each in on):
            first, last = node.lineno - 1, node.end_lineno or node.lineno
            lines[first:last] = [""] * (last - first)
    return "\n".join(lines)


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


def for_machine(text: str) -> list[str]:
    """The flags for the very machine in a text that has only flags, and CMake's variables."""
    words = text.split()
    are_flags = all(word[0] in "-$" for word in words)
    return [word for word in words if are_flags and word in _FOR_MACHINE]


def _for_machine(nodes: Sequence[ast.AST], reached: Reached) -> Iterator[tuple[str, int, bool]]:
    asked = {id(each) for node in nodes if _asks(node) for each in ast.walk(node)}
    for node in nodes:
        if node in reached and id(node) not in asked:
            for flag in for_machine(literal_text(node)):
                yield flag, getattr(node, "lineno", 0), reached.certainly(node)


def _asks(node: ast.AST) -> bool:
    """Whether a node only looks for a text, or takes it away."""
    called = last_name(node.func) if isinstance(node, ast.Call) else ""
    return isinstance(node, ast.Compare) or called in ("remove", "replace")


def _defines(tree: ast.Module) -> Mapping[str, str]:
    found: dict[str, str] = {}
    left: list[tuple[ast.AST, bool]] = [(tree, True)]
    while left:
        node, certain = left.pop()
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            for match in filter(None, map(_DEFINE.fullmatch, node.value.split())):
                value = match[2] if certain else ""
                found[match[1]] = value if found.get(match[1], value) == value else ""
        certain = certain and not isinstance(node, (ast.If, ast.IfExp, ast.JoinedStr, ast.BinOp))
        left += [(each, certain) for each in ast.iter_child_nodes(node)]
    return found


def _switched_off(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """What dictionaries set to False, and to nothing else: ``{"USE_X": False}``."""
    values: dict[str, set[bool]] = {}
    for node in nodes:
        for key, value in zip(node.keys, node.values) if isinstance(node, ast.Dict) else ():
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                is_off = isinstance(value, ast.Constant) and value.value is False
                values.setdefault(key.value, set()).add(is_off)
    return frozenset(name for name, off in values.items() if off == {True})


def _is_of_lines(keyword: str, value: Any) -> bool:
    """Whether a keyword that lists requirements has a value that setuptools accepts."""
    if not value or keyword not in REQUIRING:
        return True
    lists = value.values() if keyword == "extras_require" and isinstance(value, dict) else [value]
    return all(requirement_lines(each) is not None for each in lists if each)

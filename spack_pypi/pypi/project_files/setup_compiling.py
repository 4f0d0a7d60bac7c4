"""What a setup.py says of compiling: read as a syntax tree, never run::

Extension("x", ["x.cpp"], language="c++", extra_compile_args=["-march=native"])
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from ...syntax import dotted, last_name, literal_text, source_lines
from .reached import Reached
from .setup_call import calls_of
from .surroundings import MACS, asked_variable

_EXTENSIONS = re.compile(
    r"\b(ext_modules|Extension\s*\(|cythonize\s*\(|cffi_modules|mypycify\s*\(|build_ext|"
    r"rust_extensions|CMakeExtension)\b|\bcmake_\w+\s*="
)
_C = re.compile(r"cffi_modules|mypycify\s*\(")
_CXX = re.compile(r"language['\"]?\s*[=:]\s*['\"]c\+\+|Pybind11Extension|pybind11|nanobind", re.I)
_FORTRAN = re.compile(r"numpy\.distutils|fortran|f2py|\.f(?:or|77|90|95|03|08)?\b", re.I)
#: https://gcc.gnu.org/onlinedocs/gcc/x86-Options.html, and those of Arm and of Intel's compiler.
_FOR_MACHINE = {"-march=native", "-mcpu=native", "-xHost"}
_ARGUMENTS = "extra_compile_args"
#: What a variable is called that is about the machine for which something is compiled, and one
#: that says no by being set: others may have the name of a machine.
_SWITCH = re.compile(r"NATIVE|MARCH|ARCH(?!FLAGS)|PORTABLE")
_SAYS_NO = re.compile(r"(?:^|_)(?:DISABLE|GENERIC|NO|PORTABLE|WITHOUT)(?:_|$)")
_MOST_SWITCHES = 5
_PAIRS = (("1", "0"), ("True", "False"), ("true", "false"), ("ON", "OFF"), ("on", "off"),
          ("YES", "NO"), ("yes", "no"))  # fmt: skip
_OPPOSITES = {first: other for pair in _PAIRS for first, other in (pair, pair[::-1])}


@dataclass(frozen=True)
class Compiling:
    """``mentioned``: it mentions extension modules; ``languages`` that these certainly use, and
    ``names_fortran`` whether it says anything of that, which setuptools does not compile.
    ``only_cxx``: Cython writes C++ for each extension that it makes.
    ``extends``: it makes them itself by ``Extension(...)`` or ``RustExtension(...)``, not of
    Python code (mypyc), which most projects do only on request. ``for_cuda`` is the line where it
    compiles with CUDA, 0 for none, and ``for_machine`` (flag, line, whether in any case) what it
    compiles for the very machine that builds; ``switch`` is a variable of the environment, with
    the value, that prevents all of that."""

    mentioned: bool = False
    languages: tuple[str, ...] = ()
    names_fortran: bool = False
    only_cxx: bool = False
    extends: bool = False
    for_cuda: int = 0
    for_machine: tuple[tuple[str, int, bool], ...] = ()
    switch: tuple[str, str] | None = None


def compiling(
    text: str, tree: ast.Module, nodes: Sequence[ast.AST], reached: Reached
) -> Compiling:
    """What is said in a file with a text, of which these are the tree, its nodes, and what of it
    is run on Linux."""
    here = (reached, Reached(tree, MACS)) if _C.search(text) or _CXX.search(text) else ()
    run = _run(text, nodes, here) if here else text
    for_machine = tuple(_for_machine(nodes, reached))
    made = [*calls_of(nodes, "Extension")]
    return Compiling(
        mentioned=bool(_EXTENSIONS.search(text)),
        languages=tuple(
            lang for lang, pattern in (("c", _C), ("cxx", _CXX)) if pattern.search(run)
        ),
        names_fortran=bool(_FORTRAN.search(text)),
        only_cxx=bool(made) and all(map(_is_cxx, made)),
        extends=bool(made) or any(calls_of(nodes, "RustExtension")),
        for_cuda=next((call.lineno for call in calls_of(nodes, "CUDAExtension")), 0),
        for_machine=for_machine,
        switch=_switch(tree, nodes) if for_machine else None,
    )


def _is_cxx(extension: ast.Call) -> bool:
    given = {each.arg: literal_text(each.value) for each in extension.keywords}
    return given.get("language") == "c++"


def _run(text: str, nodes: Iterable[ast.AST], on: Collection[Reached]) -> str:
    """A text without the statements that are run on no platform."""
    lines = source_lines(text)
    for node in nodes:
        if isinstance(node, ast.stmt) and not any(node in each for each in on):
            first, last = node.lineno - 1, node.end_lineno or node.lineno
            lines[first:last] = [""] * (last - first)
    return "\n".join(lines)


def for_machine(text: str) -> list[str]:
    """The flags for the very machine in a text that has only flags, and CMake's variables."""
    words = text.split()
    are_flags = all(word[0] in "-$" for word in words)
    return [word for word in words if are_flags and word in _FOR_MACHINE]


def _for_machine(nodes: Sequence[ast.AST], reached: Reached) -> Iterator[tuple[str, int, bool]]:
    unused = {id(each) for node in _unused(nodes, reached) for each in ast.walk(node)}
    for node in nodes:
        if node in reached and id(node) not in unused:
            for flag in for_machine(literal_text(node)):
                yield flag, getattr(node, "lineno", 0), reached.certainly(node)


def _unused(nodes: Sequence[ast.AST], reached: Reached) -> Iterator[ast.AST]:
    """What is given to no compiler: what only looks for a text, or takes it away, and arguments of
    extensions in place of which others certainly are set, as a command does that has them all."""
    replaced = any(map(reached.certainly, _setting(nodes, _ARGUMENTS)))
    for node in nodes:
        called = last_name(node.func) if isinstance(node, ast.Call) else ""
        if isinstance(node, ast.Compare) or called in ("remove", "replace"):
            yield node
        elif isinstance(node, ast.Call) and replaced:
            yield from (each for each in node.keywords if each.arg == _ARGUMENTS)


def _setting(nodes: Iterable[ast.AST], attribute: str) -> Iterator[ast.AST]:
    """``x.attribute = y`` where y has nothing of what it was before."""
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute):
            before = {getattr(each, "attr", "") for each in ast.walk(node.value)}
            if node.targets[0].attr == attribute and attribute not in before:
                yield node


def _switch(tree: ast.Module, nodes: Sequence[ast.AST]) -> tuple[str, str] | None:
    """The variable of the environment, with its value, that keeps all such flags away."""
    names = dict.fromkeys(filter(_SWITCH.search, map(asked_variable, nodes)))
    for name in [*names][:_MOST_SWITCHES]:
        for value in _off(name, nodes):
            reached = Reached(tree, environment={name: value})
            taken = {*_taken(nodes, reached)}
            if all(flag in taken for flag, *_ in _for_machine(nodes, reached)):
                return name, value
    return None


def _off(name: str, nodes: Sequence[ast.AST]) -> Sequence[str]:
    """The values that a variable may have to say no: the opposite of one with which it is
    compared, or that it has by default; or any, where its name is that."""
    asking = [node for node in nodes if asked_variable(node) == name]
    words: list[str] = []
    for node in nodes:
        if isinstance(node, ast.Compare) and any(each in asking for each in ast.walk(node)):
            words += [literal_text(each) for each in node.comparators]
    for call in (node for node in asking if isinstance(node, ast.Call)):
        words += [literal_text(each) for each in call.args[1:]]
    known = [word for word in words if word in _OPPOSITES]
    if not known:
        return ["1"] if _SAYS_NO.search(name) else []
    return [*dict.fromkeys([*(_OPPOSITES[word] for word in known), *known])]


def _taken(nodes: Sequence[ast.AST], reached: Reached) -> Iterator[str]:
    """The flags that certainly are taken from where they are: ``args.remove("-march=native")``."""
    for call in calls_of(nodes, "remove"):
        if call.args and reached.certainly(call):
            yield from for_machine(_text(call.args[0], nodes))


def _text(value: ast.expr, nodes: Iterable[ast.AST]) -> str:
    """A text, or the one that a name has."""
    if isinstance(value, ast.Name):
        given = [
            node.value
            for node in nodes
            if isinstance(node, ast.Assign) and dotted(node.targets[0]) == value.id
        ]
        return literal_text(given[0]) if len(given) == 1 else ""
    return literal_text(value)

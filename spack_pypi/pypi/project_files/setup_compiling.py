"""What a setup.py says of compiling: read as a syntax tree, never run::

Extension("x", ["x.cpp"], language="c++", extra_compile_args=["-march=native"])
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from ...syntax import last_name, literal_text, source_lines
from .reached import Reached
from .setup_call import calls_of
from .surroundings import MACS

_EXTENSIONS = re.compile(
    r"\b(ext_modules|Extension\s*\(|cythonize\s*\(|cffi_modules|mypycify\s*\(|build_ext|"
    r"rust_extensions|CMakeExtension)\b|\bcmake_\w+\s*="
)
_C = re.compile(r"cffi_modules|mypycify\s*\(")
_CXX = re.compile(r"language['\"]?\s*[=:]\s*['\"]c\+\+|Pybind11Extension|pybind11|nanobind", re.I)
_FORTRAN = re.compile(r"numpy\.distutils|fortran|f2py|\.f(?:or|77|90|95|03|08)?\b", re.I)
#: https://gcc.gnu.org/onlinedocs/gcc/x86-Options.html, and those of Arm and of Intel's compiler.
_FOR_MACHINE = {"-march=native", "-mcpu=native", "-xHost"}


@dataclass(frozen=True)
class Compiling:
    """``mentioned``: it mentions extension modules; ``languages`` that these certainly use, and
    ``names_fortran`` whether it says anything of that, which setuptools does not compile.
    ``extends``: it makes them itself by ``Extension(...)``, not of Python code (mypyc), which most
    projects do only on request. ``for_cuda`` is the line where it compiles with CUDA, 0 for none,
    and ``for_machine`` (flag, line, whether in any case) what it compiles for the very machine
    that builds."""

    mentioned: bool = False
    languages: tuple[str, ...] = ()
    names_fortran: bool = False
    extends: bool = False
    for_cuda: int = 0
    for_machine: tuple[tuple[str, int, bool], ...] = ()


def compiling(
    text: str, tree: ast.Module, nodes: Sequence[ast.AST], reached: Reached
) -> Compiling:
    """What is said in a file with a text, of which these are the tree, its nodes, and what of it
    is run on Linux."""
    here = (reached, Reached(tree, MACS)) if _C.search(text) or _CXX.search(text) else ()
    run = _run(text, nodes, here) if here else text
    return Compiling(
        mentioned=bool(_EXTENSIONS.search(text)),
        languages=tuple(
            lang for lang, pattern in (("c", _C), ("cxx", _CXX)) if pattern.search(run)
        ),
        names_fortran=bool(_FORTRAN.search(text)),
        extends=any(calls_of(nodes, "Extension")),
        for_cuda=next((call.lineno for call in calls_of(nodes, "CUDAExtension")), 0),
        for_machine=tuple(_for_machine(nodes, reached)),
    )


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
    asked = {id(each) for node in nodes if _asks(node) for each in ast.walk(node)}
    for node in nodes:
        if node in reached and id(node) not in asked:
            for flag in for_machine(literal_text(node)):
                yield flag, getattr(node, "lineno", 0), reached.certainly(node)


def _asks(node: ast.AST) -> bool:
    """Whether a node only looks for a text, or takes it away."""
    called = last_name(node.func) if isinstance(node, ast.Call) else ""
    return isinstance(node, ast.Compare) or called in ("remove", "replace")

"""The versions of a recipe that are for one machine each, in blocks as `render` writes them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from ..syntax import parse
from . import directives
from .calls import call_parts
from .model import VersionLine
from .order import precedes
from .render import machines, on_machine
from .text_edits import Edits, Uneditable

_INDENT = directives.INDENT


def insert(
    edits: Edits,
    module: Sequence[ast.stmt],
    body: Sequence[ast.stmt],
    lines: Sequence[VersionLine],
) -> None:
    """Insert versions, newest first, into the blocks of their machines in the body of a class, or
    into new ones below these. Raises `Uneditable` where the recipe has no such block, or its
    module does not import what new ones need."""
    blocks = [each for each in body if isinstance(each, ast.If) and "platform" in ast.dump(each)]
    for machine in machines(lines):
        mine = [line for line in lines if line.machine == machine]
        wanted = head(machine)
        block = next((each for each in blocks if ast.unparse(each).startswith(wanted)), None)
        there = [*_versions(block)] if block is not None else []
        for line in mine if there else ():
            _insert(edits, there, line)
        if there:
            continue
        if not blocks or block is not None:
            raise Uneditable(
                "the new release has only wheels for machines, and it has no versions for "
                + " ".join(machine)
            )
        lacking = {"platform", "sys"} - _imported(module)
        if lacking:
            names = " and ".join(sorted(lacking))
            raise Uneditable(f"versions for {' '.join(machine)} need an import of {names} first")
        texts = [directives.version(line, _INDENT * 2) for line in mine]
        opens = f"\n{_INDENT}if {on_machine(machine)}:"
        edits.insert_after(blocks[-1], "\n".join([opens, *texts]))


def _imported(module: Sequence[ast.stmt]) -> set[str]:
    """The modules that a module imports by their own names."""
    imports = [statement for statement in module if isinstance(statement, ast.Import)]
    return {alias.name for each in imports for alias in each.names if not alias.asname}


def head(machine: tuple[str, str]) -> str:
    """The first line of the block of a machine, as `ast.unparse` has it."""
    return ast.unparse(parse(f"if {on_machine(machine)}: pass")).split("\n")[0]


def _versions(block: ast.If) -> Iterator[tuple[ast.Call, str]]:
    for statement in block.body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            name, arguments, _ = call_parts(statement.value)
            if name == "version" and arguments and isinstance(arguments[0], str):
                yield statement.value, arguments[0]


def _insert(edits: Edits, there: Sequence[tuple[ast.Call, str]], line: VersionLine) -> None:
    text = directives.version(line, _INDENT * 2)
    for call, version in there:
        if precedes(line.version, version):
            edits.insert_before(call, text)
            return
    edits.insert_after(there[-1][0], text)

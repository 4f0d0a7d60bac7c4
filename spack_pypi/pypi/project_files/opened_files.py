"""The files beside a setup.py that it reads in any case: without one, nothing can be built."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ...syntax import dotted

_OPEN = {"open", "io.open", "codecs.open"}
#: What may make a file first, or go elsewhere: nothing is certain then.
_MAY_MAKE = re.compile(
    r"chdir|subprocess|os\.system|check_call|check_output|shutil|write_text|\.write\(|rename|symlink"
)
#: What is not evaluated in any case, or not at once.
_MAYBE = (
    ast.IfExp,
    ast.BoolOp,
    ast.Lambda,
    ast.ListComp,
    ast.GeneratorExp,
    ast.SetComp,
    ast.DictComp,
)


def always_opened(tree: ast.Module, text: str) -> Iterator[tuple[str, int]]:
    """(name, line) of the files that a setup.py with this ``text`` opens to read under no
    condition, by their literal name: beside it, as builds run there."""
    if not _MAY_MAKE.search(text):
        yield from _in_statements(tree.body)


def _in_statements(body: list[ast.stmt]) -> Iterator[tuple[str, int]]:
    for statement in body:
        if isinstance(statement, ast.With):
            for item in statement.items:
                yield from _in_expression(item.context_expr)
            yield from _in_statements(statement.body)
        elif isinstance(statement, (ast.Expr, ast.Assign, ast.AnnAssign)) and statement.value:
            yield from _in_expression(statement.value)


def _in_expression(node: ast.AST) -> Iterator[tuple[str, int]]:
    left: list[ast.AST] = [node]
    while left:
        each = left.pop()
        if isinstance(each, _MAYBE):
            continue
        if isinstance(each, ast.Call) and dotted(each.func) in _OPEN and _reads(each):
            name = _name(each.args[0])
            if name:
                yield name, each.lineno
        left += reversed([*ast.iter_child_nodes(each)])


def _reads(call: ast.Call) -> bool:
    """Whether a file is opened to be read: the mode is a literal, or is not given."""
    modes = [*call.args[1:2], *(k.value for k in call.keywords if k.arg == "mode")]
    return bool(call.args) and all(
        isinstance(mode, ast.Constant) and re.fullmatch("[rbtU]+", str(mode.value))
        for mode in modes
    )


def _name(node: ast.expr) -> str:
    """A literal name of a file in the same folder."""
    value = node.value if isinstance(node, ast.Constant) else None
    plain = isinstance(value, str) and re.fullmatch(r"(?:\./)?[\w.+-]+", value)
    return str(value).removeprefix("./") if plain else ""

"""Conditions of a setup.py that are markers, too: those of the Python version and the platform."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ...syntax import dotted, literal_text
from .. import limits

#: Each operator of Python, and the one that holds where it does not.
_OPPOSITE = {"<": ">=", ">=": "<", ">": "<=", "<=": ">", "==": "!=", "!=": "=="}
_OPERATORS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.GtE: ">=",
    ast.Gt: ">",
    ast.LtE: "<=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
#: What names the platform, or what kind of Python it is, and the variable of markers that does.
_VARIABLES = {
    "sys.platform": "sys_platform",
    "os.name": "os_name",
    "platform.system()": "platform_system",
    "platform.uname().system": "platform_system",
    "platform.python_implementation()": "platform_python_implementation",
    "sys.implementation.name": "implementation_name",
}
#: What a name of ``sys.platform`` begins with, and the name.
_BEGINNINGS = {"linux": "linux", "darwin": "darwin", "win": "win32", "win32": "win32"}


class Where(NamedTuple):
    """The marker of where a statement is run, and that of where it is not; empty if it always
    is."""

    marker: str
    opposite: str


EVERYWHERE = Where("", "")


class Conditional(str):
    """A requirement with a marker that a condition has become; not a text for anything else."""


def conditional(text: object, marker: str) -> Conditional | None:
    """A requirement that holds where a marker does; None for an invalid one, or an address, after
    which a marker is written in another way."""
    if not isinstance(text, str):
        return None
    requirement = limits.requirement(text)
    if requirement is None or requirement.url:
        return None
    declared, _, own = text.partition(";")
    both = f"({own.strip()}) and ({marker})" if own.strip() else marker
    return Conditional(f"{declared.strip()}; {both}")


def marker_of(test: ast.expr, holds: bool = True) -> str:
    """The marker of where a condition holds, or does not; empty where none says the same."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return marker_of(test.operand, not holds)
    if isinstance(test, ast.BoolOp):
        parts = [marker_of(each, holds) for each in test.values]
        word = " and " if isinstance(test.op, ast.And) == holds else " or "
        return word.join(f"({each})" for each in parts) if all(parts) else ""
    if isinstance(test, ast.Call):
        return _begins(test, holds)
    if not isinstance(test, ast.Compare) or len(test.ops) != 1:
        return ""
    (operator,), (right,) = test.ops, test.comparators
    if isinstance(operator, (ast.In, ast.NotIn)):
        return _is_among(test.left, right, isinstance(operator, ast.In) == holds)
    said = _OPERATORS.get(type(operator), "")
    if not said:
        return ""
    said = said if holds else _OPPOSITE[said]
    variable = variable_of(test.left)
    if variable and literal_text(right) and said in ("==", "!="):
        return f"{variable} {said} {_quoted(literal_text(right))}"
    return _of_version(test.left, said, right)


def variable_of(node: ast.expr) -> str:
    """The variable of markers that says what an expression does; empty where none does."""
    return _VARIABLES.get(_name(node), "")


def flat(
    statements: Sequence[ast.stmt], where: Where = EVERYWHERE
) -> Iterator[tuple[ast.stmt, Where]]:
    """Statements, in the place of each ``if`` whose condition is a marker those of its blocks,
    and where they are run."""
    for statement in statements:
        if not isinstance(statement, ast.If) or not marker_of(statement.test):
            yield statement, where
            continue
        for block, holds in ((statement.body, True), (statement.orelse, False)):
            here, not_here = (marker_of(statement.test, each) for each in (holds, not holds))
            if where.marker:
                here, not_here = (
                    f"({where.marker}) and ({here})",
                    f"{where.opposite} or {not_here}",
                )
            yield from flat(block, Where(here, not_here))


def _name(node: ast.expr) -> str:
    """``a.b``, ``a.b()``, and ``a.b().c``."""
    called = node.value if isinstance(node, ast.Attribute) else node
    if not isinstance(called, ast.Call):
        return dotted(node)
    name = f"{dotted(called.func)}()" if not (called.args or called.keywords) else ""
    return f"{name}.{node.attr}" if isinstance(node, ast.Attribute) else name


def _begins(call: ast.Call, holds: bool) -> str:
    """``sys.platform.startswith("linux")``."""
    if dotted(call.func) != "sys.platform.startswith" or len(call.args) != 1:
        return ""
    name = _BEGINNINGS.get(literal_text(call.args[0]), "")
    return f"sys_platform {'==' if holds else '!='} {_quoted(name)}" if name else ""


def _is_among(left: ast.expr, right: ast.expr, holds: bool) -> str:
    """``sys.platform in ("linux", "darwin")``."""
    variable = variable_of(left)
    listed = right.elts if isinstance(right, (ast.List, ast.Tuple, ast.Set)) else []
    names = [literal_text(each) for each in listed]
    if not variable or not names or not all(names):
        return ""
    operator, word = ("==", " or ") if holds else ("!=", " and ")
    return word.join(f"{variable} {operator} {_quoted(name)}" for name in names)


def _of_version(left: ast.expr, operator: str, right: ast.expr) -> str:
    """A comparison of ``sys.version_info``, as a whole, or its first parts, with numbers."""
    numbers = _numbers(right)
    if not numbers:
        return ""
    text = ".".join(map(str, numbers))
    if dotted(left) == "sys.version_info" and len(numbers) in (1, 2):
        # It has more parts than that, so it is never equal to these, and greater if they are.
        said = {">": ">=", "<=": "<"}.get(operator, operator)
        return f'python_version {said} "{text}"' if said in (">=", "<") else ""
    if isinstance(left, ast.Subscript) and dotted(left.value) == "sys.version_info":
        part = left.slice
        if isinstance(part, ast.Slice) and part.lower is None and part.step is None:
            length = _numbers(part.upper) if part.upper is not None else ()
            return (
                f'python_version {operator} "{text}"' if length == (2,) == (len(numbers),) else ""
            )
        is_major = _numbers(part) == (0,)
    else:
        is_major = dotted(left) == "sys.version_info.major"
    return _of_major(operator, numbers[0]) if is_major and len(numbers) == 1 else ""


def _of_major(operator: str, number: int) -> str:
    here, after = f'python_version >= "{number}"', f'python_version >= "{number + 1}"'
    before, until = f'python_version < "{number}"', f'python_version < "{number + 1}"'
    return {
        ">=": here,
        "<": before,
        ">": after,
        "<=": until,
        "==": f"{here} and {until}",
        "!=": f"{before} or {after}",
    }[operator]


def _numbers(node: ast.expr | None) -> tuple[int, ...]:
    """A number, or a tuple of them; empty for anything else."""
    listed = node.elts if isinstance(node, ast.Tuple) else [node]
    values = [each.value for each in listed if isinstance(each, ast.Constant)]
    numbers = [each for each in values if type(each) is int]
    return tuple(numbers) if len(numbers) == len(listed) else ()


def _quoted(text: str) -> str:
    return f'"{text}"' if text.isidentifier() else ""

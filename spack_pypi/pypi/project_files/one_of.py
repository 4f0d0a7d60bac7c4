"""Imports of one of several modules, without any of which a module fails::

    try:
        import PyQt6
    except ImportError:
        import PyQt5

loops that try names in turn, behind which there is an error where none was found, and imports that
leave ``None`` behind, where the module then fails if all of them did::

    if numpy is None and torch is None:
        raise ImportError("needs NumPy or PyTorch")
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ...syntax import dotted, last_name, literal_text, parsed
from .python_modules import IMPORTING

#: What a source has that imports one of several.
_MAY = re.compile(
    rb"\n[ \t]*except\b[^\n]*:(?:[ \t]*(?:#[^\n]*)?\n)+[ \t]+(?:import|from|try)\b"
    rb"|\b(?:__import__|import_module)\("
    rb"|\nif [^\n]*\band\b[^\n]*:\n[ \t]+raise\b"
)
_PYTHON = re.compile(r"\((3), (\d{1,2})\)")
#: What is raised where a module is not there, or is above that.
_ERRORS = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}


class OneOf(NamedTuple):
    """Top-level ``modules`` in the order in which they are tried, and the ``line``; ``before``:
    only with Pythons that are older, as later ones have what is tried first (``3.11``)."""

    modules: tuple[str, ...]
    line: int
    before: str = ""


def may_have_one(source: bytes) -> bool:
    """Whether `one_of` may find something: quick to say."""
    return _MAY.search(source) is not None


def one_of(source: bytes) -> Iterator[OneOf]:
    """Of which modules a source always imports one. What lies beside it is called ``.``."""
    tree = parsed(source)
    for statement in tree.body if tree else ():
        if isinstance(statement, ast.Try):
            found = _tried(statement)
            if found is not None and len({*found}) > 1:
                before = next(filter(None, map(_since, statement.body)), "")
                yield OneOf(tuple(dict.fromkeys(found)), statement.lineno, before)
    yield from (*_in_turn(tree), *_all_lacking(tree)) if tree else ()


def _tried(statement: ast.Try) -> Sequence[str] | None:
    """The modules, one of which a ``try`` imports unless it fails; None where it goes on without,
    or may import several together."""
    first = {*_imported(_of_old_pythons(statement.body))}
    if len(first) != 1 or not statement.handlers:
        return None
    found = [*first]
    for handler in statement.handlers:
        if not _catches(handler.type):
            return None
        others = _otherwise(handler.body)
        if others is None:
            return None
        found += others
    return found


def _of_old_pythons(statements: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements, of those under a condition of the Python the ones for older Pythons."""
    for each in statements:
        yield from each.orelse if isinstance(each, ast.If) and _since(each) else [each]


def _since(statement: ast.stmt) -> str:
    """The Python as of which the first part of a condition is run: ``if sys.version_info >= (3,
    11)``; empty for anything else."""
    test = statement.test if isinstance(statement, ast.If) else None
    if not isinstance(test, ast.Compare) or not isinstance(test.ops[0], ast.GtE):
        return ""
    if ast.unparse(test.left) not in ("sys.version_info", "sys.version_info[:2]"):
        return ""
    match = _PYTHON.fullmatch(ast.unparse(test.comparators[0]))
    return f"{match[1]}.{match[2]}" if match else ""


def _otherwise(statements: Sequence[ast.stmt]) -> Sequence[str] | None:
    """The same of what is done where a module is not there."""
    if isinstance(statements[-1], ast.Raise):
        return []
    inner = [each for each in statements if isinstance(each, ast.Try)]
    plain = {*_imported(statements)}
    if len(inner) == 1 and not plain:
        return _tried(inner[0])
    return [*plain] if len(plain) == 1 and not inner else None


def _imported(statements: Iterable[ast.stmt]) -> Iterator[str]:
    for each in statements:
        if isinstance(each, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in each.names)
        elif isinstance(each, ast.ImportFrom):
            yield (each.module or "").partition(".")[0] if not each.level else "."


def _catches(caught: ast.expr | None) -> bool:
    """Whether an ``except`` is for modules that are not there, and for all errors at most."""
    each = caught.elts if isinstance(caught, ast.Tuple) else [caught] if caught else []
    return not each or any(dotted(error) in _ERRORS for error in each)


def _all_lacking(tree: ast.Module) -> Iterator[OneOf]:
    """Errors of the top level where all of several modules could not be imported above."""
    modules: dict[str, str] = {}
    for statement in tree.body:
        if isinstance(statement, ast.Try):
            modules.update(_or_none(statement))
        elif isinstance(statement, ast.If) and isinstance(statement.body[-1], ast.Raise):
            named = [modules.get(name, "") for name in _lacking(statement.test)]
            if len({*named}) > 1 and all(named):
                yield OneOf(tuple(dict.fromkeys(named)), statement.lineno)


def _or_none(statement: ast.Try) -> Iterator[tuple[str, str]]:
    """The name that is a module, or None where that is not there, with the module."""
    imported = [*dict.fromkeys(_imported(statement.body))]
    bound = {
        alias.asname or alias.name.partition(".")[0]
        for each in statement.body
        if isinstance(each, (ast.Import, ast.ImportFrom))
        for alias in each.names
    }
    if len(imported) != 1 or "." in imported:
        return
    for handler in statement.handlers:
        for each in handler.body if _catches(handler.type) else ():
            if isinstance(each, ast.Assign) and isinstance(each.value, ast.Constant):
                name = dotted(each.targets[0])
                if name in bound and each.value.value is None:
                    yield name, imported[0]


def _lacking(test: ast.expr) -> Sequence[str]:
    """The names of a test that all of them are None; empty texts for what else it tests."""
    if not isinstance(test, ast.BoolOp) or not isinstance(test.op, ast.And):
        return []
    found = []
    for each in test.values:
        is_none = ast.unparse(each)
        name = is_none.removesuffix(" is None").removeprefix("not ")
        found.append(name if name != is_none else "")
    return found


def _in_turn(tree: ast.Module) -> Iterator[OneOf]:
    """Loops of the top level that import by name, and set a variable without which the module
    fails behind them."""
    lists = _lists(tree)
    loops: list[ast.For] = []
    for statement in tree.body:
        inner = statement.body if isinstance(statement, ast.If) else [statement]
        if isinstance(statement, ast.If) and isinstance(statement.body[-1], ast.Raise):
            tested = {each.id for each in ast.walk(statement.test) if isinstance(each, ast.Name)}
            for loop in loops:
                names = lists.get(dotted(loop.iter), ())
                if tested & {*_stored(loop)} and len(names) > 1 and all(names):
                    modules = dict.fromkeys(each.partition(".")[0] for each in names)
                    yield OneOf(tuple(modules), loop.lineno)
            loops.clear()
        loops += [each for each in inner if isinstance(each, ast.For) and _tries(each)]


def _tries(loop: ast.For) -> bool:
    tried = [each for each in loop.body if isinstance(each, ast.Try)]
    return any(
        isinstance(node, ast.Call) and last_name(node.func) in IMPORTING
        for each in tried
        for statement in each.body
        for node in ast.walk(statement)
    )


def _stored(loop: ast.For) -> Iterator[str]:
    for node in ast.walk(loop):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def _lists(tree: ast.Module) -> Mapping[str, Sequence[str]]:
    """The lists that are assigned once; empty texts for what is none, or not known."""
    values: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and dotted(node.targets[0]):
            values.setdefault(dotted(node.targets[0]), []).append(node.value)
    once = {name: several[0] for name, several in values.items() if len(several) == 1}
    return {
        name: [literal_text(once.get(dotted(each), each)) for each in value.elts]
        for name, value in once.items()
        if isinstance(value, (ast.List, ast.Tuple))
    }

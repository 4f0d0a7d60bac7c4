"""The programs that a build hook of the project's own runs: Hatchling's ``hatch_build.py``, PDM's
``pdm_build.py``; read as syntax trees, never run.

https://hatch.pypa.io/latest/plugins/build-hook/custom/, https://backend.pdm-project.org/hooks/
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from ...syntax import dotted, last_name, literal_text, parsed
from . import toml
from .builders import BUILDERS
from .toml import at

#: What is in the text of a hook.
MARKS = (b"BuildHookInterface", b"def pdm_build_")
#: The functions that a backend calls before it makes a wheel.
_CALLED = ("initialize", "pdm_build_initialize", "pdm_build_update_files")
#: What a function says that leaves because something else is built.
_OTHERS = {"sdist", "editable"}
_RUNS = {"run", "call", "check_call", "check_output", "Popen"}
#: (name, line, whether the build ends without it) of a program.
_Program = tuple[str, int, bool]


def run_by_hooks(texts: Mapping[str, str], pyproject: str) -> list[tuple[str, str, int, bool]]:
    """(name, path, line, whether the build ends without it) of the programs that are run by those
    of these texts (by path) that are hooks, by ``pyproject``; each name once."""
    found: dict[str, tuple[str, str, int, bool]] = {}
    for path in sorted({*_hooks(pyproject)} & texts.keys()) if texts else ():
        for name, line, certain in _run(texts[path]):
            if name in BUILDERS and (name not in found or certain > found[name][3]):
                found[name] = (name, path, line, certain)
    return sorted(found.values(), key=lambda each: each[1:3])


def _hooks(text: str) -> Iterator[str]:
    """The paths of the hooks that backends call."""
    try:
        pyproject: Any = toml.loads(text)
    except ValueError:
        return
    backend = at(pyproject, "build-system", "build-backend")
    if backend == "pdm.backend":
        yield _plain(at(pyproject, "tool", "pdm", "build", "custom-hook") or "pdm_build.py")
    build = at(pyproject, "tool", "hatch", "build")
    for table in (build, at(build, "targets", "wheel")):
        custom = at(table, "hooks", "custom")
        if backend == "hatchling.build" and isinstance(custom, dict):
            yield _plain(custom.get("path", "hatch_build.py"))


def _plain(path: Any) -> str:
    return str(path).lstrip("./")


def _run(text: str) -> Iterator[_Program]:
    tree = parsed(text)
    if tree is None:
        return
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for function in functions:
        paths = dict(_looked_up(function))
        certain = function.name in _CALLED
        for statement in function.body:
            yield from _run_by(statement, paths, certain)
            if isinstance(statement, ast.If):
                certain = certain and (not _leaves(statement) or _is_of_others(statement))


def _looked_up(function: ast.FunctionDef) -> Iterator[tuple[str, str]]:
    """The names that get the path of a program, and its name."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            name = _asked(node.value)
            for target in node.targets if name else ():
                if isinstance(target, ast.Name):
                    yield target.id, name


def _asked(call: ast.Call) -> str:
    """The program for which this looks: ``shutil.which("deno")``."""
    return literal_text(call.args[0]) if last_name(call.func) == "which" and call.args else ""


def _run_by(statement: ast.stmt, paths: Mapping[str, str], certain: bool) -> Iterator[_Program]:
    """The programs of a statement; those that stand under a condition may not be run."""
    is_plain = isinstance(statement, (ast.Expr, ast.Assign, ast.AnnAssign, ast.Return))
    if isinstance(statement, ast.If) and any(isinstance(s, ast.Raise) for s in statement.body):
        missing = _is_none(statement.test)
        if missing in paths:
            yield paths[missing], statement.lineno, certain
    choice = _choice(statement, paths)
    if choice:
        yield choice[0], statement.lineno, certain
        return
    for node in ast.walk(statement):
        if isinstance(node, ast.Call) and _is_run(node) and node.args:
            words = node.args[0]
            listed = words.elts if isinstance(words, (ast.List, ast.Tuple)) else []
            first = listed[0] if listed else words
            name = paths.get(first.id, "") if isinstance(first, ast.Name) else ""
            name = name or (literal_text(first).split() or [""])[0]
            yield name, node.lineno, certain and is_plain


def _choice(statement: ast.stmt, paths: Mapping[str, str]) -> list[str]:
    """The programs of which the first one that is there is run, where none is an error."""
    found: list[str] = []
    while isinstance(statement, ast.If):
        test = statement.test
        name = _asked(test) if isinstance(test, ast.Call) else ""
        found.append(paths.get(test.id, "") if isinstance(test, ast.Name) else name)
        if len(statement.orelse) != 1:
            return []
        statement = statement.orelse[0]
    return found if isinstance(statement, ast.Raise) and all(found) else []


def _is_run(call: ast.Call) -> bool:
    return last_name(call.func) in _RUNS and dotted(call.func).startswith("subprocess.")


def _is_none(test: ast.expr) -> str:
    """The name that a test finds to be None or empty; empty for another test."""
    tested: ast.expr | None = None
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        tested = test.operand
    elif isinstance(test, ast.Compare) and isinstance(test.ops[0], (ast.Is, ast.Eq)):
        tested = test.left
    return tested.id if isinstance(tested, ast.Name) else ""


def _leaves(statement: ast.If) -> bool:
    return any(isinstance(node, ast.Return) for node in ast.walk(statement))


def _is_of_others(statement: ast.If) -> bool:
    """Whether it leaves for what is not a wheel, or one to develop with."""
    texts = {literal_text(node) for node in ast.walk(statement.test)}
    return bool(texts & _OTHERS) and not statement.orelse

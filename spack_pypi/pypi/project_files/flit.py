"""The module from which flit takes the version, and the summary: its docstring.

https://flit.pypa.io/en/stable/pyproject_toml.html
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from ...syntax import dotted, literal_text, parsed
from .toml import at, strings

#: The folders in which flit looks for the module.
FOLDERS = ("", "src/")


def module(pyproject: Mapping[str, Any] | None, field: str) -> str:
    """The module (``pkg.sub``) from which a field (``description`` or ``version``) is taken; empty
    if it is given, or another backend used."""
    project, tool = at(pyproject, "project"), at(pyproject, "tool", "flit")
    backend = at(pyproject, "build-system", "build-backend")
    if not (isinstance(backend, str) and backend.startswith("flit")):
        return ""
    if project is not None and field not in strings(at(project, "dynamic")):
        return ""
    named = at(tool, "module", "name") or at(tool, "metadata", "module") or at(project, "name")
    return named.replace("-", "_") if isinstance(named, str) else ""


def summary(text: str) -> str:
    """The first line of the docstring of a module, also of one that it assigns to ``__doc__``, as
    flit imports the module then; empty if there is none."""
    tree = parsed(text)
    if tree is None:
        return ""
    said = ast.get_docstring(tree) or _assigned(tree)
    return next(iter(said.strip().splitlines()), "").strip()


def _assigned(tree: ast.Module) -> str:
    """The text that a module assigns to ``__doc__``; empty if it does not do so once."""
    values = [
        statement.value
        for statement in tree.body
        if isinstance(statement, ast.Assign) and [*map(dotted, statement.targets)] == ["__doc__"]
    ]
    return literal_text(values[0]) if len(values) == 1 else ""

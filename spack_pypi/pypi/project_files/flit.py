"""The summary that flit takes from the docstring of the module.

https://flit.pypa.io/en/stable/pyproject_toml.html
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any

from ...syntax import parse
from .toml import at, strings


def modules(pyproject: Mapping[str, Any] | None) -> Sequence[str]:
    """Where the module may be of which the docstring is the summary; nowhere if another one is
    given, or another backend used."""
    project, tool = at(pyproject, "project"), at(pyproject, "tool", "flit")
    backend = at(pyproject, "build-system", "build-backend")
    if not (isinstance(backend, str) and backend.startswith("flit")):
        return ()
    if project is not None and "description" not in strings(at(project, "dynamic")):
        return ()
    named = at(tool, "module", "name") or at(tool, "metadata", "module") or at(project, "name")
    if not isinstance(named, str):
        return ()
    path = named.replace("-", "_").replace(".", "/")
    return [f"{base}{path}{end}" for base in ("", "src/") for end in ("/__init__.py", ".py")]


def summary(text: str) -> str:
    """The first line of the docstring of a module; empty if there is none."""
    try:
        said = ast.get_docstring(parse(text)) or ""
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    return next(iter(said.strip().splitlines()), "").strip()

"""The literal that a module of a project has under a name: read, never run.

As setuptools reads ``attr:`` first
(https://setuptools.pypa.io/en/latest/userguide/declarative_config.html#directives), and flit
``__version__`` (https://flit.pypa.io/en/stable/pyproject_toml.html): the first assignment at the
top of the module that is a literal. Where there is none, but another module of the project is the
only place that the name comes from (``from ._version import __version__``), it is read there.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from typing import Callable, NamedTuple

from ...syntax import parsed

#: The texts of those of some files of a project that it has, by path.
Texts = Callable[[Sequence[str]], Mapping[str, str]]

#: A path that a project may name: neither an option, nor one that leads out of the project.
_PLAIN = re.compile(r"(?!.*(?:^|/)\.\.(?:/|$))[\w.+][\w./+ -]{0,250}")
#: How many modules are read, each named by the one before it.
_MOST_MODULES = 4


class Value(NamedTuple):
    """The ``name`` of a value in a ``module`` (``pkg.sub``)."""

    module: str
    name: str


def text(of: Value, roots: Sequence[str], texts: Texts) -> str:
    """The text that a module has under a name; the parts of a tuple are joined by dots, as
    setuptools does. Empty where that is not written down. The modules are below one of the
    ``roots`` (folders; empty for the top of the project)."""
    for _ in range(_MOST_MODULES):
        places = paths(of.module, roots)
        found = texts(places)
        path = next((path for path in places if path in found), "")
        tree = parsed(found[path]) if found.get(path) else None
        if tree is None:
            return ""
        said = _said(tree, of, path.endswith("/__init__.py"))
        if not isinstance(said, Value):
            return said
        of = said
    return ""


def is_plain(path: str) -> bool:
    """Whether a path that a project names is one of its files."""
    return bool(_PLAIN.fullmatch(path))


def paths(module: str, roots: Sequence[str]) -> Sequence[str]:
    """Where a module may be below one of the ``roots``, first the one that Python would import;
    nowhere for an empty name."""
    inner = module.replace(".", "/")
    bases = [f"{root.strip('./')}/" if root.strip("./") else "" for root in roots if module]
    return [f"{base}{inner}{end}" for base in bases for end in ("/__init__.py", ".py")]


def _said(tree: ast.Module, of: Value, is_package: bool) -> str | Value:
    """The text under a name, or the place that it is taken from."""
    only = sum(_binds(node, of.name) for node in ast.walk(tree)) == 1
    for statement in tree.body:
        value = _assigned(statement, of.name)
        literal = _literal(value) if value is not None else ""
        if literal:
            return literal
        if isinstance(value, ast.Name) and only and value.id != of.name:
            return Value(of.module, value.id)
        if isinstance(statement, ast.ImportFrom) and only:
            for alias in statement.names:
                if (alias.asname or alias.name) == of.name:
                    return Value(_imported(statement, of.module, is_package), alias.name)
    return ""


def _binds(node: ast.AST, name: str) -> bool:
    if isinstance(node, ast.alias):
        return (node.asname or node.name) == name
    return isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load)


def _assigned(statement: ast.stmt, name: str) -> ast.expr | None:
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.AnnAssign):
        targets = [statement.target]
    else:
        return None
    named = any(isinstance(each, ast.Name) and each.id == name for each in targets)
    return statement.value if named else None


def _literal(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return node.value.strip() if isinstance(node.value, str) else ""
    if isinstance(node, (ast.Tuple, ast.List)):
        parts = [each.value for each in node.elts if isinstance(each, ast.Constant)]
        if len(parts) == len(node.elts) and all(type(part) in (int, str) for part in parts):
            return ".".join(map(str, parts))
    return ""


def _imported(statement: ast.ImportFrom, module: str, is_package: bool) -> str:
    """The module of ``from ... import``, which may be relative to the one that it stands in."""
    named = statement.module or ""
    if not statement.level:
        return named
    parts = module.split(".")
    kept = len(parts) - statement.level + is_package
    return ".".join([*parts[: max(kept, 0)], *filter(None, [named])])

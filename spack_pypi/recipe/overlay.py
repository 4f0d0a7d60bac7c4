"""Recognise a recipe that inherits another one and has exactly the form that `render` writes, so
that it may be written anew. A recipe to which a person added anything is not recognised."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..syntax import parse
from .calls import call_parts, usual_block
from .model import Parent, Recipe, VersionLine
from .render import HEADER, module_name, package_name, parent_alias

#: The directives of an overlay, and the keywords that each may have, with their types.
_KEYWORDS: Mapping[str, Mapping[str, tuple[type, ...]]] = {
    "version": {"sha256": (str,), "url": (str,), "expand": (bool,), "deprecated": (bool,)},
    "variant": {"default": (bool,), "description": (str,), "when": (str,)},
    "depends_on": {"when": (str,), "type": (str, tuple)},
    "conflicts": {"when": (str,), "msg": (str,)},
}
_MODULE = re.compile(r"spack_repo\.(?P<namespace>[\w.]+)\.packages\.(?P<folder>\w+)\.package")


@dataclass(frozen=True)
class Overlay:
    """What such a recipe holds that does not follow from metadata: the recipe it inherits, its
    versions in the order of the text, the names of its variants, and its comments."""

    parent: Parent
    versions: tuple[VersionLine, ...]
    variants: tuple[str, ...]
    comments: tuple[str, ...] = ()


def overlay(text: str) -> Overlay | None:
    """The text read as an overlay; None where it is not one, or holds anything but the header, the
    imports, a docstring, and directives with literals; comments may stand on lines of their own.
    """
    try:
        tree = parse(text)
    except (SyntaxError, ValueError):
        return None
    parent, comments = _parent(tree), _comments(text, tree)
    if parent is None or comments is None or not text.startswith(HEADER):
        return None
    (found,) = (node for node in tree.body if isinstance(node, ast.ClassDef))
    body = found.body[1:] if ast.get_docstring(found) is not None else found.body
    versions: list[VersionLine] = []
    variants: list[str] = []
    for statement in _without_blocks(body):
        directive = _directive(statement)
        if directive is None:
            return None
        name, first, keywords = directive
        if name == "version" and "sha256" in keywords:
            versions.append(VersionLine(first, **keywords))
        elif name == "version":
            return None
        elif name == "variant":
            variants.append(first)
    return Overlay(parent, tuple(versions), tuple(variants), comments) if versions else None


def _parent(tree: ast.Module) -> Parent | None:
    """What the one class inherits, where the module has just that class and the two imports."""
    if len(tree.body) != 3:
        return None
    inherited, names, found = tree.body
    if not isinstance(inherited, ast.ImportFrom) or not isinstance(found, ast.ClassDef):
        return None
    match = _MODULE.fullmatch(inherited.module or "")
    if match is None or ast.unparse(names) != "from spack.package import *":
        return None
    parent = Parent(match["namespace"], package_name(match["folder"]))
    meant = Recipe(parent.package, parent=parent)
    alias = parent_alias(meant)
    plain = not (found.keywords or found.decorator_list)
    same = ast.unparse(inherited).endswith(f"import {meant.class_name} as {alias}")
    bases = [ast.unparse(base) for base in found.bases]
    if not (plain and same and found.name == meant.class_name and bases == [alias]):
        return None
    return parent if module_name(parent.package) == match["folder"] else None


def _without_blocks(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements, and in place of a block that only gives a type those inside."""
    for statement in body:
        block = usual_block(statement)
        yield from block.body if block is not None else [statement]


def _directive(statement: ast.stmt) -> tuple[str, str, dict[str, Any]] | None:
    """Name, first argument and keywords of a directive; None for anything else."""
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return None
    name, arguments, keywords = call_parts(statement.value)
    types = _KEYWORDS.get(name)
    if types is None or len(arguments) != 1 or not isinstance(arguments[0], str):
        return None
    if not all(isinstance(value, types.get(word, ())) for word, value in keywords.items()):
        return None
    return name, arguments[0], keywords


def _comments(text: str, tree: ast.Module) -> tuple[str, ...] | None:
    """The comments below the header, each on a line of its own between directives; None where one
    stands elsewhere."""
    inside = {
        line
        for node in ast.walk(tree)
        if isinstance(node, (ast.Expr, ast.ImportFrom)) and node.end_lineno is not None
        for line in range(node.lineno, node.end_lineno + 1)
    }
    found = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT and token.start[0] > HEADER.count("\n"):
            if token.start[0] in inside or not token.line.lstrip().startswith("#"):
                return None
            found.append(token.string)
    return tuple(found)

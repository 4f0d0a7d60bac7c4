"""What a setup.py gives CMake: read as a syntax tree, never run::

options = {"USE_OPENMP": False}
run(["cmake", "..", "-DWITH_X=ON", *(f"-D{name}={value}" for name, value in options.items())])
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

_DEFINE = re.compile(r"-D(\w*)(?::\w+)?=?(.*)")


@dataclass(frozen=True)
class CMakeDefines:
    """``values`` are those of the variables that it defines (``-DNAME=value``), where they are the
    same in any case; the name is empty where it is computed, and then ``switched_off`` are names
    that it sets to False in a dictionary."""

    values: Mapping[str, str] = field(default_factory=dict)
    switched_off: frozenset[str] = frozenset()


def cmake_defines(tree: ast.Module, nodes: Iterable[ast.AST]) -> CMakeDefines:
    """What is defined in a file of which these are the tree and its nodes."""
    values = _defines(tree)
    return CMakeDefines(values, _switched_off(nodes) if "" in values else frozenset())


def _defines(tree: ast.Module) -> Mapping[str, str]:
    found: dict[str, str] = {}
    left: list[tuple[ast.AST, bool]] = [(tree, True)]
    while left:
        node, certain = left.pop()
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            for match in filter(None, map(_DEFINE.fullmatch, node.value.split())):
                value = match[2] if certain else ""
                found[match[1]] = value if found.get(match[1], value) == value else ""
        certain = certain and not isinstance(node, (ast.If, ast.IfExp, ast.JoinedStr, ast.BinOp))
        left += [(each, certain) for each in ast.iter_child_nodes(node)]
    return found


def _switched_off(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """What dictionaries set to False, and to nothing else: ``{"USE_X": False}``."""
    values: dict[str, set[bool]] = {}
    for node in nodes:
        for key, value in zip(node.keys, node.values) if isinstance(node, ast.Dict) else ():
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                is_off = isinstance(value, ast.Constant) and value.value is False
                values.setdefault(key.value, set()).add(is_off)
    return frozenset(name for name, off in values.items() if off == {True})

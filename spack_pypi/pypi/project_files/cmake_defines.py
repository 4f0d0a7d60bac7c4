"""What a setup.py gives CMake: read as a syntax tree, never run::

options = {"USE_OPENMP": False}
run(["cmake", "..", "-DWITH_X=ON", *(f"-D{name}={value}" for name, value in options.items())])
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ...syntax import literal_text
from .surroundings import asked_variable

#: What many a setup.py adds to all that it gives CMake.
_ARGUMENTS = "CMAKE_ARGS"
_DEFINE = re.compile(r"-D(\w*)(?::\w+)?=?(.*)")


@dataclass(frozen=True)
class CMakeDefines:
    """``values`` are those of the variables that it defines (``-DNAME=value``), where they are the
    same in any case; the name is empty where it is computed, and then ``switched_off`` are names
    that it sets to False in a dictionary. ``by_environment`` are the variables of the environment
    from which it has values, by name; the name is empty for those that it adds to all it gives."""

    values: Mapping[str, str] = field(default_factory=dict)
    switched_off: frozenset[str] = frozenset()
    by_environment: Mapping[str, str] = field(default_factory=dict)


def cmake_defines(tree: ast.Module, nodes: Sequence[ast.AST]) -> CMakeDefines:
    """What is defined in a file of which these are the tree and its nodes."""
    values = _defines(tree)
    off = _switched_off(nodes) if "" in values else frozenset()
    return CMakeDefines(values, off, dict(_by_environment(nodes)))


def _by_environment(nodes: Sequence[ast.AST]) -> Iterator[tuple[str, str]]:
    """``f"-DX={os.environ.get('X', 'ON')}"``, maybe by a name that is assigned once."""
    assigned: dict[str, list[ast.expr]] = {}
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            assigned.setdefault(node.targets[0].id, []).append(node.value)
    for node in nodes:
        asked = asked_variable(node)
        if asked == _ARGUMENTS:
            yield "", asked
        if not isinstance(node, ast.JoinedStr) or len(node.values) != 2:
            continue
        start, value = node.values
        name = _DEFINE.fullmatch(literal_text(start))
        if name is None or name[2] or not isinstance(value, ast.FormattedValue):
            continue
        known = assigned.get(value.value.id, []) if isinstance(value.value, ast.Name) else []
        variable = asked_variable(known[0] if len(known) == 1 else value.value)
        if variable:
            yield name[1], variable


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

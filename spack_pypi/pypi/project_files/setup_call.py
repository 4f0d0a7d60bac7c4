"""What a setup.py gives ``setup()``: read as a syntax tree, never run."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...syntax import dotted, parse
from . import setup_path
from .setup_changes import plain_names
from .setup_conditions import Conditional
from .setup_modules import Elsewhere, OtherFiles
from .setup_names import drop_annotations
from .setup_objects import NotPlain, Unknown
from .setup_values import Values

#: The keywords whose values are requirements; of extras, by their names.
REQUIRING = ("install_requires", "extras_require", "setup_requires", "tests_require")
#: What the names of ``**more`` in an argument list are called.
SPREAD = "**"


@dataclass(frozen=True)
class Computed:
    """What the only call of ``setup()`` is given that is no literal: ``unread`` (keyword, line).
    ``elsewhere`` is where keywords have their value from; ``beside_spread`` are the names that are
    given beside ``**more`` that is not known, of which ``elsewhere`` may know where it is
    (`SPREAD`)."""

    elsewhere: Mapping[str, Elsewhere] = field(default_factory=dict)
    beside_spread: tuple[str, ...] = ()
    unread: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Arguments:
    """The arguments of the only call of ``setup()``. ``keywords`` are those that are plain
    literals, ``names`` all, None when they are not known."""

    keywords: Mapping[str, Any] = field(default_factory=dict)
    names: tuple[str, ...] | None = None
    computed: Computed = field(default_factory=Computed)


def read(text: str, tree: ast.Module, nodes: Sequence[ast.AST]) -> Arguments:
    """The arguments in a file with a text, of which these are the tree and its nodes; none if it
    does not call ``setup()`` once."""
    if len(calls(tree, nodes)) != 1:
        return Arguments()
    path, call = _path(text, tree, nodes)
    on_path = [*ast.walk(path)]
    plain = plain_names(path, on_path)
    values = Values()
    values.follow(path, on_path, call)
    keywords: dict[str, Any] = {}
    computed: dict[str, ast.expr | None] = {}
    unread: dict[str, int] = {}
    spread: list[ast.expr] = []
    for keyword in call.keywords:
        items = {keyword.arg: keyword.value} if keyword.arg else values.items(keyword.value)
        if items is None:
            spread.append(keyword.value)
            unread[SPREAD] = keyword.value.lineno
        for name, value in (items or {}).items():
            node = value.node if isinstance(value, Unknown) else value
            try:
                keywords[name] = _plain(name, _known(value, values))
            except NotPlain:
                computed[name] = node
                unread[name] = (node or keyword.value).lineno
    names = tuple(sorted({*keywords, *computed}))
    if len(spread) == 1:
        computed[SPREAD] = spread[0]
    others = Computed(
        _elsewhere(path, plain, computed), names if spread else (), tuple(unread.items())
    )
    return Arguments(keywords, None if spread else names, others)


def calls(tree: ast.Module, nodes: Iterable[ast.AST]) -> list[ast.Call]:
    """The calls of ``setup()``, also by another name; a function of the file that is called so is
    not meant."""
    nodes = [*nodes]
    own = {each.name for each in tree.body if isinstance(each, ast.FunctionDef)}
    aliases = {
        alias.asname or alias.name
        for node in nodes
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name == "setup"
    }
    found = [call for name in sorted({"setup", *aliases}) for call in calls_of(nodes, name)]
    return [each for each in found if dotted(each.func) not in own]


def calls_of(nodes: Iterable[ast.AST], name: str) -> Iterator[ast.Call]:
    """The calls of a function, or of a method, with a name."""
    for node in nodes:
        if isinstance(node, ast.Call):
            called = node.func
            if (isinstance(called, ast.Name) and called.id == name) or (
                isinstance(called, ast.Attribute) and called.attr == name
            ):
                yield node


def _path(text: str, tree: ast.Module, nodes: Sequence[ast.AST]) -> tuple[ast.Module, ast.Call]:
    """What leads to the only call of ``setup()`` in a file, and the call there."""
    (call,) = calls(tree, nodes)
    if not any(isinstance(each, ast.Expr) and each.value is call for each in tree.body):
        tree = drop_annotations(parse(text))  # again, as it is changed
        (call,) = calls(tree, ast.walk(tree))
    return setup_path.until_call(tree, call), call


def _known(value: Any, values: Values) -> Any:
    """The value of an expression, or the value itself. Raises `NotPlain`."""
    if isinstance(value, Unknown):
        raise NotPlain
    return values.of(value) if isinstance(value, ast.expr) else value


def _plain(name: str, value: Any) -> Any:
    """The value of a keyword, in which only requirements have markers. Raises `NotPlain`."""
    listed = [*value.values(), value] if isinstance(value, dict) else [value]
    parts = [part for each in listed for part in (each if isinstance(each, list) else [each])]
    if name not in REQUIRING and any(isinstance(part, Conditional) for part in parts):
        raise NotPlain
    return value


def _elsewhere(
    tree: ast.Module, plain: Mapping[str, ast.expr], computed: Mapping[str, ast.expr | None]
) -> Mapping[str, Elsewhere]:
    """Where those expressions have their value from, as far as that is known."""
    try:
        others = OtherFiles.named_by(tree, plain)
        found = {name: others.of(value) for name, value in computed.items() if value}
    except RecursionError:
        return {}
    return {name: place for name, place in found.items() if place is not None}

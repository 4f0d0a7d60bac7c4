"""Directives in the syntax tree of a recipe, read as values: calls, the blocks around them, their
specs and conditions. Forms that this program never writes are None."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from .model import BUILD_RUN, LIBRARY, Condition, Dependency, DependencyLine

_SPEC = re.compile(
    r"(?P<name>[\w-]+)(?P<first>(?:\s*[+~][\w-]+)*)"
    r"(?:@(?P<versions>[^\s+~%^]+))?(?P<variants>(?:\s*[+~][\w-]+)*)"
)
WHEN = re.compile(
    r"(?:@(?P<versions>[^\s+~%^]+))?(?P<variants>(?:\s*[+~][\w-]+)*)"
    r"(?:\s*platform=(?P<platform>[\w]+))?(?:\s*target=(?P<target>[\w:,]+))?"
    r"(?:\s*\^python@(?P<python>[^\s+~%^]+))?"
)


def inside_of(
    items: Sequence[ast.withitem],
    types: tuple[str, ...] = LIBRARY,
    within: tuple[Any, ...] = (),
) -> tuple[tuple[str, ...], tuple[Any, ...]] | None:
    """The types that hold in a block, and the conditions around it, for those around the block;
    None for other blocks."""
    for item in items:
        name, arguments, keywords = call_parts(item.context_expr)
        if name == "default_args" and set(keywords) <= {"type"}:
            types = types_of(keywords.get("type"), types)
        elif name == "when" and len(arguments) == 1 and not keywords:
            within = (*within, arguments[0])
        else:
            return None
    return types, within


def usual_block(statement: ast.stmt) -> ast.With | None:
    """The statement, if it is a block that only gives the usual type, as `render` writes it."""
    if isinstance(statement, ast.With) and inside_of(statement.items) == (BUILD_RUN, ()):
        return statement
    return None


def call_parts(node: ast.expr) -> tuple[str, list[Any], dict[str, Any]]:
    """Name, positional and keyword arguments of a call with literal arguments; computed ones are
    None."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return "", [], {}
    keywords = {str(keyword.arg): literal_of(keyword.value) for keyword in node.keywords}
    return node.func.id, [literal_of(argument) for argument in node.args], keywords


def literal_of(node: ast.expr) -> Any:
    """The value of a literal; None for what is computed."""
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None


def attribute(body: Iterable[ast.stmt], name: str) -> Any:
    """An attribute in the body of a class, if it is a literal; None if there is none."""
    for statement in body:
        if isinstance(statement, ast.Assign):
            target = statement.targets[0]
            if isinstance(target, ast.Name) and target.id == name:
                return literal_of(statement.value)
    return None


def types_of(given: Any, otherwise: tuple[str, ...]) -> tuple[str, ...]:
    """The value of a ``type=``, one or several, or ``otherwise`` where it is invalid."""
    if isinstance(given, str):
        return (given,)
    return tuple(given) if isinstance(given, (tuple, list)) else otherwise


def condition(text: Any) -> Condition | None:
    """A ``when=`` as a value; None for a form that this program never writes."""
    match = WHEN.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    return Condition(
        versions=match["versions"] or "",
        variants=tuple(re.findall(r"[+~][\w-]+", match["variants"] or "")),
        platform=match["platform"] or "",
        target=match["target"] or "",
        python=match["python"] or "",
    )


def dependency_line(
    spec: Any, when: Condition, within: Sequence[str], types: tuple[str, ...]
) -> DependencyLine | None:
    """A ``depends_on`` with this first argument as a value; None for a form that this program
    never writes."""
    match = _SPEC.fullmatch(spec) if isinstance(spec, str) else None
    if match is None:
        return None
    variants = tuple(re.findall(r"[+~][\w-]+", match["first"] + match["variants"]))
    dependency = Dependency(match["name"], match["versions"] or "", variants, when, types)
    return DependencyLine(dependency, tuple(within))


def joined(when: Condition, blocks: Sequence[Condition]) -> Condition:
    """A line's own condition with what the blocks around it add, but for their versions."""
    for block in blocks:
        when = replace(
            when,
            variants=(*block.variants, *when.variants),
            platform=when.platform or block.platform,
            target=when.target or block.target,
            python=when.python or block.python,
        )
    return when


def has_versions(found: ast.ClassDef) -> bool:
    """Whether a class lists versions."""
    calls = [s.value for s in found.body if isinstance(s, ast.Expr)]
    return any(call_parts(call)[0] == "version" for call in calls)

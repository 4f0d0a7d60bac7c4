"""The statements of a recipe one by one, with their lines: directives, attributes and methods.

`edit` reads what it may change; this reads all there is, and says what is not plain enough to be
read as a value.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..syntax import Segments, source_lines
from .calls import (
    call_parts,
    condition,
    dependency_line,
    inside_of,
    joined,
    types_of,
)
from .edit import RecipeText
from .loop_lines import written_out
from .model import LIBRARY, Condition, DependencyLine

_LOOP = "it stands in a loop or a try"
_UNDER_IF = "it stands under an if"
_BLOCK = "it stands in a block that is more than when() or default_args(type=)"
#: The names of the arguments after the first one, where a recipe gives these without a name.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "depends_on": ("when", "type"),
    "conflicts": ("when", "msg"),
}


@dataclass(frozen=True)
class Statement:
    """A statement of a class, from ``line`` to ``end``. ``kind`` is the name of the directive
    (``depends_on``), attribute (``homepage``) or method; ``first`` is its first argument, the
    name of a resource, or the value of the attribute, where that is a text; ``keywords`` are its
    keyword arguments.

    ``when`` is its own condition with those of the blocks around it, but for their versions, which
    are in ``within``. ``dependency`` is the value of a ``depends_on``; ``only_if`` the test of the
    ``if`` in which a ``version`` stands, as for wheels of one machine. ``computed`` says why it
    cannot be read as a value; then it has none of these. ``loop`` are the heads of the loops
    around it: one over literals gives a statement for each item. ``body`` is all that a method
    says."""

    line: int
    end: int
    kind: str
    text: str
    first: str = ""
    keywords: Mapping[str, Any] = field(default_factory=dict)
    when: Condition = Condition()
    within: tuple[str, ...] = ()
    dependency: DependencyLine | None = None
    only_if: str = ""
    computed: str = ""
    loop: str = ""
    body: str = ""


def statements(text: str) -> list[Statement]:
    """All statements of a recipe's class, in the order of the text; without its docstring. Raises
    `spack_pypi.recipe.text_edits.Uneditable` for what is not a recipe."""
    recipe = RecipeText(text)
    return list(_Reader(text, recipe.literals).read(recipe.body, _Around()))


def comments(text: str) -> dict[int, str]:
    """The comments of a recipe that stand on lines of their own, by the line in which each begins;
    lines that follow each other are one."""
    found: dict[int, str] = {}
    first, last = 0, 0
    for number, line in enumerate(source_lines(text), 1):
        if line.lstrip().startswith("#"):
            first = first if last == number - 1 and last else number
            last = number
            found[first] = f"{found.get(first, '')} {line.strip(' #')}".strip()
    return found


@dataclass(frozen=True)
class _Around:
    """What stands around a statement: what blocks add to it, the test of an ``if``, why it is
    ``computed``, and the heads of loops."""

    types: tuple[str, ...] = LIBRARY
    within: tuple[Any, ...] = ()
    only_if: str = ""
    computed: str = ""
    loop: str = ""


class _Reader:
    def __init__(self, text: str, literals: Mapping[str, Any]) -> None:
        self._segments, self._literals = Segments(text), literals

    def read(self, body: Iterable[ast.stmt], around: _Around) -> Iterator[Statement]:
        for statement in body:
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
                yield self._call(statement.value, around)
            elif isinstance(statement, ast.Assign):
                yield self._attribute(statement, around)
            elif isinstance(statement, ast.FunctionDef):
                yield self._statement(
                    statement,
                    statement.name,
                    computed=around.computed,
                    body=ast.unparse(statement),
                )
            elif isinstance(statement, ast.If):
                test = ast.unparse(statement.test)
                yield from self.read(statement.body, replace(around, only_if=test))
                yield from self.read(statement.orelse, replace(around, only_if=f"not ({test})"))
            elif isinstance(statement, ast.With):
                inside = inside_of(statement.items, around.types, around.within)
                if inside is not None:
                    inner = replace(around, types=inside[0], within=inside[1])
                else:
                    inner = replace(around, computed=_BLOCK)
                yield from self.read(statement.body, inner)
            elif isinstance(statement, ast.For):
                head = f"for {ast.unparse(statement.target)} in {ast.unparse(statement.iter)}: "
                inner = replace(around, loop=around.loop + head)
                made = written_out(statement, self._literals)
                if not made:
                    inner = replace(inner, computed=_LOOP)
                yield from self.read(made or statement.body, inner)
            elif isinstance(statement, (ast.While, ast.Try)):
                yield from self.read(statement.body, replace(around, computed=_LOOP))

    def _attribute(self, statement: ast.Assign, around: _Around) -> Statement:
        target, computed = statement.targets[0], around.computed or around.only_if and _UNDER_IF
        name = target.id if isinstance(target, ast.Name) else ""
        try:
            value = ast.literal_eval(statement.value)
        except ValueError:
            value, computed = "", computed or "its value is computed"
        first = value if isinstance(value, str) else ""
        return self._statement(statement, name, first=first, computed=computed)

    def _call(self, node: ast.Call, around: _Around) -> Statement:
        name, arguments, keywords = call_parts(node)
        kind = name or ast.unparse(node.func)
        first = arguments[0] if arguments else keywords.get("name") if kind == "resource" else ""
        first = first if isinstance(first, str) else ""
        keywords = {**dict(zip(_NAMES.get(kind, ()), arguments[1:])), **keywords}
        when = condition(keywords.get("when", ""))
        blocks = [condition(text) for text in around.within]
        computed = around.computed
        if around.only_if and kind != "version":
            computed = computed or _UNDER_IF
        if not computed and (not first or (None in (*arguments, *keywords.values()))):
            computed = "its arguments are computed"
        if computed or when is None or None in blocks:
            problem = "its condition is about more than versions, variants, platform and Python"
            return self._statement(
                node, kind, first=first, computed=computed or problem, loop=around.loop
            )
        outer = [block for block in blocks if block is not None]
        ranges = tuple(block.versions for block in outer if block.versions)
        whole, dependency = joined(when, outer), None
        if kind == "depends_on":
            given = types_of(keywords.get("type"), around.types)
            dependency = dependency_line(first, whole, ranges, given)
            if dependency is None or not set(keywords) <= {"when", "type"}:
                problem = "it says more than package, versions and variants"
                return self._statement(node, kind, first=first, computed=problem, loop=around.loop)
        return self._statement(
            node,
            kind,
            first=first,
            keywords=keywords,
            when=whole,
            within=ranges,
            dependency=dependency,
            only_if=around.only_if,
            loop=around.loop,
        )

    def _statement(self, node: ast.stmt | ast.Call, kind: str, **values: Any) -> Statement:
        end = node.end_lineno or node.lineno
        if isinstance(node, ast.FunctionDef):
            text = f"def {kind}(...)"
        else:
            text = " ".join((self._segments.of(node) or "").split())
            text = re.sub(r"(?<=[(\[]) | (?=[)\]])", "", text)
            text = re.sub(r",(?=[)\]]$)", "", text)
        return Statement(node.lineno, end, kind, text, **values)

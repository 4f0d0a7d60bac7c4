"""Remove versions from a recipe's text, with all that only they need; rename packages.

The result means the same for the remaining versions, and reads as if the others had never been
listed: no ``when=`` holds for all of them, and lines that differ in their ranges alone are one.
Only plain directives are edited, as in `edit`; a person's comments and methods stay.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Container, Mapping
from dataclasses import replace
from typing import Callable, Optional

from ..syntax import parse
from . import directives
from .calls import call_parts, usual_block
from .edit import RecipeText
from .model import BUILD_RUN, Dependency
from .render import BLOCK_FROM
from .text_edits import Edits, Uneditable
from .version_comments import with_versions

#: Whether a version range (without ``@``) holds all remaining versions, none, or, None, some.
Holds = Callable[[str], Optional[bool]]
#: The range that two ranges have in common; None where it has no short text.
Meet = Callable[[str, str], Optional[str]]

_WHEN = re.compile(r"@(?P<versions>[^\s+~%^]+)\s*")
#: The method that `render` writes where archives were renamed: the newest name is also pypi's.
_NEWEST_NAME = re.compile(
    r"def url_for_version\(self, version\):\s+"
    r"(?:name = \(?\s*\"[^\"]*\"\s+)?if version >= Version\(\"(?P<since>[^\"]+)\"\)[^()]*"
    r"(?:elif version >= Version\(\"[^\"]+\"\)[^()]*)*\)?\s*"
    r"return self\.url\.rsplit\(\"/\", 1\)\[0\] \+ f\"[^\"]*\""
)


def reduced(text: str, versions: Container[str], holds: Holds, meet: Meet) -> str:
    """The text with only these ``versions`` (and branches). Raises `Uneditable` where versions are
    computed or listed under an ``if``."""
    listed = RecipeText(text).versions
    kept = [v for v in listed if v in versions or not v[:1].isdigit()]
    text = with_versions(text, listed, kept)
    recipe = RecipeText(text)
    edits = Edits(text)
    _reduce_block(recipe.body, text, edits, set(kept), holds)
    left = _joined(edits.applied(), meet)
    # Where a person has small blocks, they stay.
    return left if _small_blocks(recipe) else _without_small_blocks(left)


def rename_packages(text: str, names: Mapping[str, str]) -> str:
    """The text with other names (values of ``names``) for packages that it depends on, or excludes
    versions of."""
    edits = Edits(text)
    for node in ast.walk(parse(text)):
        if isinstance(node, ast.Call):
            name, arguments, _ = call_parts(node)
            spec = arguments[0] if name in ("depends_on", "conflicts") and arguments else None
            match = re.match(r"(\^?)([\w-]+)", spec) if isinstance(spec, str) else None
            if match and match[2] in names:
                edits.rewrite(node, spec=match[1] + names[match[2]] + str(spec)[match.end() :])
    return edits.applied()


def _reduce_block(
    body: list[ast.stmt], text: str, edits: Edits, kept: Container[str], holds: Holds
) -> bool:
    """Whether anything is left of the block."""
    left = len(body)
    for statement in body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            gone = _reduce_call(statement.value, edits, kept, holds)
        elif isinstance(statement, ast.With):
            gone = any(_never_holds(item.context_expr, holds) for item in statement.items)
            gone = gone or not _reduce_block(statement.body, text, edits, kept, holds)
        elif isinstance(statement, ast.FunctionDef):
            gone = _names_only_old_archives(ast.get_source_segment(text, statement) or "", holds)
        else:
            gone = False
            if _lists_versions(statement):
                raise Uneditable(f"line {statement.lineno} lists versions under a condition")
        if gone:
            edits.delete(statement)
            left -= 1
    return left > 0


def _never_holds(block: ast.expr, holds: Holds) -> bool:
    name, arguments, _ = call_parts(block)
    match = _WHEN.match(str(arguments[0])) if name == "when" and arguments else None
    return match is not None and holds(match["versions"]) is False


def _lists_versions(statement: ast.stmt) -> bool:
    calls = (node for node in ast.walk(statement) if isinstance(node, ast.Call))
    return any(call_parts(call)[0] == "version" for call in calls)


def _reduce_call(node: ast.Call, edits: Edits, kept: Container[str], holds: Holds) -> bool:
    """Whether a directive applies to none of the versions that are kept; one that applies to all
    of them loses its range."""
    name, arguments, keywords = call_parts(node)
    if name == "version":
        return bool(arguments) and isinstance(arguments[0], str) and arguments[0] not in kept
    match = _WHEN.match(str(keywords.get("when") or ""))
    if match is None:
        return False
    held = holds(match["versions"])
    if held:
        rest = str(keywords["when"])[match.end() :]
        edits.rewrite(node, when=f"when={directives.literal(rest)}" if rest else "")
    return held is False


def _names_only_old_archives(method: str, holds: Holds) -> bool:
    match = _NEWEST_NAME.fullmatch(method)
    return match is not None and holds(f"{match['since']}:") is True


def _small_blocks(recipe: RecipeText) -> list[ast.With]:
    """Blocks that only give the usual type, and hold so few lines that `render` writes none."""
    blocks = filter(None, map(usual_block, recipe.body))
    return [block for block in blocks if len(block.body) < BLOCK_FROM]


def _without_small_blocks(text: str) -> str:
    """The text with lines that say their type themselves in place of small blocks; as it is, where
    one of these holds more than plain dependencies."""
    edits = Edits(text)
    try:
        for block in _small_blocks(RecipeText(text)):
            lines = [_with_type(statement, edits) for statement in block.body]
            edits.replace(block, "\n".join(lines).lstrip())
    except Uneditable:
        return text
    return edits.applied()


def _with_type(statement: ast.stmt, edits: Edits) -> str:
    """A plain dependency of a block as it stands outside. Raises `Uneditable` for others."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call) or call_parts(call)[0] != "depends_on":
        raise Uneditable(f"line {statement.lineno} is not a dependency")
    keywords = [edits.source(keyword) for keyword in call.keywords]
    if any(keyword.arg == "type" for keyword in call.keywords):
        raise Uneditable(f"line {statement.lineno} has a type of its own")
    spec = [edits.source(argument) for argument in call.args]
    return directives.call("depends_on", spec, [*keywords, directives.type_(BUILD_RUN)])


def _joined(text: str, meet: Meet) -> str:
    """Lines of one package that differ in their ranges alone, as one."""
    recipe = RecipeText(text)
    edits = Edits(text)
    alike: dict[tuple[object, ...], list[tuple[ast.Expr, Dependency]]] = {}
    for block, lines in enumerate(recipe.plain_lines):
        for statement, line in lines:
            key = (block, line.package, line.variants, line.when, frozenset(line.types))
            alike.setdefault(key, []).append((statement, line))
    for lines in alike.values():
        first, dependency = lines[0]
        joint = dependency
        for statement, line in lines[1:]:
            both = meet(joint.versions, line.versions)
            if both is not None:
                joint = replace(joint, versions=both)
                edits.delete(statement)
        if joint != dependency:
            assert isinstance(first.value, ast.Call)
            edits.rewrite(first.value, spec=joint.spec)
    return edits.applied()

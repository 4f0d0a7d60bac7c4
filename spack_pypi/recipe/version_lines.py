"""Where a new version of a recipe that exists goes, with the reason why it is a wheel."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from . import directives
from .calls import call_parts
from .model import THE_WHEEL, VersionLine
from .order import precedes
from .text_edits import Edits, Uneditable
from .version_comments import without_lines


def insert(
    edits: Edits,
    lines: Sequence[str],
    body: Sequence[ast.stmt],
    versions: Sequence[tuple[str, ast.Call]],
    new: VersionLine,
    reason: str,
) -> None:
    """A line above those of older ``versions`` of a text with these ``lines`` and this ``body`` of
    its class, or below all, below the ``reason`` for a wheel. Where the same stands above the next
    older version it is the reason for both. Without versions it stands above the block of those
    that are for single machines. Raises `Uneditable` where there are none of these either."""
    text = directives.version(new)
    whole = "\n".join([*([directives.comment(reason)] if reason else []), text])
    if not versions:
        block = next(filter(_lists_versions, body), None)
        if block is None:
            raise Uneditable("it has no plain version line, next to which a new one could go")
        edits.insert_at(_said_above(lines, block.lineno - 1)[0], f"{whole}\n")
        return
    older = next((node for version, node in versions if precedes(new.version, version)), None)
    if older is None:
        edits.insert_after(versions[-1][1], whole)
        return
    top, said = _said_above(lines, older.lineno - 1)
    if reason and without_lines(said) == without_lines(reason):
        edits.insert_before(older, text)
    else:
        edits.insert_at(top if THE_WHEEL in said else older.lineno - 1, whole)


def _lists_versions(statement: ast.stmt) -> bool:
    """Whether a statement is an ``if`` with versions."""
    calls = (node for node in ast.walk(statement) if isinstance(node, ast.Call))
    return isinstance(statement, ast.If) and any(call_parts(c)[0] == "version" for c in calls)


def _said_above(lines: Sequence[str], end: int) -> tuple[int, str]:
    """The comment that ends above a line, with the number of lines before it."""
    top = end
    while top and lines[top - 1].startswith(f"{directives.INDENT}#"):
        top -= 1
    return top, " ".join(line.strip(" #") for line in lines[top:end])

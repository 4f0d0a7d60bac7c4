"""Where a new version of a recipe that exists goes, with the reason why it is a wheel."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from . import directives
from .model import THE_WHEEL, VersionLine
from .order import precedes
from .text_edits import Edits, Uneditable
from .version_comments import without_lines


def insert(
    edits: Edits,
    lines: Sequence[str],
    versions: Sequence[tuple[str, ast.Call]],
    new: VersionLine,
    reason: str,
) -> None:
    """A line above those of older ``versions`` of a text with these ``lines``, or below all, below
    the ``reason`` for a wheel. Where the same stands above the next older version it is the reason
    for both. Raises `Uneditable` where there is no version."""
    if not versions:
        raise Uneditable("it has no plain version line, next to which a new one could go")
    text = directives.version(new)
    whole = "\n".join([*([directives.comment(reason)] if reason else []), text])
    older = next((node for version, node in versions if precedes(new.version, version)), None)
    if older is None:
        edits.insert_after(versions[-1][1], whole)
        return
    top, said = _said_above(lines, older.lineno - 1)
    if reason and without_lines(said) == without_lines(reason):
        edits.insert_before(older, text)
    else:
        edits.insert_at(top if THE_WHEEL in said else older.lineno - 1, whole)


def _said_above(lines: Sequence[str], end: int) -> tuple[int, str]:
    """The comment that ends above a line, with the number of lines before it."""
    top = end
    while top and lines[top - 1].startswith(f"{directives.INDENT}#"):
        top -= 1
    return top, " ".join(line.strip(" #") for line in lines[top:end])

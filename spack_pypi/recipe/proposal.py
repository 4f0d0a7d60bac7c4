"""What a person would have to change in a recipe that is not edited: with the numbers of its
lines, ready to be pasted."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from itertools import chain

from ..syntax import source_lines
from .statements import statements
from .text_edits import Uneditable


def proposed_edit(before: str, after: str, reason: str) -> str:
    """The changes from one text of a recipe to another that was refused for a reason, with the
    lines that the reason speaks of."""
    old, new = source_lines(before), source_lines(after)
    parts: list[str] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, first, last, start, end in matcher.get_opcodes():
        lines = [line for line in new[start:end] if line.strip()]
        if kind == "replace":
            parts += [_replace(first + 1, last), *lines]
        elif kind == "insert" and lines:
            parts += [f"# add below line {first}:", *lines]
    return "\n".join([*parts, *concerned(before, reason)])


def proposed_lines(before: str, added: Iterable[str], ends: Iterable[tuple[int, str]]) -> str:
    """Lines to add to a recipe, and what the ``when=`` of some of its lines becomes, by their
    numbers."""
    texts = source_lines(before)
    ended = chain.from_iterable(
        (f"# line {number} holds only for {versions}:", texts[number - 1])
        for number, versions in ends
    )
    return "\n".join(["# add:", *added, *ended])


def concerned(text: str, reason: str) -> Iterator[str]:
    """The lines of a recipe about the packages that a reason names, with their numbers."""
    named = set(re.findall(r"(?<![\w.-])[a-z][\w]*(?:-[\w]+)*", reason))
    try:
        found = statements(text)
    except Uneditable:
        return
    of_loops = {each.line for each in found if each.loop}
    for each in {each.line: each for each in found}.values():
        package = re.search(r"[\"']\^?([\w-]+)", each.text)
        if each.kind in ("depends_on", "conflicts") and package and package[1] in named:
            computed = each.computed or ("it stands in a loop" if each.line in of_loops else "")
            note = f" ({computed})" if computed else ""
            yield f"# compare with line {each.line}: {each.text}{note}"


def _replace(first: int, last: int) -> str:
    where = f"line {first}" if first == last else f"lines {first} to {last}"
    return f"# in place of {where}:"

"""The lines of a recipe that an earlier text of it does not have."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from ...recipe.statements import Statement, statements
from ...recipe.text_edits import Uneditable
from .model import ExplainedRecipe


def changed(explained: ExplainedRecipe, now: str, before: str | None) -> ExplainedRecipe:
    """Only the statements of the text ``now`` that the one ``before`` lacks, those that are gone,
    and what of the versions that are new has no line; all where there is no text before, or one
    that cannot be read."""
    if before is None:
        return explained
    try:
        old, new = statements(before), statements(now)
    except Uneditable:
        return explained
    known = Counter(each.text for each in old)
    added = Counter(each.text for each in new) - known
    gone = known - Counter(each.text for each in new)
    versions = {*_versions(new)} - {*_versions(old)}
    lines = []
    for line in explained.lines:
        if added[line.text]:
            added[line.text] -= 1
            lines.append(line)
    unsaid = [
        replace(each, versions=tuple(v for v in each.versions if v in versions))
        for each in explained.unsaid
        if versions & {*each.versions}
    ]
    return replace(
        explained,
        lines=tuple(lines),
        unsaid=tuple(unsaid),
        removed=tuple(each.text for each in old if gone[each.text]),
    )


def _versions(found: list[Statement]) -> list[str]:
    return [each.first for each in found if each.kind == "version"]

"""The statements of a recipe that an earlier text of it does not have, or has under another
condition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
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
    added = {each.line for each in _without(new, old)}
    versions = {*_versions(new)} - {*_versions(old)}
    unsaid = [
        replace(each, versions=tuple(v for v in each.versions if v in versions))
        for each in explained.unsaid
        if versions & {*each.versions}
    ]
    return replace(
        explained,
        lines=tuple(line for line in explained.lines if line.line in added),
        unsaid=tuple(unsaid),
        removed=tuple(each.text for each in _without(old, new)),
    )


def _without(some: Sequence[Statement], others: Sequence[Statement]) -> Iterator[Statement]:
    """The statements that others do not have as often."""
    known = Counter(map(_meaning, others))
    for each in some:
        if known[_meaning(each)]:
            known[_meaning(each)] -= 1
        else:
            yield each


def _meaning(each: Statement) -> Hashable:
    """A statement with what the blocks and loops around it say."""
    around = (each.when, each.within, each.only_if, each.computed, each.loop)
    return each.text, each.dependency, around


def _versions(found: Sequence[Statement]) -> list[str]:
    return [each.first for each in found if each.kind == "version"]

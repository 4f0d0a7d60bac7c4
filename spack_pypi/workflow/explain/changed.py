"""The statements of a recipe that an earlier text of it does not have, or has under another
condition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace

from ...recipe.statements import Statement, statements
from ...recipe.text_edits import Uneditable
from .model import ExplainedLine, ExplainedRecipe, Ground, Verdict


def changed(explained: ExplainedRecipe, now: str, before: str | None) -> ExplainedRecipe:
    """Only the statements of the text ``now`` that the one ``before`` lacks, those that are gone,
    and what of the versions that are new has no line; of a method that is another one, only that
    it is. All where there is no text before, or one that cannot be read."""
    if before is None:
        return explained
    try:
        old, new = statements(before), statements(now)
    except Uneditable:
        return explained
    gone = [*_without(old, new)]
    methods = {each.text for each in gone if each.body}
    fresh = [*_without(new, old)]
    added = {each.line: each.body and each.text in methods for each in fresh}
    shown = {each.text for each in fresh if each.body}
    versions = {*_versions(new)} - {*_versions(old)}
    unsaid = [
        replace(each, versions=tuple(v for v in each.versions if v in versions))
        for each in explained.unsaid
        if versions & {*each.versions}
    ]
    return replace(
        explained,
        lines=tuple(
            _other_method(line) if added[line.line] else line
            for line in explained.lines
            if line.line in added
        ),
        unsaid=tuple(unsaid),
        removed=tuple(dict.fromkeys(each.text for each in gone if each.text not in shown)),
    )


def _other_method(line: ExplainedLine) -> ExplainedLine:
    """A method that changed, unless what it does is known."""
    if any(ground.verdict is Verdict.EXPLAINED for ground in line.grounds):
        return line
    note = "this method changed; not explained"
    return replace(line, grounds=(Ground(Verdict.UNKNOWN, notes=(note,)),))


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
    return each.text, each.dependency, each.body, around


def _versions(found: Sequence[Statement]) -> list[str]:
    return [each.first for each in found if each.kind == "version"]

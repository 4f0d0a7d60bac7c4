"""The grade that a unit has by what it declares itself, whatever satisfies its requirements."""

from __future__ import annotations

from collections.abc import Sequence

from ..translate.requirements import Translated, Untranslatable
from .applies import applies_on_linux
from .facts import Declared
from .lessons import Grade, Unit

#: How far a release may be from the roots, in requirements by the shortest way: several times what
#: real ones are. Where the last of them lacks something, that is learned of one after the other,
#: for each by another walk, so that the time grows with the square of it.
_DEEPEST = 200


def required_of(
    untranslatable: Sequence[Untranslatable], pythons: Sequence[str]
) -> Untranslatable | None:
    """The first of these that is required on Linux with one of the Pythons."""
    for each in untranslatable:
        if any(applies_on_linux(condition, pythons) for condition in each.conditions):
            return each
    return None


def own_grade(
    unit: Unit, depth: int, declared: Declared, translated: Translated, pythons: Sequence[str]
) -> tuple[Grade, str]:
    """The grade of a unit by what it declares itself, whatever its requirements can be satisfied
    with, and why; ``depth`` is how far it is from the roots, ``pythons`` are those that it runs
    with."""
    if depth > _DEEPEST:
        return Grade.IMPOSSIBLE, (
            f"is more than {_DEEPEST} requirements away from what was named, the limit; "
            f"create {unit.project} first"
        )
    if declared.not_fetched:
        # Nobody knows what would be left out.
        return Grade.IMPOSSIBLE, f"cannot be read: {declared.not_fetched}"
    unsaid = required_of(translated.untranslatable, pythons)
    if unsaid is not None:
        return Grade.INCOMPLETE, unsaid.sentence
    metadata = declared.metadata
    if unit.extra:
        return Grade.COMPLETE, ""
    if not pythons:
        reason = f"requires Python {metadata.requires_python}, which this Spack does not have"
        return Grade.INCOMPLETE, reason
    if metadata.requires_dist is None:
        reason = f": {metadata.problem}" if metadata.problem else ""
        return Grade.INCOMPLETE, f"does not declare what it requires{reason}"
    if not metadata.confirmed:
        return Grade.DOUBTFUL, f"has unconfirmed requirements: {metadata.problem}"
    return Grade.COMPLETE, ""

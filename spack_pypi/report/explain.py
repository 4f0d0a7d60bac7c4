"""What ``explain`` prints: a recipe line by line, then what has no line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..credentials import redacted
from ..workflow.explain.model import (
    TOGETHER,
    Cited,
    ExplainedLine,
    ExplainedRecipe,
    Ground,
    Unsaid,
    Verdict,
)
from ..workflow.unwritten import Unwritten
from .terminal import count

#: Characters of a statement, and of what is quoted, that are shown.
_WIDTH, _QUOTED = 100, 200
#: So many versions are named in a line; of more, the newest and the oldest.
_VERSIONS = 6


def lines(recipe: ExplainedRecipe) -> Iterator[str]:
    """The report, for people."""
    yield f"{recipe.namespace}.{recipe.package}, {recipe.file}"
    for place, versions in recipe.metadata:
        yield f"Metadata of {_versions(versions)}: {place}"
    if recipe.inherits:
        yield "It inherits another recipe, whose lines are not shown."
    yield from lines_with_reasons(recipe)


def unwritten_lines(planned: Unwritten) -> Iterator[str]:
    """The report of what no recipe says yet."""
    would, not_done = ("written", "not written") if planned.is_new else ("updated", "not updated")
    reason = f"{not_done}: {planned.reason}" if planned.reason else f"would be {would}"
    yield f"{planned.package}: {reason}"
    if planned.proposal:
        yield from ("To update it by hand:", "", planned.proposal, "")
    if planned.explained is not None:
        yield "Where its lines come from:" if planned.is_new else "Where the new lines come from:"
        yield from lines_with_reasons(planned.explained)


def lines_with_reasons(recipe: ExplainedRecipe) -> Iterator[str]:
    """The lines of a recipe, what was removed and what has no line, each with where it comes
    from."""
    for text in recipe.removed:
        yield f"removed: {_shortened(text)}"
    shown = [each for each in recipe.lines if each.grounds or not recipe.selected]
    for each in shown:
        yield f"{each.line}: {_shortened(each.text)}"
        if not each.grounds:
            yield "    applies to none of these versions"
        for reason in reasons(each):
            yield f"    {reason}"
    if not (recipe.lines or recipe.removed or recipe.unsaid):
        yield "Nothing differs."
    if len(shown) < len(recipe.lines):
        yield f"{count(len(recipe.lines) - len(shown), 'line')} for other versions: not shown."
    if recipe.unsaid:
        yield "Declared, but in no line:"
    for missing in recipe.unsaid:
        yield f"    {unsaid(missing)}"


def reasons(line: ExplainedLine, usual: Sequence[str] = ()) -> Iterator[str]:
    """What the releases say of a line, one text for those that say the same, which it names if
    they are others than the ``usual`` ones."""
    for ground in _fewer(line.grounds):
        yield f"{_about(ground.versions, usual)}{_text(ground)}"


def unsaid(missing: Unsaid, usual: Sequence[str] = ()) -> str:
    """What has no line, and why; ``usual`` as for `reasons`."""
    return f"{_about(missing.versions, usual)}{_missing(missing)} ({missing.reason})"


def _fewer(grounds: Sequence[Ground]) -> Sequence[Ground]:
    """The grounds, those of versions for which other lines say more as one, without what each
    version declares: a line that was written for older ones often has many of these."""
    weaker = [each for each in grounds if each.notes == (TOGETHER,)]
    if len(weaker) < 2:
        return grounds
    versions = tuple(version for each in weaker for version in each.versions)
    one = Ground(Verdict.EXPLAINED, (), ("the metadata says more, as other lines do",), versions)
    at = grounds.index(weaker[0])
    return [each for each in (*grounds[:at], one, *grounds[at:]) if each not in weaker]


def _missing(each: Unsaid) -> str:
    least, most = each.counted
    if not most:
        return _quoted([each.cited])
    number = count(most, "requirement") if least == most else f"{least} to {most} requirements"
    return f"{each.cited}: {number}"


def _text(ground: Ground) -> str:
    cited, notes = _quoted(ground.cited), "; ".join(ground.notes)
    if ground.verdict is Verdict.DIFFERS:
        return f"the metadata says {cited or 'nothing'}; the line differs: {notes}"
    if ground.verdict is Verdict.UNKNOWN and cited:
        return f"the metadata says {cited}; not compared: {notes}"
    return "; ".join(part for part in (cited, notes) if part)


def _quoted(cited: Sequence[Cited]) -> str:
    return "; ".join(_shortened(str(each), _QUOTED) for each in cited)


def _about(versions: Sequence[str], usual: Sequence[str] = ()) -> str:
    named = versions and tuple(versions) != tuple(usual)
    return f"{_versions(versions)}: " if named else ""


def _versions(versions: Sequence[str]) -> str:
    if len(versions) <= _VERSIONS:
        return ", ".join(versions)
    return (
        f"{', '.join(versions[: _VERSIONS - 2])}, ..., {versions[-1]} ({len(versions)} versions)"
    )


def _shortened(text: str, longest: int = _WIDTH) -> str:
    text = redacted(" ".join(text.split()))
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


def recipe_json(recipe: ExplainedRecipe) -> dict[str, Any]:
    """The record of a recipe, for ``--json``."""
    return {
        "package": recipe.package,
        "namespace": recipe.namespace,
        "file": recipe.file,
        "metadata": [
            {"from": place, "versions": list(versions)} for place, versions in recipe.metadata
        ],
        "inherits": recipe.inherits,
        "lines": [_line_json(each) for each in recipe.lines],
        "removed": list(map(redacted, recipe.removed)),
        "unsaid": [_unsaid_json(each) for each in recipe.unsaid],
    }


def unwritten_json(planned: Unwritten) -> dict[str, Any]:
    """The record of what no recipe says yet, for ``--json``."""
    explained = planned.explained
    return {
        **(recipe_json(explained) if explained else {"package": planned.package}),
        "planned": "recipe" if planned.is_new else "version",
        "refused": planned.reason or None,
        "proposal": planned.proposal or None,
    }


def _line_json(each: ExplainedLine) -> dict[str, Any]:
    return {
        "line": each.line,
        "end": each.end,
        "text": redacted(each.text),
        "dependency": each.package or None,
        "reasons": [
            {
                "verdict": ground.verdict.value,
                "versions": list(ground.versions),
                "declared": [_cited_json(cited) for cited in ground.cited],
                "notes": list(ground.notes),
            }
            for ground in each.grounds
        ],
    }


def _unsaid_json(each: Unsaid) -> dict[str, Any]:
    return {
        "versions": list(each.versions),
        "declared": _cited_json(each.cited),
        "dependency": each.package or None,
        "reason": each.reason,
        "counted": list(each.counted) if each.counted[1] else None,
    }


def _cited_json(cited: Cited) -> dict[str, str]:
    return {"field": cited.field, "text": redacted(cited.text)}

"""The text that introduces a series to its reviewers, in Markdown: what changes, answers to the
points of their own checklist, and where each line comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from ..workflow.explain.model import FOR_DEVELOPING, ExplainedRecipe, Verdict
from ..workflow.publishers import UNVERIFIED
from ..workflow.upstream.series import Commit, Series, head
from .explain import reasons, unsaid
from .terminal import count

#: What GitHub accepts as the text of a pull request, characters; of a longer one only the lines
#: that no metadata explains are shown.
_LONGEST = 65_536
#: What builtin's reviewers go through.
_CHECKLIST = "`.github/skills/pr-review.md`"


@dataclass(frozen=True)
class Proof:
    """What a series was made for (``base``: name, commit and date), and with what it was verified
    (``host``: Spack, Python and platform, in words)."""

    base: str
    host: str


def cover(series: Series, proof: Proof, needs: Sequence[str] = ()) -> str:
    """The text. ``needs`` are the branches that have to be merged before."""
    text = "\n".join(_lines(series, proof, needs, short=False)) + "\n"
    if len(text) > _LONGEST:
        text = "\n".join(_lines(series, proof, needs, short=True)) + "\n"
    return text


def _lines(series: Series, proof: Proof, needs: Sequence[str], short: bool) -> Iterator[str]:
    commits = series.commits
    others = f", and {len(commits) - 1} more" if len(commits) > 1 else ""
    yield from (f"# {head(series).title}{others}", "")
    if needs:
        yield from (f"Needs {_and(f'`{name}`' for name in needs)}, to be merged first.", "")
    yield f"{len(commits)} packages, dependencies first:" if len(commits) > 1 else "One package:"
    yield ""
    for commit in commits:
        yield from _item(commit)
    yield from ("", "## What reviewers check", "")
    yield f"The points of {_CHECKLIST}, as far as a program can answer them:"
    yield ""
    yield from (f"- {answer}" for answer in _answers(series, needs))
    yield from ("", f"Made for {proof.base}. With {proof.host}: {', '.join(series.verified)}.")
    yield "Nothing was built or run."
    differing = [each for commit in commits for each in commit.diagnostics if commit.versions]
    if differing:
        yield from ("", "Compared with the metadata of each added version:", "")
        yield from (
            f"- `{each.package}` {', '.join(each.versions)}: {each.severity.value}: "
            f"{_plain(each.text)}"
            for each in differing
        )
    tables = [row for commit in commits for row in _table(commit, short)]
    if tables:
        which = "each line that no metadata explains" if short else "each line"
        yield from ("", f"## Where {which} comes from", "", *tables)


def _and(names: Iterator[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _item(commit: Commit) -> Iterator[str]:
    what = "new package, " if commit.new else "add " if commit.versions else "update"
    versions = ", ".join(commit.versions)
    yield f"- `{commit.package}`: {what}{versions}" + (f" ({commit.link})" if commit.link else "")
    details: list[str] = [_plain(commit.summary)] if commit.new and commit.summary else []
    details += map(_plain, commit.changes)
    if commit.publisher:
        details.append(f"published by {_plain(commit.publisher)}: {UNVERIFIED}")
    details += (f"**{_plain(each.text)}**" for each in commit.warnings)
    details += (
        ["needs " + ", ".join(f"`{name}`" for name in commit.dependencies)]
        if commit.dependencies
        else []
    )
    for detail in details:
        yield f"  - {detail}"


# --- the checklist --------------------------------------------------------------------------


def _answers(series: Series, needs: Sequence[str]) -> Iterator[str]:
    compared = [commit for commit in series.commits if commit.versions]
    yield f"**Why**: {_why(series)}"
    if compared:
        yield f"**Version currency**: {_currency(compared)}"
        yield f"**Dependency completeness**: {_completeness(compared)}"
    together = len(series.commits) > 1
    yield (
        "**Consistency**: "
        + ("all recipes were loaded and audited together; " if together else "")
        + f"what they name exists in the base{', in what is merged first,' if needs else ''} or "
        "here, in a version that fits."
    )
    yield f"**Conventions**: {_conventions(series)}"
    unlicensed = [commit.package for commit in series.commits if _lacks_license(commit)]
    if unlicensed:
        yield f"**Licence**: none is stated for {_and(f'`{name}`' for name in unlicensed)}."


def _why(series: Series) -> str:
    new = sum(commit.new for commit in series.commits)
    updated = len(series.commits) - new
    parts = [count(new, "new package")] if new else []
    parts += [count(updated, "update")] if updated else []
    needing = [commit for commit in series.commits if commit.dependencies]
    others = ", and what it needs" if needing else ""
    return f"{' and '.join(parts)}: `{head(series).package}`{others}; links are above."


def _currency(commits: Sequence[Commit]) -> str:
    behind = [each for each in commits if each.latest and each.latest not in each.versions]
    unknown = [each for each in commits if not each.latest]
    texts = [f"the index has {each.latest} of `{each.package}`" for each in behind]
    texts += [f"not known for `{each.package}`" for each in unknown]
    if not texts:
        return "each recipe gets the newest release on the index."
    others = "; the others get the newest release" if len(texts) < len(commits) else ""
    return f"{'; '.join(texts)}{others}."


def _completeness(commits: Sequence[Commit]) -> str:
    scope = (
        "what each added version requires to run and to be built (its metadata, and the build "
        "files of its archive) was compared with what Spack makes of the recipe, for each Python "
        "version, platform and variant"
    )
    found = sum(len(commit.diagnostics) for commit in commits)
    return f"{scope}: {count(found, 'difference') if found else 'no difference'}."


def _conventions(series: Series) -> str:
    styled = not any(each.code == "style-not-checked" for each in series.diagnostics)
    style = "ruff passes" if styled else "ruff is not installed, so style was not checked"
    return f"{style}; each archive is a file of the release with this sha256."


def _lacks_license(commit: Commit) -> bool:
    lines = commit.explained.lines if commit.explained else ()
    return commit.new and bool(lines) and not any(e.text.startswith("license(") for e in lines)


# --- where lines come from ------------------------------------------------------------------


def _table(commit: Commit, short: bool) -> Iterator[str]:
    """Of one recipe, folded; without the versions, whose archives were compared already."""
    rows = [*_rows(commit.explained, commit.versions, short)] if commit.explained else []
    if not rows:
        return
    yield f"<details><summary>{escape(commit.package)}</summary>"
    yield from ("", "| line | from |", "| --- | --- |")
    yield from (f"| {line} | {source} |" for line, source in rows)
    yield from ("", "</details>", "")


def _rows(
    explained: ExplainedRecipe, added: Sequence[str], short: bool
) -> Iterator[tuple[str, str]]:
    """What is said by all versions that are added needs no version."""
    for line in explained.lines:
        plain = all(ground.verdict is Verdict.EXPLAINED for ground in line.grounds)
        if plain and (short or line.text.startswith("version(")):
            continue
        said = [*reasons(line, added)] or ["about other versions"]
        yield _code(line.text), "<br>".join(map(_cell, said))
    for text in () if short else explained.removed:
        yield f"~~{_code(text)}~~", "removed, or written anew"
    for missing in explained.unsaid:
        if missing.reason != FOR_DEVELOPING:
            yield "none", _cell(unsaid(missing, added))


def _code(text: str) -> str:
    ticks = "``" if "`" in text else "`"
    return f"{ticks}{text}{ticks}".replace("|", "\\|")


def _cell(text: str) -> str:
    """The text as it is, whatever it holds: one cell of a table."""
    return _plain(text).replace("|", "\\|")


def _plain(text: str) -> str:
    """The text without elements of HTML."""
    return escape(text, quote=False)

"""A series of commits as a value, and the text that introduces it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ...diagnostics import Diagnostic


@dataclass(frozen=True)
class Commit:
    """The commit of one package. ``versions`` are those that it adds, newest first;
    ``dependencies`` are the other packages of the series that it depends on; ``changes`` are those
    of its requirements, a phrase each; ``link`` is where the project shows what changed."""

    package: str
    folder: Path
    new: bool
    versions: tuple[str, ...]
    summary: str = ""
    changes: tuple[str, ...] = ()
    link: str = ""
    dependencies: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def title(self) -> str:
        """As commits to builtin are called."""
        if self.new:
            return f"{self.package}: new package"
        added = ", ".join(f"v{version}" for version in self.versions)
        return f"{self.package}: add {added}" if added else f"{self.package}: update"

    @property
    def message(self) -> str:
        """The title, and below it what changed and where to read more."""
        body = [self.summary if self.new else "", *self.changes, self.link]
        return "\n\n".join([self.title, "\n".join(filter(None, body))]).strip() + "\n"


@dataclass(frozen=True)
class Series:
    """The ``commits``, dependencies first, and how they were ``verified``; or errors among the
    ``diagnostics`` that say why there are none."""

    commits: tuple[Commit, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    verified: tuple[str, ...] = ()


def cover(series: Series, base: str, host: str) -> str:
    """The text that introduces a series to its reviewers, in Markdown: what changes, what depends
    on what, links to the projects, and how it was verified."""
    commits = series.commits
    others = f", and {len(commits) - 1} more" if len(commits) > 1 else ""
    lines = [f"# {head(series).title}{others}", ""]
    lines += [
        f"{len(commits)} packages, dependencies first:" if len(commits) > 1 else "One package:",
        "",
    ]
    for commit in commits:
        lines += _item(commit)
    lines += ["", f"Made for {base}. With {host}: {', '.join(series.verified)}."]
    compared = [commit for commit in commits if commit.versions]
    differing = [each for commit in compared for each in commit.diagnostics]
    if compared and not differing:
        lines.append("Compared with the metadata of each added version: no difference.")
    elif differing:
        lines += ["", "Compared with the metadata of each added version:", ""]
        lines += [
            f"- `{each.package}` {', '.join(each.versions)}: {each.severity.value}: {each.text}"
            for each in differing
        ]
    if any(each.code == "style-not-checked" for each in series.diagnostics):
        lines.append("ruff is not installed, so format and style were not checked.")
    return "\n".join(lines) + "\n"


def head(series: Series) -> Commit:
    """The commit that the series is named after: the last on which no other depends; in a cycle
    of all, the last."""
    required = {name for commit in series.commits for name in commit.dependencies}
    heads = [commit for commit in series.commits if commit.package not in required]
    return (heads or series.commits)[-1]


def _item(commit: Commit) -> Iterator[str]:
    what = "new package, " if commit.new else "add " if commit.versions else "update"
    versions = ", ".join(commit.versions)
    yield f"- `{commit.package}`: {what}{versions}" + (f" ({commit.link})" if commit.link else "")
    details: list[str] = [commit.summary] if commit.new and commit.summary else []
    details += commit.changes
    details += (
        ["needs " + ", ".join(f"`{name}`" for name in commit.dependencies)]
        if commit.dependencies
        else []
    )
    for detail in details:
        yield f"  - {detail}"

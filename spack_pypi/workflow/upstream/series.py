"""A series of commits as a value."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ...diagnostics import Diagnostic
from ..explain.model import ExplainedRecipe


@dataclass(frozen=True)
class Commit:
    """The commit of one package. ``versions`` are those that it adds, newest first;
    ``dependencies`` are the other packages of the series that it depends on; ``changes`` are those
    of its requirements, a phrase each; ``link`` is where the project shows what changed;
    ``latest`` is the newest release on the index, empty where that is not known; ``publisher`` is
    who published the newest version, in words, empty where the index attests nothing; ``warnings``
    are about that; ``explained`` are the lines that are new."""

    package: str
    folder: Path
    new: bool
    versions: tuple[str, ...]
    summary: str = ""
    changes: tuple[str, ...] = ()
    link: str = ""
    dependencies: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    latest: str = ""
    publisher: str = ""
    warnings: tuple[Diagnostic, ...] = ()
    explained: ExplainedRecipe | None = None

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


def head(series: Series) -> Commit:
    """The commit that the series is named after: the last on which no other depends; in a cycle
    of all, the last."""
    required = {name for commit in series.commits for name in commit.dependencies}
    heads = [commit for commit in series.commits if commit.package not in required]
    return (heads or series.commits)[-1]

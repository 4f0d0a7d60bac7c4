"""A git checkout of the repo that recipes are merged into."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Changed:
    """A recipe (``…/package.py``) that differs from what a commit has: its text there, None where
    it is new."""

    file: Path
    before: str | None


class Checkout(Protocol):
    """A git checkout of the repo that recipes are merged into, and a worktree of it in which
    commits are made: it starts at ``base`` (a commit), and nothing else is ever
    touched. All methods raise `HostError` where git fails."""

    base: str

    @property
    def repo(self) -> Path:
        """The root of the repo in the worktree."""

    def holds(self, root: Path) -> bool:
        """Whether this is the root of the repo in the checkout itself."""

    def described(self) -> str:
        """The base in words: name, short id and date."""

    def changed_here(self) -> Sequence[Changed]:
        """The recipes of the checkout (committed or not) that differ from the last commit that it
        shares with the base."""

    def changed(self) -> Sequence[Changed]:
        """The recipes of the worktree that differ from the base."""

    def reset(self) -> None:
        """Undo all changes in the worktree, which is as the base again."""

    def merged(self, mine: str, before: str, theirs: str) -> str | None:
        """The text with the changes of both sides; None where they conflict."""

    def check_free(self, branch: str) -> None:
        """Raise `UsageError` for a branch that exists, or for a name that git does not allow."""

    def commit(self, folder: Path, message: str) -> str:
        """Commit all of a folder in the worktree; the id of the commit."""

    def stack(self, below: str, commits: Sequence[str]) -> str:
        """Commits, of which no two change the same file, on top of another one; the id of the
        last."""

    def patches(self, since: str, last: str, folder: Path) -> Sequence[Path]:
        """Write each commit ``since`` one, up to the ``last``, as a patch file into an empty
        folder; the files, in order. They and ``cover.md`` are deleted if it comes to no
        `finish`."""

    def finish(self, branches: Mapping[str, str]) -> None:
        """Make new branches in the checkout, with their last commits: all or none."""

    def style(self) -> Sequence[str] | None:
        """The new complaints of the checkout's style checker about `changed` recipes; None where
        the checker is not installed."""

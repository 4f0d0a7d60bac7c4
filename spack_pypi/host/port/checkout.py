"""A git checkout of the repo that recipes are merged into."""

from __future__ import annotations

from collections.abc import Sequence
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
    commits are made: at first it is what ``base`` (a commit) has, and nothing else is ever
    touched. All methods raise `HostError` where git fails."""

    base: str

    @property
    def repo(self) -> Path:
        """The root of the repo in the worktree."""

    def holds(self, root: Path) -> bool:
        """Whether a repo's root is that of the checkout itself."""

    def described(self) -> str:
        """The base in words: name, short id and date."""

    def changed_here(self) -> Sequence[Changed]:
        """The recipes that are otherwise in the checkout (committed or not) than where it left
        the line of the base."""

    def changed(self) -> Sequence[Changed]:
        """The recipes that are otherwise in the worktree than at the base."""

    def merged(self, mine: str, before: str, theirs: str) -> str | None:
        """The text with the changes of both sides; None where they conflict."""

    def check_free(self, branch: str) -> None:
        """Raise `UsageError` for a branch that exists, or for a name that none can have."""

    def commit(self, folder: Path, message: str) -> None:
        """Commit all of a folder in the worktree."""

    def finish(self, branch: str, patches: Path) -> Sequence[Path]:
        """Give the commits a branch in the checkout, and write each as a patch file into a
        folder; the files, in order."""

    def style(self) -> Sequence[str] | None:
        """What the style checker of the checkout complains of in `changed` recipes and did not
        before; None where it is not installed."""

    def tags(self, address: str) -> Sequence[str]:
        """The tags of another git repository; none where it cannot be asked."""

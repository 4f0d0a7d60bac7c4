"""A git repository in a folder of this machine, as the remote that it belongs to has it.

Only objects are read, never the files that are checked out: what is not committed is in nobody
else's clone, and no link or filter is followed. Nothing is fetched.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from ...credentials import without_credentials
from ...errors import FileFailure, UsageError
from . import git_command
from .git_repository import COMMIT, NO_SHA1, References, Repository

#: ``user@host:path``, as ssh has it.
_OF_SSH = re.compile(r"[\w.-]+@[\w.-]+:(?!//)[!-~]+", re.A)
_USER_OF_SSH = re.compile(r"ssh://([\w.-]+)(:[^@/]*)?@", re.A)
_CLONED = re.compile(r'(https?|ssh|git|file)://[!"$->@-~]+', re.A)
#: A path, as git has it: a colon that stands before all slashes belongs to an address.
_PATH = re.compile(r"[^:/]*(/|$)")
_NAME = re.compile(r"[A-Za-z0-9][\w./+-]*", re.A)


@dataclass
class LocalRepository(Repository):
    """The repository in a ``folder`` of this machine, at the ``commit`` that is checked out: the
    ``branch`` and the tags that lead to it. The ``address`` is that of its remote."""

    commit: str = ""
    branch: str = ""

    @property
    def pushed(self) -> bool:
        """Whether the remote had the commit when git last asked it; a repository without one has
        it itself."""
        return self.address == self.folder.resolve().as_uri() or bool(
            _of_git(self.folder, "for-each-ref", "--contains", self.commit, "refs/remotes")
        )

    @property
    def checked_out(self) -> str:
        return str(self.folder.resolve())

    @property
    def _bare(self) -> Path:
        return self.folder

    def _references(self) -> References:
        tags = _of_git(self.folder, "tag", "--points-at", self.commit).split()
        known = {tag: self.commit for tag in tags if _NAME.fullmatch(tag)}
        return References(self.branch, {self.branch: self.commit}, known)

    def _fetch(self, commit: str, reference: str) -> None:
        """It is there."""


def local_repository(folder: Path) -> tuple[LocalRepository, str]:
    """The repository of a folder, and where in it the folder is (empty for its top). Raises
    `UsageError` where there is none, or not what a recipe has to name: a branch and an address."""
    if _of_git(folder, "rev-parse", "--is-inside-work-tree") != "true":
        raise UsageError(
            f"{folder} is not in a git repository, which a recipe could name: make it one, "
            "or give an sdist of it, which 'python3 -m build' makes"
        )
    top = Path(_of_git(folder, "rev-parse", "--show-toplevel"))
    where = ("rev-parse", "--absolute-git-dir")
    if _of_git(top, *where) != _of_git(folder, *where):
        raise UsageError(
            f"the git repository of {folder} has its files in {top} (core.worktree): name a clone "
            "of it"
        )
    commit = _of_git(top, "rev-parse", "--verify", "HEAD^{commit}")
    if not commit:
        raise UsageError(f"{folder} has no commit yet: git commit")
    if not COMMIT.fullmatch(commit):
        raise UsageError(f"{folder} {NO_SHA1}")
    branch = _of_git(top, "symbolic-ref", "--short", "HEAD")
    if not _NAME.fullmatch(branch):
        raise UsageError(
            f"{folder} has no branch checked out that a recipe could name: git switch BRANCH"
        )
    address = _remote(folder, top, branch)
    inner = folder.resolve().relative_to(top.resolve()).as_posix()
    found = LocalRepository(address, top, commit=commit, branch=branch)
    return found, "" if inner == "." else inner


def _remote(folder: Path, top: Path, branch: str) -> str:
    """The address, without credentials, from which the branch comes, else that of origin, else
    the only one; that of the repository itself where there is none."""
    names = _of_git(top, "remote").split()
    upstream = _of_git(top, "config", "--get", f"branch.{branch}.remote")
    wanted = [each for each in (upstream, "origin") if each in names]
    wanted += names if len(names) == 1 else []
    if not names:
        return top.resolve().as_uri()
    address = _of_git(top, "config", "--get", f"remote.{wanted[0]}.url") if wanted else ""
    if not address:
        raise UsageError(
            f"{folder} has several git remotes, and none of them is that of its branch: "
            "git branch --set-upstream-to REMOTE/BRANCH"
        )
    if _OF_SSH.fullmatch(address):
        return address
    if _PATH.match(address):
        return (top / address).resolve().as_uri()
    try:
        plain = without_credentials(address)
    except ValueError:
        plain = ""
    if not _CLONED.fullmatch(plain):
        # Without its address, in which a password may be anywhere.
        raise UsageError(
            f"Spack cannot clone the git remote '{wanted[0]}' of {folder}: give it an address of "
            f"https or ssh without a query: git remote set-url {wanted[0]} URL"
        )
    # The user of ssh is not a secret, and without it there is no access.
    user = _USER_OF_SSH.match(address)
    return plain.replace("ssh://", f"ssh://{user[1]}@", 1) if user else plain


def _of_git(folder: Path, *words: str) -> str:
    """What git prints; empty where it fails. Raises `UsageError` where it cannot be run, or
    refuses the folder."""
    try:
        return os.fsdecode(git_command.run(str(folder), folder, *words)).removesuffix("\n")
    except FileFailure as failure:
        if "dubious ownership" in failure.reason:
            raise UsageError(
                f"{folder} belongs to another user, so that git does not read it: git config "
                "--global --add safe.directory PATH"
            ) from None
        if "git says" not in failure.reason:
            raise UsageError(str(failure)) from None
        return ""

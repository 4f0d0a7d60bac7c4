"""``upstream`` of a few invented recipes into a clone, to be ended."""

from __future__ import annotations

import hashlib
import os
import random
import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from tests.conftest import make
from tests.hostile.killed import end_of
from tests.index_server import IndexServer
from tests.spack.shared import NEEDED, git, made, shared_by

_BRANCH = "refs/heads/pypi/py-app"


class Left(NamedTuple):
    """A checkout: what is of its owner (``own``: branches, HEAD, index, files, worktrees), and
    what was made: the trees and titles of the ``branch``, and the ``patches`` without ids."""

    own: tuple[str, ...]
    branch: str
    patches: dict[str, str]


class Sent:
    """A `Place`: a clone of a small builtin, and a site's recipes."""

    def __init__(self, prefix: Path, folder: Path, command: str, server: IndexServer) -> None:
        spack = make(prefix, folder)
        self._shared = made(shared_by(spack, server, NEEDED))
        # The checkout is somebody's: work of their own, and an index that git would refresh.
        git(self._shared.clone, "checkout", "--quiet", "-b", "mine")
        (self._shared.clone / "notes.txt").write_text("not added")
        self._command = command

    def renew(self) -> None:
        shutil.rmtree(self._shared.patches, ignore_errors=True)
        clone = self._shared.clone
        for line in _refs(clone, "refs/heads/pypi").split("\n"):
            if line:
                git(clone, "update-ref", "-d", line.split()[0])
        for file in clone.rglob("package.py"):
            os.utime(file)
        worktree = self._worktree()
        if worktree is not None and random.random() < 0.4:
            # Twice: one that git was making when it was killed is locked.
            git(clone, "worktree", "remove", "--force", "--force", str(worktree))

    def start(self) -> subprocess.Popen[str]:
        shared, spack = self._shared, self._shared.spack
        options = ["-r", str(spack.repo), "--checkout", str(shared.clone)]
        options += ["-o", str(shared.patches), "--index-url", shared.server.url]
        home = str(spack.folder / "home")
        return spack.start("pypi", self._command, *options, HOME=home)

    def state(self) -> Left:
        clone = self._shared.clone
        index = hashlib.sha256((clone / ".git" / "index").read_bytes()).hexdigest()
        refs = [line for line in _refs(clone, "refs/heads").split("\n") if "/pypi/" not in line]
        own = (index, *refs, (clone / ".git" / "HEAD").read_text(), *map(str, self._others()))
        made = [line.split()[0] for line in _refs(clone, "refs/heads/pypi").split("\n") if line]
        log = ["log", "--format=%T %s%n%b", "--not", "origin/develop", "--not"]
        branch = f"{made} {git(clone, *log, *made)}" if made else ""
        return Left(own, branch, self._patches())

    def _patches(self) -> dict[str, str]:
        if not self._shared.patches.exists():
            return {}
        files = sorted(self._shared.patches.iterdir())
        texts = {each.name: each.read_text("utf-8", "replace") for each in files}
        return {
            name: re.sub(r"^(From [0-9a-f]{40} .*|Date: .*)$", "", text, flags=re.M)
            for name, text in texts.items()
        }

    def after_a_kill(self, before: Left, finished: Left) -> str:
        left = self.state()
        if left.own != before.own:
            return f"the checkout was {before.own} and is {left.own}"
        if not left.branch:
            return ""
        if _BRANCH not in left.branch:
            # A recipe whose audit was killed is one that cannot be sent; the others are.
            whole = "cover.md" in left.patches
            self.renew()
            return "" if whole else f"some branch: {left.branch}, {sorted(left.patches)}"
        if left != finished:
            return f"a branch that is not finished: {left.branch}, {sorted(left.patches)}"
        return ""

    def after_the_next(self, code: int, said: str, finished: Left) -> str:
        if code == 2 and "exists already" in said and self.state() == finished:
            shutil.rmtree(self._shared.patches)
            git(self._shared.clone, "update-ref", "-d", _BRANCH)
            with self.start() as again:
                said = again.communicate()[0]
            code = again.returncode
        if code or self.state() != finished:
            return f"the next run does not finish: {end_of(said)}"
        locks = sorted((self._shared.clone / ".git").rglob("*.lock"))
        return f"{locks} are left" if locks else ""

    def _worktree(self) -> Path | None:
        """The worktree of the program."""
        of_program = (each for each in self._worktrees() if each.parent.name == "worktrees")
        return next(of_program, None)

    def _others(self) -> list[Path]:
        return [each for each in self._worktrees() if each.parent.name != "worktrees"]

    def _worktrees(self) -> list[Path]:
        listed = git(self._shared.clone, "worktree", "list", "--porcelain")
        return [Path(line[9:]) for line in listed.split("\n") if line.startswith("worktree ")]


def _refs(clone: Path, prefix: str) -> str:
    return git(clone, "for-each-ref", "--format=%(refname) %(objectname)", prefix)

"""Git repositories that a test makes."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

_AUTHOR = ("-c", "user.name=A Person", "-c", "user.email=person@mail.example")


class Repo:
    """A repository in a folder, whose first branch is called ``branch``."""

    def __init__(self, folder: Path, branch: str = "main") -> None:
        self.folder, self.address = folder, folder.as_uri()
        folder.mkdir(parents=True)
        self.git("init", "-q", "-b", branch)

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *_AUTHOR, *arguments],
            cwd=self.folder,
            env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def commit(self, files: Mapping[str, str], *tags: str) -> str:
        """The commit of these files, with those that were there before, under tags."""
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "A commit")
        for tag in tags:
            self.git("tag", "-a", "-m", "A tag", tag)
        return self.git("rev-parse", "HEAD")


def project(name: str, *required: str, more: str = "", build: str = "hatchling") -> str:
    """A pyproject.toml."""
    return (
        f'[build-system]\nrequires = ["{build}"]\nbuild-backend = "{build}.build"\n'
        f'[project]\nname = "{name}"\nversion = "0"\nlicense = "MIT"\n'
        f"dependencies = {list(required)}\n{more}"
    )

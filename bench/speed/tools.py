"""The programs that are compared, each with caches and settings of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Callable

from bench.replay import Counts
from bench.speed.measure import Run, run

ROOT = Path(__file__).resolve().parent.parent.parent
NAMESPACE = "bench_speed"
PYTHON_VERSION = "3.11"


class Spack:
    """A Spack with our extension, as the environment configures it; its user cache is used but for
    what is ours in it: that lies in ``work`` and can be emptied, or is ``kept`` in a folder."""

    def __init__(self, prefix: Path, python: Path, work: Path, kept: Path | None = None) -> None:
        self._prefix, self._python = prefix, python
        self.program = prefix / "bin" / "spack"
        self._cache = work / "user-cache"
        self.repo = work / "repo" / "spack_repo" / NAMESPACE
        self.environment = {
            **os.environ,
            "SPACK_PYTHON": str(python),
            "SPACK_USER_CACHE_PATH": str(self._cache),
            "PYTHONPATH": str(ROOT),
        }
        self.environment.pop("SPACK_ENV", None)
        # As users have it: what Python compiled once is kept.
        self.environment.pop("PYTHONDONTWRITEBYTECODE", None)
        self._link_cache(kept)
        self.scope = work / "scope"
        extension = {"config": {"extensions": [str(ROOT / "spack_pypi" / "spack-pypi")]}}
        write_scope(self.scope, config=extension, repos={"repos": {NAMESPACE: str(self.repo)}})
        self.new_repo()

    def keeping(self, folder: Path, work: Path) -> Spack:
        """The same Spack, with our cache in a folder that outlives this run."""
        return Spack(self._prefix, self._python, work, folder)

    def _link_cache(self, kept: Path | None) -> None:
        shutil.rmtree(self._cache, ignore_errors=True)
        self._cache.mkdir(parents=True)
        own = Path(os.environ.get("SPACK_USER_CACHE_PATH") or Path.home() / ".spack")
        for each in own.iterdir() if own.exists() else ():
            if each.name != "pypi":
                (self._cache / each.name).symlink_to(each)
        if kept is not None:
            kept.mkdir(parents=True, exist_ok=True)
            (self._cache / "pypi").symlink_to(kept)

    def new_repo(self) -> None:
        """Make the repo that is written to, anew."""
        from spack_pypi.host.repo_folder import make_repo

        shutil.rmtree(self.repo, ignore_errors=True)
        make_repo(self.repo)

    def forget(self) -> None:
        """Empty our cache."""
        shutil.rmtree(self._cache / "pypi", ignore_errors=True)

    def run(self, *arguments: str) -> Run:
        """Run a Spack command."""
        return run([self.program, "-C", self.scope, *arguments], self.environment)

    def start(self) -> Run:
        """What any command costs before it does something."""
        return self.run("python", "-c", "pass")

    def create(self, names: Sequence[str], *options: str) -> Run:
        """Run our ``create`` with the repo."""
        return self.run("pypi", "create", *names, "-r", str(self.repo), *options)

    def version(self) -> str:
        """The version of this Spack."""
        return (self.run("--version").output.split() or ["?"])[0]


def write_scope(scope: Path, **sections: Mapping[str, object]) -> None:
    """A configuration scope for ``spack -C``: a file a section."""
    scope.mkdir(parents=True, exist_ok=True)
    for name, content in sections.items():
        # JSON is YAML, and needs no library.
        (scope / f"{name}.yaml").write_text(json.dumps(content) + "\n", "utf-8")


class Uv:
    """``uv pip compile`` with a cache of its own."""

    def __init__(self, program: str, python: Path, work: Path) -> None:
        self._program, self._python, self._cache = program, python, work / "uv-cache"
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("UV_")}

    def forget(self) -> None:
        """Empty its cache."""
        shutil.rmtree(self._cache, ignore_errors=True)

    def compile(self, names: Sequence[str], index: str) -> Run:
        """Resolve names for Linux and one Python; prints the graph."""
        command = [self._program, "pip", "compile", "-", "--quiet", "--no-header", "--no-config"]
        command += ["--default-index", index, "--cache-dir", str(self._cache)]
        command += ["--python", str(self._python), "--python-version", PYTHON_VERSION]
        command += ["--no-strip-extras", "--annotation-style", "line"]
        return run(command, self.environment, "\n".join(names))

    def version(self) -> str:
        """The version of this uv."""
        words = run([self._program, "--version"], self.environment).output.split()
        return words[1] if len(words) > 1 else "?"


@dataclass(frozen=True)
class Answers:
    """Where recorded answers are, and how they are replayed."""

    folder: Path
    full: bool
    index: str


class Replay:
    """A replaying server in a process of its own; a context manager. ``delay`` is in ms."""

    def __init__(self, answers: Answers, delay: float, record: bool = False) -> None:
        command = [sys.executable, str(ROOT / "bench"), "replay"]
        command += ["--answers", str(answers.folder), "--delay", str(delay)]
        command += ["--index-url", answers.index]
        command += ["--full"] if answers.full else []
        self._command = [*command, "--record"] if record else command

    def __enter__(self) -> Replay:
        self._process = subprocess.Popen(
            self._command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._process.stdout is not None
        self.index = self._process.stdout.readline().strip()
        return self

    def __exit__(self, *exc: object) -> None:
        self._process.terminate()
        self._process.communicate()

    def counted(self, command: Callable[[], Run]) -> Run:
        """Run a command, and add what the server counted meanwhile."""
        before = self._counts()
        done = command()
        counted = self._counts().since(before)
        return replace(
            done, requests=counted.requests, sent=counted.sent, unknown=len(counted.unknown)
        )

    def _counts(self) -> Counts:
        address = self.index.partition("/http")[0] + "/"
        with urllib.request.urlopen(address, timeout=30) as answer:
            return Counts(**json.load(answer))

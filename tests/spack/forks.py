"""Several scripts or commands in one Spack: it starts once, and does each in a fork of itself."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.conftest import Spack

_DRIVER = """
import json, os, shutil, sys, traceback
from pathlib import Path

packages, folder = map(Path, sys.argv[1:])

def forked(job):
    files = [folder / name for name in ("out", "err")]
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            for number, file in enumerate(files, 1):
                os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
            sys.argv = ["script", *job["arguments"]]
            exec(compile(job["script"], "script", "exec"), {"__name__": "__main__"})
            code = 0
        except SystemExit as error:
            code = error.code or 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    return [os.WEXITSTATUS(status), *(file.read_text() for file in files)]

done = []
for job in json.loads((folder / "jobs").read_text()):
    if job["recipes"] is not None:
        shutil.rmtree(packages)
        packages.mkdir()
        for name, text in job["recipes"].items():
            file = packages / (name if "/" in name else f"{name}/package.py")
            file.parent.mkdir(exist_ok=True)
            file.write_text(text)
    done.append(forked(job))
print(json.dumps(done))
"""
_COMMAND = "import sys, spack.main; sys.exit(spack.main.main(sys.argv[1:]))"


@dataclass(frozen=True)
class Job:
    """A script of ``spack python`` that prints JSON, and the recipes that the repo has before it
    runs, by their folders; other files of them by their paths."""

    script: str
    recipes: Mapping[str, str] = field(default_factory=dict)
    arguments: Sequence[str] = ()


def said(spack: Spack, jobs: Mapping[str, Job]) -> dict[str, Any]:
    """What each job prints as JSON in its last line; of one that fails, what it says of that.
    Each Spack is asked once: the tests of a module have their answers from one start."""
    key = spack.prefix, id(jobs)
    if key not in _SAID:
        listed = [
            {"script": j.script, "recipes": {**j.recipes}, "arguments": [*j.arguments]}
            for j in jobs.values()
        ]
        found = zip(jobs, _done(spack, listed))
        _SAID[key] = {
            name: err if code else json.loads(out.splitlines()[-1])
            for name, (code, out, err) in found
        }
    return _SAID[key]


_SAID: dict[tuple[Path, int], dict[str, Any]] = {}


def run(spack: Spack, *commands: Sequence[str]) -> list[subprocess.CompletedProcess[str]]:
    """Run commands of Spack, one after the other, with the recipes that there are."""
    listed = [{"script": _COMMAND, "recipes": None, "arguments": [*each]} for each in commands]
    return [
        subprocess.CompletedProcess(["spack", *command], code, out, err)
        for command, (code, out, err) in zip(commands, _done(spack, listed))
    ]


def _done(spack: Spack, jobs: Sequence[Mapping[str, Any]]) -> list[tuple[int, str, str]]:
    folder = spack.folder / "jobs"
    folder.mkdir(exist_ok=True)
    (folder / "jobs").write_text(json.dumps(jobs))
    found = spack.python(_DRIVER, str(spack.repo / "packages"), str(folder))
    return [(code, out, err) for code, out, err in found]

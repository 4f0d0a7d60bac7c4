"""``sync`` of several recipes that ends before it is done: each is as it was, or finished."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import time
import uuid
from pathlib import Path
from typing import Any, Callable

import pytest

from tests.conftest import Spack
from tests.index_server import IndexServer

pytestmark = pytest.mark.spack

RECIPE = '''\
from spack_repo.builtin.build_systems.python import PythonPackage

from spack.package import *


class {cls}(PythonPackage):
    """Written by hand."""

    pypi = "{project}/{project}-1.0.tar.gz"

    version("1.0", sha256="{sha256}")

    depends_on("py-setuptools", type="build")
'''

PROJECTS = ("alpha", "beta", "gamma")


@pytest.fixture
def several(spack: Spack, server: IndexServer) -> Spack:
    """Recipes that lag; the new release of each needs a project that no repo has. None of it was
    ever read, so that all must be required."""
    new: dict[str, Any] = {"summary": uuid.uuid4().hex, "build": ["setuptools"]}
    for project in PROJECTS:
        server.served.add(project, "1.0", **new)
        server.served.add(project, "2.0", f"for-{project}", **new)
        server.served.add(f"for-{project}", "1.0", **new)
        archive = server.served.files[f"{project}-1.0.tar.gz"]
        sha256 = hashlib.sha256(archive).hexdigest()
        recipe = spack.repo / "packages" / f"py_{project}" / "package.py"
        recipe.parent.mkdir()
        text = RECIPE.replace("{cls}", f"Py{project.capitalize()}").replace("{project}", project)
        recipe.write_text(text.replace("{sha256}", sha256))
    return spack


def command(server: IndexServer) -> list[str]:
    return ["pypi", "sync", *PROJECTS, "--index-url", server.url]


def started(spack: Spack, server: IndexServer) -> subprocess.Popen[str]:
    return spack.start(*command(server))


def until(running: subprocess.Popen[str], happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not happened():
        assert running.poll() is None, "it ended before"
        assert time.monotonic() < deadline
        time.sleep(0.001)


def stagings(spack: Spack) -> list[Path]:
    return list(spack.repo.glob(".spack-pypi-*"))


def changed(before: dict[str, str], spack: Spack) -> list[str]:
    now = spack.recipes()
    return [name for name in before if now[name] != before[name]]


def killed(spack: Spack, server: IndexServer, happened: Callable[[], bool]) -> None:
    """Start it, and kill it as soon as something has happened; no other command minds."""
    with started(spack, server) as running:
        until(running, happened)
        os.killpg(running.pid, signal.SIGKILL)
    assert spack.run("info", "py-alpha").returncode == 0


def asked(server: IndexServer, count: int) -> Callable[[], bool]:
    return lambda: len(server.served.requests) >= count


def check(before: dict[str, str], left: dict[str, str], after: dict[str, str]) -> None:
    """Each recipe was as it had been, or as it is now, then with what it needs."""
    for name, text in left.items():
        assert text in (before.get(name), after[name]), name
        if name in before and text != before[name]:
            assert f"py_for_{name[len('py_') :]}" in left


def test_killed_while_the_index_is_asked(several: Spack, server: IndexServer) -> None:
    before = several.recipes()
    server.served.delay = 0.05
    left = []
    for count in (1, 5, 9):
        killed(several, server, asked(server, count))
        left.append(several.recipes())
    done = several.run(*command(server))
    assert done.returncode == 0, done.stdout + done.stderr
    for each in left:
        check(before, each, several.recipes())


#: When it is killed: whether the moment has come.
MOMENTS: dict[str, Callable[[dict[str, str], Spack], bool]] = {
    "staging": lambda before, spack: bool(stagings(spack)),
    "staged": lambda before, spack: any(
        list(folder.rglob("py_alpha/package.py")) for folder in stagings(spack)
    ),
    "first new": lambda before, spack: len(spack.recipes()) > len(before),
    "first done": lambda before, spack: bool(changed(before, spack)),
    "second done": lambda before, spack: len(changed(before, spack)) > 1,
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_while_recipes_are_written(
    several: Spack, server: IndexServer, moment: str
) -> None:
    before = several.recipes()
    killed(several, server, lambda: MOMENTS[moment](before, several))
    left = several.recipes()
    done = several.run(*command(server))
    assert done.returncode == 0, done.stdout + done.stderr
    after = several.recipes()
    assert len(changed(before, several)) == len(PROJECTS)
    assert len(after) == 2 * len(PROJECTS)
    check(before, left, after)
    assert stagings(several) == []


def test_what_was_written_before_an_interrupt_is_reported(
    several: Spack, server: IndexServer
) -> None:
    before = several.recipes()
    server.served.delay = 0.1
    with started(several, server) as running:
        # What beta needs is requested when alpha is finished: an interrupt while alpha is moved in
        # would undo it.
        until(running, lambda: any("for-beta" in path for path in list(server.served.requests)))
        os.kill(running.pid, signal.SIGINT)
        assert running.stdout is not None
        reported = running.stdout.read()
    assert running.returncode == 1, reported
    assert changed(before, several) == ["py_alpha"]
    assert "Interrupted: wrote py-alpha, py-for-alpha; nothing else was written." in reported
    assert stagings(several) == []


def test_an_interrupt_before_anything_was_written(several: Spack, server: IndexServer) -> None:
    before = several.recipes()
    server.served.delay = 0.1
    with started(several, server) as running:
        until(running, lambda: bool(server.served.requests))
        os.kill(running.pid, signal.SIGINT)
        assert running.stdout is not None
        reported = running.stdout.read()
    assert running.returncode == 1, reported
    assert reported.splitlines()[-1] == "Interrupted: nothing was written."
    assert several.recipes() == before

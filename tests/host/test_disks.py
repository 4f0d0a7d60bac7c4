"""Disks that are full, over quota, read-only or gone, at any file operation of ``create``: one
sentence that names a path, recipes whole or not at all, and a next run that finds nothing in its
way. Without a Spack: the folders are the same."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Callable

import pytest

from spack_pypi.errors import SpackPyPIError, unexpected
from spack_pypi.host.repo_folder import make_repo
from spack_pypi.host.standalone import StandaloneHost
from spack_pypi.workflow.request import Request
from tests.hostile.excess import page
from tests.hostile.runs import index
from tests.index_server import wheel_bytes
from tests.run import create

PROJECTS = {"app": ["one", "two"], "one": [], "two": ["one"]}


def served() -> dict[str, bytes]:
    found = {}
    for name, required in PROJECTS.items():
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\nSummary: It is {name}\n"
        metadata += "".join(f"Requires-Dist: {each}\n" for each in required)
        wheel = wheel_bytes(name, "1.0", metadata)
        found[f"/files/{name}-1.0-py3-none-any.whl"] = wheel
        found[f"/simple/{name}/"] = page({f"{name}-1.0-py3-none-any.whl": wheel}, name)
    return found


class Disk:
    """Fails, or does something, at the n-th operation below a folder that changes something."""

    #: Events of `sys.audit`, and where in their arguments the paths are.
    EVENTS = {"open": 0, "os.mkdir": 0, "os.rename": 1, "os.link": 1, "os.utime": 0}

    def __init__(self) -> None:
        self.below, self.at, self.count = "", 0, 0
        self.fault: Callable[[str], None] | None = None
        sys.addaudithook(self._hear)

    def _hear(self, event: str, args: tuple[Any, ...]) -> None:
        if self.fault is None or event not in self.EVENTS:
            return
        path = args[self.EVENTS[event]]
        if not isinstance(path, (str, os.PathLike)) or not str(path).startswith(self.below):
            return
        if event == "open" and not (args[2] or 0) & (os.O_WRONLY | os.O_RDWR):
            return
        self.count += 1
        if self.count == self.at:
            self.fault(str(path))


@pytest.fixture(scope="module")
def disk() -> Disk:
    """One for all: what hears audits hears them for ever."""
    return Disk()


@pytest.fixture
def faulty(disk: Disk) -> Iterator[Disk]:
    yield disk
    disk.fault = None


class Machine:
    """A cache, a repo, and what a run without faults writes."""

    def __init__(self, folder: Path, served: dict[str, bytes]) -> None:
        self.cache, self.root = folder / "cache", folder / "spack_repo" / "site"
        self._served = served

    def run(self) -> str:
        """Create all; the sentence of an error, empty for none."""
        make_repo(self.root)
        try:
            host = StandaloneHost(self.cache, self.root)
            request = Request(("app",), repo=str(self.root))
            done = create(host, index(self._served, self.cache), request)
        except SpackPyPIError as error:
            return str(error)
        except OSError as error:
            return unexpected(error)
        return str(done.error or "")

    def recipes(self) -> dict[str, str]:
        found = (self.root / "packages").glob("*/*")
        return {f"{file.parent.name}/{file.name}": file.read_text() for file in found}

    def staging(self) -> list[Path]:
        return [*self.root.glob(".spack-pypi-*")]


def whole(folder: Path) -> dict[str, str]:
    machine = Machine(folder, served())
    assert machine.run() == ""
    assert len(machine.recipes()) == len(PROJECTS)
    return machine.recipes()


def fails(number: int) -> Callable[[str], None]:
    def fault(path: str) -> None:
        raise OSError(number, os.strerror(number), path)

    return fault


#: What is wrong → where, and what happens there.
FAULTS: dict[str, tuple[str, Callable[[str], None]]] = {
    "the repo's disk is full": ("spack_repo", fails(errno.ENOSPC)),
    "the repo is over quota": ("spack_repo", fails(errno.EDQUOT)),
    "the repo becomes read-only": ("spack_repo", fails(errno.EROFS)),
    "the cache's disk is full": ("cache", fails(errno.ENOSPC)),
    "the cache becomes read-only": ("cache", fails(errno.EROFS)),
}


@pytest.mark.parametrize("what", FAULTS)
def test_a_fault_at_any_operation(tmp_path: Path, faulty: Disk, what: str) -> None:
    where, fault = FAULTS[what]
    expected = whole(tmp_path / "whole")
    number = 0
    while True:
        number += 1
        machine = Machine(tmp_path / str(number), served())
        make_repo(machine.root)
        faulty.below, faulty.at, faulty.count = str(tmp_path / str(number) / where), number, 0
        faulty.fault = fault
        said = machine.run()
        faulty.fault = None
        if faulty.count < number:
            break
        if where == "cache":
            assert (said, machine.recipes()) == ("", expected)
            continue
        if said:
            assert str(machine.root) in said and "this is a bug" not in said and "\n" not in said
            assert machine.recipes() == {} and machine.staging() == []
        assert machine.run() == ""
        assert machine.recipes() == expected and machine.staging() == []
    assert number > 8


@pytest.mark.parametrize("where", ["cache", "spack_repo"])
def test_a_folder_that_vanishes(tmp_path: Path, faulty: Disk, where: str) -> None:
    """Somebody deletes all of it while a run goes on."""
    expected = whole(tmp_path / "whole")
    number = 0
    while True:
        number += 1
        folder = tmp_path / str(number)
        machine = Machine(folder, served())
        make_repo(machine.root)
        gone = machine.cache if where == "cache" else machine.root

        def vanish(path: str, gone: Path = gone) -> None:
            faulty.fault = None
            shutil.rmtree(gone)

        faulty.below, faulty.at, faulty.count = str(folder / where), number, 0
        faulty.fault = vanish
        said = machine.run()
        if faulty.fault is not None:
            faulty.fault = None
            break
        if where == "cache":
            assert (said, machine.recipes()) == ("", expected)
            continue
        assert "this is a bug" not in said and "\n" not in said
        assert not said or str(machine.root) in said
        assert machine.run() == ""
        assert machine.recipes() == expected and machine.staging() == []
    assert number > 8

"""What of an installed package cannot be read is an error: nobody knows whether it is whole."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Callable

import pytest

from spack_pypi.workflow.doctor import folders
from tests.workflow.doctor.machine import Machine


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path.resolve())
    made.install("app", "1.0", {"app/__init__.py": "", "app/tool.py": ""}, scripts="app=app:run")
    return made


def site(machine: Machine) -> Path:
    return machine.folder / "app/lib/python3.11/site-packages"


def info(machine: Machine) -> Path:
    return site(machine) / "app-1.0.dist-info"


def pipe(file: Path) -> None:
    file.unlink(missing_ok=True)
    os.mkfifo(file)


def endless(file: Path) -> None:
    file.unlink(missing_ok=True)
    file.symlink_to("/dev/zero")


def metadata(machine: Machine, *lines: str) -> None:
    (info(machine) / "METADATA").write_text("\n".join(["Metadata-Version: 2.1", *lines, ""]))


def two_that_never_end(machine: Machine) -> None:
    endless(site(machine) / "app/tool.so")
    pipe(site(machine) / "app/other.py")


HEAD = ("Name: app", "Version: 1.0")

#: What is done to a package → what is said.
CASES: list[tuple[Callable[[Machine], object], str]] = [
    (lambda m: pipe(info(m) / "RECORD"), "RECORD cannot be read: it is too long, or no file"),
    (lambda m: endless(info(m) / "RECORD"), "RECORD cannot be read: it is too long, or no file"),
    (lambda m: (info(m) / "RECORD").write_text("a/b.txt,,\n" * 200_001),
     "RECORD cannot be read: it is too long, or no file"),
    (lambda m: pipe(info(m) / "entry_points.txt"),
     "entry_points.txt cannot be read: it is too long, or no file"),
    (lambda m: (info(m) / "entry_points.txt").write_text("#" * 3_000_000),
     "entry_points.txt cannot be read: it is too long, or no file"),
    (lambda m: metadata(m, "Name: a\x1b[2Jpp", "Version: 1.0"), "its name is not valid: a"),
    (lambda m: metadata(m, *HEAD, "Requires-Dist: left over >= 1", "Requires-Dist: ("),
     "it requires 'left over >= 1', which is not a requirement, and 1 more"),
    (lambda m: pipe(site(m) / "app/tool.py"),
     "app/tool.py is a pipe or a device: importing it may never end"),
    (two_that_never_end,
     "app/other.py is a pipe or a device, and so are 1 more: importing it may never end"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "said"), CASES, ids=[said[:40] for _, said in CASES])
def test_what_cannot_be_read(
    machine: Machine, change: Callable[[Machine], object], said: str
) -> None:
    assert machine.found() == []
    machine = Machine(machine.folder / "second")
    machine.install("app", "1.0", {"app/__init__.py": "", "app/tool.py": ""}, scripts="app=app:x")
    change(machine)
    found = [each for each in machine.examined().diagnostics if each.code == "not-examined"]
    assert len(found) == 1 and said in found[0].text
    assert dict(found[0].details)["mend"].startswith("spack install --overwrite py-app")


def test_a_link_to_nothing_or_to_itself_is_a_file_that_is_gone(machine: Machine) -> None:
    (site(machine) / "app/tool.py").unlink()
    (site(machine) / "app/tool.py").symlink_to("tool.py")
    assert [code for code, *_ in machine.found()] == ["missing-files"]


def test_a_folder_without_end(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "_MOST", 3)
    (found,) = machine.examined().diagnostics
    assert found.code == "not-examined"
    assert found.text == (
        f"{site(machine)} has more files than any project, and not all were looked at"
    )

"""``create`` for the set of a file: its environment, its platform."""

from __future__ import annotations

import pytest

from tests.test_commands import Run
from tests.test_commands import run as run

LOCK = """
[[package]]
name = "app"
source = { virtual = "." }
dependencies = [
    { name = "newcomer" },
    { name = "fork" },
    { name = "other", marker = "sys_platform == 'win32'" },
]
[[package]]
name = "newcomer"
version = "0.1"
source = { registry = "https://index.example/simple" }
[[package]]
name = "fork"
version = "1.0"
source = { git = "https://h.example/fork" }
"""


def test_an_environment_of_a_lock_file(run: Run) -> None:
    """It has the Python that the file was read for."""
    lock, file = run.folder / "uv.lock", run.folder / "spack.yaml"
    lock.write_text(LOCK)
    arguments = ["create", "--from", str(lock), "--env", str(file), "--for", "linux,py312"]
    assert run(*arguments) == 0
    assert file.read_text().splitlines()[1:7] == [
        "# Left out:",
        "#   fork: locked to a path, a URL or a repository, not to a release",
        "spack:",
        "  specs:",
        '  - "python@3.12"',
        '  - "py-newcomer@=0.1"',
    ]
    assert run(*arguments[:-1], "py36", "--force") == 2
    assert "Spack has no Python 3.6 here, for which the file was read" in run.err


@pytest.mark.parametrize("level", [None, "load", "concretize", "install"])
def test_another_machine(run: Run, level: str | None) -> None:
    lock = run.folder / "uv.lock"
    lock.write_text(LOCK.replace("sys_platform == 'win32'", "sys_platform == 'aix'"))
    options = ["--verify", level] if level else []
    arguments = ["create", "--from", str(lock), "--for", "windows,x86_64,py312", *options]
    if level in (None, "load"):
        assert run(*arguments) == 0
        assert run.host.concretized == []
    else:
        assert run(*arguments) == 2
        assert f"for this machine, not for windows, Python 3.12: leave out --verify {level}" in (
            run.err
        )


def test_conda_packages_of_spack(run: Run) -> None:
    file, env = run.folder / "environment.yml", run.folder / "spack.yaml"
    file.write_text('{"dependencies": ["hdf5=1.14", {"pip": ["newcomer"]}]}')
    assert run("create", "--from", str(file), "--json", "-") == 0
    assert [each["text"] for each in run.document["diagnostics"]] == [
        "hdf5==1.14.*: a package of Spack; --env writes it into spack.yaml"
    ]
    run.host.has("hdf5", "1.14.3", "1.12", name="hdf5")
    assert run("create", "--from", str(file), "--env", str(env)) == 0
    assert '  - "hdf5@1.14"\n  - "py-newcomer"\n' in env.read_text()


# (options, what of a file with a project that exists and one that does not is written)
ALONE_OR_NOT = [
    ([], []),
    (["--no-together"], ["py-newcomer"]),
]


@pytest.mark.parametrize("options, written", ALONE_OR_NOT, ids=["together", "each by itself"])
def test_a_file_of_names(run: Run, options: list[str], written: list[str]) -> None:
    file = run.folder / "names.txt"
    file.write_text("gone\nnewcomer\n")
    assert run("create", "--from", str(file), "--json", "-", *options) == 1
    new = [each for each in run.document["packages"] if each["status"] == "new"]
    assert [each["package"] for each in new] == written


def test_an_environment_is_resolved_together(run: Run) -> None:
    arguments = ["create", "newcomer", "--env", str(run.folder / "spack.yaml"), "--no-together"]
    assert run(*arguments) == 2
    assert "what --env writes is one environment: leave out --no-together" in run.err


def test_an_environment_that_is_there_already(run: Run) -> None:
    """That is said before anything is written."""
    file = run.folder / "spack.yaml"
    file.symlink_to("nowhere/spack.yaml")
    assert run("create", "newcomer", "--env", str(file)) == 2
    assert f"Error: {file} exists already" in run.err and not run.host.written
    assert run("create", "newcomer", "--env", str(run.folder / "nowhere" / "x.yaml")) == 2
    assert "there is no such folder" in run.err and not run.host.written

"""What ``spack pypi doctor`` prints, and its exit code."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from typing import Any

import pytest

from spack_pypi.arguments import add_commands
from spack_pypi.cli import main
from spack_pypi.host.port import InstalledPackage, Runtime
from tests.workflow.doctor.machine import Machine


def run(machine: Machine, *arguments: str, lacking: Sequence[str] = ()) -> int:
    python = InstalledPackage("python", "3.11.7", "python0", machine.folder / "python", True)
    roots, packages = tuple(machine.packages[:1]), tuple(machine.packages)
    environment = "work" if lacking else ""
    machine.host.store.runs["it"] = Runtime(
        roots, packages, python, environment=environment, lacking=tuple(lacking)
    )
    parser = argparse.ArgumentParser()
    add_commands(parser)
    return main(parser.parse_args(["doctor", *arguments]), lambda: machine.host)


@pytest.fixture(autouse=True)
def nothing_of_this_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.delenv("LD_LIBRARY_PATH", raising=False)


def test_where_all_is_well(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    machine.install("app", "1", {"app.py": "import hand"}, "hand")
    machine.install("hand", "1", {"hand.py": ""})
    assert run(machine) == 0
    assert capsys.readouterr().out == "Looked at 2 packages: nothing is broken.\n"


def test_where_something_is_broken(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    """Each finding, below it what mends it; in JSON the same."""
    machine.install("app", "1", {"app.py": ""}, "hand>=2")
    machine.host.has("hand", "2.0")
    assert run(machine, "it") == 1
    assert capsys.readouterr().out == (
        "py-app@1/appappa, with Python 3.11.7:\n"
        "  py-app 1: error: requires hand>=2, and no hand is installed with it "
        "[missing-requirement]\n"
        '    to mend it: depends_on("py-hand@2:", type=("build", "run")) in the recipe of py-app\n'
        "Looked at 1 package: 1 error.\n"
    )
    assert run(machine, "--json", "-") == 1
    document: Any = json.loads(capsys.readouterr().out)
    (found,) = document["diagnostics"]
    assert (found["code"], found["package"], found["hash"]) == (
        "missing-requirement",
        "py-app",
        "appappappapp",
    )
    assert found["mend"].startswith('depends_on("py-hand@2:"')
    assert [each["package"] for each in document["packages"]] == ["py-app"]


def test_very_many_findings(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    """Of one kind in one package the first twenty are printed; JSON has all."""
    machine.install("app", "1", {"app.py": "import gone"}, *(f"p{n}" for n in range(30)))
    assert run(machine) == 1
    printed = capsys.readouterr().out
    assert printed.count("[missing-requirement]\n    to mend it") == 20
    assert "  py-app: 10 more errors of this kind [missing-requirement]; --json FILE" in printed
    assert printed.count("[missing-module]") == 1 and printed.endswith("1 package: 31 errors.\n")
    assert run(machine, "--json", "-") == 1
    assert len(json.loads(capsys.readouterr().out)["diagnostics"]) == 31


def test_what_an_environment_lacks(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    machine.install("app", "1", {"app.py": ""})
    assert run(machine, lacking=["py-hand@2.0/abcdefg"]) == 1
    printed = capsys.readouterr().out
    assert "  py-hand 2.0: error: is not installed, and the environment work has it" in printed
    assert "to mend it: spack -e work install" in printed


def test_where_nothing_of_an_environment_is_installed(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    lacking = ("py-hand@2.0/abcdefg",)
    runtime = Runtime((), (), None, environment="work", lacking=lacking)
    machine.host.store.runs["it"] = runtime
    parser = argparse.ArgumentParser()
    add_commands(parser)
    assert main(parser.parse_args(["doctor", "it"]), lambda: machine.host) == 1
    assert capsys.readouterr().out.endswith("\nLooked at 0 packages: 1 error.\n")


def test_no_secret_of_a_requirement(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    machine.install("app", "1", {"app.py": ""}, "hand @ https://h.example/hand.whl?token=s3cr3t")
    assert run(machine) == 1
    assert run(machine, "--json", "-") == 1
    assert "s3cr3t" not in capsys.readouterr().out

"""``create --externals``: what a Python has installed, and Spack can use, gets no recipe."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from tests.commands_run import CommandsRun
from tests.index_server import IndexServer
from tests.memory import MemoryHost


class Run(CommandsRun):
    """The index has app, which requires lib; Spack has neither."""

    def __call__(self, *arguments: str) -> int:
        return self.run("create", "--externals", f"python:{self.python}", *arguments)

    def index(self, project: str, *versions: str, requires: tuple[str, ...] = ()) -> None:
        for version in versions:
            self.server.served.add(project, version, *requires)

    def diagnostics(self, *arguments: str) -> list[tuple[str, str, str]]:
        """The code, the package and the text of each that is about what is installed."""
        assert self(*arguments, "--json", "-") == 0, self.err
        found = json.loads(self.out)["diagnostics"]
        return [
            (each["code"], each["package"], each["text"])
            for each in found
            if each["code"].endswith("from-environment")
        ]


@pytest.fixture
def run(server: IndexServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    return Run(server, tmp_path, capsys, MemoryHost(cache=tmp_path / "cache"))


def test_what_spack_can_use_gets_no_recipe_and_is_named(run: Run) -> None:
    run.host.has("lib", "1.0", "2.0")
    run.index("app", "1.0", requires=("lib",))
    run.installed("lib", "1.0")
    run.host.graphs["py-app"] = frozenset({("py-app", "1.0"), ("py-lib", "1.0")})
    assert run("app") == 0, run.err
    assert {*run.host.written} == {"py-app"}
    assert run.host.externals.used == [("py-lib@1.0",)]
    assert "Taken from what is installed, as externals:\n  py-lib 1.0: in " in run.out
    assert f"pypi externals --python {run.python} lib" in run.out
    assert run.host.externals.packages == {}


def test_without_a_recipe_of_it_the_installed_release_gets_one(run: Run) -> None:
    run.index("app", "1.0", requires=("lib>=1",))
    run.index("lib", "1.0", "1.1", "2.0")
    run.installed("lib", "1.1")
    assert run("app") == 0, run.err
    text = run.host.written["py-lib"]
    assert 'version("1.1"' in text
    assert 'version("2.0"' not in text
    assert f"pypi externals --python {run.python} lib" in run.out


def test_another_version_than_the_required_one_is_said_and_written(run: Run) -> None:
    run.host.has("lib", "1.0")
    run.index("app", "1.0", requires=("lib>=2",))
    run.index("lib", "1.0", "2.0")
    run.installed("lib", "1.0")
    assert run.diagnostics("app") == [
        ("not-from-environment", "py-lib", "py-app 1.0 requires lib>=2")
    ]
    assert '"2.0",' in run.host.written["py-lib"]


def test_what_the_solver_takes_instead_is_said(run: Run) -> None:
    run.host.has("lib", "1.0", "2.0")
    run.index("app", "1.0", requires=("lib",))
    run.installed("lib", "1.0")
    run.host.graphs["py-app"] = frozenset({("py-app", "1.0"), ("py-lib", "2.0")})
    assert run.diagnostics("app") == [
        ("not-from-environment", "py-lib", "Spack takes 2.0 instead")
    ]


def test_what_the_solver_cannot_use_as_an_external_is_none(run: Run) -> None:
    run.host.has("lib", "1.0")
    run.index("app", "1.0", requires=("lib",))
    run.installed("lib", "1.0")
    run.host.externals.refused = {"py-lib": "Spack would build it all the same"}
    assert run.diagnostics("app") == [
        ("not-from-environment", "py-lib", "Spack would build it all the same")
    ]
    assert run.host.externals.used == [()]


def test_what_is_installed_in_a_version_that_the_recipe_lacks(run: Run) -> None:
    run.host.has("lib", "1.0")
    run.index("app", "1.0", requires=("lib",))
    run.installed("lib", "1.5")
    assert run.diagnostics("app") == [
        (
            "not-from-environment",
            "py-lib",
            "builtin.py-lib has no version 1.5; spack pypi externals --create adds it",
        )
    ]


@pytest.mark.parametrize("options", [("--dry-run",), ("--verify", "load")])
def test_what_is_not_concretized_says_so(options: tuple[str, ...], run: Run) -> None:
    run.host.has("lib", "1.0")
    run.index("app", "1.0", requires=("lib",))
    run.installed("lib", "1.0")
    assert run.diagnostics("app", *options) == [
        ("from-environment", "py-lib", f"in {run.folder}, not concretized")
    ]


def test_what_is_named_is_not_taken_from_there(run: Run) -> None:
    """Else nothing would be proven of its recipe."""
    run.host.has("app", "1.0")
    run.index("app", "1.0")
    run.installed("app", "1.0")
    assert run("app", "--force") == 0, run.err
    assert {*run.host.written} == {"py-app"}
    assert run.host.externals.used == [()]


def test_what_builds_packages_is_spacks_own(run: Run) -> None:
    """It is installed, and nobody lacks it."""
    run.host.has("setuptools", "70.0")
    run.index("app", "1.0", requires=("setuptools",))
    run.installed("setuptools", "70.0")
    assert run.diagnostics("app") == []


def test_the_report_for_programs_has_the_command(run: Run, tmp_path: Path) -> None:
    """With all names, of which the printed report beside it has only a few."""
    names = [f"library-number-{at}" for at in range(20)]
    for name in names:
        run.host.has(name, "1.0")
        run.installed(name, "1.0")
    run.index("app", "1.0", requires=tuple(names))
    file = tmp_path / "report.json"
    assert run("app", "--verify", "load", "--json", str(file)) == 0, run.err
    said = json.loads(file.read_text())["externals"]
    assert said["projects"] == sorted(names)
    words = shlex.split(said["command"].replace("\\\n", ""))
    assert words == ["spack", "pypi", "externals", "--python", run.python, *sorted(names)]
    printed = run.out.partition("not written yet: ")[2]
    assert printed == (
        f"spack pypi externals --python {run.python} (all that is installed; --json FILE has the "
        "command for these 20)\n"
    )

    run.index("other", "1.0")
    assert run("other", "--json", "-") == 0, run.err
    assert json.loads(run.out)["externals"] == {"projects": [], "command": None}


def test_why_says_what_is_installed(run: Run) -> None:
    for name in ("used", "old", "unknown-version"):
        run.host.has(name, "1.0", "2.0")
    run.index("app", "1.0", requires=("used", "old>=2", "unknown-version", "new", "setuptools"))
    run.index("new", "1.5", "3.0")
    run.host.has("setuptools", "70.0")
    for name, version in (("used", "1.0"), ("old", "1.0"), ("unknown-version", "1.7"),
                          ("new", "1.5"), ("setuptools", "70.0")):  # fmt: skip
        run.installed(name, version)
    assert run.run("why", "app", "--externals", f"python:{run.python}") == 0, run.err
    lines = {line[4:] for line in run.out.splitlines()}
    assert {
        f"used: exists, 1.0 is installed in {run.folder}",
        "old>=2: exists, builtin.py-old has 2.0; 1.0 is installed, which does not satisfy it",
        "unknown-version: exists, builtin.py-unknown-version has 2.0; 1.7 is installed, and not "
        "used: builtin.py-unknown-version has no version 1.7",
        "new: new, no repo has it, so py-new 1.5 is written; 1.5 is installed, and an external "
        "once it has a recipe",
        "setuptools: exists, builtin.py-setuptools has 70.0",
    } <= lines


def test_what_is_no_python(run: Run) -> None:
    assert run.run("create", "app", "--externals", "/usr") == 2

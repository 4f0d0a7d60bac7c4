"""``externals --create``: what lacks a recipe gets one first; where that fails, others go on."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from spack_pypi.host.port import Package
from tests.commands_run import CommandsRun
from tests.index_server import IndexServer
from tests.memory import MemoryHost


class Host(MemoryHost):
    """What was written exists from then on."""

    def __post_init__(self) -> None:
        super().__post_init__()
        existing = self.repos.package_for

        def package_for(project: str) -> Package | None:
            text = self.written.get(f"py-{project}", "")
            versions = tuple(re.findall(r'^    version\(\s*"([^"]+)"', text, re.M))
            if versions:
                return Package(f"py-{project}", "site", versions, ())
            return existing(project)

        self.repos.package_for = package_for  # type: ignore[method-assign]


class Run(CommandsRun):
    def __call__(self, *arguments: str) -> int:
        return self.run("externals", "--python", self.python, *arguments)


@pytest.fixture
def run(server: IndexServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    for name in ("six", "newcomer", "needy"):
        server.served.add(name, "1.0", *(["nowhere"] if name == "needy" else []))
    return Run(server, tmp_path, capsys, Host(cache=tmp_path / "cache"))


def test_recipes_come_first(run: Run) -> None:
    run.host.has("six", "0.9")
    run.installed("six")
    run.installed("newcomer")
    assert run("--create") == 0, run.err
    assert {*run.host.written} == {"py-six", "py-newcomer"}
    assert {*run.host.externals.packages} == {"py-six", "py-newcomer"}
    assert "Recipes for them" not in run.out


def test_what_only_makes_entries_possible_is_not_concretized(run: Run) -> None:
    """And the report says so: the version stays in the repo, where Spack may build it."""
    run.installed("newcomer")
    assert run("--create") == 0, run.err
    assert run.host.concretized == []
    assert "(loaded, checked, audited)" in run.out
    assert "Written, but not concretized:\n  py-newcomer@=1.0; they are for" in run.out
    assert "spack install" not in run.out


def test_what_recipes_require_is_written_in_the_installed_version(run: Run) -> None:
    for version in ("1.0", "2.0"):
        run.server.served.add("newcomer", version)
    run.server.served.add("app", "1.0", "newcomer")
    run.installed("newcomer", "1.0")
    run.installed("app", "1.0", "newcomer")
    assert run("--create") == 0, run.err
    assert {*run.host.written} == {"py-newcomer", "py-app"}
    assert '"2.0"' not in run.host.written["py-newcomer"]


@pytest.mark.parametrize("number", [2, 30])
def test_the_hint_is_a_command_that_can_be_read(run: Run, number: int) -> None:
    names = [f"newcomer-{at}" for at in range(number)]
    for name in names:
        run.server.served.add(name, "1.0")
        run.installed(name)
    options = ("--verify", "load", "--exclude", "newcomer-0", "--scope", "a site")
    assert run(*options) == 0, run.err
    hint = run.out.partition("Recipes for them: ")[2].partition("\n\n")[0]
    assert max(map(len, run.out.splitlines())) <= 240
    words = shlex.split(hint.replace("\\\n", ""))
    if number == 2:
        assert words == ["spack", "pypi", "create", "newcomer-1==1.0"]
        return
    assert words[:3] == ["spack", "pypi", "externals"]
    assert run.run(*words[2:]) == 0, run.err
    assert {*run.host.externals.packages} == {f"py-{name}" for name in names[1:]}


def test_one_that_cannot_be_written_loses_no_other(run: Run) -> None:
    for name in ("needy", "newcomer"):
        run.installed(name)
    assert run("--create") == 1
    assert "Error: needy is not written: " in run.err
    assert {*run.host.written} == {*run.host.externals.packages} == {"py-newcomer"}


def test_a_release_that_no_index_has(run: Run) -> None:
    run.installed("newcomer", "1.0+site")
    run.host.has("six", "1.0")
    run.installed("six")
    assert run("--create") == 1
    assert "Error: newcomer is not written: " in run.err
    assert {*run.host.externals.packages} == {"py-six"}


def test_without_an_index_the_externals_are_written_all_the_same(run: Run) -> None:
    run.host.has("six", "1.0")
    run.installed("six")
    run.installed("newcomer")
    assert run("--create", "--offline") == 1
    assert run.err.startswith("Error: ")
    assert {*run.host.externals.packages} == {"py-six"}


def test_a_name_that_nobody_can_ask_for(run: Run) -> None:
    """It is not used, with the reason, as all that cannot be read."""
    run.installed("new comer")
    run.installed("newcomer")
    assert run("--create") == 0, run.err
    assert "its name is not valid: new comer" in run.out
    assert {*run.host.externals.packages} == {"py-newcomer"}


def test_a_dry_run_writes_nothing_and_says_what_it_would(run: Run) -> None:
    run.installed("newcomer")
    assert run("--create", "--dry-run") == 0, run.err
    assert (run.host.written, run.host.externals.packages) == ({}, {})
    assert "Recipes would be written first for newcomer 1.0; whether Spack" in run.out


def test_the_report_for_programs_has_both(run: Run) -> None:
    run.installed("newcomer")
    assert run("--create", "--json", "-") == 0, run.err
    (report,) = json.loads(run.out)["packages"]
    assert {each["package"] for each in report["recipes"]} == {"py-newcomer", "py-hatchling"}
    assert [each["spec"] for each in report["externals"]] == ["py-newcomer@1.0"]


def test_where_nothing_is_lacking_the_index_is_not_asked(run: Run) -> None:
    run.host.has("six", "1.0")
    run.installed("six")
    assert run("--create") == 0, run.err
    assert run.server.served.requests == []

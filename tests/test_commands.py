"""The commands over an index and a host in memory: what is printed where, and the exit code."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from spack_pypi.arguments import add_commands
from spack_pypi.cli import main
from tests.index_server import IndexServer
from tests.memory import MemoryHost

RECIPE = """\
from spack.package import *


class PyHand(PythonPackage):
    pypi = "hand/hand-1.0.tar.gz"

    version("1.0", sha256="0")

    depends_on("py-hatchling", type="build")
"""


class Host(MemoryHost):
    """The repo that is written to has hand, whose newest release requires something new."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.edited: Sequence[str] = ()
        self.repos.packages_in = lambda namespace, repo: ["py-hand"]  # type: ignore[method-assign]
        self.writer.edit = self._edit  # type: ignore[method-assign]

    def _edit(self, paths: Sequence[Path]) -> None:
        self.edited = [path.name for path in paths]


class Run:
    """Runs commands as a user types them."""

    def __init__(self, server: IndexServer, host: Host, folder: Path, capsys: Any) -> None:
        self.server, self.host, self.folder, self._capsys = server, host, folder, capsys
        self.out = self.err = ""

    def __call__(self, *arguments: str, index: bool = True) -> int:
        parser = argparse.ArgumentParser()
        add_commands(parser)
        option = ["--index-url", self.server.url] if index else []
        args = parser.parse_args([*arguments, *option])
        code = main(args, lambda: self.host)
        self.out, self.err = self._capsys.readouterr()
        return code

    @property
    def document(self) -> Any:
        """What ``--json -`` printed."""
        return json.loads(self.out)

    @property
    def codes(self) -> list[str]:
        return [each["code"] for each in self.document["diagnostics"]]


@pytest.fixture
def run(server: IndexServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    host = Host(cache=tmp_path / "cache")
    host.has("hatchling", "1.0")
    host.has("six", "1.0")
    host.keep("hand", "py-hand", RECIPE)
    add = server.served.add
    add("six", "1.0")
    add("hatchling", "1.0")
    add("hand", "1.0", "six")
    add("hand", "2.0", "six", "newcomer")
    add("newcomer", "0.1", license_expression="MIT")
    yield Run(server, host, tmp_path, capsys)


# --- check --------------------------------------------------------------------------------------


def test_check(run: Run) -> None:
    assert run("check") == 1
    line, summary = run.out.splitlines()
    assert line.startswith("py-hand 1.0: error: py-six is missing: ")
    assert line.endswith(" [missing-dependency]")
    assert summary == "1 recipe, 1 version: 1 error in 1 recipe, 0 notes, 0 not checked."


@pytest.mark.parametrize(
    "ignored, code, end",
    [
        ("missing-dependency", 0, "0 errors in 0 recipes, 0 notes, 0 not checked, 1 ignored."),
        ("missing-dependency:py-hand", 0, "0 not checked, 1 ignored."),
        ("missing-dependency:py-other", 1, "1 error in 1 recipe, 0 notes, 0 not checked."),
    ],
)
def test_what_is_ignored(run: Run, ignored: str, code: int, end: str) -> None:
    assert run("check", "--ignore", ignored) == code
    assert run.out.splitlines()[-1].endswith(end)


def test_a_baseline_is_what_an_earlier_json_says(run: Run) -> None:
    baseline = str(run.folder / "baseline.json")
    assert run("check", "hand", "--json", baseline) == 1
    assert run("check", "hand", "--baseline", baseline) == 0
    assert run.out.splitlines()[-1].endswith("0 not checked, 1 in the baseline.")
    run.host.keep("hand", "py-hand", RECIPE.replace("py-hatchling", "py-attrs"))
    assert run("check", "hand", "--baseline", baseline, "--json", "-") == 1
    assert sorted(run.codes) == ["extra-dependency", "missing-build-dependency"]


@pytest.mark.parametrize("form", ["json", "sarif", "gitlab"])
def test_nothing_else_is_printed_in_a_format_for_programs(run: Run, form: str) -> None:
    assert run("check", "--format", form) == 1
    assert "missing-dependency" in json.dumps(run.document)
    assert run.err == ""


def test_annotations(run: Run) -> None:
    assert run("check", "--format", "github") == 1
    (line,) = run.out.splitlines()
    assert line.startswith(
        "::error file=repo/py-hand/package.py,line=7,title=missing-dependency::"
    )


def test_strict_counts_what_is_only_noted(run: Run) -> None:
    lines = (f'    depends_on("{name}", type=("build", "run"))\n' for name in ("py-six", "py-x"))
    run.host.keep("hand", "py-hand", RECIPE + "".join(lines))
    assert run("check", "--json", "-") == 0
    assert run.codes == ["extra-dependency"]
    assert run("check", "--strict", "--json", "-") == 1
    assert [each["severity"] for each in run.document["diagnostics"]] == ["error"]


# --- sync ---------------------------------------------------------------------------------------


def test_sync_lists(run: Run) -> None:
    assert run("sync", "--list", "--json", "-") == 0
    (record,) = run.document["packages"]
    assert (record["current"], record["missing"]) == ("1.0", ["2.0"])
    assert run.codes == ["outdated"]
    assert run("sync", "--list") == 0
    assert run.out.splitlines()[-1] == "1 recipe: 1 outdated, 0 not comparable."
    assert run.host.written == {}


def test_sync_lists_only_some(run: Run) -> None:
    """The index says that 2.0 was published on 2 March 2026."""
    for file in run.server.served.pages["hand"]:
        file["upload-time"] = "2026-03-02T10:00:00Z"
    for since, outdated in (("2026-03-02", 1), ("2026-03-03", 0), ("0", 0), ("99999", 1)):
        assert run("sync", "--list", "--since", since) == 0
        assert run.out.splitlines()[-1] == f"1 recipe: {outdated} outdated, 0 not comparable."
    assert run("sync", "--list", "--to", "minor") == 0
    assert run.out.splitlines() == ["1 recipe: 0 outdated, 0 not comparable."]


def test_sync_writes(run: Run) -> None:
    assert run("sync", "--dry-run") == 0
    assert '+    version("2.0"' in run.out
    assert run.host.written == {}
    assert run("sync") == 0, run.out + run.err
    assert sorted(run.host.written) == ["py-hand", "py-newcomer"]
    assert run.out.splitlines()[-1] == (
        "1 recipe: 1 outdated, 1 updated, 0 not updated, 0 not comparable."
    )


def test_sync_says_what_it_cannot_update(run: Run) -> None:
    del run.server.served.pages["newcomer"]
    assert run("sync", "hand", "--json", "-") == 1
    assert run.codes == ["outdated", "not-updated"]
    assert run.err == "Error: not updated: py-hand\n"
    assert run.host.written == {}
    # What it would get is there to paste, also the line for what is missing.
    assert run("sync", "hand") == 1
    assert "to update it by hand:" in run.out
    assert 'version("2.0", ' in run.out
    assert 'depends_on("py-newcomer", when="@2:"' in run.out


def test_sync_of_what_is_no_project(run: Run) -> None:
    """Of all recipes some are of no project, which is not an error; of a named one it is."""
    del run.server.served.pages["hand"]
    assert run("sync", "--list", "--json", "-") == 0
    assert [each["severity"] for each in run.document["diagnostics"]] == ["note"]
    assert run("sync", "--list", "hand", "--json", "-") == 1
    assert run.codes == ["not-checked"]


# --- create -------------------------------------------------------------------------------------


def test_create(run: Run) -> None:
    assert run("create", "newcomer", "--json", "-") == 0
    records = {each["project"]: each["status"] for each in run.document["packages"]}
    assert records == {"newcomer": "new", "hatchling": "exists"}
    assert list(run.host.written) == ["py-newcomer"]


@pytest.mark.parametrize("json_too", [False, True])
def test_an_environment(run: Run, json_too: bool) -> None:
    file = run.folder / "spack.yaml"
    arguments = ["create", "newcomer", "--env", str(file), *(["--json", "-"] if json_too else [])]
    assert run(*arguments, "--dry-run") == 0
    assert not file.exists()
    assert ('  - "py-newcomer"' in run.out) is not json_too
    assert run(*arguments) == 0
    assert '  - "py-newcomer"' in file.read_text()
    if json_too:
        assert run.document["diagnostics"] == []
    else:
        assert run.out.splitlines()[-2:] == [
            f"Wrote the environment {file}.",
            f"Next: spack -e {run.folder} install",
        ]
        assert run.out.count("Next: ") == 1


def test_no_environment_where_something_failed(run: Run) -> None:
    file = run.folder / "spack.yaml"
    assert run("create", "gone", "--env", str(file)) == 1
    assert "Error: gone is not written: " in run.err
    assert not file.exists()


def test_a_line_that_is_not_read_is_a_warning(run: Run) -> None:
    file = run.folder / "requirements.txt"
    file.write_text("newcomer\n-e ./folder\n")
    assert run("create", "--from", str(file), "--json", "-") == 0
    assert run.codes == ["not-read"]
    assert run.err.startswith("Warning: not read: ")


@pytest.mark.parametrize("dry_run", [True, False])
def test_the_editor_opens_where_it_is_asked_for(run: Run, dry_run: bool) -> None:
    options = ["--dry-run"] if dry_run else []
    assert run("create", "newcomer", "--edit", *options) == 0
    assert run.host.edited == (() if dry_run else ["package.py"])


# --- why, errors --------------------------------------------------------------------------------


def test_why(run: Run) -> None:
    assert run("why", "hand>=2") == 0
    assert "newcomer" in run.out
    assert run("why", "hand>=2", "--dot") == 0
    assert run.out.startswith("digraph closure {") and run.out.rstrip().endswith("}")
    assert run.host.written == {}


def test_a_folder_that_pip_has_as_an_index_is_named(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", run.server.url)
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "file://me:secret@site/index")
    assert run("why", "hand", index=False) == 0
    assert "nothing is read from file://site/index (pip's extra-index-url)" in run.err


def test_explain(run: Run) -> None:
    assert run("explain", "py-hand") == 0
    first, *lines = run.out.splitlines()
    assert first == "site.py-hand, repo/py-hand/package.py"
    at = lines.index('9: depends_on("py-hatchling", type="build")')
    assert lines[at + 1] == "    1.0: [build-system] requires in pyproject.toml: hatchling"
    assert lines[-1] == "    1.0: Requires-Dist: six (no line says that it is needed to run)"
    assert run("explain", "hand@1.0", "9", "--json", "-") == 0
    (record,) = run.document["packages"]
    (line,) = record["lines"]
    (reason,) = line["reasons"]
    assert (line["line"], reason["verdict"], reason["versions"]) == (9, "explained", ["1.0"])
    assert run("explain", "hand", "six", "--json", "-") == 0
    (record,) = run.document["packages"]
    assert [each["dependency"] for each in record["unsaid"]] == ["py-six"]
    assert run.host.written == {}


@pytest.mark.parametrize("arguments, most", [([], 8), (["--connections", "1"], 1)])
def test_so_many_requests_at_once(run: Run, arguments: list[str], most: int) -> None:
    run.server.served.delay = 0.05
    for number in range(12):
        run.server.served.add(f"p{number}", "1.0")
    assert run("create", *(f"p{number}" for number in range(12)), "--dry-run", *arguments) == 0
    assert most / 4 <= run.server.served.busiest <= most


def test_no_request_at_all_makes_no_sense(run: Run) -> None:
    with pytest.raises(SystemExit):
        run("create", "hand", "--connections", "0")


@pytest.mark.parametrize(
    "arguments, code, said",
    [
        (["check", "nobody"], 1, "Error: no registered repo has a package for 'nobody'\n"),
        (["explain", "hand", "0"], 1, "Error: line 0 of repo/py-hand/package.py holds nothing"),
        (["explain", "hand", "6"], 1, "Error: line 6 of repo/py-hand/package.py holds nothing"),
        (["why", "hand", "nobody"], 1, "Error: no recipe can be written for nobody\n"),
        (["sync", "hand@1"], 2, "Error: 'hand@1' is not the name of a package or a project\n"),
        (["create", "a" * 5000], 2, "Error: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...' is "),
        (["explain", "hand@9"], 1, "Error: the recipe of py-hand lists no release of hand in @9"),
        (["check", "--ignore", "cycles"], 2, "Error: --ignore cycles: there is no code 'cycles'"),
        (
            ["sync", "--to", "9" * 5000],
            2,
            "Error: --to 9999999999999999999999999999999999999999: ",
        ),
        (["sync", "--since", "7"], 2, "Error: --since limits what --list shows: "),
        (["sync", "--list", "--since", "May"], 2, "Error: --since May: give a day, such as "),
        (["create", "a", "--extra", "b"], 2, "Error: --extra, --group and --for choose "),
        (["create"], 2, "Error: give the name of at least one project\n"),
        (["create", "a b"], 2, "Error: 'a b' is not a requirement (PEP 508): "),
    ],
)
def test_errors_are_one_sentence(run: Run, arguments: list[str], code: int, said: str) -> None:
    assert run(*arguments) == code
    assert run.err.startswith(said)
    assert len(run.err.splitlines()) == 1


@pytest.mark.parametrize(
    "written, said",
    [
        ({}, "Interrupted: nothing was written.\n"),
        (
            {"py-b": "", "py-a": ""},
            "Interrupted: wrote py-a, py-b; nothing else was written. "
            "Run the command again for the rest.\n",
        ),
    ],
)
def test_an_interrupt(run: Run, written: dict[str, str], said: str) -> None:
    def interrupted(project: str) -> Any:
        raise KeyboardInterrupt

    run.host.written = written
    run.host.repos.package_for = interrupted  # type: ignore[method-assign]
    assert run("create", "newcomer") == 1
    assert run.err == said

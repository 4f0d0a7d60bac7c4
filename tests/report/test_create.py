"""The report of ``create``, for people and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Callable

import pytest

from spack_pypi.diagnostics import exit_code
from spack_pypi.host.port import Failure, Installed, Target, Undeclared
from spack_pypi.report.create import closure, packages_json, show, show_errors
from spack_pypi.report.formats import document
from spack_pypi.report.why import tree
from spack_pypi.workflow.create import Outcome
from spack_pypi.workflow.request import Request, Verify
from spack_pypi.workflow.why import why
from tests.memory import MemoryHost, MemoryIndex
from tests.run import create
from tests.workflow.faulty import Host, faulty_host, faulty_index


@pytest.fixture
def host() -> Host:
    return faulty_host()


@pytest.fixture
def index() -> MemoryIndex:
    return faulty_index()


# (options, what the report says, what it does not)
REPORTS: list[tuple[dict[str, Any], Sequence[str], Sequence[str]]] = [
    ({}, ["Wrote 2 recipes into repo (loaded, checked, audited, concretized).",
          "Next: spack install py-lib"], ["# site/"]),
    ({"verify": Verify.LOAD}, ["(loaded, checked, audited)"], ["concretized"]),
    ({"dry_run": True}, ["# site/py-base", "class PyBase(PythonPackage):",
                         "2 recipes for repo (loaded, checked, audited); "
                         "nothing was written (--dry-run)."], ["Wrote", "Next:"]),
]  # fmt: skip


@pytest.mark.parametrize("options, said, unsaid", REPORTS, ids=str)
def test_the_report(
    host: Host,
    index: MemoryIndex,
    options: dict[str, Any],
    said: Sequence[str],
    unsaid: Sequence[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    show(host, create(host, index, Request(("lib",), **options)))
    printed = capsys.readouterr().out
    assert [text for text in said if text not in printed] == []
    assert [text for text in unsaid if text in printed] == []


def test_the_tree(host: Host, index: MemoryIndex, capsys: pytest.CaptureFixture[str]) -> None:
    """What is new, what got versions, what is there, what was shown before."""
    show(host, create(host, index, Request(("app", "lib"))))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "py-app 1.0 (new)"
    assert any(
        line.endswith("py-old 2.0 (added to builtin.py-old for >=2 of py-app)") for line in lines
    )
    assert any(line.endswith("py-hatchling (in builtin)") for line in lines)
    assert any(line.startswith("py-lib") and line.endswith("(see above)") for line in lines)


def test_many_projects_that_require_each_other() -> None:
    """Each is there, in as much as a person reads."""
    names = [f"ring{number}" for number in range(32)]
    index = MemoryIndex()
    for name in names:
        index.add(name, "1.0", *(other for other in names if other != name))
    host = MemoryHost()
    host.has("hatchling", "1.0")
    outcome = create(host, index, Request(("ring0",)))
    lines = closure(outcome)
    shown = [line.lstrip("├└│─ ").partition(" ")[0] for line in lines]
    assert all(shown.index(f"py-{name}") < 50 for name in names)
    assert sum(map(len, lines)) < 50_000
    circles = sum(each.code == "cycle" for each in outcome.diagnostics)
    assert f"  and {circles - 100} more, which --json has" in lines
    explained = [*tree(why(outcome.plan))]
    assert all(any(f" {name}: " in line for line in explained) for name in names[1:])
    assert sum(map(len, explained)) < 50_000


def test_nothing_to_write(
    host: Host, index: MemoryIndex, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome = create(host, index, Request(("hatchling",)))
    show(host, outcome)
    assert capsys.readouterr().out.splitlines()[-1] == (
        "Nothing to write: builtin.py-hatchling and all dependencies exist."
    )
    assert not outcome.applied and exit_code(outcome.diagnostics) == 0


def unregistered(host: Host) -> None:
    target = Target(Path("my repo"), "site", registered=False)
    host.repos.target = lambda repo, namespace, write: target  # type: ignore[method-assign]


def no_checks(host: Host) -> None:
    host.checks = False


@pytest.mark.parametrize(
    "change, lines",
    [
        (unregistered, ["Next: spack repo add 'my repo'", "      spack install py-base"]),
        (no_checks, ["Nothing was verified, all dependencies count as missing: pass --spack DIR.",
                     "Next: spack install py-base"]),
    ],
)  # fmt: skip
def test_what_to_do_next(
    host: Host,
    index: MemoryIndex,
    change: Callable[[Host], None],
    lines: Sequence[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    change(host)
    show(host, create(host, index, Request(("base",))))
    assert capsys.readouterr().out.splitlines()[-2:] == lines


def test_a_dry_run_without_spack(
    host: Host, index: MemoryIndex, capsys: pytest.CaptureFixture[str]
) -> None:
    host.checks = False
    show(host, create(host, index, Request(("base",), dry_run=True)))
    said = capsys.readouterr().out.splitlines()[-1]
    assert said.endswith(" (not verified); nothing was written (--dry-run).")


def test_records_for_programs(host: Host, index: MemoryIndex) -> None:
    outcome = create(host, index, Request(("app",)))
    made = document(packages_json(outcome), outcome.diagnostics)
    records = {each["project"]: each for each in made["packages"]}
    assert [p for p, each in records.items() if each["named"]] == ["app"]
    assert records["old"]["extends"] == "builtin.py-old"
    assert records["lib"]["versions"] == ["2.0"]
    assert records["hatchling"]["status"] == "exists" and records["hatchling"]["path"] is None
    assert all(each["installed"] is None and each["reason"] is None for each in records.values())


def strict(host: Host, index: MemoryIndex, **options: Any) -> Outcome:
    """One requirement is left out, which only Windows has."""
    index.add("partly", "1.0", 'nowhere; sys_platform == "win32"')
    return create(host, index, Request(("partly",), **options))


@pytest.mark.parametrize("dry_run", [False, True])
def test_strict_says_why_it_fails(
    host: Host, index: MemoryIndex, dry_run: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome = strict(host, index, strict=True, dry_run=dry_run)
    show_errors(host, outcome)
    show(host, outcome)
    printed = capsys.readouterr()
    assert (
        printed.err
        == "Error: recipes leave something out and --strict is set; nothing was written\n"
    )
    assert "Declared, but not in the recipes:\n  py-partly" in printed.out
    assert "for repo" not in printed.out and "Wrote" not in printed.out


def test_what_only_deprecated_versions_satisfy(
    host: Host, index: MemoryIndex, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of what is named, and of what a version needs: the user passes --deprecated to Spack."""
    host.has("core", "3.0", deprecated=["2.0"])
    for version in ("2.0", "3.0"):
        index.add("core", version)
    index.add("user", "1.0", "core<3")
    outcome = create(host, index, Request(("user", "core<3")))
    found = [each for each in outcome.diagnostics if each.code == "deprecated-version"]
    assert [(each.package, each.versions) for each in found] == [("", ()), ("py-user", ("1.0",))]
    assert "deprecated" not in outcome.plan.recipes["user"].text  # another package's matter
    show(host, outcome)
    printed = capsys.readouterr().out
    title = "Only deprecated versions satisfy these; pass --deprecated to Spack:\n  you: "
    assert title in printed and "\n  py-user 1.0: " in printed
    assert "Next: spack install --deprecated py-user" in printed


def test_what_was_not_concretized(
    host: Host, index: MemoryIndex, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one line, and for programs each version of it."""
    outcome = create(host, index, Request(("lib",)))
    show(host, outcome)
    notes = document([], outcome.diagnostics)["diagnostics"]
    (note,) = [each for each in notes if each["code"] == "not-concretized"]
    title = "Written, but not concretized:"
    line = "py-lib@=1.0; to concretize them too, pass --verify every"
    assert f"{title}\n  {line}\n" in capsys.readouterr().out
    assert (note["severity"], note["specs"]) == ("note", "py-lib@=1.0")


# --- installing ---------------------------------------------------------------------------------

INSTALLED = Installed(
    "py-base",
    ("py-six@1", "py-base@1.0"),
    imported=("base",),
    not_imported={"base.web": "ModuleNotFoundError: No module named 'flask'"},
    undeclared=(Undeclared("flask", "base/web.py", 3),),
    pip_check=("other 1.0 requires x, which is not installed.",),
)
_LOG = "x.c:1:10: fatal error: z.h: No such file or directory"
BROKEN = Installed("py-base", failure=Failure("py-base@1.0", "build", _LOG, "/log"))


def test_what_installing_showed(
    host: Host, index: MemoryIndex, capsys: pytest.CaptureFixture[str]
) -> None:
    host.installed = [INSTALLED]
    outcome = create(host, index, Request(("base",), verify=Verify.INSTALL))
    show_errors(host, outcome)
    show(host, outcome)
    out, err = capsys.readouterr()
    assert (
        "Installed py-base and its dependencies (2 packages): 1 of 2 modules can be imported; "
        "pip check: failed.\n"
        "  base.web cannot be imported: ModuleNotFoundError: No module named 'flask'\n"
        "  pip check, on packages that were installed before: other 1.0 requires x, which is not "
        "installed.\n"
        "  base/web.py:3 imports flask, which no dependency provides\n"
    ) in out
    assert "concretized, installed)" in out and err == ""
    (record,) = [each for each in packages_json(outcome) if each["named"]]
    assert record["installed"]["undeclared"] == [["flask", "base/web.py", 3]]
    assert record["installed"]["failed"] is None


def test_what_could_not_be_installed(
    host: Host, index: MemoryIndex, capsys: pytest.CaptureFixture[str]
) -> None:
    host.installed = [BROKEN]
    outcome = create(host, index, Request(("base",), verify=Verify.INSTALL))
    show_errors(host, outcome)
    show(host, outcome)
    out, err = capsys.readouterr()
    assert err.startswith("Error: py-base: py-base@1.0 fails to build; likely because ")
    last = f"Error: {host.name} cannot install all of these recipes; nothing was written\n"
    assert err.endswith(last)
    assert "Installed" not in out and "Wrote" not in out
    (record,) = [each for each in packages_json(outcome) if each["named"]]
    installed = record["installed"]
    assert (installed["failed"], installed["phase"]) == ("py-base@1.0", "build")
    assert (installed["log"], installed["broken"]) == ("/log", {})


def test_one_that_keeps_all_others_back_is_named_once(
    host: Host, index: MemoryIndex, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of what is resolved together, nothing is written where one cannot be."""
    index.add("torn", "1.0", "nowhere")
    more = [f"more{number}" for number in range(6)]
    for name in more:
        index.add(name, "1.0")
    outcome = create(host, index, Request((*more, "torn", "base"), together=True))
    show_errors(host, outcome)
    lines = capsys.readouterr().err.splitlines()
    because = (
        "torn cannot be written, and all are resolved together (--no-together: each by itself)"
    )
    assert lines[0] == (
        f"Error: more0, more1, more2, more3, more4 and 2 more are not written: {because}"
    )
    assert lines[1].startswith("Error: torn is not written: 1.0 needs nowhere")
    assert len(lines) == 3
    reasons = {each["project"]: each["reason"] for each in packages_json(outcome)}
    assert reasons["base"] == because


def test_a_requirement_that_cannot_be_had(
    host: Host, index: MemoryIndex, capsys: pytest.CaptureFixture[str]
) -> None:
    """One named project fails; the other is written; what would help is said."""
    index.add("torn", "1.0", "nowhere")
    outcome = create(host, index, Request(("torn", "base")))
    show_errors(host, outcome)
    show(host, outcome)
    out, err = capsys.readouterr()
    assert err.startswith("Error: torn is not written: ")
    hint = "Pass --allow-omissions to write the recipes without what is missing."
    assert err.splitlines()[1:] == [hint]
    assert "Not written: torn.\n" in out
    allowed = create(host, index, Request(("torn",), allow_omissions=True))
    show_errors(host, allowed)
    show(host, allowed)
    out, err = capsys.readouterr()
    assert err == ""
    assert "Incomplete: py-torn. Comments in the recipes say what is missing." in out
    assert "Next:" not in out


def test_a_line_of_a_stranger_is_indented(
    host: Host, index: MemoryIndex, capsys: pytest.CaptureFixture[str]
) -> None:
    index.add("torn", "1.0", "a\nError: forged")
    outcome = create(host, index, Request(("torn",)))
    show_errors(host, outcome)
    show(host, outcome)
    said = capsys.readouterr()
    assert "\n  Error: forged" in said.err and "\nError: forged" not in said.err + said.out

"""The report of ``create``, for people and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Callable

import pytest

from spack_pypi.diagnostics import exit_code
from spack_pypi.host.port import Target
from spack_pypi.report.create import packages_json, show, show_errors
from spack_pypi.report.formats import document
from spack_pypi.workflow.create import Outcome
from spack_pypi.workflow.request import Request, Verify
from tests.memory import MemoryIndex
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
                         "2 recipes for repo (loaded, checked, audited, concretized); "
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
    assert any(line.endswith("py-old 2.0 (added to builtin.py-old)") for line in lines)
    assert any(line.endswith("py-hatchling (in builtin)") for line in lines)
    assert any(line.startswith("py-lib") and line.endswith("(see above)") for line in lines)


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
    target = Target(Path("repo"), "site", registered=False)
    host.repos.target = lambda repo, namespace, write: target  # type: ignore[method-assign]


def no_checks(host: Host) -> None:
    host.checks = False


@pytest.mark.parametrize(
    "change, lines",
    [
        (unregistered, ["Next: spack repo add repo", "      spack install py-base"]),
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

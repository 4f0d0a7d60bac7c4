"""The report of ``upstream``, and the text that introduces a series to its reviewers."""

from __future__ import annotations

from pathlib import Path

import pytest

from spack_pypi.diagnostics import Diagnostic, Severity, error
from spack_pypi.host.port import Changed
from spack_pypi.report.upstream import commit_json, show_changes, show_series
from spack_pypi.workflow.upstream.series import Commit, Series, head
from tests.report.commits import APP, LIB, LINK, PLAIN, UNSTYLED

NOTE = Diagnostic("upstream-difference", Severity.NOTE, "py-app", text="2.0 is not as in x.py")

# (a commit, its title, its message)
MESSAGES = [
    (LIB, f"py-lib: add v2.0, v1.9\n\nadded py-six\n{LINK}\n"),
    (APP, "py-app: new package\n\nIt does much.\n"),
    (PLAIN, "py-plain: update\n"),
]


@pytest.mark.parametrize("sent, message", MESSAGES)
def test_commits(sent: Commit, message: str) -> None:
    assert sent.message == message
    assert sent.title == message.splitlines()[0]


def test_what_a_series_is_about_is_what_no_other_needs() -> None:
    assert head(Series((LIB, APP))) is APP
    assert head(Series((APP, LIB))) is APP
    one, two = (
        Commit(f"py-{n}", Path(n), True, (), dependencies=(f"py-{o}",)) for n, o in ("ab", "ba")
    )
    assert head(Series((one, two))) is two, "a cycle: the last one"


def test_the_report(capsys: pytest.CaptureFixture[str]) -> None:
    wrong = error("rejected", "py-app", "2.0: too wide")
    show_series(Series((LIB, APP), (NOTE, UNSTYLED, wrong)))
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        "py-lib: add v2.0, v1.9",
        "  added py-six",
        "py-app: new package",
        "  error: too wide",
        "Note: py-app: 2.0 is not as in x.py",
        "Note: ruff is not installed",
    ]
    assert err == "Error: py-app: 2.0: too wide\n"


@pytest.mark.parametrize(
    "before, origin", [("a\nb\n", "a/packages/py_x/package.py"), (None, "/dev/null")]
)
def test_changes_are_printed_as_a_patch(
    before: str | None, origin: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "py_x" / "package.py"
    file.parent.mkdir()
    file.write_text("a\nc\n")
    show_changes([Changed(file, before)])
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == [f"--- {origin}", "+++ b/packages/py_x/package.py"]
    assert "+c" in lines


def test_records() -> None:
    assert commit_json(LIB) == {
        "package": "py-lib",
        "title": "py-lib: add v2.0, v1.9",
        "new": False,
        "versions": ["2.0", "1.9"],
        "needs": [],
        "report": ["added py-six"],
        "link": LINK,
        "publisher": None,
    }
    assert commit_json(APP)["link"] is None

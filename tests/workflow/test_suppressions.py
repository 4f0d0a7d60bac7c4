"""``check --ignore`` and ``--baseline``: what is not reported again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from spack_pypi.diagnostics import Diagnostic, Severity
from spack_pypi.errors import UsageError
from spack_pypi.report.formats import document, write_json
from spack_pypi.workflow.compare.suppressions import Suppressions


def found(code: str, package: str, subject: str = "", *versions: str) -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, package, versions, subject, f"about {subject}")


CYCLE_X, CYCLE_Y = found("cycle", "py-x", "py-a", "1"), found("cycle", "py-y", "py-a", "1")
YANKED_X = found("yanked", "py-x", "", "1")
ALL = [CYCLE_X, YANKED_X, CYCLE_Y]

# (what --ignore says, what is still reported, the summary)
IGNORED: list[tuple[list[str], list[Diagnostic], str]] = [
    ([], ALL, ""),
    (["cycle"], [YANKED_X], "2 ignored"),
    (["cycle:py-x"], [YANKED_X, CYCLE_Y], "1 ignored"),
    (["cycle:py-other"], ALL, ""),
    (["outdated"], ALL, ""),
    (["cycle:py-x", "yanked"], [CYCLE_Y], "2 ignored"),
    (["cycle", "cycle:py-x"], [YANKED_X], "2 ignored"),
]


@pytest.mark.parametrize("texts, left, summary", IGNORED)
def test_ignored(texts: list[str], left: list[Diagnostic], summary: str) -> None:
    known = Suppressions.read(texts, None)
    assert known.remaining(ALL) == left
    assert known.summary == summary


@pytest.mark.parametrize("text", ["", "cycles", "cycles:py-x", "Cycle", "py-x", ":py-x"])
def test_a_code_that_does_not_exist_is_a_mistake(text: str) -> None:
    """Else a typing error would let through what it was meant to hide, or hide nothing."""
    with pytest.raises(UsageError, match="there is no code .* docs/diagnostics.md"):
        Suppressions.read([text], None)


# --- a baseline ---------------------------------------------------------------------------------


def baseline(folder: Path, *earlier: Diagnostic) -> str:
    """The file that an earlier ``--json`` wrote."""
    file = str(folder / "baseline.json")
    write_json(file, document([{"package": "py-x"}], earlier))
    return file


TWO = found("cycle", "py-x", "py-a", "2", "1")

# (what an earlier run found, what this one finds, what is reported)
EARLIER: list[tuple[list[Diagnostic], list[Diagnostic], list[Diagnostic]]] = [
    ([], ALL, ALL),
    (ALL, ALL, []),
    (ALL, [], []),
    ([CYCLE_Y], ALL, [CYCLE_X, YANKED_X]),
    # only for the versions for which it is new
    ([CYCLE_X], [TWO], [found("cycle", "py-x", "py-a", "2")]),
    ([TWO], [CYCLE_X], []),
    # of all versions is something else than of one
    ([found("cycle", "py-x", "py-a")], [CYCLE_X], [CYCLE_X]),
    ([found("not-checked", "py-x")], [found("not-checked", "py-x")], []),
    ([CYCLE_X], [found("not-checked", "py-x")], [found("not-checked", "py-x")]),
    # a second one of the same kind
    ([CYCLE_X], [CYCLE_X, CYCLE_X], [CYCLE_X]),
    ([CYCLE_X, CYCLE_X], [CYCLE_X], []),
    # another code, package or subject
    ([CYCLE_X], [found("missing-dependency", "py-x", "py-a", "1")],
     [found("missing-dependency", "py-x", "py-a", "1")]),
    ([CYCLE_X], [found("cycle", "py-x", "py-b", "1")], [found("cycle", "py-x", "py-b", "1")]),
]  # fmt: skip


@pytest.mark.parametrize("earlier, now, reported", EARLIER)
def test_a_baseline(
    tmp_path: Path, earlier: list[Diagnostic], now: list[Diagnostic], reported: list[Diagnostic]
) -> None:
    known = Suppressions.read([], baseline(tmp_path, *earlier))
    assert known.remaining(now) == reported


def test_another_text_or_severity_is_the_same_difference(tmp_path: Path) -> None:
    """A new release of a dependency changes the example."""
    known = Suppressions.read([], baseline(tmp_path, CYCLE_X))
    now = Diagnostic("cycle", Severity.NOTE, "py-x", ("1",), "py-a", "said otherwise")
    assert known.remaining([now]) == []
    assert known.summary == "1 in the baseline"


def test_both(tmp_path: Path) -> None:
    known = Suppressions.read(["yanked"], baseline(tmp_path, CYCLE_X))
    assert known.remaining(ALL) == [CYCLE_Y]
    assert known.summary == "1 ignored, 1 in the baseline"


#: What ends up as a baseline by mistake.
BROKEN = [
    b"",
    b"{",
    b"[]",
    b"{}",
    b'{"diagnostics": 1}',
    b'{"diagnostics": ["cycle"]}',
    b'{"diagnostics": [{}]}',
    b'{"diagnostics": [{"code": "cycle", "package": "py-x", "subject": null}]}',
    json.dumps([{"severity": "error", "kind": "missing"}]).encode(),
]


@pytest.mark.parametrize("content", BROKEN)
def test_a_file_that_is_no_baseline(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "baseline.json"
    file.write_bytes(content)
    with pytest.raises(UsageError, match="is not a baseline; to write one: spack"):
        Suppressions.read([], str(file))


def test_a_baseline_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "bytes.json").write_bytes(b"\xff")
    with pytest.raises(UsageError, match="bytes.json cannot be read: it is not text"):
        Suppressions.read([], str(tmp_path / "bytes.json"))
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        Suppressions.read([], str(tmp_path / "none.json"))

"""The report of ``sync``: a line for what is outdated, what was done, and what was not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from packaging.version import Version

from spack_pypi.diagnostics import Diagnostic, Severity
from spack_pypi.pypi.model import File, Release
from spack_pypi.report.sync import Totals, show_update, update_json
from spack_pypi.workflow.compare.reported import Reported
from spack_pypi.workflow.explain.model import (
    Cited,
    ExplainedLine,
    ExplainedRecipe,
    Ground,
    Verdict,
)
from spack_pypi.workflow.outdated import Outdated
from spack_pypi.workflow.sync import Hardness, Update, diagnostics


def release(version: str, uploaded: str = "") -> Release:
    number = Version(version)
    file = File(name="x", url="", version=number, is_wheel=False, uploaded=uploaded)
    return Release("x", number, (file,))


CURRENT = Outdated("py-x", "x", "1.0", Version("1.0"))
LAGGING = Outdated(
    "py-x", "x", "1.0", Version("1.0"), (release("2.0"), release("1.1", "2026-03-01T10:00:00Z"))
)
ONE = Outdated("py-x", "x", "1.0", Version("1.0"), (release("2.0"),))
YANKED = Outdated("py-x", "x", "1.0", Version("1.0"), yanked=("0.9", "0.8"))
VULNERABLE = replace(CURRENT, vulnerable={"1.0": Reported(("A-1", "A-2"))})
UNREPORTED = replace(CURRENT, vulnerable={"1.0": Reported(("A-1",)), "0.9": Reported((), "x: no")})
UNKNOWN = Outdated("py-x", problem="its recipe names no project on an index")
FAILED = Outdated("py-x", problem="the index does not answer", failed=True)
TEXTS = {"py-x": ("a\n", "b\n"), "py-new": ("", "c\n"), "py-old": ("d\n", "e\n")}
UPDATED = Update(
    ONE,
    ("2.0",),
    Hardness.NEW_LINES,
    changes=("added py-six",),
    texts=TEXTS,
    because={"py-old": "for >=2 of py-x"},
)
UNPROVEN = replace(
    UPDATED,
    not_concretized=(
        Diagnostic("not-concretized", Severity.NOTE, "py-x", text="py-x 1.1; --verify every"),
        Diagnostic("unsatisfiable", Severity.WARNING, "py-x", ("1.2",), text="no Python"),
    ),
)
PARTLY = replace(
    UPDATED,
    left_out=(
        Diagnostic("cycle", Severity.NOTE, "py-x", text="y: y requires x"),
        Diagnostic("not-fetched", Severity.ERROR, "py-new", text="answered 403"),
    ),
)
BY_HAND = Update(ONE, hardness=Hardness.BY_HAND, reason="a loop", proposal='version("2.0")')

# (what became of a recipe, whether it is only listed, whether it was named, what is printed)
LINES: list[tuple[Update, bool, bool, list[str]]] = [
    (Update(CURRENT), True, False, []),
    (Update(CURRENT), True, True, ["py-x 1.0: current"]),
    (Update(YANKED), False, False, ["py-x 1.0: current; yanked: 0.9, 0.8"]),
    (Update(VULNERABLE), True, True, ["py-x 1.0: current; vulnerable: 1.0 (A-1, A-2)"]),
    (Update(UNREPORTED), True, True, ["py-x 1.0: current; vulnerable: 1.0 (A-1); "
                                      "whether vulnerable is not known: 0.9 (x: no)"]),
    (Update(LAGGING), True, False, ["py-x 1.0 -> 2.0 (2 releases since 2026-03-01)"]),
    (Update(ONE), True, False, ["py-x 1.0 -> 2.0 (1 release)"]),
    (Update(ONE, ("2.0",), Hardness.VERSION_ONLY), True, True,
     ["py-x 1.0 -> 2.0 (1 release, a version only)"]),
    (BY_HAND, True, True, ["py-x 1.0 -> 2.0 (1 release, not automatic): a loop"]),
    # to the newest of its minor series, which it has
    (Update(LAGGING), False, True, ["py-x 1.0: has no newer release in the requested series"]),
    (Update(LAGGING), False, False, []),
    (UPDATED, False, False, ["py-x 1.0 -> 2.0: with new lines", "  added py-six",
                             "  with py-new, new", "  with py-old, changed for >=2 of py-x"]),
    (UNPROVEN, False, False, ["py-x 1.0 -> 2.0: with new lines", "  added py-six",
                              "  not concretized: py-x 1.1; --verify every",
                              "  cannot be concretized: py-x 1.2: no Python",
                              "  with py-new, new", "  with py-old, changed for >=2 of py-x"]),
    (PARTLY, False, False, ["py-x 1.0 -> 2.0: with new lines", "  added py-six",
                            "  note: y: y requires x", "  error: py-new: answered 403",
                            "  with py-new, new", "  with py-old, changed for >=2 of py-x"]),
    (BY_HAND, False, False, ["py-x 1.0: not updated: a loop",
                             "  to update it by hand:",
                             "", 'version("2.0")', ""]),
    (Update(UNKNOWN), False, False, []),
    (Update(UNKNOWN), False, True, ["py-x: its recipe names no project on an index"]),
    (Update(FAILED), False, False, ["py-x: the index does not answer"]),
]  # fmt: skip


@pytest.mark.parametrize("update, listing, named, lines", LINES)
def test_lines(
    update: Update,
    listing: bool,
    named: bool,
    lines: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    show_update(update, listing, diff=False, named=named)
    assert capsys.readouterr().out.splitlines() == lines


def test_a_dry_run_shows_each_change(capsys: pytest.CaptureFixture[str]) -> None:
    show_update(UPDATED, listing=False, diff=True, named=False)
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line[:2] in ("+b", "-a", "+c", "-d", "+e")] == [
        "-a", "+b", "+c", "-d", "+e",
    ]  # fmt: skip


def test_beside_each_difference_stands_where_its_lines_come_from(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ground = Ground(Verdict.EXPLAINED, (Cited("Requires-Dist", "six"),), versions=("2.0",))
    line = ExplainedLine(7, 7, 'depends_on("py-six")', "py-six", (ground,))
    explained = {"py-x": ExplainedRecipe("py-x", "site", "py-x", lines=(line,), removed=("a",))}
    update = replace(UPDATED, explained=explained)
    show_update(update, listing=False, diff=True, named=False)
    lines = capsys.readouterr().out.splitlines()
    at = lines.index("+b")
    assert lines[at + 1 : at + 5] == [
        "where these lines come from:",
        "removed: a",
        '7: depends_on("py-six")',
        "    2.0: Requires-Dist: six",
    ]
    assert [each["package"] for each in update_json(update)["explained"]] == ["py-x"]
    # what is only written says no more than what changed
    show_update(update, listing=False, diff=False, named=False)
    assert "where" not in capsys.readouterr().out


def test_so_do_lines_that_are_only_proposed(capsys: pytest.CaptureFixture[str]) -> None:
    ground = Ground(Verdict.EXPLAINED, (Cited("Requires-Dist", "six"),), versions=("2.0",))
    line = ExplainedLine(7, 7, 'depends_on("py-six")', "py-six", (ground,))
    explained = {"py-x": ExplainedRecipe("py-x", "site", "py-x", lines=(line,))}
    show_update(replace(BY_HAND, explained=explained), listing=False, diff=True, named=False)
    lines = capsys.readouterr().out.splitlines()
    at = lines.index("where these lines come from:")
    assert 'version("2.0")' in lines[:at]
    assert lines[at + 1 :] == ['7: depends_on("py-six")', "    2.0: Requires-Dist: six"]


NEWER = "1.0 is listed, 2.0 is the newest release"
# (what became of a recipe, whether it is only listed, whether it was named, what is said of it:
# code, severity, text)
SAID: list[tuple[Update, bool, bool, list[tuple[str, str, str]]]] = [
    (Update(CURRENT), False, False, []),
    (UPDATED, False, False, []),
    (Update(ONE), True, False, [("outdated", "note", NEWER)]),
    (BY_HAND, True, True, [("outdated", "note", NEWER), ("not-updated", "note", "a loop")]),
    (BY_HAND, False, True, [("outdated", "note", NEWER), ("not-updated", "error", "a loop")]),
    (Update(UNKNOWN), False, False, [("not-checked", "note", UNKNOWN.problem)]),
    (Update(UNKNOWN), False, True, [("not-checked", "error", UNKNOWN.problem)]),
    (Update(FAILED), True, False, [("not-checked", "error", FAILED.problem)]),
    (Update(YANKED), False, False, [("yanked", "note", "withdrawn")] * 2),
    (UNPROVEN, False, False, [("not-concretized", "note", "py-x 1.1; --verify every"),
                              ("unsatisfiable", "warning", "no Python")]),
    (PARTLY, False, False, [("cycle", "note", "y: y requires x"),
                            ("not-fetched", "error", "answered 403")]),
    (Update(VULNERABLE), True, True,
     [("vulnerable", "note", "reported as vulnerable: A-1, A-2")]),
    (Update(UNREPORTED), True, True,
     [("vulnerable", "note", "reported as vulnerable: A-1"),
      ("not-fetched", "error", "whether it is vulnerable is not known: x: no")]),
]  # fmt: skip


@pytest.mark.parametrize("update, listing, named, said", SAID)
def test_diagnostics(
    update: Update, listing: bool, named: bool, said: list[tuple[str, str, str]]
) -> None:
    found = diagnostics(update, listing, named)
    assert [(each.code, each.severity.value, each.text) for each in found] == said
    assert {each.package for each in found} <= {"py-x", "py-new"}


@pytest.mark.parametrize(
    "updates, listing, text",
    [
        ([], True, "0 recipes: 0 outdated, 0 not comparable."),
        ([Update(ONE)], True, "1 recipe: 1 outdated, 0 not comparable."),
        (
            [UPDATED, BY_HAND, Update(UNKNOWN), Update(CURRENT)],
            False,
            "4 recipes: 2 outdated, 1 updated, 1 not updated, 1 not comparable.",
        ),
    ],
)
def test_the_summary(updates: list[Update], listing: bool, text: str) -> None:
    totals = Totals(listing)
    for update in updates:
        totals.add(update)
    assert str(totals) == text


def test_a_record_for_programs() -> None:
    made: dict[str, Any] = update_json(UPDATED)
    assert made["recipes"] == ["py-new", "py-old", "py-x"]
    assert (made["current"], made["missing"], made["new"]) == ("1.0", ["2.0"], ["2.0"])
    assert (made["hardness"], made["reason"]) == ("with new lines", None)
    assert update_json(Update(UNKNOWN))["current"] is None

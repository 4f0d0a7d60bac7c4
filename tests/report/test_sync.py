"""The report of ``sync``: a line for what is outdated, what was done, and what was not."""

from __future__ import annotations

from typing import Any

import pytest
from packaging.version import Version

from spack_pypi.pypi.model import File, Release
from spack_pypi.report.sync import bump_json, diagnostics, show_bump, summary
from spack_pypi.workflow.outdated import Outdated
from spack_pypi.workflow.sync import Bump, Hardness


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
VULNERABLE = Outdated("py-x", "x", "1.0", Version("1.0"), vulnerable={"1.0": ("A-1", "A-2")})
UNKNOWN = Outdated("py-x", problem="its recipe names no project on an index")
FAILED = Outdated("py-x", problem="the index does not answer", failed=True)
TEXTS = {"py-x": ("a\n", "b\n"), "py-new": ("", "c\n"), "py-old": ("d\n", "e\n")}
UPDATED = Bump(ONE, ("2.0",), Hardness.NEW_LINES, report=("added py-six",), texts=TEXTS)
BY_HAND = Bump(ONE, hardness=Hardness.BY_HAND, reason="a loop", proposal='version("2.0")')

# (what became of a recipe, whether it is only listed, whether it was named, what is printed)
LINES: list[tuple[Bump, bool, bool, list[str]]] = [
    (Bump(CURRENT), True, False, []),
    (Bump(CURRENT), True, True, ["py-x 1.0: current"]),
    (Bump(YANKED), False, False, ["py-x 1.0: current; yanked: 0.9, 0.8"]),
    (Bump(VULNERABLE), True, True, ["py-x 1.0: current; vulnerable: 1.0 (A-1, A-2)"]),
    (Bump(LAGGING), True, False, ["py-x 1.0 -> 2.0 (2 releases since 2026-03-01)"]),
    (Bump(ONE), True, False, ["py-x 1.0 -> 2.0 (1 release)"]),
    (Bump(ONE, ("2.0",), Hardness.VERSION_ONLY), True, True,
     ["py-x 1.0 -> 2.0 (1 release, a version only)"]),
    (BY_HAND, True, True, ["py-x 1.0 -> 2.0 (1 release, not automatic): a loop"]),
    # to the newest of its minor series, which it has
    (Bump(LAGGING), False, True, ["py-x 1.0: has no newer release in the requested series"]),
    (Bump(LAGGING), False, False, []),
    (UPDATED, False, False, ["py-x 1.0 -> 2.0: with new lines", "  added py-six",
                             "  with py-new, new", "  with py-old, changed"]),
    (BY_HAND, False, False, ["py-x 1.0: not updated: a loop",
                             "  to update it by hand, add these lines:",
                             "", 'version("2.0")', ""]),
    (Bump(UNKNOWN), False, False, []),
    (Bump(UNKNOWN), False, True, ["py-x: its recipe names no project on an index"]),
    (Bump(FAILED), False, False, ["py-x: the index does not answer"]),
]  # fmt: skip


@pytest.mark.parametrize("bump, listing, named, lines", LINES)
def test_lines(
    bump: Bump, listing: bool, named: bool, lines: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    show_bump(bump, listing, diff=False, named=named)
    assert capsys.readouterr().out.splitlines() == lines


def test_a_dry_run_shows_each_change(capsys: pytest.CaptureFixture[str]) -> None:
    show_bump(UPDATED, listing=False, diff=True, named=False)
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line[:2] in ("+b", "-a", "+c", "-d", "+e")] == [
        "-a", "+b", "+c", "-d", "+e",
    ]  # fmt: skip


NEWER = "1.0 is listed, 2.0 is the newest release"
# (what became of a recipe, whether it is only listed, whether it was named, what is said of it:
# code, severity, text)
SAID: list[tuple[Bump, bool, bool, list[tuple[str, str, str]]]] = [
    (Bump(CURRENT), False, False, []),
    (UPDATED, False, False, []),
    (Bump(ONE), True, False, [("outdated", "note", NEWER)]),
    (BY_HAND, True, True, [("outdated", "note", NEWER), ("not-updated", "note", "a loop")]),
    (BY_HAND, False, True, [("outdated", "note", NEWER), ("not-updated", "error", "a loop")]),
    (Bump(UNKNOWN), False, False, [("not-checked", "note", UNKNOWN.problem)]),
    (Bump(UNKNOWN), False, True, [("not-checked", "error", UNKNOWN.problem)]),
    (Bump(FAILED), True, False, [("not-checked", "error", FAILED.problem)]),
    (Bump(YANKED), False, False, [("yanked", "note", "withdrawn")] * 2),
    (Bump(VULNERABLE), True, True,
     [("vulnerable", "note", "reported as vulnerable: A-1, A-2")]),
]  # fmt: skip


@pytest.mark.parametrize("bump, listing, named, said", SAID)
def test_diagnostics(
    bump: Bump, listing: bool, named: bool, said: list[tuple[str, str, str]]
) -> None:
    found = diagnostics(bump, listing, named)
    assert [(each.code, each.severity.value, each.text) for each in found] == said
    assert {each.package for each in found} <= {"py-x"}


@pytest.mark.parametrize(
    "bumps, listing, text",
    [
        ([], True, "0 recipes: 0 outdated, 0 not comparable."),
        ([Bump(ONE)], True, "1 recipe: 1 outdated, 0 not comparable."),
        (
            [UPDATED, BY_HAND, Bump(UNKNOWN), Bump(CURRENT)],
            False,
            "4 recipes: 2 outdated, 1 updated, 1 not updated, 1 not comparable.",
        ),
    ],
)
def test_the_summary(bumps: list[Bump], listing: bool, text: str) -> None:
    assert summary(bumps, listing) == text


def test_a_record_for_programs() -> None:
    made: dict[str, Any] = bump_json(UPDATED)
    assert made["recipes"] == ["py-new", "py-old", "py-x"]
    assert (made["current"], made["missing"], made["new"]) == ("1.0", ["2.0"], ["2.0"])
    assert (made["hardness"], made["reason"]) == ("with new lines", None)
    assert bump_json(Bump(UNKNOWN))["current"] is None

"""What ``explain`` prints of what it found."""

from __future__ import annotations

import json

import pytest

from spack_pypi.report.explain import lines, recipe_json
from spack_pypi.workflow.explain.model import (
    TOGETHER,
    Cited,
    ExplainedLine,
    ExplainedRecipe,
    Ground,
    Unsaid,
    Verdict,
)

A1, A2 = Cited("Requires-Dist", "a>=1"), Cited("Requires-Dist", "a>=2")
RULE = Cited("rule: hatchling requires it", "hatch-vcs")
E, D, P, U = Verdict.EXPLAINED, Verdict.DIFFERS, Verdict.UNEXPLAINED, Verdict.UNKNOWN

# (grounds, what is printed below the line)
GROUNDS: list[tuple[list[Ground], list[str]]] = [
    ([], ["applies to none of these versions"]),
    ([Ground(E, (A1,), versions=("2", "1"))], ["2, 1: Requires-Dist: a>=1"]),
    ([Ground(E, (RULE,), versions=("1",))], ["1: hatch-vcs (rule: hatchling requires it)"]),
    ([Ground(D, (A1,), ("it excludes 3",), ("1",))],
     ["1: the metadata says Requires-Dist: a>=1; the line differs: it excludes 3"]),
    ([Ground(U, (A1,), ("why",), ("1",))],
     ["1: the metadata says Requires-Dist: a>=1; not compared: why"]),
    ([Ground(P, (), ("a person wrote it",))], ["a person wrote it"]),
    ([Ground(E, (A2,), (TOGETHER,), ("2",)), Ground(E, (A1,), versions=("1",))],
     [f"2: Requires-Dist: a>=2; {TOGETHER}", "1: Requires-Dist: a>=1"]),
    ([Ground(E, (A2,), (TOGETHER,), ("3",)), Ground(E, (RULE,), (TOGETHER,), ("2",)),
      Ground(E, (A1,), versions=("1",))],
     ["3, 2: the metadata says more, as other lines do", "1: Requires-Dist: a>=1"]),
    ([Ground(E, (A1,), versions=tuple("987654321"))],
     ["9, 8, 7, 6, ..., 1 (9 versions): Requires-Dist: a>=1"]),
]  # fmt: skip


@pytest.mark.parametrize("grounds, expected", GROUNDS)
def test_what_is_said_of_a_line(grounds: list[Ground], expected: list[str]) -> None:
    line = ExplainedLine(7, 7, 'depends_on("py-a@1:")', "py-a", tuple(grounds))
    first, at, *said = lines(ExplainedRecipe("py-x", "site", "package.py", lines=(line,)))
    assert (first, at) == ("site.py-x, package.py", '7: depends_on("py-a@1:")')
    assert said == [f"    {text}" for text in expected]


def test_no_password_of_a_recipe() -> None:
    text = 'homepage = "https://me:s3cr3t@x.example"'
    ground = Ground(D, (Cited("Home-page", "https://me:s3cr3t@x.example"),), ("other",), ("1",))
    line = ExplainedLine(7, 7, text, "", (ground,))
    recipe = ExplainedRecipe("py-x", "site", "package.py", lines=(line,), removed=(text,))
    said = "\n".join(lines(recipe)) + json.dumps(recipe_json(recipe))
    assert "s3cr3t" not in said and said.count("https://x.example") == 6


def test_what_has_no_line() -> None:
    fast, one = Cited("extra fast", ""), ("1",)
    unsaid = (
        Unsaid(A1, "no line says it", "py-a", one),
        Unsaid(fast, "no variant", "", one, (1, 1)),
        Unsaid(fast, "no variant", "", one, (2, 3)),
    )
    _, title, *said = lines(ExplainedRecipe("py-x", "site", "package.py", unsaid=unsaid))
    assert title == "Declared, but in no line:"
    assert said == [
        "    1: Requires-Dist: a>=1 (no line says it)",
        "    1: extra fast: 1 requirement (no variant)",
        "    1: extra fast: 2 to 3 requirements (no variant)",
    ]


def test_lines_of_other_versions_are_counted() -> None:
    recipe = ExplainedRecipe(
        "py-x", "site", "package.py", lines=(ExplainedLine(7, 7, "x"),), selected="2:"
    )
    assert [*lines(recipe)][1:] == ["1 line for other versions: not shown."]

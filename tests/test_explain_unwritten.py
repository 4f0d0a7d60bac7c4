"""``explain`` of a version that its recipe does not list, and of a project without a recipe."""

from __future__ import annotations

from tests.test_commands import Run
from tests.test_commands import run as run


def test_explain_what_no_recipe_says_yet(run: Run) -> None:
    run.server.served.add("hand", "3.0", "nobody>=1")
    assert run("explain", "hand@2.0") == 0
    first, _, *lines = run.out.splitlines()
    assert first == "py-hand: would be updated"
    assert "    2.0: Requires-Dist: newcomer" in lines
    assert run("explain", "newcomer", "--json", "-") == 0
    (record,) = run.document["packages"]
    assert (record["package"], record["planned"], record["refused"]) == (
        "py-newcomer",
        "recipe",
        None,
    )
    assert run("explain", "hand@3.0") == 0
    first, *lines = run.out.splitlines()
    assert first.startswith("py-hand: not updated: ") and "nobody" in first
    assert any(line.startswith('    version("3.0", sha256=') for line in lines)
    assert "    3.0: Requires-Dist: nobody>=1" in lines
    assert run.host.written == {}


def test_explain_what_nobody_has(run: Run) -> None:
    assert run("explain", "nobody") == 1
    assert run.err.startswith("Error: no recipe of nobody can be written: ")
    assert len(run.err.splitlines()) == 1

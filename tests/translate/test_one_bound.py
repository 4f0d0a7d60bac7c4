"""Where a recipe has a bound in a line of its own, a new line has only the other bound."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.translate.lines import line, revised

#: (lines of the recipe, what the new release requires, what is added)
LINES: list[tuple[list[str], list[str], list[str]]] = [
    (["python@3.9:", "python@:3.12"], ["python@3.10:3.12"], ["python@3.10:"]),
    (["x@2:", "x@:3"], ["x@2:2.8"], ["x@:2.8"]),
    # what says both in one line is written again as a whole
    (["python@3.9:3.12"], ["python@3.10:3.12"], ["python@3.10:3.12"]),
    (["x@1:3"], ["x@2:3"], ["x@2:3"]),
    # the other line is for less: another bound, some Pythons, builds alone
    (["x@:4"], ["x@2:3"], ["x@2:3"]),
    (["x@:3 ^python@:3.10"], ["x@2:3"], ["x@2:3"]),
    (["x@:3 (build)"], ["x@2:3"], ["x@2:3"]),
    (["x@:3"], ["x@2:3 ^python@:3.10"], ["x@2: ^python@:3.10"]),
]


@pytest.mark.parametrize(("recipe", "newer", "added"), LINES)
def test_only_the_other_bound_is_added(
    recipe: Sequence[str], newer: Sequence[str], added: Sequence[str]
) -> None:
    found = revised(recipe, [], newer, pythons=["3.13.1", "3.9.4"])
    assert [*found.added["2"]] == [*map(line, added)]


def test_who_does_not_follow_an_author_writes_all() -> None:
    assert revised(["x@:3"], [], ["x@2:3"]).added["2"] == [line("x@2:3")]

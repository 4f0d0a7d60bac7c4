"""What would close a circle, and a person left out of a recipe, is not added when it is edited."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.memory import MemoryHost, MemoryIndex
from tests.resolve.conftest import run
from tests.resolve.test_left_out import RECIPE, added_lines

PART = RECIPE.replace("App", "Part").replace("app", "part")
BACK = 'depends_on("py-app", when="+full")'
ADDED = ['depends_on("py-part@2:", when="@2:")']
#: (a line of the recipe of part, one of the app, what 1.0 of the app requires besides lib; the
#: lines that are added, and what is said to be left out). 2.0 requires part>=2.
CIRCLES: list[tuple[str, str, list[str], list[str], tuple[str, ...]]] = [
    (BACK, "", ["part"], [], ("part>=2",)),
    # it did not require part, or the recipe names part
    (BACK, "", [], ADDED, ()),
    (BACK, 'depends_on("py-part")', ["part"], ADDED, ()),
    # there would be no circle
    ("", "", ["part"], ADDED, ()),
    ('depends_on("py-app", type="test")', "", ["part"], ADDED, ()),
]


@pytest.mark.parametrize(("line", "own", "older", "added", "left_out"), CIRCLES)
def test_what_would_close_a_circle(
    host: MemoryHost,
    index: MemoryIndex,
    line: str,
    own: str,
    older: Sequence[str],
    added: Sequence[str],
    left_out: tuple[str, ...],
) -> None:
    before = RECIPE.replace("{lines}", f"        {own}" if own else "")
    host.keep("app", "py-app", before)
    part = PART.replace("{lines}", f"        {line}").replace('"1.0"', '"2.0"')
    host.keep("part", "py-part", part)
    host.has("lib", "1.0")
    index.add("lib", "1.0")
    index.add("part", "2.0", "lib")
    index.add("app", "1.0", "lib", *older)
    index.add("app", "2.0", "lib", "part>=2")
    outcome = run(host, index, "app>=2", as_written=True)
    assert outcome.applied
    assert added_lines(outcome, before) == added
    assert outcome.plan.recipes["app"].left_out == left_out

"""What one version asks for otherwise than another: (lines before, lines after) → the words."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from spack_pypi.workflow.compare.requirement_changes import requirement_changes
from tests.workflow.evaluated import BUILD, Line, Recipe

# (lines of the recipe before and after, what is said)
TABLE: list[tuple[Sequence[Line], Sequence[Line], list[str]]] = [
    ([], [], []),
    ([Line("py-a", "1:")], [Line("py-a", "1:")], []),
    ([], [Line("py-a")], ["added py-a"]),
    ([], [Line("py-a", "1:2")], ["added py-a@1:2"]),
    ([Line("py-a")], [], ["removed py-a"]),
    ([Line("py-b")], [Line("py-a")], ["added py-a", "removed py-b"]),
    ([Line("py-a", "1:")], [Line("py-a", "2:")], ["tightened py-a@1: to py-a@2:"]),
    ([Line("py-a")], [Line("py-a", "2:")], ["tightened py-a to py-a@2:"]),
    ([Line("py-a", "2:")], [Line("py-a", "1:")], ["loosened py-a@2: to py-a@1:"]),
    ([Line("py-a", "1:2")], [Line("py-a", "2:3")], ["changed py-a@1:2 to py-a@2:3"]),
    # the same versions, for building only
    ([Line("py-a", "1:")], [Line("py-a", "1:", types=BUILD)],
     ["changed py-a@1: to py-a@1: (to build)"]),
    # a range that another implies says nothing
    ([Line("py-a"), Line("py-a", "2:")], [Line("py-a", "2:")], []),
    ([Line("py-a", "2:")], [Line("py-a", "2:"), Line("py-a", "1:")], []),
    # what comes with the build system is not the recipe's
    ([], [Line("py-a", native=True)], []),
    # of each version only the lines that apply to it
    ([Line("py-a", versions="1.0"), Line("py-a", "2:", versions="2.0")],
     [Line("py-a", versions="1.0"), Line("py-a", "2:", versions="2.0")],
     ["tightened py-a to py-a@2:"]),
    # an extra is on where the version has it
    ([Line("py-a", variant="x")], [Line("py-a", "2:", variant="x")],
     ["tightened py-a to py-a@2:"]),
]  # fmt: skip


@pytest.mark.parametrize("before, after, words", TABLE)
def test_words(before: Sequence[Line], after: Sequence[Line], words: list[str]) -> None:
    versions = ("2.0", "1.0")
    old, new = (Recipe(lines, versions=versions) for lines in (before, after))
    assert list(requirement_changes(old, new, "1.0", "2.0")) == words

"""A new line has the types that the author of a recipe gives to what is needed to run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from spack_pypi.recipe.model import Condition, DependencyLine
from spack_pypi.translate.revise import NewVersion, revise
from tests.translate.lines import line, revised

#: (lines of the recipe, what the new release requires, what is added)
LINES: list[tuple[list[str], list[str], list[str]]] = [
    (["x (run)"], ["x@2:"], ["x@2: (run)"]),
    (["x (run)", "y"], ["x@2:", "y"], ["x@2: (run)"]),
    (["x", "y (run)"], ["x@2:", "y"], ["x@2:"]),
    # new, as all others are, or one is not
    (["x (run)", "python@3.8: (build+run)"], ["x", "y"], ["y (run)"]),
    (["x (run)", "z"], ["x", "y", "z"], ["y"]),
    (["z (build)"], ["y", "z (build)"], ["y"]),
    # Python is needed to build, and so may others be
    (["x (run)", "python@3.8: (run)"], ["x", "python@3.11:"], ["python@3.11:"]),
    (["x (run)"], ["x@2:", "x (build)"], ["x@2:", "x (build)"]),
]


@pytest.mark.parametrize(("recipe", "newer", "added"), LINES)
def test_what_is_only_needed_to_run(
    recipe: Sequence[str], newer: Sequence[str], added: Sequence[str]
) -> None:
    found = revised(recipe, [], newer, pythons=["3.13.1", "3.10.4"])
    assert [*found.added["2"]] == [*map(line, added)]


def test_what_a_variant_needs_only_to_run() -> None:
    """As all that is there for this variant."""
    full, other = Condition(variants=("+full",)), Condition(variants=("+other",))
    recipe = [
        DependencyLine(line("x")),
        DependencyLine(replace(line("y (run)"), when=full)),
        DependencyLine(replace(line("y"), when=other)),
    ]
    newer = [line("x"), replace(line("z"), when=full), replace(line("z"), when=other)]
    found = revise(recipe, ["1"], {"2": NewVersion(newer)}, ["3.13.1"])
    assert found.added["2"] == [
        replace(line("z (run)"), when=full),
        replace(line("z"), when=other),
    ]

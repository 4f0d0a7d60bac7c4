"""What the author of a recipe leaves out of it, and what its conflicts exclude, is not added."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spack_pypi.recipe.model import Condition, DependencyLine
from spack_pypi.translate.revise import NewVersion, revise
from tests.translate.lines import line, revised, stated

#: (the lines of the recipe, what the older release required, what the newer one requires besides
#: "x", which all have, which of that is added). The host has Python 3.10 to 3.13.
AUTHOR: list[tuple[list[str], list[str], list[str], list[str]]] = [
    # every Python of the host is in the range, and will be
    ([], [], ["python@3.8:"], []),
    ([], [], ["python@2.7:2,3.4:"], []),
    (["python@:3.13"], [], ["python@3.8:"], []),
    (["python@:3.12"], ["python@:3.12"], ["python@3.8:"], []),
    # but the recipe says where Python begins
    (["python@3.6:"], ["python@3.6:"], ["python@3.8:"], ["python@3.8:"]),
    (["python@3.6:"], ["python@3.6:"], ["python@3.6:"], []),
    # one is not, or will not be
    ([], [], ["python@3.11:"], ["python@3.11:"]),
    ([], [], ["python@3.8:3.13"], ["python@3.8:3.13"]),
    # needed with Pythons that the host does not have any more; with some that it has, or will
    ([], [], ["y ^python@:3.9"], []),
    ([], [], ["y ^python@:3.10"], ["y ^python@:3.10"]),
    ([], [], ["y ^python@3.15:"], ["y ^python@3.15:"]),
    # a range for building that both declare, and the recipe does not have
    (["y (build)"], ["y@2: (build)"], ["y@2: (build)"], []),
    (["y"], ["y@:3 (build)"], ["y@:3 (build)"], []),
    (["y (build)"], ["y@1: (build)"], ["y@2: (build)"], ["y@2: (build)"]),
    (["y@:1 (build)"], ["y@2: (build)"], ["y@2: (build)"], ["y@2: (build)"]),
    ([], ["y@2: (build)"], ["y@2: (build)"], ["y@2: (build)"]),
    # what is needed to run is always added
    (["y"], ["y@2:"], ["y@2:"], ["y@2:"]),
    ([], ["y"], ["y"], ["y"]),
]  # fmt: skip


@pytest.mark.parametrize(("recipe", "older", "newer", "added"), AUTHOR)
def test_what_the_author_leaves_out_is_left_out_again(
    recipe: list[str], older: list[str], newer: list[str], added: list[str]
) -> None:
    pythons = ["3.13.1", "3.10.4"]
    found = revised(["x", *recipe], ["x", *older], ["x", *newer], pythons=pythons)
    assert found.added["2"] == [line(each) for each in added]
    to_build = [line(each) for each in newer if each not in added and "(build)" in each]
    assert found.left_out["2"] == to_build
    # Where nobody's style is followed, all of it is added, unless the recipe has it.
    everything = revised(["x", *recipe], ["x", *older], ["x", *newer])
    assert everything.added["2"] == [line(each) for each in newer if each not in recipe]


def test_a_line_for_pythons_that_the_host_has_no_more_stays() -> None:
    recipe, older = ["x", "y ^python@:3.7"], ["x", "y ^python@:3.7"]
    assert not revised(recipe, older, ["x"], pythons=["3.10.4"]).ends


#: (a line, the conflicts of the recipe, a line of the new release, whether it must be added).
CONFLICTS: list[tuple[str, list[str], str, bool]] = [
    ("x@4.12:", ["x@5.0"], "x@4.12:4,5.1:", False),
    ("x@4.12:", ["x@=5.0"], "x@4.12:4,5.1:", True),  # 5.0.1 is not excluded
    ("x@1.7:", ["x@1.8.0:1.8.1"], "x@1.7:1.7,1.8.2:", True),  # a release may be spelled 1.8
    ("x@1.7:", ["x@1.8:1.8.1"], "x@1.7:1.7,1.8.2:", False),
    ("x@4.12:", [], "x@4.12:4,5.1:", True),
    ("x@4.12:", ["y@5.0"], "x@4.12:4,5.1:", True),
    ("x", ["x@2.1:2.2,3.0"], "x@:2.0,2.3:2,3.1:", False),
    ("x", ["x@2.1:2.2"], "x@:2.0,2.3:2,3.1:", True),
    ("x", ["x@3:"], "x@:2", False),
    ("x@2:", ["x@5.0"], "x@4.12:4,5.1:", True),
    # a conflict by itself requires nothing
    ("y", ["x@3:"], "x@:2", True),
    # where it holds
    ("x ^python@:3.11", ["x@3: ^python@:3.11"], "x@:2 ^python@:3.11", False),
    ("x", ["x@3: ^python@:3.11"], "x@:2", True),
]


@pytest.mark.parametrize(("text", "conflicts", "new", "is_added"), CONFLICTS)
def test_what_conflicts_exclude_is_not_excluded_again(
    text: str, conflicts: list[str], new: str, is_added: bool
) -> None:
    excluded = [DependencyLine(replace(line(each), types=())) for each in conflicts]
    known = NewVersion([line("y"), line(new)], [line("y"), line(text)])
    recipe = [stated(text), stated("y")]
    found = revise(recipe, ["1"], {"2": known}, excluded=excluded)
    assert found.added["2"] == ([line(new)] if is_added else [])
    assert not found.ends
    # A conflict of older versions says nothing of the new one.
    older = [
        replace(each, dependency=replace(each.dependency, when=Condition(versions=":1")))
        for each in excluded
    ]
    assert revise(recipe, ["1"], {"2": known}, excluded=older).added["2"] == [line(new)]

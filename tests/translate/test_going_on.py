"""What a recipe states for the version before alone goes on, where the next version needs it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from spack_pypi.recipe.model import DependencyLine
from spack_pypi.translate.going_on import going_on
from spack_pypi.translate.revise import Revision
from tests.translate.lines import line, stated


def at(
    versions: str, text: str, *, within: Sequence[str] = (), fixed: bool = False
) -> DependencyLine:
    """A line of a recipe with ``when="@versions"``."""
    plain = stated(text)
    when = replace(plain.dependency.when, versions=versions)
    return DependencyLine(replace(plain.dependency, when=when), tuple(within), fixed=fixed)


#: (a line of a recipe with 1.4 and 1.5, what its new version 2.0 needs, the range that it gets)
RULES: list[tuple[DependencyLine, str, str]] = [
    (at("1.5", "x@2:"), "x@2:", "1.5:"),
    (at("=1.5", "x@2:"), "x@2:", "1.5:"),
    (at("1", "x@2:"), "x@2:", "1:"),
    (at("1.5", "x@2.0:"), "x@2:", "1.5:"),
    (at("1.5", "x ^python@:3.10"), "x ^python@:3.10", "1.5:"),
    (at("1.5", "x (build+link+run)"), "x", "1.5:"),
    # it says something else
    (at("1.5", "x@2:"), "x@3:", ""),
    (at("1.5", "x@3:"), "x@2:", ""),
    (at("1.5", "x (build)"), "x", ""),
    (at("1.5", "x ^python@:3.10"), "x", ""),
    (at("1.5", "x"), "y", ""),
    # it ended before, or its author wrote where it ends
    (at("1.4", "x"), "x", ""),
    (at(":1.5", "x"), "x", ""),
    (at("1.4:1.5", "x"), "x", ""),
    # it cannot be changed, or stands in a block that ends
    (at("1.5", "x", fixed=True), "x", ""),
    (at("1.5", "x", within=["1"]), "x", ""),
    (at("1.5", "x", within=["1:"]), "x", "1.5:"),
]


@pytest.mark.parametrize(("old", "new", "gets"), RULES)
def test_a_line_goes_on(old: DependencyLine, new: str, gets: str) -> None:
    found = going_on(Revision({}, {"2.0": [line(new)]}), [old], ["1.4", "1.5"])
    assert found.ends == ({0: gets} if gets else {})
    assert found.added == {"2.0": [] if gets else [line(new)]}


def test_all_new_versions_must_need_it() -> None:
    old = [at("1.5", "x")]
    both = Revision({}, {"1.6": [line("x")], "2.0": [line("x"), line("y")]})
    assert going_on(both, old, ["1.5"]) == Revision({0: "1.5:"}, {"1.6": [], "2.0": [line("y")]})
    one = Revision({}, {"1.6": [], "2.0": [line("x")]})
    assert going_on(one, old, ["1.5"]) == one


@pytest.mark.parametrize("others", [["2.1"], ["1.6", "2.1"]])
def test_no_version_that_is_there_gets_it(others: list[str]) -> None:
    """2.0 is added below 2.1."""
    revision = Revision({}, {"2.0": [line("x")]})
    assert going_on(revision, [at("1.5", "x")], ["1.5", *others]) == revision
    # nor one that it would begin with
    assert going_on(Revision({}, {"1.4": [line("x")]}), [at("1.5", "x")], ["1.5"]).ends == {}


def block(*texts: str, versions: str = "1.5") -> list[DependencyLine]:
    """The lines of a block, ``with when("@versions"):``, that begins in line 7."""
    return [DependencyLine(line(text), (versions,), block=7) for text in texts]


#: (a block of a recipe with 1.4 and 1.5, what its new version 2.0 needs, what the block's versions
#: become, the lines of it that stay for 1.5, what is added)
BLOCKS: list[tuple[list[DependencyLine], list[str], str, list[int], list[str]]] = [
    (block("x@2:", "y"), ["x@2:", "y"], "1.5:", [], []),
    (block("x@2:", "y"), ["x@2:", "y", "z"], "1.5:", [], ["z"]),
    # what is narrower now is said beside the line
    (block("x@2:", "y", "z"), ["x@3:", "y", "z"], "1.5:", [], ["x@3:"]),
    # what is not needed, or otherwise, stays for the version before
    (block("x@2:", "y", "z", "u"), ["y", "z", "u"], "1.5:", [0], []),
    (block("x@:2", "y", "z", "u"), ["x@3:", "y", "z", "u"], "1.5:", [0], ["x@3:"]),
    (block("wheel (build)", "y", "z"), ["y", "z"], "1.5:", [], []),
    # when that is not fewer lines than new ones
    (block("x", "y", "z"), ["y", "z"], "", [], ["y", "z"]),
    (block("x"), ["x"], "", [], ["x"]),
    # what only a person knows about
    (block(":cmake (build)", "x", "y", "z"), ["x", "y", "z"], "", [], ["x", "y", "z"]),
    # it says where it ends, or ended before
    (block("x", "y", versions=":1.5"), ["x", "y"], "", [], ["x", "y"]),
    (block("x", "y", versions="1.4"), ["x", "y"], "", [], ["x", "y"]),
]


@pytest.mark.parametrize(("old", "new", "gets", "stay", "beside"), BLOCKS)
def test_a_block_goes_on(
    old: list[DependencyLine], new: list[str], gets: str, stay: list[int], beside: list[str]
) -> None:
    found = going_on(Revision({}, {"2.0": [*map(line, new)]}), old, ["1.4", "1.5"])
    assert found.blocks == ({7: gets} if gets else {})
    assert found.ends == dict.fromkeys(stay, "1.5")
    assert found.added == {"2.0": [*map(line, beside)]}

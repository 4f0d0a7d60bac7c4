"""What of a recipe ends before a new release: by what the older one required, and the new one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spack_pypi.recipe.model import BUILD_RUN, Condition, Dependency, DependencyLine
from spack_pypi.translate import spack_order
from spack_pypi.translate.revise import NewVersion, revise
from spack_pypi.translate.versions import Inexpressible
from tests.translate.lines import line, parts, revised, stated

#: (a line of the recipe, what the older release required, and the newer one, what becomes of it:
#: it stays or it ends, and which lines are added).
RULES: list[tuple[str, list[str] | None, list[str], bool, list[str]]] = [
    # required by both, and nothing changed
    ("x@2:", ["x@2:"], ["x@2:"], True, []),
    # no longer required
    ("x@2:", ["x@2:"], [], False, []),
    ("x@3:", ["x@2:"], [], False, []),  # what a person tightened goes with what it tightened
    ("x (build)", ["x (build)"], [], False, []),
    # what no metadata ever explained stays
    ("x@2:", [], [], True, []),
    ("cython (build)", ["setuptools (build)"], ["setuptools (build)"], True,
     ["setuptools (build)"]),
    ("x@2:", None, [], True, []),
    # a person knew that it is needed to run, too
    ("x", ["x (build)"], ["x (build)"], True, []),
    ("x", ["x (build)"], [], True, []),
    ("x", ["x"], ["x (build)"], False, ["x (build)"]),
    # tightened: the old line stays true
    ("x@2:", ["x@2:"], ["x@3:"], True, ["x@3:"]),
    ("x", ["x"], ["x@:3"], True, ["x@:3"]),
    # loosened
    ("x@2:", ["x@2:"], ["x@1:"], False, ["x@1:"]),
    ("x@:2", ["x@:2"], ["x@:3"], False, ["x@:3"]),
    ("x@2.0:", ["x@2:"], ["x@1:"], False, ["x@1:"]),
    # one of its bounds, whatever a person did to the other
    ("x@2:3", ["x@1:3"], ["x@1:4"], False, ["x@1:4"]),
    ("x@2:3", ["x@2:5"], ["x@1:5"], False, ["x@1:5"]),
    ("x@2:3", ["x@1:5"], ["x@1:4"], True, []),
    # a bound that no metadata explained stays where it leaves something
    ("x@61:", ["x@40:"], ["x@40:"], True, []),
    ("x@:2", ["x"], ["x@:3"], True, []),
    ("x@:2", ["x"], ["x@2.5:"], True, ["x@2.5:"]),
    ("x@2:", None, ["x@1:"], True, []),
    # and ends where it leaves nothing
    ("x@:2", ["x"], ["x@3:"], False, ["x@3:"]),
    ("x@:2", None, ["x@3:"], False, ["x@3:"]),
    ("x@61:", ["x (build)"], ["x@:60 (build)"], False, ["x@:60 (build)"]),
    # Python
    ("python@3.8:", ["python@3.8:"], ["python@3.9:"], True, ["python@3.9:"]),
    ("python@3.8:3.11", ["python@3.8:3.11"], ["python@3.8:3.12"], False, ["python@3.8:3.12"]),
    ("python@3.8:", ["python@3.8:"], [], False, []),
    ("python@3.8: (build+link)", ["python@3.8:"], ["python@3.8:"], True, []),
    ("python@:3.11", ["python@3.8:"], ["python@3.9:"], True, ["python@3.9:"]),
    ("python@:3.11", ["python@3.8:"], [], True, []),
    ("python@:3.11", ["python@3.8:"], ["python@3.12:"], False, ["python@3.12:"]),
    # conditions
    ("x", ["x"], ["x ^python@:3.10"], False, ["x ^python@:3.10"]),
    ("x", ["x ^python@:3.10"], ["x ^python@:3.10"], True, []),
    ("x ^python@:3.10", ["x ^python@:3.10"], ["x ^python@:3.8"], False, ["x ^python@:3.8"]),
    ("x ^python@:3.8", ["x ^python@:3.8"], ["x ^python@:3.8", "python@3.9:"], True,
     ["python@3.9:"]),
    # languages are read from the names of files: they never end
    (":c (build)", [":c (build)"], [], True, []),
    (":go (build)", [], [], True, []),
    (":zlib (build+link)", [], [], True, []),
    # tools end with what calls for them
    (":cmake@3.15: (build)", [":cmake@3.15: (build)"], [], False, []),
    (":cmake@3.20: (build)", [":cmake@3.15: (build)"], [":cmake@3.15: (build)"], True, []),
    (":cmake@3.15: (build)", [":cmake@3.15: (build)"], [":cmake@3.1: (build)"], True, []),
    (":cmake@:3 (build)", [":cmake (build)"], [":cmake@4: (build)"], False, [":cmake@4: (build)"]),
    (":cmake@:3 (build)", [":cmake@4: (build)"], [":cmake@4: (build)"], False,
     [":cmake@4: (build)"]),
    # a requirement of both that the recipe lacks is added
    ("x", ["x", ":ninja@1: (build)"], ["x", ":ninja@1: (build)"], True, [":ninja@1: (build)"]),
    # never touched
    ("pip@20: (build)", ["pip@20: (build)"], [], True, []),
    ("pytest (test)", ["pytest"], [], True, []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "older", "newer", "stays", "added"), RULES)
def test_a_line_ends_where_only_the_older_release_asked_for_it(
    text: str, older: list[str] | None, newer: list[str], stays: bool, added: list[str]
) -> None:
    found = revised([text], older, newer)
    assert found.ends == ({} if stays else {0: ":1"})
    assert found.added == {"2": [line(each) for each in added]}


#: (a line of the recipe, a language or tool that both releases need, what is added).
ALIKE = [
    ("x", ":c (build)", []),
    ("x", ":cmake@3.1: (build)", []),
    (":cmake@:3 (build)", ":cmake@3.1: (build)", []),
    (":cmake@:3 (build)", ":cmake@4: (build)", [":cmake@4: (build)"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "tool", "added"), ALIKE)
def test_who_wrote_the_recipe_knew_how_the_older_release_is_built(
    text: str, tool: str, added: list[str]
) -> None:
    both = [line(tool)]
    found = revise([stated(text)], ["1"], {"2": NewVersion(both, both, undeclared=both)})
    assert found.added["2"] == [line(each) for each in added]


#: (lines of the recipe for one package, what the new release requires, which of them end)
OPPOSED = [
    # each leaves some of what is required, together nothing
    (["x", "x@3", "x@4"], "x@3:5", {1, 2}),
    (["x@:3", "x@2:", "x@4:"], "x@2:5", {0, 2}),
    # together they leave something
    (["x@3:4", "x@4:5"], "x@3:5", set()),
    # for different Pythons
    (["x@3 ^python@:3.10", "x@4 ^python@3.11:"], "x@3:5", set()),
]  # fmt: skip


@pytest.mark.parametrize(("recipe", "newer", "end"), OPPOSED)
def test_lines_that_leave_nothing_together_end(
    recipe: list[str], newer: str, end: set[int]
) -> None:
    """A release after them could never be concretized."""
    found = revised(recipe, [], [newer])
    assert {*found.ends} == end
    assert found.added["2"] == ([line(newer)] if end else [])


def test_what_a_release_does_not_tell_ends_nothing() -> None:
    recipe, older = ["x", "y (build)", "z@:1"], ["x", "y (build)", "z@:1"]
    assert revised(recipe, older, []).ends == {0: ":1", 1: ":1", 2: ":1"}
    assert revised(recipe, older, [], unknown=True).ends == {1: ":1"}
    assert revised(recipe, older, [], unsure=True).ends == {0: ":1", 2: ":1"}


def test_what_variants_and_targets_need_is_left_alone() -> None:
    conditions = [Condition(variants=("+fast",)), Condition(target="x86_64:")]
    lines = [DependencyLine(Dependency("py-x", when=when)) for when in conditions]
    assert not revise(lines, ["1"], {"2": NewVersion(before=[Dependency("py-x")])}).ends


def test_each_new_version_is_held_against_its_own_older_one() -> None:
    lines = [stated("x@2:")]
    before = [line("x@2:")]
    asked = {"1.5": NewVersion([line("x@2:")], before), "3": NewVersion([line("x@1:")], before)}
    found = revise(lines, ["1", "2"], asked)
    assert found.ends == {0: ":2"}
    assert found.added == {"1.5": [], "3": [line("x@1:")]}


def test_what_remains_for_one_version_is_for_that_version() -> None:
    for first, remains in (("1.5.0", "1.5.0"), ("1.5", "1.5:1.5.0")):
        lines = [DependencyLine(Dependency("py-x", ":2", when=Condition("1.5:")))]
        asked = {"1.5.1": NewVersion([line("x@:3")], [line("x@:2")])}
        assert revise(lines, ["1.4", first], asked).ends == {0: remains}


def test_a_line_that_cannot_end_is_reported() -> None:
    inherited = replace(stated("x"), fixed=True)
    with pytest.raises(Inexpressible, match="py-x"):
        revise([inherited], ["1"], {"2": NewVersion(before=[line("x")])})


# (the cap of the recipe, the newest Pythons that the older release and the new one name as
#  supported, whether the cap ends)
CAPS = [
    (":3.13", ("3.13", "3.14"), True),
    ("3.9:3.13", ("3.13", "3.14"), True),
    # no more than before, or than the cap allows
    (":3.13", ("3.13", "3.13"), False),
    (":3.14", ("3.13", "3.14"), False),
    # a person knew that it does not run with all that the older release names
    (":3.12", ("3.13", "3.14"), False),
    # one of both names none
    (":3.13", ("", "3.14"), False),
    (":3.13", ("3.13", ""), False),
    # no cap
    ("3.9:", ("3.13", "3.14"), False),
]


@pytest.mark.parametrize("cap, supported, ends", CAPS)
def test_a_cap_on_python_ends_where_the_release_names_a_later_one(
    cap: str, supported: tuple[str, str], ends: bool
) -> None:
    requires = [Dependency("python", "3.9:")]
    version = NewVersion(requires, requires, supported=supported)
    found = revise([DependencyLine(Dependency("python", cap))], ["1"], {"2": version})
    assert found.ends == ({0: ":1"} if ends else {})
    # One that is inherited cannot end, and is kept.
    inherited = DependencyLine(Dependency("python", cap), fixed=True)
    assert not revise([inherited], ["1"], {"2": version}).ends
    # What the line said of older Pythons is said again.
    assert found.added["2"] == ([] if cap == "3.9:" else requires)


RANGES = st.sampled_from(["", "1:", "2:", "3:", ":1", ":2", "1:2", "2:3"])
TEXTS = st.builds(
    lambda name, ranges, types: f"{name}@{ranges}{types}" if ranges else f"{name}{types}",
    st.sampled_from(["x", "y", "z"]),
    RANGES,
    st.sampled_from(["", " (build)"]),
)
LINES = st.lists(TEXTS, max_size=4)


def one_each(texts: Sequence[str]) -> list[str]:
    """No two lines about one package: releases do not contradict themselves."""
    return list({parts(text)[0]: text for text in texts}.values())


@given(LINES, st.none() | LINES, LINES)
def test_laws(recipe: list[str], older: list[str] | None, newer: list[str]) -> None:
    recipe, newer = one_each(recipe), one_each(newer)
    explained = [line(text) for text in older or ()]
    found = revised(recipe, older, newer)
    kept = [stated(t).dependency for n, t in enumerate(recipe) if n not in found.ends]
    for new in map(line, newer):
        # All that the new release declares is requested, and can be met.
        mine = [each for each in kept if each.package == new.package]
        more = [each for each in found.added["2"] if each.package == new.package]
        said = [each.versions for each in mine] + [each.versions for each in more]
        assert spack_order.contained(said, new.versions)
        assert not spack_order.disjoint(said)
        assert {*new.types} <= {t for each in mine for t in each.types} | {
            t for each in more for t in each.types
        }
    for number in found.ends:
        # What ends was requested before, or contradicts.
        ended = stated(recipe[number]).dependency
        assert ended.package in {each.package for each in explained} or any(
            spack_order.disjoint([ended.versions, each.versions])
            for each in map(line, newer)
            if each.package == ended.package
        )


@given(LINES, LINES)
def test_a_release_like_the_one_before_changes_nothing(
    recipe: list[str], asked: list[str]
) -> None:
    """Of a recipe that says what its release asks for, and maybe more."""
    asked = one_each(asked)
    more = [t for t in recipe if parts(t)[0] not in {parts(each)[0] for each in asked}]
    found = revised([*asked, *more], asked, asked)
    assert (found.ends, found.added) == ({}, {"2": []})


def test_a_line_that_takes_the_place_of_another_keeps_what_only_a_person_knows() -> None:
    """scipy links with numpy, which no metadata tells."""
    found = revised(
        ["numpy@1.23:2.4 (build+link+run)"],
        ["numpy@1.23:2.4"],
        ["numpy@1.25:2.6", "numpy@2: (build)"],
    )
    types = {(each.versions, each.types) for each in found.added["2"]}
    assert types == {("1.25:2.6", ("build", "link", "run")), ("2:", ("build",))}


def test_a_line_that_narrows_another_has_its_types() -> None:
    """scipy's cap on Python stays, and its lower bound is raised."""
    recipe, links = ["python@3.10:3.13 (build+link+run)"], ("build", "link", "run")
    (added,) = revised(recipe, ["python@3.10:"], ["python@3.11:"]).added["2"]
    assert (added.versions, added.types) == ("3.11:", links)
    (added,) = revised(["x@1: (test)"], ["x@1:"], ["x@2:"]).added["2"]
    assert added.types == BUILD_RUN


def test_what_is_there_to_run_is_not_said_again() -> None:
    """People write `type="run"`; that it is there while building is for import tests only."""
    assert not revised(["x@2: (run)"], ["x@2:"], ["x@2:"]).added["2"]
    (added,) = revised(["x@2: (build)"], ["x@2:"], ["x@2:"]).added["2"]
    assert added.types == BUILD_RUN

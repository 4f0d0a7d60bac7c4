"""A series as pull requests of at most so many packages: (who needs whom, at most) → parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spack_pypi.diagnostics import Diagnostic, Severity
from spack_pypi.workflow.upstream.parts import parts
from spack_pypi.workflow.upstream.pull_requests import pull_requests
from spack_pypi.workflow.upstream.series import Commit, Series

#: c needs b, which needs a; d stands alone; h needs e, f and g.
NEEDED = {
    "a": [],
    "b": ["a"],
    "c": ["b"],
    "d": [],
    "e": [],
    "f": [],
    "g": [],
    "h": ["e", "f", "g"],
}
LOOP = {"a": ["b"], "b": ["c"], "c": ["a"], "d": ["a"]}

# (who needs whom, at most, the packages of each part with the earlier parts that it needs)
PARTS: list[tuple[Mapping[str, Sequence[str]], int, list[tuple[str, tuple[int, ...]]]]] = [
    ({"a": []}, 5, [("a", ())]),
    # what has nothing to do with each other is apart, whole groups first
    (NEEDED, 5, [("abc", ()), ("d", ()), ("efgh", ())]),
    (NEEDED, 3, [("abc", ()), ("d", ()), ("efg", ()), ("h", (2,))]),
    (NEEDED, 2, [("d", ()), ("ab", ()), ("c", (1,)), ("ef", ()), ("gh", (3,))]),
    (NEEDED, 1, [("d", ()), ("a", ()), ("b", (1,)), ("c", (1, 2)), ("e", ()), ("f", ()), ("g", ()),
                 ("h", (4, 5, 6))]),
    # what needs each other cannot be cut
    (LOOP, 2, [("abc", ()), ("d", (0,))]),
]  # fmt: skip


@pytest.mark.parametrize(("needed", "most", "expected"), PARTS)
def test_parts(
    needed: Mapping[str, Sequence[str]], most: int, expected: list[tuple[str, tuple[int, ...]]]
) -> None:
    assert [("".join(p.packages), p.needs) for p in parts(needed, most)] == expected


@st.composite
def series(draw: st.DrawFn) -> Mapping[str, Sequence[str]]:
    """Dependencies first, none in a circle."""
    names = [f"p{number}" for number in range(draw(st.integers(1, 12)))]
    return {
        name: sorted(draw(st.sets(st.sampled_from(names[:at]), max_size=3))) if at else []
        for at, name in enumerate(names)
    }


@given(series(), st.integers(1, 6))
def test_each_part_can_be_merged_after_those_that_it_needs(
    needed: Mapping[str, Sequence[str]], most: int
) -> None:
    found = parts(needed, most)
    assert sorted(name for part in found for name in part.packages) == sorted(needed)
    assert all(len(part.packages) <= most for part in found)
    for at, part in enumerate(found):
        assert all(earlier < at for earlier in part.needs)
        there: set[str] = {name for earlier in part.needs for name in found[earlier].packages}
        for name in part.packages:
            assert {*needed[name]} <= there
            there.add(name)


def made(most: int | None, branch: str = "") -> list[tuple[str, tuple[str, ...], str, str]]:
    """Branch, what it needs, what it is on, and the packages below its own, of each request."""
    commits = tuple(
        Commit(name, Path(name), True, ("1.0",), dependencies=tuple(needs))
        for name, needs in NEEDED.items()
    )
    notes = (
        Diagnostic("upstream-difference", Severity.NOTE, "d"),
        Diagnostic("style-not-checked", Severity.NOTE, ""),
    )
    found = pull_requests(Series(commits, notes), most, branch)
    for each in found:
        packages = {commit.package for commit in each.series.commits}
        about = [note.package for note in each.series.diagnostics]
        assert about == (["d", ""] if "d" in packages else [""])
    return [(each.branch, each.needs, each.on, "".join(each.below)) for each in found]


def test_a_series_is_one_pull_request_if_nothing_else_is_said() -> None:
    assert made(None) == [("pypi/h", (), "", "")]
    assert made(None, "mine") == [("mine", (), "", "")]
    assert made(8, "mine")[0] == ("mine-1", (), "", "")


def test_branches_of_parts() -> None:
    """Each is on the last one that it needs, with the commits of the others in between."""
    assert made(1) == [
        ("pypi/d", (), "", ""),
        ("pypi/a", (), "", ""),
        ("pypi/b", ("pypi/a",), "pypi/a", ""),
        ("pypi/c", ("pypi/a", "pypi/b"), "pypi/b", ""),
        ("pypi/e", (), "", ""),
        ("pypi/f", (), "", ""),
        ("pypi/g", (), "", ""),
        ("pypi/h", ("pypi/e", "pypi/f", "pypi/g"), "pypi/g", "ef"),
    ]

"""Ranges with many holes, and the conflicts that say the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spack_pypi.recipe.model import BUILD, Condition, Dependency
from spack_pypi.translate import spack_order
from spack_pypi.translate.holes import separated
from spack_pypi.translate.merge import with_exclusions

# (range, plain range, what is excluded)
TABLE = [
    # up to two holes stay
    ("1:1.4,1.6:", "1:1.4,1.6:", ""),
    ("1:1.4,1.6:1.7,1.9:", "1:1.4,1.6:1.7,1.9:", ""),
    # protobuf of many projects
    ("4.25.8:5.25,5.29.5:6.29,6.30.2:6.30,6.31.1:7", "4.25.8:7",
     "5.26:5.29.4 6.30:6.30.1 6.31:6.31.0"),
    # from the beginning, and to the end
    (":1.4,1.6:1.7,1.9:2,3.1:", "", "1.5 1.8 3:3.0"),
    ("4.0.1,4.0.3:4.0,4.1.1:4.1,4.2.1:", "4.0.1:", "4.0.2 4.1:4.1.0 4.2:4.2.0"),
    (":2024.07,2024.09:2025,2027:2029,2031:", "", "2024.08 2026 2030"),
    # no text says exactly what lies after =1.0, after a pre-release, or before 2.0 and 2.5.0.post0
    ("=1.0,1.2:1.3,1.5:1.6,1.8:", "=1.0,1.2:", "1.4 1.7"),
    (":1.0rc1,1.2:1.3,1.5:1.6,1.8:", ":1.0rc1,1.2:", "1.4 1.7"),
    (":1.0,1.2:1.3,1.5:1.6,2.0:", ":1.6,2.0:", "1.1 1.4"),
    ("2:2.2,2.4,2.5.0.post0:2.5.4,2.5.7:", "2:2.4,2.5.0.post0:", "2.3 2.5.5:2.5.6"),
]  # fmt: skip


@pytest.mark.parametrize("ranges, plain, excluded", TABLE)
def test_more_than_two_holes_are_conflicts(ranges: str, plain: str, excluded: str) -> None:
    ((line,),), (holes,) = separated([[Dependency("py-a", ranges)]])
    assert (line.versions, " ".join(hole.versions for hole in holes)) == (plain, excluded)


# (the versions of the package → what is excluded)
SPELLED = [
    (["1.5.0", "1.6.0", "1.7.1"], "1.5.0 1.6.0 1.7.1"),
    (["1.5", "1.6.0", "1.7.1"], "1.5:1.5.0 1.6.0 1.7.1"),
    (["1.5.0", "1.5", "1.6.0.1"], "1.5:1.5.0 1.6.0 1.7.1"),
    (["1.4.2", "1.8"], "1.5:1.5.0 1.6:1.6.0 1.7.1"),
    ([], "1.5:1.5.0 1.6:1.6.0 1.7.1"),
]


@pytest.mark.parametrize("versions, expected", SPELLED)
def test_holes_name_the_versions_that_there_are(versions: list[str], expected: str) -> None:
    ranges = "1:1.4,1.5.1:1.5,1.6.1:1.7.0,1.7.2:"
    _, (holes,) = separated([[Dependency("py-a", ranges)]], {"py-a": versions})
    assert " ".join(hole.versions for hole in holes) == expected


MANY = ":1.4,1.6:1.7,1.9:2,3.1:"


def written(versions: list[str], *needed: list[Dependency]) -> list[str]:
    lines, conflicts = with_exclusions(versions, needed)
    return [f"{line.spec} {line.when}".strip() for line in lines] + [
        f"conflicts {conflict.spec} {conflict.when}".strip() for conflict in conflicts
    ]


def test_holes_of_all_versions_and_of_some() -> None:
    assert written(
        ["2.0", "1.0"],
        [Dependency("py-a", "1:1.4,1.6:1.7,1.9:2,3.1:")],
        [Dependency("py-a", "1:1.4,1.6:2")],
    ) == ["py-a@1:", "py-a@:2 @:1", "conflicts ^py-a@1.5", "conflicts ^py-a@1.8,3:3.0 @2:"]


def test_a_conflict_has_the_condition_of_its_line() -> None:
    when = Condition(variants=("+x",), platform="linux", python="3.9:")
    assert written(["1.0"], [Dependency("py-a", MANY, when=when)]) == [
        "py-a +x platform=linux ^python@3.9:",
        "conflicts ^py-a@1.5,1.8,3:3.0 +x platform=linux ^python@3.9:",
    ]


def test_what_builds_in_one_range_and_runs_in_another_keeps_its_holes() -> None:
    assert written(["1.0"], [Dependency("py-a", MANY, types=BUILD), Dependency("py-a", "1:")]) == [
        f"py-a@{MANY}",
        "py-a@1:",
    ]


_number = st.lists(st.integers(0, 4), min_size=1, max_size=3).map(lambda n: ".".join(map(str, n)))


@st.composite
def _ranges(draw: st.DrawFn) -> str:
    """Parts in order, which begin after the one before has ended."""
    bounds = sorted(draw(st.sets(_number, min_size=8, max_size=12)), key=spack_order.key)
    parts: list[str] = []
    end = spack_order.key("0")
    for low, high in zip(bounds[::2], bounds[1::2]):
        if spack_order.key(low) > end:
            parts.append(f"{low}:{high}")
            end = spack_order.after(high)
    return ",".join(parts) or "1:"


@given(_ranges(), _number, st.sampled_from(["", ".0", ".7", ".post1", "rc1"]))
def test_the_same_versions_are_accepted(ranges: str, number: str, ending: str) -> None:
    ((line,),), (holes,) = separated([[Dependency("py-a", ranges)]])
    version = number + ending
    accepted = spack_order.contains(line.versions, version) and not any(
        spack_order.contains(hole.versions, version) for hole in holes
    )
    assert accepted == spack_order.contains(ranges, version)
    assert not holes or line.versions.count(",") < ranges.count(",")

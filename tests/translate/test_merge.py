"""What releases ask for, and the fewest lines that say it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spack_pypi.recipe.model import BUILD, LIBRARY, Condition, Dependency
from spack_pypi.translate import spack_order
from spack_pypi.translate.merge import merge, span, spans, with_exclusions


def lines(versions: list[str], *needed: list[Dependency]) -> list[tuple[str, str]]:
    return [(d.spec, str(d.when)) for d in merge(versions, needed)]


# (versions newest first, first, last, when=@)
SPANS = [
    (["2.1.0", "1.4.2"], 0, 0, "2:"),
    (["2.1.0", "1.4.2"], 1, 1, ":1"),
    (["2.1.0", "1.4.2"], 0, 1, ""),
    (["2.1.1", "2.1.0", "2.0.5"], 0, 0, "2.1.1:"),
    (["2.1.1", "2.1.0", "2.0.5"], 1, 1, "2.1.0"),
    (["3.1", "2.5", "1.0"], 1, 1, "2"),
    (["1.0.post1", "1.0"], 1, 1, "=1.0"),
    # what lies between two listed versions is in the range of one of them
    (["1.28", "1.23", "1.18"], 0, 0, "1.28:"),
    (["1.28", "1.23", "1.18"], 1, 1, "1.23:1.27"),
    (["1.28", "1.23", "1.18"], 2, 2, ":1.22"),
    (["1.28", "1.23", "1.18"], 1, 2, ":1.27"),
    (["3.0", "2.8.1", "2.7"], 1, 1, "2.8:2"),
    (["2026.3.1", "2025.11", "2025.4"], 1, 1, "2025.11:2025"),
    (["2024.09.5", "2024.06.1"], 1, 1, ":2024.08"),
    (["1.0.1", "1.0"], 1, 1, ":1.0.0"),
    (["2.0.5", "2"], 1, 1, ":2.0.4"),
    # no text ends just before 2.0.0
    (["2.0.0", "2.0"], 1, 1, "=2.0"),
    (["1.0", "1.0rc1"], 1, 1, ":1.0rc1"),
]


@pytest.mark.parametrize("versions, first, last, expected", SPANS)
def test_a_boundary_is_the_shortest_that_separates(
    versions: list[str], first: int, last: int, expected: str
) -> None:
    assert span(versions, first, last) == expected


def test_a_recipe_of_two_releases() -> None:
    """The example of the recipe guide."""
    old_python = Condition(python=":3.10")
    assert lines(
        ["2.1.0", "1.4.2"],
        [
            Dependency("py-hatchling", "1.10:", types=BUILD),
            Dependency("python", "3.9:"),
            Dependency("py-attrs", "22.1:24"),
            Dependency("py-tomli", "1.1:", when=old_python),
        ],
        [
            Dependency("py-setuptools", types=BUILD),
            Dependency("python", "3.6:"),
            Dependency("py-attrs", "19.2:24"),
        ],
    ) == [
        ("py-hatchling@1.10:", "@2:"),
        ("py-setuptools", "@:1"),
        ("python@3.9:", "@2:"),
        ("python@3.6:", ""),
        ("py-attrs@22.1:", "@2:"),
        ("py-attrs@19.2:24", ""),
        ("py-tomli@1.1:", "@2: ^python@:3.10"),
    ]


def test_a_new_dependency_and_a_removed_one() -> None:
    assert lines(["2.0", "1.0"], [Dependency("py-new")], [Dependency("py-old")]) == [
        ("py-new", "@2:"),
        ("py-old", "@:1"),
    ]


def test_a_dependency_that_went_and_came_back() -> None:
    assert lines(["3.0", "2.0", "1.0"], [Dependency("py-a")], [], [Dependency("py-a")]) == [
        ("py-a", "@3:"),
        ("py-a", "@:1"),
    ]


def test_exact_pins_are_one_line_each() -> None:
    assert lines(
        ["2.0", "1.0"], [Dependency("py-core", "=2.0")], [Dependency("py-core", "=1.0")]
    ) == [
        ("py-core@=2.0", "@2:"),
        ("py-core@=1.0", "@:1"),
    ]


def test_a_pin_says_nothing_of_the_releases_between() -> None:
    versions = ["1.45.2", "1.45.1", "1.37.0"]
    assert lines(versions, *([Dependency("py-core", version)] for version in versions)) == [
        ("py-core@1.45.2", "@1.45.2:"),
        ("py-core@1.45.1", "@1.45.1"),
        ("py-core@1.37.0", "@:1.37"),
    ]


def test_a_series_goes_on_to_the_next_one() -> None:
    series = ([Dependency("py-core", text)] for text in ("0.6", "0.5", "0.4"))
    assert lines(["1.28", "1.23", "1.18"], *series) == [
        ("py-core@0.6", "@1.28:"),
        ("py-core@0.5", "@1.23:1.27"),
        ("py-core@0.4", "@:1.22"),
    ]


def test_what_a_general_line_says_is_not_said_again_under_a_condition() -> None:
    always, windows = (
        Dependency("py-a", "1:"),
        Dependency("py-a", "1:", when=Condition(platform="windows")),
    )
    assert lines(["1.0"], [always, windows]) == [("py-a@1:", "")]


def test_a_build_requirement_that_is_a_run_requirement_too() -> None:
    assert lines(["1.0"], [Dependency("py-a", types=BUILD), Dependency("py-a", "1:")]) == [
        ("py-a@1:", "")
    ]


def test_languages_build_libraries_python_run() -> None:
    needed = [
        Dependency("py-run"),
        Dependency("python", "3.9:"),
        Dependency("zlib", types=LIBRARY),
        Dependency("py-build", types=BUILD),
        Dependency("c", types=BUILD),
    ]
    assert [spec for spec, _ in lines(["1.0"], needed)] == [
        "c",
        "py-build",
        "zlib",
        "python@3.9:",
        "py-run",
    ]


# (versions, their Pythons, the lines): a release for one Python says nothing of the next ones
FOR_ONE_PYTHON = [
    (["2.0-cp312", "2.0-cp311"], ["3.12", "3.11"],
     [("python@3.12", "@2.0-cp312"), ("python@3.11", "@2.0-cp311")]),
    (["2.0-cp312", "1.0-cp312"], ["3.12", "3.12"],
     [("python@3.12", "@2.0-cp312"), ("python@3.12", "@1.0-cp312")]),
    (["2.0-cp312", "1.0"], ["3.12", "3.9:"],
     [("python@3.12", "@2.0-cp312"), ("python@3.9:", "@:1")]),
    (["2.0", "1.0-cp312"], ["3.9:", "3.12"],
     [("python@3.9:", "@2:"), ("python@3.12", "@1.0-cp312")]),
]  # fmt: skip


@pytest.mark.parametrize("versions, pythons, expected", FOR_ONE_PYTHON)
def test_each_release_for_one_python_has_its_own(
    versions: list[str], pythons: list[str], expected: list[tuple[str, str]]
) -> None:
    assert lines(versions, *([Dependency("python", each)] for each in pythons)) == expected


_bounds = st.sampled_from(["", "1:", "2:", "3:", ":4", ":5", "1:4", "2:4", "2:5", "=2", "1,3:4"])


@given(st.lists(st.one_of(st.none(), _bounds), min_size=1, max_size=6))
def test_each_release_gets_exactly_its_range(oldest_first: list[str | None]) -> None:
    versions = [f"{number}.0" for number in range(len(oldest_first), 0, -1)]
    wanted = oldest_first[::-1]
    needed = [[] if text is None else [Dependency("py-a", text)] for text in wanted]
    merged = merge(versions, needed)
    for version, text in zip(versions, wanted):
        applying = [d for d in merged if spack_order.contains(d.when.versions, version)]
        assert bool(applying) == (text is not None)
        for candidate in ("0.5", "1.0", "2", "2.5", "3.1", "4.2", "5.0", "6"):
            said = all(spack_order.contains(d.versions, candidate) for d in applying)
            if text is not None:
                assert said == spack_order.contains(text, candidate), (merged, version)


#: Where one ends with zero, there may be no text that ends just before it.
_texts = (
    st.lists(st.integers(0, 12), min_size=1, max_size=3)
    .filter(lambda parts: parts[-1] > 0)
    .map(lambda parts: ".".join(map(str, parts)))
)


@given(st.sets(_texts, min_size=2, max_size=6))
def test_what_lies_between_two_versions_is_in_one_of_their_ranges(texts: set[str]) -> None:
    versions = sorted(texts, key=spack_order.key, reverse=True)
    ranges = [span(versions, at, at) for at in range(len(versions))]
    for at, version in enumerate(versions):
        assert [spack_order.contains(r, version) for r in ranges].index(True) == at
    for newer, older in zip(versions, versions[1:]):
        for between in (f"{older}.5", f"{older}.0.1", re.sub(r"\d+$", "7", newer)):
            if spack_order.key(older) < spack_order.key(between) < spack_order.key(newer):
                assert sum(spack_order.contains(r, between) for r in ranges) == 1


@given(st.lists(_bounds, min_size=1, max_size=6))
def test_never_more_lines_than_releases_with_different_ranges(texts: list[str]) -> None:
    versions = [f"{number}.0" for number in range(len(texts), 0, -1)]
    runs = sum(1 for at, text in enumerate(texts) if at == 0 or texts[at - 1] != text)
    assert len(merge(versions, [[Dependency("py-a", text)] for text in texts])) <= runs


@given(st.lists(st.booleans(), min_size=1, max_size=8))
def test_the_ranges_of_some_versions_hold_just_these(chosen: list[bool]) -> None:
    versions = [f"{number}.{number % 3}" for number in range(len(chosen), 0, -1)]
    some = {version for version, is_chosen in zip(versions, chosen) if is_chosen}
    ranges = spans(versions, some)
    if some and len(some) < len(versions):
        assert {v for v in versions if spack_order.contains(ranges, v)} == some
    else:
        assert ranges == ""


# (a range, the versions of the package → as it is written)
PLAINER = [
    ("2:2.0", ["2.0.0", "2.0.1"], "2.0"),
    ("2:2.0", ["2", "2.0.1"], "2:2.0"),
    ("2:2.0", ["3.0"], "2:2.0"),
    ("2:2.0", [], "2:2.0"),
    ("2:2.1", ["2.0.1", "2.1"], "2:2.1"),
    ("2:2.0,3:", ["2.0.1", "3"], "2:2.0,3:"),
    ("2:", ["2.0"], "2:"),
]


@pytest.mark.parametrize(("ranges", "spelled", "expected"), PLAINER)
def test_a_range_that_begins_with_a_version_nobody_has(
    ranges: str, spelled: list[str], expected: str
) -> None:
    (line,), _ = with_exclusions(["1.0"], [[Dependency("py-a", ranges)]], {"py-a": spelled})
    assert line.versions == expected

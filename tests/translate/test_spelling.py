"""What a version text of a recipe means: (text, what was released) → the version."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from spack_pypi.translate.spack_order import spelling
from spack_pypi.translate.spelling import epoch_of, in_epoch, meant

MEANT = [
    ("1.2", "1.2"),
    ("1", "1"),
    ("1.2.0", "1.2"),
    ("v1.2", "1.2"),
    ("V1.2", "1.2"),
    # to Spack all separators are the same
    ("1-2", "1.2"),
    ("1_2", "1.2"),
    ("2024_09_5", "2024.9.5"),
    ("2024-09-05", "2024.9.5"),
    ("v3_1-4", "3.1.4"),
    ("1.2.3-4", "1.2.3.4"),
    # pre-releases and post-releases, as Spack and others write them
    ("2.0-rc1", "2.0rc1"),
    ("2.0rc1", "2.0rc1"),
    ("2.0-rc.1", "2.0rc1"),
    ("1.0alpha1", "1.0a1"),
    ("1.0a1", "1.0a1"),
    ("1.0_beta2", "1.0b2"),
    ("1.2.3-post1", "1.2.3.post1"),
    ("1.2.3.post1", "1.2.3.post1"),
    ("1.0.dev3", "1.0.dev3"),
    # of wheels for one Python each
    ("3.2.9-cp312", "3.2.9+cp3.12"),
    ("5.3.0-cp39", "5.3+cp3.9"),
    ("2.0rc1-cp310", "2.0rc1+cp3.10"),
    ("3.2.9-cp312t", None),
    ("3.2.9_cp312", None),
    ("main-cp312", None),
    # branches, commits and what no release of an index is called
    ("main", None),
    ("develop", None),
    ("vmain", None),
    ("v", None),
    ("stable-1.2", None),
    ("1.2-branch", None),
    ("2024.develop", None),
    ("1.0p1", None),
    ("git.v1.0=1.0", None),
    ("1!2.0", None),
    ("1.0+cu118", None),
    ("", None),
    ("1..2", None),
]


@pytest.mark.parametrize("text, expected", MEANT)
def test_meant(text: str, expected: str | None) -> None:
    assert meant(text) == (Version(expected) if expected else None)


#: (versions of a recipe, what was released, the epoch that the recipe leaves out).
EPOCHS: list[tuple[list[str], list[str], int]] = [
    (["3.1.0", "3.0.0"], ["1!3.1.0", "1!3.0.0", "2019.1"], 1),
    (["3.1.0"], ["3.1.0", "2.0"], 0),
    (["3.1.0"], ["1!3.1.0", "3.1.0"], 0),  # it may be either
    (["3.1.0", "3.0"], ["1!3.1.0", "3.0"], 0),  # not in one epoch
    (["3.1.0", "3.0"], ["1!3.1.0"], 0),  # what was never released says nothing
    (["3.1", "main"], ["2!3.1.0"], 2),
    ([], ["1!3.1.0"], 0),
]


@pytest.mark.parametrize("texts, released, expected", EPOCHS)
def test_the_epoch_of_a_recipe(texts: list[str], released: list[str], expected: int) -> None:
    assert epoch_of(texts, map(Version, released)) == expected


@pytest.mark.parametrize(
    "specifier, epoch, expected",
    [
        (">=1!3,<1!4", 1, ">=3,<4"),
        ("==1!3.*", 1, "==3.*"),
        ("!=1!3.1", 1, "!=3.1"),
        ("~= 1!3.1", 1, "~=3.1"),
        (">=1!3,<4", 1, ">=1!3,<4"),  # nothing is both
        (">=2!3", 1, ">=2!3"),
        (">=11!3", 1, ">=11!3"),
        (">=1!3", 0, ">=1!3"),
        ("", 1, ""),
    ],
)
def test_specifiers_in_an_epoch(specifier: str, epoch: int, expected: str) -> None:
    assert in_epoch(specifier, epoch) == expected


RELEASED = [
    ("1-2", ["1.2"], "1.2"),
    ("1-2", ["1.post2"], "1.post2"),
    ("1-2", ["1.2", "1.post2"], "1.2"),
    ("1-2", ["3.0"], "1.2"),
    ("v1.4-1", ["1.4", "1.4.post1"], "1.4.post1"),
    ("1.2", ["1.post2"], "1.2"),
]


@pytest.mark.parametrize("text, released, expected", RELEASED)
def test_what_was_released_decides(text: str, released: Sequence[str], expected: str) -> None:
    assert meant(text, frozenset(map(Version, released))) == Version(expected)


NUMBERS = st.lists(st.integers(0, 3000), min_size=1, max_size=4).map(
    lambda parts: ".".join(map(str, parts))
)
SUFFIX = st.sampled_from(["", "a1", "b0", "rc12", ".post1", ".post0"])
RELEASE = st.builds("{}{}".format, NUMBERS, SUFFIX).map(Version)


@given(RELEASE, st.frozensets(RELEASE, max_size=5))
def test_a_release_is_meant_by_its_spelling(version: Version, others: frozenset[Version]) -> None:
    text = spelling(version)
    assert text is not None
    for released in (frozenset(), others, others | {version}):
        assert meant(text, released) == version


@given(RELEASE, st.sampled_from("_-"))
def test_separators_change_nothing(version: Version, separator: str) -> None:
    text = (spelling(version) or "").replace(".", separator)
    assert meant(text) == version

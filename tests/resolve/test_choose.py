"""Which releases are taken: (what the index lists, what is requested) → the versions."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from spack_pypi.pypi.model import Project, Release
from spack_pypi.resolve.choose import (
    by_preference,
    candidates,
    listed,
    matching,
    preferred,
    why_none,
)
from spack_pypi.resolve.policy import Policy
from tests.memory import MemoryIndex

#: An sdist and a wheel for everywhere, or only wheels that run with every Python on one machine,
#: or only wheels for one Python each.
EVERYWHERE, BY_MACHINE, BY_PYTHON = (
    "py3-none-any",
    "cp39-abi3-manylinux_2_17_x86_64",
    "cp39-cp39-manylinux_2_17_x86_64 cp312-cp312-manylinux_2_17_x86_64",
)


def releases(*files: str) -> list[Release]:
    """``2.0``: with an sdist; ``2.0 m``: only as wheels for machines; ``2.0 w``: only as a wheel
    for everywhere; ``2.0 p``: only as wheels for one Python each."""
    index = MemoryIndex()
    tags = {"m": BY_MACHINE, "w": EVERYWHERE, "p": BY_PYTHON, "": EVERYWHERE}
    for file in files:
        version, _, kind = file.partition(" ")
        index.add("x", version, sdist=not kind, wheel_tag=tags[kind])
    return list(candidates(index.project("x"), Policy(pythons=("3.9.1", "3.12.0"))))


def versions(found: Sequence[Release]) -> list[str]:
    return [str(release.version) for release in found]


LISTED = [
    # (what the index lists, what is requested, how many series, what the recipe lists)
    (["1.0", "2.0", "3.0"], "", 3, ["3.0", "2.0", "1.0"]),
    # wheels for platforms beside others that have an archive for all
    (["1.0", "2.0 m", "3.0"], "", 3, ["3.0", "1.0"]),
    (["1.0", "2.0", "3.0 m"], "", 3, ["2.0", "1.0"]),
    (["1.0", "2.0", "3.0 m"], "", 1, ["2.0"]),
    (["1.0", "2.0 m", "3.0 m"], "", None, ["1.0"]),
    (["1.0 w", "2.0 m"], "", 3, ["1.0"]),
    # where they are requested, or nothing else will do, or there is nothing else
    (["1.0", "2.0", "3.0 m"], "==3.0", 3, ["3.0"]),
    (["1.0", "2.0", "3.0 m"], ">=3", 3, ["3.0"]),
    (["1.0", "2.0 m", "2.1 m"], ">1", None, ["2.1", "2.0"]),
    (["1.0 m", "2.0 m"], "", 3, ["2.0", "1.0"]),
    # those for one Python each are listed together, and are the last choice
    (["1.0 m", "2.0 p"], "", 3, ["1.0"]),
    (["1.0", "2.0 p"], ">=2", 1, ["2.0+cp3.12", "2.0+cp3.9"]),
    (["1.0 p", "1.1 p"], "", 1, ["1.1+cp3.12", "1.1+cp3.9"]),
    (["1.0 p", "1.0.1 p", "1.1 p"], "", 2,
     ["1.1+cp3.12", "1.1+cp3.9", "1.0.1+cp3.12", "1.0.1+cp3.9"]),
    (["1.0 p", "1.1 p"], "==1.0", 3, ["1.0+cp3.12", "1.0+cp3.9"]),
    # a branch is none of the series
    (["1.0", "2.0", "9999!0+main"], "", 1, ["9999!0+main", "2.0"]),
    (["0.0.1", "0.0.2", "9999!0+main"], "", 3, ["9999!0+main", "0.0.2"]),
    (["0.0.1", "0.1", "1.0", "9999!0+main"], "", 2, ["9999!0+main", "1.0", "0.1"]),
    (["1.0", "2.0", "9999!0+main"], "<2", 3, ["1.0"]),
]  # fmt: skip


def test_those_for_a_python_that_spack_does_not_have_are_not_listed() -> None:
    index = MemoryIndex()
    index.add("x", "1.0", sdist=False, wheel_tag=BY_PYTHON)
    found = candidates(index.project("x"), Policy(pythons=("3.12.0",)))
    assert versions(found) == ["1.0+cp3.12"]


@pytest.mark.parametrize("files, specifier, series, expected", LISTED)
def test_listed(
    files: Sequence[str], specifier: str, series: int | None, expected: Sequence[str]
) -> None:
    found = listed(releases(*files), SpecifierSet(specifier), Policy(series))
    assert versions(found) == expected


#: The first that is tried.
TRIED = [
    (["1.0", "2.0 m"], "", "1.0"),
    (["1.0", "2.0 m"], ">=1.5", "2.0"),
    (["1.0 m", "2.0 m"], "", "2.0"),
    (["1.0", "2.0"], ">=3", None),
]


@pytest.mark.parametrize("files, specifier, expected", TRIED)
def test_what_is_tried_first(files: Sequence[str], specifier: str, expected: str | None) -> None:
    found = by_preference(matching(releases(*files), SpecifierSet(specifier), Policy()))
    assert next(iter(versions(found)), None) == expected


@pytest.mark.parametrize("newest, name", [("9999!0+main", "main"), ("2.0 p", "2.0-cp312")])
def test_a_version_is_called_as_recipes_list_it(newest: str, name: str) -> None:
    usable = releases(newest)
    said = why_none(Project("x", tuple(usable)), usable, extends=False)
    assert said == f"no release that Spack can install satisfies it (newest: {name})"


def project(*versions: str, python: str = "") -> Project:
    index = MemoryIndex()
    for version in versions:
        index.add("x", version, python=python)
    return index.project("x")


BY_HAND = (
    "which no version of Spack can say: name its repository instead (create git+https://...), or "
    "write its recipe by hand"
)

#: (what the index lists, why none of it can be chosen)
NONE = [
    (project("1!2.0", "1!1.0"), f"each of its releases has an epoch (newest: 1!2.0), {BY_HAND}"),
    (project("2.0.dev1"),
     f"each of its releases is a development release (newest: 2.0.dev1), {BY_HAND}"),
    (project("1.0+cu118"),
     f"each of its releases has a local version (newest: 1.0+cu118), {BY_HAND}"),
    (project("1!2.0", "1.0.dev1"),
     f"each of its releases has an epoch or is a development release (newest: 1!2.0), {BY_HAND}"),
    # what Python they need is the reason of those that Spack could spell
    (project("1!2.0", "1.0", python="<3"),
     "none of its releases can be installed with the Python versions of this Spack (1.0, the "
     "newest, requires Python <3)"),
]  # fmt: skip


@pytest.mark.parametrize("listed, said", NONE, ids=lambda each: str(each)[:30])
def test_why_none_can_be_chosen(listed: Project, said: str) -> None:
    assert not candidates(listed, Policy(pythons=("3.9.1", "3.12.0")))
    assert why_none(listed, (), extends=False) == said


@given(
    st.lists(
        st.tuples(st.integers(0, 20), st.sampled_from(["", " m", " w", " p"])),
        unique_by=lambda each: each[0],
    )
)
def test_what_is_preferred_is_tried_first(files: list[tuple[int, str]]) -> None:
    if not files:
        return
    given_ones = releases(*[f"{number}{kind}" for number, kind in files])
    ordered, first = by_preference(given_ones), preferred(given_ones)
    assert ordered[: len(first)] == first
    assert sorted(versions(ordered)) == sorted(versions(given_ones))

"""What one version asks for otherwise than another: (lines before, lines after) → the words."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from spack_pypi.workflow.compare.version_changes import kept_caps, version_changes
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
    # what stays is not repeated
    ([Line("py-a", variant="x")], [Line("py-a", variant="x"), Line("py-a", "1:")],
     ["tightened py-a: now also @1:"]),
    ([Line("py-a", "1:3"), Line("py-a", "2:", python="3.12:")], [Line("py-a", "1:3")],
     ["loosened py-a: no longer @2: (^python@3.12:)"]),
    ([Line("py-a", python="3.12:")], [Line("py-a", python="3.12:"), Line("py-a")],
     ["changed py-a: now also any version"]),
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
     ["tightened py-a (+x) to py-a@2: (+x)"]),
]  # fmt: skip


@pytest.mark.parametrize("before, after, words", TABLE)
def test_words(before: Sequence[Line], after: Sequence[Line], words: list[str]) -> None:
    versions = ("2.0", "1.0")
    old, new = (Recipe(lines, versions=versions) for lines in (before, after))
    assert list(version_changes(old, new, "1.0", "2.0")) == words


# (the licence of the old version and of the new one, what is said)
LICENSES = [
    ("MIT", "ISC", ["changed the licence from MIT to ISC"]),
    ("MIT", "MIT", []),
    ("", "MIT", []),
    ("MIT", "", []),
]


@pytest.mark.parametrize("before, after, words", LICENSES)
def test_another_licence(before: str, after: str, words: list[str]) -> None:
    old, new = Recipe([], versions=("1.0",)), Recipe([], versions=("2.0",))
    old.licence, new.licence = before, after
    assert list(version_changes(old, new, "1.0", "2.0")) == words


PYTHONS = ["3.14.0", "3.13.2", "3.12.9"]
# (Requires-Python, lines about Python, what is said)
CAPS: list[tuple[str, Sequence[Line], list[str]]] = [
    (">=3.12", [Line("python", "3.12:")], []),
    (">=3.12", [Line("python", "3.12:"), Line("python", ":3.13")],
     ["kept python@:3.13: the metadata accepts Python 3.14.0, too"]),
    # the metadata says the same
    (">=3.12,<3.14", [Line("python", "3.12:3.13")], []),
    # not of this version, or no cap
    ("", [Line("python", ":3.13", versions="1.0")], []),
    ("", [Line("python", "3.13:")], []),
    # no Python is left at all
    ("", [Line("python", ":3.11")], []),
]  # fmt: skip


@pytest.mark.parametrize("required, lines, words", CAPS)
def test_caps_on_python_that_stay(required: str, lines: Sequence[Line], words: list[str]) -> None:
    recipe = Recipe(lines, versions=("2.0", "1.0"))
    assert list(kept_caps(recipe, "2.0", required, PYTHONS)) == words

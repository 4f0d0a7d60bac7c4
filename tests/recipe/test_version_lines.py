"""Where a new version goes whose reason to be a wheel stands above it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spack_pypi.recipe.edit import RecipeText
from spack_pypi.recipe.model import Changes, Dependency, Recipe, VersionLine
from spack_pypi.recipe.render import render

FIRST = "the wheel, as its setup.py reads data.txt (line 8), which its source archive lacks"
NEXT = FIRST.replace("line 8", "line 9")
OTHER = "the wheel, as its build requires x from an address, not a release of it"
NEW = '    version("2.0", sha256="b")\n'
OLD = '    version("1.0", sha256="a")\n'


def said(reason: str) -> str:
    """A comment of one line."""
    return f"    # {reason}\n" if reason else ""


# (the comment above the older version, the reason for the new one → the lines)
CASES = [
    ("", "", NEW + OLD),
    ("", OTHER, said(OTHER) + NEW + OLD),
    # the reason for both
    (FIRST, NEXT, said(FIRST) + NEW + OLD),
    # the comment stays with its own version
    (FIRST, "", NEW + said(FIRST) + OLD),
    (FIRST, OTHER, said(OTHER) + NEW + said(FIRST) + OLD),
    (f"1.0: {FIRST}", "", NEW + said(f"1.0: {FIRST}") + OLD),
    # a person's comment on the versions
    ("the newest first", "", said("the newest first") + NEW + OLD),
]


@pytest.mark.parametrize("above, reason, lines", CASES)
def test_a_new_version_of_a_recipe(above: str, reason: str, lines: str) -> None:
    start = "class PyX(PythonPackage):\n"
    changes = Changes([VersionLine("2.0", "b")], wheels={"2.0": reason} if reason else {})
    assert RecipeText(start + said(above) + OLD).edited(changes) == start + lines


def test_below_all_others() -> None:
    start = f"class PyX(PythonPackage):\n{said(FIRST)}{OLD}"
    changes = Changes([VersionLine("0.9", "c")], wheels={"0.9": OTHER})
    assert RecipeText(start).edited(changes) == (
        f'{start}{said(OTHER)}    version("0.9", sha256="c")\n'
    )


def test_in_a_new_recipe() -> None:
    versions = (VersionLine("2.0", "b"), VersionLine("1.0", "a"))
    recipe = Recipe("py-x", versions=versions, dependencies=(Dependency("py-y"),))
    text = render(recipe)
    assert render(replace(recipe, wheels={"1.0": OTHER})) == text.replace(OLD, said(OTHER) + OLD)

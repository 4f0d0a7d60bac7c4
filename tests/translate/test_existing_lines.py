"""Which lines state what a branch required: (line, other versions, whether it is made anew)."""

from __future__ import annotations

import pytest

from spack_pypi.recipe.edit import RecipeText
from spack_pypi.translate.existing_lines import is_of_branch, made_anew

#: The branch requires a and cmake by now.
LINES = [
    ('"py-a", when="@main:"', ["1.0"], True),
    ('"py-a"', ["1.0"], False),
    ('"py-a"', [], True),
    ('"py-a", when="@1:"', ["1.0"], False),
    ('"py-gone", when="@main:"', ["1.0"], True),
    # A person may know why, where the line does not name the branch.
    ('"py-gone"', [], False),
    # No metadata declares these; a tool that is declared is stated anew.
    ('"zlib", when="@main:"', ["1.0"], False),
    ('"cmake", when="@main:"', ["1.0"], True),
    ('"py-a", type="test"', [], False),
    ('"py-pip"', [], False),
]


def text(line: str) -> str:
    typed = line if "type" in line else f'{line}, type=("build", "run")'
    return f'class A(B):\n    version("main", branch="main")\n    depends_on({typed})\n'


@pytest.mark.parametrize(("line", "versions", "expected"), LINES)
def test_lines_of_a_branch(line: str, versions: list[str], expected: bool) -> None:
    (stated,) = RecipeText(text(line)).stated
    assert is_of_branch(stated, "main", {"py-a", "cmake"}, versions) is expected


def test_what_is_the_same_again_stays() -> None:
    stated = RecipeText(text('"py-a", when="@main:"')).stated
    same, other = stated[0].dependency, RecipeText(text('"py-b"')).stated[0].dependency
    assert made_anew(stated, {0}, [other]) == ({0: "py-a"}, [])
    assert made_anew(stated, {0}, [other, same]) == ({}, [same])

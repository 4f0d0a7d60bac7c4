"""Lines for single versions that stand in step with these: which of them a new version gets."""

from __future__ import annotations

import pytest

from spack_pypi.recipe.edit import RecipeText
from spack_pypi.workflow.assembly.in_step import in_step

HEAD = """class PyX(PythonPackage):
    version("1.5.0", sha256="0")
    version("1.4.2", sha256="0")
"""
NEWEST, OLDER = 'depends_on("foo@1.5.0", when="@1.5.0")', 'depends_on("foo@1.4.2", when="@1.4.2")'
#: (the lines of a recipe, those that 1.6.0 gets)
LINES: list[tuple[list[str], list[str]]] = [
    ([NEWEST, OLDER], ["foo@1.6.0 @1.6.0"]),
    ([NEWEST, OLDER, 'depends_on("foo@main", when="@main")'], ["foo@1.6.0 @1.6.0"]),
    ([NEWEST, OLDER, 'depends_on("foo+a", when="+a")'], ["foo@1.6.0 @1.6.0"]),
    (
        ['depends_on("foo@=1.5.0", when="@1.5.0")', 'depends_on("foo@=1.4.2", when="@1.4.2")'],
        ["foo@=1.6.0 @1.6.0"],
    ),
    # series
    (
        ['depends_on("foo@1.5", when="@1.5")', 'depends_on("foo@1.4", when="@1.4")'],
        ["foo@1.6 @1.6"],
    ),
    (['depends_on("foo@1", when="@1")', 'depends_on("foo@0", when="@0")'], []),
    # with other conditions
    (
        [NEWEST.replace('"@1.5.0"', f'"@1.5.0{on}a"') for on in "+~"] + [OLDER],
        ["foo@1.6.0 @1.6.0+a", "foo@1.6.0 @1.6.0~a"],
    ),
    # in step by chance
    ([NEWEST], []),
    ([NEWEST, 'depends_on("foo@1.4.1", when="@1.4.2")'], []),
    ([NEWEST, 'depends_on("foo@1.4.2", when="@1.4.2:")'], []),
    ([NEWEST, 'depends_on("foo@1.4.0", when="@1.4.0")'], []),
    ([NEWEST, OLDER, 'depends_on("foo@1.4.2:1.5", when="@:1")'], []),
    # what metadata say of
    ([line.replace("foo", "py-foo") for line in (NEWEST, OLDER)], []),
    # what stands in a block, or in a loop
    ([f'with when("+a"):\n        {line}' for line in (NEWEST, OLDER)], ["foo@1.6.0 @1.6.0+a"]),
    ([f'with when("@1"):\n        {line}' for line in (NEWEST, OLDER)], []),
    (['for v in ("1.5.0", "1.4.2"):\n        depends_on(f"foo@{v}", when=f"@{v}")'], []),
]


@pytest.mark.parametrize(("lines", "expected"), LINES)
def test_what_a_new_version_gets(lines: list[str], expected: list[str]) -> None:
    recipe = RecipeText("".join([HEAD, *(f"    {line}\n" for line in lines)]))
    found = [each.dependency for each in in_step(recipe.stated, recipe.versions, "1.5.0", "1.6.0")]
    assert [f"{each.spec} {each.when}" for each in found] == expected

"""What a person is told to change: lines to paste, and the numbers of those that they concern."""

from __future__ import annotations

from spack_pypi.recipe.proposal import concerned, proposed_edit, proposed_lines

RECIPE = """\
class PyX(PythonPackage):
    version("1.0", sha256="0")

    depends_on("py-a@:2")
    depends_on("py-b")
    for old in ("1.0",):
        depends_on(f"py-c@{old}", when=f"@{old}")
"""


def test_an_edit_that_was_refused() -> None:
    after = RECIPE.replace("class PyX(PythonPackage):\n", "class PyX(PythonPackage):\n    new\n")
    after = after.replace('"py-a@:2")', '"py-a@:2", when="@:1")')
    assert proposed_edit(RECIPE, after, "the range of py-c is too narrow: @1.0").splitlines() == [
        "# add below line 1:",
        "    new",
        "# in place of line 4:",
        '    depends_on("py-a@:2", when="@:1")',
        '# compare with line 7: depends_on(f"py-c@{old}", when=f"@{old}") (it stands in a loop)',
    ]


def test_a_recipe_that_cannot_be_edited() -> None:
    assert proposed_lines(RECIPE, ['    version("2.0")'], [(4, "@:1")]).splitlines() == [
        "# add:",
        '    version("2.0")',
        "# line 4 holds only for @:1:",
        '    depends_on("py-a@:2")',
    ]


def test_only_what_the_reason_names_is_concerned() -> None:
    assert [*concerned(RECIPE, "its recipe states 'py-a@:2', py-b-c and 3 others")] == [
        '# compare with line 4: depends_on("py-a@:2")'
    ]
    assert not [*concerned(RECIPE, "line 7 spans several lines")]
    assert not [*concerned("no recipe", "py-a")]


def test_lines_are_numbered_as_python_does() -> None:
    text = RECIPE.replace("\n", "\n    # a\x0cb\n", 1)
    assert proposed_lines(text, [], [(5, "@:1")]).splitlines()[1:] == [
        "# line 5 holds only for @:1:",
        '    depends_on("py-a@:2")',
    ]

"""A recipe that this program wrote, with dependencies in a block, is edited as a person's is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from spack_pypi.recipe.edit import RecipeText
from spack_pypi.recipe.model import (
    ALWAYS,
    BUILD,
    Changes,
    Condition,
    Dependency,
    Recipe,
    VersionLine,
)
from spack_pypi.recipe.reduce import reduced
from spack_pypi.recipe.render import render
from spack_pypi.translate import spack_order
from spack_pypi.translate.merge import merge
from tests.recipe.persons import edited

SETUPTOOLS = Dependency("py-setuptools", "61:", types=BUILD)
NEEDED = [
    Dependency("python", "3.9:"),
    Dependency("py-attrs", "22:"),
    Dependency("py-click"),
    Dependency("py-idna", "3:"),
    Dependency("py-tomli", "1:", when=Condition(python=":3.10")),
]


def written(*dependencies: Dependency) -> str:
    version = VersionLine("2.0", "b")
    return render(Recipe("py-x", "X.", versions=(version,), dependencies=dependencies))


TEXT = written(SETUPTOOLS, *NEEDED)
NEW = '+    version("2.1", sha256="c")'


def test_all_lines_are_read() -> None:
    assert "with default_args" in TEXT
    assert [line.dependency for line in RecipeText(TEXT).stated] == [SETUPTOOLS, *NEEDED]


def test_a_release_that_needs_the_same_is_one_line() -> None:
    assert edited(TEXT, v2_1=[SETUPTOOLS, *NEEDED]) == [NEW]


def test_new_lines_stand_in_the_block() -> None:
    python, attrs, *others = NEEDED
    asked = [Dependency("python", "3.10:"), attrs, *others, Dependency("py-rich", "13:")]
    assert edited(TEXT, v2_1=[SETUPTOOLS, *asked]) == [
        NEW,
        '+        depends_on("python@3.10:", when="@2.1:")',
        '+        depends_on("py-rich@13:", when="@2.1:")',
    ]


def test_lines_end_in_the_block() -> None:
    assert edited(TEXT, v2_1=[SETUPTOOLS, *NEEDED[:3], NEEDED[4]]) == [
        NEW,
        '-        depends_on("py-idna@3:")',
        '+        depends_on("py-idna@3:", when="@:2.0")',
    ]


def test_a_file_without_a_block_gets_none() -> None:
    """However many lines there are."""
    text = written(SETUPTOOLS, *NEEDED[:4])
    assert "with" not in text
    assert edited(text, v2_1=[SETUPTOOLS, *NEEDED]) == [
        NEW,
        '+    depends_on("py-tomli@1:", when="@2.1: ^python@:3.10", type=("build", "run"))',
    ]


def test_lines_of_a_new_type_stand_above_the_block() -> None:
    """The first build requirements of a recipe that had a wheel."""
    text = written(*NEEDED)
    new = [Dependency("c", when=Condition("2.1:"), types=BUILD), SETUPTOOLS]
    assert RecipeText(text).edited(Changes(dependencies=new)) == text.replace(
        "    with default_args",
        """\
    depends_on("c", when="@2.1:", type="build")
    depends_on("py-setuptools@61:", type="build")

    with default_args""",
    )


def test_other_lines_of_a_new_type_stand_below_the_block() -> None:
    """The first requirements to run of a recipe with a block for building."""
    block = '    with default_args(type="build"):\n        depends_on("py-setuptools")\n'
    text = written(SETUPTOOLS).replace(
        '    depends_on("py-setuptools@61:", type="build")\n', block
    )
    new = [replace(line, when=Condition("2.1:")) for line in NEEDED[:2]]
    assert RecipeText(text).edited(Changes(dependencies=new)) == text.replace(
        block,
        block
        + """
    depends_on("python@3.9:", when="@2.1:", type=("build", "run"))
    depends_on("py-attrs@22:", when="@2.1:", type=("build", "run"))
""",
    )


def test_versions_are_taken_away_as_ever() -> None:
    """What only a removed version needs goes; lines that then speak of the same are one."""
    versions = ["2.0", "1.0"]
    older = [Dependency("python", "3.8:"), Dependency("py-six"), *NEEDED[1:]]
    lines: Sequence[Dependency] = merge(versions, [NEEDED, older])
    recipe = Recipe(
        "py-x",
        "X.",
        versions=(VersionLine("2.0", "b"), VersionLine("1.0", "a")),
        dependencies=(SETUPTOOLS, *lines),
    )

    def holds(ranges: str) -> bool:
        return spack_order.contains(ranges, "2.0")

    assert reduced(render(recipe), {"2.0"}, holds, spack_order.met) == TEXT


def test_a_block_of_which_little_is_left_is_dissolved() -> None:
    """What remains reads as if the other versions had never been listed."""
    old = [Dependency(f"py-{letter}", when=Condition(":1")) for letter in "abcd"]
    new = [Dependency("python", "3.9:", when=Condition("2:")), Dependency("py-idna", "3:")]
    text = written(SETUPTOOLS, *new, *old)
    assert "with default_args" in text

    def holds(ranges: str) -> bool:
        return spack_order.contains(ranges, "2.0")

    expected = written(SETUPTOOLS, *(replace(line, when=ALWAYS) for line in new))
    assert "with default_args" not in expected
    assert reduced(text, {"2.0"}, holds, spack_order.met) == expected
    # A comment is a person's: the block stays.
    said = text.replace(
        '        depends_on("py-idna', '        # why\n        depends_on("py-idna'
    )
    assert "with default_args" in reduced(said, {"2.0"}, holds, spack_order.met)
    # So is a block that was small before.
    small = text + '\n    with default_args(type=("build", "run")):\n        depends_on("py-z")\n'
    assert reduced(small, {"2.0"}, holds, spack_order.met).count("with default_args") == 2

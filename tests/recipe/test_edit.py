"""A recipe that a person wrote gets a new version: what changes, and that nothing else does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spack_pypi.recipe.edit import Arrived, RecipeText
from spack_pypi.recipe.model import BUILD, Changes, Condition, Dependency, VersionLine
from spack_pypi.translate.revise import NewVersion, revise
from spack_pypi.translate.versions import Inexpressible
from tests.recipe.persons import RECIPE, SAME, changed, edited, explained


def test_an_unchanged_release_is_one_line() -> None:
    assert edited(RECIPE, v2_1=SAME) == ['+    version("2.1", sha256="c")']


def test_versions_are_put_in_order_below_branches() -> None:
    old = [line for line in SAME if line.package != "python"]
    assert edited(RECIPE, v3_0=SAME, v1_5=[*old, Dependency("py-six")]) == [
        '+    version("3.0", sha256="c")',
        '+    version("1.5", sha256="c")',
    ]
    text = RecipeText(RECIPE).edited(Changes([VersionLine("3.0", "c")]))
    assert text.index('"main"') < text.index('"3.0"') < text.index('"2.0"')


def test_a_version_that_is_there_is_not_added_again() -> None:
    """Another run has added it since Spack loaded the recipe."""
    with pytest.raises(Arrived, match=r"2\.0 is there by now, from somebody else; run the"):
        RecipeText(RECIPE).edited(Changes([VersionLine("2.0", "c")]))


# (what the release asks for instead, what changes beside the version line)
CHANGES = [
    # tighter: one more line, the other one still holds
    (
        Dependency("py-attrs", "22:"),
        ['+        depends_on("py-attrs@22:", when="@2.1:")'],
    ),
    # another bound: the old one ends
    (
        Dependency("py-setuptools", "77:", types=BUILD),
        [
            '-    depends_on("py-setuptools@:68", type="build")',
            '+    depends_on("py-setuptools@77:", when="@2.1:", type="build")',
            '+    depends_on("py-setuptools@:68", when="@:2.0", type="build")',
        ],
    ),
    # the same bound, spelled as a person spells it
    (Dependency("py-attrs", "19.0.0:"), []),
    # wider: the old one ends
    (
        Dependency("py-attrs", "18:"),
        [
            '-        depends_on("py-attrs@19:")',
            '+        depends_on("py-attrs@18:", when="@2.1:")',
            '+        depends_on("py-attrs@19:", when="@:2.0")',
        ],
    ),
    # elsewhere: the old condition ends, and keeps what is not about versions
    (
        Dependency("py-tomli", "1:", when=Condition(python=":3.9")),
        [
            '-        depends_on("py-tomli@1:", when="^python@:3.10")',
            '+        depends_on("py-tomli@1:", when="@2.1: ^python@:3.9")',
            '+        depends_on("py-tomli@1:", when="@:2.0 ^python@:3.10")',
        ],
    ),
    # new: below the others of its type
    (
        Dependency("py-new", "1:"),
        ['+    depends_on("py-new@1:", when="@2.1:", type=("build", "run"))'],
    ),
    # a newer Python
    (Dependency("python", "3.9:"), ['+        depends_on("python@3.9:", when="@2.1:")']),
    # only for building, no longer at run time
    (
        Dependency("py-old", types=BUILD),
        [
            '-    depends_on("py-old", type=("build", "run"), when="@1:")',
            '+    depends_on("py-old", when="@2.1:", type="build")',
            '+    depends_on("py-old", type=("build", "run"), when="@1:2.0")',
        ],
    ),
]


@pytest.mark.parametrize("line, expected", CHANGES, ids=[str(line) for line, _ in CHANGES])
def test_what_changes(line: Dependency, expected: list[str]) -> None:
    found = edited(RECIPE, v2_1=changed(x=line))
    assert sorted(found) == sorted(['+    version("2.1", sha256="c")', *expected])


def test_what_is_no_longer_required_ends() -> None:
    left = [line for line in SAME if line.package != "py-old"]
    assert edited(RECIPE, v2_1=left)[1:] == [
        '-    depends_on("py-old", type=("build", "run"), when="@1:")',
        '+    depends_on("py-old", type=("build", "run"), when="@1:2.0")',
    ]


def test_what_only_a_person_can_know_stays() -> None:
    """Libraries, variants, loops: no metadata speaks of them."""
    without = [line for line in SAME if line.package != "c"]
    assert edited(RECIPE, v2_1=without) == ['+    version("2.1", sha256="c")']


def test_a_line_that_does_not_apply_to_any_supported_python_stays() -> None:
    lines = [
        line for line in changed(x=Dependency("python", "3.11:")) if line.package != "py-tomli"
    ]
    assert edited(RECIPE, v2_1=lines)[1:] == [
        '+        depends_on("python@3.11:", when="@2.1:")',
    ]


def test_a_version_between_two_leaves_a_gap() -> None:
    lines = [line for line in SAME if line.package not in ("py-old", "python")]
    lines.append(Dependency("py-six"))
    assert edited(RECIPE, v1_5=lines)[1:] == [
        '-    depends_on("py-old", type=("build", "run"), when="@1:")',
        '+    depends_on("py-old", type=("build", "run"), when="@1:1.4,2:")',
    ]


def test_an_inherited_line_cannot_end() -> None:
    stated = [replace(line, fixed=True) for line in RecipeText(RECIPE).stated]
    with pytest.raises(Inexpressible, match="py-setuptools@:68"):
        new = changed(x=Dependency("py-setuptools", "77:", types=BUILD))
        revise(stated, ["1.0", "2.0"], {"2.1": NewVersion(new, explained(stated))})


#: cmake of the recipe, what the release says of it → whether the line ends before it
TOOLS = [
    ("3.16:", "", False),
    ("3.16:", "3.20:", False),
    (":3", "4:", True),
    ("3.16:3", ":4", False),
]


@pytest.mark.parametrize("reported, declared, ends", TOOLS)
def test_what_a_person_knows_of_a_tool_stays_where_it_can(
    reported: str, declared: str, ends: bool
) -> None:
    text = RECIPE.replace('"zlib"', f'"cmake@{reported}"')
    lines = edited(text, v2_1=[*SAME, Dependency("cmake", declared, types=BUILD)])
    assert any(line.startswith("-") for line in lines) == ends


def test_what_tests_need_no_metadata_tells() -> None:
    text = RECIPE.replace('depends_on("zlib")', 'depends_on("py-pytest@7:", type="test")')
    assert edited(text, v2_1=SAME) == ['+    version("2.1", sha256="c")']


def test_a_release_that_does_not_tell_what_it_requires_keeps_what_there_is() -> None:
    """No metadata is not the same as no dependencies; how it is built is known all the same."""
    asked = [Dependency("c", types=BUILD), Dependency("py-hatchling", types=BUILD)]
    stated = RecipeText(RECIPE).stated
    specs = [line.dependency.spec for line in stated]
    new = NewVersion(asked, explained(stated))
    known = revise(stated, ["1.0", "2.0"], {"2.1": new}).ends
    unknown = revise(stated, ["1.0", "2.0"], {"2.1": replace(new, unknown=True)}).ends
    assert {specs[number] for number in unknown} == {"py-setuptools@:68"}
    assert {specs[number] for number in known} > {"py-attrs@19:", "py-old"}


TWO_CLASSES = """\
class PyXBase(PythonPackage):
    pypi = "x/x-1.0.tar.gz"

    depends_on("py-setuptools", type="build")


class PyX(PyXBase):
    version("1.0", sha256="a")

    depends_on("py-attrs@19:", type=("build", "run"), when="@1:")
"""


def test_the_class_with_the_versions_is_edited() -> None:
    recipe = RecipeText(TWO_CLASSES)
    assert (recipe.versions, recipe.pypi) == (("1.0",), "x/x-1.0.tar.gz")
    new = [Dependency("py-setuptools", types=BUILD), Dependency("py-attrs", "23:")]
    assert edited(TWO_CLASSES, v2_0=new) == [
        '+    version("2.0", sha256="c")',
        '+    depends_on("py-attrs@23:", type=("build", "run"), when="@2:")',
    ]


def test_what_a_base_class_says_cannot_end() -> None:
    with pytest.raises(Inexpressible, match="py-setuptools"):
        edited(
            TWO_CLASSES,
            v2_0=[Dependency("py-hatchling", types=BUILD), Dependency("py-attrs", "19:")],
        )

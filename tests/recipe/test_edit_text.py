"""How the text of a recipe is read, and edited without touching anything else."""

from __future__ import annotations

from typing import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spack_pypi.recipe.edit import RecipeText
from spack_pypi.recipe.model import (
    ALWAYS,
    BUILD,
    BUILD_RUN,
    Changes,
    Condition,
    Conflict,
    Dependency,
    License,
    VersionLine,
)
from spack_pypi.recipe.read_back import ReadBackError, read_back_edit
from spack_pypi.recipe.text_edits import Uneditable
from tests.recipe.persons import RECIPE, SAME, changed, edited


@pytest.mark.parametrize(
    "text, reason",
    [
        ("class", "not Python"),
        ("x = 1\n", "no class"),
    ],
)
def test_what_is_no_recipe(text: str, reason: str) -> None:
    with pytest.raises(Uneditable, match=reason):
        RecipeText(text)


def test_versions_in_a_loop_are_a_persons_program() -> None:
    text = "class A(P):\n    for v in VERSIONS:\n        version(v, sha256=S[v])\n"
    with pytest.raises(Uneditable, match="plain version"):
        RecipeText(text).edited(Changes([VersionLine("2.0", "c")]))


def test_a_comment_between_arguments_is_never_lost() -> None:
    text = RECIPE.replace(
        'depends_on("py-setuptools@:68", type="build")',
        'depends_on(\n        "py-setuptools@:68",  # see issue 1\n        type="build",\n    )',
    )
    with pytest.raises(Uneditable, match="comment"):
        edited(text, v2_1=changed(x=Dependency("py-setuptools", "77:", types=BUILD)))


@pytest.mark.parametrize("before", ["", "# form\x0cfeed, and \u2028 of Unicode\n"])
def test_a_comment_beside_a_line_that_goes_is_never_lost(before: str) -> None:
    """Python's lines end with a line feed only."""
    text = f'{before}class A(P):\n    version("1")\n    depends_on("py-a")  # see issue 1\n'
    with pytest.raises(Uneditable, match="comment"):
        RecipeText(text).edited(Changes(removed={0: "py-a"}))


def test_the_ends_of_lines_stay() -> None:
    line = VersionLine("2.1", "c")
    windows = RecipeText(RECIPE.replace("\n", "\r\n")).edited(Changes([line], ends={0: ":2.0"}))
    assert windows.count("\r\n") == windows.count("\n")
    assert windows.replace("\r\n", "\n") == RecipeText(RECIPE).edited(
        Changes([line], ends={0: ":2.0"})
    )


def test_new_lines_follow_the_order_of_keywords_and_stand_beside_their_package() -> None:
    text = RECIPE.replace(
        'when="+fast", type=("build", "run")', 'type=("build", "run"), when="+fast"'
    )
    found = edited(text, v2_1=[*SAME, Dependency("py-speed", "2:", types=BUILD)])
    assert found == [
        '+    version("2.1", sha256="c")',
        '+    depends_on("py-speed@2:", type="build", when="@2.1:")',
    ]


def test_what_is_read() -> None:
    stated = {line.dependency.spec: line.dependency for line in RecipeText(RECIPE).stated}
    assert stated["py-six"].when == Condition(versions=":1.5")
    assert stated["py-six"].types == BUILD_RUN
    assert stated["zlib"].types == ("build", "link")
    assert stated["py-speed"].when == Condition(variants=("+fast",))
    assert stated["c"].when == ALWAYS


def test_blocks_of_two_are_read_and_edited() -> None:
    block = 'with default_args(type=("build", "run")):'
    text = RECIPE.replace(block, 'with when("@1:"), default_args(type=("build", "run")):')
    stated = {line.dependency.spec: line for line in RecipeText(text).stated}
    assert stated["py-six"].dependency.types == BUILD_RUN
    assert stated["py-six"].within == ("1:",)
    assert edited(text, v2_1=changed(new=Dependency("py-attrs", "18:"))) == [
        '+    version("2.1", sha256="c")',
        '-        depends_on("py-attrs@19:")',
        '+        depends_on("py-attrs@18:", when="@2.1:")',
        '+        depends_on("py-attrs@19:", when="@:2.0")',
    ]


SPOILED = [
    ("a method lost", lambda text: text.replace('os.listdir(".")', "pass")),
    ("a line lost", lambda text: text.replace('    depends_on("zlib")\n', "")),
    ("a line more", lambda text: text.replace("    @run_after", "    evil()\n\n    @run_after")),
    ("a class changed", lambda text: text.replace("(PythonPackage)", "(Evil)")),
    ("another hash", lambda text: text.replace('"2.1", sha256="c"', '"2.1", sha256="d"')),
]


@pytest.mark.parametrize("spoil", [row[1] for row in SPOILED], ids=[row[0] for row in SPOILED])
def test_an_edit_is_read_back(spoil: Callable[[str], str]) -> None:
    line = VersionLine("2.1", "c")
    changed = RecipeText(RECIPE).edited(Changes([line]))
    read_back_edit(RECIPE, changed, Changes([line]))
    assert spoil(changed) != changed
    with pytest.raises(ReadBackError):
        read_back_edit(RECIPE, spoil(changed), Changes([line]))


#: Texts that builtin and the index have for versions, and branches, in Spack's own order
#: (`tests/spack/test_model.py` asks Spack).
ORDERED = (
    *("dev-build", "1.0", "1.0.post1", "1.0.0", "1.0.1", "1.9", "1.10", "2.0alpha1"),
    *("2.0alpha2", "2.0beta1", "2.0-beta2", "2.0rc", "2.0rc1", "2.0rc10", "2.0", "2.0a1"),
    *("2.0dev", "2.0.post2", "2.0.1", "2.0_2", "2024.01.02", "20240102", "stable", "master"),
    *("main", "develop"),
)


@given(st.data())
def test_new_versions_are_put_where_spack_orders_them(data: st.DataObject) -> None:
    """In whatever order they come, together or one after the other, beside any that is there."""
    new = data.draw(st.permutations(ORDERED))
    there, new = new[:1], new[1 : data.draw(st.integers(2, len(ORDERED)))]
    text = f'class PyX(PythonPackage):\n    version("{there[0]}", sha256="0")\n'
    lines = [VersionLine(version, "0") for version in new]
    together = RecipeText(text).edited(Changes(lines))
    one_by_one = text
    for line in lines:
        one_by_one = RecipeText(one_by_one).edited(Changes([line]))
    assert together == one_by_one
    expected = [version for version in reversed(ORDERED) if version in {*there, *new}]
    assert RecipeText(together).versions == tuple(expected)


SPECS = {
    "py-a": ("py-a", "", ()),
    "py-a@1:2": ("py-a", "1:2", ()),
    "py-a@1:+x~y": ("py-a", "1:", ("+x", "~y")),
    "py-a@1: +x": ("py-a", "1:", ("+x",)),
    "py-a+x@1:": ("py-a", "1:", ("+x",)),
    "py-a +x@1:": ("py-a", "1:", ("+x",)),
    "py-a+x@1:~y": ("py-a", "1:", ("+x", "~y")),
}


@pytest.mark.parametrize("spec, expected", SPECS.items())
def test_how_people_write_a_dependency(spec: str, expected: tuple[str, str, tuple[str]]) -> None:
    text = f'class PyX(PythonPackage):\n    version("1", sha256="0")\n    depends_on("{spec}")\n'
    (stated,) = RecipeText(text).stated
    found = stated.dependency
    assert (found.package, found.versions, found.variants) == expected


def test_the_first_dependency_stands_below_an_older_version() -> None:
    """Both go below the last line of a recipe that has nothing but versions."""
    text = 'class PyX(PythonPackage):\n    version("2.0", sha256="a")\n'
    dependency = Dependency("py-a", when=Condition(versions=":1"))
    new = RecipeText(text).edited(Changes([VersionLine("1.0", "b")], dependencies=[dependency]))
    assert new == text + (
        '    version("1.0", sha256="b")\n'
        "\n"
        '    depends_on("py-a", when="@:1", type=("build", "run"))\n'
    )


def test_the_first_dependencies_stand_together() -> None:
    """All others stand under conditions of blocks."""
    text = (
        "class PyX(PythonPackage):\n"
        '    version("2.0", sha256="a")\n'
        "\n"
        '    with when("@:1"):\n'
        '        depends_on("py-a")\n'
    )
    new = [
        Dependency("py-b", types=("build",), when=Condition(versions="2:")),
        Dependency("py-a", when=Condition(versions="2:")),
    ]
    assert RecipeText(text).edited(Changes(dependencies=new)) == text.replace(
        '"a")\n',
        '"a")\n'
        "\n"
        '    depends_on("py-b", when="@2:", type="build")\n'
        '    depends_on("py-a", when="@2:", type=("build", "run"))\n',
    )


LICENSED = RECIPE.replace(
    '    version("2.0"', '    license("MIT", checked_by="someone")\n\n    version("2.0"', 1
)


def test_a_licence_ends_and_another_begins() -> None:
    """Who checked the old one stays; the new one stands above."""
    changes = Changes(licenses=[License("ISC", Condition(versions="3:"))], license_ends={0: ":2"})
    recipe = RecipeText(LICENSED)
    assert recipe.licenses == [License("MIT")]
    text = recipe.edited(changes)
    assert text == LICENSED.replace(
        '    license("MIT", checked_by="someone")\n',
        '    license("ISC", when="@3:")\n    license("MIT", when="@:2", checked_by="someone")\n',
    )
    read_back_edit(LICENSED, text, changes)
    for spoilt in (text.replace("ISC", "0BSD"), text.replace("MIT", "X11")):
        with pytest.raises(ReadBackError, match="licences"):
            read_back_edit(LICENSED, spoilt, changes)


CONFLICT = '    conflicts("+x", when="@2:")\n'
#: (how a class ends, and with a conflict)
ENDS = [
    ("    done()\n", f"    done()\n\n{CONFLICT}"),
    (CONFLICT.replace("x", "y"), CONFLICT.replace("x", "y") + CONFLICT),
    # a comment that ends a block stays in it; one below it is about what follows
    (
        '    with when("+x"):\n        a()\n\n        # not yet: b()\n\n    # more\n    c = 1\n',
        '    with when("+x"):\n        a()\n\n        # not yet: b()\n'
        f"\n{CONFLICT}\n    # more\n    c = 1\n",
    ),
]


@pytest.mark.parametrize(("end", "expected"), ENDS)
def test_conflicts_stand_at_the_end_by_themselves(end: str, expected: str) -> None:
    before = f"class PyX(PythonPackage):\n{end}"
    changes = Changes(conflicts=[Conflict("+x", Condition(versions="2:"))])
    after = RecipeText(before).edited(changes)
    assert after == f"class PyX(PythonPackage):\n{expected}"
    read_back_edit(before, after, changes)


MACHINES = """class PyX(PythonPackage):
    pypi = "x/x-1.0.tar.gz"
{above}
    if sys.platform == "linux":{rest}
    depends_on("py-setuptools", type="build")
"""
LISTED = """
        version("1.0", sha256="0", url="https://x.example/x.whl")
    elif sys.platform == "darwin":
        version("1.0", sha256="1", url="https://x.example/y.whl")
"""


@pytest.mark.parametrize("comment", ["", "\n    # wheels"])
def test_the_first_version_for_all_machines_stands_above_the_others(comment: str) -> None:
    text = MACHINES.replace("{rest}", LISTED).replace("{above}", comment)
    changes = Changes(versions=[VersionLine("2.0", "f")])
    edited = RecipeText(text).edited(changes)
    above = '\n    version("2.0", sha256="f")\n' + (comment or "")
    assert edited == MACHINES.replace("{rest}", LISTED).replace("{above}", above)
    read_back_edit(text, edited, changes)


def test_an_if_without_versions_is_no_place_for_one() -> None:
    text = MACHINES.replace("{rest}", "\n        pass\n").replace("{above}", "")
    with pytest.raises(Uneditable, match="no plain version line"):
        RecipeText(text).edited(Changes(versions=[VersionLine("2.0", "f")]))

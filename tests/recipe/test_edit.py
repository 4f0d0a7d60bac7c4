"""A recipe that a person wrote gets a new version: what changes, and that nothing else does."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spack_pypi.recipe.edit import RecipeText
from spack_pypi.recipe.model import (
    ALWAYS,
    BUILD,
    BUILD_RUN,
    Condition,
    Dependency,
    DependencyLine,
    VersionLine,
)
from spack_pypi.recipe.read_back import ReadBackError, read_back_edit
from spack_pypi.recipe.text_edits import Uneditable
from spack_pypi.translate.merge import merge
from spack_pypi.translate.revise import revise
from spack_pypi.translate.versions import Inexpressible

RECIPE = '''\
# A header
import os

from spack.package import *


class PyX(PythonPackage):
    """A summary."""

    homepage = "https://x.example"
    pypi = "x/x-1.0.tar.gz"

    maintainers("someone")  # as ever

    version("main", branch="main")
    version("2.0", sha256="b" * 64)
    # the last one for Python 2
    version("1.0", sha256="a")

    variant("fast", default=True, description="Be fast")

    depends_on("c", type="build")  # generated
    depends_on("py-setuptools@:68", type="build")

    with default_args(type=("build", "run")):
        depends_on("python@3.6:", when="@2:")
        depends_on("py-attrs@19:")
        depends_on("py-six", when="@:1.5")
        depends_on("py-tomli@1:", when="^python@:3.10")
    depends_on("py-old", type=("build", "run"), when="@1:")
    depends_on("py-speed", when="+fast", type=("build", "run"))
    depends_on("zlib")

    for v in ("1", "2"):
        depends_on(f"py-z@{v}", when=f"@{v}")

    @run_after("install")
    def check(self):
        os.listdir(".")
'''


def explained(stated: Sequence[DependencyLine]) -> list[Dependency]:
    """Older metadata that asked for all that a recipe does, as far as metadata can."""
    return [line.dependency for line in stated if line.dependency.package.startswith("py")]


def edited(text: str, **asked: Sequence[Dependency]) -> list[str]:
    """The changed lines, as a diff without context, for new versions (``v2_1``: 2.1)."""
    recipe = RecipeText(text)
    new = {name[1:].replace("_", "."): lines for name, lines in asked.items()}
    new = dict(sorted(new.items(), reverse=True))
    known = [v for v in recipe.versions if v[0].isdigit()]
    revision = revise(recipe.stated, known, new, dict.fromkeys(new, explained(recipe.stated)))
    versions = sorted({*known, *new}, reverse=True)
    added = merge(versions, [revision.added.get(v, ()) for v in versions])
    lines = [VersionLine(version, "c") for version in new]
    changed = recipe.edited(lines, added, revision.ends)
    read_back_edit(text, changed, lines, added, len(revision.ends))
    diff = difflib.unified_diff(text.splitlines(), changed.splitlines(), lineterm="", n=0)
    return [line for line in list(diff)[2:] if not line.startswith("@@")]


#: What the person's recipe asks of its newest version, so that nothing has to change for it.
SAME = [
    Dependency("c", types=BUILD),
    Dependency("py-setuptools", ":68", types=BUILD),
    Dependency("python", "3.6:"),
    Dependency("py-attrs", "19:"),
    Dependency("py-tomli", "1:", when=Condition(python=":3.10")),
    Dependency("py-old"),
]


def changed(**lines: Dependency) -> list[Dependency]:
    """`SAME` with other lines in place of those of a package."""
    replaced = {line.package: line for line in lines.values()}
    return [replaced.pop(line.package, line) for line in SAME] + list(replaced.values())


def test_an_unchanged_release_is_one_line() -> None:
    assert edited(RECIPE, v2_1=SAME) == ['+    version("2.1", sha256="c")']


def test_versions_are_put_in_order_below_branches() -> None:
    old = [line for line in SAME if line.package != "python"]
    assert edited(RECIPE, v3_0=SAME, v1_5=[*old, Dependency("py-six")]) == [
        '+    version("3.0", sha256="c")',
        '+    version("1.5", sha256="c")',
    ]
    text = RecipeText(RECIPE).edited([VersionLine("3.0", "c")], (), {})
    assert text.index('"main"') < text.index('"3.0"') < text.index('"2.0"')


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
        '+    depends_on("py-old", type=("build", "run"), when="@1:1.0,2:")',
    ]


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
        RecipeText(text).edited([VersionLine("2.0", "c")], (), {})


def test_a_comment_between_arguments_is_never_lost() -> None:
    text = RECIPE.replace(
        'depends_on("py-setuptools@:68", type="build")',
        'depends_on(\n        "py-setuptools@:68",  # see issue 1\n        type="build",\n    )',
    )
    with pytest.raises(Uneditable, match="comment"):
        edited(text, v2_1=changed(x=Dependency("py-setuptools", "77:", types=BUILD)))


def test_an_inherited_line_cannot_end() -> None:
    from dataclasses import replace

    stated = [replace(line, fixed=True) for line in RecipeText(RECIPE).stated]
    with pytest.raises(Inexpressible, match="py-setuptools@:68"):
        new: Mapping[str, Sequence[Dependency]] = {
            "2.1": changed(x=Dependency("py-setuptools", "77:", types=BUILD))
        }
        revise(stated, ["1.0", "2.0"], new, {"2.1": explained(stated)})


#: cmake of the recipe, what the release says of it → whether the line ends before it
TOOLS = [
    ("3.16:", "", False),
    ("3.16:", "3.20:", False),
    (":3", "4:", True),
    ("3.16:3", ":4", False),
]


@pytest.mark.parametrize("told, declared, ends", TOOLS)
def test_what_a_person_knows_of_a_tool_stays_where_it_can(
    told: str, declared: str, ends: bool
) -> None:
    text = RECIPE.replace('"zlib"', f'"cmake@{told}"')
    lines = edited(text, v2_1=[*SAME, Dependency("cmake", declared, types=BUILD)])
    assert any(line.startswith("-") for line in lines) == ends


def test_what_tests_need_no_metadata_tells() -> None:
    text = RECIPE.replace('depends_on("zlib")', 'depends_on("py-pytest@7:", type="test")')
    assert edited(text, v2_1=SAME) == ['+    version("2.1", sha256="c")']


def test_a_release_that_does_not_tell_what_it_requires_keeps_what_there_is() -> None:
    """No metadata is not the same as no dependencies; how it is built is known all the same."""
    asked = {"2.1": [Dependency("c", types=BUILD), Dependency("py-hatchling", types=BUILD)]}
    stated = RecipeText(RECIPE).stated
    specs = [line.dependency.spec for line in stated]
    before = {"2.1": explained(stated)}
    known = revise(stated, ["1.0", "2.0"], asked, before).ends
    unknown = revise(stated, ["1.0", "2.0"], asked, before, unknown={"2.1"}).ends
    assert {specs[number] for number in unknown} == {"py-setuptools@:68"}
    assert {specs[number] for number in known} > {"py-attrs@19:", "py-old"}


def test_the_ends_of_lines_stay() -> None:
    line = VersionLine("2.1", "c")
    windows = RecipeText(RECIPE.replace("\n", "\r\n")).edited([line], (), {0: ":2.0"})
    assert windows.count("\r\n") == windows.count("\n")
    assert windows.replace("\r\n", "\n") == RecipeText(RECIPE).edited([line], (), {0: ":2.0"})


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
        '+        depends_on("py-attrs@19:", when="@:2.0")',
        '+    depends_on("py-attrs@18:", when="@2.1:", type=("build", "run"))',
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
    changed = RecipeText(RECIPE).edited([line], (), {})
    read_back_edit(RECIPE, changed, [line], (), 0)
    assert spoil(changed) != changed
    with pytest.raises(ReadBackError):
        read_back_edit(RECIPE, spoil(changed), [line], (), 0)


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
    together = RecipeText(text).edited(lines, (), {})
    one_by_one = text
    for line in lines:
        one_by_one = RecipeText(one_by_one).edited([line], (), {})
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

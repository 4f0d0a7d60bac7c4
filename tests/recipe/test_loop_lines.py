"""Loops over literals: what they state is what Python would do, and they can be written out."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spack_pypi.recipe.edit import RecipeText
from spack_pypi.recipe.loop_lines import written_out
from spack_pypi.recipe.text_edits import Uneditable

HEAD = 'class PyX(PythonPackage):\n    version("2.0", sha256="0")\n'


def stated(body: str) -> list[str]:
    """The dependencies that a recipe with this body states, as text."""
    lines = RecipeText(HEAD + body).stated
    return [f"{line.dependency.spec} when {line.dependency.when}".strip() for line in lines]


#: (loop, what it states)
LOOPS = [
    ('    for p in ["linux", "darwin"]:\n        depends_on("py-a@1:", when=f"platform={p}")\n',
     ["py-a@1: when platform=linux", "py-a@1: when platform=darwin"]),
    # pairs, and names of literals
    ('    pairs = [("1", "2.0:"), ("0.9", ":1")]\n    for a, v in pairs:\n'
     '        depends_on(f"py-a@{a}:", when=f"@{v}")\n',
     ["py-a@1: when @2.0:", "py-a@0.9: when @:1"]),
    ('    for a, v in {"py-a": "1", "py-b": "2"}.items():\n        depends_on(a + "@" + v)\n',
     ["py-a@1 when", "py-b@2 when"]),
    ('    for a in {"py-a": 1}:\n        depends_on(a)\n', ["py-a when"]),
    # numbers
    ('    for n in range(1, 3):\n        depends_on("py-a@0.{}:".format(n), when=f"@2.{n}")\n',
     ["py-a@0.1: when @2.1", "py-a@0.2: when @2.2"]),
    # blocks, in and around
    ('    with default_args(type="run"):\n        for p in ("linux",):\n'
     '            with when("platform=" + p):\n                depends_on("py-a", when="@2:")\n',
     ["py-a when @2: platform=linux"]),
    ('    for a in ["1"]:\n        for b in ["2", "3"]:\n'
     '            depends_on(f"py-a@{a}.{b}")\n',
     ["py-a@1.2 when", "py-a@1.3 when"]),
    # what is computed otherwise is not read
    ('    for v in Other.versions:\n        depends_on(f"py-a@{v}")\n', []),
    ('    for v in ["1"]:\n        if v:\n            depends_on("py-a")\n', []),
    ('    for v in ["1"]:\n        w = v\n        depends_on(f"py-a@{w}")\n', []),
    ('    for v in ["1"]:\n        depends_on(f"py-a@{v!r}")\n', []),
    ('    for a, b in ["12"]:\n        depends_on(f"py-a@{a}")\n', []),
    ('    for v in ["1"]:\n        pass\n    else:\n        depends_on("py-a")\n', []),
    ('    for n in range(10 ** 9):\n        depends_on("py-a")\n', []),
    ('    for n in range(100000000):\n        depends_on("py-a")\n', []),
    ('    v = ["1"]\n    v = ["2"]\n    for a in v:\n        depends_on(f"py-a@{a}")\n', []),
]  # fmt: skip


@pytest.mark.parametrize("body, expected", LOOPS)
def test_what_a_loop_states(body: str, expected: list[str]) -> None:
    assert stated(body) == expected


texts = st.sampled_from(["1", "2.0", "linux", "py-a", ""])
items = st.lists(st.tuples(texts, texts), max_size=3)
uses = st.sampled_from(['f"x@{a}.{b}"', '"x@" + a', '"x@{}".format(b)', '"x@{1}{0}".format(a, b)'])


@given(items=items, spec=uses, when=uses)
def test_the_same_as_python_does(items: list[tuple[str, str]], spec: str, when: str) -> None:
    loop = f"for a, b in {items}:\n    depends_on({spec}, when={when})\n"
    done: list[tuple[str, str]] = []

    def depends_on(spec: str, when: str) -> None:
        done.append((spec, when))

    exec(loop, {"depends_on": depends_on})
    (statement,) = ast.parse(loop).body
    assert isinstance(statement, ast.For)
    calls: list[Any] = [
        made.value for made in written_out(statement, {}) if isinstance(made, ast.Expr)
    ]
    assert [(c.args[0].value, c.keywords[0].value.value) for c in calls] == done


def test_a_loop_is_written_out() -> None:
    loop = (
        '    for p in ["linux", "darwin"]:\n'
        '        depends_on("py-a@:20", type=("build", "run"), when=f"platform={p}")\n'
    )
    after = '    depends_on("py-b")\n'
    assert RecipeText(HEAD + loop + after).without_loops({3: {0}}) == (
        HEAD + '    depends_on("py-a@:20", type=("build", "run"), when="platform=linux")\n'
        '    depends_on("py-a@:20", type=("build", "run"), when="platform=darwin")\n' + after
    )


PAIRS = [f'        ("@1.{n}", "@{n}"),\n' for n in range(9)]
WITH_PAIRS = '    for mine, its in pairs:\n        depends_on(f"py-a{its}", when=mine)\n'


def with_pairs(pairs: Iterable[str], loop: str = WITH_PAIRS) -> str:
    return HEAD + "    pairs = [\n" + "".join(pairs) + "    ]\n" + loop


@pytest.mark.parametrize("number", [0, 4, 8])
def test_of_a_long_loop_only_the_item_that_changes_is_written_out(number: int) -> None:
    found = RecipeText(with_pairs(PAIRS)).without_loops({14: {number}})
    alone = f'    depends_on("py-a@{number}", when="@1.{number}")\n'
    assert found == with_pairs([*PAIRS[:number], *PAIRS[number + 1 :]]) + alone


def test_items_of_a_loop_of_its_own_list_in_a_block() -> None:
    loop = (
        '    with default_args(type="run"):\n        for n in (\n'
        + "".join(f'            "{n}",\n' for n in range(9))
        + '        ):\n            depends_on(f"py-a@{n}")\n'
    )
    assert (
        RecipeText(HEAD + loop).without_loops({4: {0, 8}})
        == HEAD
        + loop.replace('            "0",\n', "").replace('            "8",\n', "")
        + '        depends_on("py-a@0")\n        depends_on("py-a@8")\n'
    )


#: (what is wrong with a long loop, the text)
LONG = [
    ("items on one line", with_pairs(["        " + "".join(p.strip() for p in PAIRS) + "\n"])),
    ("another loop has the same items", with_pairs(PAIRS, WITH_PAIRS * 2)),
    ("an item makes two lines", with_pairs(PAIRS, WITH_PAIRS + '        depends_on("py-b")\n')),
    ("a comment would be lost", with_pairs([*PAIRS[:-1], PAIRS[-1][:-1] + "  # why\n"])),
]


@pytest.mark.parametrize("text", [text for _, text in LONG], ids=[why for why, _ in LONG])
def test_a_long_loop_that_is_left_to_a_person(text: str) -> None:
    recipe = RecipeText(text)
    line = recipe.stated[-1].loop
    with pytest.raises(Uneditable, match="write these out|comment"):
        recipe.without_loops({line: {8}})


#: (loop, why it is not written out)
REFUSED = [
    ('    for n in range(20):\n        depends_on(f"py-a@{n}")\n', "states 20 dependencies"),
    ('    for n in range(2):\n        provides(f"a@{n}")\n        depends_on(f"py-a@{n}")\n',
     "holds more than dependencies"),
    ('    for n in range(2):\n        depends_on(f"py-a@{n}", when=other)\n'
     '        depends_on(f"py-a@{n}")\n', "computes what it states"),
    ('    for n in range(2):  # both\n        # a reason\n        depends_on(f"py-a@{n}")\n',
     "comment"),
]  # fmt: skip


@pytest.mark.parametrize("loop, reason", REFUSED)
def test_a_loop_that_is_left_to_a_person(loop: str, reason: str) -> None:
    with pytest.raises(Uneditable, match=reason):
        RecipeText(HEAD + loop).without_loops({3: {1}})


def test_nothing_is_added_in_a_loop_nor_taken_for_the_recipes_own() -> None:
    loop = (
        '    for v in ["1.0"]:\n        version(v, sha256="1")\n        depends_on(f"py-a@{v}")\n'
    )
    recipe = RecipeText(HEAD + loop)
    assert recipe.versions == ("2.0",)
    assert [(line.fixed, line.loop) for line in recipe.stated] == [(True, 3)]

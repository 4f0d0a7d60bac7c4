"""Loops over versions: what an item more would declare, and how it is added."""

from __future__ import annotations

import pytest

from spack_pypi.recipe.edit import RecipeText
from spack_pypi.recipe.loops import next_items
from spack_pypi.recipe.model import Changes, LoopItem
from spack_pypi.recipe.read_back import ReadBackError, read_back_edit

HEAD = 'class PyX(PythonPackage):\n    version("2.0", sha256="0")\n\n'

#: (loop, the new version, what its item declares; None for a loop that gets none). The version
#: before is 2.0.
LOOPS = [
    ('for v in ["2.0", "1.0"]:\n        depends_on(f"x@{v}", when=f"@{v}", type="build")',
     "2.1", ["depends_on x@2.1"]),
    ('for v in ("1.0", "2.0"):\n        provides("x@" + v, when="@=" + v)',
     "2.1", ["provides x@2.1"]),
    ('for v in ["2.0"]:\n        depends_on("x@" + v, when="@" + v)\n'
     '        depends_on(f"y@{v}", when=f"@{v}")',
     "2.1", ["depends_on x@2.1", "depends_on y@2.1"]),
    # with other conditions
    ('for v in ["2.0"]:\n        depends_on(f"x+mpi@{v}", when=f"@{v}+mpi")', "2.1",
     ["depends_on x+mpi@2.1"]),
    ('for v in ["2.0"]:\n        depends_on(f"x@{v}", when=f"@{v} %gcc")', "2.1", None),
    # with their sign
    ('for v in ("@1.0", "@2.0"):\n        depends_on("x" + v, when=v)', "2.1",
     ["depends_on x@2.1"]),
    ('for v in ("@2.1", "@2.0"):\n        depends_on("x" + v, when=v)', "2.1", None),
    ('for v in ("@2.0",):\n        depends_on("x" + v, when=v + ":")', "2.1", None),
    # with a name
    ('versions = ["@2.0", "@1.0"]\n    for v in versions:\n        depends_on("x" + v, when=v)',
     "2.1", ["depends_on x@2.1"]),
    ('versions = ["2.0"]\n    newest = versions[0]\n    for v in versions:\n'
     '        depends_on(f"x@{v}", when=f"@{v}")', "2.1", None),
    ('versions = ["2.0"]\n    versions = ["2.0", "1.0"]\n    for v in versions:\n'
     '        depends_on(f"x@{v}", when=f"@{v}")', "2.1", None),
    # series
    ('for v in ["2", "1"]:\n        depends_on(f"x@{v}", when=f"@{v}")', "3.1.4",
     ["depends_on x@3"]),
    ('for v in ["2.0", "2"]:\n        depends_on(f"x@{v}", when=f"@{v}")', "3.1.4",
     ["depends_on x@3.1"]),
    ('for v in ["2", "1"]:\n        depends_on(f"x@{v}", when=f"@{v}")', "2.1", None),
    # formatted
    ('for v in ["2.0"]:\n        depends_on("x@{}".format(v), when="@{0}".format(v))', "2.1",
     ["depends_on x@2.1"]),
    ('for v in ["2.0"]:\n        depends_on("x@{:}".format(v), when="@{0}".format(v))',
     "2.1", None),
    ('for v in ["2.0"]:\n        depends_on("x@{1}".format(v), when="@{0}".format(v))',
     "2.1", None),
    ('for v in ["2.0"]:\n        depends_on("x@{}{0}".format(v), when="@{}".format(v))',
     "2.1", None),
    ('for v in ["2.0"]:\n        depends_on("x@{a}".format(a=v), when="@{}".format(v))',
     "2.1", None),
    ('for v in range(1):\n        depends_on("x@3{}".format(v), when="@2.{}".format(v))', "2.1",
     ["depends_on x@31"]),
    # a number of it
    ('for v in range(1):\n        depends_on(f"x@3{v}", when=f"@2.{v}")', "2.1",
     ["depends_on x@31"]),
    ('for v in range(0, 1):\n        depends_on(f"x@3{v}", when=f"@2.{v}")', "2.1.4",
     ["depends_on x@31"]),
    ('for v in range(0, 1):\n        depends_on(f"x@3{v}", when=f"@2.{v}")', "2.2", None),
    ('for v in range(1, 2):\n        depends_on(f"x@3{v}", when=f"@2.{v}")', "2.2", None),
    ('for v in range(0, 1):\n        depends_on(f"x@3{v}", when=f"@2.{v}:")', "2.1", None),
    ('for v in range(0, 1, 1):\n        depends_on(f"x@3{v}", when=f"@2.{v}")', "2.1", None),
    ('for v in range():\n        depends_on(f"x@3{v}", when=f"@2.{v}")', "2.1", None),
    ('for v in range(0, N):\n        depends_on(f"x@3{v}", when=f"@2.{v}")', "2.1", None),
    ('for v in range(0, 1):\n        depends_on(f"x@3{v}", when="@2")', "2.1", None),
    ('for v in range(0, 1):\n        depends_on("x@3" + v, when=f"@2.{v}")', "2.1", None),
    # in a block
    ('with default_args(type="build"):\n        for v in ["2.0"]:\n'
     '            depends_on(f"x@{v}", when=f"@{v}")', "2.1", ["depends_on x@2.1"]),
    # the version before is not there, or the new one is
    ('for v in ["1.0"]:\n        depends_on(f"x@{v}", when=f"@{v}")', "2.1", None),
    ('for v in ["2.1", "2.0"]:\n        depends_on(f"x@{v}", when=f"@{v}")', "2.1", None),
    # it would not be about this version alone
    ('for v in ["2.0"]:\n        depends_on(f"x@{v}", when=f"@{v}:")', "2.1", None),
    ('for v in ["2.0"]:\n        depends_on(f"x@{v}")', "2.1", None),
    # not plain
    ('for v in VERSIONS:\n        depends_on(f"x@{v}", when=f"@{v}")', "2.1", None),
    ('for v in ["2.0", OLD]:\n        depends_on(f"x@{v}", when=f"@{v}")', "2.1", None),
    ('for v in ["2.0"]:\n        depends_on(f"x@{v!r}", when=f"@{v}")', "2.1", None),
    ('for v in ["2.0"]:\n        depends_on(name(v), when=f"@{v}")', "2.1", None),
    ('for v in ["2.0"]:\n        print(v)', "2.1", None),
    ('for v in ["2.0"]:\n        if v:\n            depends_on(f"x@{v}", when=f"@{v}")', "2.1",
     None),
]  # fmt: skip


@pytest.mark.parametrize("loop, version, expected", LOOPS)
def test_what_an_item_would_declare(loop: str, version: str, expected: list[str] | None) -> None:
    recipe = RecipeText(f"{HEAD}    {loop}\n")
    found = [
        f"{each.name} {each.first}"
        for _, declared in next_items(recipe.module, recipe.body, version, "2.0")
        for each in declared
    ]
    assert found == (expected or [])


#: (the head of a loop, the same with 2.1).
HEADS = [
    ('["2.0", "1.0"]', '["2.1", "2.0", "1.0"]'),
    ('("1.0", "2.0")', '("1.0", "2.0", "2.1")'),
    ('["2.0"]', '["2.0", "2.1"]'),
    ('["main", "2.0", "1.0"]', '["main", "2.1", "2.0", "1.0"]'),
    ('[\n        "2.0",\n        "1.0",\n    ]',
     '[\n        "2.1",\n        "2.0",\n        "1.0",\n    ]'),
    ('[\n        "1.0",\n        "2.0",  # new\n    ]',
     '[\n        "1.0",\n        "2.0",\n        "2.1",  # new\n    ]'),
]  # fmt: skip


def with_next(text: str, version: str = "2.1") -> tuple[Changes, str]:
    """What a recipe gets with one more version, by an item of its one loop, and its text then."""
    recipe = RecipeText(text)
    ((item, _),) = next_items(recipe.module, recipe.body, version, "2.0")
    changes = Changes(items=[item])
    return changes, recipe.edited(changes)


def test_a_line_that_gets_too_long_is_wrapped() -> None:
    texts = [f'"1.{number}.0"' for number in range(9)]
    before = ", ".join(['"2.0"', *texts[::-1]])
    loop = "for v in [{}]:\n        depends_on(f'x@{{v}}', when=f'@{{v}}')"
    text = f"{HEAD}    {loop.format(before)}\n"
    changes, edited = with_next(text)
    wrapped = "".join(f"\n        {each}," for each in ('"2.1"', '"2.0"', *texts[::-1]))
    assert edited == text.replace(before, f"{wrapped}\n    ")
    read_back_edit(text, edited, changes)


#: (a table, with the loop over it; the same with 2.1, or None where it gets no item).
TABLES = [
    ('VERSIONS = {\n    "2.0": "00",\n    "1.0": "aa",\n}',
     'VERSIONS = {\n    "2.1": "ff",\n    "2.0": "00",\n    "1.0": "aa",\n}'),
    ('VERSIONS = {\n    "1.0": "aa",\n    "2.0": "00",\n}',
     'VERSIONS = {\n    "1.0": "aa",\n    "2.0": "00",\n    "2.1": "ff",\n}'),
    ('VERSIONS = {"2.0": "00"}', 'VERSIONS = {"2.0": "00", "2.1": "ff"}'),
    ('VERSIONS = {"2": "00", "1": "aa"}', None),  # not for the version before
    ('VERSIONS = {"2.1": "ff", "2.0": "00"}', None),
    ('VERSIONS = {"2.0": "00"}\nNEWEST = [*VERSIONS][0]', None),
    ('VERSIONS = {"2.0": "00", OLD: "aa"}', None),
    ('VERSIONS = {"2.0": "00", **OLD}', None),
    ('VERSIONS = [("2.0", "00")]', None),
]  # fmt: skip
TABLE_LOOP = """

class PyX(PythonPackage):
    for ver, sha in VERSIONS.items():
        version(ver, sha256=sha)
        depends_on(f"x@={ver}", when=f"@{ver}")
"""


@pytest.mark.parametrize("before, after", TABLES)
def test_a_table_gets_a_version_with_its_checksum(before: str, after: str | None) -> None:
    recipe = RecipeText(before + TABLE_LOOP)
    found = [*next_items(recipe.module, recipe.body, "2.1", "2.0", "ff")]
    if after is None:
        assert not found
        return
    ((item, declared),) = found
    assert [f"{each.name} {each.first}" for each in declared] == [
        "version 2.1",
        "depends_on x@=2.1",
    ]
    changes = Changes(items=[item])
    edited = recipe.edited(changes)
    assert edited == after + TABLE_LOOP
    read_back_edit(before + TABLE_LOOP, edited, changes)
    for spoiled in (edited.replace("ff", "fe"), edited.replace("00", "01")):
        with pytest.raises(ReadBackError):
            read_back_edit(before + TABLE_LOOP, spoiled, changes)


#: Loops over a table that say more of a version than its checksum, or less.
OTHER_LOOPS = [
    TABLE_LOOP.replace("version(ver, sha256=sha)", "version(ver, sha256=sha, url=sha)"),
    TABLE_LOOP.replace("version(ver, sha256=sha)", "version(sha, sha256=ver)"),
    TABLE_LOOP.replace("version(ver, sha256=sha)", "pass"),
    TABLE_LOOP.replace("version(ver, sha256=sha)", "provides('y', when=f'@{ver}')"),
    TABLE_LOOP.replace("VERSIONS.items()", "VERSIONS.items(1)"),
    TABLE_LOOP.replace("VERSIONS.items()", "VERSIONS"),
    TABLE_LOOP.replace("ver, sha in", "ver in"),
]


@pytest.mark.parametrize("loop", OTHER_LOOPS)
def test_other_loops_over_tables(loop: str) -> None:
    recipe = RecipeText('VERSIONS = {"2.0": "00"}' + loop)
    assert not [*next_items(recipe.module, recipe.body, "2.1", "2.0", "ff")]


def test_a_table_gets_no_version_without_its_checksum() -> None:
    recipe = RecipeText('VERSIONS = {"2.0": "00"}' + TABLE_LOOP)
    assert not [*next_items(recipe.module, recipe.body, "2.1", "2.0")]


def test_a_range_ends_later() -> None:
    loop = 'for v in range(0, 1):  # new\n        depends_on(f"x@{v}", when=f"@2.{v}")'
    text = f"{HEAD}    {loop}\n"
    changes, edited = with_next(text)
    assert edited == text.replace("range(0, 1)", "range(0, 2)")
    read_back_edit(text, edited, changes)
    with pytest.raises(ReadBackError):
        read_back_edit(text, edited.replace("range(0, 2)", "range(0, 3)"), changes)


def test_the_series_zero_is_no_end_of_a_range() -> None:
    text = f'{HEAD}    for v in ["2"]:\n        depends_on(f"x@{{v}}", when=f"@{{v}}")\n'
    changes, edited = with_next(text, "0.9")
    assert edited == text.replace('["2"]', '["2", "0"]')
    read_back_edit(text, edited, changes)


@pytest.mark.parametrize("before, after", HEADS)
def test_the_item_is_added_in_its_place(before: str, after: str) -> None:
    text = f'{HEAD}    for v in {before}:\n        depends_on(f"x@{{v}}", when=f"@{{v}}")\n'
    recipe = RecipeText(text)
    ((item, _),) = next_items(recipe.module, recipe.body, "2.1", "2.0")
    assert item == LoopItem(4, "2.0", "2.1")
    changes = Changes(items=[item])
    edited = recipe.edited(changes)
    assert edited == text.replace(before, after)
    read_back_edit(text, edited, changes)
    for spoiled in (edited.replace('"1.0"', '"1.1"'), edited.replace('"2.1"', '"2.2"')):
        if spoiled != edited:
            with pytest.raises(ReadBackError):
                read_back_edit(text, spoiled, changes)

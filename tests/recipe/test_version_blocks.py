"""Blocks for versions: which are read as such, and how they get other versions."""

from __future__ import annotations

import pytest

from spack_pypi.recipe.edit import RecipeText
from spack_pypi.recipe.model import Changes
from spack_pypi.recipe.read_back import ReadBackError, read_back_edit

HEAD = 'class PyX(PythonPackage):\n    version("1.5", sha256="a")\n\n'


def recipe(block: str, *lines: str) -> str:
    return HEAD + f"    with {block}:\n" + "".join(f"        {line}\n" for line in lines)


LINES = ('depends_on("py-x@2:")', 'depends_on("py-y", type="build")  # why')
# (the head of the block, what it holds, whether it is read as one for versions)
READ = [
    ('when("@1.5")', LINES, True),
    ('when("@1.5"), default_args(type="run")', LINES, True),
    ('when("@1.5+full")', LINES, False),
    ('when("+full")', LINES, False),
    ('default_args(type="run")', LINES, False),
    # what else it holds would get other versions, too
    ('when("@1.5")', (*LINES, 'conflicts("%gcc")'), False),
    ('when("@1.5")', (*LINES, 'depends_on("py-z", patches="fix")'), False),
]


@pytest.mark.parametrize("block, lines, expected", READ)
def test_which_blocks_are_for_versions(block: str, lines: list[str], expected: bool) -> None:
    found = {line.block for line in RecipeText(recipe(block, *lines)).stated}
    assert found == ({4} if expected else {0})


def test_a_block_in_a_block() -> None:
    inner = ('with when("@1.5"):', '    depends_on("py-x")')
    (line,) = RecipeText(recipe('default_args(type="run")', *inner)).stated
    assert line.block == 5
    text = recipe('default_args(type="run")', *inner)
    assert RecipeText(text).edited(Changes(blocks={5: "1.5:"})) == text.replace("@1.5", "@1.5:")


def test_other_versions() -> None:
    text = recipe('when("@1.5"), default_args(type="run")', *LINES)
    changes = Changes(blocks={4: "1.5:"}, ends={0: "1.5"})
    after = RecipeText(text).edited(changes)
    assert after == text.replace('"@1.5"', '"@1.5:"').replace(
        '"py-x@2:"', '"py-x@2:", when="@1.5"'
    )
    read_back_edit(text, after, changes)
    for spoiled in (after.replace("@1.5:", "@1.6:"), after.replace('type="run"', 'type="link"')):
        with pytest.raises(ReadBackError):
            read_back_edit(text, spoiled, changes)

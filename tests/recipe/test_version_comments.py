"""Comments on versions of a recipe that a new version shares."""

from __future__ import annotations

import pytest

from spack_pypi.recipe.edit import RecipeText
from spack_pypi.recipe.model import Changes, VersionLine

#: As much as a line has room for beside two versions; beside one there is room for two letters.
WHY = "what it requires is not confirmed: its only metadata is in an old sdist, which may"

# (the comments of the recipe, the new one → those that there are then)
CASES = [
    ("", "2.0: x is left out: why", "# 2.0: x is left out: why"),
    ("# 1.0: x is left out: why", "2.0: x is left out: why", "# 2.0, 1.0: x is left out: why"),
    (
        "# 1.0, 0.9: x is left out: why\n    # 1.0: z",
        "2.0: x is left out: why",
        "# 2.0, 1.0, 0.9: x is left out: why\n    # 1.0: z",
    ),
    # as many lines as it takes
    (
        f"# 1.0: {WHY} be\n    # wrong, it says",
        f"2.0: {WHY} be wrong, it says",
        f"# 2.0, 1.0: {WHY}\n    # be wrong, it says",
    ),
    # another one, or of what is no version
    ("# 1.0: y", "2.0: x", "# 2.0: x\n\n    # 1.0: y"),
    ("# see 1.0: x", "2.0: x", "# 2.0: x\n\n    # see 1.0: x"),
    ("# 1.0: x and y", "2.0: x", "# 2.0: x\n\n    # 1.0: x and y"),
    # what all versions share
    ("# x", "x", "# x"),
]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("there, new, then", CASES)
def test_one_comment_says_it(there: str, new: str, then: str, newline: str) -> None:
    def recipe(first: str, comments: str) -> str:
        below = f"\n    {comments}\n" if comments else ""
        text = f'class PyX(P):\n{first}    version("1.0")\n    version("0.9")\n{below}'
        return text.replace("\n", newline)

    version = '    version("2.0", sha256="b")\n'
    changes = Changes([VersionLine("2.0", "b")], comments=[new])
    assert RecipeText(recipe("", there)).edited(changes) == recipe(version, then)

"""Versions for single machines go into their blocks."""

from __future__ import annotations

import pytest

from spack_pypi.recipe.edit import RecipeText
from spack_pypi.recipe.model import Changes, VersionLine
from spack_pypi.recipe.read_back import read_back_edit
from spack_pypi.recipe.text_edits import Uneditable

LINUX, MAC = ("linux", "x86_64"), ("darwin", "arm64")
RECIPE = """\
import platform
import sys

from spack.package import *


class PyA(PythonPackage):
    if sys.platform == "linux" and platform.machine() == "x86_64":
        version("1.0-cp312", sha256="a", url="u")  # a person knew

    depends_on("python@3.12", when="@1.0-cp312")
"""
AFTER = """\
    if sys.platform == "linux" and platform.machine() == "x86_64":
        version("1.1-cp313", sha256="b", url="v")
        version("1.1-cp312", sha256="c", url="w")
        version("1.0-cp312", sha256="a", url="u")  # a person knew
        version("0.9-cp312", sha256="e", url="y")

    if sys.platform == "darwin" and platform.machine() == "arm64":
        version("1.1-cp312", sha256="d", url="x")

    depends_on("python@3.12", when="@1.0-cp312")
"""


def changes() -> Changes:
    new = [
        ("1.1-cp313", "b", "v", LINUX),
        ("1.1-cp312", "c", "w", LINUX),
        ("1.1-cp312", "d", "x", MAC),
        ("0.9-cp312", "e", "y", LINUX),
    ]
    return Changes(versions=[VersionLine(v, s, u, machine=at) for v, s, u, at in new])


def test_each_in_the_block_of_its_machine() -> None:
    after = RecipeText(RECIPE).edited(changes())
    assert after == RECIPE[: RECIPE.index("    if sys")] + AFTER
    read_back_edit(RECIPE, after, changes())


def test_where_there_are_none() -> None:
    plain = "class PyA(PythonPackage):\n    version('1.0', sha256='a')\n"
    with pytest.raises(Uneditable, match="it has no versions for linux x86_64"):
        RecipeText(plain).edited(changes())


def test_what_new_blocks_need_must_be_imported() -> None:
    """py-intel-openmp of builtin only has sys."""
    text = RECIPE.replace("import platform\n", "").replace(
        'platform == "linux" and platform.machine() == "x86_64"', 'platform.startswith("linux")'
    )
    with pytest.raises(Uneditable, match="linux x86_64 need an import of platform first"):
        RecipeText(text).edited(changes())

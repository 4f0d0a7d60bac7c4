"""A recipe that a person wrote, and how new versions change it."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from spack_pypi.recipe.edit import RecipeText
from spack_pypi.recipe.model import (
    BUILD,
    Changes,
    Condition,
    Dependency,
    DependencyLine,
    VersionLine,
)
from spack_pypi.recipe.read_back import read_back_edit
from spack_pypi.translate.merge import merge
from spack_pypi.translate.revise import NewVersion, revise

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

    for v in PyZ.versions:
        depends_on(f"py-z@{v}", when=f"@{v}")

    @run_after("install")
    def check(self):
        os.listdir(".")
'''


def explained(stated: Sequence[DependencyLine]) -> list[Dependency]:
    """Older metadata that required all that a recipe does, as far as metadata can."""
    return [line.dependency for line in stated if line.dependency.package.startswith("py")]


def edited(text: str, **asked: Sequence[Dependency]) -> list[str]:
    """The changed lines, as a diff without context, for new versions (``v2_1``: 2.1)."""
    recipe = RecipeText(text)
    new = {name[1:].replace("_", "."): lines for name, lines in asked.items()}
    new = dict(sorted(new.items(), reverse=True))
    known = [v for v in recipe.versions if v[0].isdigit()]
    revision = revise(
        recipe.stated,
        known,
        {v: NewVersion(lines, explained(recipe.stated)) for v, lines in new.items()},
    )
    versions = sorted({*known, *new}, reverse=True)
    added = merge(versions, [revision.added.get(v, ()) for v in versions])
    lines = [VersionLine(version, "c") for version in new]
    edit = Changes(lines, dependencies=added, ends=revision.ends)
    changed = recipe.edited(edit)
    read_back_edit(text, changed, edit)
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

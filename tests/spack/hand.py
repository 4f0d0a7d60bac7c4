"""Recipes that a person wrote, whose projects have newer releases on the index."""

from __future__ import annotations

import difflib
import hashlib
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.conftest import Spack
from tests.index_server import IndexServer

RECIPE = '''\
from spack_repo.builtin.build_systems.python import PythonPackage

from spack.package import *


class PyHand(PythonPackage):
    """Written by hand."""

    homepage = "https://hand.example"
    pypi = "hand/hand-1.0.tar.gz"

    maintainers("someone")

    license("MIT", checked_by="someone")

    version("1.1", sha256="{new}")
    version("1.0", sha256="{old}")

    variant("fast", default=False, description="Be fast")

    depends_on("c", type="build")  # a person knew
    depends_on("py-setuptools", type="build")

    with default_args(type=("build", "run")):
        depends_on("py-attrs@19:")
        depends_on("py-six", when="@1:")
        # comes with the compiler
        depends_on("py-numpy", when="+fast")
    depends_on("zlib")

    def setup_build_environment(self, env):
        env.set("HAND", "1")
'''


def written(spack: Spack, server: IndexServer) -> Path:
    """A recipe of two releases, of which the index has three more by now."""
    index = server.served
    fast = 'numpy; extra == "fast"'
    setuptools = ["setuptools"]
    mit: dict[str, Any] = {"license_expression": "MIT"}
    apache: dict[str, Any] = {"license_expression": "Apache-2.0"}
    both: dict[str, Any] = {"extras": ["fast"], "build": setuptools}
    for version in ("1.0", "1.1", "1.1.1"):
        index.add("hand", version, "attrs>=19", "six", fast, **both, **mit)
    index.add("hand", "1.2", "attrs>=19", "six", "idna", fast, **both, **mit)
    index.add("hand", "2.0", "attrs>=23", "newcomer", fast, **both, **apache)
    index.add("newcomer", "0.1", build=setuptools)
    hashes = {name: hashlib.sha256(file).hexdigest() for name, file in index.files.items()}
    recipe = spack.repo / "packages" / "py_hand" / "package.py"
    recipe.parent.mkdir()
    text = RECIPE.replace("{new}", hashes["hand-1.1.tar.gz"])
    recipe.write_text(text.replace("{old}", hashes["hand-1.0.tar.gz"]))
    return recipe


def synced(spack: Spack, server: IndexServer, *arguments: str) -> subprocess.CompletedProcess[str]:
    return spack.run("pypi", "sync", *arguments, "--index-url", server.url)


def changed(before: str, after: str) -> list[str]:
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return [line for line in lines if line[0] in "+-" and " version(" not in line]


BASE = '''\
from spack_repo.builtin.build_systems.python import PythonPackage

from spack.package import *


class PyBase(PythonPackage):
    """What others build upon."""

    pypi = "base/base-1.0.tar.gz"

    version("1.0", sha256="0")

    depends_on("py-setuptools", type="build")
'''


def base_recipe(spack: Spack) -> Path:
    recipe = spack.repo / "packages" / "py_base" / "package.py"
    recipe.parent.mkdir()
    recipe.write_text(BASE.replace('sha256="0"', f'sha256="{"0" * 64}"'))
    return recipe


def another(
    spack: Spack, server: IndexServer, project: str, lines: str = "", requires: Sequence[str] = ()
) -> Path:
    """A recipe of 1.0, with more lines, whose project has a release 2.0."""
    server.served.add(project, "1.0", build=["setuptools"])
    server.served.add(project, "2.0", *requires, build=["setuptools"])
    recipe = spack.repo / "packages" / f"py_{project}" / "package.py"
    recipe.parent.mkdir()
    text = BASE.replace("Base", project.capitalize()).replace("base", project)
    hashed = text.replace('sha256="0"', f'sha256="{"0" * 64}"')
    recipe.write_text(hashed + lines)
    return recipe

"""Recipes that are made up, and scripts that stage them."""

from __future__ import annotations

import json
from typing import Any

from tests.conftest import Spack
from tests.spack.forks import Job

RECIPE = """\
from spack_repo.builtin.build_systems.generic import Package

from spack.package import *


class {cls}(Package):
    \"\"\"Made up.\"\"\"

    homepage = "https://made-up.example"
    url = "file:///nowhere/{name}-1.0.tar.gz"

"""
SHA256 = f', sha256="{"a" * 64}"'


def recipes(**packages: list[str]) -> dict[str, str]:
    """The texts of recipes: package (without its hyphens) to the lines of its class."""
    texts = {}
    for name, lines in packages.items():
        text = RECIPE.format(cls=name.capitalize(), name=name)
        body = "".join(f"    {line.replace('SHA256', SHA256)}\n" for line in lines)
        texts[name] = text + body
    return texts


def write(spack: Spack, **packages: list[str]) -> None:
    """Put recipes into the repo."""
    for name, text in recipes(**packages).items():
        folder = spack.repo / "packages" / name
        folder.mkdir(exist_ok=True)
        (folder / "package.py").write_text(text)


STAGED = """
import json, sys, spack.caches, spack.repo
from pathlib import Path
from spack_pypi.host.spack.host import SpackHost
from spack_pypi.host.spack.internals import index_files

host = SpackHost()
target = host.repos.target(None, None, write=True)
texts = json.loads(sys.argv[1])
"""


def staging(script: str, **packages: list[str]) -> Job:
    """A script that may stage recipes."""
    return Job(STAGED + script, arguments=[json.dumps(recipes(**packages))])


def staged(spack: Spack, script: str, **packages: list[str]) -> Any:
    """What a script says of recipes that it may stage."""
    job = staging(script, **packages)
    return spack.python(job.script, *job.arguments)

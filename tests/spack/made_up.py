"""Recipes that are made up, and scripts that stage them."""

from __future__ import annotations

import json
from typing import Any

from tests.conftest import Spack

RECIPE = """\
from spack_repo.builtin.build_systems.generic import Package

from spack.package import *


class {cls}(Package):
    \"\"\"Made up.\"\"\"

    homepage = "https://made-up.example"
    url = "file:///nowhere/{name}-1.0.tar.gz"

"""
SHA256 = f', sha256="{"a" * 64}"'


def write(spack: Spack, **packages: list[str]) -> None:
    """Put recipes into the repo: package (without its hyphens) to the lines of its class."""
    for name, lines in packages.items():
        folder = spack.repo / "packages" / name
        folder.mkdir(exist_ok=True)
        text = RECIPE.format(cls=name.capitalize(), name=name)
        body = "".join(f"    {line.replace('SHA256', SHA256)}\n" for line in lines)
        (folder / "package.py").write_text(text + body)


STAGED = """
import json, sys, spack.caches, spack.repo
from pathlib import Path
from spack_pypi.host.spack.host import SpackHost
from spack_pypi.host.spack.internals import index_files

host = SpackHost()
target = host.repos.target(None, None, write=True)
texts = json.loads(Path(sys.argv[1]).read_text())
"""


def staged(spack: Spack, script: str, **packages: list[str]) -> Any:
    """What a script says of recipes that it may stage."""
    write(spack, **packages)
    texts = {}
    for name in packages:
        file = spack.repo / "packages" / name / "package.py"
        texts[name] = file.read_text()
        file.unlink()
        file.parent.rmdir()
    (spack.folder / "texts.json").write_text(json.dumps(texts))
    return spack.python(STAGED + script, str(spack.folder / "texts.json"))

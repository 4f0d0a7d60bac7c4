"""Recipes of a repo that Spack cannot load: each is one sentence, and the others go on."""

from __future__ import annotations

import os
import shutil

import pytest

from tests.conftest import Spack
from tests.index_server import IndexServer
from tests.spack.shared import HEADER

pytestmark = pytest.mark.spack

VERSION = (
    'class Py{}(PythonPackage):\n    pypi = "{}/{}-1.tar.gz"\n    version("{}", sha256="{}")\n'
)


def test_what_cannot_be_loaded(spack: Spack, server: IndexServer) -> None:
    """Versions that Spack refuses, and a file without the class: that one breaks Spack's index of
    all recipes, too."""
    texts: dict[str, str | bytes] = {
        "slash": HEADER + VERSION.format("Slash", "slash", "slash", "../../1.0", "0" * 64),
        "digits": HEADER + VERSION.format("Digits", "digits", "digits", "9" * 5000, "0" * 64),
        "latin": b"# caf\xe9\n",
        "ended": b"import sys; sys.exit(0)\n",
        "own": HEADER + "class PyOwn(PythonPackage):\n    unknown\n",
    }
    for name, text in texts.items():
        file = spack.repo / "packages" / f"py_{name}" / "package.py"
        file.parent.mkdir()
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    names = [f"py-{name}" for name in texts]
    done = spack.run("pypi", "check", *names, "--index-url", server.url)
    assert done.returncode == 1 and "bug" not in done.stderr, done.stderr
    assert done.stdout.count("error: not checked: cannot load the recipe of py-") == 5
    # Of all recipes of the repo, too, though three of them do not say that they are of an index.
    done = spack.run("pypi", "check", "--index-url", server.url)
    assert done.returncode == 1 and "bug" not in done.stderr, done.stderr
    assert done.stdout.count("error: not checked: cannot load the recipe of py-") == 5
    pipe = spack.repo / "packages" / "py_pipe" / "package.py"
    pipe.parent.mkdir()
    os.mkfifo(pipe)
    for name in ("py-pipe", "py_own"):
        done = spack.run("pypi", "explain", name, "--index-url", server.url)
        assert done.returncode == 1, done.stderr
        assert f"cannot load the recipe of {name.replace('_', '-')}" in done.stderr
    shutil.rmtree(pipe.parent)
    done = spack.run("pypi", "explain", "py-latin", "--index-url", server.url)
    assert done.returncode == 1 and "cannot load the recipe of py-latin" in done.stderr
    script = """
import json
from spack_pypi.host.spack.host import SpackHost

repos = SpackHost().repos
from spack_pypi.errors import HostError

names = sorted(repos.recipes_in(repos.target(None, None, write=False)))
try:
    said = repos.new_package_name("latin")
except HostError as error:
    said = str(error)
print(json.dumps([names, said]))
"""
    listed, said = spack.python(script)
    assert listed == sorted(names)
    # Whose package it is, is not known: nothing is written beside it under another name.
    assert said.startswith("cannot load the recipe of py-latin: ")

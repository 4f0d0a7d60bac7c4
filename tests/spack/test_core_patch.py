"""The patch that gives Spack's own ``create`` its ``--pypi``, on every Spack."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import Spack
from tests.index_server import IndexServer

pytestmark = pytest.mark.spack

ROOT = Path(__file__).parent.parent.parent
SENTENCE = "--pypi needs the extension spack-pypi: add its path to config:extensions"
AUTHOR = {"GIT_AUTHOR_NAME": "A Developer", "GIT_AUTHOR_EMAIL": "developer@host.example"}
COMMITTER = {"GIT_COMMITTER_NAME": "A User", "GIT_COMMITTER_EMAIL": "user@host.example"}
#: Prints the entry points that Spack would call.
SEEN = """
from importlib.metadata import distributions
found = (point for installed in distributions() for point in installed.entry_points)
print({point.value for point in found if point.group == "spack.extensions"})
"""


@pytest.fixture
def python(tmp_path: Path) -> str:
    """A Python with all that the tests' own has, but us."""
    venv.create(tmp_path / "python", with_pip=False)
    site = next((tmp_path / "python").glob("lib/python*/site-packages"))
    for path in Path(pytest.__file__).parent.parent.iterdir():
        if "spack_pypi" not in path.name:
            (site / path.name).symlink_to(path)
    python = str(tmp_path / "python" / "bin" / "python")
    # Were our entry point seen, what Spack does with the patch would not come from the patch.
    assert subprocess.check_output([python, "-c", SEEN], cwd=tmp_path, text=True) == "set()\n"
    return python


def patched(spack: Spack) -> Spack:
    """A clone of this Spack with the patch that was made for it."""
    made = spack.run("pypi", "upstream", "--spack", "-o", str(spack.folder / "out"), **AUTHOR)
    assert made.returncode == 0, made.stderr
    assert "its tests pass" in made.stdout
    (file,) = (spack.folder / "out").iterdir()
    assert file.name in made.stdout
    clone = spack.folder / "clone"
    # Not by git: what is compiled comes with it.
    shutil.copytree(spack.prefix, clone, symlinks=True)
    done = subprocess.run(
        ["git", "-C", str(clone), "am", "--quiet", str(file)],
        env={**os.environ, **spack.variables, **COMMITTER},
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return replace(spack, prefix=clone)


def test_spack_create_has_pypi(every_spack: Spack, server: IndexServer, python: str) -> None:
    server.served.add("humming", "2.0", "six", build=["setuptools>=61"])
    arguments = ["create", "--skip-editor", "--pypi", "humming", "--dry-run", "--verify", "load"]
    arguments += ["--index-url", server.url]
    spack = patched(every_spack)
    assert_style(spack.prefix)

    without = spack.run(*arguments, SPACK_PYTHON=python)
    assert (without.returncode, SENTENCE in without.stderr) == (1, True), without.stderr
    assert "Traceback" not in without.stderr

    by_entry_point = spack.run(*arguments)
    assert by_entry_point.returncode == 0, by_entry_point.stderr
    assert by_entry_point.stdout.count("class PyHumming(PythonPackage):") == 1

    extension = str(ROOT / "spack_pypi" / "spack-pypi")
    settings = json.dumps({"config": {"extensions": [extension]}})
    (spack.folder / "config" / "config.yaml").write_text(settings)
    by_configuration = spack.run(*arguments, SPACK_PYTHON=python)
    assert by_configuration.returncode == 0, by_configuration.stderr
    assert by_configuration.stdout == by_entry_point.stdout

    again = spack.run("pypi", "upstream", "--spack", SPACK_PYTHON=python)
    assert (again.returncode, "already" in again.stdout) == (0, True), again.stderr


def assert_style(prefix: Path) -> None:
    """What the patch adds is formatted and sorted as the Spack wants it."""
    files = [f"lib/spack/spack/{name}/create.py" for name in ("cmd", "test/cmd")]

    def ruff(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "ruff", *arguments, *files]
        return subprocess.run(command, cwd=prefix, stdout=subprocess.PIPE, text=True, check=False)

    # What else a newer ruff would do is not ours.
    assert "pypi" not in ruff("format", "--diff").stdout
    checked = ruff("check", "--quiet", "--select", "F,I,W")
    assert checked.returncode == 0, checked.stdout

"""A bundle is enough to install where there is no network at all."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.conftest import Spack
from tests.index_server import IndexServer
from tests.spack.shared import PYTHON, use_part_of_builtin
from tests.spack.tools import publish_tools

pytestmark = pytest.mark.spack

#: A process of its own user and network namespace, which has no route, not even to itself.
APART = ("unshare", "--map-root-user", "--net")


def apart() -> Sequence[str]:
    """The beginning of a command that runs without a network; skips where nobody may do that."""
    if shutil.which("unshare") is None or subprocess.run([*APART, "true"], check=False).returncode:
        pytest.skip("NO SPACK: no network namespace may be made here, so nothing is proven")
    return APART


@pytest.fixture
def here(spack: Spack, server: IndexServer, tmp_path: Path) -> Spack:
    """A Spack with a small repo in the place of builtin, and an index with a project that needs
    another one."""
    use_part_of_builtin(spack, PYTHON, external=["python"])
    config = Path(spack.variables["SPACK_USER_CONFIG_PATH"]) / "repos.yaml"
    repos = json.loads(config.read_text())["repos:"]
    config.write_text(json.dumps({"repos:": {"builtin": repos["builtin"]}}))
    publish_tools(spack, server, tmp_path)
    for name, needs in (("quiet-log", ["humming"]), ("humming", [])):
        module = name.replace("-", "_")
        setup = f"setup(name={name!r}, version='2.0', py_modules=[{module!r}])"
        files = {"setup.py": f"from setuptools import setup\n{setup}\n", f"{module}.py": ""}
        server.served.add(name, "2.0", *needs, build=None, wheel=False, files=files)
    return spack


def test_installed_without_a_network(here: Spack, server: IndexServer, tmp_path: Path) -> None:
    without = apart()
    folder = tmp_path / "bundle"
    command = ["pypi", "bundle", "quiet-log", "-o", str(folder), "--verify", "load"]
    done = here.run(*command, "--index-url", server.url)
    assert done.returncode == 0, done.stderr
    moved = tmp_path / "elsewhere" / "bundle"
    moved.parent.mkdir()
    folder.rename(moved)
    there = here.folder / "there"
    there.mkdir()
    # Another Spack: it has its own store, and none of our repos.
    packages = Path(here.variables["SPACK_USER_CONFIG_PATH"]) / "packages.yaml"
    shutil.copy(packages, there)
    store = {"install_tree": {"root": str(there / "store")}, "source_cache": str(there / "cache")}
    (there / "config.yaml").write_text(json.dumps({"config": store}))
    done = subprocess.run(
        [*without, str(here.prefix / "bin" / "spack"), "-C", str(moved / "config")]
        + ["install", "py-quiet-log"],
        env={**os.environ, **here.variables, "SPACK_USER_CONFIG_PATH": str(there)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    built = {path.name for path in (there / "store").rglob("*.py")}
    assert {"quiet_log.py", "humming.py"} <= built

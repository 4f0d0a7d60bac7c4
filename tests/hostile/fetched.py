"""``create`` of a git repository, to be ended."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tests.conftest import make
from tests.hostile.written import Recipes
from tests.index_server import IndexServer
from tests.pypi.git_repos import Repo, project
from tests.spack.shared import PYTHON, use_part_of_builtin


class Fetched:
    """A `Place`: a repository with three versions, of which nothing is in the cache yet."""

    def __init__(self, prefix: Path, folder: Path, command: str, server: IndexServer) -> None:
        self._spack, self._server = make(prefix, folder), server
        use_part_of_builtin(self._spack, PYTHON, external=["python"])
        server.served.add("humming", "2.0", summary="Something", build=["setuptools"])
        server.served.add("setuptools", "60", summary="Something", build=["setuptools"])
        self._repo = Repo(folder / "thing")
        for version in ("1.0", "2.0", "3.0"):
            text = project("thing", "humming", build="setuptools")
            files = {f"data/{version}-{number}": os.urandom(9000).hex() for number in range(40)}
            self._repo.commit({"pyproject.toml": text + f"# {version}\n", **files}, f"v{version}")

    def renew(self) -> None:
        packages = self._spack.repo / "packages"
        shutil.rmtree(packages)
        packages.mkdir()
        for kept in Path(self._spack.variables["SPACK_USER_CACHE_PATH"]).glob("**/git"):
            shutil.rmtree(kept)

    def start(self) -> subprocess.Popen[str]:
        spack = self._spack
        return subprocess.Popen(
            [str(spack.prefix / "bin" / "spack"), "pypi", "create", f"git+{self._repo.address}"]
            + ["--verify", "load", "--index-url", self._server.url],
            env={**os.environ, **spack.variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def state(self) -> Recipes:
        return self._spack.recipes()

    def after_a_kill(self, before: Recipes, finished: Recipes) -> str:
        wrong = [name for name, text in self.state().items() if text != finished.get(name)]
        return f"{wrong} are half-written" if wrong else ""

    def after_the_next(self, code: int, said: str, finished: Recipes) -> str:
        if code or self.state() != finished:
            return f"the next run does not finish: {said[-300:]}"
        if list(self._spack.repo.glob(".spack-pypi-*")):
            return "a staging folder is left"
        return ""

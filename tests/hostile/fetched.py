"""``create`` of a git repository, to be ended."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tests.conftest import make
from tests.hostile.written import OfRecipes, Recipes
from tests.index_server import IndexServer
from tests.pypi.git_repos import Repo, project
from tests.spack.shared import PYTHON, use_part_of_builtin


class Fetched(OfRecipes):
    """A `Place`: a repository with three versions, of which nothing is in the cache yet."""

    def __init__(self, prefix: Path, folder: Path, command: str, server: IndexServer) -> None:
        super().__init__(make(prefix, folder))
        self._server = server
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
        options = ["--verify", "load", "--index-url", self._server.url]
        return self._started("create", f"git+{self._repo.address}", *options)

    def after_a_kill(self, before: Recipes, finished: Recipes) -> str:
        wrong = [name for name, text in self.state().items() if text != finished.get(name)]
        return f"{wrong} are half-written" if wrong else ""

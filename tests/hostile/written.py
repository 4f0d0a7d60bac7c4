"""``create`` and ``sync`` of a few invented projects, to be ended."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

from tests.conftest import Spack, make
from tests.hostile.killed import end_of
from tests.index_server import IndexServer
from tests.spack.test_interrupted import PROJECTS, RECIPE

_NEW = ("delta", "epsilon")

#: Recipes by folder.
Recipes = dict[str, str]


class OfRecipes:
    """What places have in common of which only the recipes are compared. The runs have an empty
    home folder."""

    def __init__(self, spack: Spack) -> None:
        self._spack = spack

    def _started(self, *arguments: str) -> subprocess.Popen[str]:
        return self._spack.start("pypi", *arguments, HOME=str(self._home))

    @property
    def _home(self) -> Path:
        return self._spack.folder / "home"

    def state(self) -> Recipes:
        return self._spack.recipes()

    def after_the_next(self, code: int, said: str, finished: Recipes) -> str:
        if code or self.state() != finished:
            return f"the next run does not finish: {end_of(said)}"
        if list(self._spack.repo.glob(".spack-pypi-*")):
            return "a staging folder is left"
        has_files = self._home.exists() and any(self._home.iterdir())
        return f"{self._home} has files" if has_files else ""


class Written(OfRecipes):
    """A `Place`: recipes that lag behind the index, and projects that have none."""

    def __init__(self, prefix: Path, folder: Path, command: str, server: IndexServer) -> None:
        super().__init__(make(prefix, folder))
        self._command, self._server = command, server
        add = server.served.add
        for name in (*PROJECTS, *_NEW):
            if name not in server.served.pages:
                add(name, "1.0", summary="Something", build=["setuptools"])
                add(name, "2.0", f"for-{name}", summary="Something", build=["setuptools"])
                add(f"for-{name}", "1.0", summary="Something", build=["setuptools"])
        self.renew()

    def renew(self) -> None:
        packages = self._spack.repo / "packages"
        shutil.rmtree(packages)
        for name in PROJECTS:
            archive = self._server.served.files[f"{name}-1.0.tar.gz"]
            sha256 = hashlib.sha256(archive).hexdigest()
            text = RECIPE.replace("{cls}", f"Py{name.capitalize()}").replace("{project}", name)
            recipe = packages / f"py_{name}" / "package.py"
            recipe.parent.mkdir(parents=True)
            recipe.write_text(text.replace("{sha256}", sha256))

    def start(self) -> subprocess.Popen[str]:
        names = _NEW if self._command == "create" else PROJECTS
        options = ["--verify", "load"] if self._command == "create" else []
        return self._started(self._command, *names, *options, "--index-url", self._server.url)

    def after_a_kill(self, before: Recipes, finished: Recipes) -> str:
        for name, text in self.state().items():
            if text not in (before.get(name), finished[name]):
                return f"{name} is half-written"
        return ""

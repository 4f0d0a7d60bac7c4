"""``externals`` of a virtual environment, to be ended."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.conftest import make
from tests.hostile.killed import end_of
from tests.index_server import IndexServer
from tests.prefixes.made import distribution
from tests.spack.shared import PYTHON, use_part_of_builtin
from tests.spack.test_externals import write

#: packages.yaml, and the others of its folder, by name.
Settings = dict[str, str]


class InstalledBefore:
    """A `Place`: settings without externals of a virtual environment that has three projects."""

    def __init__(self, prefix: Path, folder: Path, command: str, server: IndexServer) -> None:
        self._spack, self._command = make(prefix, folder), command
        use_part_of_builtin(self._spack, PYTHON, ("python", "gmake"))
        self._venv = folder / "venv"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", self._venv], check=True)
        (site,) = self._venv.glob("lib/python*/site-packages")
        for name, needs in (("mupone", []), ("muptwo", ["mupone"]), ("mupthree", [])):
            distribution(site, name, "1.0", *needs)
            lines = [f'depends_on("py-{other}", type=("build", "run"))' for other in needs]
            write(self._spack, name, *lines)
        # Else Spack notes compilers at its first solve.
        assert self._spack.run("compiler", "find").returncode == 0
        self._before = self.state()

    @property
    def _folder(self) -> Path:
        return Path(self._spack.variables["SPACK_USER_CONFIG_PATH"])

    def renew(self) -> None:
        for name, text in self._before.items():
            (self._folder / name).write_text(text)

    def start(self) -> subprocess.Popen[str]:
        return self._spack.start("pypi", self._command, "--prefix", str(self._venv))

    def state(self) -> Settings:
        return {file.name: file.read_text() for file in self._folder.glob("*.yaml")}

    def after_a_kill(self, before: Settings, finished: Settings) -> str:
        left = self.state()
        return "" if left in (before, finished) else f"half-written: {left}"

    def after_the_next(self, code: int, said: str, finished: Settings) -> str:
        if code or self.state() != finished or "py-muptwo" not in finished["packages.yaml"]:
            return f"the next run does not finish: {end_of(said)}"
        return ""

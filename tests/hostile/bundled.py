"""``bundle`` of an invented project, to be ended."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

from tests.conftest import make
from tests.hostile.killed import end_of
from tests.index_server import IndexServer
from tests.spack.shared import PYTHON, use_part_of_builtin
from tests.spack.tools import publish_tools

#: Path in the bundle → sha256.
Files = dict[str, str]


class Bundled:
    """A `Place`: a bundle that is not there yet."""

    def __init__(self, prefix: Path, folder: Path, command: str, server: IndexServer) -> None:
        self._spack, self._command, self._server = make(prefix, folder), command, server
        self._folder = folder / "bundle"
        use_part_of_builtin(self._spack, PYTHON, external=["python"])
        config = Path(self._spack.variables["SPACK_USER_CONFIG_PATH"]) / "repos.yaml"
        repos = json.loads(config.read_text())["repos:"]
        config.write_text(json.dumps({"repos:": {"builtin": repos["builtin"]}}))
        publish_tools(self._spack, server, folder)
        for name, needs in (("quiet-log", ["humming"]), ("humming", [])):
            server.served.add(name, "2.0", *needs, summary="Something", build=["setuptools"])

    def renew(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self) -> subprocess.Popen[str]:
        options = ["-o", str(self._folder), "--verify", "load", "--index-url", self._server.url]
        return self._spack.start("pypi", self._command, "quiet-log", *options)

    def state(self) -> Files:
        found = {}
        for file in self._folder.rglob("*"):
            path = file.relative_to(self._folder)
            # What is known of the index changes from run to run.
            if file.is_file() and path.parts[0] not in (".lock", "index"):
                found[path.as_posix()] = hashlib.sha256(file.read_bytes()).hexdigest()
        return found

    def after_a_kill(self, before: Files, finished: Files) -> str:
        for path, digest in self.state().items():
            if not path.startswith(".bundle-") and finished.get(path) != digest:
                if path.partition("/")[0] != "recipes":
                    return f"{path} is half-written"
                if "/.spack-pypi-" not in path:
                    return f"{path} is not as in a bundle that is finished"
        return ""

    def after_the_next(self, code: int, said: str, finished: Files) -> str:
        left = self.state()
        if code or left != finished:
            differ = sorted(path for path, _ in left.items() ^ finished.items())
            return f"the next run does not finish ({differ[:3]}): {end_of(said)}"
        return ""

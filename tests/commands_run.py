"""Commands of our own over a host in memory, an index, and a Python with something installed."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from spack_pypi.arguments import add_commands
from spack_pypi.cli import main
from tests.index_server import IndexServer
from tests.memory import MemoryHost
from tests.prefixes.made import answered, distribution, interpreter

SITE = "lib/python3.12/site-packages"


class CommandsRun:
    """Runs a command in a ``folder``; ``out`` and ``err`` are what the last one printed."""

    def __init__(self, server: IndexServer, folder: Path, capsys: Any, host: MemoryHost) -> None:
        self.server, self.folder, self._capsys, self.host = server, folder, capsys, host
        host.has("hatchling", "1.0")
        server.served.add("hatchling", "1.0")
        answer = answered(site=[f"*/{SITE}"], prefix=str(folder))
        self.python = interpreter(folder / "bin", answer)
        self.out = self.err = ""

    def run(self, *arguments: str) -> int:
        """The exit code."""
        parser = argparse.ArgumentParser()
        add_commands(parser)
        args = parser.parse_args([*arguments, "--index-url", self.server.url])
        code = main(args, lambda: self.host)
        self.out, self.err = self._capsys.readouterr()
        return code

    def installed(self, name: str, version: str = "1.0", *requires: str) -> None:
        """Install a distribution for the Python."""
        distribution(self.folder / SITE, name, version, *requires)

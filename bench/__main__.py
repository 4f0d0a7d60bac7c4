"""``python3 bench COMMAND``: what the program costs.

The commands run in the environment of the tests, which is set up if it is not there. The other
scripts of this folder stand for themselves: the first lines of each say how it is run.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.__main__ import environment

#: Command → what it does. Each is the module of its name, with a ``main``.
COMMANDS = {
    "speed": "ours against uv and Spack itself: time, memory, requests; makes docs/results.md",
    "quick": "create on an invented, slow index of this machine: cold and warm, without Spack",
    "replay": "serve the recorded answers of an index from this machine, with a delay",
}


def main(arguments: Sequence[str]) -> int:
    """Run the command that is named first; returns the exit code."""
    if not arguments or arguments[0] not in COMMANDS:
        print("usage: python3 bench COMMAND [--help]\n")
        for name, what in COMMANDS.items():
            print(f"  {name:8} {what}")
        return 0 if arguments in ([], ["--help"], ["-h"]) else 2
    python = environment()
    if Path(sys.prefix) != python.parent.parent:
        os.execv(python, [str(python), str(ROOT / "bench"), *arguments])
    code: int = importlib.import_module(f"bench.{arguments[0]}").main(arguments[1:])
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Ends ``create``, ``sync``, ``upstream``, ``bundle`` and ``externals``, and ``create`` of a git
repository (``git``), at random moments, in a real Spack, and looks at what is left::

    python3 -m tests.hostile.kills --spack DIR [COMMAND...] [--cases N] [--seed N] [--together N]

It needs ``SPACK_PYPI_TEST_CACHE``, the folder of `tests.__main__`. A signal goes to the whole
group, to the process that was started, or to one that this one has started. After each kill
everything must be as it was or finished, and the next run must finish the rest. With
``--together`` so many runs start at once into one repo and one cache, and half of them are ended.
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Callable

from tests.hostile.bundled import Bundled
from tests.hostile.fetched import Fetched
from tests.hostile.found import InstalledBefore
from tests.hostile.killed import Place, killed, kills
from tests.hostile.sent import Sent
from tests.hostile.written import Written
from tests.index_server import IndexServer

#: Command → what it is tried on.
PLACES: Mapping[str, Callable[[Path, Path, str, IndexServer], Place]] = {
    "create": Written,
    "sync": Written,
    "upstream": Sent,
    "bundle": Bundled,
    "git": Fetched,
    "externals": InstalledBefore,
}


class Tried:
    """A command, what a run of it that nobody ends leaves, and how long that takes, seconds."""

    def __init__(self, prefix: Path, folder: Path, command: str, server: IndexServer) -> None:
        self._command = command
        self._place = PLACES[command](prefix, folder, command, server)
        with self._place.start() as running:  # Spack reads the recipes for the first time
            running.communicate()
        self._place.renew()
        began = time.monotonic()
        with self._place.start() as running:
            said = running.communicate()[0]
        assert running.returncode == 0, said
        self._seconds = time.monotonic() - began
        self._finished = self._place.state()

    def ended(self, together: int) -> str:
        """What was wrong after runs got a signal; empty for nothing."""
        place = self._place
        place.renew()
        before = place.state()
        chosen = kills(together, self._seconds * max(1.0, together / 2))
        with ExitStack() as runs:
            running = [runs.enter_context(place.start()) for _ in chosen]
            wrong = killed(list(zip(running, chosen)))
        wrong = wrong or place.after_a_kill(before, self._finished)
        if not wrong:
            with place.start() as again:
                said = again.communicate()[0]
            wrong = place.after_the_next(again.returncode, said, self._finished)
        how = ", ".join(str(each) for each in chosen if each)
        return f"{self._command}, {how}: {wrong}" if wrong else ""


def _check_tree() -> None:
    """Spack runs what is installed in the environment of this Python: that must be this tree."""
    show = "import spack_pypi; print(spack_pypi.__file__)"
    found = subprocess.run(
        [sys.executable, "-c", show], cwd="/", stdout=subprocess.PIPE, text=True, check=False
    ).stdout.strip()
    if Path(found or "/").parent != Path(__file__).parents[2] / "spack_pypi":
        sys.exit(f"Error: Spack would run {found or 'no spack-pypi'}: use the Python of this tree")


def main() -> int:
    """See the module."""
    parser = argparse.ArgumentParser(prog="python3 -m tests.hostile.kills")
    parser.add_argument("commands", nargs="*", metavar="COMMAND", help=", ".join(PLACES))
    parser.add_argument("--spack", type=Path, required=True, help="a clone of Spack")
    parser.add_argument("--cases", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--together", type=int, default=1, help="runs at once (default: 1)")
    args = parser.parse_args()
    _check_tree()
    # A shell ignores it for what it starts in the background, and so would all runs.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    random.seed(args.seed)
    wrong: Counter[str] = Counter()
    with IndexServer() as server:
        server.served.delay = 0.01
        for command in args.commands or PLACES:
            with tempfile.TemporaryDirectory() as folder:
                tried = Tried(args.spack, Path(folder), command, server)
                for number in range(args.cases):
                    found = tried.ended(args.together)
                    wrong[command] += bool(found)
                    if found:
                        print(f"{number + 1}: {found}", file=sys.stderr, flush=True)
                    elif not (number + 1) % 50:
                        print(f"{command}: {number + 1} so far", file=sys.stderr, flush=True)
            print(f"{command}: {args.cases} cases, {wrong[command]} wrong", flush=True)
    return 1 if +wrong else 0


if __name__ == "__main__":
    sys.exit(main())

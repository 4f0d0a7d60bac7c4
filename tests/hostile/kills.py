"""Ends ``create`` and ``sync`` at random moments, in a real Spack, and looks at what is left::

    python3 -m tests.hostile.kills --spack DIR [--cases N] [--seed N]

After each kill every recipe must be as it was or finished, and the next run must finish the rest,
leave no staging folder, and nothing in the person's home.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.conftest import Spack, make
from tests.index_server import IndexServer, Served
from tests.spack.test_interrupted import PROJECTS, RECIPE

_SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
#: Seconds after which a command that got a signal counts as hung.
_LONGEST = 60
_NEW = ("delta", "epsilon")


def _serve(served: Served) -> None:
    for name in (*PROJECTS, *_NEW):
        served.add(name, "1.0", summary="Something", build=["setuptools"])
        served.add(name, "2.0", f"for-{name}", summary="Something", build=["setuptools"])
        served.add(f"for-{name}", "1.0", summary="Something", build=["setuptools"])


def _lag(spack: Spack, served: Served) -> None:
    """Recipes that lag behind the index."""
    for name in PROJECTS:
        sha256 = hashlib.sha256(served.files[f"{name}-1.0.tar.gz"]).hexdigest()
        text = RECIPE.replace("{cls}", f"Py{name.capitalize()}").replace("{project}", name)
        recipe = spack.repo / "packages" / f"py_{name}" / "package.py"
        recipe.parent.mkdir()
        recipe.write_text(text.replace("{sha256}", sha256))


def _start(spack: Spack, url: str, command: str) -> subprocess.Popen[str]:
    names = _NEW if command == "create" else PROJECTS
    options = ["--verify", "load"] if command == "create" else []
    return subprocess.Popen(
        [str(spack.prefix / "bin" / "spack"), "pypi", command, *names, "--index-url", url]
        + options,
        env={**os.environ, **spack.variables, "HOME": str(spack.folder / "home")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def _whole(prefix: Path, command: str, server: IndexServer) -> tuple[dict[str, str], float]:
    """What a run that nobody ends leaves, and how long it takes, seconds."""
    with tempfile.TemporaryDirectory() as folder:
        spack = make(prefix, Path(folder))
        _lag(spack, server.served)
        began = time.monotonic()
        with _start(spack, server.url, command) as running:
            said = running.communicate()[0]
        assert running.returncode == 0, said
        return spack.recipes(), time.monotonic() - began


def _ended(
    prefix: Path, command: str, server: IndexServer, expected: dict[str, str], after: float
) -> str:
    """What was wrong after a run got a signal; empty for nothing."""
    sign, to_all = random.choice(_SIGNALS), random.random() < 0.5
    with tempfile.TemporaryDirectory() as folder:
        spack = make(prefix, Path(folder))
        _lag(spack, server.served)
        before = spack.recipes()
        with _start(spack, server.url, command) as running:
            time.sleep(after)
            if running.poll() is None:
                (os.killpg if to_all else os.kill)(running.pid, sign)
            try:
                running.communicate(timeout=_LONGEST)
            except subprocess.TimeoutExpired:
                os.killpg(running.pid, signal.SIGKILL)
                return f"hung after {sign.name}"
        for name, text in spack.recipes().items():
            if text not in (before.get(name), expected[name]):
                return f"{name} is half-written after {sign.name}"
        with _start(spack, server.url, command) as running:
            said = running.communicate()[0]
        if running.returncode or spack.recipes() != expected:
            return f"the next run after {sign.name} does not finish: {said[-300:]}"
        if list(spack.repo.glob(".spack-pypi-*")):
            return f"a staging folder is left after {sign.name}"
        home = spack.folder / "home"
        return f"{home} has files" if home.exists() and any(home.iterdir()) else ""


def main() -> int:
    """See the module."""
    parser = argparse.ArgumentParser(prog="python3 -m tests.hostile.kills")
    parser.add_argument("--spack", type=Path, required=True, help="a clone of Spack")
    parser.add_argument("--cases", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    random.seed(args.seed)
    wrong: Counter[str] = Counter()
    with IndexServer() as server:
        server.served.delay = 0.01
        _serve(server.served)
        whole = {name: _whole(args.spack, name, server) for name in ("create", "sync")}
        for _ in range(args.cases):
            command = random.choice(sorted(whole))
            expected, seconds = whole[command]
            moment = random.uniform(0, 1.1 * seconds)
            found = _ended(args.spack, command, server, expected, moment)
            if found:
                wrong[command] += 1
                print(f"{command}, after {moment:.2f} s: {found}", file=sys.stderr)
    print(f"{args.cases} kills, {sum(wrong.values())} with something wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

"""``python3 bench quick``: how long ``create`` takes on an index that answers slowly, and warm.

The index runs on this machine and waits 50 ms before each answer, so that the numbers depend on
how we ask and not on a network. No Spack takes part. Each number is the median of several runs.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Callable

from spack_pypi.pypi.http import HttpIndex
from spack_pypi.pypi.settings import settings
from spack_pypi.session import Session
from spack_pypi.workflow.create import create
from spack_pypi.workflow.request import Request
from tests.index_server import IndexServer
from tests.memory import MemoryHost

DELAY = 0.05
RUNS = 5


def timed(run: Callable[[], object]) -> float:
    """Seconds."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def main(arguments: Sequence[str]) -> int:
    argparse.ArgumentParser(
        prog="python3 bench quick", description="Time create on an invented index."
    ).parse_args(arguments)
    with IndexServer() as server, tempfile.TemporaryDirectory() as folder:
        server.served.delay = DELAY
        # A closure of 40 projects, four levels deep.
        for number in range(40):
            needs = [f"p{n}" for n in range(number * 3 + 1, number * 3 + 4) if n < 40]
            server.served.add(f"p{number}", "1.0", *needs, python=">=3.9")
        server.served.add("hatchling", "1.0", build=["hatchling"])

        def once(cache: Path) -> None:
            reach = settings(server.url, default=lambda: None, cache=cache, environment={})
            index = HttpIndex(reach)
            with Session(index) as session:
                outcome = create(session, MemoryHost(), Request(("p0",), dry_run=True))
            index.close()
            assert len(outcome.plan.recipes) == 41

        cold: list[float] = []
        warm: list[float] = []
        for run in range(RUNS):
            cache = Path(folder) / str(run)
            server.served.requests.clear()
            cold.append(timed(partial(once, cache)))
            asked = len(server.served.requests)
            warm.append(timed(partial(once, cache)))
        one_by_one = asked * DELAY
        print(f"cold: {statistics.median(cold):.2f} s, {asked} requests of {DELAY * 1000:.0f} ms")
        print(f"      one after the other they alone would take {one_by_one:.2f} s")
        print(f"warm: {statistics.median(warm):.2f} s, no request")
    return 0

"""What one run of a command costs: wall time, CPU time, memory."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO

#: Seconds after which a command is killed; the run counts as failed.
PATIENCE = 3600
#: Seconds between two looks at the memory, at least.
_INTERVAL = 0.05


@dataclass(frozen=True)
class Run:
    """One run of a command. ``seconds`` is wall time; ``cpu`` is user and system time of all its
    processes; ``largest`` is the most memory that one of them had resident, ``together`` the most
    that all had at once (PSS: shared pages count once), in bytes, None where the system does not
    tell. ``requests`` and ``sent`` (bytes) are what a replaying server counted meanwhile, and
    ``unknown`` how many answers it lacked."""

    code: int
    seconds: float
    cpu: float
    largest: int
    together: int | None
    output: str
    errors: str
    requests: int | None = None
    sent: int | None = None
    unknown: int = 0

    @property
    def reason(self) -> str:
        """Why it failed, in one line."""
        lines = [line.strip() for line in self.errors.splitlines() if line.strip()]
        errors = [line for line in lines if line.lower().startswith(("error", "×", "==> error"))]
        last = (errors or lines or ["no message"])[-1]
        return f"exit {self.code}: {last}"


def run(
    command: Sequence[str | Path],
    environment: Mapping[str, str],
    given: str = "",
    patience: float = PATIENCE,
) -> Run:
    """Run a command with ``given`` as its standard input, and wait for it and its children.

    The memory of the largest process is at least that of this one, from which it is forked; keep
    it small."""
    with ExitStack() as files:
        stdin, out, err = (
            files.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace"))
            for _ in range(3)
        )
        stdin.write(given)
        stdin.seek(0)
        start = time.perf_counter()
        process = subprocess.Popen(
            [str(word) for word in command],
            env=dict(environment),
            stdin=stdin,
            stdout=out,
            stderr=err,
            start_new_session=True,
        )
        killer = threading.Timer(patience, os.killpg, (process.pid, signal.SIGKILL))
        killer.daemon = True
        killer.start()
        memory = Memory(process.pid)
        memory.start()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        killer.cancel()
        memory.ended.set()
        memory.join()
        process.returncode = os.waitstatus_to_exitcode(status)
        unit = 1 if sys.platform == "darwin" else 1024
        return Run(
            code=process.returncode,
            seconds=seconds,
            cpu=usage.ru_utime + usage.ru_stime,
            largest=usage.ru_maxrss * unit,
            together=memory.most,
            output=_content(out),
            errors=_content(err),
        )


def _content(stream: IO[str]) -> str:
    stream.seek(0)
    return stream.read()


class Memory(threading.Thread):
    """Looks at the memory of a process and all below it, as often as costs next to nothing, until
    it is ``ended``. ``most`` is in bytes."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self.ended = threading.Event()
        self.most: int | None = None

    def run(self) -> None:
        interval = _INTERVAL
        while not self.ended.wait(interval):
            start = time.perf_counter()
            sizes = [size for size in map(_share, _tree(self._pid)) if size is not None]
            if sizes:
                self.most = max(self.most or 0, sum(sizes))
            interval = max(_INTERVAL, 20 * (time.perf_counter() - start))


def _tree(pid: int) -> list[int]:
    """A process and all below it; only itself where the system has no ``/proc``."""
    found = [pid]
    for each in found:
        try:
            for task in Path(f"/proc/{each}/task").iterdir():
                found += map(int, (task / "children").read_text("ascii").split())
        except OSError:
            continue  # it has ended
    return found


def _share(pid: int) -> int | None:
    """The proportional share (PSS) of a process, bytes."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), None)

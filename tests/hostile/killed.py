"""What ends a run: which signal, when, and which of its processes gets it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

_SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
_WHOM = ("group", "process", "child")
#: Seconds after which a command that got a signal counts as hung.
_LONGEST = 60
#: How much of what a wrong run printed is shown, characters: its last traceback.
_SHOWN = 5000


class Place(Protocol):
    """What a command works on, and what may be left of it."""

    def renew(self) -> None:
        """Make it as it was before any run."""

    def start(self) -> subprocess.Popen[str]:
        """A run of the command, in a process group of its own."""

    def state(self) -> Any:
        """What there is to compare."""

    def after_a_kill(self, before: Any, finished: Any) -> str:
        """What is neither as it was ``before`` nor as a ``finished`` run leaves it."""

    def after_the_next(self, code: int, said: str, finished: Any) -> str:
        """What is wrong after the next run, which ended with this ``code``."""


@dataclass(frozen=True)
class Kill:
    """A signal to one of ``_WHOM``, so many seconds after the start."""

    sign: signal.Signals
    whom: str
    after: float

    def __str__(self) -> str:
        return f"{self.sign.name} to the {self.whom} after {self.after:.2f} s"


def kills(together: int, seconds: float) -> list[Kill | None]:
    """One for a single run, else for half of those that start ``together``, within so many
    seconds."""
    moments = [random.uniform(0, 1.1 * seconds) for _ in range(together)]
    drawn = [Kill(random.choice(_SIGNALS), random.choice(_WHOM), each) for each in moments]
    return [each if not number % 2 else None for number, each in enumerate(drawn)]


def killed(runs: Sequence[tuple[subprocess.Popen[str], Kill | None]]) -> str:
    """Wait until all have ended, after each kill; empty, or which one did not end."""
    began = time.monotonic()
    due = [(run, each) for run, each in runs if each is not None]
    for run, each in sorted(due, key=lambda pair: pair[1].after):
        time.sleep(max(0.0, began + each.after - time.monotonic()))
        if run.poll() is None:
            _send(run.pid, each)
    wrong = ""
    for run, how in runs:
        try:
            said = run.communicate(timeout=_LONGEST)[0]
        except subprocess.TimeoutExpired:
            os.killpg(run.pid, signal.SIGKILL)
            run.communicate()
            wrong = wrong or f"hung after {how}"
        else:
            if _is_wrong(said):
                wrong = wrong or f"after {how}: {end_of(said)}"
    return wrong


def end_of(said: str) -> str:
    """The end of what a run printed, to find out what went wrong."""
    return said[-_SHOWN:]


def _is_wrong(said: str) -> bool:
    """Whether something was not caught. Python and Spack may be interrupted before they can catch
    that; then none of our modules is in the traceback."""
    own_start = said.rstrip().endswith("KeyboardInterrupt") and "/spack_pypi/" not in said
    return ("Traceback" in said and not own_start) or "bug in spack-pypi" in said


def _send(group: int, kill: Kill) -> None:
    if kill.whom == "group":
        os.killpg(group, kill.sign)
        return
    others = [pid for pid in _members(group) if pid != group]
    target = random.choice(others) if others and kill.whom == "child" else group
    with suppress(ProcessLookupError):
        os.kill(target, kill.sign)


def _members(group: int) -> list[int]:
    """The processes of a group, by Linux's /proc."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group:
            found.append(int(stat.parent.name))
    return found

"""Programs that are run for what they print, with limits on their time and on their output."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, NamedTuple

from .files import file_text

#: How much is kept of what a program says on standard error, bytes.
_MOST_ERRORS = 1 << 16
#: Seconds that a program gets to end by itself, with those that it has started.
_TO_END = 2.0


class Said(NamedTuple):
    """What a program printed, what it said on standard error (its beginning), and its exit
    code."""

    output: bytes
    errors: bytes
    code: int


class Unanswered(Exception):
    """A program did not end within its time, or printed too much; the text completes "it ..."."""


def call(
    command: Sequence[str], seconds: float, most: int, variables: Mapping[str, str] | None = None
) -> Said:
    """Run a program without input. Raises `Unanswered` where it does not end within so many
    seconds or prints more than ``most`` bytes, and `OSError` and ValueError where it cannot be
    run."""
    end = time.monotonic() + seconds
    process = subprocess.Popen(
        command,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout and process.stderr
    output = _Reading(process.stdout, most + 1)
    errors = _Reading(process.stderr, _MOST_ERRORS, to_its_end=True)
    try:
        output.join(max(0.0, end - time.monotonic()))
        if len(output.read) > most:
            raise Unanswered(f"printed more than {most >> 10:,} KiB")
        code = process.wait(max(0.0, end - time.monotonic()))
        # Programs that it has started and left behind may keep it open.
        errors.join(_TO_END)
        return Said(bytes(output.read), bytes(errors.read), code)
    except subprocess.TimeoutExpired:
        raise Unanswered(f"did not finish within {seconds:.0f} seconds") from None
    finally:
        end_program(process)


def end_program(process: subprocess.Popen[bytes]) -> None:
    """End a program that may still run, so that it can end those that it has started; then these,
    where Linux says which they are: one may block on a pipe forever."""
    if process.poll() is None:
        started = _started_by(process.pid)
        process.terminate()
        try:
            process.wait(_TO_END)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for pid in started:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)


def _started_by(pid: int) -> list[int]:
    """The processes that one has started, and that these have."""
    found: list[int] = []
    todo = [pid]
    while todo:
        for file in Path(f"/proc/{todo.pop()}/task").glob("*/children"):
            with suppress(OSError):
                pids = [int(each) for each in file_text(file).split()]
                found += pids
                todo += pids
    return found


class _Reading(threading.Thread):
    """Reads a stream in a thread of its own, which holds up no exit: what a program has started
    may keep its streams open when it has ended. Of what is read, ``most`` bytes are kept."""

    def __init__(self, stream: IO[bytes], most: int, to_its_end: bool = False) -> None:
        super().__init__(name="reading", daemon=True)
        self._stream, self._most, self._to_its_end = stream, most, to_its_end
        self.read = bytearray()
        self.start()

    def run(self) -> None:
        with self._stream as stream:
            while piece := stream.read1(1 << 16):  # type: ignore[attr-defined]
                self.read += piece[: self._most - len(self.read)]
                if len(self.read) == self._most and not self._to_its_end:
                    return

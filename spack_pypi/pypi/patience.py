"""How long a server is waited for."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.utils import parsedate_to_datetime
from typing import Callable

from ..errors import IndexFailure

#: Seconds for one answer, all attempts together; and bytes that earn it one second more.
LONGEST = 60.0
SLOWEST = 16 * 1024
#: The longest pause that a server may ask for, seconds.
LONGEST_PAUSE = 60.0


class Deadline:
    """The end of waiting for the answer at ``url``: a minute, twice the ``timeout`` (seconds
    without a byte) that a person has set, and longer as long as it arrives at `SLOWEST` or
    faster."""

    def __init__(self, url: str, timeout: float) -> None:
        self._url = url
        self._end = time.monotonic() + max(LONGEST, 2 * timeout)

    def left(self) -> float:
        """Seconds that are left. Raises `IndexFailure` where none are."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise IndexFailure(
                self._url, f"did not answer whole within a minute and at {SLOWEST >> 10} KiB/s"
            )
        return left

    def extend(self, seconds: float) -> None:
        """Wait so much longer."""
        self._end += seconds

    def arrived(self, count: int) -> None:
        """So many bytes have arrived. Raises `IndexFailure` where they took too long."""
        self._end += count / SLOWEST
        self.left()


@contextmanager
def whole_head(connected: socket.socket) -> Iterator[None]:
    """Ends the connection if the head of an answer is not there within a minute: a server may send
    it byte by byte, each of them in time."""
    timer = threading.Timer(LONGEST, _shut_down, [connected])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _shut_down(connected: socket.socket) -> None:
    with suppress(OSError):
        socket.socket.shutdown(connected, socket.SHUT_RDWR)


class Pauses:
    """Pauses that servers ask for with ``Retry-After``: ``say`` gets a sentence on each, once, and
    ``sleep`` the seconds."""

    def __init__(self, say: Callable[[str], None], sleep: Callable[[float], object]) -> None:
        self._say, self._sleep = say, sleep
        self._until: dict[str, float] = {}
        self._lock = threading.Lock()

    def wait(self, server: str) -> float:
        """Wait until the server may be asked again; returns for how long, seconds."""
        seconds = self._until.get(server, 0.0) - time.monotonic()
        if seconds > 0:
            self._sleep(seconds)
        return max(0.0, seconds)

    def ask_for(self, server: str, url: str, seconds: float) -> None:
        """A server asks for a pause. Raises `IndexFailure` if it is too long."""
        if seconds > LONGEST_PAUSE:
            reason = f"asks to try again in {seconds:.0f} s: run the command again then"
            raise IndexFailure(url, reason)
        until = time.monotonic() + seconds
        with self._lock:
            if until > self._until.get(server, 0.0) + 1:
                self._say(f"{server} asks to try again in {seconds:.0f} s; waiting")
            self._until[server] = max(until, self._until.get(server, 0.0))


def pause(retry_after: str) -> float:
    """The seconds of a ``Retry-After`` header (RFC 9110 section 10.2.3): a number or a date; 0 for
    anything else."""
    text = retry_after.strip()
    if re.fullmatch(r"[0-9]{1,9}", text):
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return 0.0

"""How long a server is waited for."""

from __future__ import annotations

import math
import re
import socket
import threading
import time
from concurrent.futures import Future, wait
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Callable, TypeVar
from urllib.parse import urlsplit
from weakref import WeakSet

from ...errors import IndexFailure, NotFetched

#: Seconds for one answer, all attempts together; bytes that earn it one second more, and how many
#: times as long it may take: nobody waits hours for what never ends. An answer that says how long
#: it is takes longer from then on, if as many bytes a second as `STEADY` have arrived: a large
#: file on a slow line.
LONGEST = 45.0
SLOWEST = 16 * 1024
MOST_TIMES = 8
STEADY = 64 * 1024
#: Seconds for one answer of a server that has wasted `LONGEST`.
SHORTEST = 10.0
#: Answers in a row that fail until a server that has wasted `LONGEST` is not asked any more.
MOST_FAILED = 8
#: The longest pause that a server may ask for, all attempts together, seconds.
LONGEST_PAUSE = 60.0
#: Seconds until whoever waits for another thread looks whether it is still to wait.
_LOOK = 0.1
#: What each thread waits for.
_here = threading.local()

_Result = TypeVar("_Result")


class Deadline:
    """The end of waiting for the answer at ``url``: so many ``seconds``, up to ``most`` as long
    as it arrives at `SLOWEST` or faster, and longer at `STEADY` if it ``says_its_end``. A context
    manager; while it is open, its thread's connections (see `watch`) are ended when the time is
    over: each byte of a head, of a chunk's size or of a trailer may be in time, and they may never
    end."""

    def __init__(self, url: str, seconds: float, most: float) -> None:
        self._url, self._seconds, self._most = url, seconds, most
        self.began, self.paused = time.monotonic(), 0.0
        self._end, self._last = self.began + seconds, self.began + most
        self.says_its_end = False
        self._watched: socket.socket | None = None
        self._is_closed = False
        self._lock = threading.Lock()

    def __enter__(self) -> Deadline:
        _here.deadline = self
        self._start()
        return self

    def __exit__(self, *exc: object) -> None:
        _here.deadline = None
        with self._lock:
            self._is_closed = True
            self._timer.cancel()
            self._forget()

    @property
    def is_over(self) -> bool:
        """Whether no time is left."""
        return time.monotonic() >= self._end

    def left(self) -> float:
        """Seconds that are left. Raises `NotFetched` where none are."""
        left = self._end - time.monotonic()
        if left <= 0:
            within = f"{self._seconds:.3g} s, nor at {SLOWEST >> 10} KiB/s"
            if self._end == self._last:
                within = f"{self._most:.3g} s"
                if self.says_its_end:
                    within += f", nor at {STEADY >> 10} KiB/s"
            longer = "to wait longer: pip config set global.timeout 60"
            raise NotFetched(self._url, f"did not answer whole within {within}; {longer}")
        return left

    def end(self) -> None:
        """End the waiting now."""
        with self._lock:
            self._end = self._last = self.began
            self._break()

    def pause(self, seconds: float) -> None:
        """Wait so much longer, as a server asks for it. Raises `NotFetched` where no time is left:
        its end may have been seen already."""
        self.left()
        self.paused += seconds
        self._end += seconds
        self._last += seconds

    def arrived(self, count: int) -> None:
        """So many bytes have arrived; none at the end, when the connection may already be for
        another answer. Raises `NotFetched` where they took too long."""
        if not count:
            with self._lock:
                self._forget()
        if self.says_its_end:
            self._last += count / STEADY
        self._end = min(self._end + count / SLOWEST, self._last)
        self.left()

    def watch(self, connected: socket.socket) -> None:
        """End this connection, and not the one before, when the time is over."""
        with self._lock:
            self._forget()
            # Not the socket itself, which TLS takes over; to end it, its kind does not matter.
            self._watched = socket.fromfd(connected.fileno(), socket.AF_INET, socket.SOCK_STREAM)
            if self.is_over:
                self._break()

    def _start(self) -> None:
        self._timer = threading.Timer(max(0.0, self._end - time.monotonic()), self._look)
        self._timer.daemon = True
        self._timer.start()

    def _look(self) -> None:
        with self._lock:
            if self._is_closed:
                return
            if self._end > time.monotonic():
                self._start()
            else:
                self._break()

    def _break(self) -> None:
        if self._watched is not None:
            with suppress(OSError):
                self._watched.shutdown(socket.SHUT_RDWR)

    def _forget(self) -> None:
        if self._watched is not None:
            self._watched.close()
            self._watched = None


def watch(connected: socket.socket) -> None:
    """End a connection when the deadline of this thread is over, if there is one."""
    deadline = getattr(_here, "deadline", None)
    if deadline is not None:
        deadline.watch(connected)


def in_time(
    call: Callable[[], _Result], undo: Callable[[_Result], object], otherwise: float = math.inf
) -> _Result:
    """What ``call`` returns, for what takes no timeout, such as looking up the name of a host: it
    is called in a thread of its own, which is left where it is, and holds up no exit, when the
    deadline of this thread is over; where it has none, after so many seconds. Then what it still
    returns is undone. Raises TimeoutError."""
    deadline: Deadline | None = getattr(_here, "deadline", None)
    if deadline is None and otherwise == math.inf:
        return call()
    end = time.monotonic() + otherwise
    future: Future[_Result] = Future()

    def run() -> None:
        try:
            future.set_result(call())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=run, name="connecting", daemon=True).start()
    while not (deadline.is_over if deadline else time.monotonic() >= end):
        if wait([future], _LOOK).done:
            return future.result()
    future.add_done_callback(lambda late: late.exception() or undo(late.result()))
    raise TimeoutError


@dataclass
class _Server:
    """``wasted`` seconds of waiting for what failed; how many answers failed in a row, and why the
    last one did; ``gone``: why it cannot be reached."""

    wasted: float = 0.0
    failed: int = 0
    reason: str = ""
    gone: str = ""


class Servers:
    """What is known of servers that fail: each file is a failure of its own, but what a server
    costs a run is bounded. ``index`` is the address of the index."""

    def __init__(self, index: str, timeout: float) -> None:
        self._index, self._patience = urlsplit(index).netloc, max(LONGEST, 1.5 * timeout)
        self._known: dict[str, _Server] = {}
        self._deadlines: WeakSet[Deadline] = WeakSet()
        self._lock = threading.Lock()

    def end(self) -> None:
        """End all waiting now."""
        with self._lock:
            for deadline in self._deadlines:
                deadline.end()

    def deadline(self, url: str) -> Deadline:
        """The deadline of the answer at an address. Raises as `check_reachable` does, and
        `NotFetched` for a server that keeps failing."""
        self.check_reachable(url)
        with self._lock:
            known = self._of(url)
            if known.wasted >= self._patience and known.failed >= MOST_FAILED:
                reason = f"the last {known.failed} answers of its server failed ({known.reason})"
                raise NotFetched(url, f"is not asked for: {reason}")
            whole = known.wasted < self._patience
            seconds = self._patience if whole else min(self._patience, SHORTEST)
            deadline = Deadline(url, seconds, MOST_TIMES * self._patience)
            self._deadlines.add(deadline)
            return deadline

    def check_reachable(self, url: str) -> None:
        """Raise if it is known that the server of an address cannot be reached."""
        with self._lock:
            gone = self._of(url).gone
        if gone:
            raise self.unreachable(url, gone)

    def unreachable(self, url: str, reason: str) -> IndexFailure:
        """The failure of an address whose server cannot be reached: `IndexFailure` for that of the
        index, `NotFetched` for another one."""
        return (IndexFailure if urlsplit(url).netloc == self._index else NotFetched)(url, reason)

    def cannot_be_reached(self, url: str, reason: str) -> None:
        """Note why a server cannot be reached; it is not tried again."""
        with self._lock:
            self._of(url).gone = reason

    def answered(self, url: str) -> None:
        """Note that an answer arrived."""
        with self._lock:
            self._of(url).failed = 0

    def failed(self, url: str, reason: str, seconds: float) -> None:
        """Note that an answer did not arrive, and how long it was waited for."""
        with self._lock:
            known = self._of(url)
            known.failed += 1
            known.wasted += seconds
            known.reason = reason

    def _of(self, url: str) -> _Server:
        return self._known.setdefault(urlsplit(url).netloc, _Server())


class Pauses:
    """Pauses that servers ask for with ``Retry-After``: ``say`` gets a sentence on each, once."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._until: dict[str, float] = {}
        self._lock = threading.Lock()

    def left(self, server: str) -> float:
        """Seconds until the server may be asked again."""
        return max(0.0, self._until.get(server, 0.0) - time.monotonic())

    def ask_for(self, server: str, seconds: float) -> None:
        """A server asks for a pause."""
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

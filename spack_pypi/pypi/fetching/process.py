"""Other processes that fetch: what arrives is unpacked and parsed there, while the resolver works
here; in Python only one thread of a process does such work at a time.

They have no state of their own: they write nothing, and end with this process, or when
`FetchProcesses` is closed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from multiprocessing.connection import Pipe
from typing import Any, Callable, NamedTuple, TypeVar
from urllib.parse import urlsplit

from ...errors import IndexFailure
from .. import kept
from ..model import File, Settings
from ..network.traffic import Traffic
from .fetcher import Fetcher

#: The processes are started after so many calls, or after a page or for an archive that is larger
#: than so many bytes: to start them takes as long as these. A run that asks for little, or has all
#: in its cache, needs none.
_FEW, _LARGE = 12, 32 << 10
#: What the child runs. It takes over where Python looks for modules, so that these are ours and
#: not those of the folder that it is started in.
_CHILD = (
    "import sys; from multiprocessing.connection import Connection; "
    "connection = Connection(int(sys.argv[1])); sys.path[:] = connection.recv(); "
    "from spack_pypi.pypi.fetching.child import serve; serve(connection)"
)

_Result = TypeVar("_Result")


class FetchCall(NamedTuple):
    """A method of a `Fetcher` to be called in the process. Calls have different ``number``s, and
    so have the fetchers; ``settings`` are those of the ``fetcher``."""

    number: int
    fetcher: int
    settings: Settings
    method: str
    arguments: tuple[Any, ...]


class FetchAnswer(NamedTuple):
    """The ``result`` of a call, or the ``error`` that it raised. Without a number it is a sentence
    for the user. ``requests`` is the number of requests made so far."""

    number: int | None
    result: Any = None
    error: BaseException | None = None
    requests: int = 0


class FetchProcesses:
    """Calls methods of fetchers in two processes, one for archives and one for all else, which the
    resolver waits for; the first few in this process. ``traffic`` is that of these fetchers: a
    call counts as a request under way to the server that it begins with."""

    def __init__(self, traffic: Traffic, processors: int | None = None) -> None:
        self._traffic = traffic
        self._calls = 0
        self._is_closed = False
        #: With one processor there is nothing to gain; elsewhere than on POSIX, it cannot be done.
        number = _processors() if processors is None else processors
        self._may_start = number > 1 and os.name == "posix" and bool(sys.executable)
        self._running: list[_Running] = []
        self._lock = threading.Lock()

    def close(self) -> None:
        """End the processes; calls that are under way raise `IndexFailure`."""
        with self._lock:
            self._is_closed = True
            self._end()

    def call(self, method: Callable[..., _Result], what: str | File, *arguments: Any) -> _Result:
        """What a method of a `Fetcher` returns for an address, or a file, and further arguments.
        Raises what it raises, and `IndexFailure` where the process ended."""
        fetcher: Fetcher = method.__self__  # type: ignore[attr-defined]
        is_archive = method.__name__ == Fetcher.contents.__name__
        size = what.size or 0 if is_archive and isinstance(what, File) else 0
        running = None if fetcher.settings.offline else self._ready(is_archive, size)
        if running is None:
            here = method(what, *arguments)
            if isinstance(here, kept.Page) and len(here.lines) > _LARGE:
                self._start()
            return here
        url = what if isinstance(what, str) else what.url
        with self._traffic.place(urlsplit(url).netloc):
            found: _Result = running.call(fetcher, method.__name__, url, (what, *arguments))
        return found

    def _ready(self, is_archive: bool, size: int) -> _Running | None:
        """The process for a call, if it runs."""
        with self._lock:
            self._calls += 1
            is_worth_it = self._calls > _FEW or size > _LARGE
        if is_worth_it:
            self._start()
        with self._lock:
            if self._is_closed or not self._running:
                return None
            try:
                running = self._running[is_archive]
                return running if running.is_ready() else None
            except (OSError, EOFError):
                self._fail()
                return None

    def _start(self) -> None:
        with self._lock:
            if self._may_start and not (self._running or self._is_closed):
                try:
                    self._running.append(_Running(self._traffic))
                    self._running.append(_Running(self._traffic))
                except OSError:
                    self._fail()

    def _fail(self) -> None:
        """All can be done in this process, too, though it takes longer."""
        self._may_start = False
        self._end()
        self._running = []

    def _end(self) -> None:
        for running in self._running:
            running.end()


class _Running:
    """The process and what was sent to it. Raises `OSError` where it cannot be started."""

    def __init__(self, traffic: Traffic) -> None:
        self._traffic = traffic
        self._fetchers: dict[Fetcher, int] = {}
        self._number = self._requests = 0
        self._answers: dict[int, FetchAnswer] = {}
        self._is_ready = self._is_read = self._is_over = self._is_needless = False
        self._sending, self._arrived = threading.Lock(), threading.Condition()
        self._connection, theirs = Pipe()
        with theirs:
            command = [*_interpreter(), "-c", _CHILD, str(theirs.fileno())]
            self._process = subprocess.Popen(
                command,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        self._connection.send(sys.path)
        self._connection.send((traffic.settings, os.getpid()))

    def end(self) -> None:
        """End the process, and wait for its end."""
        self._is_needless = True
        self._process.kill()
        self._process.wait()
        with self._arrived:
            self._is_over = True
            self._arrived.notify_all()

    def is_ready(self) -> bool:
        """Whether the process takes calls: until then it loads its modules. Raises `EOFError`, and
        `OSError`, where it ended instead."""
        if not self._is_ready and self._connection.poll():
            self._connection.recv()
            self._is_ready = True
        return self._is_ready

    def call(self, fetcher: Fetcher, method: str, url: str, arguments: tuple[Any, ...]) -> Any:
        """The result of a method of a fetcher in the process, which begins with this address."""
        try:
            with self._sending:
                number = self._number = self._number + 1
                at = self._fetchers.setdefault(fetcher, len(self._fetchers))
                self._connection.send(FetchCall(number, at, fetcher.settings, method, arguments))
            answer = self._answer(number)
        except (OSError, EOFError):
            raise IndexFailure(url, self._reason()) from None
        if answer.error is not None:
            raise answer.error
        return answer.result

    def _answer(self, number: int) -> FetchAnswer:
        """The answer to a call. Of the threads that wait for answers, one reads them for all."""
        with self._arrived:
            while number not in self._answers:
                if self._is_over:
                    raise EOFError
                if self._is_read:
                    self._arrived.wait()
                else:
                    self._read()
            return self._answers.pop(number)

    def _read(self) -> None:
        """Read one answer; the other threads wait, or take theirs, meanwhile."""
        self._is_read = True
        self._arrived.release()
        answer: FetchAnswer | None = None
        try:
            answer = self._connection.recv()
        finally:
            self._arrived.acquire()
            self._is_read = False
            if answer is None:
                self._is_over = True
            elif answer.number is None:
                self._traffic.say(answer.result)
            else:
                self._answers[answer.number] = answer
                self._traffic.count(answer.requests - self._requests)
                self._requests = answer.requests
            self._arrived.notify_all()

    def _reason(self) -> str:
        """Why there is no answer."""
        if self._is_needless:
            return "no longer needed"
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(1)
        code = self._process.returncode or 0
        how = f" by signal {-code}" if code < 0 else f" with code {code}"
        if code == -signal.SIGKILL:
            how += ", as a system does that is short of memory"
        return f"the process that fetches it was ended{how}: run the command again"


def _processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _interpreter() -> list[str]:
    """The command of a Python like this one, that looks for no modules of its own accord."""
    command = [sys.executable, "-I"]
    if sys.dont_write_bytecode:
        command.append("-B")
    if sys.pycache_prefix:
        command += ["-X", f"pycache_prefix={sys.pycache_prefix}"]
    return command

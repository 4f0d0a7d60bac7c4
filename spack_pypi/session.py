"""What one run of a command shares: the index, concurrent requests, and progress."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import Any, Callable, TypeVar

from .pypi.model import Index, Settings

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class Phase(Enum):
    """What a command is doing."""

    PREPARE = "preparing"
    RESOLVE = "resolving"
    LOAD = "loading"
    CHECK = "checking"
    AUDIT = "auditing"
    CONCRETIZE = "concretizing"
    FETCH = "fetching"
    INSTALL = "installing"
    UPDATE = "updating"
    COMPARE = "comparing"
    COPY = "copying"


@dataclass(frozen=True)
class Progress:
    """A phase has reached a ``subject`` (a package, spec or project, or empty); ``done`` of
    ``total`` subjects are finished, None if their number is unknown. A ``result`` says how
    a subject that is finished ended; in `Phase.PREPARE`, what is done to prepare it."""

    phase: Phase
    subject: str = ""
    done: int = 0
    total: int | None = None
    result: str = ""


class Session:
    """One per run of a command; a context manager that cancels pending requests at its end.
    ``connections`` is the number of requests at once; ``listener`` gets the progress, in the
    thread of the command. ``tags`` are those of the git repository at an address, with their
    commits; it raises `FileFailure`."""

    def __init__(
        self,
        index: Index,
        connections: int = Settings.connections,
        listener: Callable[[Progress], None] = lambda progress: None,
        tags: Callable[[str], Mapping[str, str]] = lambda address: {},
    ) -> None:
        self.index, self.connections, self.tags = index, connections, tags
        self._listener = listener
        _share_memory()
        self._under_way: set[Future[Any]] = set()
        # The same threads for all: those that come and go cost memory that is not freed.
        self._pool, self._long = self._new_pools()

    def _new_pools(self) -> tuple[ThreadPoolExecutor, ThreadPoolExecutor]:
        return (
            ThreadPoolExecutor(self.connections, thread_name_prefix="index"),
            # Not all connections: what is long must not hold up what is short.
            ThreadPoolExecutor(max(1, self.connections - 2), thread_name_prefix="archive"),
        )

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *exc: object) -> None:
        for pool in (self._pool, self._long):
            pool.shutdown(wait=False, cancel_futures=True)

    def progress(
        self,
        phase: Phase,
        subject: str = "",
        done: int = 0,
        total: int | None = None,
        result: str = "",
    ) -> None:
        """Report progress to the listener."""
        self._listener(Progress(phase, subject, done, total, result))

    @property
    def is_idle(self) -> bool:
        """Whether all calls have returned: `rest` would wait for none."""
        return all(future.done() for future in [*self._under_way])

    def rest(self) -> None:
        """Wait for all calls, and end all threads until the next `submit`: a process that is
        forked while others run may wait forever for a lock that one of them held."""
        for pool in (self._pool, self._long):
            pool.shutdown()
        self._pool, self._long = self._new_pools()

    def submit(self, function: Callable[..., _Result], *arguments: Any) -> Future[_Result]:
        """Call a function that reads from the index in another thread."""
        return self._watched(self._pool.submit(function, *arguments))

    def submit_long(self, function: Callable[..., _Result], *arguments: Any) -> Future[_Result]:
        """`submit` what reads an archive, and may take a while."""
        return self._watched(self._long.submit(function, *arguments))

    def _watched(self, future: Future[_Result]) -> Future[_Result]:
        self._under_way.add(future)
        future.add_done_callback(self._under_way.discard)
        return future

    def ahead(
        self, start: Callable[[_Item], _Result], items: Iterable[_Item]
    ) -> Iterator[_Result]:
        """What ``start`` returns for each item, in order. It is called for a few items ahead: this
        keeps the connections busy without holding the results of all."""
        started: deque[_Result] = deque()
        for item in items:
            started.append(start(item))
            if len(started) > self.connections:
                yield started.popleft()
        yield from started


#: As glibc's malloc.h names it.
_M_ARENA_MAX = -8


def _share_memory() -> None:
    """Let all threads take memory from one place. With glibc each has one of its own, in which
    what it frees stays: a fifth of the memory of a large run. Elsewhere, or in a Python without
    ``ctypes``, nothing is changed."""
    with suppress(ImportError, AttributeError, OSError, TypeError):
        import ctypes

        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)

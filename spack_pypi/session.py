"""What one run of a command shares: the index, how much is asked of it at once, and progress."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Callable, TypeVar

if TYPE_CHECKING:
    from .pypi.model import Index

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class Phase(Enum):
    """What a command is doing."""

    RESOLVE = "resolving"
    LOAD = "loading"
    CHECK = "checking"
    AUDIT = "auditing"
    CONCRETIZE = "concretizing"
    FETCH = "fetching"
    INSTALL = "installing"
    UPDATE = "updating"
    COMPARE = "comparing"


@dataclass(frozen=True)
class Progress:
    """A phase has come to a ``subject`` (a package, spec or project, or empty); ``done`` of
    ``total`` of them are finished, None where it is not known how many there will be."""

    phase: Phase
    subject: str = ""
    done: int = 0
    total: int | None = None


class Session:
    """One per run of a command; a context manager, which cancels what is still asked when it is
    left. ``connections`` is the number of requests at once, ``listener`` is called with progress,
    always in the thread of the command."""

    def __init__(
        self,
        index: Index,
        connections: int = 8,
        listener: Callable[[Progress], None] = lambda progress: None,
    ) -> None:
        self.index, self.connections = index, connections
        self._listener = listener
        # One for all questions: threads that come and go cost memory that is not given back.
        self._pool = ThreadPoolExecutor(connections, thread_name_prefix="index")

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *exc: object) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def progress(
        self, phase: Phase, subject: str = "", done: int = 0, total: int | None = None
    ) -> None:
        """Say where the command is."""
        self._listener(Progress(phase, subject, done, total))

    def submit(self, function: Callable[..., _Result], *arguments: Any) -> Future[_Result]:
        """Call a function, which asks the index, in another thread."""
        return self._pool.submit(function, *arguments)

    def ahead(
        self, start: Callable[[_Item], _Result], items: Iterable[_Item]
    ) -> Iterator[_Result]:
        """What ``start`` returns for each item, in order. It is called for a few items ahead:
        enough to keep the connections busy, without holding the answers for all of them."""
        started: deque[_Result] = deque()
        for item in items:
            started.append(start(item))
            if len(started) > self.connections:
                yield started.popleft()
        yield from started

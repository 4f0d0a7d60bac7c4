"""Call a function in a child process that ends with it: what it used of memory is given back, what
it changed of Spack is forgotten, and this process may go on beside it.

The child is forked, and so has all that Spack knows here (staged recipes, settings). Where a
process cannot be forked safely (macOS, Windows), the function is called in this one.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any, Callable, Generic, TypeVar

from ..errors import HostError

_Result = TypeVar("_Result")

#: As Spack's own parallel code sees it.
_FORKS = sys.platform not in ("darwin", "win32")


def in_child(what: str, function: Callable[..., _Result], *arguments: Any) -> _Result:
    """What the function returns, or raises: either must be picklable. No other thread may run
    here: the child would wait forever for a lock that it held. Raises `HostError` for a child that
    is killed; ``what`` is the subject of its message (*Spack's solver*)."""
    return Child(what, function, *arguments).result()


class Child(Generic[_Result]):
    """A call as that of `in_child`, beside which this process goes on; where it cannot be forked,
    the function is called once its result is asked for. The child ends with this process."""

    def __init__(self, what: str, function: Callable[..., _Result], *arguments: Any) -> None:
        self._what, self._asked = what, (function, arguments)
        if _FORKS:
            context = multiprocessing.get_context("fork")
            self._receive, send = context.Pipe(duplex=False)
            with _interrupts_after() as handler:
                asked = (send, handler, function, arguments)
                self._process = context.Process(target=_call, args=asked)
                # Else it would be waited for; a daemon would not, but may have no children of its
                # own. From here on: we may be interrupted as soon as it runs.
                atexit.register(self.end)
                self._process.start()
            send.close()

    def result(self) -> _Result:
        """Wait for it, once. See `in_child`."""
        if not _FORKS:
            function, arguments = self._asked
            return function(*arguments)
        try:
            result, error = self._receive.recv()
        except EOFError:
            self._process.join()
            raise HostError(self._what + _ended(self._process.exitcode)) from None
        finally:
            # Also for what interrupts us: the child has nobody left to answer.
            self.end()
        if error is not None:
            raise error
        found: _Result = result
        return found

    def end(self) -> None:
        """End it, also before its result is there, which cannot be asked for afterwards."""
        if _FORKS:
            atexit.unregister(self.end)
            if self._process.pid is not None:
                self._process.kill()
                self._process.join()
            self._receive.close()


@contextmanager
def _interrupts_after() -> Iterator[Any]:
    """An interrupt (SIGINT) that arrives meanwhile comes after it. What modules run around a fork
    drops an exception, and may keep its locks (`logging`). Gives the handler that is back then;
    None where this is not the thread that is interrupted."""
    handler = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or handler is None:
        yield None
        return
    arrived: list[int] = []
    signal.signal(signal.SIGINT, lambda number, frame: arrived.append(number))
    try:
        yield handler
    finally:
        signal.signal(signal.SIGINT, handler)
    if arrived:
        signal.raise_signal(signal.SIGINT)


def _call(
    send: Connection, handler: Any, function: Callable[..., Any], arguments: tuple[Any, ...]
) -> None:
    """The child: answers, and ends without the cleaning up that is its parent's."""
    try:
        if handler is not None:
            signal.signal(signal.SIGINT, handler)
        threading.Thread(target=_end_with_parent, daemon=True).start()
        try:
            result, failed = function(*arguments), None
        except Exception as error:
            result, failed = None, error
        send.send((result, failed))
        if sys.stdout is not None:  # whoever started us may have closed it
            sys.stdout.flush()
    except KeyboardInterrupt:
        pass  # the parent says so
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(0)


def _end_with_parent() -> None:
    """A parent that is killed cannot end its child."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _ended(code: int | None) -> str:
    if code is not None and code < 0:
        return f" was ended by signal {-code}: it may have run out of memory"
    return " ended without an answer"

"""Call a function in a child process that ends with it: what it used of memory is given back, and
what it changed of Spack is forgotten.

The child is forked, and so has all that Spack knows here (staged recipes, settings). Where a
process cannot be forked safely (macOS, Windows), the function is called in this one.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
import traceback
from multiprocessing.connection import Connection
from typing import Any, Callable, TypeVar

from ..errors import HostError

_Result = TypeVar("_Result")

#: As Spack's own parallel code sees it.
_FORKS = sys.platform not in ("darwin", "win32")


def in_child(function: Callable[..., _Result], *arguments: Any) -> _Result:
    """What the function returns, or raises: either must be picklable. No other thread may run
    here: the child would wait forever for a lock that it held. Raises `HostError` for a child that
    is killed."""
    if not _FORKS:
        return function(*arguments)
    context = multiprocessing.get_context("fork")
    receive, send = context.Pipe(duplex=False)
    child = context.Process(target=_call, args=(send, function, arguments))
    sys.stdout.flush()
    child.start()
    send.close()
    try:
        result, error = receive.recv()
    except EOFError:
        child.join()
        raise HostError(_ended(child.exitcode)) from None
    finally:
        # Also for what interrupts us: the child has nobody left to answer.
        child.kill()
        child.join()
        receive.close()
    if error is not None:
        raise error
    found: _Result = result
    return found


def _call(send: Connection, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    """The child: answers, and ends without the cleaning up that is its parent's."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        try:
            result, failed = function(*arguments), None
        except Exception as error:
            result, failed = None, error
        send.send((result, failed))
    except KeyboardInterrupt:
        pass  # the parent says so
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    os._exit(0)


def _end_with_parent() -> None:
    """A parent that is killed cannot end its child."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _ended(code: int | None) -> str:
    if code is not None and code < 0:
        return f"Spack's solver was ended by signal {-code}: it may have run out of memory"
    return "Spack's solver ended without an answer"

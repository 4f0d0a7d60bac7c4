"""A session: what it asks ahead, how it ends, what it says of progress."""

from __future__ import annotations

import ctypes
import platform
import subprocess
import sys
import threading
from concurrent.futures import CancelledError, Future
from typing import Any, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spack_pypi.session import Phase, Progress, Session
from tests.memory import MemoryIndex


@given(st.lists(st.integers(), max_size=40), st.integers(1, 9))
def test_answers_come_in_the_order_of_the_items(items: list[int], connections: int) -> None:
    with Session(MemoryIndex(), connections) as session:
        futures = session.ahead(lambda item: session.submit(str, item), items)
        assert [each.result() for each in futures] == [str(item) for item in items]


@given(st.integers(0, 40), st.integers(1, 9))
def test_only_a_few_are_started_ahead(number: int, connections: int) -> None:
    """As many as there are connections; none at all before the first answer is wanted."""
    started: list[int] = []
    with Session(MemoryIndex(), connections) as session:
        answers = session.ahead(started.append, range(number))
        assert started == []
        for at, _ in enumerate(answers):
            assert len(started) == min(at + 1 + connections, number)
    assert started == list(range(number))


def test_no_more_calls_run_at_once_than_there_are_connections() -> None:
    """Three calls for two connections: the third waits until one of the others ends."""
    running = threading.Semaphore(0)
    end = threading.Event()

    def call() -> None:
        running.release()
        assert end.wait(60)

    with Session(MemoryIndex(), 2) as session:
        futures = [session.submit(call) for _ in range(3)]
        assert running.acquire(timeout=60) and running.acquire(timeout=60)
        assert not running.acquire(blocking=False)
        assert not futures[2].running()
        end.set()
        for future in futures:
            future.result(60)


def test_what_is_still_asked_when_it_is_left_is_cancelled() -> None:
    """What fails is not kept waiting for answers that nobody reads."""
    begun, end = threading.Event(), threading.Event()

    def call() -> bool:
        begun.set()
        return end.wait(60)

    futures: list[Future[bool]] = []
    try:
        with pytest.raises(KeyboardInterrupt), Session(MemoryIndex(), 1) as session:
            futures += [session.submit(call) for _ in range(3)]
            assert begun.wait(60)
            raise KeyboardInterrupt
        for future in futures[1:]:
            with pytest.raises(CancelledError):
                future.result(60)
    finally:
        end.set()
    assert futures[0].result(60), "a call that had begun ends by itself"


def test_an_error_of_a_call_reaches_who_asks_for_its_result() -> None:
    with Session(MemoryIndex()) as session, pytest.raises(ValueError, match="invalid literal"):
        session.submit(int, "x").result()


def test_a_session_that_rests_has_no_threads() -> None:
    """Until it is asked again: a process that is forked meanwhile waits for nobody."""
    with Session(MemoryIndex()) as session:
        asked = [session.submit(str, number) for number in range(20)]
        before = threading.active_count()
        session.rest()
        assert threading.active_count() < before
        assert all(each.done() for each in asked)
        assert session.submit(str, 1).result() == "1"


@pytest.mark.parametrize("submit", [Session.submit, Session.submit_long])
def test_a_session_is_idle_while_no_call_is_under_way(submit: Callable[..., Future[Any]]) -> None:
    """Also not one that nobody asks for."""
    end = threading.Event()
    with Session(MemoryIndex()) as session:
        assert session.is_idle
        waits, fails = submit(session, end.wait, 60), submit(session, int, "x")
        assert not session.is_idle
        end.set()
        assert waits.result() and isinstance(fails.exception(), ValueError)
        assert session.is_idle


def test_progress_goes_to_the_listener() -> None:
    heard: list[Progress] = []
    with Session(MemoryIndex(), listener=heard.append) as session:
        session.progress(Phase.LOAD)
        session.progress(Phase.CHECK, "py-x", 1, 3)
    assert heard == [Progress(Phase.LOAD), Progress(Phase.CHECK, "py-x", 1, 3)]


def test_a_session_without_listener_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with Session(MemoryIndex()) as session:
        session.progress(Phase.LOAD)
    assert capsys.readouterr() == ("", "")


ARENAS = """
import ctypes, threading
from spack_pypi.session import Session

libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
with Session(None, connections=4) as session:
    together = threading.Barrier(4)
    for each in [session.submit(lambda: (together.wait(), bytes(5000))) for _ in range(4)]:
        each.result()
libc.malloc_info(0, ctypes.c_void_p(libc.fdopen(1, b"w")))
libc.fflush(None)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has several")
def test_threads_take_memory_from_one_place() -> None:
    command = [sys.executable, "-c", ARENAS]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert printed.count("<heap nr=") == 1


@pytest.mark.parametrize("failure", [AttributeError, OSError, TypeError])
def test_a_system_that_has_no_such_place(
    monkeypatch: pytest.MonkeyPatch, failure: type[Exception]
) -> None:
    def load(name: str | None) -> None:
        raise failure

    monkeypatch.setattr(ctypes, "CDLL", load)
    with Session(MemoryIndex()) as session:
        assert session.submit(int, "1").result() == 1

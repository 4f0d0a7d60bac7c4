"""What comes back from a child process, and what becomes of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from spack_pypi.errors import HostError
from spack_pypi.host import child
from spack_pypi.host.child import Child, in_child

forks = pytest.mark.skipif(sys.platform != "linux", reason="needs a process that is forked")


def raised(error: BaseException) -> Any:
    raise error


@forks
def test_what_it_does_stays_there() -> None:
    """Its memory is its own; what it returns comes back."""
    here: list[int] = []

    def call(number: int) -> tuple[int, int]:
        here.append(number)
        return os.getpid(), sum(here)

    pid, found = in_child("a call", call, 3)
    assert found == 3 and here == []
    assert pid != os.getpid()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.parametrize("forked", [pytest.param(True, marks=forks), False])
@pytest.mark.parametrize("error", [HostError("no disk"), ValueError("3")], ids=repr)
def test_errors_keep_their_kind(
    error: Exception, forked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "_FORKS", forked)
    with pytest.raises(type(error), match=str(error)):
        in_child("a call", raised, error)


def test_where_standard_output_is_closed(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    assert in_child("a call", lambda: 3) == 3
    assert capfd.readouterr() == ("", "")


def test_where_nothing_can_be_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "_FORKS", False)
    assert in_child("a call", os.getpid) == os.getpid()


@forks
def test_we_go_on_beside_it(tmp_path: Path) -> None:
    def call() -> str:
        while not (tmp_path / "done").exists():
            time.sleep(0.01)
        return (tmp_path / "done").read_text()

    beside = Child("a call", call)
    (tmp_path / "new").write_text("from here")
    (tmp_path / "new").rename(tmp_path / "done")
    assert beside.result() == "from here"


@forks
def test_what_is_ended_is_gone(tmp_path: Path) -> None:
    """Also before it answered; and nothing is left that would wait for it."""

    def call() -> None:
        (tmp_path / "pid").write_text(str(os.getpid()))
        (tmp_path / "pid").rename(tmp_path / "running")
        time.sleep(600)

    beside = Child("a call", call)
    while not (tmp_path / "running").exists():
        time.sleep(0.01)
    beside.end()
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "running").read_text()), 0)


@forks
@pytest.mark.parametrize(
    "ended, said",
    [
        (
            lambda: os.kill(os.getpid(), signal.SIGKILL),
            "the call was ended by signal 9: it may have run out of memory",
        ),
        (lambda: os._exit(3), "the call ended without an answer"),
        (lambda: lambda: None, "the call ended without an answer"),  # cannot be sent
    ],
    ids=["killed", "ended", "unsendable"],
)
def test_no_answer(ended: Any, said: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(HostError, match=f"^{said}$"):
        in_child("the call", ended)


@forks
def test_one_that_is_interrupted_before_its_call_says_nothing(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Of the parent's it has the handler, whose exception may come at its first step."""

    def interrupted(**options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(threading, "Thread", interrupted)
    with pytest.raises(HostError, match="the call ended without an answer"):
        in_child("the call", os.getpid)
    assert capfd.readouterr() == ("", "")


CALL = """
import os, sys, time
from spack_pypi.host.child import Child, in_child

def call():
    print(os.getpid(), flush=True)
    time.sleep(600)

"""
BESIDE = f"""{CALL}
Child("a call", call)
sys.stdin.readline()
"""
WAITING = f"""{CALL}
try:
    in_child("a call", call)
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


@contextmanager
def started(script: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A process that runs a script, and the number of the child that it starts."""
    with subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent.parent.parent,
    ) as parent:
        assert parent.stdout is not None
        yield parent, int(parent.stdout.readline())


@forks
def test_it_ends_with_us_though_nobody_asked_for_its_result() -> None:
    with started(BESIDE) as (parent, pid):
        _, errors = parent.communicate("end\n", timeout=60)
    assert (parent.returncode, errors) == (0, "") and not is_running(pid)


#: Interrupted as soon as the child runs, before its result is waited for.
AT_ONCE = f"""{CALL}
from multiprocessing.connection import Connection

close = Connection.close

def interrupted(connection):
    Connection.close = close
    raise KeyboardInterrupt

Connection.close = interrupted
try:
    Child("a call", call)
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


@forks
def test_none_is_waited_for_by_who_is_interrupted_at_once() -> None:
    done = subprocess.run(
        [sys.executable, "-c", AT_ONCE],
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
        check=True,
        cwd=Path(__file__).parent.parent.parent,
    )
    assert "interrupted" in done.stdout  # what the child says may stand behind it on the line


@forks
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL])
def test_none_is_left_behind(sent: signal.Signals) -> None:
    """Of a parent that is interrupted, or killed."""
    with started(WAITING) as (parent, pid):
        parent.send_signal(sent)
        said, errors = parent.communicate(timeout=60)
    assert errors == ""
    assert said == ("interrupted\n" if sent is signal.SIGINT else "")
    end = time.monotonic() + 60
    while is_running(pid):
        assert time.monotonic() < end, "it runs on"
        time.sleep(0.01)


def is_running(pid: int) -> bool:
    try:
        # One that has ended, and that nobody waited for yet, is a zombie.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@forks
def test_an_interrupt_while_it_is_forked_comes_after_that(tmp_path: Path) -> None:
    """What runs around a fork, such as the handlers of `logging`, drops exceptions."""
    script = tmp_path / "script.py"
    script.write_text(
        "import logging, os, signal, sys\n"
        "from spack_pypi.host.child import in_child\n"
        "me = os.getpid()\n"
        "os.register_at_fork(after_in_parent=lambda: os.kill(me, signal.SIGINT))\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "try:\n"
        "    in_child('a call', os.getpid)\n"
        "except KeyboardInterrupt:\n"
        "    logging.getLogger().warning('interrupted')\n"
    )
    root = Path(child.__file__).parents[2]
    done = subprocess.run(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == "interrupted\n"

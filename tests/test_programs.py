"""Programs that are run for what they print: (what a shell runs) → what is read of it."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from spack_pypi import programs
from spack_pypi.programs import Said, Unanswered, call

if sys.platform == "win32":
    pytest.skip("there is no sh", allow_module_level=True)

#: What is kept of standard error, and what is allowed on standard output, bytes.
ERRORS, MOST = 1 << 16, 1 << 20


def shell(script: str, seconds: float = 30) -> Said:
    return call(["sh", "-c", script], seconds, MOST)


@pytest.mark.parametrize(
    "script, said",
    [
        ("echo out; echo err >&2; exit 3", Said(b"out\n", b"err\n", 3)),
        ("cat", Said(b"", b"", 0)),
        ("head -c 1048576 /dev/zero", Said(bytes(MOST), b"", 0)),
        # All of it is read, or the program would wait for that; its beginning is kept.
        ("head -c 1000000 /dev/zero >&2; echo x", Said(b"x\n", bytes(ERRORS), 0)),
        ("exec >&-; sleep 0.1; exit 4", Said(b"", b"", 4)),
        ("kill -9 $$", Said(b"", b"", -9)),
    ],
)
def test_what_is_said(script: str, said: Said) -> None:
    assert shell(script) == said


@pytest.mark.parametrize(
    "script, seconds, why",
    [
        ("head -c 1048577 /dev/zero", 30, "printed more than 1,024 KiB"),
        ("cat /dev/zero", 30, "printed more than 1,024 KiB"),
        ("exec sleep 60", 0.1, "did not finish within 0 seconds"),
        ("exec sleep 60 >&-", 0.1, "did not finish within 0 seconds"),
    ],
)
def test_none_is_waited_for_without_end(script: str, seconds: float, why: str) -> None:
    with pytest.raises(Unanswered, match=f"^{why}$"):
        shell(script, seconds)


def test_what_a_program_leaves_running_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """It keeps both streams open."""
    monkeypatch.setattr(programs, "_TO_END", 0.1)
    assert shell("sleep 5 & echo x", 0.5) == Said(b"x\n", b"", 0)


def test_one_that_is_ended_may_end_its_own(tmp_path: Path) -> None:
    ended = tmp_path / "ended"
    with pytest.raises(Unanswered):
        shell(f"trap 'touch {ended}; exit' TERM; sleep 5 & wait", 1.0)
    assert ended.exists()


def test_one_that_ignores_that_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "_TO_END", 0.1)
    with pytest.raises(Unanswered):
        shell("trap '' TERM; while :; do :; done", 0.5)


def test_what_cannot_be_run() -> None:
    with pytest.raises(FileNotFoundError):
        call(["no-such-program-anywhere"], 1, MOST)
    with pytest.raises(ValueError, match="null"):
        call(["echo", "a\0b"], 1, MOST)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="only Linux says what runs")
def test_what_one_has_started_ends_with_it(tmp_path: Path) -> None:
    """A shell ends without its commands; this one waits for a pipe, which no signal of its own
    ends."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Unanswered):
        shell(f"sh -c 'echo $$ >{tmp_path}/pid; cat {tmp_path}/pipe; true'; true", 1.0)
    pid = int((tmp_path / "pid").read_text())
    for _ in range(100):
        state = Path(f"/proc/{pid}/stat")
        if not state.exists() or ") Z " in state.read_text():
            return
        time.sleep(0.05)
    raise AssertionError("it still runs")

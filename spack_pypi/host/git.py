"""Git, as a program, for repos and clones of the user."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from ..errors import HostError
from ..git_call import arguments as command
from ..git_call import environment
from ..git_files import why_git_would_hang

#: No program that a clone names is run: its hooks are for what its owner commits.
_OFF = (
    f"core.hooksPath={os.devnull}",
    "core.fsmonitor=false",
    # A server that sends less than so many bytes a second, for so many seconds, has gone.
    "http.lowSpeedLimit=1000",
    "http.lowSpeedTime=30",
)
#: None that runs a program which the address names (``ext::``).
_PROTOCOLS = "file:git:http:https:ssh"
#: Seconds that commands may take that only look. What a fetch brings may be large, and so may what
#: is checked out: nothing else says how long that takes.
_PATIENCE = {
    **dict.fromkeys(["config", "rev-parse", "show", "var"], 45.0),
    "fetch": 600.0,
}


class NoAnswer(HostError):
    """There is no git, it does not end, or it was ended by a signal: that is not an answer."""


def git(folder: Path, *arguments: str, given: str = "", lock: int | None = None) -> str:
    """What git prints; ``given`` is what it reads. Raises `HostError` with its last lines where it
    fails. It holds a ``lock`` (a file that is open) as long as it runs, even if this process ends
    before it."""
    reason = why_git_would_hang(folder)
    if reason:
        raise NoAnswer(reason)
    try:
        done = subprocess.run(
            command(folder, *arguments, settings=_OFF),
            env={"GIT_ALLOW_PROTOCOL": _PROTOCOLS, **environment()},
            input=given.encode("utf-8", "surrogateescape"),
            capture_output=True,
            pass_fds=() if lock is None else (lock,),
            timeout=_PATIENCE.get(arguments[0]),
            check=False,
        )
    except FileNotFoundError:
        raise NoAnswer("git is not installed; install it, or put it on PATH") from None
    except subprocess.TimeoutExpired as late:
        raise NoAnswer(
            f"git {arguments[0]} in {folder} did not finish within {late.timeout:.0f} seconds: "
            "does its server answer, and are all of its files (.git, and what its settings "
            "include) files?"
        ) from None
    if done.returncode < 0:
        raise NoAnswer(f"git {arguments[0]} was ended by signal {-done.returncode}: run it again")
    if done.returncode:
        lines = [line for line in _text(done.stderr).splitlines() if line.strip()]
        raise HostError(f"git {arguments[0]}: {' '.join(lines[-3:]) or 'failed'}")
    return _text(done.stdout)


def git_or(folder: Path, *arguments: str, given: str = "", lock: int | None = None) -> str | None:
    """What git prints, None where it fails. Raises `NoAnswer`."""
    try:
        return git(folder, *arguments, given=given, lock=lock)
    except NoAnswer:
        raise
    except HostError:
        return None


def _text(output: bytes) -> str:
    # The ends of a recipe's lines are its author's: no text mode.
    return output.decode("utf-8", "surrogateescape")

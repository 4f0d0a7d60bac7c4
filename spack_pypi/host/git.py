"""Git, as a program, for repos and clones of the user."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from ..errors import HostError
from ..git_call import arguments as command
from ..git_call import environment

#: No program that a clone names is run: its hooks are for what its owner commits.
_NO_PROGRAMS = (f"core.hooksPath={os.devnull}", "core.fsmonitor=false")
#: None that runs a program which the address names (``ext::``).
_PROTOCOLS = "file:git:http:https:ssh"
#: Seconds that another server may take to list its tags.
_PATIENCE = 20.0


class NoAnswer(HostError):
    """There is no git, or it was ended by a signal: that is not an answer."""


def git(folder: Path, *arguments: str, given: str = "", lock: int | None = None) -> str:
    """What git prints; ``given`` is what it reads. Raises `HostError` with its last lines where it
    fails. It holds a ``lock`` (a file that is open) as long as it runs, even if this process ends
    before it."""
    try:
        done = subprocess.run(
            command(folder, *arguments, settings=_NO_PROGRAMS),
            env={"GIT_ALLOW_PROTOCOL": _PROTOCOLS, **environment()},
            input=given.encode("utf-8", "surrogateescape"),
            capture_output=True,
            pass_fds=() if lock is None else (lock,),
            timeout=_PATIENCE if arguments[0] == "ls-remote" else None,
            check=False,
        )
    except FileNotFoundError:
        raise NoAnswer("git is not installed; install it, or put it on PATH") from None
    except subprocess.TimeoutExpired:
        raise HostError(
            f"git {arguments[0]} did not finish within {_PATIENCE:.0f} seconds"
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

"""The ``git`` of the user, to read repositories: nothing of theirs is run or checked out.

Access is what the user's git has (its credential helpers, its ssh); it is never asked for. Hooks
and fsmonitor are off, and files are read as they are stored: no filter (such as LFS) sees them.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from ... import git_call
from ...credentials import redacted
from ...errors import FileFailure

#: Seconds that a command may take: a large repository on a slow line.
_PATIENCE = 600.0
_OFF = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "protocol.ext.allow=never",
    "fetch.recurseSubmodules=false",
)


def environment() -> dict[str, str]:
    """The variables of git commands, for which nobody is asked a password."""
    return {
        "GIT_SSH_COMMAND": "ssh -oBatchMode=yes",
        **git_call.environment(),
        "GIT_ASKPASS": "true",
        "SSH_ASKPASS": "true",
        "GCM_INTERACTIVE": "never",
    }


def arguments(folder: Path, *words: str) -> list[str]:
    """A command of git in a folder."""
    return git_call.arguments(folder, *words, settings=_OFF)


def run(address: str, folder: Path, *words: str) -> bytes:
    """What git prints. Raises `FileFailure` about an address, with its error."""
    try:
        done = subprocess.run(
            arguments(folder, *words),
            env=environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
    except FileNotFoundError:
        raise FileFailure(address, "git is not installed") from None
    except subprocess.TimeoutExpired:
        reason = f"git did not finish within {_PATIENCE / 60:.0f} minutes"
        raise FileFailure(address, reason) from None
    if done.returncode:
        said = [line for line in done.stderr.decode("utf-8", "replace").splitlines() if line]
        failure = next((line for line in said if line.startswith(("fatal:", "error:"))), "")
        reason = failure.partition(": ")[2] or (said[-1] if said else "it failed")
        raise FileFailure(address, f"git says: {redacted(reason)[:200]}")
    return done.stdout

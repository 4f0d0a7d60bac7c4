"""The ``git`` of the user, to read repositories: nothing of theirs is run or checked out.

Access is what the user's git has (its credential helpers, its ssh); it is never asked for. Hooks
and fsmonitor are off, and files are read as they are stored: no filter (such as LFS) sees them.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from ..credentials import redacted
from ..errors import FileFailure

#: Seconds that a command may take: a large repository on a slow line.
_PATIENCE = 600.0
_OFF = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "protocol.ext.allow=never",
    "fetch.recurseSubmodules=false",
    "maintenance.auto=false",
    "gc.auto=0",
)
#: Variables that would lead git to another repository, and those that would run something.
_NOT_INHERITED = ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY")


def environment(inherited: Mapping[str, str]) -> dict[str, str]:
    """The variables of git commands: no prompts, English messages."""
    kept = {name: value for name, value in inherited.items() if name not in _NOT_INHERITED}
    kept.setdefault("GIT_SSH_COMMAND", "ssh -oBatchMode=yes")
    return {
        **kept,
        "LC_ALL": "C",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "true",
        "SSH_ASKPASS": "true",
        "GCM_INTERACTIVE": "never",
        "GIT_OPTIONAL_LOCKS": "0",
    }


def arguments(folder: Path, *words: str) -> list[str]:
    """A command of git in a folder."""
    settings = [word for setting in _OFF for word in ("-c", setting)]
    return ["git", "-C", str(folder), *settings, *words]


def run(address: str, folder: Path, *words: str) -> bytes:
    """What git prints. Raises `FileFailure` about an address, with its last line."""
    try:
        done = subprocess.run(
            arguments(folder, *words),
            env=environment(os.environ),
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
        told = next((line for line in said if line.startswith(("fatal:", "error:"))), "")
        reason = told.partition(": ")[2] or (said[-1] if said else "it failed")
        raise FileFailure(address, f"git says: {redacted(reason)[:200]}")
    return done.stdout

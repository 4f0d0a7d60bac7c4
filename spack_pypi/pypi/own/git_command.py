"""The ``git`` of the user, to read repositories: nothing of theirs is run or checked out.

Access is what the user's git has (its credential helpers, its ssh); it is never asked for. Hooks
and fsmonitor are off, and files are read as they are stored: no filter (such as LFS) sees them.
The settings of a repository are its owner's. They may say by which program git fetches what the
repository lacks (partial clones): so nothing is fetched but by the commands that are to do it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from ... import git_call
from ...credentials import redacted
from ...errors import FileFailure
from ...git_files import why_git_would_hang
from ...programs import Unanswered, call

#: Seconds that a command may take, and one that fetches: a large repository on a slow line.
PATIENCE, _FETCHING = 45.0, 600.0
#: The most that a command may print, bytes: all branches and tags, or the names of all files.
_MOST = 100 << 20
#: The commands that ask the repository at an address.
_ASK = ("ls-remote", "fetch")
_OFF = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "fetch.recurseSubmodules=false",
    # A server that sends less than so many bytes a second, for so many seconds, has gone.
    "http.lowSpeedLimit=1000",
    "http.lowSpeedTime=30",
)
_SSH = "ssh -oBatchMode=yes -oConnectTimeout=20 -oServerAliveInterval=15"


def environment(*, may_fetch: bool = False) -> dict[str, str]:
    """The variables of git commands, for which nobody is asked a password. Only one that
    ``may_fetch`` reaches other repositories: at the address that it is given, or at what the
    user's settings put in its place (``url.git@host:.insteadOf``), but by no protocol that runs
    a program (``ext::``)."""
    return {
        "GIT_SSH_COMMAND": _SSH,
        **git_call.environment(),
        "GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh" if may_fetch else "none",
        "GIT_NO_LAZY_FETCH": "1",
        # Objects that stand in the place of others are not in anybody else's clone.
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_ASKPASS": "true",
        "SSH_ASKPASS": "true",
        "GCM_INTERACTIVE": "never",
    }


def arguments(folder: Path, *words: str) -> list[str]:
    """A command of git in a folder."""
    return git_call.arguments(folder, *words, settings=_OFF)


def run(address: str, folder: Path, *words: str) -> bytes:
    """What git prints. Raises `FileFailure` about an address, with its error."""
    patience = _FETCHING if words[0] == "fetch" else PATIENCE
    return _run(address, folder, words, patience, environment(may_fetch=words[0] in _ASK))


def run_apart(address: str, folder: Path, *words: str) -> bytes:
    """`run` without any settings of the user: where files are checked out, none of their filters
    are run. It may take as long as a fetch."""
    apart = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    return _run(address, folder, words, _FETCHING, {**environment(), **apart})


def _run(
    address: str,
    folder: Path,
    words: Sequence[str],
    patience: float,
    variables: Mapping[str, str],
) -> bytes:
    reason = why_git_would_hang(folder)
    if reason:
        raise FileFailure(address, reason)
    try:
        done = call(arguments(folder, *words), patience, _MOST, variables)
    except FileNotFoundError:
        raise FileFailure(address, "git is not installed, or not on PATH") from None
    except OSError as error:
        raise FileFailure(address, f"git cannot be run: {error.strerror}") from None
    except Unanswered as failure:
        raise FileFailure(address, f"git {words[0]} {failure}") from None
    if done.code:
        said = [line for line in done.errors.decode("utf-8", "replace").splitlines() if line]
        fatal = next((line for line in said if line.startswith(("fatal:", "error:"))), "")
        reason = fatal.partition(": ")[2] or (said[-1] if said else "it failed")
        raise FileFailure(address, f"git says: {redacted(reason)[:200]}")
    return done.output

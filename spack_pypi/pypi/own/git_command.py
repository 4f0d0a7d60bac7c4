"""The ``git`` of the user, to read repositories: nothing of theirs is run or checked out.

Access is what the user's git has (its credential helpers, its ssh); it is never asked for. Hooks
and fsmonitor are off, and files are read as they are stored: no filter (such as LFS) sees them.
The settings of a repository are its owner's. They may say by which program git fetches what the
repository lacks (partial clones): so nothing is fetched but by the commands that are to do it.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from ... import git_call
from ...credentials import redacted
from ...errors import FileFailure
from ...git_files import why_git_would_hang
from ...programs import Said, Unanswered, call
from ..network.private_network import is_inside, leads_inside

#: Seconds that a command may take, and one that fetches: a large repository on a slow line.
PATIENCE, FETCHING = 45.0, 600.0
#: The most that a command may print, bytes: all branches and tags, or the names of all files.
_MOST = 100 << 20
#: The most redirects that are followed, one after the other.
_REDIRECTS = 10
#: What git says of an answer that it was told not to follow, and what it asks a server first.
_REDIRECTED = re.compile(rb"^fatal: .* returned error: 30[12378]$", re.M)
_FIRST = "/info/refs?service=git-upload-pack"
_LOCATION = re.compile(rb"<= Recv header: location: *(\S+)", re.I)
#: For a server that must not lead git anywhere before that was looked at.
_NO_REDIRECTS = ("http.followRedirects=false",)
_TRACE = {"GIT_TRACE_CURL": "2", "GIT_TRACE_CURL_NO_DATA": "1", "GIT_TRACE_REDACT": "1"}
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


def arguments(folder: Path, *words: str, settings: Sequence[str] = ()) -> list[str]:
    """A command of git in a folder."""
    return git_call.arguments(folder, *words, settings=(*_OFF, *settings))


def run(address: str, folder: Path, *words: str) -> bytes:
    """What git prints. Raises `FileFailure` about an address, with its error."""
    return _output(address, _done(address, folder, words, PATIENCE, environment()))


def run_apart(address: str, folder: Path, *words: str) -> bytes:
    """`run` without any settings of the user: where files are checked out, none of their filters
    are run. It may take as long as a fetch."""
    apart = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    done = _done(address, folder, words, FETCHING, {**environment(), **apart})
    return _output(address, done)


def ask(
    address: str,
    folder: Path,
    *words: str,
    names: Sequence[str] = (),
    patience: float = PATIENCE,
) -> bytes:
    """`run` for a command that asks the repository at an address, for ``names`` if there are any.
    Redirects are followed as far as `private_network` lets those of an index lead."""
    variables = environment(may_fetch=True)
    at, began = address, time.monotonic()
    for _ in range(_REDIRECTS + 1):
        passed = time.monotonic() - began
        if passed >= min(patience, PATIENCE):
            raise FileFailure(address, "its server takes too long to redirect git: run it again")
        asked = (*words, "--", at, *names)
        settings = _NO_REDIRECTS if _is_public(at) else ()
        done = _done(address, folder, asked, patience - passed, variables, settings)
        if not (settings and _REDIRECTED.search(done.errors)):
            return _output(address, done)
        at = _redirected(address, at, folder, PATIENCE - passed)
    raise FileFailure(address, f"its server redirects more than {_REDIRECTS} times")


def _is_public(address: str) -> bool:
    """Whether an address is one of the web, and of no private network: that of a site may redirect
    as it likes."""
    parts = urlsplit(address)
    return parts.scheme in ("http", "https") and not is_inside(parts.hostname or "")


def _redirected(address: str, at: str, folder: Path, patience: float) -> str:
    """Where the server of a repository redirects git, which says so in its trace only. Raises
    `FileFailure` where it is not to be followed."""
    variables = {**environment(may_fetch=True), **_TRACE}
    words = ("ls-remote", "--", at)
    errors = _done(address, folder, words, patience, variables, _NO_REDIRECTS).errors
    said = [found.decode("ascii", "replace") for found in _LOCATION.findall(errors)]
    refuse = partial(FileFailure, address)
    try:
        location: str = urljoin(f"{at}{_FIRST}", said[-1] if said else "")
        scheme = urlsplit(location).scheme
        host = urlsplit(location).hostname
    except ValueError:
        raise refuse("its server redirects to what is not an address") from None
    to, asked, rest = location.partition(_FIRST)
    if not said or scheme not in ("http", "https") or not (host and asked) or rest:
        raise refuse(f"its server redirects to {redacted(location)}, which is not a repository")
    if scheme == "http" and urlsplit(at).scheme == "https":
        raise refuse(f"its server redirects from https to {redacted(to)}, without encryption")
    if leads_inside(at, to):
        raise refuse(
            f"its server redirects to {redacted(to)}, which is in a private network, into which "
            "no public server may lead; if both are yours, name the repository by that address"
        )
    return to


def _done(
    address: str,
    folder: Path,
    words: Sequence[str],
    patience: float,
    variables: Mapping[str, str],
    settings: Sequence[str] = (),
) -> Said:
    """A command that has ended, well or not. Raises `FileFailure` where it cannot."""
    reason = why_git_would_hang(folder)
    if reason:
        raise FileFailure(address, reason)
    command = arguments(folder, *words, settings=settings)
    try:
        return call(command, patience, _MOST, variables)
    except FileNotFoundError:
        raise FileFailure(address, "git is not installed, or not on PATH") from None
    except OSError as error:
        raise FileFailure(address, f"git cannot be run: {error.strerror}") from None
    except Unanswered as failure:
        raise FileFailure(address, f"git {words[0]} {failure}") from None


def _output(address: str, done: Said) -> bytes:
    """What a command printed. Raises `FileFailure` with its error."""
    if done.code:
        said = [line for line in done.errors.decode("utf-8", "replace").splitlines() if line]
        fatal = next((line for line in said if line.startswith(("fatal:", "error:"))), "")
        reason = fatal.partition(": ")[2] or (said[-1] if said else "it failed")
        raise FileFailure(address, f"git says: {redacted(reason)[:200]}")
    return done.output

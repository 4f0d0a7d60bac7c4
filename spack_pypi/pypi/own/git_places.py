"""Projects that are named by the address of a git repository, as pip writes it.

``git+https://host/owner/name.git@REF#subdirectory=FOLDER``
https://pip.pypa.io/en/stable/topics/vcs-support/
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

from packaging.utils import canonicalize_name

from ...credentials import redacted
from ...errors import UsageError

_SCHEMES = ("https", "ssh", "file", "http")
#: What an address begins with that is one of a repository.
GIT = "git+"
#: ``scheme://user@host/path`` or ``user@host:path``, with a ``.git`` or a slash at its end or not.
_ADDRESS = re.compile(
    r"(?:git\+)?(?:[a-z]+://)?(?:[^@/\s]+@)?(?P<place>[\w.-]+(?::\d+)?[:/][^?#\s]+?)(?:\.git)?/*"
)
#: What of the address of a repository is a page in it.
_PAGE = re.compile(r"/(?:-/)?(?:issues|tree|blob|releases|wiki|pulls|actions)\b.*")


@dataclass(frozen=True)
class GitPlace:
    """A ``folder`` (empty for the top) of the repository at an ``address``, at a ``reference``
    (empty for all versions). The project must be called ``name`` (PEP 503), if there is one;
    ``extras`` are those that are wanted."""

    address: str
    reference: str = ""
    folder: str = ""
    name: str = ""
    extras: tuple[str, ...] = ()


def git_place(where: str, name: str, extras: tuple[str, ...]) -> GitPlace:
    """The place at an address that begins with `GIT`. Raises `UsageError` for one that is not
    that of a repository."""
    shown = f"'{redacted(where)}'"
    if re.search(r"\s", where):
        raise UsageError(f"{shown} is not an address of a repository: it has a space")
    try:
        parts = urlsplit(where[len(GIT) :])
        host, password = parts.hostname, parts.password
    except ValueError:
        raise UsageError(f"{shown} is not an address of a repository") from None
    if parts.scheme not in _SCHEMES or not (host or parts.scheme == "file") or parts.query:
        known = ", ".join(f"git+{scheme}" for scheme in _SCHEMES)
        raise UsageError(f"{shown} is not an address of a repository (with {known}://HOST/PATH)")
    if password is not None or (parts.username and parts.scheme != "ssh"):
        raise UsageError(
            f"{shown} has a user name or a token: leave it out, git has its own (see "
            "'git help credentials')"
        )
    path, at, reference = parts.path.rpartition("@")
    if not at:
        path, reference = parts.path, ""
    if not path.strip("/") or (at and not reference) or reference.startswith("-"):
        raise UsageError(f"{shown} is not an address of a repository (with HOST/PATH@BRANCH)")
    said = dict(parse_qsl(parts.fragment, keep_blank_values=True))
    folder, egg = said.pop("subdirectory", ""), said.pop("egg", "")
    if said or {"", ".", ".."} & {*folder.strip("/").split("/")} and folder:
        raise UsageError(f"{shown}: after '#' there may only be subdirectory=FOLDER")
    return GitPlace(
        urlunsplit((parts.scheme, parts.netloc, path, "", "")),
        unquote(reference),
        folder.strip("/"),
        name or canonicalize_name(egg.partition("[")[0]),
        extras,
    )


def repository_place(address: str) -> str:
    """Host and path of the address of a repository, however it is written; empty for what is
    none."""
    found = _ADDRESS.fullmatch(_PAGE.sub("", address.strip()))
    host, _, path = found["place"].replace(":", "/", 1).partition("/") if found else ("", "", "")
    return f"{host}/{path}".lower() if path else ""

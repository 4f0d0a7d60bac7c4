"""Projects that are named by the address of a git repository, as pip writes it.

``git+https://host/owner/name.git@REF#subdirectory=FOLDER``, alone or behind ``name[extra] @``.
https://pip.pypa.io/en/stable/topics/vcs-support/
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

from packaging.utils import canonicalize_name

from ..credentials import redacted
from ..errors import UsageError

_SCHEMES = ("https", "ssh", "file", "http")
_TEXT = re.compile(
    r"(?:(?P<name>[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[(?P<extras>[^\[\]]*)\])?\s*@\s*)?"
    r"git\+(?P<address>\S+)",
    re.A,
)
_EXTRA = re.compile(r"[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?", re.A)


@dataclass(frozen=True)
class GitPlace:
    """A ``folder`` (empty for the top) of the repository at an ``address``, at a ``reference``
    (empty for all versions). The project must be called ``name``, if there is one."""

    address: str
    reference: str = ""
    folder: str = ""
    name: str = ""
    extras: tuple[str, ...] = ()


def git_place(text: str) -> GitPlace | None:
    """The place that a text names; None for a text that names no repository. Raises `UsageError`
    for an address that cannot be one."""
    match = _TEXT.fullmatch(text.strip())
    if match is None:
        return None
    shown = f"'{redacted(text)}'"
    try:
        parts = urlsplit(match["address"])
        host, password = parts.hostname, parts.password
    except ValueError:
        raise UsageError(f"{shown} is no address of a repository") from None
    if parts.scheme not in _SCHEMES or not (host or parts.scheme == "file") or parts.query:
        known = ", ".join(f"git+{scheme}" for scheme in _SCHEMES)
        raise UsageError(f"{shown} is no address of a repository (with {known}://HOST/PATH)")
    if password is not None or (parts.username and parts.scheme != "ssh"):
        raise UsageError(
            f"{shown} has a user name or a token: leave it out, git has its own (see "
            "'git help credentials')"
        )
    path, at, reference = parts.path.rpartition("@")
    if not at:
        path, reference = parts.path, ""
    if not path.strip("/") or (at and not reference) or reference.startswith("-"):
        raise UsageError(f"{shown} is no address of a repository (with HOST/PATH@BRANCH)")
    said = dict(parse_qsl(parts.fragment, keep_blank_values=True))
    folder, egg = said.pop("subdirectory", ""), said.pop("egg", "")
    if said or {"", ".", ".."} & {*folder.strip("/").split("/")} and folder:
        raise UsageError(f"{shown}: after '#' there may only be subdirectory=FOLDER")
    extras = tuple(filter(None, map(str.strip, (match["extras"] or "").split(","))))
    if not all(map(_EXTRA.fullmatch, extras)):
        raise UsageError(f"{shown} has an extra that is none")
    name = match["name"] or egg.partition("[")[0]
    return GitPlace(
        urlunsplit((parts.scheme, parts.netloc, path, "", "")),
        unquote(reference),
        folder.strip("/"),
        canonicalize_name(name),
        extras,
    )

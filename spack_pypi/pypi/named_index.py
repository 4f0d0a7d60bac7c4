"""An index as an option, a setting or a file names it, and the projects that come from it only."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from packaging.utils import canonicalize_name

from ..credentials import Credentials, without_credentials
from ..errors import UsageError

#: What is between the address of an index and its projects. No address of an index has it: a
#: port follows a host, and no folder has a name that begins with a colon.
_PINS = "/:"
_NAME = re.compile(r"[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?")
_PATTERN = re.compile(r"[A-Za-z0-9*?](?:[\w.*?-]*[A-Za-z0-9*?])?", re.A)
_EXPECTED = (
    "expected NAME=URL or NAME=URL/:PROJECT,PROJECT with the URL of a package index, such as "
    "https://index.example/simple/"
)


@dataclass(frozen=True)
class NamedIndex:
    """An index at ``url``, which ends in a slash and has no credentials. The ``projects`` (names
    by PEP 503, or patterns with ``*`` and ``?``) come from it and from no other; an ``explicit``
    one has only these. ``in_place``: it takes the place of Spack's own index, so that recipes name
    its files as those of that one; ``alone``: no index is asked that nobody named. An empty
    ``url`` is that of the index which is used where none is named: see `USUAL`."""

    url: str
    credentials: Credentials = field(default_factory=Credentials, repr=False)
    name: str = ""
    projects: tuple[str, ...] = ()
    explicit: bool = False
    in_place: bool = False
    alone: bool = False

    def is_pinned(self, project: str) -> bool:
        """Whether a project (PEP 503) comes from this index and from no other."""
        return any(fnmatchcase(project, pattern) for pattern in self.projects)


#: Pip's ``index-url``, or Spack's own index.
USUAL = NamedIndex("")


def at(url: str, where: str = "see --index-url, or: pip config debug") -> NamedIndex:
    """The index at an address, which may have credentials. Raises `UsageError`, which says
    ``where`` the address is set and does not repeat it: credentials may be anywhere in one that is
    wrong."""
    try:
        url.encode()  # what is not text raises, as does what follows for an invalid address
        parts = urlsplit(url)
        is_plain = not (parts.query or parts.fragment)
        if parts.scheme in ("http", "https") and parts.hostname and _port(parts.port) and is_plain:
            return NamedIndex(without_credentials(url).rstrip("/") + "/", Credentials(url))
    except ValueError:
        pass  # an invalid port or IPv6 address
    raise UsageError(
        "the index URL is not the URL of a package index, such as https://index.example/simple/: "
        + where
    )


def _port(port: int | None) -> bool:
    """Whether a port may be used; raises ValueError for an invalid one."""
    return port is None or port > 0


def named(text: str) -> NamedIndex:
    """``NAME=URL``, or ``NAME=URL/:PROJECT,PROJECT`` for an index that has these projects only.
    Raises `UsageError`, without the text, which may have credentials."""
    name, _, rest = text.partition("=")
    url, pinned, listed = rest.rpartition(_PINS)
    if not pinned:
        url = rest
    patterns = [text.strip() for text in listed.split(",")] if pinned else []
    is_right = _NAME.fullmatch(name) and all(map(_PATTERN.fullmatch, patterns))
    if not is_right or ":" in urlsplit(url).path.rpartition("/")[2]:
        raise UsageError(_EXPECTED)
    found = at(url, f"--index {name}=URL")
    # Patterns of names as PEP 503 has them.
    projects = tuple(map(canonicalize_name, patterns))
    return NamedIndex(found.url, found.credentials, name, projects, explicit=bool(pinned))

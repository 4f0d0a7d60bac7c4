"""Projects that are named by their place: a path, an address or a git repository, alone or behind
a name."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urldefrag, urlsplit
from urllib.request import url2pathname

from packaging.utils import canonicalize_name

from ...credentials import Credentials, redacted, without_credentials
from ...errors import UsageError
from .git_places import GIT, GitPlace, git_place

SDISTS = (".tar.gz", ".tgz", ".zip", ".tar.bz2", ".tar.xz")
WHEEL = ".whl"
_EXTRAS = r"\s*\[(?P<extras>[^\[\]]*)\]"
#: ``name[extra] @ place`` (PEP 508), and ``place[extra]``, as pip has it.
_NAMED = re.compile(
    rf"(?P<name>[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)(?:{_EXTRAS})?\s*@\s*(?P<place>\S.*)", re.A
)
_WITH_EXTRAS = re.compile(rf"(?P<place>.+?){_EXTRAS}")
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:(?=//)|file:", re.I)
#: ``git@host:owner/name.git``, as git has it beside addresses.
_SCP = re.compile(r"(?P<host>[\w.-]+@(?!file:)[\w.-]+):(?!//)(?P<path>[^:\s]+)", re.A)
_SHA256 = re.compile(r"sha256=([0-9a-fA-F]{64})")


@dataclass(frozen=True)
class Location:
    """Where an archive or a folder is: at a ``path``, or at an ``address`` (without its
    ``credentials``). The project must be called ``name`` (PEP 503), and its archive have this
    ``sha256``; empty where it is not said. ``extras`` are those that are wanted."""

    path: Path | None = None
    address: str = ""
    name: str = ""
    extras: tuple[str, ...] = ()
    sha256: str = ""
    credentials: Credentials = field(default_factory=Credentials, repr=False)

    def __str__(self) -> str:
        return str(self.path) if self.path else self.address

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder of this machine."""
        return self.path is not None and self.path.is_dir()

    @property
    def file_name(self) -> str:
        """The last part of the path or the address."""
        return self.path.name if self.path else urlsplit(self.address).path.rpartition("/")[2]

    @property
    def url(self) -> str:
        """The address, also of a path."""
        return self.path.absolute().as_uri() if self.path else self.address


def place(text: str) -> Location | GitPlace | None:
    """The place that a text names; None for a text that names a project on an index. Raises
    `UsageError` for a place that cannot be one."""
    where, name, extras = text.strip(), "", ""
    named = None if _SCP.fullmatch(where) else _NAMED.fullmatch(where)
    if named and _is_place(named["place"]):
        where, name, extras = named["place"], named["name"], named["extras"] or ""
    if _is_of_git(where):
        raise UsageError(f"'{redacted(where)}' is a repository: write {_as_git(where)}")
    if not _is_place(where):
        return None
    if re.search(r"\s;", where):
        raise UsageError(f"'{redacted(text)}' has a marker: leave it out")
    with_extras = _WITH_EXTRAS.fullmatch(where)
    if with_extras and not Path(where).exists():
        where, extras = with_extras["place"], f"{extras},{with_extras['extras']}"
    wanted = tuple(filter(None, map(str.strip, extras.split(","))))
    if not all(re.fullmatch(r"[\w.-]+", extra, re.A) for extra in wanted):
        raise UsageError(f"'{redacted(text)}' has an invalid extra")
    if where.startswith(GIT):
        return git_place(where, canonicalize_name(name), wanted)
    return _at(where, canonicalize_name(name), wanted)


def _is_place(text: str) -> bool:
    """Whether a text looks like a path or an address. The name of a project never does: it is not
    one of a folder, either, that happens to be there; only the name of an archive is."""
    return bool(
        _ADDRESS.match(text)
        or text.startswith(GIT)
        or "/" in text
        or os.sep in text
        or text.startswith("~")
        or re.fullmatch(r"\.\.?(?:\[.*\])?", text)
        or (text.endswith((*SDISTS, WHEEL)) and Path(text).is_file())
    )


def _is_of_git(where: str) -> bool:
    """Whether a text is an address of a repository that does not say so, as pip wants it."""
    return bool(
        re.match("(?:ssh|git)://", where, re.I)
        or re.match(r"https?://[^?]*\.git(?:$|[@#])", where, re.I)
        or (_SCP.fullmatch(where) and not Path(where).exists())
    )


def _as_git(where: str) -> str:
    """The address of a repository as pip has it."""
    found = _SCP.fullmatch(where)
    address = f"ssh://{found['host']}/{found['path'].lstrip('/')}" if found else where
    return redacted(f"{GIT}{re.sub('^git:', 'https:', address)}")


def _at(where: str, name: str, extras: tuple[str, ...]) -> Location:
    found = _ADDRESS.match(where)
    if found is None:
        return Location(_expanded(where), name=name, extras=extras)
    try:
        address, fragment = urldefrag(without_credentials(where))
        credentials, parts = Credentials(where), urlsplit(address)
    except ValueError:
        raise UsageError("an address that was given is not one of the web") from None
    digest = _SHA256.fullmatch(fragment)
    if fragment and digest is None:
        raise UsageError(
            f"'{redacted(where)}': after '#' only sha256=HASH can be read; leave out the rest"
        )
    sha256 = digest[1].lower() if digest else ""
    if parts.query:
        raise UsageError(
            f"'{redacted(where)}' has a query, which may be a secret and would be in the recipe: "
            "give an address without one, or download it and give its path"
        )
    if parts.scheme == "file" and parts.hostname in (None, "localhost"):
        return Location(Path(url2pathname(parts.path)), "", name, extras, sha256)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(
            f"'{redacted(where)}' cannot be read: give the http, https or file address of an "
            "sdist or a wheel"
        )
    return Location(None, address, name, extras, sha256, credentials)


def _expanded(path: str) -> Path:
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise UsageError(f"'{path}' cannot be read: {error}") from None

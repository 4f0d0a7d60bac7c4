"""A session of requests with our own trust, proxies and guard: what is opened, and to whom."""

from __future__ import annotations

import os
from collections.abc import Iterator
from netrc import NetrcParseError, netrc
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.utils import select_proxy

from ...errors import UsageError
from ...files import may_block
from ..model import Settings
from .adapters import Guarded, adapter, check_proxy
from .private_network import Guard

#: The encodings that an answer may have: those that the standard library knows.
ENCODINGS = ("gzip", "deflate")
#: Where requests looks for credentials, and the largest such file, bytes.
_NETRC = ("~/.netrc", "~/_netrc")
_LONGEST_NETRC = 1 << 20


def session(settings: Settings) -> requests.Session:
    """A session for one index. It follows no redirects. Raises `UsageError` for a proxy that is
    none, and for a ~/.netrc whose reading may never end."""
    _check_netrc()
    opened = _Session()
    opened.proxies.update(settings.proxies)
    # What requests itself would trust: the setting, an environment variable, its own list.
    asked = opened.merge_environment_settings(settings.url, {}, True, settings.verify, None)
    check_proxy(select_proxy(settings.url, asked["proxies"]))
    guard = Guard(settings.url, settings.trusted)
    arguments = {"pool_maxsize": settings.connections}
    opened.mount("http://", Guarded(guard, None, **arguments))
    opened.mount("https://", adapter(guard, asked["verify"], arguments))
    if settings.client_cert:
        parts = urlsplit(settings.url)
        shown = adapter(guard, asked["verify"], arguments, settings.client_cert)
        opened.mount(f"https://{parts.netloc}/", shown)
    opened.verify = settings.verify
    opened.headers["User-Agent"] = "spack-pypi"
    opened.headers["Accept-Encoding"] = ", ".join(ENCODINGS)
    return opened


def _check_netrc() -> None:
    """Requests reads it for each server."""
    for each in _netrc_files():
        if may_block(Path(each)) or _size(each) > _LONGEST_NETRC:
            raise UsageError(
                f"{each} cannot be read: it is a pipe, a device, or larger than 1 MiB; "
                "NETRC can name another file"
            )


def unread_netrc() -> str:
    """That requests passes over the netrc file, as it is not one, as a clause; empty where it does
    not. What the file says may be a password."""
    for each in filter(os.path.exists, _netrc_files()):
        try:
            netrc(each)
        except NetrcParseError as error:
            return f" ({each} is not read: line {error.lineno} is not one of a netrc file)"
        except (OSError, ValueError) as error:
            return f" ({each} is not read: {getattr(error, 'strerror', None) or 'it is not text'})"
        break
    return ""


def _netrc_files() -> Iterator[str]:
    """Where requests looks; it reads the first that is there."""
    named = os.environ.get("NETRC")
    return map(os.path.expanduser, [named] if named else _NETRC)


def _size(file: str) -> int:
    try:
        return os.path.getsize(file) if os.path.isfile(file) else 0
    except OSError:
        return 0


class _Session(requests.Session):
    """Looks up once for each server what the environment says of it (proxies, authorities).
    Requests goes through all variables for each request, which takes a third of its time. And it
    takes the body of a redirect into memory, however large, even where it is not to follow it."""

    def __init__(self) -> None:
        super().__init__()
        self._found: dict[tuple[Any, ...], dict[str, Any]] = {}

    def merge_environment_settings(
        self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any
    ) -> Any:
        parts = urlsplit(url)
        key = (parts.scheme, parts.netloc, *proxies.items(), stream, verify, cert)
        if key not in self._found:
            found = super().merge_environment_settings(url, proxies, stream, verify, cert)
            self._found[key] = dict(found)
        return dict(self._found[key])

    def resolve_redirects(self, *arguments: Any, **more: Any) -> Any:
        return iter(())

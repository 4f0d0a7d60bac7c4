"""Whom connections trust, through which proxy they go, and where they may not lead."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from ssl import SSLContext
from typing import Any

from requests.adapters import DEFAULT_CA_BUNDLE_PATH, HTTPAdapter
from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url
from urllib3.util.ssl_ import create_urllib3_context

from ...errors import IndexFailure, UsageError
from ...files import may_block
from .private_network import Guard

#: The kinds of proxies that there are.
_PROXIES = ("http", "https", "socks4", "socks4a", "socks5", "socks5h")


def check_proxy(proxy: str | None) -> None:
    """Raise `UsageError` where a setting names a proxy that requests cannot use."""
    try:
        if proxy is None:
            return
        parts = parse_url(proxy)
        if parts.host and (parts.scheme or "http") in _PROXIES:
            return
    except LocationParseError:
        pass
    # Without the address, in which a password may be anywhere.
    raise UsageError(
        "the proxy that is configured is not an address, such as http://proxy.example:3128: "
        "see HTTPS_PROXY and HTTP_PROXY, or: pip config debug"
    )


def adapter(
    guard: Guard, trusted: Any, arguments: dict[str, Any], client_cert: str = ""
) -> HTTPAdapter:
    """An adapter for TLS; ``trusted`` authorities are those of a file or a folder, or True for the
    ones of requests. ``client_cert`` is a file with a certificate and its key. Raises `UsageError`
    for an invalid one."""
    authorities = DEFAULT_CA_BUNDLE_PATH if trusted is True else trusted
    try:
        context = _context(authorities, client_cert)
    except (OSError, TypeError):
        return _TrustingNone(guard, str(authorities), **arguments)
    return _Trusting(guard, context, **arguments)


@lru_cache(maxsize=4)
def _context(path: str, client_cert: str) -> SSLContext:
    """TLS that trusts the authorities of this file or folder. Raises OSError."""
    if may_block(Path(path)):
        raise OSError
    context = create_urllib3_context()
    if os.path.isdir(path):
        context.load_verify_locations(capath=path)
    else:
        context.load_verify_locations(cafile=path)
    if client_cert:
        _load(context, client_cert)
    return context


def _load(context: SSLContext, client_cert: str) -> None:
    def no_password() -> str:
        raise UsageError(f"the key in {client_cert} (pip's client-cert) needs a password")

    try:
        if may_block(Path(client_cert)):
            raise OSError("it is a device or a pipe")
        context.load_cert_chain(client_cert, password=no_password)
    except OSError as error:
        raise UsageError(
            f"{client_cert} (pip's client-cert) is not a file of PEM with a certificate and its "
            f"key: {error.strerror or error}"
        ) from None


class Guarded(HTTPAdapter):
    """Asks a `Guard` about each connection, but for those to a proxy, and uses one context for
    all."""

    def __init__(self, guard: Guard, context: SSLContext | None, **arguments: Any) -> None:
        self._guard, self._context = guard, context
        super().__init__(**arguments)

    def init_poolmanager(self, *arguments: Any, **more: Any) -> None:
        super().init_poolmanager(*arguments, **more, ssl_context=self._context)
        self.poolmanager.pool_classes_by_scheme = self._guard.pools

    def proxy_manager_for(self, proxy: str, **more: Any) -> Any:
        if proxy.lower().startswith("https"):
            more["proxy_ssl_context"] = self._context
        manager = super().proxy_manager_for(proxy, **more, ssl_context=self._context)
        if proxy.lower().startswith("http"):  # SOCKS brings pools of its own
            manager.pool_classes_by_scheme = self._guard.proxied
        return manager


class _Trusting(Guarded):
    """Trusts what its context trusts. Requests would read the certificates of all authorities
    again for each connection, which takes longer than ten small requests."""

    def send(self, request: Any, *arguments: Any, **more: Any) -> Any:
        # True: what the context trusts, and nothing beside it.
        return super().send(request, *arguments, **{**more, "verify": True})

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Here requests would name the certificates to read to a connection."""
        conn.cert_reqs = "CERT_REQUIRED"


class _TrustingNone(Guarded):
    """Where the authorities to trust, in this file or folder, cannot be read; that is an error
    only if somebody asks."""

    def __init__(self, guard: Guard, authorities: str, **arguments: Any) -> None:
        self._authorities = authorities
        super().__init__(guard, None, **arguments)

    def send(self, request: Any, *arguments: Any, **more: Any) -> Any:
        raise IndexFailure(
            str(request.url),
            f"the certificates to trust, in {self._authorities}, cannot be read; to set a CA: pip "
            "config set global.cert FILE",
        )

"""A public index may not lead to servers of the private network of its reader.

Its pages and redirects may name any address: a router, a service of this machine, or the one that
tells a virtual machine its credentials. Whoever uses a private index has said so.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Callable
from urllib.parse import unquote, urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError

from ...errors import NotFetched
from .patience import in_time, watch

#: The last bits of these addresses are one of IPv4 (RFC 6052).
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
#: Seconds to wait for a name server, where an answer has no deadline of its own.
_LOOKUP = 10.0
#: Refuses a connection to a host by an exception.
_Check = Callable[[str, socket.socket], None]


class Guard:
    """Refuses connections to private addresses where the index at ``url`` has a public one, but
    for hosts that are ``trusted``. Which address a proxy connects to is its own affair."""

    def __init__(self, url: str, trusted: Sequence[str] = ()) -> None:
        self._host = urlsplit(url).hostname or ""
        self._named = {self._host, *trusted}
        #: For the ``pool_classes_by_scheme`` of a `urllib3.PoolManager`, and for that of a proxy.
        self.pools = _pools(self.check)
        self.proxied = _pools(lambda host, connected: None)

    def check(self, host: str, connected: socket.socket) -> None:
        """Look at the peer of a socket, which is known by then: a name may lead anywhere. Raises
        `NotFetched`, with the socket closed."""
        address = connected.getpeername()[0]
        if host not in self._named and is_private(address) and not is_inside(self._host):
            connected.close()
            raise NotFetched(
                f"//{host}",
                f"it is in a private network ({address}), into which no public index ("
                f"{self._host}) may lead; if both are yours, name it as a trusted-host of pip: "
                f"pip config set global.trusted-host {host}",
            )


def leads_inside(url: str, other: str) -> bool:
    """Whether what is at a public address (``url``) names the ``other`` address of a private
    network. Without an address it is a file of this machine, which may name any."""
    host, asked = urlsplit(url).hostname or "", urlsplit(other).hostname or ""
    return bool(host) and host != asked and not is_inside(host) and is_inside(asked)


def _pools(check: _Check) -> dict[str, Any]:
    """Pools by scheme, whose connections are checked once they are there, and watched."""

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _checked(check, self, super()._new_conn)

        def getresponse(self) -> Any:
            watch(self.sock)
            return super().getresponse()

    class Secure(Plain, HTTPSConnection):
        """`Plain` goes before the methods that it inherits."""

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


def _checked(
    check: _Check, connection: HTTPConnection, connect: Callable[[], socket.socket]
) -> socket.socket:
    try:
        connected = in_time(connect, socket.socket.close)
    except TimeoutError:
        raise ConnectTimeoutError(connection, "no connection within the deadline") from None
    check(connection.host, connected)
    watch(connected)
    return connected


def is_private(address: str) -> bool:
    """Whether an IP address is not one of the public internet, or leads to one that is not: such
    an address of IPv6 has one of IPv4 in it, to which a gateway translates."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    inner = getattr(parsed, "sixtofour", None) or parsed
    if parsed in _NAT64:
        inner = ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)
    return not (parsed.is_global and inner.is_global)


def is_inside(host: str) -> bool:
    """Whether a host has an address of a private network. What is escaped in its name is read as
    git's library reads it."""
    return any(map(is_private, _addresses(unquote(host))))


@lru_cache(maxsize=4)
def _addresses(host: str) -> tuple[str, ...]:
    """The IP addresses of a host; none where it has none at the moment."""
    try:
        found = in_time(lambda: socket.getaddrinfo(host, None), lambda late: None, _LOOKUP)
        return tuple(str(each[4][0]) for each in found)
    except (OSError, UnicodeError):  # what is no name of a host has none
        return ()

"""A public index may not lead to servers of the private network of its reader.

Its pages and redirects may name any address: a router, a service of this machine, or the one that
tells a virtual machine its credentials. Whoever uses a private index has said so.
"""

from __future__ import annotations

import ipaddress
import socket
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from ..errors import IndexFailure
from .patience import whole_head


class Guard:
    """Refuses connections to private addresses where the index at ``url`` has a public one, and
    waits for the head of an answer as long as `whole_head` says."""

    def __init__(self, url: str) -> None:
        self._host = urlsplit(url).hostname or ""
        guard = self

        class Plain(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return guard.checked(self.host, super()._new_conn())

            def getresponse(self) -> Any:
                with whole_head(self.sock):
                    return super().getresponse()

        class Secure(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return guard.checked(self.host, super()._new_conn())

            def getresponse(self) -> Any:
                with whole_head(self.sock):
                    return super().getresponse()

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        #: For the ``pool_classes_by_scheme`` of a `urllib3.PoolManager`.
        self.pools: dict[str, Any] = {"http": PlainPool, "https": SecurePool}

    def checked(self, host: str, connected: socket.socket) -> socket.socket:
        """The socket, of which the peer is known: a name may lead anywhere. Raises
        `IndexFailure`."""
        address = connected.getpeername()[0]
        if host != self._host and is_private(address) and self._is_public():
            connected.close()
            raise IndexFailure(
                f"//{host}", "a public index may not lead to an address of a private network"
            )
        return connected

    def _is_public(self) -> bool:
        return not any(map(is_private, _addresses(self._host)))


def is_private(address: str) -> bool:
    """Whether an IP address is not one of the public internet."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(parsed, "ipv4_mapped", None)
    return not (inner or parsed).is_global


@lru_cache(maxsize=4)
def _addresses(host: str) -> tuple[str, ...]:
    """The IP addresses of a host; none where it has none at the moment."""
    try:
        return tuple(str(each[4][0]) for each in socket.getaddrinfo(host, None))
    except OSError:
        return ()

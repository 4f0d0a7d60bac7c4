"""User names, passwords and tokens in addresses.

They are taken out of an address where it comes in (options, pip's settings, links, redirects,
requirements), so that no address in this program has any: what is shown, cached or written cannot
tell a secret.
"""

from __future__ import annotations

import re
from base64 import b64encode
from urllib.parse import SplitResult, quote, unquote, urlsplit, urlunsplit

#: The ports that browsers, too, leave out of the origin of an address.
_PORTS = {"http": 80, "https": 443}
_SHORTEST = 8
#: What precedes the host of an address in a text. The user of ssh is not a secret, and without it
#: there is no access.
_IN_TEXT = re.compile(
    r"(?<=ssh://)(?P<user>[\w.-]+)(:[^/?#\s'\"<>]*)?@|(?<=://)[^/?#\s'\"<>]*@", re.A
)
#: The query of an address in a text, which may be a token.
_QUERY = re.compile(r"(://[^?\s'\"<>]*\?)[^\s'\"<>]+")


class Credentials:
    """The user name and the password in an address, which cannot be printed. They are for its
    origin (scheme, host and port, RFC 6454 section 4) only. Without an address there are none.
    Raises ValueError for an invalid address."""

    __slots__ = ("_origin", "_pair", "_url")

    def __init__(self, url: str = "") -> None:
        parts = urlsplit(url)
        self._url, self._origin = without_credentials(url), _origin(parts)
        self._pair: tuple[str, str] | None = None
        if parts.username is not None:
            self._pair = (unquote(parts.username), unquote(parts.password or ""))

    def with_password(self, password: str) -> Credentials:
        """The same user with this password."""
        found = Credentials(self._url)
        found._pair = (self._pair[0], password) if self._pair else None
        return found

    def for_url(self, url: str) -> tuple[str, str] | None:
        """The user name and the password for a request to this address; None for another origin,
        or where there are none."""
        return self._pair if _origin(urlsplit(url)) == self._origin else None

    def are_in(self, text: str) -> bool:
        """Whether an answer repeats the password (or the user name, if that is the token), as it
        is, quoted for an address, or as it was sent (RFC 7617); not in the credentials of an
        address, which are taken out. Shorter ones than 8 characters cannot be told from other
        text."""
        user, password = self._pair or ("", "")
        secret = password or user
        sent = b64encode(f"{user}:{password}".encode()).decode()
        forms = (secret, quote(secret, safe=""), sent)
        if len(secret) < _SHORTEST or not any(form in text for form in forms):
            return False
        plain = redacted(text)
        return any(form in plain for form in forms)


def redacted(text: str) -> str:
    """A text without the user names (but of ssh), passwords and queries of the addresses in it."""
    plain = _IN_TEXT.sub(lambda found: f"{found['user']}@" if found["user"] else "", text)
    return _QUERY.sub(r"\1...", plain)


def without_credentials(url: str) -> str:
    """An address without user name and password. Raises ValueError for what is not an address."""
    parts = urlsplit(url)
    _, at, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=host)) if at else url


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)

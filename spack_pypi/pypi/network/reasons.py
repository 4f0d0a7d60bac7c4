"""What went wrong below us, as one clause, and what follows from it."""

from __future__ import annotations

import re

import requests

#: What an error says → what that means.
_KNOWN: dict[str, str] = {
    r"SOCKS": "its proxy needs SOCKS, for which Python lacks the module of PySocks",
    r"ProxyError": "its proxy does not answer, or refuses us; see: pip config debug",
    r"within the deadline": (
        "cannot be reached: its host name is not resolved, or it accepts no connection; check the "
        "URL and the network"
    ),
    r"timed out|Timeout": (
        "did not answer in time; to wait longer: pip config set global.timeout 60"
    ),
    r"Name or service not known|Temporary failure in name|getaddrinfo|NameResolution": (
        "cannot be reached: its host name is unknown; check the URL and the network"
    ),
    r"certificate is not valid for|certificate '.*' doesn't match|match .* certificate": (
        "its TLS certificate is that of another host; check the URL"
    ),
    r"certificate has expired": (
        "its TLS certificate has expired: ask whoever runs it, or check the clock of this machine"
    ),
    r"certificate is not yet valid": (
        "its TLS certificate is not valid yet: check the clock of this machine"
    ),
    r"CERTIFICATE|certificate|hostname": (
        "its TLS certificate cannot be verified; to set a CA: pip config set global.cert FILE"
    ),
    r"SSL": "does not speak TLS as it should; check the URL and the network",
    r"refused": "refuses connections; check the URL",
    r"InvalidURL|InvalidSchema|LocationParse|ValueError|UnicodeError": (
        "is not the address of a web page"
    ),
    r"BadStatusLine|LineTooLong|got more than|InvalidHeader": "its answer is not HTTP",
    r"IncompleteRead|reset|broken|aborted|disconnected": (
        "the connection broke before the answer was whole; run the command again"
    ),
    r"DecodeError": "its answer is not encoded as it says",
    r"unreachable": "cannot be reached: there is no network; to use cached data: --offline",
}
#: What is said where there is no connection at all.
_NO_CONNECTION = re.compile(
    r"NameResolution|getaddrinfo|ConnectTimeout|refused|unreachable|CERTIFICATE|certificate"
)


def reason_of(error: Exception) -> str:
    """One clause for what went wrong."""
    said = _said(error)
    for pattern, reason in _KNOWN.items():
        if re.search(pattern, said):
            return reason
    return f"failed: {type(error).__name__}"


def is_unreachable(error: Exception) -> bool:
    """Whether there is no connection to the server, or none that may be trusted."""
    return bool(_NO_CONNECTION.search(_said(error)))


def is_final(error: Exception) -> bool:
    """Whether the next attempt will not succeed either: with a certificate that is not
    trusted."""
    return isinstance(error, requests.exceptions.SSLError)


def _said(error: Exception) -> str:
    return f"{error} {type(error).__name__}"

"""Addresses lose their credentials where they come in."""

from __future__ import annotations

import pytest

from spack_pypi.credentials import Credentials, redacted, without_credentials
from spack_pypi.errors import IndexFailure, UsageError

# (address, the same without credentials)
ADDRESSES = [
    ("https://index.example/simple/", "https://index.example/simple/"),
    ("https://me:secret@index.example/simple/", "https://index.example/simple/"),
    ("https://secret@index.example:8443/simple/", "https://index.example:8443/simple/"),
    ("https://me:sec%40ret@index.example/a?b#c", "https://index.example/a?b#c"),
    ("https://me:sec@ret@index.example/", "https://index.example/"),
    ("https://index.example/@scope/a.whl", "https://index.example/@scope/a.whl"),
    ("HTTPS://index.example/", "HTTPS://index.example/"),
]


@pytest.mark.parametrize("url, expected", ADDRESSES, ids=[row[0] for row in ADDRESSES])
def test_without_credentials(url: str, expected: str) -> None:
    assert without_credentials(url) == expected


# (asked of https://me:pass%20word@index.example/simple/ for this address, what it gets)
ORIGINS = [
    ("https://index.example/files/a.whl", ("me", "pass word")),
    ("https://INDEX.example:443/files/a.whl", ("me", "pass word")),
    ("http://index.example/files/a.whl", None),
    ("https://index.example:8443/files/a.whl", None),
    ("https://files.index.example/a.whl", None),
    ("https://index.example.evil.example/", None),
    ("https://evil.example/@index.example/", None),
]


@pytest.mark.parametrize("url, expected", ORIGINS, ids=[row[0] for row in ORIGINS])
def test_credentials_are_for_their_own_origin(url: str, expected: object) -> None:
    credentials = Credentials("https://me:pass%20word@index.example/simple/")
    assert credentials.for_url(url) == expected


def test_credentials_cannot_be_printed() -> None:
    credentials = Credentials("https://me:secret@index.example/simple/")
    assert "secret" not in f"{credentials} {credentials!r} {[credentials]}"
    assert Credentials().for_url("https://index.example/") is None


# (text, what may be shown of it)
TEXTS = [
    ("a @ git+https://me:secret@git.example/a", "a @ git+https://git.example/a"),
    ("a @ git+ssh://git:secret@git.example/a", "a @ git+ssh://git@git.example/a"),
    ("a @ ssh://git@git.example/a@v1", "a @ ssh://git@git.example/a@v1"),
    ("'a @ https://secret@x.example/a.whl' and more", "'a @ https://x.example/a.whl' and more"),
    ("write to me@x.example", "write to me@x.example"),
    ("a @ https://x.example/a@1.0", "a @ https://x.example/a@1.0"),
    ("'https://x.example/a.whl?token=secret', or b?", "'https://x.example/a.whl?...', or b?"),
    ("https://x.example/" + "9" * 5000, "https://x.example/" + "9" * 82 + "..."),
]


@pytest.mark.parametrize("text, shown", TEXTS, ids=[row[1] for row in TEXTS])
def test_no_error_shows_credentials(text: str, shown: str) -> None:
    assert "secret" not in redacted(text)
    assert str(UsageError(text)) == shown
    assert str(IndexFailure("https://index.example/", text)).endswith(shown)

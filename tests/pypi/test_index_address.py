"""Addresses of indexes with a secret in a place where it cannot be: it is not repeated."""

from __future__ import annotations

import pytest

from spack_pypi.errors import UsageError
from spack_pypi.pypi.named_index import at

WRONG = [
    "https://index.example/simple/?token=secret",
    "https://index.example/simple/#secret",
    "https://index.example/?secret",
    "ftp://me:secret@index.example/simple/",
]


@pytest.mark.parametrize("url", WRONG)
def test_it_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="is not the URL of a package index") as error:
        at(url)
    assert "secret" not in str(error.value)

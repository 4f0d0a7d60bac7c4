"""The Pythons that classifiers name: (their last parts, the newest)."""

from __future__ import annotations

import pytest

from spack_pypi.pypi.model import Metadata
from spack_pypi.translate.supported_pythons import newest_python

NEWEST = [
    ([], ""),
    (["3", "3 :: Only"], ""),
    (["3.9", "3.13", "3.10"], "3.13"),
    (["2.7", "3.8", "Implementation :: CPython"], "3.8"),
    (["3.99999"], ""),
]


@pytest.mark.parametrize("named, newest", NEWEST)
def test_the_newest_python(named: list[str], newest: str) -> None:
    classifiers = tuple(f"Programming Language :: Python :: {text}" for text in named)
    assert newest_python(Metadata("x", "1.0", classifiers=classifiers)) == newest

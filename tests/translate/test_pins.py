"""Exact pins of build requirements: (as declared, without the upper bound)."""

from __future__ import annotations

import pytest

from spack_pypi.translate.pins import loosened

PINS = [
    ("hatchling==1.26.3", "hatchling>=1.26.3"),
    ("Cython == 3.0.8", "Cython>=3.0.8"),
    ("setuptools_scm[toml]==8", "setuptools_scm[toml]>=8"),
    ('numpy==1.21.4; python_version >= "3.10"', 'numpy>=1.21.4; python_version >= "3.10"'),
    # no pin to one version
    ("hatchling", None),
    ("hatchling>=1.26.3", None),
    ("hatchling~=1.26", None),
    ("hatchling==1.26.*", None),
    ("hatchling==1.26.3,!=1.26.3", None),
    ("hatchling===1.26.3", None),
    # of which there is no later one that could be named
    ("torch==2.1.0+cpu", None),
    ("torch @ https://files.example/torch-2.1.0.tar.gz", None),
    ("no requirement ==", None),
]


@pytest.mark.parametrize("declared, written", PINS)
def test_pins(declared: str, written: str | None) -> None:
    assert loosened(declared) == written

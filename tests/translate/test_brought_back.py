"""setuptools 82 is the first without pkg_resources."""

from __future__ import annotations

import pytest

from spack_pypi.translate.brought_back import is_kept

# (what is required, whether all that it accepts has pkg_resources)
REQUIRED = [
    ("setuptools", False),
    ("setuptools>=39.2,<72", True),
    ("setuptools<82", True),
    ("Setuptools==81.*", True),
    ("setuptools==82.*", False),
    ("setuptools<=82", False),
    ("setuptools!=82.0.0", False),
    ("setuptools<72; sys_platform == 'win32'", False),
    ("setuptools-scm<10", False),
]


@pytest.mark.parametrize(("required", "kept"), REQUIRED)
def test_bounds_that_keep_a_module(required: str, kept: bool) -> None:
    assert is_kept("pkg_resources", ["wheel", required]) is kept


def test_one_that_a_python_dropped_is_not_kept_by_a_bound() -> None:
    """It is in no older setuptools, where Python has it."""
    assert not is_kept("distutils", ["setuptools<60"])

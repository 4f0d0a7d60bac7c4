"""Which files setuptools refuses: it reads setup.cfg with the strict parser of Python's
configparser (``Distribution._parse_config_files``)."""

from __future__ import annotations

import configparser

import pytest

from spack_pypi.pypi.project_files import setup_cfg

# (text, why it is refused; empty where it is not)
TEXTS = [
    ("", ""),
    ("[options]\ninstall_requires =\n  a\n  b\n", ""),
    ("[options]\nx = 1\n[options.extras_require]\nx = 1\n", ""),
    ("[options]\nx = 1\n[metadata]\n[options]\ny = 1\n", "line 4 begins [options] for the second"),
    ("[options]\nx = 1\nX = 2\n", "line 3 says x for the second time"),
    ("x = 1\n[options]\n", "line 1 is in no section"),
    ("[options]\nx = 1\n[bad\n", "line 3 is neither a section nor an option"),
    ("[" + "x" * 5000 + "]\n" + "[" + "x" * 5000 + "]\n", "line 2 begins [" + "x" * 60 + "] for"),
]


@pytest.mark.parametrize("text, reason", TEXTS)
def test_what_setuptools_cannot_read(text: str, reason: str) -> None:
    said = setup_cfg.problem(text)
    assert said.startswith(reason) and bool(said) == bool(reason)
    try:
        configparser.RawConfigParser().read_string(text)
    except configparser.Error:
        assert reason
    else:
        assert not reason

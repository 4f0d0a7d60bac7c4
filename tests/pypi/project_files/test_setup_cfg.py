"""Which files setuptools refuses: it reads setup.cfg with the strict parser of Python's
configparser (``Distribution._parse_config_files``)."""

from __future__ import annotations

import configparser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    ("[options.extras_require]\nall =\n  a\n  %(Some)s\nsome = b; x == '50%%'\n", ""),
    ("[a]\nx = 50%\n", "x in [a] has a % that neither % nor (OPTION)s follows"),
    ("[a]\nx = 1\n[b]\ny = %(x)s\n", "y in [b] has a % that"),
    ("[a]\nx = %(y)s\ny = %(x)s\n", "x in [a] takes its value from itself"),
    ("[" + "x" * 5000 + "]\n" + "[" + "x" * 5000 + "]\n", "line 2 begins [" + "x" * 60 + "] for"),
]


@pytest.mark.parametrize("text, reason", TEXTS)
def test_what_setuptools_cannot_read(text: str, reason: str) -> None:
    said = setup_cfg.problem(text)
    assert said.startswith(reason) and bool(said) == bool(reason)
    assert bool(reason) == (python_says(text) is None)


def python_says(text: str) -> dict[str, Any] | None:
    """What Python's own parser says of a file, as setuptools asks it; None where it refuses it."""
    parser = configparser.ConfigParser()
    try:
        parser.read_string(text)
        return {section: dict(parser[section].items()) for section in parser.sections()}
    except configparser.Error:
        return None


VALUES = st.lists(
    st.sampled_from(["x", " ", "%%", "%(a)s", "%(B)s", "%(c)s", "%(d)s", "%", "\n "])
)


@given(
    values=st.dictionaries(st.sampled_from("abcd"), VALUES.map("".join)),
    defaults=st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["1", "%(a)s", "%%"])),
)
def test_values_that_options_take_from_others(
    values: dict[str, str], defaults: dict[str, str]
) -> None:
    lines = ["[DEFAULT]", *(f"{name} = {value}" for name, value in defaults.items())]
    lines += ["[options]", *(f"{name} = {value}" for name, value in values.items())]
    text = "\n".join(lines)
    expected = python_says(text)
    assert bool(setup_cfg.problem(text)) == (expected is None)
    found = setup_cfg.read(text)
    assert {name: dict(found[name]) for name in found.sections()} == (expected or {})


def test_a_few_lines_do_not_say_millions() -> None:
    lines = [f"x{number} = {f'%(x{number + 1})s' * 50}" for number in range(9)]
    text = "\n".join(["[a]", *lines, "x9 = " + "x" * 50])
    assert "takes too much" in setup_cfg.problem(text) and not setup_cfg.read(text).sections()

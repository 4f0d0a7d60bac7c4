"""Requirements as setuptools takes them (``setuptools._reqs.parse_strings``)."""

from __future__ import annotations

from typing import Any

import pytest

from spack_pypi.pypi.project_files import setup_py
from spack_pypi.pypi.project_files.requirement_lines import requirement_lines

# (value of install_requires, the requirements; None: no build accepts it)
VALUES = [
    ("", []),
    ([], []),
    ("a\n\n  b>1\n", ["a", "b>1"]),
    (["a", "b>1"], ["a", "b>1"]),
    (("a", ["b", ["c\nd"]]), ["a", "b", "c", "d"]),
    # comments
    ("# a\nb  # for x\nc # d # e", ["b ", "c"]),
    (["a#b", "#c"], ["a#b"]),
    # lines that go on
    ("a; \\\n  python_version < '3'\nb", ["a;python_version < '3'", "b"]),
    (["a; \\", "python_version < '3'"], ["a;python_version < '3'"]),
    ("a; \\\n b \\\n c", ["a;bc"]),
    ("a \\", ["a"]),
    # other types
    ({"a": 1}, None),
    (["a", None], None),
    (["a", 1], None),
    (1, None),
    (b"a", None),
]


@pytest.mark.parametrize(("value", "lines"), VALUES)
def test_requirements_in_lines(value: Any, lines: list[str] | None) -> None:
    assert requirement_lines(value) == lines


@pytest.mark.parametrize(("value", "lines"), VALUES)
@pytest.mark.parametrize("keyword", ["install_requires", "setup_requires"])
def test_so_a_setup_py_is_read(keyword: str, value: Any, lines: list[str] | None) -> None:
    """What no build accepts is not known; and is not nothing."""
    found = setup_py.read(f"setup({keyword}={value!r})")
    assert found is not None and found.names == (keyword,)
    assert (keyword in found.keywords) == (lines is not None)
    assert list(found.requirements(keyword)) == (lines or [])


@pytest.mark.parametrize(("value", "lines"), VALUES)
def test_and_its_extras(value: Any, lines: list[str] | None) -> None:
    found = setup_py.read(f"setup(extras_require={{'x': {value!r}}})")
    assert found is not None
    expected = {} if lines is None else {"x": tuple(lines)}
    assert found.extras() == expected and ("extras_require" in found.keywords) == bool(expected)

"""Which versions a constraint of Poetry accepts."""

from __future__ import annotations

import pytest

from spack_pypi.pypi.project_files.poetry_versions import accepts

#: https://python-poetry.org/docs/dependency-specification/#version-constraints
ACCEPTS = [
    ("^1.2.3", ["1.2.3", "1.9"], ["2.0.0", "1.2.2"]),
    ("^0.2.3", ["0.2.3", "0.2.9"], ["0.3.0"]),
    ("^0.0.3", ["0.0.3"], ["0.0.4"]),
    ("^0.0", ["0.0.9"], ["0.1.0"]),
    ("^0", ["0.9"], ["1.0"]),
    ("^1", ["1.9"], ["2"]),
    ("~1.2.3", ["1.2.9"], ["1.3.0"]),
    ("~1.2", ["1.2.9"], ["1.3.0"]),
    ("~1", ["1.9"], ["2.0"]),
    ("*", ["0.1", "9"], []),
    ("1.*", ["1.9"], ["2.0"]),
    ("1.2.3", ["1.2.3"], ["1.2.4"]),
    ("==1.2.3", ["1.2.3"], ["1.2.4"]),
    ("~=1.2", ["1.9"], ["2.0", "1.1"]),
    (">= 1.2, < 1.5", ["1.2", "1.4.9"], ["1.5"]),
    (">=1.2 <1.5", ["1.4"], ["1.5"]),
    (">=1.5.6,<1.5.7 || >1.5.7", ["1.5.6", "1.6"], ["1.5.7"]),
    ("^1.2 || ^3", ["1.3", "3.1"], ["2.0"]),
    ("^1.2 | ^3", ["3.1"], ["2.0"]),
]


@pytest.mark.parametrize(("text", "inside", "outside"), ACCEPTS, ids=[row[0] for row in ACCEPTS])
def test_which_versions_are_accepted(text: str, inside: list[str], outside: list[str]) -> None:
    assert [version for version in inside if not accepts(text, version)] == []
    assert [version for version in outside if accepts(text, version)] == []


@pytest.mark.parametrize(
    ("text", "version"),
    [("^x", "1"), (">=", "1"), ("~", "1"), ("*", "x"), ("9" * 200, "1"), ("*", "9" * 200)],
)
def test_what_is_no_range_or_version(text: str, version: str) -> None:
    with pytest.raises(ValueError, match="is not a |too long for a range"):
        accepts(text, version)

"""What a pattern of a project finds, within a time."""

from __future__ import annotations

import pytest

from spack_pypi.pypi.project_files import own_pattern


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("^b(?P<v>.)$", "a1\nb2\nb3", "2"),
        ("(?P<v>é)", "é", "é"),
        ("(?P<v>a)?b", "b", ""),
        ("(?P<v>a)", "b", ""),
        ("(a)", "a", ""),
        ("(", "a", ""),
        ("(?P<v>a)", "\0a", ""),
        ("(?P<v>a)", "a" * 200_000, ""),
        ("(?P<v>a)" + "b?" * 2_000, "a", ""),
        ("(?P<v>.*)", "a" * 5_000, ""),
        ("(?P<v>a)", "a\udcff", "a"),
    ],
)
def test_searched(pattern: str, text: str, found: str) -> None:
    assert own_pattern.searched(pattern, text, "v") == found


def test_one_that_never_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_pattern, "_SECONDS", 0.3)
    assert own_pattern.searched("(?P<v>(a*)*b)", "a" * 5_000, "v") == ""

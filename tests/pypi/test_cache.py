"""What is kept of a kind of entries, and what is not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from spack_pypi.pypi.cache import Cache

#: Entries, the oldest first, and how long each is.
LENGTHS = {"a": 10, "b": 20, "c": 30, "d": 40}


@pytest.mark.parametrize(
    "most, size, kept",
    [
        (10, 1000, "abcd"),
        (4, 100, "abcd"),
        # so many, the newest
        (3, 1000, "bcd"),
        (0, 1000, ""),
        # so long together, the newest
        (10, 99, "bcd"),
        (10, 89, "cd"),
        (10, 40, "d"),
        (10, 39, ""),
    ],
)
def test_only_the_newest_are_kept(tmp_path: Path, most: int, size: int, kept: str) -> None:
    cache = Cache(tmp_path)
    for age, (key, length) in enumerate(LENGTHS.items()):
        cache.put_text("plan", key, key * length)
        (file,) = [f for f in tmp_path.rglob("*.txt") if f.read_text() == key * length]
        os.utime(file, (age, age))
    cache.put_text("page", "other", "x" * 500)
    cache.keep_newest("plan", most, size)
    assert [key for key in LENGTHS if cache.get_text("plan", key)] == [*kept]
    assert cache.get_text("page", "other")


def test_the_first_line_of_a_text(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    for key, text in [("a", "first\nsecond"), ("b", "first"), ("c", "")]:
        cache.put_text("page", key, text)
    lines = [cache.get_line("page", key) for key in ("a", "b", "c", "missing")]
    assert lines == ["first\n", "first", "", None]


def test_a_value_in_the_place_of_another_one_counts_as_missing(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    for key in ("a", "b"):
        cache.put("archive", key, {"key": key})
    first, second = tmp_path.rglob("*.json")
    first.write_bytes(second.read_bytes())
    assert sorted(str(cache.get("archive", key)) for key in ("a", "b"))[0] == "None"

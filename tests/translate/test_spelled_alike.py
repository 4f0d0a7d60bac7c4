"""Bounds are spelled as a package spells its versions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spack_pypi.translate import spack_order
from spack_pypi.translate.spelled_alike import spelled_alike

RDKIT = ["2024_09_5", "2024_03_3", "2023_03_1", "2021_09_1b1"]

# (a range, the versions of the package → as it is written)
TABLE = [
    ("2024.9.5:2024.9", RDKIT, "2024_09_5:2024_09"),
    ("2024_09_5:2024.9", RDKIT, "2024_09_5:2024_09"),
    ("2024.3:", RDKIT, "2024_03:"),
    ("=2024.3.3", RDKIT, "=2024_03_3"),
    # as all are, where none begins so
    (":2024.8.7,2025.12:", RDKIT, ":2024_08_7,2025_12:"),
    (":2023", RDKIT, ":2023"),
    ("2024.9.5.post1:", RDKIT, "2024.9.5.post1:"),
    ("8.1.2:", ["8-1-2", "8-0-10"], "8-1-2:"),
    ("8.0.3:", ["8-1-2", "8-0-10"], "8-0-3:"),
    # most packages spell them with dots, or each version in its own way
    ("2024.9:", ["2024.09.5"], "2024.9:"),
    ("1.2:", ["1_2", "1.3"], "1.2:"),
    ("1.2:", ["1.2-1"], "1.2:"),
    ("1.2:", ["1_2-1", "1_3"], "1_2:"),
    ("1.4:", ["1_2-1", "1_3"], "1.4:"),
    ("1.2:", ["3", "main"], "1.2:"),
    ("1.2:", [], "1.2:"),
]


@pytest.mark.parametrize("ranges, versions, expected", TABLE)
def test_bounds_are_spelled_as_versions_are(
    ranges: str, versions: list[str], expected: str
) -> None:
    assert spelled_alike(ranges, versions) == expected


_numbers = st.lists(st.integers(0, 12), min_size=1, max_size=3)


@given(
    st.lists(st.tuples(_numbers, st.sampled_from("._-"), st.booleans()), max_size=4),
    st.lists(_numbers, min_size=2, max_size=2),
    _numbers,
)
def test_it_is_the_same_range(
    versions: list[tuple[list[int], str, bool]], bounds: list[list[int]], version: list[int]
) -> None:
    texts = [
        separator.join(str(each).zfill(2 if is_wide else 1) for each in numbers)
        for numbers, separator, is_wide in versions
    ]
    low, high = sorted((".".join(map(str, each)) for each in bounds), key=spack_order.key)
    tried = ".".join(map(str, version))
    written = spelled_alike(f"{low}:{high}", texts)
    assert spack_order.contains(written, tried) == spack_order.contains(f"{low}:{high}", tried)

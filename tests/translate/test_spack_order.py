"""What two ranges have in common."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spack_pypi.translate import spack_order

MET = [
    ("", "1:", "1:"),
    ("1:", "2:", "2:"),
    ("1:3", "2:", "2:3"),
    (":3", "2:5", "2:3"),
    ("1.2:", ":1", "1.2:1"),
    ("1", "1.2:", "1.2:1"),
    (":2", "2", "2"),
    ("=1.2", "1:", "=1.2"),
    # nothing in common, or no short text for it
    (":1", "2:", None),
    ("1,3:", "2:4", None),
]


@pytest.mark.parametrize("one, other, both", MET)
def test_met(one: str, other: str, both: str | None) -> None:
    assert spack_order.met(one, other) == both
    assert spack_order.met(other, one) == both


DISJOINT = [(":1", "2:", True), (":1", "1:", False), ("1,3", "2:", False), ("=1", "2:", True)]


@pytest.mark.parametrize("one, other, expected", DISJOINT)
def test_disjoint(one: str, other: str, expected: bool) -> None:
    assert spack_order.disjoint([one, other]) == expected


BOUND = st.sampled_from(["", "1", "1.2", "2", "2.0", "3.1.4", "4rc1"])
RANGE = st.builds("{}:{}".format, BOUND, BOUND) | BOUND
VERSIONS = (
    "0.9",
    "1",
    "1.2",
    "1.2.5",
    "1.3",
    "2",
    "2.0",
    "2.0.1",
    "2.5",
    "3.1.4",
    "4rc1",
    "4",
    "5",
)


@given(RANGE, RANGE)
def test_what_both_hold(one: str, other: str) -> None:
    both = spack_order.met(one, other)
    shared = [v for v in VERSIONS if all(spack_order.contains(r, v) for r in (one, other))]
    assert not (shared and spack_order.disjoint([one, other]))
    for version in VERSIONS if both is not None else ():
        held = spack_order.contains(one, version) and spack_order.contains(other, version)
        assert spack_order.contains(both or "", version) == held

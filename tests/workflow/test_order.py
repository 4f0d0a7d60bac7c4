"""The order in which packages are written: (what depends on what) → dependencies first."""

from __future__ import annotations

import pytest

from spack_pypi.workflow.order import dependencies_first


@pytest.mark.parametrize(
    "dependencies, order",
    [
        ({}, []),
        ({"a": [], "b": []}, ["a", "b"]),
        ({"a": ["b"], "b": ["c", "elsewhere"], "c": []}, ["c", "b", "a"]),
        # a cycle starts with what is reached first
        ({"a": ["b"], "b": ["a"], "c": ["a"]}, ["b", "a", "c"]),
    ],
)
def test_dependencies_come_first(dependencies: dict[str, list[str]], order: list[str]) -> None:
    assert list(dependencies_first(dependencies)) == order

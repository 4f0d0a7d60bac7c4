"""Requirements in a circle: (what is named, who needs whom) → what is left out."""

from __future__ import annotations

from typing import Dict, Tuple

import pytest

from spack_pypi.workflow.create import create
from spack_pypi.workflow.outcome import Request, Result
from tests.memory import MemoryHost, MemoryIndex

RING = {"a": ("b",), "b": ("c",), "c": ("a",)}


def made(needs: Dict[str, Tuple[str, ...]], *names: str, build: str = "") -> Result:
    """``build``: who needs the next one to be built, as ``"b c"``."""
    host, index = MemoryHost(), MemoryIndex()
    who, _, what = build.partition(" ")
    for project, needed in needs.items():
        index.add(project, "1.0", *needed, build=[what] if project == who else [])
    return create(host, index, Request(names, proof="load"))


@pytest.mark.parametrize(
    "named, left_out",
    [("a", ("c", "a")), ("b", ("a", "b")), ("c", ("b", "c"))],
)
def test_it_is_opened_where_it_comes_back_to_what_was_named(
    named: str, left_out: Tuple[str, str]
) -> None:
    result = made(RING, named)
    assert [(o.project, o.declared) for o in result.omissions] == [left_out]
    assert f"py-{left_out[1]}" not in result.texts[f"py-{left_out[0]}"].split("depends_on", 1)[-1]


def test_the_reason_names_the_circle() -> None:
    (omission,) = made(RING, "a").omissions
    assert omission.reason == "Spack's graphs have no cycles, and a needs b needs c needs a"


def test_what_is_needed_to_build_stays() -> None:
    result = made({"a": ("b",), "b": ("c",), "c": ()}, "a", build="c a")
    assert [(o.project, o.declared) for o in result.omissions] == [("b", "c")]


def test_two_circles_through_one_project() -> None:
    result = made({"a": ("b", "c"), "b": ("a",), "c": ("a",)}, "a")
    assert [(o.project, o.declared) for o in result.omissions] == [("b", "a"), ("c", "a")]


def test_what_is_needed_twice_is_no_circle() -> None:
    assert not made({"a": ("b", "c"), "b": ("d",), "c": ("d",), "d": ()}, "a").omissions

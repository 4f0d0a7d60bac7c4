"""What only wheels of cmeel require: ([build-system] and [project], metadata, what is left)."""

from __future__ import annotations

from typing import Any

import pytest

from spack_pypi.pypi.archives.static import with_static_requirements
from spack_pypi.pypi.cmeel import build_requirements, configure_args
from spack_pypi.pypi.model import Metadata, Source

#: (build requirements, what metadata requires → what is left of it)
REQUIRED = [
    ([], ["cmeel", "numpy"], ["numpy"]),
    # a library that it is linked with comes as a wheel; one that it only runs with stays
    (["cmeel-boost~=1.89"], ["cmeel", "cmeel-boost~=1.89", "cmeel-fmt"], ["cmeel-fmt"]),
    (["cmeel-boost[build]"], ["Cmeel_Boost~=1.89"], []),
    # what it is built with is an extra
    (["y"], ["y; extra == 'build'", "z; extra == 'io'"], ["z; extra == 'io'"]),
    (["y"], ["y"], ["y"]),
    ([], ["not a requirement at all"], ["not a requirement at all"]),
]


def packed(*requires: str, backend: str = "cmeel", table: dict[str, Any] | None = None) -> Source:
    system = {"requires": ["cmeel[build]", *requires], "build-backend": backend}
    return Source(pyproject={"build-system": system, "tool": {"cmeel": table or {}}})


def said(*required: str, **more: Any) -> Metadata:
    return Metadata("x", "1.0", requires_dist=required, provides_extra=("build", "io"), **more)


@pytest.mark.parametrize(("built_with", "required", "left"), REQUIRED)
def test_what_only_the_wheel_requires(
    built_with: list[str], required: list[str], left: list[str]
) -> None:
    found = with_static_requirements(said(*required), packed(*built_with))
    assert found.requires_dist == tuple(left)
    assert found.provides_extra == ("io",)
    other = packed(*built_with, backend="hatchling.build")
    assert with_static_requirements(said(*required), other) == said(*required)


def test_the_page_of_the_packing() -> None:
    pages = (("Homepage", "https://git.example/packing"), ("upstream", "https://git.example/x"))
    metadata = said(home_page="https://git.example/packing", project_urls=pages)
    found = with_static_requirements(metadata, packed())
    assert (found.home_page, found.project_urls) == ("", pages[1:])
    alone = said(home_page="https://git.example/x")
    assert with_static_requirements(alone, packed()).home_page == "https://git.example/x"


def test_of_unknown_requirements_nothing_is_left_out() -> None:
    unknown = Metadata("x", "1.0", requires_dist=None, provides_extra=("build",))
    assert with_static_requirements(unknown, packed()) == unknown


def test_what_it_is_built_with() -> None:
    """Without cmeel, and without what packages of others are built with."""
    found = build_requirements(packed("eigenpy[build]>=3", "scipy", "x[io]"))
    assert [*found] == ["eigenpy>=3", "scipy", "x[io]"]


def test_arguments_of_cmake() -> None:
    table = {"configure-args": ["-DA=ON"]}
    assert configure_args(packed(table=table)) == ["-DA=ON"]
    assert configure_args(packed(backend="mine", table=table)) == ()
    # as cmeel was configured before its version 0.23
    old = {"build-system": {"build-backend": "cmeel", "configure-args": ["-DB=ON"]}}
    assert configure_args(Source(pyproject=old)) == ["-DB=ON"]

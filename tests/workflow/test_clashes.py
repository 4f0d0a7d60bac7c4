"""Demands that exclude each other: (what is asked for) → the sentence."""

from __future__ import annotations

from packaging.requirements import Requirement

from spack_pypi.workflow.choose import Policy
from spack_pypi.workflow.clashes import clashes
from spack_pypi.workflow.closure import Closure
from spack_pypi.workflow.create import create
from spack_pypi.workflow.outcome import Request
from tests.memory import MemoryHost, MemoryIndex


def world() -> "tuple[MemoryHost, MemoryIndex]":
    host, index = MemoryHost(), MemoryIndex()
    host.has("idna", "3.10", "2.8")
    index.add("app", "1.0", "idna>=3", "other", build=[])
    return host, index


def found(host: MemoryHost, index: MemoryIndex) -> "list[str]":
    with Closure(host, index, Policy()) as closure:
        closure.follow([Requirement("app")])
        return clashes(closure, "app")


def test_who_wants_what() -> None:
    host, index = world()
    index.add("other", "2.0", "idna<3", build=[])
    assert found(host, index) == [
        "no version of py-idna does for all: py-other 2.0 wants <3; py-app 1.0 wants >=3"
    ]


def test_nothing_where_one_version_does() -> None:
    host, index = world()
    index.add("other", "2.0", "idna<4", build=[])
    assert found(host, index) == []


def test_they_are_the_reason_that_is_told() -> None:
    host, index = world()
    index.add("other", "2.0", "idna<3", build=[])
    host.unsatisfiable = "the solver's own words"
    (problem,) = create(host, index, Request(("app",))).problems
    assert problem.message == (
        "cannot be concretized: "
        "no version of py-idna does for all: py-other 2.0 wants <3; py-app 1.0 wants >=3"
    )

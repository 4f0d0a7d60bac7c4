"""Requirements in a circle: (what is named, who needs whom) → what is left out."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from spack_pypi.workflow.create import create
from spack_pypi.workflow.outcome import Request, Result
from tests.memory import MemoryHost, MemoryIndex

RING = {"a": ("b",), "b": ("c",), "c": ("a",)}


def made(needs: Mapping[str, tuple[str, ...]], *names: str, build: str = "") -> Result:
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
    named: str, left_out: tuple[str, str]
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


def test_projects_whose_releases_do_not_need_each_other_form_none() -> None:
    """a 2 needs b 2, b 1 needs a 1: no graph has both."""
    host, index = MemoryHost(), MemoryIndex()
    index.add("a", "1.0", build=[])
    index.add("a", "2.0", "b==2.0", build=[])
    index.add("b", "1.0", "a==1.0", build=[])
    index.add("b", "2.0", build=[])
    index.add("app", "1.0", "a", "b==1.0", build=[])
    result = create(host, index, Request(("app", "a"), proof="load"))
    assert not result.omissions and not result.failed
    assert 'depends_on("py-b@=2.0"' in result.texts["py-a"]
    assert 'depends_on("py-a@=1.0", when="@:1"' in result.texts["py-b"]


def test_a_requirement_that_another_release_satisfies_is_left_to_the_solver() -> None:
    host, index = MemoryHost(), MemoryIndex()
    index.add("a", "1.0", "b", build=[])
    index.add("b", "1.0", build=[])
    index.add("b", "2.0", "a", build=[])
    index.add("app", "1.0", "a", "b==1.0", build=[])
    assert not create(host, index, Request(("app",), proof="load")).omissions


def test_an_extra_that_would_close_one_is_no_variant() -> None:
    """What it stands for is required by who asks for it: nothing is lost."""
    host, index = MemoryHost(), MemoryIndex()
    index.add("app", "1.0", "slim[evals]", build=[])
    index.add("slim", "1.0", 'evals>=1; extra == "evals"', extras=["evals"], build=[])
    index.add("evals", "1.0", "slim", build=[])
    result = create(host, index, Request(("app",), proof="load"))
    assert not result.omissions
    assert "variant(" not in result.texts["py-slim"]
    assert 'depends_on("py-evals@1:", type=("build", "run"))' in result.texts["py-app"]
    assert 'depends_on("py-slim", type=("build", "run"))' in result.texts["py-evals"]


def test_an_extra_that_was_named_stays_a_variant() -> None:
    host, index = MemoryHost(), MemoryIndex()
    index.add("slim", "1.0", 'evals>=1; extra == "evals"', extras=["evals"], build=[])
    index.add("evals", "1.0", "slim", build=[])
    result = create(host, index, Request(("slim[evals]",), proof="load"))
    assert [(o.project, o.declared) for o in result.omissions] == [("evals", "slim")]
    assert "slim is not here: " in result.texts["py-evals"]


def test_a_cycle_below_another_one_is_opened_on_the_way_from_what_was_named() -> None:
    """As airflow has it: app needs core, that needs sdk and plugin, sdk needs core, plugin app."""
    needs = {"app": ("core",), "core": ("sdk", "plugin"), "sdk": ("core",), "plugin": ("app",)}
    omissions = made(needs, "app", "sdk").omissions
    assert [(o.project, o.declared) for o in omissions] == [("plugin", "app"), ("sdk", "core")]

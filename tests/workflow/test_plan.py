"""A plan as a value: what becomes of each recipe, in which order, from which releases."""

from __future__ import annotations

from typing import Any

import pytest

from spack_pypi.errors import UsageError
from spack_pypi.session import Session
from spack_pypi.workflow.plan import Plan, RecordStatus
from spack_pypi.workflow.planner import Planner
from spack_pypi.workflow.request import Request
from tests.memory import MemoryIndex
from tests.workflow.faulty import HAND, Host, faulty_host, faulty_index


@pytest.fixture
def host() -> Host:
    return faulty_host()


@pytest.fixture
def index() -> MemoryIndex:
    return faulty_index()


def planned(host: Host, index: MemoryIndex, *names: str, **options: Any) -> Plan:
    with Session(index) as session:
        return Planner(session, host, Request(names, **options)).plan()


def test_what_becomes_of_each_recipe(host: Host, index: MemoryIndex) -> None:
    plan = planned(host, index, "app")
    extends = {project: recipe.extends for project, recipe in plan.recipes.items()}
    assert extends["app"] == extends["lib"] == extends["base"] == ""
    # of another repo: inherited; of the repo that is written to: edited
    assert extends["old"] == "builtin.py-old"
    assert "class PyOld(BuiltinPyOld):" in plan.recipes["old"].text
    assert extends["hand"] == "site.py-hand"
    assert plan.recipes["hand"].before == HAND
    edited = plan.recipes["hand"].text.splitlines()
    assert [line for line in HAND.splitlines() if line not in edited] == []
    assert any('version("2.0"' in line for line in edited)
    assert {p: plan.records[p].status for p in ("app", "old", "hatchling")} == {
        "app": RecordStatus.NEW,
        "old": RecordStatus.NEW,
        "hatchling": RecordStatus.EXISTS,
    }
    assert plan.recipe_of("py-old") is plan.recipes["old"]
    assert plan.recipe_of("py-hatchling") is None


def test_each_version_comes_from_a_release(host: Host, index: MemoryIndex) -> None:
    for recipe in planned(host, index, "app").recipes.values():
        assert set(recipe.releases.values()) == {*recipe.versions}, recipe.project
        assert all(str(release) == text for release, text in recipe.releases.items())


def test_each_recipe_comes_after_those_that_it_needs(host: Host, index: MemoryIndex) -> None:
    order = list(planned(host, index, "app").texts)
    assert sorted(order) == ["py-app", "py-base", "py-hand", "py-lib", "py-old"]
    assert order.index("py-base") < order.index("py-lib") < order.index("py-app")
    assert max(order.index("py-old"), order.index("py-hand")) < order.index("py-app")


def test_recipes_of_a_cycle_are_all_there(host: Host, index: MemoryIndex) -> None:
    index.add("one", "1.0", "two[x]")
    index.add("two", "1.0", 'one; extra == "x"', extras=["x"])
    assert sorted(planned(host, index, "one").texts) == ["py-one", "py-two"]


def test_a_plan_writes_nothing_and_stages_nothing(host: Host, index: MemoryIndex) -> None:
    planned(host, index, "app")
    assert (host.written, host.staged_texts, host.concretized) == ({}, [], [])


def test_the_same_plan_twice(host: Host, index: MemoryIndex) -> None:
    with Session(index) as session:
        planner = Planner(session, host, Request(("app",)))
        assert planner.plan().texts == planner.plan().texts


@pytest.mark.parametrize(
    "names, message",
    [
        ((), "give the name of at least one project"),
        (("quiet log",), "'quiet log' is not a requirement"),
        (("x; os_name == 'nt'",), "has a URL or a marker"),
        (("x @ https://files.example/x.zip",), "has a URL or a marker"),
    ],
)
def test_what_names_no_project(
    host: Host, index: MemoryIndex, names: tuple[str, ...], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        planned(host, index, *names)
    assert index.asked == []

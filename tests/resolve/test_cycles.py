"""Requirements in a circle: (what is named, who needs whom) → what is left out."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from spack_pypi.workflow.create import Outcome
from spack_pypi.workflow.request import Request, Verify
from tests.memory import MemoryHost, MemoryIndex
from tests.run import create, omissions

RING = {"a": ("b",), "b": ("c",), "c": ("a",)}


def made(needs: Mapping[str, tuple[str, ...]], *names: str, build: str = "") -> Outcome:
    """``build``: who needs the next one to be built, as ``"b c"``."""
    host, index = MemoryHost(), MemoryIndex()
    who, _, what = build.partition(" ")
    for project, needed in needs.items():
        index.add(project, "1.0", *needed, build=[what] if project == who else [])
    return create(host, index, Request(names, verify=Verify.LOAD))


@pytest.mark.parametrize(
    "named, left_out",
    [("a", ("c", "a")), ("b", ("a", "b")), ("c", ("b", "c"))],
)
def test_it_is_opened_where_it_comes_back_to_what_was_named(
    named: str, left_out: tuple[str, str]
) -> None:
    result = made(RING, named)
    assert [(o.project, o.declared) for o in omissions(result)] == [left_out]
    assert (
        f"py-{left_out[1]}"
        not in result.plan.texts[f"py-{left_out[0]}"].split("depends_on", 1)[-1]
    )


def test_the_reason_names_the_circle() -> None:
    (omission,) = omissions(made(RING, "a"))
    path = "a needs b, which needs c, which needs a"
    assert omission.reason == f"Spack's graphs have no cycles, and {path}"


def test_what_is_needed_to_build_stays() -> None:
    result = made({"a": ("b",), "b": ("c",), "c": ()}, "a", build="c a")
    assert [(o.project, o.declared) for o in omissions(result)] == [("b", "c")]


def test_two_circles_through_one_project() -> None:
    result = made({"a": ("b", "c"), "b": ("a",), "c": ("a",)}, "a")
    assert [(o.project, o.declared) for o in omissions(result)] == [("b", "a"), ("c", "a")]


def test_what_is_needed_twice_is_no_circle() -> None:
    assert not omissions(made({"a": ("b", "c"), "b": ("d",), "c": ("d",), "d": ()}, "a"))


def test_projects_whose_releases_do_not_need_each_other_form_none() -> None:
    """a 2 needs b 2, b 1 needs a 1: no graph has both."""
    host, index = MemoryHost(), MemoryIndex()
    index.add("a", "1.0", build=[])
    index.add("a", "2.0", "b==2.0", build=[])
    index.add("b", "1.0", "a==1.0", build=[])
    index.add("b", "2.0", build=[])
    index.add("app", "1.0", "a", "b==1.0", build=[])
    result = create(host, index, Request(("app", "a"), verify=Verify.LOAD))
    assert not omissions(result) and not result.plan.failed
    assert 'depends_on("py-b@=2.0"' in result.plan.texts["py-a"]
    assert 'depends_on("py-a@=1.0", when="@:1"' in result.plan.texts["py-b"]


def test_a_requirement_that_another_release_satisfies_is_left_to_the_solver() -> None:
    host, index = MemoryHost(), MemoryIndex()
    index.add("a", "1.0", "b", build=[])
    index.add("b", "1.0", build=[])
    index.add("b", "2.0", "a", build=[])
    index.add("app", "1.0", "a", "b==1.0", build=[])
    assert not omissions(create(host, index, Request(("app",), verify=Verify.LOAD)))


def test_an_extra_that_would_close_one_is_no_variant() -> None:
    """What it brings is required by who asks for it: nothing is lost."""
    host, index = MemoryHost(), MemoryIndex()
    index.add("app", "1.0", "slim[evals]", build=[])
    index.add("slim", "1.0", 'evals>=1; extra == "evals"', extras=["evals"], build=[])
    index.add("evals", "1.0", "slim", build=[])
    result = create(host, index, Request(("app",), verify=Verify.LOAD))
    assert not omissions(result)
    assert "variant(" not in result.plan.texts["py-slim"]
    assert 'depends_on("py-evals@1:", type=("build", "run"))' in result.plan.texts["py-app"]
    assert 'depends_on("py-slim", type=("build", "run"))' in result.plan.texts["py-evals"]


def test_an_extra_that_was_named_stays_a_variant() -> None:
    host, index = MemoryHost(), MemoryIndex()
    index.add("slim", "1.0", 'evals>=1; extra == "evals"', extras=["evals"], build=[])
    index.add("evals", "1.0", "slim", build=[])
    result = create(host, index, Request(("slim[evals]",), verify=Verify.LOAD))
    assert [(o.project, o.declared) for o in omissions(result)] == [("evals", "slim")]
    assert "slim is left out: " in result.plan.texts["py-evals"]


def test_a_cycle_below_another_one_is_opened_on_the_way_from_what_was_named() -> None:
    """As airflow has it: app needs core, that needs sdk and plugin, sdk needs core, plugin app."""
    needs = {"app": ("core",), "core": ("sdk", "plugin"), "sdk": ("core",), "plugin": ("app",)}
    left_out = omissions(made(needs, "app", "sdk"))
    assert [(o.project, o.declared) for o in left_out] == [("plugin", "app"), ("sdk", "core")]


#: (the line of the existing recipe of core, whose variant ``default`` is on and ``all`` is not;
#: whether plugin, which is new, depends on core)
EXISTING = [
    ('"py-plugin", type=("build", "run")', False),
    ('"py-plugin@0.1", when="@7:", type="run"', False),
    ('"py-plugin", when="@7: +default", type="run"', False),
    ('"py-plugin", when="~all", type="run"', False),
    # else core has no plugin by default, and plugin would have no core
    ('"py-plugin", when="+all", type="run"', True),
    ('"py-plugin", when="~default", type="run"', True),
    ('"py-plugin", when="+default+all", type="run"', True),
    ('"py-plugin-2", type=("build", "run")', True),
]
#: The recipe of core.
CORE = """\
class PyCore(PythonPackage):
    version("7.0", sha256="0")
    variant("default", default=True, description="On")
    variant("all", default=False, description="Off")
    depends_on({line})
"""


@pytest.mark.parametrize(("line", "depends"), EXISTING)
def test_a_plugin_gives_way_to_the_recipe_that_depends_on_it(line: str, depends: bool) -> None:
    """As dask has it: dask-expr requires it."""
    host, index = MemoryHost(), MemoryIndex()
    host.has("core", "7.0", variants=("default", "all"))
    host.texts["py-core"] = CORE.format(line=line)
    index.add("plugin", "0.1", "core>=1", build=[])
    result = create(host, index, Request(("plugin",), verify=Verify.LOAD))
    text = result.plan.texts["py-plugin"]
    assert ('depends_on("py-core@1:", type=("build", "run"))' in text) is depends
    left_out = "core needs plugin, which needs core" in text.replace("\n    # ", " ")
    assert left_out is not depends


def test_what_a_plugin_needs_to_build_or_with_an_extra_stays() -> None:
    host, index = MemoryHost(), MemoryIndex()
    host.has("core", "7.0", variants=("default", "all"))
    host.texts["py-core"] = CORE.format(line='"py-plugin", type=("build", "run")')
    extra = 'core>=2; extra == "core"'
    index.add("plugin", "0.1", extra, extras=["core"], build=["core>=1"])
    text = create(host, index, Request(("plugin[core]",), verify=Verify.LOAD)).plan.texts
    assert 'depends_on("py-core@1:", type="build")' in text["py-plugin"]
    assert 'depends_on("py-core@2:", when="+core"' in text["py-plugin"]

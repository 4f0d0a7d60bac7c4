"""Versions that exist may exclude each other: a newer release of one of them is added, or it is
said what excludes what.

In these worlds app requires lib and other. other needs core 2; lib 1.0 is built with tool, all of
whose versions need core 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from spack_pypi.report.create import closure
from spack_pypi.resolve.catalog import Catalog
from spack_pypi.resolve.contradiction import Contradiction, Limit, in_words, most_telling
from spack_pypi.resolve.demands import NO_PYTHON, Demand
from spack_pypi.resolve.facts import Facts
from spack_pypi.resolve.policy import Policy, Rules
from spack_pypi.session import Session
from spack_pypi.workflow.create import Outcome
from spack_pypi.workflow.plan import RecordStatus
from spack_pypi.workflow.request import Verify
from tests.memory import MemoryHost, MemoryIndex
from tests.resolve.conftest import run, says

LINES = {
    "lib": ['depends_on("py-tool", type="build")'],
    "tool": ['depends_on("py-core@:1", type=("build", "run"))'],
    "other": ['depends_on("py-core@2:", type="build")'],
}
WHY = (
    "no version of py-core satisfies both py-other 1.0 (@2:) and py-tool (@:1) "
    "(py-tool for py-lib)"
)
LACKING = "; it takes another version of py-lib or py-other or py-tool"
APART = "; 'spack -c concretizer:duplicates:strategy:full' may build {}"
#: What of the lines of `LINES` is needed to run as well, and what would be built apart.
NEEDED: tuple[tuple[Sequence[str], str], ...] = (
    ((), APART.format("py-other with another py-core")),
    (["lib"], APART.format("py-other with another py-core")),
    (["other"], APART.format("with other versions")),
    (["lib", "other"], ""),
)


@pytest.fixture
def world(host: MemoryHost, index: MemoryIndex) -> None:
    host.has("lib", "1.0")
    host.has("tool", "1.1", "1.0")
    host.has("other", "1.0")
    host.has("core", "2.0", "1.0")
    says(host, LINES)
    index.add("app", "1.0", "lib", "other")
    index.add("lib", "1.0", build=["tool"])
    index.add("other", "1.0", build=["core>=2"])
    for version in ("1.0", "1.1"):
        index.add("tool", version, "core<2")
    for version in ("1.0", "2.0"):
        index.add("core", version)


def written(outcome: Outcome) -> dict[str, tuple[str, ...]]:
    records = outcome.plan.records
    return {p: r.versions for p, r in records.items() if r.status is RecordStatus.NEW}


def said(outcome: Outcome, code: str) -> list[tuple[str, str]]:
    return [(each.package, each.text) for each in outcome.diagnostics if each.code == code]


@pytest.mark.usefixtures("world")
def test_a_newer_release_is_added_that_makes_it_possible(
    host: MemoryHost, index: MemoryIndex
) -> None:
    index.add("lib", "2.0", build=["core"])
    outcome = run(host, index, "app")
    assert written(outcome) == {"app": ("1.0",), "lib": ("2.0",)}
    assert said(outcome, "conflict-resolved") == [("py-lib", WHY)]
    assert f"  py-lib 2.0: {WHY}" in closure(outcome)


# (releases of lib: version, what it requires to be built; of tool; what is added)
RELEASES: Sequence[
    tuple[Sequence[tuple[str, str]], Sequence[tuple[str, str]], Mapping[str, Sequence[str]]]
] = (
    # One that helps, the newest of those.
    ((("2.0", "core"), ("3.0", "core")), (), {"lib": ("3.0",)}),
    ((("3.0", "tool"), ("2.0", "core")), (), {"lib": ("2.0",)}),
    # What brings a package that no repo has is not only a newer release.
    ((("2.0", "core"), ("3.0", "new")), (), {"lib": ("2.0",)}),
    ((("2.0", "new"),), (), {}),
    # Older ones are not added.
    ((("0.9", "core"),), (), {}),
    # What is required by what is written comes before what that requires.
    ((("2.0", "core"),), (("2.0", "core>=2"),), {"lib": ("2.0",)}),
    ((("2.0", "tool"),), (("2.0", "core>=2"),), {"tool": ("2.0",)}),
    ((), (("2.0", "core<2"),), {}),
)


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("of_lib, of_tool, added", RELEASES)
def test_which_release_is_added(
    host: MemoryHost,
    index: MemoryIndex,
    of_lib: Sequence[tuple[str, str]],
    of_tool: Sequence[tuple[str, str]],
    added: Mapping[str, tuple[str, ...]],
) -> None:
    index.add("new", "1.0")
    for version, needed in of_lib:
        index.add("lib", version, build=[needed])
    for version, needed in of_tool:
        index.add("tool", version, needed)
    assert written(run(host, index, "app")) == {"app": ("1.0",), **added}


@pytest.mark.usefixtures("world")
def test_bounds_of_what_is_written_hold(host: MemoryHost, index: MemoryIndex) -> None:
    """lib 2.0 would do, but app does not take it."""
    index.add("app", "2.0", "lib<2", "other")
    index.add("lib", "2.0", build=["core"])
    outcome = run(host, index, "app==2.0", verify=Verify.LOAD)
    assert written(outcome) == {"app": ("2.0",)}
    assert said(outcome, "unsatisfiable") == [("py-app", WHY + LACKING + NEEDED[0][1])]


# What lines say by which nothing is impossible, though lib 2.0 could be added.
POSSIBLE = (
    # Another version of lib needs no tool.
    {"lib": ['depends_on("py-tool", when="@1:", type="build")']},
    # Some variant, platform, or other Python needs it, or tests do.
    {"lib": ['depends_on("py-tool", type="test")']},
    {"lib": ['depends_on("py-tool", when="+fast", type="build")']},
    {"lib": ['depends_on("py-tool", when="platform=windows", type="build")']},
    {"lib": ['depends_on("py-tool", when="^python@:3.12", type="build")']},
    # One of the tools goes with the core of other.
    {"tool": ['depends_on("py-core@:1", when="@:1.0", type=("build", "run"))']},
    {"other": ['depends_on("py-core", type="build")']},
)


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("lines", POSSIBLE)
def test_nothing_is_added_where_something_may_fit(
    host: MemoryHost, index: MemoryIndex, lines: Mapping[str, Sequence[str]]
) -> None:
    host.has("lib", "1.0", "0.9")
    says(host, {**LINES, **lines})
    index.add("lib", "2.0", build=["core"])
    assert written(run(host, index, "app")) == {"app": ("1.0",)}


@pytest.mark.usefixtures("world")
def test_nor_for_what_exists(host: MemoryHost, index: MemoryIndex) -> None:
    host.has("app", "1.0")
    says(host, {**LINES, "app": ['depends_on("py-lib")', 'depends_on("py-other")']})
    index.add("lib", "2.0", build=["core"])
    outcome = run(host, index, "app")
    assert written(outcome) == {}
    assert host.concretized == []


@pytest.mark.usefixtures("world")
def test_nor_where_a_graph_may_hold_several_versions(host: MemoryHost, index: MemoryIndex) -> None:
    host.packages["core"] = replace(host.packages["core"], build_tool=True)
    index.add("lib", "2.0", build=["core"])
    says(host, {**LINES, "tool": ['depends_on("py-core@:1", type="build")']})
    assert written(run(host, index, "app")) == {"app": ("1.0",)}


@pytest.mark.usefixtures("world")
def test_nor_where_it_is_installed_and_an_external(host: MemoryHost, index: MemoryIndex) -> None:
    index.add("lib", "2.0", build=["core"])
    outcome = run(host, index, "app", installed={"lib": "1.0"})
    assert written(outcome) == {"app": ("1.0",)}


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("branches, added", [(("main",), {}), ((), {"lib": ("2.0",)})])
def test_a_branch_counts_as_a_version(
    host: MemoryHost,
    index: MemoryIndex,
    branches: tuple[str, ...],
    added: Mapping[str, tuple[str, ...]],
) -> None:
    says(host, {**LINES, "lib": ['depends_on("py-tool", when="@:9", type="build")']})
    host.packages["lib"] = replace(host.packages["lib"], branches=branches)
    index.add("lib", "2.0", build=["core"])
    assert written(run(host, index, "app")) == {"app": ("1.0",), **added}


@pytest.mark.usefixtures("world")
def test_a_deprecated_version_does_not_help(host: MemoryHost, index: MemoryIndex) -> None:
    host.has("lib", "1.0", deprecated=["0.9"])
    says(host, {**LINES, "lib": ['depends_on("py-tool", when="@1:", type="build")']})
    index.add("lib", "2.0", build=["core"])
    assert written(run(host, index, "app")) == {"app": ("1.0",), "lib": ("2.0",)}


@pytest.mark.usefixtures("world")
def test_it_does_where_one_is_needed_anyway(host: MemoryHost, index: MemoryIndex) -> None:
    host.has("lib", "1.0", deprecated=["0.9"])
    host.has("gone", "2.0", deprecated=["1.0"])
    says(host, {**LINES, "lib": ['depends_on("py-tool", when="@1:", type="build")']})
    index.add("app", "2.0", "lib", "other", "gone<2")
    index.add("lib", "2.0", build=["core"])
    assert written(run(host, index, "app==2.0")) == {"app": ("2.0",)}


@pytest.mark.usefixtures("world")
def test_the_solver_is_asked_all_the_same_and_its_error_says_more(
    host: MemoryHost, index: MemoryIndex
) -> None:
    host.unsatisfiable["py-app"] = "the solver's words"
    outcome = run(host, index, "app")
    assert host.concretized == ["py-app"]
    (record,) = outcome.plan.named
    assert record.reason == f"cannot be concretized: {WHY}{LACKING}{NEEDED[0][1]}"


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("to_run, apart", NEEDED)
def test_what_is_needed_only_to_build_may_be_there_in_another_version(
    host: MemoryHost, index: MemoryIndex, to_run: Sequence[str], apart: str
) -> None:
    """If Spack is set so."""
    for project in to_run:
        says(host, {project: [LINES[project][0].replace('"build"', '("build", "run")')]})
    host.unsatisfiable["py-app"] = "the solver's words"
    (record,) = run(host, index, "app").plan.named
    assert record.reason == f"cannot be concretized: {WHY}{LACKING}{apart}"


def limit(project: str, version: str, *says: Sequence[Demand]) -> Limit:
    return Limit(project, tuple(map(tuple, says)), version)


A1, YOU = limit("a", "1.0", [Demand("x", ranges=":1")]), limit("", "", [Demand("x", ">=2")])
MANY = (
    limit("a", "", *([Demand("x", ranges=text)] for text in ("3", "2", "1", "0"))),
    limit("b", "1.0", [Demand("x", ranges="4:"), Demand("x", ranges="4.1:")]),
    limit("c", "1.0", [Demand("x", "!=5")]),
)

#: (a contradiction about x, the sentence)
WORDS = (
    (
        Contradiction("3.14.5", "x", (A1, YOU), chains=(("a",),)),
        "no version of py-x satisfies both py-a 1.0 (@:1) and you (>=2)",
    ),
    (
        Contradiction("3.14.5", "x", MANY, chains=(("a", "b", "c", "d", "e"), ("b",))),
        "no version of py-x satisfies py-a (@3 or @2 or @1 or others), py-b 1.0 (@4: and @4.1:) "
        "and py-c 1.0 (!=5) (py-a for py-b for py-c for py-d)",
    ),
    (
        Contradiction("3.14.5", "x", (A1,), chains=(("a", "b"),)),
        "no version of py-x that can be used satisfies py-a 1.0 (@:1) (py-a for py-b)",
    ),
    (
        Contradiction("3.14.5", "x", lacked=(NO_PYTHON,), version="1.0"),
        "py-x 1.0 does not run with Python 3.14.5",
    ),
    (
        Contradiction("3.14.5", "x", lacked=(NO_PYTHON,)),
        "no version of py-x that others accept runs with Python 3.14.5",
    ),
    (
        Contradiction("3.14.5", "x", lacked=(NO_PYTHON, "y"), version="1.0"),
        "py-x 1.0 has no version of py-y and Python 3.14.5 that it could use",
    ),
)


@pytest.mark.parametrize("found, sentence", WORDS)
def test_a_contradiction_in_words(found: Contradiction, sentence: str) -> None:
    with Session(MemoryIndex()) as session:
        catalog = Catalog(MemoryHost(), Facts(session), Rules(Policy()), [])
        assert in_words(catalog, found) == sentence


# (the projects of contradictions with Pythons, newest first; which one the report has)
TELLING = (("abb", "b"), ("aab", "a"), ("ab", "a"))


@pytest.mark.parametrize("projects, reported", TELLING)
def test_what_most_pythons_have_is_reported(projects: str, reported: str) -> None:
    found = [Contradiction("3.14.5", each) for each in projects]
    assert most_telling(found).project == reported

"""Releases that need what nobody has are passed over: (what the index has) → versions."""

from __future__ import annotations

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from spack_pypi.resolve import own_grade, selection
from spack_pypi.resolve.catalog import Catalog
from spack_pypi.resolve.facts import Facts
from spack_pypi.resolve.lessons import Grade, Lessons, Unit
from spack_pypi.resolve.policy import Policy, Rules
from spack_pypi.resolve.resolver import Resolver, roots_of
from spack_pypi.session import Session
from spack_pypi.workflow.create import Outcome
from spack_pypi.workflow.plan import RecordStatus
from spack_pypi.workflow.request import Request, Verify
from tests.memory import MemoryHost, MemoryIndex
from tests.run import create, omissions


def made(index: MemoryIndex, *names: str, allow: bool = False) -> Outcome:
    host = MemoryHost()
    host.has("hatchling", "1.27.0")
    return create(host, index, Request(names, verify=Verify.LOAD, allow_omissions=allow))


def versions(result: Outcome) -> dict[str, tuple[str, ...]]:
    return {
        r.project: r.versions for r in result.plan.records.values() if r.status is RecordStatus.NEW
    }


def passed_over(result: Outcome, project: str) -> dict[tuple[str, ...], str]:
    said = result.plan.records[project].diagnostics
    return {each.versions: each.text for each in said if each.code == "passed-over"}


def test_an_older_release_that_has_all_it_needs() -> None:
    index = MemoryIndex()
    index.add("app", "1.0", "core")
    index.add("core", "1.0")
    index.add("core", "1.1", "certs>=2027")
    index.add("certs", "2026.1")
    result = made(index, "app")
    assert versions(result) == {"app": ("1.0",), "core": ("1.0",)}
    assert passed_over(result, "core") == {
        ("1.1",): "needs certs>=2027: "
        "no release that Spack can install satisfies it (newest: 2026.1)"
    }
    assert not omissions(result)


def test_what_pins_such_a_release_is_passed_over_itself() -> None:
    index = MemoryIndex()
    index.add("app", "1.0", "core==1.0")
    index.add("app", "1.1", "core==1.1")
    index.add("core", "1.0")
    index.add("core", "1.1", "nowhere")
    assert versions(made(index, "app")) == {"app": ("1.0",), "core": ("1.0",)}


def test_where_no_release_is_better_nothing_is_written() -> None:
    index = MemoryIndex()
    index.add("app", "1.0", "core")
    for version in ("1.0", "1.1"):
        index.add("core", version, "nowhere")
    result = made(index, "app")
    assert [record.reason for record in result.plan.failed] == [
        "1.0 needs core: 1.1 needs nowhere: the index has no such project; "
        "1.0 cannot be written either"
    ]
    assert not result.plan.texts


def test_who_allows_omissions_gets_the_newest() -> None:
    index = MemoryIndex()
    index.add("app", "1.0", "core")
    for version in ("1.0", "1.1"):
        index.add("core", version, "nowhere")
    result = made(index, "app", allow=True)
    assert versions(result)["core"] == ("1.1",)
    assert [omission.declared for omission in omissions(result)] == ["nowhere"]


def test_what_another_platform_lacks_does_not_count_nor_an_extra_that_nobody_asked_for() -> None:
    index = MemoryIndex()
    index.add("app", "1.0")
    index.add("app", "1.1", 'nowhere; extra == "x"', 'nowhere; sys_platform == "win32"')
    assert versions(made(index, "app"))["app"] == ("1.1", "1.0")


def test_what_an_extra_lacks_that_was_asked_for_counts() -> None:
    index = MemoryIndex()
    index.add("app", "1.0", extras=["x"])
    index.add("app", "1.1", 'nowhere; extra == "x"', extras=["x"])
    assert versions(made(index, "app[x]"))["app"] == ("1.0",)


def test_an_extra_that_one_of_the_releases_cannot_be_had_with_is_no_variant_of_it() -> None:
    """one needs the newest lib, two an older one with its extra, which the newest cannot have."""
    index = MemoryIndex()
    index.add("one", "1.0", "lib>=2")
    index.add("two", "1.0", "lib[fast]<2")
    index.add("lib", "1.0", 'speed; extra == "fast"', extras=["fast"])
    index.add("lib", "2.0", 'nowhere; extra == "fast"', extras=["fast"])
    index.add("speed", "1.0")
    result = made(index, "one", "two")
    assert versions(result)["lib"] == ("2.0", "1.0")
    assert (
        """variant("fast", default=False, description="Enable fast support (speed)", when="@:1")"""
        in (result.plan.texts["py-lib"])
    )
    assert "# 2.0: the extra 'fast' is left out: needs nowhere:" in result.plan.texts["py-lib"]


def test_a_release_that_fits_nothing_is_passed_over() -> None:
    """Both pin one backend, each another one: Spack builds with one version of it."""
    index = MemoryIndex()
    index.add("app", "1.0", "core", build=["backend==1.0"])
    index.add("app", "2.0", "core", build=["backend==2.0"])
    index.add("core", "1.0", build=["backend==1.0"])
    index.add("backend", "1.0")
    index.add("backend", "2.0")
    result = made(index, "app")
    assert versions(result)["app"] == ("1.0",)
    assert passed_over(result, "app") == {
        ("2.0",): "no version of py-backend satisfies all: py-app 2.0 requires ==2.0; "
        "py-core 1.0 requires ==1.0"
    }


def test_what_is_learned_changes_the_next_resolution_and_no_earlier_one() -> None:
    host, index = MemoryHost(), MemoryIndex()
    host.has("hatchling", "1.27.0")
    for version in ("1.0", "2.0"):
        index.add("app", version)
    newest = Unit("app", Version("2.0"))
    with Session(index) as session:
        roots = roots_of([Requirement("app")])
        catalog = Catalog(host, Facts(session), Rules(Policy(series=1)), ["app"])
        resolver = Resolver(catalog, roots, together=False, worst=Grade.DOUBTFUL)
        before = resolver.resolve()
        assert resolver.learn(newest, Grade.IMPOSSIBLE, "its recipe does not load")
        assert not resolver.learn(newest, Grade.INCOMPLETE, "needs nowhere")
        after = resolver.resolve()
    assert before.versions("app") == [Version("2.0")]
    assert after.versions("app") == [Version("1.0")]
    assert list(after.passed_over("app")) == [(Version("2.0"), "its recipe does not load")]
    assert after.reason(newest) == "its recipe does not load"


def test_what_only_a_rejected_release_needs_is_dropped() -> None:
    """app 2.0 needs an older core than builtin has, so that both fit one backend."""
    host, index = MemoryHost(), MemoryIndex()
    host.has("core", "1.0")
    host.has("backend", "2.0", "1.0")
    host.texts["py-core"] = """class PyCore(PythonPackage):
    version("1.0", sha256="0")
    depends_on("py-backend@2:", type="build")
"""
    index.add("app", "2.0", "core", build=["backend==1.0"])
    index.add("app", "1.0", "core", build=["backend"])
    index.add("core", "0.9", build=["backend"])
    index.add("core", "1.0", build=["backend>=2"])
    with Session(index) as session:
        catalog = Catalog(host, Facts(session), Rules(Policy(series=1)), ["app"])
        resolver = Resolver(
            catalog, roots_of([Requirement("app")]), together=False, worst=Grade.DOUBTFUL
        )
        before = resolver.resolve()
        resolver.learn(Unit("app", Version("2.0")), Grade.IMPOSSIBLE, "its recipe does not load")
        after = resolver.resolve()
    assert before.projects == ["app", "core"] and before.versions("core") == [Version("0.9")]
    assert after.projects == ["app"] and after.versions("app") == [Version("1.0")]


@pytest.mark.parametrize(("length", "is_written"), [(5, True), (6, False), (200, False)])
def test_a_chain_that_is_too_long(
    length: int, is_written: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the last link lacks something, each one takes a walk. What is said of it names both
    ends."""
    monkeypatch.setattr(own_grade, "_DEEPEST", 6)
    index = MemoryIndex()
    for number in range(length):
        index.add(f"link{number}", "1.0", f"link{number + 1}")
    index.add(f"link{length}", "1.0")
    result = made(index, "link0")
    assert bool(versions(result)) is is_written
    if not is_written:
        said = result.plan.records["link0"].reason
        assert said.startswith("1.0 needs link1: 1.0 needs link2: ")
        assert said.endswith(
            "link6: 1.0 is more than 6 requirements away from what was named, the limit; create "
            "link6 first"
        )


def test_a_walk_goes_on_where_facts_were_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each answer of the index leads one link further; none is a reason to begin anew."""
    visited: list[Unit] = []
    visit = selection.Walk._visit

    def noted(walk: selection.Walk, unit: Unit) -> None:
        visited.append(unit)
        visit(walk, unit)

    monkeypatch.setattr(selection.Walk, "_visit", noted)
    index, length = MemoryIndex(), 40
    for number in range(length):
        index.add(f"link{number}", "1.0", f"link{number + 1}")
    index.add(f"link{length}", "1.0")
    assert len(versions(made(index, "link0"))) == length + 1
    # Its page and its release are answers of their own, and one more walk is whole.
    assert len(visited) < 5 * length


def test_reasons_are_not_repeated_without_end() -> None:
    """Of a long chain the middle is left out."""
    lessons, reason = Lessons(), "is withdrawn"
    for number in range(100, 0, -1):
        lessons.learn(Unit("a", Version(str(number))), Grade.INCOMPLETE, reason)
        reason = f"needs a=={number}: {lessons.reason(Unit('a', Version(str(number))))}"
    assert reason.startswith("needs a==1: needs a==2: ") and len(reason) < 700
    assert reason.count(": ...: ") >= 1 and reason.endswith("needs a==100: is withdrawn")

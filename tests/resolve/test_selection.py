"""What is followed, what is chosen, and what the recipes then say."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spack_pypi.errors import UsageError
from spack_pypi.resolve.policy import Policy
from spack_pypi.workflow.create import Outcome
from spack_pypi.workflow.request import Verify
from tests.memory import MemoryHost, MemoryIndex
from tests.resolve.conftest import run
from tests.run import omissions


def statuses(result: Outcome) -> dict[str, str]:
    return {record.project: record.status.value for record in result.plan.records.values()}


def test_only_what_is_missing_is_written(host: MemoryHost, index: MemoryIndex) -> None:
    host.has("idna", "3.10")
    index.add("app", "1.0", "idna>=3", "missing>=2")
    index.add("missing", "2.1")
    result = run(host, index, "app")
    assert statuses(result) == {
        "app": "new",
        "hatchling": "exists",
        "idna": "exists",
        "missing": "new",
    }
    assert sorted(host.written) == ["py-app", "py-missing"]
    assert 'depends_on("py-idna@3:", type=("build", "run"))' in host.written["py-app"]


def test_what_is_needed_is_moved_in_first(host: MemoryHost, index: MemoryIndex) -> None:
    """A process may be killed in between: what is there must not ask for what is not."""
    index.add("app", "1.0", "zebra", "bear")
    index.add("bear", "1.0", "zebra")
    index.add("zebra", "1.0", "cat")
    index.add("cat", "1.0")
    run(host, index, "app")
    assert list(host.written) == ["py-cat", "py-zebra", "py-bear", "py-app"]


def test_the_newest_of_each_of_the_newest_series(host: MemoryHost, index: MemoryIndex) -> None:
    for version in ("1.0.0", "1.1.0", "1.1.1", "2.0.0", "2.1.0", "2.1.5", "3.0rc1"):
        index.add("app", version)
    assert run(host, index, "app").plan.records["app"].versions == ("2.1.5", "2.0.0", "1.1.1")


@pytest.mark.parametrize(
    "name, series, expected",
    [
        ("app", 1, ("2.1",)),
        ("app", None, ("2.1", "2.0", "1.0")),
        ("app<2", 3, ("1.0",)),
        ("app==2.0", None, ("2.0",)),
    ],
)
def test_versions(
    host: MemoryHost, index: MemoryIndex, name: str, series: int | None, expected: tuple[str, ...]
) -> None:
    for version in ("1.0", "2.0", "2.1"):
        index.add("app", version)
    policy = Policy(series)
    assert run(host, index, name, policy=policy).plan.records["app"].versions == expected


def test_every_demand_has_a_release_that_satisfies_it(
    host: MemoryHost, index: MemoryIndex
) -> None:
    index.add("app", "1.0", "a", "b")
    index.add("a", "1.0", "common<2")
    index.add("b", "1.0", "common>=2")
    for version in ("1.0", "1.5", "2.0", "3.0"):
        index.add("common", version)
    assert run(host, index, "app").plan.records["common"].versions == ("3.0", "1.5")


def test_yanked_releases_and_other_pythons_are_left_out(
    host: MemoryHost, index: MemoryIndex
) -> None:
    index.add("app", "1.0", python=">=3.9")
    index.add("app", "1.1", yanked="broken")
    index.add("app", "2.0", python=">=3.99")
    assert run(host, index, "app").plan.records["app"].versions == ("1.0",)


def test_what_the_host_rejects_stops_who_needs_it(host: MemoryHost, index: MemoryIndex) -> None:
    host.rejects = ("py-dep",)
    index.add("app", "1.0", "dep")
    index.add("dep", "1.0")
    index.add("other", "1.0")
    (failed,) = run(host, index, "app", "other").plan.failed
    assert failed.reason == "1.0 needs dep: 1.0 its recipe does not load: is rejected"
    assert sorted(host.written) == ["py-other"]


def test_a_package_that_is_rejected_is_replaced_by_an_older_release_of_its_dependent(
    host: MemoryHost, index: MemoryIndex
) -> None:
    host.rejects = ("py-dep",)
    index.add("app", "1.0")
    index.add("app", "2.0", "dep")
    index.add("dep", "1.0")
    run(host, index, "app")
    assert sorted(host.written) == ["py-app"]


def test_unknown_projects_have_near_names(host: MemoryHost, index: MemoryIndex) -> None:
    host.has("requests", "2.0")
    (failed,) = run(host, index, "requets").plan.failed
    assert "did you mean requests" in failed.reason


@pytest.mark.parametrize("name", ["", "foo bar", "foo @ https://x.example/", "-x", "foo; os_name"])
def test_names_that_are_no_requirements(host: MemoryHost, index: MemoryIndex, name: str) -> None:
    with pytest.raises(UsageError):
        run(host, index, name)


def test_wheels_for_one_platform_are_listed_for_it(host: MemoryHost, index: MemoryIndex) -> None:
    """Where there is nothing else, and each runs with every Python from some version on."""
    index.add("fast", "1.0", sdist=False, wheel_tag="cp39-abi3-manylinux_2_17_x86_64")
    result = run(host, index, "fast")
    text = host.written["py-fast"]
    where = 'if sys.platform == "linux" and platform.machine() == "x86_64":'
    assert f"    {where}\n        version(\n" in text
    assert 'depends_on("python@3.9:", type=("build", "run"))' in text
    assert not omissions(result)


def test_wheels_for_one_python_each_are_versions_of_their_own(
    host: MemoryHost, index: MemoryIndex
) -> None:
    tags = [f"cp3{m}-cp3{m}-manylinux_2_17_x86_64" for m in (8, 11, 12)]
    index.add("fast", "1.0", sdist=False, wheel_tag=" ".join(tags), python=">=3.8")
    index.add("fast", "2.0", sdist=False, wheel_tag=" ".join(tags))
    index.add("app", "1.0", "fast<2", python=">=3.9")
    result = run(host, index, "app")
    text = host.written["py-fast"]
    assert re.findall(r'version\(\s*"([^"]+)"', text) == ["1.0-cp312", "1.0-cp311"]
    assert "cp312-cp312-manylinux" in text and "cp38" not in text
    for line in (
        'depends_on("python@3.12", when="@1.0-cp312", type=("build", "run"))',
        'depends_on("python@3.11", when="@1.0-cp311", type=("build", "run"))',
    ):
        assert line in text
    assert 'depends_on("py-fast@:1", type=("build", "run"))' in host.written["py-app"]
    assert not omissions(result)


def test_a_wheel_for_one_python_that_requires_something_unavailable(
    host: MemoryHost, index: MemoryIndex
) -> None:
    """It is not listed with those for other Pythons, without what it requires."""
    tags = " ".join(f"cp3{m}-cp3{m}-manylinux_2_17_x86_64" for m in (11, 12))
    index.add("fast", "1.0", "gone; python_version >= '3.12'", sdist=False, wheel_tag=tags)
    result = run(host, index, "fast")
    text = host.written["py-fast"]
    assert re.findall(r'version\(\s*"([^"]+)"', text) == ["1.0-cp311"] and "gone" not in text
    assert not omissions(result)


def test_wheel_is_implied_to_build_with_but_not_to_run(
    host: MemoryHost, index: MemoryIndex
) -> None:
    """PythonPackage depends on py-wheel for building only: ``pip check`` misses it otherwise."""
    host.has("wheel", "0.45")
    index.add("builds", "1.0", build=["setuptools", "wheel"])
    index.add("runs", "1.0", "wheel", build=["setuptools"])
    run(host, index, "builds", "runs")
    assert "wheel" not in host.written["py-builds"]
    assert 'depends_on("py-wheel", type=("build", "run"))' in host.written["py-runs"]


def test_cycles_end(host: MemoryHost, index: MemoryIndex) -> None:
    index.add("a", "1.0", "b[x]")
    index.add("b", "1.0", 'a; extra == "x"')
    assert sorted(run(host, index, "a").plan.texts) == ["py-a", "py-b"]


def test_nothing_is_asked_twice(host: MemoryHost, index: MemoryIndex) -> None:
    index.add("app", "1.0", "a", "b")
    for name in "ab":
        index.add(name, "1.0", "common", "hatchling")
    index.add("common", "1.0")
    run(host, index, "app")
    assert len(index.asked) == len(set(index.asked))


RELEASES = (
    ("app", "1.0", ("a>=1", "b[x]", "common<3")),
    ("app", "2.0", ("a>=2", "b[x]", "common")),
    ("a", "1.0", ("common<2",)),
    ("a", "2.0", ("common>=2",)),
    ("b", "1.0", ('common==1.5; extra == "x"',)),
    ("common", "1.0", ()),
    ("common", "1.5", ()),
    ("common", "2.5", ()),
    ("common", "3.5", ()),
)


@functools.cache
def planned(releases: tuple[tuple[str, str, tuple[str, ...]], ...]) -> Mapping[str, str]:
    index, host = MemoryIndex(), MemoryHost()
    host.has("hatchling", "1.0")
    for name, version, requires in releases:
        index.add(name, version, *requires)
    return run(host, index, "app", verify=Verify.LOAD).plan.texts


@given(st.permutations(RELEASES).map(tuple))
def test_the_order_of_declarations_changes_no_byte(
    releases: tuple[tuple[str, str, tuple[str, ...]], ...],
) -> None:
    assert planned(releases) == planned(RELEASES)

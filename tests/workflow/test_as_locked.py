"""An environment of a lock file: which versions it has, and why it is not as locked."""

from __future__ import annotations

from typing import Any

import pytest
from packaging.specifiers import SpecifierSet

from spack_pypi.diagnostics import Severity
from spack_pypi.report.environment import spack_yaml
from spack_pypi.session import Session
from spack_pypi.workflow.as_locked import create_as_locked
from spack_pypi.workflow.create import Outcome
from spack_pypi.workflow.environment import other_specs
from spack_pypi.workflow.request import Request
from tests.memory import MemoryHost, MemoryIndex


@pytest.fixture
def host() -> MemoryHost:
    made = MemoryHost()
    made.has("hatchling", "1.27")
    return made


@pytest.fixture
def index() -> MemoryIndex:
    """``new`` 2.0 needs a project that is not there, ``old`` has only such releases."""
    made = MemoryIndex()
    made.add("app", "1.0", "new", "old")
    made.add("free", "1.0")
    made.add("new", "1.0")
    made.add("new", "2.0", "gone")
    made.add("old", "1.0", "gone")
    made.add("needs-old", "1.0", "old==1.0")
    return made


def as_locked(
    host: MemoryHost, index: MemoryIndex, *, also: tuple[str, ...] = (), **options: Any
) -> Outcome:
    """Create an environment of these ``pins``."""
    pins: dict[str, str] = options.pop("pins")
    names = tuple(f"{project}=={version}" for project, version in pins.items())
    request = Request(names, together=True, locked=pins, also=also, **options)
    with Session(index) as session:
        return create_as_locked(session, host, request)


def commented(outcome: Outcome, *left_out: str) -> list[str]:
    lines = spack_yaml(outcome.plan, left_out).splitlines()[1:]
    return [line for line in lines if line.startswith("#")]


def specs(outcome: Outcome) -> list[str]:
    lines = spack_yaml(outcome.plan).splitlines()
    return [line[5:-1] for line in lines if line.startswith("  - ")]


def test_locked_versions_are_exact(host: MemoryHost, index: MemoryIndex) -> None:
    outcome = as_locked(host, index, pins={"new": "1.0", "free": "1.0"}, also=("python@3.12",))
    assert specs(outcome) == ["python@3.12", "py-new@=1.0", "py-free@=1.0"]
    assert commented(outcome) == []
    # The same specs were concretized, all together.
    assert host.concretized[0] == "python@3.12 py-new@=1.0 py-free@=1.0"


def test_a_version_that_cannot_be_written_gives_way(host: MemoryHost, index: MemoryIndex) -> None:
    outcome = as_locked(host, index, pins={"new": "2.0", "free": "1.0"})
    assert specs(outcome) == ["py-new", "py-free@=1.0"]
    assert outcome.plan.records["new"].versions == ("1.0",)
    reason = (
        "new 2.0 is locked, and another version is used: 2.0 needs gone: the index has no such "
        "project"
    )
    assert commented(outcome) == ["# Not as locked:", f"#   {reason}"]
    found = [each for each in outcome.diagnostics if each.code == "not-as-locked"]
    assert [(each.severity, each.package, each.text) for each in found] == [
        (Severity.WARNING, "py-new", reason)
    ]


def test_a_project_that_has_no_other_version(host: MemoryHost, index: MemoryIndex) -> None:
    """Nothing is written, unless what is not available may be left out."""
    outcome = as_locked(host, index, pins={"old": "1.0", "free": "1.0"})
    assert [record.project for record in outcome.plan.failed] == ["old", "free"]
    assert host.written == {}


def test_a_project_that_the_index_does_not_have(host: MemoryHost, index: MemoryIndex) -> None:
    pins = {"gone": "1.0", "free": "1.0"}
    assert as_locked(host, index, pins=pins).plan.failed
    outcome = as_locked(host, index, pins=pins, allow_omissions=True)
    assert specs(outcome) == ["py-free@=1.0"]
    reason = "the index index.example has no project named 'gone'"
    assert commented(outcome) == [
        "# Not as locked:",
        f"#   gone 1.0 is locked, and left out: {reason}",
    ]


def test_versions_that_exclude_each_other_for_the_build(
    host: MemoryHost, index: MemoryIndex
) -> None:
    """Spack builds with one version of each package: who pins a backend gives way, before anything
    is concretized."""
    index.add("backend", "1.0")
    index.add("backend", "2.0")
    index.add("tight", "1.0", build=["backend==1.0"])
    index.add("tight", "0.9", build=["backend>=1"])
    index.add("wide", "1.0", build=["backend>=2"])
    outcome = as_locked(host, index, pins={"free": "1.0", "tight": "1.0", "wide": "1.0"})
    assert specs(outcome) == ["py-free@=1.0", "py-tight", "py-wide@=1.0"]
    assert "0.9" in outcome.plan.records["tight"].versions
    assert commented(outcome) == [
        "# Not as locked:",
        "#   tight 1.0 is locked, and another version is used: no version of py-backend satisfies "
        "all: py-tight 1.0 requires ==1.0; py-wide 1.0 requires >=2",
    ]
    assert [line for line in host.concretized if "tight@=1.0" in line] == []


def test_a_locked_version_that_an_existing_package_does_not_accept(
    host: MemoryHost, index: MemoryIndex
) -> None:
    index.add("base", "1.0")
    index.add("base", "2.0")
    index.add("tool", "1.0", "base<2")
    outcome = as_locked(host, index, pins={"base": "2.0", "tool": "1.0"})
    assert specs(outcome) == ["py-base", "py-tool@=1.0"]
    assert commented(outcome)[1].startswith(
        "#   base 2.0 is locked, and another version is used: "
    )


def test_strict_changes_nothing(host: MemoryHost, index: MemoryIndex) -> None:
    outcome = as_locked(host, index, pins={"new": "2.0", "free": "1.0"}, strict=True)
    assert {record.project for record in outcome.plan.failed} == {"new", "free"}
    assert host.written == {}


def test_what_is_left_out_is_a_comment_of_one_line(host: MemoryHost, index: MemoryIndex) -> None:
    outcome = as_locked(host, index, pins={"free": "1.0"})
    assert commented(outcome, "fork: from a\nrepository\u2028\x1b[2J") == [
        "# Left out:",
        "#   fork: from a repository  [2J",
    ]


def test_other_packages_of_spack(host: MemoryHost) -> None:
    host.has("hdf5", "1.14.3", "1.12", name="hdf5")
    asked = [
        ("hdf5", SpecifierSet("==1.14.*")),
        ("hdf5", SpecifierSet()),
        ("nothing", SpecifierSet(">=1")),
    ]
    assert other_specs(asked, host.repos) == (
        ("hdf5@1.14", "hdf5"),
        (("nothing>=1", "no registered repo has this package"),),
    )

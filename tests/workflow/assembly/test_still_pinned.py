"""``--loosen-build-pins``: a pin goes only where a build shows that the release does without. And
what is said where all is pinned that a project requires to run."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from spack_pypi.errors import UsageError
from spack_pypi.host.port import Failure, Installed
from spack_pypi.workflow.create import Outcome
from spack_pypi.workflow.request import Request, Verify
from tests.memory import MemoryHost, MemoryIndex
from tests.run import create

PINNED = "hatchling==1.26.3"


@pytest.fixture
def index() -> MemoryIndex:
    made = MemoryIndex()
    made.add("quiet-log", "1.0", build=[PINNED])
    made.add("hatchling", "1.26.3", build=["setuptools"])
    made.add("hatchling", "1.27.0", build=["setuptools"])
    return made


@pytest.fixture
def host() -> MemoryHost:
    made = MemoryHost()
    made.has("hatchling", "1.27.0")
    made.has("setuptools", "80")
    return made


def run(host: MemoryHost, index: MemoryIndex, loosen: bool = True) -> Outcome:
    request = Request(("quiet-log",), verify=Verify.INSTALL, loosen_build_pins=loosen)
    return create(host, index, request)


def noted(outcome: Outcome) -> list[tuple[str, str, str]]:
    return [(d.package, d.subject, d.text) for d in outcome.diagnostics if d.code == "build-pin"]


def test_without_the_option_the_version_of_another_series_is_added(
    host: MemoryHost, index: MemoryIndex
) -> None:
    host.has("hatchling", "2.0")
    host.installed = [Installed("py-quiet-log", ("py-hatchling@1.26.3", "py-quiet-log@1.0"))]
    outcome = run(host, index, loosen=False)
    assert {*host.written} == {"py-quiet-log", "py-hatchling"}
    assert 'depends_on("py-hatchling@1.26.3", type="build")' in host.written["py-quiet-log"]
    assert noted(outcome) == [
        ("py-quiet-log", PINNED, f"{PINNED} (to build) adds 1.26.3 to builtin.py-hatchling")
    ]


def test_without_the_option_a_build_that_fails_is_tried_with_the_pin(
    host: MemoryHost, index: MemoryIndex
) -> None:
    host.installed = [
        Installed("py-quiet-log", failure=Failure("py-quiet-log@1.0", "build", "no")),
        Installed("py-quiet-log", ("py-hatchling@1.26.3", "py-quiet-log@1.0")),
    ]
    assert noted(run(host, index, loosen=False))
    assert 'depends_on("py-hatchling@1.26.3", type="build")' in host.written["py-quiet-log"]


def test_a_pin_for_which_nothing_is_added_needs_no_note(
    host: MemoryHost, index: MemoryIndex
) -> None:
    host.has("hatchling", "1.26.3")
    host.installed = [Installed("py-quiet-log", ("py-quiet-log@1.0",))]
    assert noted(run(host, index, loosen=False)) == []
    # neither does what is pinned to run
    host.has("quiet-log", "0.9")
    index.add("other", "1.0", "quiet-log==1.0", build=[])
    assert noted(create(host, index, Request(("other",), verify=Verify.LOAD))) == []


def test_what_was_built_has_no_pin_and_says_so(host: MemoryHost, index: MemoryIndex) -> None:
    host.installed = [Installed("py-quiet-log", ("py-hatchling@1.27.0", "py-quiet-log@1.0"))]
    outcome = run(host, index)
    assert {*host.written} == {"py-quiet-log"} and not noted(outcome)
    text = host.written["py-quiet-log"]
    assert 'depends_on("py-hatchling@1.26.3:", type="build")' in text
    said = "hatchling==1.26.3 is pinned for the build; it was built without the pin"
    assert f"    # 1.0: {said}\n" in text
    assert [(d.code, d.text) for d in outcome.diagnostics if d.code == "loosened-pin"] == [
        ("loosened-pin", said)
    ]


def test_a_version_that_was_not_built_keeps_its_pin(host: MemoryHost, index: MemoryIndex) -> None:
    """What is installed is the newest one."""
    index.add("quiet-log", "0.9", build=[PINNED])
    new = Installed("py-quiet-log", ("py-hatchling@1.27.0", "py-quiet-log@1.0"))
    host.installed = [new, new]
    run(host, index)
    text = host.written["py-quiet-log"]
    assert 'depends_on("py-hatchling@1.26.3:", type="build")' in text
    assert 'depends_on("py-hatchling@:1.26.3", when="@:0", type="build")' in text
    assert "    # 1.0: hatchling==1.26.3 is pinned for the build" in text
    assert not host.installed


def test_a_build_that_fails_without_the_pin_is_tried_with_it(
    host: MemoryHost, index: MemoryIndex
) -> None:
    host.installed = [
        Installed("py-quiet-log", failure=Failure("py-quiet-log@1.0", "build", "no")),
        Installed("py-quiet-log", ("py-hatchling@1.26.3", "py-quiet-log@1.0")),
    ]
    run(host, index)
    assert 'depends_on("py-hatchling@1.26.3", type="build")' in host.written["py-quiet-log"]


def test_another_failure_is_a_failure(host: MemoryHost, index: MemoryIndex) -> None:
    failure = Failure("py-setuptools@80", "build", "no")
    host.installed = [Installed("py-quiet-log", failure=failure)]
    assert not run(host, index).verification.passed
    assert not host.written


@pytest.mark.parametrize(
    "level", [None, *(level for level in Verify if level is not Verify.INSTALL)]
)
def test_it_needs_a_build(level: Verify | None) -> None:
    with pytest.raises(UsageError, match="needs --verify install"):
        Request(("quiet-log",), verify=level, loosen_build_pins=True)


ALL = [f"lib{number}==1.{number}" for number in range(5)]


@pytest.mark.parametrize(
    "required, said",
    [
        (ALL, ["all 5 requirements, each to one version"]),
        ([*ALL, "extra==1; extra == 'more'"], ["all 5 requirements, each to one version"]),
        (ALL[1:], []),
        ([*ALL, "other>=1"], []),
        ([*ALL, "other==1.*"], []),
        ([*ALL, "other"], []),
    ],
)
def test_requirements_that_are_all_pinned(required: Sequence[str], said: Sequence[str]) -> None:
    index, host = MemoryIndex(), MemoryHost()
    for name in ("hatchling", "lib0", "lib1", "lib2", "lib3", "lib4", "other"):
        host.has(name, *(f"1.{number}" for number in range(5)))
    index.add("x", "1.0", *required)
    outcome = create(host, index, Request(("x",), verify=Verify.LOAD))
    assert [each.text for each in outcome.diagnostics if each.code == "all-pinned"] == said

"""Sets of requirements: constraints, exact versions, and the environment that is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from spack_pypi.commands.options import mapping
from spack_pypi.errors import UsageError
from spack_pypi.report.environment import spack_yaml, write_environment
from spack_pypi.workflow.create import Outcome
from spack_pypi.workflow.request import Request
from tests.memory import MemoryHost, MemoryIndex
from tests.run import create


@pytest.fixture
def host() -> MemoryHost:
    made = MemoryHost()
    made.has("hatchling", "1.27")
    made.has("idna", "3.10", "2.8")
    return made


@pytest.fixture
def index() -> MemoryIndex:
    made = MemoryIndex()
    made.add("app", "1.0", "idna", "missing")
    made.add("app", "2.0", "idna>=3", "missing")
    for version in ("1.0", "2.0", "3.0"):
        made.add("missing", version)
    return made


def run(host: MemoryHost, index: MemoryIndex, *names: str, **constraints: str) -> Outcome:
    return create(host, index, Request(names, constraints=constraints, together=True))


def test_constraints_hold_for_whatever_is_needed(host: MemoryHost, index: MemoryIndex) -> None:
    """For releases that are chosen, and for versions that packages have."""
    result = run(host, index, "app", missing="<3", app="<2")
    assert result.plan.records["missing"].versions == ("2.0",)
    assert result.plan.records["app"].versions == ("1.0",)
    assert result.plan.constraints == (("py-app", ":1"), ("py-missing", ":2"))


def test_constraints_that_no_release_satisfies_are_the_reason(
    host: MemoryHost, index: MemoryIndex
) -> None:
    result = run(host, index, "app", app="<1")
    assert (
        result.plan.records["app"].reason == "no release satisfies the constraint <1 (newest: 2.0)"
    )


def test_a_package_without_an_allowed_version_is_added_to(
    host: MemoryHost, index: MemoryIndex
) -> None:
    index.add("idna", "3.4", build=[])
    index.add("idna", "3.10", build=[])
    result = run(host, index, "app", idna="<3.10,>=3")
    assert result.plan.records["idna"].versions == ("3.4",)


def test_what_is_asked_for_together_is_proven_together(
    host: MemoryHost, index: MemoryIndex
) -> None:
    run(host, index, "app", "missing==2.0")
    assert host.concretized[0] == "py-app py-missing@=2.0"


def test_the_environment(host: MemoryHost, index: MemoryIndex, tmp_path: Path) -> None:
    """Exact versions as the recipe spells them, ranges as ranges, constraints as requirements."""
    result = run(host, index, "app>=1", "idna==3.10.0", missing="<3")
    lines = spack_yaml(result.plan).splitlines()
    assert lines[2:8] == [
        "  specs:",
        '  - "py-app@1:"',
        '  - "py-idna@=3.10"',
        "  packages:",
        "    py-missing:",
        '      require: "@:2"',
    ]
    file = tmp_path / "spack.yaml"
    write_environment(str(file), result.plan, replace=False)
    assert file.read_text() == spack_yaml(result.plan)
    with pytest.raises(UsageError, match="exists already"):
        write_environment(str(file), result.plan, replace=False)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [("Some.Thing=py-x", ("some-thing", "py-x")), ("x=opencv+python3", ("x", "opencv+python3")),
     ("x=", ("x", ""))],
)  # fmt: skip
def test_map(text: str, meaning: object) -> None:
    assert mapping(text) == meaning

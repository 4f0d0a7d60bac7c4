"""A run that ends early leaves whole projects, and the next one goes on with the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spack_pypi.diagnostics import Severity, exit_code
from spack_pypi.errors import HostError
from spack_pypi.host.port import Concretized, Failure, Installed, Target
from spack_pypi.recipe.edit import RecipeText
from spack_pypi.report.create import packages_json, show
from spack_pypi.resolve.policy import Policy
from spack_pypi.translate import spack_order
from spack_pypi.workflow.create import Outcome
from spack_pypi.workflow.request import Request, Verify
from spack_pypi.workflow.verifying import solves
from tests.memory import MemoryHost, MemoryIndex, MemoryStaging, MemoryWriter
from tests.run import create

#: A project is named by a letter; it requires some of those after it, with these specifiers.
PROJECTS = "abcdef"
SPECIFIERS = ("", "<2", ">=2", "==1.0")


class Interrupted(BaseException):
    """As Ctrl-C, or the end of the process: nobody handles it."""


@dataclass
class Host(MemoryHost):
    """A host that is interrupted after so many ``steps``: solves, and moves into the repo, before
    or after them. ``commits`` are the packages that were moved in together."""

    steps: int = 1000
    commits: list[list[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.writer = Writer(self)
        self.concretized = Asked(self)

    def step(self) -> None:
        self.steps -= 1
        if not self.steps:
            raise Interrupted


class Asked(list[str]):
    """What the solver was asked."""

    def __init__(self, host: Host) -> None:
        super().__init__()
        self._host = host

    def append(self, spec: str) -> None:
        self._host.step()
        super().append(spec)


class Writer(MemoryWriter):
    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self._interrupted = host

    def stage(self, target: Target, recipes: Mapping[str, str]) -> MemoryStaging:
        return Staging(self._interrupted, target, recipes)


class Staging(MemoryStaging):
    def __init__(self, host: Host, target: Target, recipes: Mapping[str, str]) -> None:
        super().__init__(host, target, recipes)
        self._interrupted = host

    def commit(self, packages: Sequence[str] | None = None) -> None:
        self._interrupted.step()
        super().commit(packages)
        self._interrupted.commits.append([*(self._recipes if packages is None else packages)])
        self._interrupted.step()


@dataclass(frozen=True)
class World:
    """What the releases 1.0 and 2.0 of each project require, the named projects, those that the
    solver refuses, and how many specs it gets at once."""

    requires: Mapping[tuple[str, str], Sequence[str]]
    named: Sequence[str]
    refused: Sequence[str] = ()
    at_once: int = 1

    def index(self) -> MemoryIndex:
        index = MemoryIndex()
        for (project, version), requirements in self.requires.items():
            index.add(project, version, *requirements, build=[])
        return index

    def host(self, written: Mapping[str, str], steps: int = 1000) -> Host:
        """A host that has what an earlier run has written."""
        host = Host(steps=steps)
        for package, text in written.items():
            host.keep(package[len("py-") :], package, text)
        host.unsatisfiable = {f"py-{name}": "the solver's own words" for name in self.refused}
        return host

    def run(self, host: Host, **options: Any) -> Outcome:
        with mock.patch.object(solves, "MOST_AT_ONCE", self.at_once):
            return create(host, self.index(), Request(tuple(self.named), **options))


@st.composite
def worlds(draw: st.DrawFn) -> World:
    requires = {}
    for at, project in enumerate(PROJECTS):
        for version in ("1.0", "2.0"):
            others = draw(st.lists(st.sampled_from(PROJECTS[at + 1 :] or "-"), max_size=2))
            specifiers = draw(st.lists(st.sampled_from(SPECIFIERS), min_size=2, max_size=2))
            pairs = zip(dict.fromkeys(other for other in others if other != "-"), specifiers)
            requires[project, version] = [name + specifier for name, specifier in pairs]
    named = draw(st.lists(st.sampled_from(PROJECTS[:4]), min_size=1, max_size=4, unique=True))
    refused = set(draw(st.lists(st.sampled_from(named), max_size=1)))
    # Nothing that may need what is refused can be concretized.
    for project, version in sorted(requires, reverse=True):
        if any(requirement[0] in refused for requirement in requires[project, version]):
            refused.add(project)
    at_once = draw(st.integers(1, 3))
    return World(requires, named, [name for name in named if name in refused], at_once)


def lacking(written: Mapping[str, str]) -> list[str]:
    """What recipes require that none of them satisfies."""
    recipes = {package: RecipeText(text) for package, text in written.items()}
    return [
        f"{package}: {line.dependency.spec}"
        for package, recipe in recipes.items()
        for line in recipe.stated
        if line.dependency.package not in recipes
        or not any(
            spack_order.contains(line.dependency.versions, version)
            for version in recipes[line.dependency.package].versions
        )
    ]


@given(worlds(), st.integers(1, 12))
def test_whenever_it_ends_the_next_run_completes_it(world: World, steps: int) -> None:
    """It may choose other versions than a run that was not interrupted: what an earlier run has
    written is there, and brings nothing new."""
    failed = [record.project for record in world.run(world.host({})).plan.failed]
    first = world.host({}, steps)
    with suppress(Interrupted):
        world.run(first)
    assert not lacking(first.written)
    second = world.host(first.written)
    outcome = world.run(second)
    written = {**first.written, **second.written}
    assert [record.project for record in outcome.plan.failed] == failed
    assert {f"py-{project}" for project in world.named if project not in failed} <= {*written}
    assert not lacking(written)
    third = world.host(written)
    world.run(third)
    assert not third.written


@given(worlds(), st.integers(1, 12))
def test_with_the_newest_of_each_it_does_not_matter_when_it_ends(world: World, steps: int) -> None:
    newest = {"policy": Policy(newest=True)}
    whole = world.host({})
    world.run(whole, **newest)
    first = world.host({}, steps)
    with suppress(Interrupted):
        world.run(first, **newest)
    second = world.host(first.written)
    world.run(second, **newest)
    assert {**first.written, **second.written} == whole.written


def shared(*refused: str) -> World:
    """a and b share d, in different versions; c stands alone."""
    requires: dict[tuple[str, str], list[str]] = {
        ("a", "1.0"): ["d"],
        ("b", "1.0"): ["d<2"],
        ("c", "1.0"): ["e"],
        ("d", "1.0"): [],
        ("d", "2.0"): [],
        ("e", "1.0"): [],
    }
    return World(requires, "abc", refused)


@pytest.mark.parametrize(
    "world, commits",
    [
        # a waits for b, which could add a version to what both need
        (shared(), [["py-d", "py-a", "py-b"], ["py-e", "py-c"]]),
        # where b is refused, what only it needed is not written
        (shared("b"), [["py-e", "py-c"], ["py-d", "py-a"]]),
        (shared("c"), [["py-d", "py-a", "py-b"]]),
        (shared("a", "b", "c"), []),
    ],
)
def test_what_is_moved_in_together(world: World, commits: list[list[str]]) -> None:
    host = world.host({})
    outcome = world.run(host)
    assert host.commits == commits
    assert [record.project for record in outcome.plan.failed] == [*world.refused]
    assert outcome.written == set(host.written)
    assert ('version("1.0"' in host.written.get("py-d", "")) == ("b" not in world.refused)


@pytest.mark.parametrize(
    "options, commits",
    [
        ({"dry_run": True}, 0),
        ({"strict": True}, 1),
        ({"verify": Verify.LOAD}, 1),
        ({"together": True}, 1),
    ],
)
def test_what_is_not_moved_in_early(options: dict[str, Any], commits: int) -> None:
    host = shared().host({})
    shared().run(host, **options)
    assert len(host.commits) == commits


def test_one_that_is_installed_later_is_not_moved_in_early() -> None:
    host = shared().host({})
    failure = Failure("py-c@1.0", "build", "", "")
    host.installed = [Installed(f"py-{name}", (), failure=failure) for name in "abc"]
    assert not shared().run(host, verify=Verify.INSTALL).written
    assert host.commits == []


def test_an_error_takes_nothing_back(capsys: pytest.CaptureFixture[str]) -> None:
    """What was written is reported, and what was not."""
    world = World(shared().requires, "cab")
    host = world.host({})
    ended = HostError("Spack's solver was ended by signal 9")
    answers = [Concretized(("py-c",)), ended]
    with mock.patch.object(host.solver, "concretize", side_effect=answers):
        outcome = world.run(host)
    assert outcome.error is ended and not outcome.applied
    assert outcome.written == set(host.written) == {"py-c", "py-e"}
    assert [record.project for record in outcome.unfinished] == ["a", "b"]
    assert exit_code(outcome.diagnostics) == 1
    failures = [each for each in outcome.diagnostics if each.severity is Severity.ERROR]
    assert [(each.code, each.package, each.text) for each in failures] == [
        ("not-written", "py-a", str(ended)),
        ("not-written", "py-b", str(ended)),
    ]
    written = {each["package"]: each["written"] for each in packages_json(outcome)}
    assert [package for package in written if written[package]] == ["py-c", "py-e"]
    show(host, outcome)
    assert capsys.readouterr().out.endswith(
        "Wrote 2 of 5 recipes into repo: py-c and py-e.\n"
        "Not written: a and b.\n"
        "Run the command again for the rest.\n"
    )


def test_an_error_before_anything_was_written_is_raised() -> None:
    host = shared().host({})
    ended = HostError("Spack's solver was ended by signal 9")
    asked = mock.patch.object(host.solver, "concretize", side_effect=ended)
    with asked, pytest.raises(HostError):
        shared().run(host)


def test_a_recipe_that_somebody_wrote_meanwhile_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    host = shared().host({})
    file = host.repos.recipe_path(host.repos.target(None, None, write=True), "py-a")
    file.parent.mkdir(parents=True)
    file.write_text("mine")
    with pytest.raises(HostError, match=f"{file} was made by somebody else meanwhile"):
        shared().run(host)
    assert not host.written

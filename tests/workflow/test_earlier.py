"""What an earlier run planned is used again where nothing has changed, and comes to the same."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Callable
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spack_pypi.errors import FileFailure, IndexFailure
from spack_pypi.host.port import Installed
from spack_pypi.pypi import cache
from spack_pypi.report.create import packages_json, show
from spack_pypi.resolve.policy import Policy
from spack_pypi.workflow import earlier
from spack_pypi.workflow.create import Outcome
from spack_pypi.workflow.request import Request, Verify
from tests.memory import MemoryHost, MemoryIndex
from tests.resolve.test_laws import PROJECTS, World, ports, worlds
from tests.run import create
from tests.workflow.faulty import Host, faulty_host, faulty_index

LOAD = Request(("app",), verify=Verify.LOAD, reuse=True)


@pytest.fixture
def index() -> MemoryIndex:
    return faulty_index()


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return there(faulty_host(), tmp_path)


def there(host: Host, cache: Path) -> Host:
    """The host of a run, with what earlier ones kept."""
    host.cache, host.basis_text = cache, "a basis"
    host.installed = [Installed("py-app")]
    return host


def said(host: MemoryHost, outcome: Outcome) -> tuple[Any, ...]:
    """All that comes of a run: what is printed, reported and written."""
    with mock.patch("builtins.print") as printed:
        show(host, outcome)
    plan = outcome.plan
    values = plan.specs, plan.groups, plan.roots, plan.constraints, plan.deprecated
    recipes = {project: replace(recipe, before="") for project, recipe in plan.recipes.items()}
    return (
        printed.call_args_list,
        packages_json(outcome),
        outcome.diagnostics,
        replace(outcome.verification, revised=()),
        plan.records,
        values,
        recipes,
        [*plan.texts.items()],
        host.written,
    )


def is_reused(index: MemoryIndex, run: Callable[[], object]) -> bool:
    """Whether a run asks for the metadata of no release."""
    before = len(index.asked)
    run()
    return not any(each.startswith("metadata") for each in index.asked[before:])


@settings(max_examples=30)
@given(worlds(), st.lists(st.sampled_from(PROJECTS), min_size=1, unique=True), st.booleans())
def test_it_comes_to_the_same(world: World, names: Sequence[str], together: bool) -> None:
    """In every small world, to the byte: the run that keeps, the next one, and one without."""
    request = Request(tuple(names), verify=Verify.LOAD, together=together, reuse=True)
    outcomes = []
    with tempfile.TemporaryDirectory() as folder:
        for reuse in (True, True, False):
            host, index = ports(world)
            host.cache, host.basis_text = Path(folder), "a basis"
            outcome = create(host, index, replace(request, reuse=reuse))
            found = said(host, outcome)
            outcomes.append((found, any(each.startswith("metadata") for each in index.asked)))
    (first, asked), (second, asked_again), (without, _) = outcomes
    assert first == second == without
    # A world of which nothing is read has nothing to be used again.
    assert asked_again in (False, asked and not world.index)


# (what a person does first, what next, whether the next run uses the plan of the first)
RUNS: list[tuple[dict[str, Any], dict[str, Any], bool]] = [
    ({}, {}, True),
    # look first, then write
    ({"dry_run": True}, {}, True),
    ({"dry_run": True, "verify": None}, {"verify": None}, True),
    ({}, {"dry_run": True}, True),
    ({}, {"verify": Verify.CONCRETIZE}, True),
    ({"verify": Verify.CONCRETIZE}, {}, True),
    ({}, {"verify": Verify.INSTALL}, True),
    ({}, {"strict": True}, True),
    ({"repo": "here"}, {"repo": "there"}, True),
    ({}, {"verify": Verify.EVERY}, True),
    ({}, {"reuse": False}, False),
    ({"reuse": False}, {}, False),
    ({}, {"names": ("app>=1",)}, False),
    ({}, {"names": ("app", "lib")}, False),
    ({}, {"together": True}, False),
    ({}, {"dependencies": False}, False),
    ({}, {"extend": False}, False),
    ({}, {"force": True}, False),
    ({}, {"allow_omissions": True}, False),
    ({}, {"constraints": {"lib": "<2"}}, False),
    ({}, {"policy": Policy(series=1)}, False),
    ({}, {"policy": Policy(newest=True)}, False),
    ({}, {"policy": Policy(pre=True)}, False),
]


@pytest.mark.parametrize("first, second, reused", RUNS)
def test_which_request_uses_the_plan_of_which(
    index: MemoryIndex, tmp_path: Path, first: Any, second: Any, reused: bool
) -> None:
    create(there(faulty_host(), tmp_path), index, replace(LOAD, **first))
    host, without = there(faulty_host(), tmp_path), there(faulty_host(), tmp_path)
    request = replace(LOAD, **second)
    outcomes = []
    assert is_reused(index, lambda: outcomes.append(create(host, index, request))) == reused
    expected = create(without, index, replace(request, reuse=False))
    assert said(host, *outcomes)[:-1] == said(without, expected)[:-1]
    assert host.written == without.written


# What has changed since.
CHANGES: dict[str, Callable[[MemoryIndex, Host], object]] = {
    "a new release of what is named": lambda index, _: index.add("app", "2.0"),
    "a new release of what is required": lambda index, _: index.add("base", "1.1"),
    "a new file of a release": lambda index, _: index.add(
        "base", "1.0", wheel_tag="cp311-abi3-any"
    ),
    "a release is yanked": lambda index, _: index.yank("lib", "2.0"),
    "what the host says": lambda _, host: setattr(host, "basis_text", "another"),
    "what the host says cannot be told": lambda _, host: setattr(host, "basis_text", None),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changed_is_planned_anew(index: MemoryIndex, tmp_path: Path, change: str) -> None:
    create(there(faulty_host(), tmp_path), index, LOAD)
    host = there(faulty_host(), tmp_path)
    CHANGES[change](index, host)
    assert not is_reused(index, lambda: create(host, index, LOAD))


def test_what_nobody_looked_up_may_change(index: MemoryIndex, tmp_path: Path) -> None:
    index.add("stranger", "1.0")
    create(there(faulty_host(), tmp_path), index, LOAD)
    index.add("stranger", "2.0")
    assert is_reused(index, lambda: create(there(faulty_host(), tmp_path), index, LOAD))


def test_what_was_missing_and_is_there_now(tmp_path: Path) -> None:
    world = World({("a", "1.0"): ('gone; sys_platform == "win32"',)})
    for expected in (False, True):
        host, index = ports(world)
        host.cache, host.basis_text = tmp_path, "a basis"
        request = Request(("a",), verify=Verify.LOAD, reuse=True)
        run = partial(create, host, index, request)
        assert is_reused(index, run) == expected
    index.add("gone", "1.0", build=[])
    assert not is_reused(index, lambda: create(host, index, request))


@pytest.mark.parametrize("what", ["_own_code", "installed"])
def test_another_version_of_our_code_or_of_what_it_uses_plans_anew(
    index: MemoryIndex, tmp_path: Path, what: str
) -> None:
    create(there(faulty_host(), tmp_path), index, LOAD)
    with mock.patch.object(earlier, what, return_value=["another version"]):
        host = there(faulty_host(), tmp_path)
        assert not is_reused(index, lambda: create(host, index, LOAD))


def stored(value: object) -> Callable[[str, Path], str]:
    """A value as the cache holds it in a file."""

    def damage(text: str, file: Path) -> str:
        new = json.dumps(value).encode()
        return f"{cache._checksum(file, new).decode()}\n{new.decode()}"

    return damage


# What is kept, changed by somebody: how it is then.
DAMAGES: list[Callable[[str, Path], str]] = [
    lambda text, file: "",
    lambda text, file: text[: len(text) // 2],
    lambda text, file: text.replace("py-base", "py-evil"),
    stored({}),
    stored({"pages": {}, "steps": ["flown"], "plan": {}}),
    stored({"pages": {}, "steps": [], "plan": {"recipes": 7}}),
    stored({"pages": 7}),
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_damaged_or_of_another_form_does_not_count(
    index: MemoryIndex, tmp_path: Path, damage: Callable[[str, Path], str]
) -> None:
    expected = create(there(faulty_host(), tmp_path), index, LOAD)
    (file,) = (tmp_path / "v1" / "plan").glob("*/*")
    file.write_text(damage(file.read_text("utf-8"), file), "utf-8")
    host = there(faulty_host(), tmp_path)
    outcome = create(host, index, LOAD)
    assert outcome.plan.texts == expected.plan.texts
    assert is_reused(index, lambda: create(there(faulty_host(), tmp_path), index, LOAD))


def test_nothing_is_kept_where_a_file_could_not_be_read(
    index: MemoryIndex, tmp_path: Path
) -> None:
    """It may be there in the next run, with other requirements."""
    index.unreadable.add(("lib", "2.0"))
    versions = []
    for _ in range(2):
        outcome = create(there(faulty_host(), tmp_path), index, LOAD)
        versions.append(outcome.plan.records["lib"].versions)
        index.unreadable.clear()
    assert versions == [("1.0",), ("2.0",)]


def test_nothing_is_kept_where_licence_files_could_not_be_read(
    index: MemoryIndex, tmp_path: Path
) -> None:
    index.without_licenses["base", "1.0"] = FileFailure("https://files.example/x", "broken")
    for release, metadata in index._metadata.items():
        index._metadata[release] = replace(metadata, license_expression="")
    create(there(faulty_host(), tmp_path), index, LOAD)
    assert not is_reused(index, lambda: create(there(faulty_host(), tmp_path), index, LOAD))


@pytest.mark.parametrize("step", ["load", "audit"])
def test_nothing_is_kept_where_a_recipe_was_rejected(
    index: MemoryIndex, tmp_path: Path, step: str
) -> None:
    host = there(faulty_host(), tmp_path)
    host.faults["py-lib", "2.0"], host.fails_at = "no", step
    create(host, index, LOAD)
    assert not is_reused(index, lambda: create(there(faulty_host(), tmp_path), index, LOAD))


def test_what_the_index_does_not_vouch_for_is_not_kept(index: MemoryIndex, tmp_path: Path) -> None:
    with mock.patch.object(index, "mark", return_value=None):
        create(there(faulty_host(), tmp_path), index, LOAD)
    assert not is_reused(index, lambda: create(there(faulty_host(), tmp_path), index, LOAD))


def test_an_index_that_fails_says_why(index: MemoryIndex, tmp_path: Path) -> None:
    """To ask for the pages that were looked up then is no reason to fail: perhaps they are not
    looked up now."""
    create(there(faulty_host(), tmp_path), index, LOAD)
    failure = IndexFailure("https://index.example/simple/base/", "answered 500")
    with mock.patch.object(index, "mark", side_effect=failure):
        outcome = create(there(faulty_host(), tmp_path), index, replace(LOAD, dry_run=True))
    assert outcome.plan.recipes


@pytest.mark.parametrize("verify", [None, Verify.CONCRETIZE, Verify.EVERY])
@pytest.mark.parametrize("names", [("app",), ("app", "lib")])
@pytest.mark.parametrize("refused", [(), ("py-app",), ("py-lib@=2.0",)])
def test_what_the_solver_says_comes_to_the_same(
    index: MemoryIndex,
    tmp_path: Path,
    verify: Any,
    names: tuple[str, ...],
    refused: tuple[str, ...],
) -> None:
    """Also where more must be known than was kept, and where recipes are moved in early."""
    found = []
    for reuse in (True, False):
        first = there(faulty_host(), tmp_path)
        create(first, index, replace(LOAD, names=names, dry_run=True))
        host = there(faulty_host(), tmp_path)
        host.unsatisfiable = dict.fromkeys(refused, "no")
        host.graphs = {"py-app": frozenset()}  # what is written besides is asked about
        request = replace(LOAD, names=names, verify=verify, reuse=reuse)
        found.append(said(host, create(host, index, request)))
    assert found[0] == found[1]
    assert ("py-app" in found[0][-1]) == ("py-app" not in refused)

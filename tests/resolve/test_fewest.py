"""Of the releases that satisfy a requirement, the one that brings the fewest others is added."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from spack_pypi.resolve.policy import Policy
from spack_pypi.workflow.plan import RecordStatus
from spack_pypi.workflow.request import Request, Verify
from tests.memory import MemoryHost, MemoryIndex
from tests.resolve.conftest import run
from tests.run import create

#: What each release of lib requires, newest first.
Lib = dict[str, tuple[str, ...]]


class Case(NamedTuple):
    why: str
    lib: Lib
    #: What app requires.
    required: str
    added: str
    #: What is added besides app and lib.
    others: frozenset[str] = frozenset()


CASES = (
    Case(
        "what brings nothing is taken in its newest release", {"2.1": (), "2.0": ()}, "lib", "2.1"
    ),
    Case(
        "an older one brings nothing",
        {"2.2": ("new",), "2.1": ("old",), "2.0": ("old",)},
        "lib>=2",
        "2.1",
    ),
    Case(
        "two new packages or one",
        {"2.1": ("new", "newer"), "2.0": ("new",)},
        "lib>=2",
        "2.0",
        frozenset({"new"}),
    ),
    Case(
        "what is brought may bring others: deep requires new and newer",
        {"2.1": ("deep",), "2.0": ("new", "newer")},
        "lib>=2",
        "2.0",
        frozenset({"new", "newer"}),
    ),
    Case(
        "the same number: the newest of all",
        {"2.1": ("new",), "2.0": ("newer",)},
        "lib>=2",
        "2.1",
        frozenset({"new"}),
    ),
    Case(
        "a version that builtin lacks counts as a new package does",
        {"2.1": ("old>=2",), "2.0": ("old>=1",)},
        "lib>=2",
        "2.0",
    ),
    Case(
        "what only another platform needs does not count",
        {"2.1": ("new; sys_platform == 'win32'",), "2.0": ("old",)},
        "lib>=2",
        "2.1",
        frozenset({"new"}),
    ),
    Case(
        "of each minor series the newest is looked at",
        {"2.1.1": ("new",), "2.1.0": (), "2.0": ()},
        "lib>=2",
        "2.0",
    ),
    Case(
        "the newest of those that bring nothing is found between two that were looked at",
        {f"2.{n}": ("new",) if n > 4 else ("old",) for n in range(9, -1, -1)},
        "lib>=2",
        "2.4",
    ),
    Case(
        "the oldest is looked at, too: what is required at least brings the fewest",
        {f"2.{n}": ("new",) if n > 1 else () for n in range(12, -1, -1)},
        "lib>=2",
        "2.1",
    ),
    Case(
        "without a lower bound no more than three minor series are looked at",
        {"2.3": ("new",), "2.2": ("new",), "2.1": ("new",), "2.0": ("old",)},
        "lib",
        "2.3",
        frozenset({"new"}),
    ),
    Case(
        "what cannot be written is not preferred",
        {"2.2": ("new", "newer"), "2.1": ("gone",), "2.0": ("new",)},
        "lib>=2",
        "2.0",
        frozenset({"new"}),
    ),
)


def added(case: Case, policy: Policy) -> dict[str, tuple[str, ...]]:
    """The versions that are written for app, by project, but for app itself."""
    host, index = MemoryHost(), MemoryIndex()
    host.has("hatchling", "1.27.0")
    host.has("old", "1.0")
    index.add("app", "1.0", case.required)
    for version, required in case.lib.items():
        index.add("lib", version, *required)
    for version in ("1.0", "2.0"):
        index.add("old", version)
    index.add("new", "1.0")
    index.add("newer", "1.0")
    index.add("deep", "1.0", "new", "newer")
    request = Request(("app",), verify=Verify.LOAD, policy=policy)
    records = create(host, index, request).plan.records
    written = {p: r.versions for p, r in records.items() if r.status is RecordStatus.NEW}
    return {project: versions for project, versions in written.items() if project != "app"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.why)
def test_the_fewest(case: Case) -> None:
    found = added(case, Policy())
    assert found.pop("lib") == (case.added,)
    assert found.keys() == case.others


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.why)
def test_with_newest_the_newest_is_taken(case: Case) -> None:
    assert added(case, Policy(newest=True))["lib"] == (next(iter(case.lib)),)


def test_what_builds_a_release_counts_as_well() -> None:
    host, index = MemoryHost(), MemoryIndex()
    host.has("hatchling", "1.27.0")
    index.add("app", "1.0", "lib>=1", "other>=1")
    for name, required in (("lib", ()), ("other", ("new",))):
        index.add(name, "2.0", *required, build=["builder"])
        index.add(name, "1.0", *required)
    for name in ("builder", "new"):
        index.add(name, "1.0")
    records = create(host, index, Request(("app",), verify=Verify.LOAD)).plan.records
    written = {p: r.versions for p, r in records.items() if r.status is RecordStatus.NEW}
    assert written == {"app": ("1.0",), "lib": ("1.0",), "other": ("1.0",), "new": ("1.0",)}


def test_what_is_named_is_listed_in_its_newest_releases() -> None:
    host, index = MemoryHost(), MemoryIndex()
    host.has("hatchling", "1.27.0")
    index.add("app", "2.0", "new")
    index.add("app", "1.0")
    index.add("new", "1.0")
    records = create(host, index, Request(("app",), verify=Verify.LOAD)).plan.records
    assert records["app"].versions == ("2.0", "1.0")


def test_what_exists_is_used_before_anything_is_added() -> None:
    host, index = MemoryHost(), MemoryIndex()
    host.has("hatchling", "1.27.0")
    host.has("lib", "1.0")
    index.add("app", "1.0", "lib")
    index.add("lib", "1.0")
    index.add("lib", "2.0")
    records = create(host, index, Request(("app",), verify=Verify.LOAD)).plan.records
    assert {p for p, r in records.items() if r.status is not RecordStatus.EXISTS} == {"app"}


def test_a_variant_that_a_package_has_brings_what_its_extra_requires() -> None:
    """lib 2.1 would have to have the variant, and that needs new; lib 2.0 has no such extra."""
    host, index = MemoryHost(), MemoryIndex()
    host.has("hatchling", "1.27.0")
    host.has("lib", "1.0", variants=["fast"])
    index.add("app", "1.0", "lib>=2")
    index.add("lib", "2.1", 'new; extra == "fast"', extras=["fast"])
    index.add("lib", "2.0")
    index.add("lib", "1.0")
    index.add("new", "1.0")
    records = create(host, index, Request(("app",), verify=Verify.LOAD)).plan.records
    assert records["lib"].versions == ("2.0",)
    assert "new" not in records


def test_what_was_passed_over_and_why(host: MemoryHost, index: MemoryIndex) -> None:
    index.add("app", "1.0", "lib>=2")
    index.add("lib", "2.1", "new")
    index.add("lib", "2.0")
    index.add("new", "1.0", "newer")
    index.add("newer", "1.0")
    diagnostics = run(host, index, "app").plan.records["lib"].diagnostics
    found = {each.versions: each.text for each in diagnostics if each.code == "passed-over"}
    why = "needs more than 2.0 that no repo has: new, newer; to add it: --newest"
    assert found == {("2.1",): why}


def test_what_the_older_one_brings_as_well_is_no_reason(
    host: MemoryHost, index: MemoryIndex
) -> None:
    """Though the newest release needs another version of it."""
    index.add("app", "1.0", "lib>=2")
    index.add("lib", "2.1", "new>=2", "newer")
    index.add("lib", "2.0", "new<2")
    for name, version in (("new", "1.0"), ("new", "2.0"), ("newer", "1.0")):
        index.add(name, version)
    record = run(host, index, "app").plan.records["lib"]
    found = [each.text for each in record.diagnostics if each.code == "passed-over"]
    assert found == ["needs more than 2.0 that no repo has: newer; to add it: --newest"]


# (what lib 2.1 requires, which version of lib is written, why not 2.1); builtin has gone 2.0, and
# gone 1.0 as deprecated
DEPRECATED = (
    (("gone<2",), "2.0", "deprecated versions of gone"),
    (
        ("gone<2", "new"),
        "2.0",
        "more than 2.0 that no repo has: new, and deprecated versions of gone",
    ),
    (("gone",), "2.1", ""),
)


@pytest.mark.parametrize("required, written, needs", DEPRECATED)
def test_what_only_deprecated_versions_satisfy_counts_as_well(
    host: MemoryHost, index: MemoryIndex, required: tuple[str, ...], written: str, needs: str
) -> None:
    host.has("gone", "2.0", deprecated=["1.0"])
    for version in ("1.0", "2.0"):
        index.add("gone", version)
    index.add("app", "1.0", "lib>=2")
    index.add("lib", "2.1", *required)
    index.add("lib", "2.0")
    index.add("new", "1.0")
    record = run(host, index, "app").plan.records["lib"]
    assert record.versions == (written,)
    found = [each.text for each in record.diagnostics if each.code == "passed-over"]
    assert found == ([f"needs {needs}; to add it: --newest"] if needs else [])


def test_a_deprecated_version_that_all_releases_need_is_needed(
    host: MemoryHost, index: MemoryIndex
) -> None:
    host.has("gone", "2.0", deprecated=["1.0"])
    index.add("app", "1.0", "lib>=2")
    for version in ("2.1", "2.0"):
        index.add("lib", version, "gone<2")
    assert run(host, index, "app").plan.records["lib"].versions == ("2.1",)


# (what builtin has of lib, what is required of it, what the recipe is for)
REASONS = (
    (("1.0",), ("lib>=2",), "for >=2 of py-app"),
    ((), ("lib>=2",), ""),
    (("2.0", "1.0"), ("lib", "other"), "as no other fits together with the rest"),
)


@pytest.mark.parametrize("has, required, because", REASONS)
def test_the_tree_says_what_a_version_is_added_for(
    host: MemoryHost,
    index: MemoryIndex,
    has: tuple[str, ...],
    required: tuple[str, ...],
    because: str,
) -> None:
    """With other, lib 2.0 and 1.0 do not fit: they exclude the tool that it pins."""
    if has:
        host.has("lib", *has)
        host.has("tool", "2.0", "1.0")
        host.texts["py-lib"] = """class PyLib(PythonPackage):
    version("2.0", sha256="0")
    version("1.0", sha256="0")
    depends_on("py-tool@2:", type=("build", "run"))
"""
    index.add("app", "1.0", *required)
    index.add("other", "1.0", "tool==1.0")
    index.add("tool", "1.0")
    for version in ("1.0", "2.0"):
        index.add("lib", version, "tool>=2")
    index.add("lib", "3.0", "tool<2")
    assert run(host, index, "app").plan.records["lib"].because == because

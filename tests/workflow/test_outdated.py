"""How far a recipe lags: (what it lists, what the index has, how far) → the release."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from spack_pypi.diagnostics import exit_code
from spack_pypi.errors import HostError, IndexFailure, UsageError
from spack_pypi.host.port import Package
from spack_pypi.pypi.model import Project, Release
from spack_pypi.resolve.policy import Policy
from spack_pypi.workflow.compare.reported import Reported
from spack_pypi.workflow.outdated import LATEST, MINOR, PATCH, Outdated
from spack_pypi.workflow.sync import Update, diagnostics
from tests.memory import MemoryHost, MemoryIndex, MemoryRepos
from tests.run import outdated


def lagging(pre: bool = False) -> Outdated:
    host, index = MemoryHost(), MemoryIndex()
    host.has("x", "1.1", "0.9")
    for version in ("0.9", "1.0", "1.1", "1.1.1", "1.2", "2.0", "3.0b1"):
        index.add("x", version)
    (found,) = outdated(host, index, ["py-x"], Policy(pre=pre), older=True)
    return found


def test_what_is_missing() -> None:
    found = lagging()
    assert found.current == "1.1"
    assert [str(release.version) for release in found.missing] == ["2.0", "1.2", "1.1.1"]
    assert [str(release.version) for release in found.older] == ["1.0"]


@pytest.mark.parametrize(
    "to, expected",
    [(LATEST, "2.0"), (MINOR, "1.2"), (PATCH, "1.1.1"), ("1.2", "1.2"), ("1.0", "1.0")],
)
def test_how_far(to: str, expected: str | None) -> None:
    target = lagging().target(to)
    assert target is not None
    assert str(target.version) == expected


def test_what_an_index_has_is_no_newer_version_of_a_repository() -> None:
    host, index = MemoryHost(), MemoryIndex()
    host.has("x", "1.0")
    host.packages["x"] = replace(host.packages["x"], from_git=True)
    index.add("x", "2.0")
    (found,) = outdated(host, index, ["py-x"], Policy())
    assert found.problem == "it is built from its repository, of which nothing is known"
    assert not found.missing


@pytest.mark.parametrize(("status", "problem"), [("", "lists no"), ("quarantined", "quarantine")])
def test_a_page_without_releases(status: str, problem: str) -> None:
    """As one that asks to log in: a recipe that lists releases is not current by that."""
    host, index = MemoryHost(), MemoryIndex()
    host.has("x", "1.0")
    index.project = lambda name: Project("x", (), status)  # type: ignore[method-assign]
    (found,) = outdated(host, index, ["py-x"], Policy())
    assert problem in found.problem and found.failed


def test_a_series_is_the_same_for_the_list_and_for_the_update() -> None:
    """2 is 2.0."""
    host, index = MemoryHost(), MemoryIndex()
    host.has("x", "2")
    for version in ("2", "2.0.1", "2.1", "3"):
        index.add("x", version)
    (found,) = outdated(host, index, ["py-x"], Policy())
    for to, expected in ((MINOR, ["2.1", "2.0.1"]), (PATCH, ["2.0.1"])):
        target = found.target(to)
        assert target is not None
        assert str(target.version) == expected[0]
        listed = found.limited(to, "").missing
        assert [str(release.version) for release in listed] == expected


def test_what_is_listed_already_is_no_target() -> None:
    assert lagging().target("1.1") is None


def test_what_is_no_release_is_refused() -> None:
    with pytest.raises(UsageError, match="cannot update to 7.0: the index has no such release"):
        lagging().target("7.0")


def test_pre_releases_only_where_they_are_asked_for() -> None:
    target = lagging(pre=True).target(LATEST)
    assert target is not None
    assert str(target.version) == "3.0b1"


#: (how far, since when, the missing releases that are listed). 2.0 has no date.
LIMITS = [
    (LATEST, "", ["2.0", "1.2", "1.1.1"]),
    (MINOR, "", ["1.2", "1.1.1"]),
    (PATCH, "", ["1.1.1"]),
    (LATEST, "2026-03-01", ["2.0", "1.2"]),
    (MINOR, "2026-03-02", []),
    ("1.2", "2026-03-02", ["2.0"]),
]


@pytest.mark.parametrize("to, since, expected", LIMITS)
def test_what_is_listed_can_be_limited(to: str, since: str, expected: list[str]) -> None:
    days = {"1.2": "2026-03-01T10:00:00Z", "1.1.1": "2026-02-28T23:59:59Z"}
    found = lagging()
    dated = tuple(
        Release(
            release.project,
            release.version,
            tuple(
                file._replace(uploaded=days.get(str(release.version), ""))
                for file in release.files
            ),
        )
        for release in found.missing
    )
    limited = replace(found, missing=dated).limited(to, since)
    assert [str(release.version) for release in limited.missing] == expected


def test_what_was_withdrawn_is_a_target_only_by_its_name() -> None:
    host, index = MemoryHost(), MemoryIndex()
    host.has("x", "1.1")
    for version, yanked in (("1.1", None), ("1.2", None), ("1.3", "it deletes data")):
        index.add("x", version, yanked=yanked)
    (found,) = outdated(host, index, ["py-x"], Policy(withdrawn=True), older=True)
    assert [str(release.version) for release in found.missing] == ["1.2"]
    target = found.target("1.3")
    assert target is not None
    assert target.yanked
    (found,) = outdated(host, index, ["py-x"], Policy(), older=True)
    with pytest.raises(UsageError, match="cannot update to 1.3: the index has no such release"):
        found.target("1.3")


def test_a_package_of_no_project_is_reported() -> None:
    (found,) = outdated(MemoryHost(), MemoryIndex(), ["py-x"], Policy())
    assert found.problem == "its recipe names no project on an index"


class Broken(MemoryRepos):
    """Repos whose recipe for ``broken`` raises."""

    def package(self, name: str) -> Package | None:
        if "broken" in name:
            raise HostError(f"the recipe of {name} cannot be loaded: division by zero")
        return super().package(name)


class Unreachable(MemoryIndex):
    """An index that does not answer about ``silent``."""

    def project(self, name: str) -> Project:
        if name == "silent":
            raise IndexFailure("https://index.example/simple/silent/", "does not answer")
        return super().project(name)


# (package, what is reported for it, whether that is an error)
PROBLEMS = [
    ("py-broken", "the recipe of py-broken cannot be loaded: division by zero", True),
    # also where the index has no such project, or the recipe names none
    ("py-gone-broken", "the recipe of py-gone-broken cannot be loaded: division by zero", True),
    ("py-no-project-broken", "py-no-project-broken cannot be loaded: division by zero", True),
    ("py-silent", "does not answer", True),
    ("py-gone", "gone", False),
    ("py-no-project", "its recipe names no project on an index", False),
    ("py-empty", "its recipe lists no release", False),
    ("py-x", "", False),
]


@pytest.mark.parametrize("package, problem, failed", PROBLEMS)
def test_what_cannot_be_compared(package: str, problem: str, failed: bool) -> None:
    host, index = MemoryHost(), Unreachable()
    host.repos = Broken(host)
    for name in ("broken", "silent", "gone", "gone-broken", "x"):
        host.has(name, "1.0")
    host.has("empty")
    for name in ("broken", "x", "empty"):
        index.add(name, "1.0")
    found = list(outdated(host, index, [package, "py-x"], Policy()))[-2:]
    reported = {each.package: each for each in found}
    assert problem in reported[package].problem
    assert (reported[package].failed, bool(reported[package].problem)) == (failed, bool(problem))
    assert not reported["py-x"].problem


# (whether the recipe was named, listing, problem, failed, reason) → exit code
CODES = [
    (True, False, "", False, "", 0),
    (True, False, "its recipe names no project on an index", False, "", 1),
    (True, True, "its recipe names no project on an index", False, "", 1),
    (False, False, "its recipe names no project on an index", False, "", 0),
    (False, False, "cannot be loaded", True, "", 1),
    (False, True, "cannot be loaded", True, "", 1),
    (False, False, "", False, "it says too much", 1),
    (False, True, "", False, "it says too much", 0),
]


@pytest.mark.parametrize("named, listing, problem, failed, reason, code", CODES)
def test_exit_codes(
    named: bool, listing: bool, problem: str, failed: bool, reason: str, code: int
) -> None:
    updates = [Update(Outdated("py-a", problem=problem, failed=failed), reason=reason or problem)]
    updates.append(Update(Outdated("py-b", "b", "1.0")))
    said = [each for update in updates for each in diagnostics(update, listing, named)]
    assert exit_code(said) == code


def test_vulnerable_versions_are_reported_where_that_is_asked() -> None:
    host, index = MemoryHost(), MemoryIndex()
    host.has("x", "1.1", "1.0", "main")
    for version in ("1.0", "1.1", "2.0"):
        index.add("x", version)
    index.reports = {("x", "1.0"): ("PYSEC-1", "PYSEC-2"), ("x", "2.0"): ("PYSEC-3",)}
    (found,) = outdated(host, index, ["py-x"], Policy(), reports=True)
    assert found.vulnerable == {"1.0": Reported(("PYSEC-1", "PYSEC-2"))}
    index.unreported = {("x", "1.1")}
    (found,) = outdated(host, index, ["py-x"], Policy(), reports=True)
    assert found.vulnerable["1.1"].unknown == "https://index.example/x: answered 500"
    (found,) = outdated(host, index, ["py-x"], Policy())
    assert found.vulnerable == {}


@pytest.mark.parametrize(
    "versions, deprecated, missing, older",
    [
        # a version that is declared as deprecated is there already
        (["8.3.5"], ["8.4.1", "8.4.2"], ["9.0"], ["8.2"]),
        (["9.0"], ["8.4.2", "8.2"], [], ["8.4.1", "8.3.5"]),
        (["8.4.2"], ["9.0"], [], ["8.4.1", "8.3.5", "8.2"]),
        # under whatever spelling
        (["8.3.5"], ["8_4-1", "v8.4.2"], ["9.0"], ["8.2"]),
        (["8_3_5"], [], ["9.0", "8.4.2", "8.4.1"], ["8.2"]),
    ],
)
def test_what_is_deprecated_is_not_missing(
    versions: Sequence[str],
    deprecated: Sequence[str],
    missing: Sequence[str],
    older: Sequence[str],
) -> None:
    host, index = MemoryHost(), MemoryIndex()
    host.has("pytest", *versions, deprecated=deprecated)
    for version in ("8.2", "8.3.5", "8.4.1", "8.4.2", "9.0"):
        index.add("pytest", version)
    (found,) = outdated(host, index, ["py-pytest"], Policy(), older=True)
    assert found.current == versions[0]
    assert [str(release.version) for release in found.missing] == missing
    assert [str(release.version) for release in found.older] == older
    (later,) = outdated(host, index, ["py-pytest"], Policy())
    assert (later.missing, later.older) == (found.missing, ())


def test_a_deprecated_version_is_no_target() -> None:
    host, index = MemoryHost(), MemoryIndex()
    host.has("pytest", "8.3.5", deprecated=["8.4.2"])
    for version in ("8.3.5", "8.4.2"):
        index.add("pytest", version)
    (found,) = outdated(host, index, ["py-pytest"], Policy())
    with pytest.raises(UsageError, match="py-pytest lists 8.4.2 already, as deprecated"):
        found.target("8.4.2")


def test_a_recipe_with_nothing_but_deprecated_versions_is_reported() -> None:
    host, index = MemoryHost(), MemoryIndex()
    host.has("pytest", "main", deprecated=["8.4.2"])
    index.add("pytest", "8.4.2")
    (found,) = outdated(host, index, ["py-pytest"], Policy())
    assert found.problem == "its recipe lists no release that is not deprecated"


def test_which_spelling_is_current_the_index_decides() -> None:
    host, index = MemoryHost(), MemoryIndex()
    host.has("x", "1-2")
    for version in ("1", "1.post2", "1.1"):
        index.add("x", version)
    (found,) = outdated(host, index, ["py-x"], Policy())
    assert [str(release.version) for release in found.missing] == ["1.1"]
    assert found.target(PATCH) is None


ABI3 = "cp39-abi3-manylinux_2_17_x86_64"


@pytest.mark.parametrize(
    "by_machine, missing, target",
    [
        # (releases with wheels for platforms only, what is missing, the newest of all)
        (["2.1"], ["2.0"], "2.0"),
        (["2.0", "2.1"], ["2.1", "2.0"], "2.1"),
    ],
)
def test_wheels_for_platforms_only_where_there_is_nothing_else(
    by_machine: Sequence[str], missing: Sequence[str], target: str
) -> None:
    host, index = MemoryHost(), MemoryIndex()
    host.has("x", "1.0")
    for version in ("1.0", "2.0", "2.1"):
        only = version in by_machine
        index.add("x", version, sdist=not only, wheel_tag=ABI3 if only else "py3-none-any")
    (found,) = outdated(host, index, ["py-x"], Policy())
    assert [str(release.version) for release in found.missing] == missing
    latest, named = found.target(LATEST), found.target("2.1")
    assert latest is not None and str(latest.version) == target
    assert named is not None and str(named.version) == "2.1", "it was requested"

"""What is asked of the index, and when."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from spack_pypi.errors import HostError, IndexFailure
from spack_pypi.host.port import Package
from spack_pypi.pypi.model import Metadata, Project, Release, Source
from spack_pypi.resolve.catalog import Catalog
from spack_pypi.resolve.facts import Facts
from spack_pypi.resolve.likely import Guess
from spack_pypi.resolve.model import Root
from spack_pypi.resolve.policy import Policy, Rules
from spack_pypi.session import Session
from tests.memory import MemoryHost, MemoryIndex, MemoryRepos
from tests.resolve.conftest import run


@dataclass
class Waiting(MemoryIndex):
    """An index that calls ``before`` with what it is asked, before it answers."""

    before: Callable[[str], None] = field(default=lambda asked: None)

    def __post_init__(self) -> None:
        super().__init__()

    def project(self, name: str) -> Project:
        self.before(f"project {name}")
        return super().project(name)

    def metadata(self, release: Release) -> Metadata:
        self.before(f"metadata {release.project}")
        return super().metadata(release)

    def source(self, release: Release) -> Source:
        self.before(f"source {release.project}")
        return super().source(release)


@pytest.mark.parametrize("blocked", ["source app", "source lib"])
def test_no_archive_is_waited_for_to_go_on(host: MemoryHost, blocked: str) -> None:
    """The archives of app and lib are not read before all else is known: neither what releases
    require, nor what others are built with."""
    rest = {f"project {name}" for name in ("app", "lib", "leaf", "tool", "engine")}
    rest_is_known = threading.Event()
    seen: set[str] = set()

    def before(asked: str) -> None:
        seen.add(asked)
        if {*rest, "metadata app", "metadata lib"} <= seen:
            rest_is_known.set()
        if asked == blocked:
            assert rest_is_known.wait(60), f"only asked for: {sorted(seen)}"

    index = Waiting(before)
    index.add("app", "1.0", "lib")
    index.add("lib", "1.0", "leaf", 'ignored; extra == "x"')
    index.add("leaf", "1.0", build=["tool"])
    index.add("tool", "1.0", build=["engine", "hatchling"])
    index.add("engine", "1.0")
    index.add("ignored", "1.0")
    written = ["app", "engine", "leaf", "lib", "tool"]
    assert sorted(run(host, index, "app").plan.recipes) == written
    assert not any("ignored" in asked for asked in seen)


def test_no_archive_is_read_of_a_release_that_its_metadata_rules_out(
    host: MemoryHost, index: MemoryIndex
) -> None:
    """app takes other 1.0, so that no lib above 1.0 fits. Archives are read of the lib that was
    chosen before that was known, and of the one that fits."""
    index.add("app", "1.0", "lib", "other==1.0")
    index.add("lib", "1.0", "other")
    for version in ("2.0", "3.0", "4.0", "5.0"):
        index.add("lib", version, "other>=2")
    index.add("other", "1.0")
    index.add("other", "2.0")
    assert run(host, index, "app").plan.recipes["lib"].versions == ("1.0",)
    read = {each for each in index.asked if each.startswith("source lib")}
    assert read == {"source lib 5.0", "source lib 1.0"}


def test_no_archive_is_read_ahead_of_what_only_releases_need_that_are_passed_over(
    host: MemoryHost, index: MemoryIndex
) -> None:
    """All series of lib are looked at, as each brings tool; the newest is taken."""
    index.add("app", "1.0", "lib>=1")
    for version in ("1", "2", "3"):
        index.add("lib", f"{version}.0", f"tool=={version}.0")
        index.add("tool", f"{version}.0")
    assert run(host, index, "app").plan.recipes["tool"].versions == ("3.0",)
    assert {"metadata lib 2.0", "metadata tool 2.0"} <= {*index.asked}
    assert {each for each in index.asked if each.startswith("source tool")} == {"source tool 3.0"}


def test_older_releases_that_are_compared_are_asked_for_while_an_archive_is_read(
    host: MemoryHost,
) -> None:
    """lib 3.0 requires what is new, so that the newest of each older minor series will be looked
    at; app is read until then."""
    asked_for: set[str] = set()
    all_are = threading.Event()

    class Index(Waiting):
        def metadata(self, release: Release) -> Metadata:
            asked_for.add(f"{release.project} {release.version}")
            if {"lib 3.0", "lib 2.0.1", "lib 1.0"} <= asked_for:
                all_are.set()
            return super().metadata(release)

    def before(asked: str) -> None:
        if asked == "source app":
            assert all_are.wait(60), f"only asked for: {sorted(asked_for)}"

    index = Index(before)
    index.add("app", "1.0", "lib>=1")
    for version in ("3.0", "2.0.1", "2.0.0", "1.0"):
        index.add("lib", version, "tool")
    index.add("tool", "1.0")
    run(host, index, "app")
    assert "lib 2.0.0" not in asked_for


@pytest.mark.parametrize(
    ("size", "is_read"), [(100_000, True), (100_000_000, False), (None, False)]
)
def test_small_archives_of_likely_releases_are_read_before_they_are_chosen(
    host: MemoryHost, size: int | None, is_read: bool
) -> None:
    """The newest lib is likely, though an older one may be preferred, as it requires what is new.
    Which one is chosen is known once tool is."""
    seen: set[str] = set()
    lib_is_read = threading.Event()

    def before(asked: str) -> None:
        seen.add(asked)
        if asked == "source lib":
            lib_is_read.set()
        if asked == "project tool":
            assert lib_is_read.wait(60) if is_read else "source lib" not in seen

    index = Waiting(before)
    index.add("app", "1.0", "lib>=1")
    for version in ("2.0", "1.0"):
        index.add("lib", version, "tool", size=size)
    index.add("tool", "1.0")
    run(host, index, "app")


def test_what_exists_is_not_asked_for(host: MemoryHost) -> None:
    host.has("lib", "1.2")
    host.has("old", "1.2")
    index = MemoryIndex()
    index.add("app", "1.0", "lib>=1", "old>=2")
    for version in ("1.2", "2.0"):
        index.add("old", version)
        index.add("lib", version)
    run(host, index, "app")
    assert "metadata lib 2.0" not in index.asked
    assert "metadata old 2.0" in index.asked


def test_what_is_named_and_exists_is_not_looked_into(host: MemoryHost) -> None:
    """Its page is asked for while the packages of the host are looked up, and may arrive before it
    is known that nothing needs to be written."""
    host.has("lib", "1.2")
    index = MemoryIndex()
    index.add("lib", "2.0")
    with Session(index) as session:
        facts = Facts(session)
        facts.likely = Guess(Catalog(host, facts, Rules(Policy()), ["lib"]), [Root("lib")])
        facts.expect_named(["lib"])
        while facts._questions.early("lib") is None:
            time.sleep(0.001)
        facts.fetch()
        assert index.asked == ["project lib"]
        facts.page("lib")
        session.rest()
        assert "metadata lib 2.0" in index.asked


def test_a_wrong_guess_changes_nothing(host: MemoryHost, index: MemoryIndex) -> None:
    """The newest lib cannot be written, so that what it requires, and its page, do not matter."""
    index.add("app", "1.0", "lib")
    index.add("lib", "2.0", "leaf", "gone")
    index.add("lib", "1.0")
    index.add("leaf", "1.0")
    assert sorted(run(host, index, "app").plan.recipes) == ["app", "lib"]


def test_nothing_is_asked_twice(host: MemoryHost, index: MemoryIndex) -> None:
    index.add("app", "1.0", "lib", "other")
    index.add("lib", "1.0", "leaf")
    index.add("other", "1.0", "leaf<2")
    index.add("leaf", "1.0")
    index.add("leaf", "2.0")
    run(host, index, "app")
    asked = [each for each in index.asked if not each.startswith("source")]
    assert sorted(asked) == sorted(set(asked))


class _Unloadable(MemoryRepos):
    def package_for(self, project: str) -> Package | None:
        if project == "broken":
            raise HostError("the recipe of py-broken cannot be loaded")
        return super().package_for(project)


def test_what_only_a_guess_leads_to_need_not_be_loaded(
    host: MemoryHost, index: MemoryIndex
) -> None:
    """The newest lib cannot be written, so that the package that it requires does not matter."""
    host.repos = _Unloadable(host)
    index.add("app", "1.0", "lib")
    index.add("lib", "2.0", "broken", "other @ https://files.example/other-1.0.whl")
    index.add("lib", "1.0")
    assert sorted(run(host, index, "app").plan.recipes) == ["app", "lib"]
    index.add("lib", "3.0", "broken")
    with pytest.raises(HostError, match="cannot be loaded"):
        run(host, index, "app")


class _Failing(MemoryIndex):
    def project(self, name: str) -> Project:
        if name == "broken":
            raise IndexFailure("https://index.example", "answered 500")
        return super().project(name)

    def source(self, release: Release) -> Source:
        raise IndexFailure("https://files.example", "answered 500")


def test_a_failure_matters_to_who_asks() -> None:
    index = _Failing()
    index.add("app", "1.0")
    with Session(index) as session:
        facts = Facts(session)
        facts.expect(["broken", "app"])
        assert facts.page("app") is None
        facts.fetch()
        assert facts.page("app") is not None
        assert facts.page("broken") is None
        with pytest.raises(IndexFailure, match="answered 500"):
            facts.fetch()


def test_an_archive_does_not_matter_where_the_metadata_cannot_be_read() -> None:
    index = _Failing()
    for name in ("unreadable", "readable"):
        index.add(name, "1.0")
    index.unreadable.add(("unreadable", "1.0"))
    unreadable, readable = (index.project(n).releases[0] for n in ("unreadable", "readable"))
    with Session(index) as session:
        facts = Facts(session)
        assert facts.declared(unreadable) is None
        facts.fetch()
        found = facts.declared(unreadable)
        assert found is not None and found.metadata.problem == "x: the archive cannot be read"
        assert facts.declared(readable) is None
        with pytest.raises(IndexFailure, match="answered 500"):
            facts.fetch()


def test_what_was_asked_in_vain_is_forgotten_and_asked_again_when_it_matters() -> None:
    index = MemoryIndex()
    for name in ("open", "taken", "vain"):
        index.add(name, "1.0")
    with Session(index, connections=1) as session:  # it answers in order
        facts = Facts(session)
        facts.expect(["vain", "taken"])
        assert facts.page("taken") is None
        facts.fetch()
        assert facts.page("open") is None
        facts.forget_guesses()
        # What is looked up stays known, and what is asked for is still waited for.
        assert facts.page("taken") is not None
        facts.fetch()
        assert facts.page("open") is not None
        assert facts.page("vain") is None
        facts.fetch()
        assert facts.page("vain") is not None
    assert index.asked.count("project vain") == 2
    assert index.asked.count("project taken") == index.asked.count("project open") == 1


def test_a_release_that_is_asked_for_is_not_forgotten() -> None:
    index = MemoryIndex()
    index.add("app", "1.0")
    with Session(index) as session:
        facts = Facts(session)
        assert facts.page("app") is None
        facts.fetch()
        page = facts.page("app")
        assert page is not None
        assert facts.declared(page.releases[0]) is None
        facts.forget_guesses()
        facts.fetch()
        assert facts.declared(page.releases[0]) is not None
    assert index.asked.count("source app 1.0") == 1

"""How far a recipe lags that is built from its repository: (what it lists, the tags) → the tag."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from packaging.version import Version

from spack_pypi.errors import UnknownProject
from spack_pypi.host.port import DeclaredVersion
from spack_pypi.pypi.branches import version_of
from spack_pypi.pypi.model import File, GitReference, Metadata, Project, Release, Source
from spack_pypi.recipe.model import GitSource
from spack_pypi.resolve.policy import Policy
from spack_pypi.workflow import stated_origins
from spack_pypi.workflow.other_kinds import proposed_version
from tests.memory import MemoryHost, MemoryIndex
from tests.memory_meaning import Plain
from tests.run import outdated


def of_tags(*tags: str) -> Project:
    """The page of a repository that has these tags, newest first."""
    versions = {tag: Version(tag) for tag in tags}
    files = {t: File(t, "https://git.example/x", v, False, git=at(t)) for t, v in versions.items()}
    return Project("x", tuple(Release("x", versions[t], (files[t],)) for t in tags))


def at(tag: str) -> GitReference:
    return GitReference(f"commit-of-{tag}", tag=tag)


@pytest.mark.parametrize(
    ("deprecated", "missing"), [(["1.0", "0.8"], ["2.0", "1.1"]), (["2.0", "0.8"], [])]
)
def test_beside_a_branch_all_versions_may_be_deprecated(
    deprecated: list[str], missing: list[str]
) -> None:
    """What is older than these is not an update."""
    host, index = MemoryHost(), MemoryIndex()
    host.has("x", deprecated=deprecated)
    host.packages["x"] = replace(host.packages["x"], from_git=True, branches=("main",))
    page = of_tags("2.0", "1.1", "1.0", "0.9", "0.8")
    main = GitReference("c0ffee", branch="main")
    file = File("main", "https://git.example/x", version_of("main"), False, git=main)
    releases = (Release("x", version_of("main"), (file,)), *page.releases)
    index.project = lambda name: replace(page, releases=releases)  # type: ignore[method-assign]
    (found,) = outdated(host, index, ["py-x"], Policy(), older=True)
    assert (found.current, found.problem) == ("main", "")
    assert [str(release.version) for release in found.missing] == missing


@pytest.mark.parametrize(
    ("tags", "more"),
    [
        (["2.0", "1.0"], "; its repository has the tag 2.0, commit commit-of-2.0"),
        (["3.0rc1", "1.0"], ""),
        (["1.0", "0.9"], ""),
    ],
)
def test_a_recipe_of_another_kind(tags: list[str], more: str) -> None:
    """As a CMakePackage that builds bindings: what a person looks for is said."""
    host, index = MemoryHost(), MemoryIndex()
    host.has("x", "1.0")
    host.packages["x"] = replace(host.packages["x"], from_git=True, from_index=False)
    index.project = lambda name: of_tags(*tags)  # type: ignore[method-assign]
    (found,) = outdated(host, index, ["py-x"], Policy())
    kind = "its recipe is not a PythonPackage of this project, and only these are updated"
    assert found.problem == kind + more
    assert (found.offered is not None) == bool(more)


CHANGES = [
    # (what 1.0 and 2.0 require, comments below the line of the version)
    (["a"], ["a", "b>1"], ["# its Python project requires now: b>1"]),
    (["a", "b"], ["a"], ["# it no longer requires: b"]),
    (["a"], ["a"], ["# its Python project requires what it did before"]),
    (["a"], None, ["# what its Python project requires is not known: it is dynamic"]),
    (None, ["a"], ["# its Python project requires, to run or to be built: a, setuptools"]),
]


@pytest.mark.parametrize(("before", "after", "comments"), CHANGES)
def test_what_a_person_would_add_to_a_recipe_of_another_kind(
    before: list[str] | None, after: list[str] | None, comments: list[str]
) -> None:
    host, index = MemoryHost(), MemoryIndex()
    host.has("x", "1.0")
    host.packages["x"] = replace(host.packages["x"], from_git=True, from_index=False)
    submodules = GitSource(tag="v1.0", commit="a", submodules=True)
    host.meanings["py-x"] = Plain(versions=(DeclaredVersion("1.0", git=submodules),))
    said = {"1.0": before, "2.0": after}
    index.project = lambda name: of_tags("2.0", "1.0")  # type: ignore[method-assign]
    index.source = lambda release: Source()  # type: ignore[method-assign]

    def metadata(release: Release) -> Metadata:
        listed = said[str(release.version)]
        if listed is None:
            return Metadata("x", "1", requires_dist=None, problem="it is dynamic")
        return Metadata("x", "1", requires_dist=tuple(listed))

    index.metadata = metadata  # type: ignore[method-assign]
    (found,) = outdated(host, index, ["py-x"], Policy())
    line = 'version("2.0", tag="2.0", commit="commit-of-2.0", submodules=True)'
    assert proposed_version(index, host, found).splitlines() == [line, *comments]


def test_a_recipe_of_no_project_that_has_archives_beside_tags() -> None:
    host, index = MemoryHost(), MemoryIndex()
    versions = (DeclaredVersion("1.0", "a" * 64), DeclaredVersion("0.9", git=GitSource(tag="0.9")))
    for repository, more in (("https://git.example/x", "; it has archives beside"), ("", "")):
        host.meanings["py-x"] = Plain(versions=versions, repository=repository)
        (found,) = outdated(host, index, ["py-x"], Policy())
        said = "its recipe names no project on an index"
        assert found.problem.startswith(said + more) and bool(more) == (found.problem != said)


@pytest.mark.parametrize(("from_index", "folder"), [(True, "python"), (False, "")])
def test_the_folder_in_which_cmake_builds_is_not_that_of_the_project(
    from_index: bool, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def opened(repository: object, project: str, folder: str, *others: object) -> MemoryIndex:
        seen.append(folder)
        return MemoryIndex()

    monkeypatch.setattr(stated_origins, "stated", opened)
    host, address = MemoryHost(), "https://git.example/x"
    host.has("x", "1.0")
    host.packages["x"] = replace(host.packages["x"], from_git=True, from_index=from_index)
    host.meanings["py-x"] = Plain(repository=address, folder="python")
    never_asked: Any = None
    origins = stated_origins.StatedOrigins(
        host, lambda url: never_asked, lambda url: MemoryIndex()
    )
    assert origins.project_of("py-x") == "x"
    with pytest.raises(UnknownProject):
        origins.index.project("x")
    assert seen == [folder]

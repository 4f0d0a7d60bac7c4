"""The releases of a repository, and how its trees are read: nothing of it is run."""

from __future__ import annotations

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from spack_pypi.errors import FileFailure, SpackPyPIError, UsageError
from spack_pypi.pypi import limits
from spack_pypi.pypi.model import GitReference
from spack_pypi.pypi.own.git_repository import References, Repository, read_references
from spack_pypi.pypi.own.own_git import OwnRepository, opened, version_tags
from spack_pypi.pypi.own.own_index import before
from tests.memory_index import MemoryIndex
from tests.pypi.git_repos import Repo, project


def read(repo: Repo, wanted: str = "", folder: str = "", expected: str = "") -> OwnRepository:
    cache = repo.folder.parent / "cache"
    return opened(Repository(repo.address, cache), wanted, folder, expected)


def test_tags_and_the_default_branch(tmp_path: Path) -> None:
    """Each release says what its own tree says."""
    repo = Repo(tmp_path / "repo", "trunk")
    first = repo.commit({"pyproject.toml": project("thing", "a>1"), "LICENSE": "Mine"}, "v1.0")
    repo.commit({"pyproject.toml": project("thing", "a>2")}, "thing-1.1", "nightly-build")
    repo.commit({"pyproject.toml": project("Thing", "a>3")})
    index = read(repo)
    releases = index.project("THING").releases
    assert [index.metadata(each).requires_dist for each in releases] == [
        ("a>3",), ("a>2",), ("a>1",),
    ]  # fmt: skip
    assert releases[2].files[0].git == GitReference(first, tag="v1.0")
    newest = releases[0].files[0].git
    assert newest is not None and (newest.branch, newest.tag) == ("trunk", "")
    assert index.licenses(releases[2]) == {"LICENSE": "Mine"}
    assert index.source(releases[0]).backend == "hatchling.build"
    assert index.origin("thing").index == repo.address
    before = index.mark("thing")
    repo.commit({})
    assert read(repo).mark("thing") != before


@pytest.mark.parametrize(
    ("wanted", "versions"),
    [("v1.0", ["1.0"]), ("next", ["9999!0+develop"]), ("main", ["9999!0+main"])],
)
def test_what_is_wanted(wanted: str, versions: list[str], tmp_path: Path) -> None:
    repo = Repo(tmp_path / "repo")
    repo.commit({"pyproject.toml": project("thing")}, "v1.0")
    repo.git("branch", "next")
    found = read(repo, wanted).project("thing").releases
    assert [str(each.version) for each in found] == versions


def test_a_lock_that_was_left_behind(tmp_path: Path) -> None:
    """A git that is killed while it fetches leaves one, which would stop all that follow."""
    repo, cache = Repo(tmp_path / "repo"), tmp_path / "cache"
    repo.commit({"pyproject.toml": project("thing")}, "v1.0")
    opened(Repository(repo.address, cache), "v1.0", "", "")
    repo.commit({"pyproject.toml": project("thing", "six")}, "v2.0")
    (bare,) = (each for each in cache.iterdir() if each.is_dir())
    (bare / "shallow.lock").touch()
    assert opened(Repository(repo.address, cache), "v2.0", "", "").releases


def test_a_commit_of_which_files_are_missing(tmp_path: Path) -> None:
    """A git that is killed while it fetches leaves the commit without all that is in it."""
    repo, cache = Repo(tmp_path / "repo"), tmp_path / "cache"
    repo.commit({"pyproject.toml": project("thing")}, "v1.0")
    opened(Repository(repo.address, cache), "v1.0", "", "")
    commit = repo.commit({"pyproject.toml": project("thing", "six")}, "v2.0")
    (bare,) = (each for each in cache.iterdir() if each.is_dir())
    for name in (commit, repo.git("rev-parse", f"{commit}^{{tree}}").strip()):
        copy = bare / "objects" / name[:2] / name[2:]
        copy.parent.mkdir(exist_ok=True)
        shutil.copyfile(repo.folder / ".git" / "objects" / name[:2] / name[2:], copy)
    index = opened(Repository(repo.address, cache), "v2.0", "", "")
    assert index.metadata(index.releases[0]).requires_dist == ("six",)


@pytest.mark.parametrize(
    ("path", "text", "summary"),
    [
        ("lib/src/my_thing/__init__.py", '"""A thing.\n\nMore."""', "A thing."),
        ("lib/my_thing.py", "'A thing'\nx = 1", "A thing"),
        ("lib/my_thing.py", "import x\n__doc__ = '\\nA thing\\nMore'", "A thing"),
        ("lib/my_thing.py", "__doc__ = 'A thing'\n__doc__ = f(__doc__)", ""),
        ("lib/my_thing.py", "x = (", ""),
        ("lib/other.py", "'A thing'", ""),
    ],
)
def test_the_summary_of_flit(path: str, text: str, summary: str, tmp_path: Path) -> None:
    """It is that of the module: https://flit.pypa.io/en/stable/pyproject_toml.html"""
    repo = Repo(tmp_path / "repo")
    table = "[build-system]\nbuild-backend = 'flit_core.buildapi'\n"
    table += "[project]\nname = 'my-thing'\ndynamic = ['version', 'description']\n"
    repo.commit({"lib/pyproject.toml": table, path: text})
    index = read(repo, folder="lib")
    assert index.metadata(index.releases[0]).summary == summary


@pytest.mark.parametrize(
    ("summary", "description"),
    [
        ("Thing", "The readme"),
        ("It does things", ""),
        ("It does", "The readme"),
        ("TODO", "The readme"),
    ],
)
def test_a_summary_that_says_nothing(summary: str, description: str, tmp_path: Path) -> None:
    """The README is kept for it, as of a release on an index."""
    repo = Repo(tmp_path / "repo")
    text = project("thing").replace('version = "0"', f'version = "0"\ndescription = "{summary}"')
    text = text.replace("[project]", '[project]\nreadme = "py/README.md"')
    repo.commit({"pyproject.toml": text, "py/README.md": "The readme"}, "v1.0")
    index = read(repo, "v1.0")
    assert index.metadata(index.releases[0]).description == description


def test_a_folder(tmp_path: Path) -> None:
    """Of a repository of several projects only its own tags count."""
    repo = Repo(tmp_path / "repo")
    files = {"a/pyproject.toml": project("part"), "pyproject.toml": project("whole")}
    repo.commit(files, "part-1.0", "a/1.1", "whole-2.0")
    found = read(repo, folder="a").project("part").releases
    assert [str(each.version) for each in found] == ["9999!0+main", "1.1", "1.0"]


def test_a_release_that_had_another_name(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "repo")
    repo.commit({"pyproject.toml": project("old")}, "v1.0")
    repo.commit({"pyproject.toml": project("new")})
    index = read(repo)
    old = index.project("new").releases[1]
    found, source = index.metadata(old), index.source(old)
    assert found.requires_dist is None and "is called old" in found.problem
    assert (source.problem, source.pyproject) == (found.problem, None)


def test_other_projects_come_from_the_index(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "repo")
    repo.commit({"pyproject.toml": project("thing")})
    other = MemoryIndex()
    other.add("thing", "9.0")
    other.add("dependency", "1.0")
    index = before(other, [read(repo)])
    assert [str(r.version) for r in index.project("thing").releases] == ["9999!0+main"]
    assert [str(r.version) for r in index.project("dependency").releases] == ["1.0"]
    assert index.origin("thing").git and not index.origin("dependency").git
    assert before(other, []) is other


def test_a_name_that_only_the_user_knows(tmp_path: Path) -> None:
    """Where a build would find it: what its tree says otherwise counts."""
    repo = Repo(tmp_path / "repo")
    text = "setup(name=about['title'], version=about['version'], install_requires=['a>1'])"
    repo.commit({"setup.py": f"from setuptools import setup\n{text}"}, "v1.0")
    index = read(repo, expected="thing")
    assert [str(release.version) for release in index.releases] == ["9999!0+main", "1.0"]
    for release in index.releases:
        found = index.metadata(release)
        assert (found.project, found.requires_dist) == ("thing", ("a>1",))


@pytest.mark.parametrize(
    ("wanted", "folder", "expected", "reason"),
    [
        ("nope", "", "", "has no branch or tag 'nope'"),
        ("other", "", "", "the tag 'other' of .* is not a version"),
        ("", "nope", "", "has no folder 'nope' at main"),
        ("", "pyproject.toml", "", "has no folder 'pyproject.toml' at main"),
        ("", "empty", "", "cannot be read: it has no pyproject.toml, .* name the folder"),
        ("", "empty", "b", "cannot be read: it has no pyproject.toml, .* name the folder"),
        ("", "", "b", "is the project a, not b"),
    ],
)
def test_refused(wanted: str, folder: str, expected: str, reason: str, tmp_path: Path) -> None:
    repo = Repo(tmp_path / "repo")
    repo.commit({"pyproject.toml": project("a"), "empty/x": ""}, "other")
    with pytest.raises(SpackPyPIError, match=reason) as raised:
        read(repo, wanted, folder, expected)
    assert "\n" not in str(raised.value)


def test_no_repository(tmp_path: Path) -> None:
    (tmp_path / "repo").mkdir()
    address = (tmp_path / "repo").as_uri()
    with pytest.raises(FileFailure, match="does not appear to be a git repository"):
        opened(Repository(address, tmp_path / "cache"), "", "", "")
    empty = Repo(tmp_path / "empty")
    with pytest.raises(UsageError, match="has no commit, or is not the address"):
        read(empty)


def test_each_repository_is_asked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several of them at the same time, and also one that fails, whoever asks."""
    together, asked = threading.Barrier(2), list[str]()

    def references(repository: Repository) -> References:
        asked.append(repository.address)
        together.wait(10)
        if repository.address == "gone":
            raise FileFailure("gone", "it is not there")
        return References("main", {}, {})

    monkeypatch.setattr(Repository, "_references", references)
    repositories = [Repository(address, tmp_path) for address in ("here", "gone")] * 2
    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(lambda r: r.references.default, each) for each in repositories]
    failures = [each.exception() for each in answers]
    assert [str(each) for each in failures] == ["None", "gone: it is not there"] * 2
    assert sorted(asked) == ["gone", "here"]


def test_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.toml").write_text(project("secret"))
    repo = Repo(tmp_path / "repo")
    (repo.folder / "pyproject.toml").symlink_to(tmp_path / "secret.toml")
    repo.commit({"setup.py": "setup(name='open', license='x')"})
    assert read(repo).project("open")


def test_nothing_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither filters, which the attributes of the tree ask for, nor hooks of the user."""
    repo = Repo(tmp_path / "repo")
    marker = tmp_path / "was-run"
    repo.commit({".gitattributes": "* filter=evil\n", "pyproject.toml": project("thing")}, "v1")
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in ("post-checkout", "reference-transaction", "post-index-change"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {marker}\n")
        (hooks / name).chmod(0o755)
    settings = tmp_path / "gitconfig"
    settings.write_text(
        f'[filter "evil"]\n smudge = touch {marker}\n process = touch {marker}\n required = true\n'
        f"[core]\n hooksPath = {hooks}\n fsmonitor = touch {marker}\n"
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    index = read(repo)
    for release in index.project("thing").releases:
        assert index.metadata(release).confirmed
    assert not marker.exists()


def test_too_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_MEMBERS", 2)
    repo = Repo(tmp_path / "repo")
    repo.commit({"pyproject.toml": project("a"), "b": "", "c": ""})
    with pytest.raises(FileFailure, match="the repository contains more than 2 files"):
        read(repo)


def test_references() -> None:
    one, two, three = ("1" * 40, "2" * 40, "3" * 40)
    found = read_references(
        f"ref: refs/heads/x/y\tHEAD\n{one}\tHEAD\n{one}\trefs/heads/x/y\n"
        f"{two}\trefs/tags/v1\n{three}\trefs/tags/v1^{{}}\n{one}\trefs/pull/1/head\nnonsense\n"
    )
    assert (found.default, found.branches, found.tags) == ("x/y", {"x/y": one}, {"v1": three})


@pytest.mark.parametrize(
    ("tag", "version"),
    [
        ("1.2.3", "1.2.3"),
        ("v1.2.3", "1.2.3"),
        ("V1", "1"),
        ("v1.0rc1", "1.0rc1"),
        ("release-1.2", "1.2"),
        ("release/v1.2", "1.2"),
        ("my_thing-1.2", "1.2"),
        ("My.Thing_v1.2", "1.2"),
        ("my-thing==1.2", "1.2"),
        ("my-thing@1.2", "1.2"),
        ("thing-1.2", None),
        ("v1_2_3", "1.2.3"),
        ("2024.01.05", "2024.1.5"),
        ("other-1.2", None),
        ("v1.2.dev1", None),
        ("v1.2+local", None),
        ("v1!2", None),
        ("latest", None),
        ("1.2-final-build", None),
        ("v" + "1" * 9000, None),
    ],
)
def test_which_tags_are_versions(tag: str, version: str | None) -> None:
    assert [*map(str, version_tags([tag], "my-thing"))] == ([version] if version else [])


def test_the_shortest_tag_of_a_version() -> None:
    (tag,) = version_tags(["release-1.0", "v1.0", "v1.0.0"], "a").values()
    assert tag == "v1.0"


@pytest.mark.parametrize(
    ("folder", "tags", "found"),
    [
        ("my_thing", ["1.0", "thing-1.0", "other-3.0"], ["thing-1.0"]),
        ("packages/my-thing", ["my-thing-v1.0", "thing/1.1"], ["my-thing-v1.0", "thing/1.1"]),
        ("bindings/python", ["v1.0", "python-v1.0", "v2.0"], ["python-v1.0", "v2.0"]),
        ("bindings/python", ["v1.0", "bindings/python/v1.0"], ["bindings/python/v1.0"]),
        ("thing-2", ["2.1.0"], ["2.1.0"]),
    ],
)
def test_tags_of_a_project_in_a_folder(folder: str, tags: list[str], found: list[str]) -> None:
    """Those with its name, or the last words of it, count before those of the repository."""
    assert sorted(version_tags(tags, "my-thing", folder).values()) == found


@pytest.mark.parametrize(
    ("tag", "written", "problem"),
    [
        ("v1.1", "1.1", ""),
        ("v1.1rc1", "1.1", ""),
        ("v2.0", "1.1", "its files say that it is version 1.1"),
        ("part-2.0", "1.1", "its files say that it is version 1.1"),
        ("part-2.0", "0.0.0", ""),
        ("v2.0", "0.0.0", "its files say no version, and other tags have its name (part-0.1)"),
    ],
)
def test_a_tag_of_another_project_of_the_repository(
    tag: str, written: str, problem: str, tmp_path: Path
) -> None:
    """The files in the folder say which version they are, and only then it is known."""
    repo = Repo(tmp_path / "repo")
    text = project("thing", "a").replace('version = "0"', f'version = "{written}"')
    repo.commit(
        {"part/pyproject.toml": text}, tag, *(["part-0.1"] if "part-0.1" in problem else [])
    )
    index = read(repo, tag, "part")
    (release,) = index.releases
    assert index.metadata(release).problem == index.source(release).problem == problem

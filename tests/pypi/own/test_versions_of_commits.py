"""The version of a commit: that of its tag, else the one that its files say."""

from __future__ import annotations

from pathlib import Path

import pytest

from spack_pypi.errors import UsageError
from spack_pypi.pypi.model import GitReference
from tests.pypi.git_repos import Repo, project
from tests.pypi.own.test_own_git import read


def test_a_commit_is_that_of_a_tag(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "repo")
    tagged = repo.commit({"pyproject.toml": project("thing")}, "v1.0")
    repo.commit({})
    (release,) = read(repo, tagged).project("thing").releases
    assert str(release.version) == "1.0"


def test_a_commit_without_a_tag(tmp_path: Path) -> None:
    """It has the version that its files say."""
    repo = Repo(tmp_path / "repo")
    repo.commit({"pyproject.toml": project("thing")}, "v1.0")
    text = project("thing", "a>1").replace('version = "0"', 'version = "1.1"')
    commit = repo.commit({"pyproject.toml": text})
    repo.commit({"pyproject.toml": text.replace("a>1", "a>2")})
    index = read(repo, commit)
    (release,) = index.releases
    assert str(release.version) == "1.1" and release.git == GitReference(commit)
    assert index.metadata(release).requires_dist == ("a>1",)
    assert commit in index.origin("thing").by_place


def test_a_version_in_a_module(tmp_path: Path) -> None:
    """That of the same commit, and of the project's folder."""
    repo = Repo(tmp_path / "repo")
    text = project("thing").replace('version = "0"', 'dynamic = ["version"]')
    text += '[tool.hatch.version]\npath = "thing.py"\n'
    files = {
        "py/pyproject.toml": text,
        "py/thing.py": "VERSION = '1.1'",
        "thing.py": "VERSION = '0'",
    }
    commit = repo.commit(files)
    repo.commit({"py/thing.py": "VERSION = '1.2'"})
    (release,) = read(repo, commit, "py").releases
    assert str(release.version) == "1.1"


@pytest.mark.parametrize(
    "path", ["../thing.py", "/thing.py", "-r", ":/thing.py", "thing.py/x", "."]
)
def test_a_path_that_is_no_file_of_the_project(path: str, tmp_path: Path) -> None:
    repo = Repo(tmp_path / "repo")
    text = project("thing").replace('version = "0"', 'dynamic = ["version"]')
    text += f'[tool.hatch.version]\npath = "{path}"\n'
    commit = repo.commit({"py/pyproject.toml": text, "thing.py": "VERSION = '1.1'"})
    with pytest.raises(UsageError, match="its files do not say its version"):
        read(repo, commit, "py")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ('version = "1.1.dev0"', "its files say version 1.1.dev0, which Spack cannot order"),
        ('version = "1.0"', "its files say version 1.0, which is the tag v1.0"),
        ('dynamic = ["version"]', "its files do not say its version"),
        ('version = "new"', "its files say version new, which Spack cannot order"),
    ],
)
def test_a_commit_of_no_version(said: str, reason: str, tmp_path: Path) -> None:
    repo = Repo(tmp_path / "repo")
    text = project("thing").replace('version = "0"', said)
    repo.commit({"pyproject.toml": text}, "v1.0")
    other = repo.commit({})
    with pytest.raises(UsageError, match=f"{other} is not the commit of a tag .*, and {reason}"):
        read(repo, other)


def test_a_commit_of_several_tags(tmp_path: Path) -> None:
    """The newest version counts, whatever else leads there."""
    repo = Repo(tmp_path / "repo")
    tags = ("a-release", "v1.0rc1", "v1.0", "latest")
    commit = repo.commit({"pyproject.toml": project("thing")}, *tags)
    (release,) = read(repo, commit).project("thing").releases
    assert release.files[0].git == GitReference(commit, tag="v1.0")

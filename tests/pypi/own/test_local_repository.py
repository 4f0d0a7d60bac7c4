"""What is read of a project in a folder, and which folders are refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from spack_pypi.errors import UsageError
from spack_pypi.pypi.archives.static import with_static_requirements
from spack_pypi.pypi.own.local_repository import local_repository
from spack_pypi.pypi.own.own_git import OwnRepository, opened
from tests.pypi.git_repos import Repo

REMOTE = "https://h.example/thing.git"
NAMED = '[project]\nname = "My.Thing"\n'
STATIC = {"pyproject.toml": NAMED + "version = '1.0'\ndependencies = ['a>1']\n"}


def repository(folder: Path, files: Mapping[str, str], *tags: str, remote: str = REMOTE) -> Repo:
    """One with a commit of these files, and a remote."""
    repo = Repo(folder)
    repo.commit(files, *tags)
    if remote:
        repo.git("remote", "add", "origin", remote)
    return repo


def read(folder: Path, expected: str = "") -> OwnRepository:
    local, inner = local_repository(folder)
    return opened(local, "", inner, expected)


def build(backend: str, *requires: str) -> str:
    return f"[build-system]\nrequires = {list(requires)}\nbuild-backend = '{backend}'\n"


REQUIRED = "dependencies = ['a>1']\n"
#: The backend → the files of a project that requires ``a>1``.
TREES: Mapping[str, Mapping[str, str]] = {
    "setuptools.build_meta": STATIC,
    "setuptools.build_meta, setup.cfg": {
        "setup.cfg": "[metadata]\nname = my_thing\n[options]\ninstall_requires =\n  a>1\n",
        "setup.py": "from setuptools import setup\nsetup()\n",
    },
    "setuptools.build_meta, setup.py": {
        "setup.py": "from setuptools import setup\n"
        "setup(name='my-thing', version='1.3', install_requires=['a>1'])\n"
    },
    "hatchling.build": {
        "pyproject.toml": build("hatchling.build", "hatchling") + NAMED + REQUIRED
    },
    "flit_core.buildapi": {
        "pyproject.toml": build("flit_core.buildapi", "flit_core")
        + "[tool.flit.metadata]\nmodule = 'my_thing'\nrequires = ['a>1']\n"
    },
    "poetry.core.masonry.api": {
        "pyproject.toml": build("poetry.core.masonry.api", "poetry-core") + NAMED + REQUIRED
    },
    "pdm.backend": {"pyproject.toml": build("pdm.backend", "pdm-backend") + NAMED + REQUIRED},
    "maturin": {
        "pyproject.toml": build("maturin", "maturin") + NAMED + REQUIRED,
        "Cargo.toml": "[package]\nname = 'thing'\nversion = '1.8.0'\n",
    },
    "scikit_build_core.build": {
        "pyproject.toml": build("scikit_build_core.build", "scikit-build-core") + NAMED + REQUIRED,
        "CMakeLists.txt": "project(thing)\n",
    },
    "mesonpy": {
        "pyproject.toml": build("mesonpy", "meson-python") + NAMED + REQUIRED,
        "meson.build": "project('thing', 'c')\n",
    },
}


@pytest.mark.parametrize("backend", TREES)
def test_backends(backend: str, tmp_path: Path) -> None:
    repo = repository(tmp_path / "repo", TREES[backend])
    index = read(repo.folder)
    (release,) = index.project("my-thing").releases
    source = index.source(release)
    said = with_static_requirements(index.metadata(release), source)
    assert said.requires_dist == ("a>1",) and said.confirmed
    assert source.backend == backend.partition(",")[0]


def test_the_branch_and_the_tags_of_the_commit(tmp_path: Path) -> None:
    repo = repository(tmp_path / "repo", STATIC, "v0.9")
    commit = repo.commit({}, "v1.0", "latest")
    found = [each.files[0].git for each in read(repo.folder).project("my-thing").releases]
    assert [(each.branch, each.tag, each.commit) for each in found if each] == [
        ("main", "", commit),
        ("", "v1.0", commit),
    ]
    origin = read(repo.folder).origin("my-thing")
    assert origin.index == REMOTE and origin.git
    assert origin.by_place == ("v1.0", commit, "main")


def test_a_folder_inside(tmp_path: Path) -> None:
    repo = repository(tmp_path / "repo", {f"python/lib/{k}": v for k, v in STATIC.items()})
    assert read(repo.folder / "python" / "lib").origin("my-thing").folder == "python/lib"


def test_what_is_not_committed_does_not_count(tmp_path: Path) -> None:
    repo = repository(tmp_path / "repo", STATIC)
    (repo.folder / "pyproject.toml").write_text("[project]\nname = 'other'\n")
    assert read(repo.folder).name == "my-thing"


def test_nothing_of_the_repository_is_run(tmp_path: Path) -> None:
    repo = repository(tmp_path / "repo", {**STATIC, ".gitattributes": "* filter=evil\n"})
    mark = tmp_path / "was-run"
    for setting in ("core.fsmonitor", "filter.evil.smudge", "filter.evil.clean"):
        repo.git("config", setting, f"touch {mark}")
    (repo.folder / "pyproject.toml").touch()
    read(repo.folder)
    assert not mark.exists()


@pytest.mark.parametrize(
    ("address", "remote"),
    [
        ("https://me:secret@h.example/a.git", "https://h.example/a.git"),
        ("git@h.example:me/a.git", "git@h.example:me/a.git"),
        ("ssh://git:secret@h.example/a.git", "ssh://git@h.example/a.git"),
        ("/srv/a.git", "file:///srv/a.git"),
    ],
)
def test_remotes(address: str, remote: str, tmp_path: Path) -> None:
    repo = repository(tmp_path / "repo", STATIC, remote=address)
    assert local_repository(repo.folder)[0].address == remote


def test_without_a_remote(tmp_path: Path) -> None:
    """It is its own, for this machine."""
    repo = repository(tmp_path / "a repo", STATIC, remote="")
    local, _ = local_repository(repo.folder)
    assert local.address == repo.address and local.pushed
    assert local.checked_out == str(repo.folder)


def test_the_remote_of_the_branch(tmp_path: Path) -> None:
    """And whether it has the commit, as far as git knows."""
    repo = repository(tmp_path / "repo", STATIC)
    repo.git("remote", "add", "fork", "https://fork.example/a.git")
    repo.git("config", "branch.main.remote", "fork")
    local, _ = local_repository(repo.folder)
    assert local.address == "https://fork.example/a.git" and not local.pushed
    repo.git("update-ref", "refs/remotes/fork/main", "HEAD")
    assert local_repository(repo.folder)[0].pushed


def test_no_project(tmp_path: Path) -> None:
    repo = repository(tmp_path / "repo", {})
    with pytest.raises(UsageError, match="has no pyproject.toml, setup.cfg or setup.py"):
        read(repo.folder)
    with pytest.raises(UsageError, match="is the project my-thing, not other"):
        read(repository(tmp_path / "other", STATIC).folder, "other")


def test_no_repository_that_a_recipe_can_name(tmp_path: Path) -> None:
    def refused(reason: str, folder: Path) -> None:
        with pytest.raises(UsageError, match=re.escape(reason)) as raised:
            local_repository(folder)
        assert "secret" not in str(raised.value)

    refused("is not in a git repository", tmp_path)
    refused("has no commit yet: git commit", Repo(tmp_path / "empty").folder)
    several = repository(tmp_path / "a", STATIC, remote="")
    for name in ("one", "two"):
        several.git("remote", "add", name, f"https://{name}.example/a.git")
    refused("has several git remotes", several.folder)
    odd = repository(tmp_path / "b", STATIC, remote="ext::sh://me:secret@x")
    refused("Spack cannot clone the git remote", odd.folder)
    odd.git("checkout", "-q", "--detach")
    refused("git switch BRANCH", odd.folder)

"""What stands in a repository's own settings and folders, which are a stranger's where somebody
unpacked or copied it: nothing of that is run or waited for, and no secret of it is repeated."""

from __future__ import annotations

import os
import shlex
import shutil
from pathlib import Path
from typing import Callable

import pytest

from spack_pypi.errors import FileFailure, SpackPyPIError, UsageError
from spack_pypi.pypi.own import git_command
from spack_pypi.pypi.own.git_repository import Repository
from spack_pypi.pypi.own.local_repository import local_repository
from spack_pypi.pypi.own.own_git import OwnRepository, opened
from tests.pypi.git_repos import Repo, project

SECRET = "s3cr3t-pa55"
REMOTE = "https://git.example/x.git"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = Repo(tmp_path / "repo")
    made.commit({"pyproject.toml": project("thing", "six")}, "v1.0")
    made.git("remote", "add", "origin", REMOTE)
    return made


def read(repo: Repo) -> OwnRepository:
    local, inner = local_repository(repo.folder)
    found = opened(local, "", inner, "")
    for release in found.releases:
        assert found.metadata(release).requires_dist == ("six",)
    return found


def of_file(repo: Repo, name: str) -> Path:
    """The file of the object that a file of the first commit is."""
    name = repo.git("rev-parse", f"HEAD:{name}")
    return repo.folder / ".git" / "objects" / name[:2] / name[2:]


# Settings that name a program; {run} runs one that leaves a file.
PROGRAMS = [
    {"core.fsmonitor": "{run}"},
    {"core.hooksPath": "{hooks}"},
    {"core.sshCommand": "{run}", "remote.origin.url": "ssh://git.example/x.git"},
    {"filter.x.smudge": "{run}", "filter.x.process": "{run}", "diff.external": "{run}"},
    {"core.pager": "{run}", "core.editor": "{run}", "core.askPass": "{run}"},
    {"gpg.program": "{run}", "credential.helper": "!{run}"},
]


@pytest.mark.parametrize("settings", PROGRAMS, ids=", ".join)
def test_a_setting_that_names_a_program(
    settings: dict[str, str], repo: Repo, tmp_path: Path
) -> None:
    run, hooks = f"touch {shlex.quote(str(tmp_path / 'ran'))}", tmp_path / "hooks"
    hooks.mkdir()
    for name in ("post-checkout", "reference-transaction", "post-index-change"):
        (hooks / name).write_text(f"#!/bin/sh\n{run}\n")
        (hooks / name).chmod(0o755)
    (repo.folder / ".gitattributes").write_text("* filter=x diff=x\n")
    for name, value in settings.items():
        repo.git("config", name, value.format(run=run, hooks=hooks))
    read(repo)
    assert not (tmp_path / "ran").exists()


# How a repository that lacks a file says it is to be fetched (a partial clone).
PROMISED = [
    {"remote.origin.url": "{other}", "remote.origin.uploadpack": "{run}; git-upload-pack"},
    {"remote.origin.url": "ext::sh -c {run}", "protocol.ext.allow": "always"},
    {"remote.origin.url": "ssh://git.example/x.git", "core.sshCommand": "{run}"},
    {"remote.origin.url": "http://127.0.0.1:1/x.git", "credential.helper": "!{run}"},
]


@pytest.mark.parametrize("settings", PROMISED, ids=lambda each: each["remote.origin.url"])
def test_what_a_repository_lacks_is_not_fetched(
    settings: dict[str, str], repo: Repo, tmp_path: Path
) -> None:
    run = f"touch {tmp_path / 'ran'}"
    other = Repo(tmp_path / "other")
    other.commit({"pyproject.toml": project("thing", "six")})
    of_file(repo, "pyproject.toml").unlink()
    partial = {"core.repositoryformatversion": "1", "extensions.partialClone": "origin"}
    for name, value in {**partial, "remote.origin.promisor": "true", **settings}.items():
        repo.git("config", name, value.format(run=run, other=other.folder))
    with pytest.raises(SpackPyPIError):
        read(repo)
    # Nor from the address that a command names, which is read by the git of its own side.
    with pytest.raises(FileFailure):
        asked = Repository(repo.address, tmp_path / "cache")
        opened(asked, "", "", "")
    assert not (tmp_path / "ran").exists()


def test_settings_of_the_user_that_lead_to_a_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They may put another address in the place of one, but nothing is run for it."""
    settings = tmp_path / "settings"
    run = f"ext::sh -c touch% {tmp_path / 'ran'}% #"
    settings.write_text(f'[url "{run}"]\n insteadOf = {REMOTE}\n[protocol]\n allow = always\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    with pytest.raises(FileFailure, match="'ext' not allowed"):
        opened(Repository(REMOTE, tmp_path / "cache"), "", "", "")
    assert not (tmp_path / "ran").exists()


def test_objects_in_the_place_of_others_are_not_read(repo: Repo) -> None:
    """Whoever clones the remote does not get them."""
    first = repo.git("rev-parse", "HEAD")
    other = repo.commit({"pyproject.toml": project("thing", "evil")})
    repo.git("reset", "-q", "--hard", first)
    repo.git("replace", first, other)
    read(repo)


# Address of the remote → whether a recipe can name it.
REMOTES = [
    (f"https://me:{SECRET}@git.example/x.git", True),
    (f"https://{SECRET}@git.example/x.git", True),
    (f"ssh://git:{SECRET}@git.example/x.git", True),
    (f"https://git.example/x.git?private_token={SECRET}", False),
    (f"https://git.example/x.git#{SECRET}", False),
    (f"me:{SECRET}@git.example:x.git", False),
    (f"ext::sh -c echo% {SECRET}", False),
    (f"host:{SECRET}", False),
    ("-oProxyCommand=x:y", False),
    ("https://git.example/a\nb", False),
]


@pytest.mark.parametrize("address, is_right", REMOTES)
def test_the_address_of_a_remote(address: str, is_right: bool, repo: Repo) -> None:
    repo.git("config", "remote.origin.url", address)
    if is_right:
        assert SECRET not in str(read(repo).origin("thing"))
    else:
        with pytest.raises(UsageError, match="git remote set-url origin URL") as raised:
            local_repository(repo.folder)
        assert SECRET not in str(raised.value)


def _damage(repo: Repo) -> None:
    file = of_file(repo, "pyproject.toml")
    file.chmod(0o644)
    file.write_bytes(file.read_bytes()[:20])


def _lose(repo: Repo) -> None:
    of_file(repo, "pyproject.toml").unlink()


def _as_pipe(repo: Repo) -> None:
    _lose(repo)
    os.mkfifo(of_file(repo, "pyproject.toml"))


def _alternates(repo: Repo) -> None:
    os.mkfifo(repo.folder / ".git" / "objects" / "info" / "alternates")


def _include(repo: Repo) -> None:
    os.mkfifo(repo.folder / "pipe")
    repo.git("config", "include.path", str(repo.folder / "pipe"))


def _elsewhere(repo: Repo) -> None:
    repo.git("config", "core.worktree", "/")


def _sha256(repo: Repo) -> None:
    other = Repo(repo.folder.with_name("other"))
    (other.folder / ".git").rename(repo.folder.with_name("unused"))
    other.git("init", "-q", "--object-format=sha256", "-b", "main")
    other.commit({"pyproject.toml": project("thing")})
    other.git("remote", "add", "origin", REMOTE)
    (repo.folder / ".git").rename(repo.folder.with_name("old"))
    (other.folder / ".git").rename(repo.folder / ".git")


# What is wrong with a repository → what the message says.
DAMAGE: list[tuple[Callable[[Repo], None], str]] = [
    (_damage, "git cannot read its file 'pyproject.toml': see git fsck"),
    (_lose, "git cannot read its file 'pyproject.toml': see git fsck"),
    (_as_pipe, "is not a regular file, and git would hang: use another clone"),
    (_alternates, "alternates is not a regular file, and git would hang: use another clone"),
    (_include, "names it.*, and git would hang: delete or replace it"),
    (_elsewhere, "has its files in / "),
    (_sha256, "names its commits by SHA-256"),
]


@pytest.mark.parametrize("damage, message", DAMAGE)
def test_a_damaged_repository(
    damage: Callable[[Repo], None], message: str, repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(git_command, "PATIENCE", 0.5)
    damage(repo)
    with pytest.raises(SpackPyPIError, match=message):
        read(repo)


def _half(bare: Path) -> None:
    (bare / "HEAD").write_text("")


def _locks(bare: Path) -> None:
    for name in ("shallow.lock", "config.lock", "HEAD.lock"):
        (bare / name).touch()


def _no_folder(bare: Path) -> None:
    shutil.rmtree(bare / "refs")


@pytest.mark.parametrize("left", [_half, _locks, _no_folder])
def test_what_a_killed_run_has_left_in_the_cache(
    left: Callable[[Path], None], repo: Repo, tmp_path: Path
) -> None:
    folder = tmp_path / "cache"
    opened(Repository(repo.address, folder), "v1.0", "", "")
    (bare,) = (each for each in folder.iterdir() if each.is_dir())
    repo.commit({"pyproject.toml": project("thing", "other")}, "v2.0")
    left(bare)
    found = opened(Repository(repo.address, folder), "v2.0", "", "")
    assert found.metadata(found.releases[0]).requires_dist == ("other",)
    assert not [*bare.rglob("*.lock")]

"""Commits are made in a worktree of a clone; no program that the clone names is run."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Callable

import pytest

from spack_pypi.errors import HostError
from spack_pypi.host import git as git_module
from spack_pypi.host.checkout import GitCheckout
from tests.host.test_checkout import BRANCHES, branches, clone, run, send, somebody

__all__ = ["clone", "somebody"]  # fixtures


def test_a_clone_in_a_folder_whose_name_is_no_text(clone: Path) -> None:
    other = clone.with_name("clone\udcff")
    clone.rename(other)
    send(other)
    assert {*BRANCHES} < branches(other)


def test_no_program_of_the_clone_is_run(clone: Path, tmp_path: Path) -> None:
    """Neither its hooks, which may refuse or never end, nor what watches its files."""
    for name in ("pre-commit", "commit-msg", "post-checkout", "reference-transaction"):
        hook = clone / ".git" / "hooks" / name
        hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran-{name}\nexit 1\n")
        hook.chmod(0o755)
    run(clone, "config", "core.fsmonitor", f"touch {tmp_path}/ran-monitor; false")
    send(clone)
    assert {*BRANCHES} < branches(clone) and not list(tmp_path.glob("ran-*"))


@pytest.mark.parametrize(
    "setting", ["filter.x.clean", "filter.x.process", "merge.x.driver", "diff.x.textconv"]
)
def test_a_clone_that_names_a_program_for_its_files_is_refused(
    clone: Path, tmp_path: Path, setting: str
) -> None:
    (clone / ".git" / "info" / "attributes").write_text("*.py filter=x merge=x diff=x\n")
    run(clone, "config", setting, f"touch {tmp_path}/ran; cat")
    with pytest.raises(HostError) as error:
        send(clone)
    unset = f"git -C {clone} config --unset-all {setting}"
    said = f"({setting}); pass another clone, or unset it: {unset}"
    assert said in str(error.value) and not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "setting",
    [
        "core.sshCommand",
        "remote.origin.uploadpack",
        "credential.helper",
        "core.alternateRefsCommand",
    ],
)
def test_programs_to_reach_another_repository(clone: Path, tmp_path: Path, setting: str) -> None:
    """Who has such a clone need not fetch."""
    run(clone, "remote", "set-url", "origin", str(clone))
    run(clone, "config", setting, f"!touch {tmp_path}/ran; cat")
    with pytest.raises(HostError, match="pass --offline or --base COMMIT, or unset it: git"):
        send(clone)
    with GitCheckout(clone, clone.parent / "cache", offline=True) as made:
        made.changed_here()
    run(clone, "config", setting, "store")
    send(clone)
    assert not (tmp_path / "ran").exists()


def test_no_address_runs_a_program(clone: Path, tmp_path: Path) -> None:
    run(clone, "remote", "set-url", "origin", f"ext::touch {tmp_path}/ran")
    run(clone, "config", "protocol.ext.allow", "always")
    send(clone)
    assert not (tmp_path / "ran").exists()


def test_what_git_lfs_writes_into_a_clone_is_no_reason(clone: Path) -> None:
    run(clone, "config", "filter.lfs.smudge", "git-lfs smudge -- %f")
    run(clone, "config", "filter.lfs.required", "true")
    send(clone)
    assert {*BRANCHES} < branches(clone)


def _include(clone: Path) -> None:
    os.mkfifo(clone / "pipe")
    with (clone / ".git" / "config").open("a") as settings:
        settings.write(f"[include]\n path = {clone}/pipe\n")


def _head(clone: Path) -> None:
    (clone / ".git" / "HEAD").unlink()
    os.mkfifo(clone / ".git" / "HEAD")


# What is not a regular file → what is said of it.
DAMAGE: list[tuple[Callable[[Path], None], str]] = [
    (
        _include,
        r"{clone}/pipe is not a regular file \({clone}/.git/config names it\), and git would hang",
    ),
    (_head, "{clone}/.git/HEAD is not a regular file, and git would hang: use another clone"),
]


@pytest.mark.parametrize("damage, said", DAMAGE, ids=["include", "HEAD"])
def test_a_clone_with_a_pipe_is_not_waited_for(
    damage: Callable[[Path], None], said: str, clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its settings may be what cannot be read: then it is not known whether they name programs."""
    monkeypatch.setattr(git_module, "_PATIENCE", {"rev-parse": 0.5, "config": 0.5})
    damage(clone)
    for repo in (clone, clone / "repos"):  # a repo lies within its clone
        repo.mkdir(exist_ok=True)
        with pytest.raises(HostError, match=said.format(clone=clone)):
            GitCheckout(repo, clone.parent / "cache")


def test_settings_that_cannot_be_read_in_time_are_not_taken_for_none(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(git_module, "_PATIENCE", {"config": 0.0})
    with pytest.raises(HostError, match="git config in .* did not finish"):
        send(clone)

"""A series of commits is in the checkout whole or not at all, wherever a run ends, and the next
run finds nothing in its way."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Callable

import pytest

from spack_pypi.errors import HostError
from spack_pypi.host import checkout
from spack_pypi.host.checkout import GitCheckout

if not hasattr(os, "fork"):
    pytest.skip("a run is ended in a process of its own", allow_module_level=True)

BRANCHES = ("pypi/one", "pypi/two")


@pytest.fixture(autouse=True)
def somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "Nobody")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "nobody@hand.example")


def run(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments], stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A shallow clone of a repo with a recipe; a person works in it."""
    origin = tmp_path / "origin"
    recipe = origin / "packages" / "py_old" / "package.py"
    recipe.parent.mkdir(parents=True)
    recipe.write_text("old")
    run(tmp_path, "init", "--quiet", "--initial-branch=develop", str(origin))
    run(origin, "add", "--all")
    run(origin, "commit", "--quiet", "--message", "base")
    run(tmp_path, "clone", "--quiet", "--depth=1", f"file://{origin}", str(tmp_path / "clone"))
    (tmp_path / "clone" / "notes").write_text("mine")
    # Git would write the index anew to know that this is as it was.
    os.utime(tmp_path / "clone" / "packages" / "py_old" / "package.py", (1, 1))
    (origin / "more").write_text("theirs")
    run(origin, "add", "--all")
    run(origin, "commit", "--quiet", "--message", "more")
    return tmp_path / "clone"


def send(clone: Path) -> None:
    """What ``upstream`` does: two commits, each with a branch and a folder of its own."""
    with GitCheckout(clone, clone.parent / "cache") as made:
        made.changed_here()
        tips = {}
        for number, branch in enumerate(BRANCHES):
            recipe = made.repo / "packages" / f"py_{number}" / "package.py"
            recipe.parent.mkdir()
            recipe.write_text("new")
            commit = made.commit(recipe.parent, f"py-{number}: new package")
            folder = clone.parent / f"patches-{number}"
            folder.mkdir(exist_ok=True)
            assert not any(folder.iterdir())
            last = made.stack(made.base, [commit])
            made.patches(made.base, last, folder)
            (folder / "cover.md").write_text("cover")
            tips[branch] = last
        made.finish(tips)


def owned(clone: Path) -> tuple[Any, ...]:
    """What belongs to the person."""
    inner = clone / ".git"
    worktrees = run(clone, "worktree", "list", "--porcelain").split("\n\n")
    return (
        (inner / "index").read_bytes(),
        (inner / "HEAD").read_text(),
        [each for each in worktrees if "/cache/" not in each],
        (clone / "notes").read_text(),
    )


def branches(clone: Path) -> set[str]:
    return {*run(clone, "for-each-ref", "--format=%(refname:short)", "refs/heads").split("\n")}


def made_files(clone: Path) -> list[str]:
    found = clone.parent.glob("patches-*/*")
    return sorted(f"{file.parent.name}/{file.name}" for file in found)


WHOLE = [
    "patches-0/0001-py-0-new-package.patch",
    "patches-0/cover.md",
    "patches-1/0001-py-1-new-package.patch",
    "patches-1/cover.md",
]


def gone(work: Callable[[], None]) -> bool:
    """Do it in a process that ends without cleaning up; whether it ended before it was done."""

    def then_end() -> None:
        work()
        os._exit(0)

    process = multiprocessing.get_context("fork").Process(target=then_end)
    process.start()
    process.join()
    assert process.exitcode in (0, 7)
    return process.exitcode == 7


def ended_at(clone: Path, call: int, after: bool) -> bool:
    """Send, but be gone at the n-th call of git, or right after it; whether there was one."""

    def work() -> None:
        real, count = subprocess.run, [0]

        def counted(*args: Any, **kwargs: Any) -> Any:
            count[0] += 1
            if count[0] == call and not after:
                os._exit(7)
            done = real(*args, **kwargs)
            if count[0] == call:
                os._exit(7)
            return done

        subprocess.run = counted
        send(clone)

    return gone(work)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_gone_at_any_call_of_git(clone: Path, after: bool) -> None:
    before = owned(clone)
    call, ends = 1, set()
    while ended_at(clone, call, after):
        assert owned(clone) == before
        made = branches(clone) - {"develop"}
        assert made in (set(), {*BRANCHES})
        ends.add(bool(made))
        if made:
            assert made_files(clone) == WHOLE
            with GitCheckout(clone, clone.parent / "cache"):
                pass
            assert made_files(clone) == WHOLE
            for branch in BRANCHES:
                run(clone, "update-ref", "-d", f"refs/heads/{branch}")
            for file in clone.parent.glob("patches-*/*"):
                file.unlink()
        call += 1
    assert call > 15
    assert branches(clone) == {"develop", *BRANCHES}
    assert ends == {False, after}
    assert made_files(clone) == WHOLE


#: What git leaves where it is killed, below the folder of the repository.
LOCKS = [
    "refs/heads/pypi/one.lock",
    "refs/remotes/origin/develop.lock",
    "shallow.lock",
    "worktrees/{worktree}/index.lock",
    "worktrees/{worktree}/HEAD.lock",
]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_of_git_that_was_killed(clone: Path, lock: str) -> None:
    def work() -> None:
        with GitCheckout(clone, clone.parent / "cache") as made:
            made._unfinished.begin([each[: -len(".lock")] for each in LOCKS[:3]])
            file = clone / ".git" / lock.format(worktree=made.repo.name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
            os._exit(7)

    assert gone(work)
    send(clone)
    assert branches(clone) == {"develop", *BRANCHES}
    assert [*(clone / ".git").rglob("*.lock")] == []


def test_a_lock_of_somebody_else_stays(clone: Path) -> None:
    theirs = clone / ".git" / "refs" / "heads" / "mine.lock"
    theirs.touch()
    old = clone / ".git" / "shallow.lock"
    old.touch()
    os.utime(old, (1, 1))
    send(clone)
    assert theirs.exists() and old.exists()


_WHOLE = ("gitdir", "commondir", "HEAD")
#: What git has written of a worktree when it is killed, and the file of it that is still empty.
HALF = [((), ""), (("gitdir",), ""), (_WHOLE, "commondir"), (_WHOLE, "")]


@pytest.mark.parametrize("written, empty", HALF)
def test_a_worktree_that_git_was_making_when_it_was_killed(
    clone: Path, written: Sequence[str], empty: str
) -> None:
    """It is locked until it is whole."""
    with GitCheckout(clone, clone.parent / "cache") as made:
        worktree = made.repo
    known = clone / ".git" / "worktrees"
    shutil.copytree(known / worktree.name, known / f"{worktree.name}1")
    for each in known.iterdir():
        (each / "locked").write_text("initializing")
        for file in {*_WHOLE} - {*written}:
            (each / file).unlink()
        if empty:
            (each / empty).write_text("")
    somebodys = known / f"{worktree.name}-mine"
    somebodys.mkdir()
    (worktree / ".git").unlink()
    send(clone)
    assert branches(clone) == {"develop", *BRANCHES}
    assert {*known.iterdir()} == {known / worktree.name, somebodys}


#: (command of git, its exit code, what is said of it). One that is killed gave no answer: it does
#: not count as "there is no such commit".
FAILED = [
    ("fetch", -9, "^git fetch was ended by signal 9: run it again"),
    ("worktree", -9, "^git worktree was ended by signal 9: run it again"),
    ("worktree", 128, "^no worktree can be made in /.*/worktrees/.*: git worktree: disk is full"),
    ("format-patch", 128, "^no patches can be written into /.*patches-0: git .*: disk is full"),
]


@pytest.mark.parametrize("word, code, said", FAILED)
def test_git_that_fails(
    word: str, code: int, said: str, clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = subprocess.run

    def failed(command: Any, **kwargs: Any) -> Any:
        if word in command:
            return subprocess.CompletedProcess(command, code, b"", b"disk is full")
        return real(command, **kwargs)

    monkeypatch.setattr(subprocess, "run", failed)
    with pytest.raises(HostError, match=said):
        send(clone)


def test_a_second_run_waits_for_the_first(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkout, "_PATIENCE", 0.0)
    said = "another spack-pypi is making commits for .*; try again later"
    with GitCheckout(clone, clone.parent / "cache"), pytest.raises(HostError, match=said):
        send(clone)
    send(clone)


@pytest.mark.parametrize("goes_on", [False, True])
def test_a_branch_on_which_somebody_goes_on_is_no_half(clone: Path, goes_on: bool) -> None:
    """Of a series that was noted, one branch is missing, and one may have another commit since."""
    base = run(clone, "rev-parse", "HEAD")
    with GitCheckout(clone, clone.parent / "cache") as made:
        names = [*BRANCHES, "pypi/three"]
        made._unfinished.begin(
            [f"refs/heads/{name}" for name in names], branches=dict.fromkeys(names, base)
        )
        note = Path(f"{made.repo}.unfinished")
        said = note.read_bytes()
    for name in BRANCHES:
        run(clone, "branch", name)
    note.write_bytes(said)
    if goes_on:
        mine = run(clone, "commit-tree", "-p", base, "-m", "mine", "HEAD^{tree}")
        run(clone, "update-ref", f"refs/heads/{BRANCHES[0]}", mine)
    with GitCheckout(clone, clone.parent / "cache"):
        pass
    assert branches(clone) == {"develop", *(BRANCHES if goes_on else ())}
    assert not note.exists()


def test_a_note_that_is_none_of_ours(clone: Path) -> None:
    with GitCheckout(clone, clone.parent / "cache") as made:
        note = Path(f"{made.repo}.unfinished")
    for text in ("", "[]", "{}", '{"branches": 1}', '{"branches": {}, "locks": 5, "folders": 5}'):
        note.write_text(text)
        with GitCheckout(clone, clone.parent / "cache"):
            pass
    send(clone)


def test_ruff_that_is_killed_is_no_complaint(
    clone: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "ruff").write_text("#!/bin/sh\nkill -9 $$\n")
    (tmp_path / "ruff").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with GitCheckout(clone, clone.parent / "cache") as made:
        (made.repo / "packages" / "py_old" / "package.py").write_text("new")
        with pytest.raises(HostError, match="ruff was ended by signal 9: run it again"):
            made.style()


def test_a_file_in_no_checkout_has_no_earlier_text(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(HostError, match=f"{tmp_path} is not in a git checkout"):
        checkout.text_in("HEAD", tmp_path / "package.py")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(HostError, match="git is not installed"):
        checkout.text_in("HEAD", tmp_path / "package.py")

"""What git would hang on is found, whatever names it, and only that."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Callable

import pytest

from spack_pypi.git_files import why_git_would_hang


def put(file: Path, text: str | None = None) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(file) if text is None else file.write_text(text)


def includes(named: str) -> Callable[[Path], None]:
    """The settings include others, which say that."""

    def make(top: Path) -> None:
        put(top / "pipe")
        put(top / ".git/config", "[core]\n\tbare = false\n[include] path = more # ours\n")
        put(top / ".git/more", named.format(top=top))

    return make


def of_worktree(top: Path) -> None:
    put(top / ".git", f"gitdir: {top}/kept/worktrees/a\n")
    put(top / "kept/worktrees/a/commondir", "../..\n")
    put(top / "kept/HEAD")


def in_work_tree(top: Path) -> None:
    put(top / ".git/HEAD", "ref: refs/heads/main\n")
    put(top / ".gitattributes")


# What is made in a folder → the file that is found; None for nothing.
MADE: dict[str, tuple[Callable[[Path], None], str | None]] = {
    "HEAD": (lambda top: put(top / ".git/HEAD"), ".git/HEAD"),
    "of another worktree": (
        lambda top: put(top / ".git/worktrees/a/gitdir"),
        ".git/worktrees/a/gitdir",
    ),
    "the repository itself": (lambda top: put(top / ".git"), ".git"),
    "of a worktree": (of_worktree, "kept/HEAD"),
    "in the work tree": (in_work_tree, ".gitattributes"),
    "of the user": (lambda top: put(top / "home/.gitconfig"), "home/.gitconfig"),
    "an include": (includes('[includeIf "gitdir:~/"]\npath = ../pipe\n'), "pipe"),
    "another file": (includes('[core]\n  excludesFile = "{top}/pipe"\n'), "pipe"),
    "a circle": (includes("[include]\npath = more\n"), None),
    "the null device": (includes("[core]\nattributesFile = /dev/null\n"), None),
    "no file": (includes("[alias]\nx = ../pipe\n"), None),
}


@pytest.mark.parametrize("make, expected", MADE.values(), ids=MADE.keys())
def test_why_git_would_hang(
    make: Callable[[Path], None],
    expected: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for variable in ("XDG_CONFIG_HOME", "GIT_CONFIG_GLOBAL"):
        monkeypatch.delenv(variable, raising=False)
    make(tmp_path)
    found = why_git_would_hang(tmp_path / "a folder of it")
    if expected is None:
        assert found == ""
    else:
        # the path in the text may go through "..", as the settings have it
        assert os.path.realpath(found.partition(" is not a regular file")[0]) == str(
            tmp_path / expected
        )


def test_a_shell_may_give_git_its_settings_by_a_pipe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, writing = os.pipe()
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", f"/dev/fd/{reading}")
    assert why_git_would_hang(tmp_path) == ""
    os.close(reading)
    os.close(writing)

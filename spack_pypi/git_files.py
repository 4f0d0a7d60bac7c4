"""Pipes and devices where git expects files: reading one of them would block git forever."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from .files import file_text, may_block

#: How deep settings may include others, as in git.
_DEEPEST = 10
_SECTION = re.compile(r"\s*\[\s*([\w.-]+)[^\]]*\]")
#: A setting whose value is a path that git reads, and that of an ``[include]``.
_SETTING = re.compile(r"\s*(\w*file|path|template)\s*=\s*\"?([^\"#;]*)", re.I)
#: Where an ignored line of a work tree is written.
_OF_WORK_TREE = (".gitattributes", ".gitignore", ".gitmodules", ".mailmap")


@lru_cache(maxsize=256)
def why_git_would_hang(folder: Path) -> str:
    """Why git would hang in a folder, as a sentence; empty if it would not. Checked are its own
    files there, the settings of the user and of the machine, and the files that these name."""
    top, repository = _repository(folder)
    beside = filter(may_block, (repository, *(top / name for name in _OF_WORK_TREE)))
    # That of a worktree is a part of another one.
    common = repository / _text(repository / "commondir").strip()
    for file in (*beside, *_within(repository), *_within(common)):
        return f"{file} is not a regular file, and git would hang: use another clone"
    for settings in (*_of_user(), common / "config", repository / "config.worktree"):
        found = _why_hanging(settings, "the settings of git", _DEEPEST)
        if found:
            return found
    return ""


def _within(folder: Path) -> Iterator[Path]:
    """The files below a folder that may block whoever reads them."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _within(Path(entry.path))
        elif not entry.is_file(follow_symlinks=False) and may_block(Path(entry.path)):
            yield Path(entry.path)


def _repository(folder: Path) -> tuple[Path, Path]:
    """The top of the work tree that a folder is in, and the folder of its repository."""
    for each in (folder, *folder.parents):
        inner = each / ".git"
        if inner.is_file():  # of a worktree or a submodule
            text = _text(inner).partition("gitdir:")[2].strip()
            return each, each / text if text else inner
        if inner.exists() or inner.is_symlink():
            return each, inner
        if (each / "HEAD").exists() and (each / "objects").is_dir():
            return each, each
    return folder, folder / ".git"


def _of_user() -> Iterator[Path]:
    """The settings of the machine and of the user, whether they are there or not."""
    if not os.environ.get("GIT_CONFIG_NOSYSTEM"):
        yield Path(os.environ.get("GIT_CONFIG_SYSTEM") or "/etc/gitconfig")
    if "GIT_CONFIG_GLOBAL" in os.environ:
        yield Path(os.environ["GIT_CONFIG_GLOBAL"])
        return
    home = Path(os.path.expanduser("~"))
    folder = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config", "git")
    yield from (folder / "config", home / ".gitconfig", folder / "ignore", folder / "attributes")


def _why_hanging(file: Path, named: str, deepest: int) -> str:
    """Why git would hang when it reads settings; ``named`` says what names them."""
    if str(file) == os.devnull:
        return ""
    if may_block(file):
        return f"{file} is not a regular file ({named}), and git would hang: delete or replace it"
    section = ""
    for line in _text(file).splitlines() if deepest else ():
        start = _SECTION.match(line)
        section = start[1].lower() if start else section
        setting = _SETTING.match(line, start.end() if start else 0)
        if setting is None:
            continue
        path = file.parent / os.path.expanduser(setting[2].strip())
        includes = section.startswith("include") and setting[1].lower() == "path"
        found = _why_hanging(path, f"{file} names it", deepest - 1 if includes else 0)
        if found:
            return found
    return ""


def _text(file: Path) -> str:
    try:
        return file_text(file, "replace")
    except OSError:
        return ""

"""Copies of repos as plain folders, each named by what it holds."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from ..errors import HostError
from ..files import open_to_read
from .git import git

#: What is none of a repo's: bytecode, version control, what an editor or we stage.
_LEFT_OUT = ("__pycache__", ".git")
_STAGED = ".spack-pypi-"


def copy(root: Path, namespace: str, folder: Path, scratch: Path) -> tuple[Path, bool]:
    """Copy the repo at ``root`` into ``folder``; the root of the copy, and whether it is new. It
    is made in ``scratch`` and renamed, so that one with its final name is whole. Raises
    `OSError`."""
    files = sorted(_files(root))
    digest = hashlib.sha256()
    for inner in files:
        with open_to_read(root / inner) as stream:
            size = os.fstat(stream.fileno()).st_size
            digest.update(f"{inner}\0{size}\0".encode("utf-8", "surrogateescape"))
            while piece := stream.read(1 << 20):
                digest.update(piece)
    final = folder / f"{namespace}-{digest.hexdigest()[:12]}"
    below = _below(root)
    if final.exists():
        return final / below, False
    made = scratch / final.name
    for inner in _folders(root):
        # That of the packages may be empty, and Spack reads no repo without it.
        (made / below / inner).mkdir(parents=True, exist_ok=True)
    for inner in files:
        to = made / below / inner
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / inner, to)
    folder.mkdir(exist_ok=True)
    os.rename(made, final)
    return final / below, True


def commit_of(root: Path) -> str:
    """The git commit that a repo is at; empty where that is not known."""
    try:
        return git(root, "rev-parse", "--verify", "HEAD").strip()
    except (HostError, OSError):
        return ""


def _below(root: Path) -> Path:
    """Where a repo lies in its copy: Spack imports recipes from a folder ``spack_repo``."""
    parts = root.parts
    if "spack_repo" not in parts:
        return Path(root.name)
    last = len(parts) - 1 - parts[::-1].index("spack_repo")
    return Path(*parts[last:])


def _folders(root: Path) -> list[str]:
    found = [each.name for each in root.iterdir() if each.is_dir()]
    return [name for name in found if name not in _LEFT_OUT and not name.startswith(_STAGED)]


def _files(root: Path) -> Iterator[str]:
    """The files of a repo; links are followed, each folder is visited once."""
    seen: set[str] = set()
    for folder, folders, files in os.walk(root, followlinks=True):
        real = os.path.realpath(folder)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(f for f in folders if f not in _LEFT_OUT and not f.startswith(_STAGED))
        for file in files:
            path = os.path.join(folder, file)
            if os.path.isfile(path):
                yield os.path.relpath(path, root)

"""What all that Spack says about recipes rests on, as one text: where it is the same, so is what
Spack says.

Files are taken to be the same as long as their time and size are, as Spack's own indexes do; the
recipes of a small repo, which people write, are read.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress

import spack
import spack.config
import spack.paths
import spack.repo

from ...files import file_bytes
from ..repo_folder import recipes_in

#: The packages of a repo whose recipes are read, at most: to read all of builtin takes a second.
_FEW = 300
#: The recipes of repos, by the folder of their packages: see `recipes_in`.
_Recipes = dict[str, Mapping[str, os.stat_result]]


def basis(mapped: Mapping[str, str], recipes: _Recipes) -> str:
    """A digest of Spack, its settings for packages and duplicates of them, and the registered
    repos; ``mapped`` are the packages that the user named for projects. What it finds out about
    the recipes of large repos is put into ``recipes``: others need that, too."""
    said = hashlib.sha256()
    for part in _parts(mapped, recipes):
        said.update(part.encode("utf-8", "surrogateescape") + b"\0")
    return said.hexdigest()


def _parts(mapped: Mapping[str, str], recipes: _Recipes) -> Iterator[str]:
    yield f"{spack.spack_version} {sys.version} {platform.system()} {platform.machine()}"
    settings = [spack.config.get(each, {}) for each in ("packages", "concretizer:duplicates")]
    yield json.dumps([settings, sorted(mapped.items())], default=str)
    yield from _files(spack.paths.lib_path)
    for repo in spack.repo.PATH.repos:
        packages = [*_packages(repo.packages_path, recipes)]
        others = [*_files(repo.root, but=repo.packages_path, read=True)]
        if packages or len(others) > 1:  # an empty repo has its repo.yaml
            yield f"repo {repo.namespace}"
            yield from (*packages, *others)


def _packages(folder: str, recipes: _Recipes) -> Iterator[str]:
    """The packages of a repo, each with what changes with its recipe."""
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return
    if len(names) <= _FEW:
        for name in names:
            for each in _files(os.path.join(folder, name), read=True):
                yield f"{name} {each}"
        return
    recipes[folder] = recipes_in(folder)
    for name, said in recipes[folder].items():
        yield f"{name} {_about(said)}"


def _files(root: str, but: str = "", read: bool = False) -> Iterator[str]:
    """The files in a folder that say something about recipes, each with what changes with it."""
    for folder, folders, files in os.walk(root):
        kept = (f for f in folders if f != "__pycache__" and os.path.join(folder, f) != but)
        folders[:] = sorted(kept)
        for file in sorted(files):
            if file.endswith((".py", ".yaml", ".json")):
                path = f"{folder}/{file}"
                with suppress(OSError):
                    about = _digest(path) if read else _about(os.stat(path))
                    yield f"{path[len(root) :]} {about}"


def _about(said: os.stat_result) -> str:
    return f"{said.st_mtime_ns} {said.st_ctime_ns} {said.st_size}"


def _digest(path: str) -> str:
    return hashlib.sha256(file_bytes(path)).hexdigest()

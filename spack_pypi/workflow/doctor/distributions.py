"""The distributions in a folder of modules, their files, their modules and their commands."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path

from ...files import small_text
from ...prefixes.distributions import Distribution, installed_in
from ...pypi.limits import LARGEST_FILE

#: Folders that many projects install by mistake, and that nothing imports.
TESTS = re.compile(r"_?(tests?|testing|\w*_tests?|docs?|examples?|benchmarks?|scripts?|tools?)")
#: What makes a file a compiled module, and what may stand before that: ``.cpython-312-darwin``.
COMPILED = re.compile(r"(?P<module>[^.]+)(?P<tag>\.[\w-]+)?\.(so|pyd|dylib)")


def top_level(path: str) -> str:
    """The top-level module that a file (its path in a folder of modules) belongs to; empty where
    it belongs to none."""
    first, slash, rest = path.partition("/")
    if slash:
        is_code = rest.endswith(".py") or COMPILED.fullmatch(rest.rpartition("/")[2])
        return first if first.isidentifier() and is_code else ""
    compiled = COMPILED.fullmatch(first)
    name = compiled["module"] if compiled else first[:-3] if first.endswith(".py") else ""
    return name if name.isidentifier() else ""


@cache
def distributions(folder: Path) -> tuple[Distribution, ...]:
    """The distributions of a folder, sorted by name; none where it cannot be read."""
    return tuple(installed_in([folder]))


@cache
def by_project(folder: Path) -> Mapping[str, Sequence[Distribution]]:
    """The same, by project (PEP 503)."""
    found: dict[str, list[Distribution]] = {}
    for each in distributions(folder):
        found.setdefault(each.project, []).append(each)
    return found


@lru_cache(maxsize=1 << 10)
def files_of(found: Distribution) -> tuple[str, ...]:
    """Its files in the folder of its modules that are used (no byte code), as paths below it;
    none where it has no list."""
    if found.problem:
        return ()
    paths = (os.path.normpath(path) for path in found.files)
    root = f"{os.path.normpath(found.folder)}{os.sep}"
    return tuple(
        path[len(root) :].replace(os.sep, "/")
        for path in paths
        if path.startswith(root) and not path.endswith(".pyc")
    )


def gone(found: Distribution) -> list[str]:
    """Those of its files with code that were installed and are not there any more."""
    return [
        path
        for path in files_of(found)
        if top_level(path) and not os.path.exists(found.folder / path)
    ]


def said_gone(lost: Sequence[str], folder: Path) -> str:
    """That files are `gone` from a folder, as a clause."""
    others = f" and {len(lost) - 1} more of its files are" if len(lost) > 1 else " is"
    return f"{lost[0]}{others} gone from {folder}"


def modules_of(found: Distribution) -> list[str]:
    """The top-level modules that it installs, but for tests and the like."""
    names = dict.fromkeys(filter(None, map(top_level, files_of(found))))
    return [name for name in names if not TESTS.fullmatch(name)]


def commands_of(found: Distribution) -> Iterator[str]:
    """The modules of its commands, by its ``entry_points.txt``."""
    section = ""
    text = small_text(found.path / "entry_points.txt", LARGEST_FILE) or ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            section = line
        elif section in ("[console_scripts]", "[gui_scripts]") and "=" in line:
            module = line.partition("=")[2].partition(":")[0].strip()
            if all(map(str.isidentifier, module.split("."))):
                yield module

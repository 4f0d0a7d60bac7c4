"""The distributions in a folder of modules, as `prefixes` reads them, and their modules."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ...files import small_text
from ...prefixes import distributions as prefixes
from ...prefixes.distributions import installed_in
from ...pypi.limits import LARGEST_FILE

#: Folders that many projects install by mistake, and that nothing imports.
TESTS = re.compile(r"_?(tests?|testing|\w*_tests?|docs?|examples?|benchmarks?|scripts?|tools?)")
#: What makes a file a compiled module, and what may stand before that: ``.cpython-312-darwin``.
COMPILED = re.compile(r"(?P<module>[^.]+)(?P<tag>\.[\w-]+)?\.(so|pyd|dylib)")


@dataclass(frozen=True)
class InstalledRelease:
    """One that is installed. ``folder`` is where its modules are, ``info`` the folder (or file)
    of its metadata; ``files`` are its files in ``folder`` as its list has them (None: it has no
    list), ``scripts`` the modules of its commands. ``problem``: why it cannot be read."""

    project: str
    version: str
    folder: Path
    info: Path
    requires: tuple[str, ...] = ()
    requires_python: str = ""
    files: tuple[str, ...] | None = None
    scripts: tuple[str, ...] = ()
    problem: str = ""

    @property
    def modules(self) -> tuple[str, ...]:
        """The top-level modules that it installs, but for tests and the like."""
        found = dict.fromkeys(filter(None, map(top_level, self.files or ())))
        return tuple(name for name in found if not TESTS.fullmatch(name))


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
def distributions(folder: Path) -> tuple[InstalledRelease, ...]:
    """The distributions of a folder, sorted by name; none where it cannot be read."""
    return tuple(_read(each, folder) for each in installed_in([folder]))


def _read(found: prefixes.Distribution, folder: Path) -> InstalledRelease:
    return InstalledRelease(
        found.project,
        found.version,
        folder,
        found.path,
        found.requires,
        found.requires_python,
        None if found.problem else _files(found, folder),
        tuple(_scripts(small_text(found.path / "entry_points.txt", LARGEST_FILE) or "")),
        f"{found.path}: {found.problem}" if found.problem else "",
    )


def _files(found: prefixes.Distribution, folder: Path) -> tuple[str, ...] | None:
    """Paths below the folder, of files that are used: no byte code. An egg-info lists what was in
    the source archive, not what is installed, but for pip's own list."""
    if not any((found.path / name).is_file() for name in ("RECORD", "installed-files.txt")):
        return None
    paths = (os.path.normpath(path) for path in found.files)
    root = f"{os.path.normpath(folder)}{os.sep}"
    return tuple(
        path[len(root) :].replace(os.sep, "/")
        for path in paths
        if path.startswith(root) and not path.endswith(".pyc")
    )


def _scripts(text: str) -> Iterator[str]:
    """The modules of the commands that an ``entry_points.txt`` has."""
    section = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            section = line
        elif section in ("[console_scripts]", "[gui_scripts]") and "=" in line:
            module = line.partition("=")[2].partition(":")[0].strip()
            if all(map(str.isidentifier, module.split("."))):
                yield module

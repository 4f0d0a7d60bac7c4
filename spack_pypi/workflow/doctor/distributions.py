"""The distributions in a folder of modules: their ``.dist-info`` or ``.egg-info``, read as files.

https://packaging.python.org/en/latest/specifications/recording-installed-packages/
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from packaging.metadata import parse_email
from packaging.utils import canonicalize_name

from ...pypi.limits import LARGEST_FILE
from ...pypi.project_files import egg_info

#: The most bytes of a list of files, and the most files of one distribution: torch has 12,000.
_LARGEST_RECORD, _MOST_FILES = 64 << 20, 1_000_000
#: Folders that many projects install by mistake, and that nothing imports.
TESTS = re.compile(r"_?(tests?|testing|\w*_tests?|docs?|examples?|benchmarks?|scripts?|tools?)")
#: What makes a file a compiled module, and what may stand before that: ``.cpython-312-darwin``.
COMPILED = re.compile(r"(?P<module>[^.]+)(?P<tag>\.[\w-]+)?\.(so|pyd|dylib)")


@dataclass(frozen=True)
class Distribution:
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
def distributions(folder: Path) -> tuple[Distribution, ...]:
    """The distributions of a folder, sorted by name; none where it cannot be read."""
    try:
        inside = sorted(folder.iterdir())
    except OSError:
        return ()
    infos = [path for path in inside if path.suffix in (".dist-info", ".egg-info")]
    return tuple(_read(path, folder) for path in infos)


def _read(info: Path, folder: Path) -> Distribution:
    name, _, version = info.stem.partition("-")
    project = canonicalize_name(name)
    try:
        text = _text(info / "METADATA") or _text(info / "PKG-INFO") or _text(info)
        if not text:
            return Distribution(project, version, folder, info, problem=f"{info} has no metadata")
        raw, _ = parse_email(text)
        requires = tuple(raw.get("requires_dist", ()))
        if not requires:
            requires = egg_info.requirements(_text(info / "requires.txt"))[0]
        return Distribution(
            canonicalize_name(raw.get("name") or name),
            raw.get("version") or version,
            folder,
            info,
            requires,
            raw.get("requires_python", ""),
            _files(info, folder),
            tuple(_scripts(_text(info / "entry_points.txt"))),
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        problem = f"{info} cannot be read: {reason}"
        return Distribution(project, version, folder, info, problem=problem)


def _text(file: Path, most: int = LARGEST_FILE) -> str:
    """The text of a file; empty where there is none. Raises `OSError`, ValueError."""
    if not file.is_file():
        return ""
    with file.open("rb") as stream:
        content = stream.read(most + 1)
    if len(content) > most:
        raise ValueError(f"it is larger than {most} bytes, the limit")
    return content.decode("utf-8", "replace")


def _files(info: Path, folder: Path) -> tuple[str, ...] | None:
    """Paths below the folder, of files that are used: no byte code. An egg-info lists what was in
    the source archive, not what is installed, but for pip's own list."""
    record = _text(info / "RECORD", _LARGEST_RECORD)
    if record:
        paths = [row[0] for row in csv.reader(record.splitlines()) if row]
    else:
        listed = _text(info / "installed-files.txt", _LARGEST_RECORD)
        if not listed:
            return None
        paths = [_below(info, folder, line) for line in listed.splitlines()]
    if len(paths) > _MOST_FILES:
        raise ValueError(f"it lists {len(paths)} files, and {_MOST_FILES} is the limit")
    return tuple(
        path
        for path in paths
        if path and not path.startswith(("/", "..")) and "/../" not in path
        if not path.endswith(".pyc")
    )


def _below(info: Path, folder: Path, line: str) -> str:
    """A path of ``installed-files.txt`` (relative to the egg-info) below the folder, or empty."""
    return line[3:] if line.startswith("../") and not line.startswith("../..") else ""


def _scripts(text: str) -> Iterator[str]:
    """The modules of the commands that an ``entry_points.txt`` has."""
    section = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            section = line
        elif section in ("[console_scripts]", "[gui_scripts]") and "=" in line:
            yield line.partition("=")[2].partition(":")[0].strip()

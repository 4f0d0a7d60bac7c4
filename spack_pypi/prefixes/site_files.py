"""Files that say where else a Python looks for modules: ``pyvenv.cfg`` of a virtual environment
(PEP 405), and the ``.pth`` files of a site-packages. They are read, and nothing is run."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from ..files import small_text

#: The longest of these files that is read, bytes.
_LONGEST = 64 << 10
#: The most lines of the ``.pth`` files of one folder that are looked at.
_MOST_LINES = 10_000


def virtual_environment(prefix: Path) -> Mapping[str, str] | None:
    """The settings of a virtual environment; None where the prefix is not one."""
    text = small_text(prefix / "pyvenv.cfg", _LONGEST)
    if text is None:
        return None
    pairs = (line.partition("=") for line in text.splitlines())
    return {key.strip().lower(): value.strip() for key, _, value in pairs}


def added_folders(folder: Path) -> Iterator[tuple[Path, Path]]:
    """The folders that the ``.pth`` files of a folder name, each once, with these files. Lines
    that are code are passed over."""
    found = {os.path.realpath(folder)}
    for named, file in islice(_lines(folder), _MOST_LINES):
        path = folder / named
        # Not Path.is_dir: it raises for a name that no file can have.
        if os.path.isdir(path) and os.path.realpath(path) not in found:
            found.add(os.path.realpath(path))
            yield path, file


def _lines(folder: Path) -> Iterator[tuple[str, Path]]:
    for file in sorted(folder.glob("*.pth")):
        for line in map(str.strip, (small_text(file, _LONGEST) or "").splitlines()):
            if line and not line.startswith(("#", "import ", "import\t")):
                yield line, file

"""Files that say where else a Python looks for modules: ``pyvenv.cfg`` of a virtual environment
(PEP 405), and the ``.pth`` files of a site-packages. They are read, and nothing is run."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from ..files import small_text

#: The longest of these files that is read, bytes.
_LONGEST = 64 << 10


def virtual_environment(prefix: Path) -> Mapping[str, str] | None:
    """The settings of a virtual environment; None where the prefix is none."""
    text = small_text(prefix / "pyvenv.cfg", _LONGEST)
    if text is None:
        return None
    pairs = (line.partition("=") for line in text.splitlines())
    return {key.strip().lower(): value.strip() for key, _, value in pairs}


def added_folders(folder: Path) -> Iterator[tuple[Path, Path]]:
    """The folders that the ``.pth`` files of a folder name, with these files. Lines that are code
    are passed over."""
    for file in sorted(folder.glob("*.pth")):
        for line in (small_text(file, _LONGEST) or "").splitlines():
            named = line.strip()
            if named and not named.startswith(("#", "import ", "import\t")):
                path = folder / named
                # Not Path.is_dir: it raises for a name that no file can have.
                if os.path.isdir(path):
                    yield path, file

"""What is below a folder of modules that matters although no list has it: compiled files, and what
nothing can import."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ...files import may_block

_LIBRARY = re.compile(r".*\.so(\.[\w.]+)?")
#: The most files and folders that are looked at below one folder: several times what the largest
#: projects have. A link to / has no end.
_MOST = 500_000


@dataclass(frozen=True)
class Below:
    """What is below a folder: its ``compiled`` files, and modules that are ``no_files`` (pipes,
    devices: whoever imports one may block forever). Of one that ``is_too_large`` only a part."""

    compiled: tuple[Path, ...]
    no_files: tuple[Path, ...]
    is_too_large: bool


@cache
def below(folder: Path) -> Below:
    """What is below a folder; links to folders are not followed."""
    compiled: list[Path] = []
    no_files: list[Path] = []
    left = _MOST
    for root, folders, files in os.walk(folder):
        folders.sort()
        left -= len(folders) + len(files)
        if left < 0:
            return Below(tuple(compiled), tuple(no_files), True)
        for name in sorted(files):
            is_library = _LIBRARY.fullmatch(name) is not None
            if is_library or name.endswith(".py"):
                file = Path(root, name)
                if _may_block(file):
                    no_files.append(file)
                elif is_library:
                    compiled.append(file)
    return Below(tuple(compiled), tuple(no_files), False)


def _may_block(file: Path) -> bool:
    try:
        return may_block(file) or file.is_socket()
    except OSError:
        return False

"""The licence files of archives: which they are, and their texts."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping

#: Longer files, and those after so many, are named without their text.
LARGEST = 64 << 10
_MOST = 32
_NAME = re.compile(
    r"(un)?licen[cs]es?([-._ ].*)?|copying([-._ ].*)?|[^/]*[-._]licen[cs]e(\.\w+)?", re.I
)
_CODE = re.compile(r"\.(py|json|ya?ml|toml|html?|csv|spdx)$", re.I)
_IN_WHEEL = re.compile(r"[^/]+\.dist-info/(?:licenses/|license_files/)?(.+)")


def is_license_file(path: str) -> bool:
    """Whether a file at the top of an sdist, or among the licence files of a wheel, is one."""
    name = path.rpartition("/")[2]
    return _NAME.fullmatch(name) is not None and not _CODE.search(name)


def keep(size: int, files: Mapping[str, str]) -> bool:
    """Whether the text of a licence file is kept beside those that were found before."""
    return size <= LARGEST and len(files) < _MOST


def of_wheel(archive: zipfile.ZipFile) -> dict[str, str]:
    """The licence files of a wheel (PEP 639, and as they lay before), by path."""
    files: dict[str, str] = {}
    for info in archive.infolist():
        inner = _IN_WHEEL.fullmatch(info.filename)
        if inner and is_license_file(inner[1]):
            kept = keep(info.file_size, files)
            files[inner[1]] = archive.read(info).decode("utf-8", "replace") if kept else ""
    return files

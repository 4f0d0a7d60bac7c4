"""The licence files of archives: which they are, and their texts; and the notices at the top of
modules, of which the licences of GNU speak."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Collection, Mapping
from functools import partial
from typing import Callable

from ..model import MODULE, NOTICES

#: The text of a file that is longer (bytes), or comes after so many, is not kept.
LARGEST = 64 << 10
_MOST = 32
#: What such a notice has in it, how long is what is kept of a module, and of how many.
NOTICE = b"any later version"
_LONGEST_NOTICE, _MOST_NOTICES = 4000, 16
_LARGEST_SOURCE = 256 << 10
_OF_OTHERS = re.compile(r"(^|/)_?(vendor|third.?party|extern(al)?|bundled)(ed|s)?/", re.I)
_NAME = re.compile(
    r"(un)?licen[cs]es?([-._ ].*)?|copying([-._ ].*)?|[^/]*[-._]licen[cs]e(\.\w+)?", re.I
)
_CODE = re.compile(r"\.(py|json|ya?ml|toml|html?|csv|spdx)$", re.I)
#: A sentence on files of an archive that are under another licence than the rest.
_OF_FILES = re.compile(
    r"\b(?:the\s+)?files?:?\s+"
    r"(?P<paths>[\w./-]{1,200}(?:(?:,\s+(?:and\s+)?|\s+and\s+)[\w./-]{1,200}){0,20})"
    r"\s+(?:is|are)\s+licen[cs]ed\s+under\s+[^.,;:]{1,80}?\blicen[cs]e\b",
    re.I,
)
_IN_WHEEL = re.compile(r"[^/]+\.dist-info/(?:licenses/|license_files/)?(.+)")


def is_license_file(path: str) -> bool:
    """Whether a file at the top of an sdist, or among the licence files of a wheel, is one."""
    name = path.rpartition("/")[2]
    return _NAME.fullmatch(name) is not None and not _CODE.search(name)


def add(files: dict[str, str], path: str, size: int, read: Callable[[], bytes]) -> None:
    """Add a licence file to those that were found before; without its text beyond the limits."""
    is_kept = size <= LARGEST and len(files) < _MOST
    files[path] = _decoded(read()) if is_kept else ""


def _decoded(data: bytes) -> str:
    """A text in UTF-8 or, as old ones of Western Europe are, in Windows' way."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def of_files(licenses: Mapping[str, str], paths: Collection[str]) -> str:
    """What a licence file says of files that are under another licence than the rest, if the
    archive has one of them, maybe in a folder of its own or without the folders of a repository;
    else ``""``."""
    for path, text in licenses.items():
        for said in () if path.endswith(NOTICES) else _OF_FILES.finditer(text):
            named = re.split(r",\s+(?:and\s+)?|\s+and\s+", said["paths"])
            if any(_is_of(each, name) for name in named for each in paths):
                return " ".join(said[0].split())
    return ""


def _is_of(path: str, name: str) -> bool:
    return f"/{path}".endswith(f"/{name}") or f"/{name}".endswith(f"/{path}")


def may_have_notice(path: str, size: int) -> bool:
    """Whether a file may be a source in another language that is read for its notice."""
    return path.endswith(NOTICES) and not path.endswith(MODULE) and size <= _LARGEST_SOURCE


def add_notice(files: dict[str, str], path: str, module: bytes) -> None:
    """Add the top of a module to the licence files, if it is the project's own, and has the
    notice there."""
    top = module[:_LONGEST_NOTICE]
    is_module = path.endswith(MODULE)
    kept = sum(
        1 for each in files if each.endswith(NOTICES) and each.endswith(MODULE) is is_module
    )
    if NOTICE in top and kept < _MOST_NOTICES and not _OF_OTHERS.search(path):
        files[path] = top.decode("utf-8", "replace")


def of_wheel(archive: zipfile.ZipFile) -> dict[str, str]:
    """The licence files of a wheel (PEP 639, and as they lay before), by path."""
    files: dict[str, str] = {}
    for info in archive.infolist():
        inner = _IN_WHEEL.fullmatch(info.filename)
        if inner and is_license_file(inner[1]):
            add(files, inner[1], info.file_size, partial(archive.read, info))
    return files

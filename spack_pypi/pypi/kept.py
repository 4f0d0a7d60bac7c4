"""A project page as the cache keeps it: a text of lines, of which only those are parsed that are
looked at.

The first line says how long the page is current, the checksum of the rest, and its mark, which
no other page has; the second lists the releases, newest first. Then there is a line for
each release with its `Release.essential` files, and then, if there are any, one for each with its
further ones. All lines are JSON. On disk they are plain; in memory those with the essential files
are packed.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from packaging.version import Version

from .model import File, Project, Release

#: What is known of a release without looking at its files, as bits.
_YANKED, _SDIST, _PURE_WHEEL = 1, 2, 4

_dumps = json.JSONEncoder(separators=(",", ":")).encode
#: Thousands of releases are compared by their version again and again; few of them differ. More
#: than one page has: who goes through a page again would find none that is kept.
_version = lru_cache(maxsize=1 << 15)(Version)


@dataclass(frozen=True)
class Page:
    """A page and what says whether it is still current: ``until`` (seconds since the epoch) it is,
    and the headers of requests that ask for it anew (``validators``). ``lines`` is its text from
    the second line on, and ``mark`` its `mark_of`: ``""`` where the index has no such project.
    ``answer`` is a hash of the answer from which it was read; empty if that is not known."""

    until: float
    validators: Mapping[str, str]
    lines: str
    mark: str
    answer: str = ""

    @property
    def exists(self) -> bool:
        """Whether the index has the project."""
        return bool(self.lines)

    @property
    def has_releases(self) -> bool:
        """Whether there are lines beside the table of releases."""
        return "\n" in self.lines

    def text(self, address: str) -> str:
        """The text that `read` reads, for the page at an address."""
        about = {
            "until": self.until,
            "validators": dict(self.validators),
            "mark": self.mark,
            "answer": self.answer,
            "checksum": _checksum(self.lines, address),
        }
        return f"{json.dumps(about)}\n{self.lines}"

    def project(self, name: str) -> Project:
        """The project of this name (PEP 503) that was kept."""
        head, *lines = self.lines.split("\n")
        table: Mapping[str, Any] = json.loads(head)
        pythons: Sequence[str] = table["pythons"]
        number = len(table["releases"])
        further: Sequence[str] = lines[number:] or [""] * number
        packed = _Packed(lines[:number])
        releases = tuple(
            _Kept(name, version, said, pythons[python], packed, at, further[at])
            for at, (version, said, python) in enumerate(table["releases"])
        )
        return Project(name, releases, table["status"])


def read(text: str | None, address: str) -> Page | None:
    """The page of a text from the cache; None if it is not whole, or of another address."""
    head, _, lines = (text or "").partition("\n")
    try:
        about = json.loads(head)
        if about["checksum"] != _checksum(lines, address):
            return None
        mark = about.get("mark") or mark_of(lines)  # pages were once kept without
        return Page(about["until"], about["validators"], lines, mark, about.get("answer", ""))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _checksum(lines: str, address: str) -> int:
    return zlib.crc32(lines.encode(), zlib.crc32(address.encode()))


def mark_of(lines: str) -> str:
    """A text that only these lines have; empty for none."""
    return hashlib.sha256(lines.encode()).hexdigest() if lines else ""


def until_and_mark(head: str | None) -> tuple[float, str] | None:
    """How long a page is current, and its mark, of the first line of its text; None if these are
    not there."""
    try:
        about = json.loads(head or "")
        return about["until"], about["mark"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def lines(project: Project) -> str:
    """The ``lines`` of `Page` for a project."""
    pythons: dict[str, int] = {}
    table: list[tuple[str, int, int]] = []
    essential, further = [], []
    for release in project.releases:
        kept = release.essential()
        said = _YANKED * kept.yanked + _SDIST * kept.has_sdist + _PURE_WHEEL * kept.has_pure_wheel
        python = pythons.setdefault(kept.requires_python, len(pythons))
        table.append((str(release.version), said, python))
        essential.append(_dumps([_row(file) for file in kept.files]))
        further.append(_further(release, kept))
    head = {"status": project.status, "pythons": list(pythons), "releases": table}
    return "\n".join([_dumps(head), *essential, *(further if any(further) else ())])


def _further(release: Release, kept: Release) -> str:
    """The line of what a release has beside what is kept of it: each file with its place."""
    if len(release.files) == len(kept.files):
        return ""
    stays = {*map(id, kept.files)}
    return _dumps([[at, *_row(f)] for at, f in enumerate(release.files) if id(f) not in stays])


def _row(file: File) -> list[Any]:
    """The fields of a file, without its version; the address without the name at its end."""
    address = file.url[: -len(file.name)] if file.url.endswith(file.name) else None
    row = [file.name, address, *file[4:]]
    return row if address is not None else [*row, file.url]


def _file(version: Version, row: Sequence[Any]) -> File:
    name, address, *rest = row
    url = rest.pop() if address is None else address + name
    return File(name, url, version, name.endswith(".whl"), *rest)


class _Packed:
    """The lines of a page in half the memory: of thousands of pages that a run holds, it looks at
    few releases. So many lines are packed together that they are small, yet quickly unpacked."""

    __slots__ = ("_parts",)
    _TOGETHER = 16

    def __init__(self, lines: Sequence[str]) -> None:
        parts = (lines[at : at + self._TOGETHER] for at in range(0, len(lines), self._TOGETHER))
        self._parts = [zlib.compress("\n".join(part).encode(), 1) for part in parts]

    def __getitem__(self, at: int) -> str:
        part, line = divmod(at, self._TOGETHER)
        return zlib.decompress(self._parts[part]).decode().split("\n")[line]


#: A run looks at the files of thousands of releases, at those of a few of them again and again.
@lru_cache(maxsize=1 << 10)
def _files(packed: _Packed, at: int, further: str, version: Version) -> tuple[File, ...]:
    """The files of a release, of the lines with its essential and its further ones."""
    found = [_file(version, row) for row in json.loads(packed[at])]
    for place, *row in json.loads(further or "[]"):
        found.insert(place, _file(version, row))
    return tuple(found)


class _Kept(Release):
    """A release of a kept page. ``said`` are the bits above; ``packed`` has at ``at`` the text of
    its files, and ``further`` is that of its further ones."""

    __slots__ = ("_at", "_further", "_packed", "_python", "_said", "_text")

    def __init__(
        self,
        project: str,
        text: str,
        said: int,
        python: str,
        packed: _Packed,
        at: int,
        further: str,
    ) -> None:
        self.project, self._text, self._said, self._python = project, text, said, python
        self._packed, self._at, self._further = packed, at, further

    @property
    def version(self) -> Version:
        return _version(self._text)

    @property
    def files(self) -> tuple[File, ...]:
        return _files(self._packed, self._at, self._further, self.version)

    @property
    def yanked(self) -> bool:
        return bool(self._said & _YANKED)

    @property
    def has_sdist(self) -> bool:
        return bool(self._said & _SDIST)

    @property
    def has_pure_wheel(self) -> bool:
        return bool(self._said & _PURE_WHEEL)

    @property
    def requires_python(self) -> str:
        return super().requires_python if self._further else self._python

    def essential(self) -> Release:
        known = (self.project, self._text, self._said, self._python, self._packed, self._at)
        return _Kept(*known, "")

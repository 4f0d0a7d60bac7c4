"""The hashes that lock files list of the files of a release."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from .shape import Shape

#: What says which file it is, in the tables of lock files.
_PLACES = ("file", "filename", "path", "url")


class Hash(NamedTuple):
    """The ``digest`` (hexadecimal) of a file by an ``algorithm`` (``sha256``). Some formats do not
    say of which of the release's files it is: then ``file``, its name, is empty."""

    file: str
    algorithm: str
    digest: str


@dataclass(frozen=True)
class LockedFiles:
    """The hashes that a lock file, at the path ``where``, lists for a release; at least one."""

    where: str
    version: str
    hashes: tuple[Hash, ...]


def parsed(text: str, file: str = "") -> Hash:
    """A hash as tools write it: ``sha256:...``, or, in older files, a sha256 alone."""
    algorithm, colon, digest = text.rpartition(":")
    return Hash(file, algorithm.lower() if colon else "sha256", digest.strip().lower())


def of_files(shape: Shape, files: Any, what: str) -> Iterator[Hash]:
    """Those of a list of tables, each with a ``hash`` and the file's name or address, as uv,
    Poetry and PDM write them. Raises `UsageError` for another type."""
    for table in shape.tables(files, what):
        said = shape.text(table.get("hash"), f"a hash of {what}")
        if said:
            texts = [shape.text(table.get(key), f"{key} of {what}") for key in _PLACES]
            yield parsed(said, file_name(*texts))


def file_name(*places: str | None) -> str:
    """The name of a file, by the first of its ``places`` that is said: a name, path or address."""
    place = next(filter(None, places), "")
    try:
        path = unquote(urlsplit(place).path) if "://" in place else place
    except ValueError:
        path = place
    return path.replace("\\", "/").rpartition("/")[2]

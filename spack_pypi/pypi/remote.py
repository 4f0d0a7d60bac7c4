"""Wheels on the index, of which only those parts are fetched that are needed."""

from __future__ import annotations

import hashlib
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..errors import FileFailure
from . import archive
from .limits import LARGEST_FILE, mib
from .model import File

if TYPE_CHECKING:
    from .web import Web


@contextmanager
def opened(web: Web, wheel: File) -> Iterator[zipfile.ZipFile]:
    """The archive of a wheel. Raises `FileFailure`."""
    try:
        remote = _RemoteFile(web, wheel)
        archive.check_table(remote)
        with zipfile.ZipFile(remote) as inside:
            yield inside
    except (
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        EOFError,
        OSError,  # of bz2
        RuntimeError,  # encrypted; a method of compression that is not known
        ValueError,
    ):
        raise FileFailure(wheel.url, "is not a valid wheel") from None


def metadata_inside(web: Web, wheel: File) -> str:
    """The text of the METADATA file in a wheel. Raises `FileFailure`."""
    with opened(web, wheel) as inside:
        metadata = re.compile(r"[^/]+\.dist-info/METADATA")
        name = next(filter(metadata.fullmatch, inside.namelist()), None)
        if name is None:
            raise FileFailure(wheel.url, "contains no METADATA file")
        if inside.getinfo(name).file_size > LARGEST_FILE:
            reason = f"has a METADATA file larger than {mib(LARGEST_FILE)}, the limit"
            raise FileFailure(wheel.url, reason)
        return inside.read(name).decode("utf-8", "replace")


class _RemoteFile(io.RawIOBase):
    """A remote file for `zipfile`: read in pieces by range requests, or whole where the server
    does not know them."""

    _PIECE = 64 * 1024

    def __init__(self, web: Web, file: File) -> None:
        self._web, self._file = web, file
        self._position = 0
        self._pieces: list[tuple[int, bytes]] = []
        # Where the table begins is read first; often all that is needed lies there.
        self._size = self._fetch(f"bytes=-{archive.END_OF_ZIP}")

    def _fetch(self, wanted: str) -> int:
        answer = self._web.get(self._file.url, {"Range": wanted, "Accept-Encoding": "identity"})
        if answer.status == 404:
            raise FileFailure(self._file.url, "does not exist")
        match = re.fullmatch(
            r"bytes ([0-9]{1,18})-[0-9]+/([0-9]{1,18})", answer.headers.get("content-range", "")
        )
        if answer.status == 206 and match:
            self._pieces.append((int(match[1]), answer.body))
            return int(match[2])
        self._pieces = [(0, answer.body)]
        if self._file.sha256 and hashlib.sha256(answer.body).hexdigest() != self._file.sha256:
            reason = "does not have the sha256 that the index gives"
            raise FileFailure(self._file.url, reason)
        return len(answer.body)

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def read(self, size: int = -1) -> bytes:
        end = self._size if size < 0 else min(self._size, self._position + size)
        start = self._position
        if start >= end:
            return b""
        for _ in range(2):
            for first, data in self._pieces:
                if first <= start and end <= first + len(data):
                    self._position = end
                    return data[start - first : end - first]
            last = max(end, min(self._size, start + self._PIECE)) - 1
            self._fetch(f"bytes={start}-{last}")
        raise EOFError("the server does not send the requested range")

"""Wheels on the index, of which only those parts are fetched that are needed."""

from __future__ import annotations

import hashlib
import io
import lzma
import re
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Callable, TypeVar

from ..errors import FileFailure, NotFetched
from ..files import open_to_read
from . import limits
from .archives import archive
from .archives.archive import Seekable
from .limits import LARGEST_FILE, mib
from .model import File

if TYPE_CHECKING:
    from .network.web import Response, Web

_Result = TypeVar("_Result")
#: What reading an archive raises that is damaged, or of which another part came than was asked
#: for.
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,  # of bz2
    RuntimeError,  # encrypted; a method of compression that is not known
    ValueError,
)


def read_inside(web: Web, wheel: File, read: Callable[[zipfile.ZipFile], _Result]) -> _Result:
    """What ``read`` makes of a wheel: of those parts that it looks at, or, where a server does not
    send these as it should, of the whole. Raises `FileFailure`."""
    try:
        return _opened(_RemoteFile(web, wheel), read)
    except _UNREADABLE:
        pass
    try:
        answer = web.get(wheel.url, largest=limits.listed(limits.BODY, wheel.size))
        return _opened(io.BytesIO(_whole(answer, wheel)), read)
    except _UNREADABLE:
        raise FileFailure(wheel.url, "is not a valid wheel") from None


def metadata_inside(web: Web, wheel: File) -> str:
    """The text of the METADATA file in a wheel. Raises `FileFailure`."""
    return read_inside(web, wheel, metadata_of(wheel))


def read_local(path: Path, wheel: File, read: Callable[[zipfile.ZipFile], _Result]) -> _Result:
    """What ``read`` makes of a wheel that lies at a path. Raises `FileFailure`."""
    try:
        with open_to_read(path) as raw:
            return _opened(raw, read)
    except _UNREADABLE:
        raise FileFailure(wheel.url, "is not a valid wheel") from None


def metadata_of(wheel: File) -> Callable[[zipfile.ZipFile], str]:
    """What reads the text of the METADATA file in a wheel. It raises `FileFailure`."""

    def read(inside: zipfile.ZipFile) -> str:
        metadata = re.compile(r"[^/]+\.dist-info/METADATA")
        name, *others = [*filter(metadata.fullmatch, inside.namelist()), ""]
        if not name:
            raise FileFailure(wheel.url, "contains no METADATA file")
        if any(others):  # pip refuses it, too
            raise FileFailure(wheel.url, f"contains several METADATA files: {name}, {others[0]}")
        if inside.getinfo(name).file_size > LARGEST_FILE:
            reason = f"has a METADATA file larger than {mib(LARGEST_FILE)}, the limit"
            raise FileFailure(wheel.url, reason)
        return inside.read(name).decode("utf-8", "replace")

    return read


def _opened(raw: Seekable, read: Callable[[zipfile.ZipFile], _Result]) -> _Result:
    archive.check_table(raw)
    with zipfile.ZipFile(raw) as inside:
        return read(inside)


def _whole(answer: Response, wheel: File) -> bytes:
    """The whole of a wheel. Raises `NotFetched` where it is another one."""
    if answer.status != 200:
        missing = "does not exist" if answer.status == 404 else f"answered {answer.status}"
        raise NotFetched(wheel.url, missing)
    if wheel.sha256 and hashlib.sha256(answer.body).hexdigest() != wheel.sha256:
        raise NotFetched(wheel.url, "does not have the sha256 that the index gives")
    return answer.body


class _RemoteFile(io.RawIOBase):
    """A remote file for `zipfile`: read in pieces by range requests, or whole where the server
    does not know them. Raises `ValueError` for pieces that do not belong together."""

    _PIECE = 64 * 1024

    def __init__(self, web: Web, file: File) -> None:
        self._web, self._file = web, file
        self._position, self._size, self._mark = 0, -1, ""
        self._pieces: list[tuple[int, bytes]] = []
        # Where the table begins is read first; often all that is needed lies there.
        self._fetch(f"bytes=-{archive.END_OF_ZIP}")

    def _fetch(self, wanted: str) -> None:
        answer = self._web.get(
            self._file.url,
            {"Range": wanted, "Accept-Encoding": "identity"},
            limits.listed(limits.BODY, self._file.size),
        )
        if answer.status not in (206, 416):
            self._pieces = [(0, _whole(answer, self._file))]
            self._size = len(answer.body)
            return
        match = re.fullmatch(
            r"bytes ([0-9]{1,18})-[0-9]+/([0-9]{1,18})", answer.headers.get("content-range", "")
        )
        if answer.status == 416 or match is None:
            raise ValueError("no range, or not one")
        size, mark = int(match[2]), answer.headers.get("etag", "")
        if self._pieces and (size, mark) != (self._size, self._mark):
            raise ValueError("the file has changed")
        self._size, self._mark = size, mark
        self._pieces.append((int(match[1]), answer.body))

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

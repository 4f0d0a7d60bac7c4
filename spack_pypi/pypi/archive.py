"""Archives, read as a stream and never written to disk.

They are hostile: sizes and counts are limited, links are not followed, and a name in an archive is
never a path of ours.
"""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, Callable, Protocol

from ..errors import FileFailure
from .model import File

#: Limits: bytes of the archive, bytes of its contents, members, bytes of one file that is read.
LARGEST_ARCHIVE = 1 << 30
LARGEST_CONTENT = 2 << 30
MOST_MEMBERS = 200_000
LARGEST_FILE = 2 << 20
#: The largest header of a member of a tar archive, with all its attributes, bytes.
LARGEST_HEADER = 1 << 20
#: The largest table of a zip archive, bytes: `zipfile` reads it whole, at ten times its size.
LARGEST_TABLE = 32 << 20
#: Bytes that are read at once: each piece costs time, and threads take turns between pieces.
_PIECE = 1 << 18
#: ``end of central directory`` of a zip archive, and that of zip64 (APPNOTE 4.3.16, 4.3.14).
_END, _END64 = b"PK\x05\x06", b"PK\x06\x06"

#: Called with the name of a file in an archive, its size and what reads it; true ends the reading.
Visit = Callable[[str, int, Callable[[], bytes]], bool]


class Reader(Protocol):
    """Anything with ``read``."""

    def read(self, size: int = -1) -> bytes: ...


class Seekable(Reader, Protocol):
    """A reader that may go back."""

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int: ...

    def tell(self) -> int: ...


def visit(file: File, raw: Reader, each: Visit) -> None:
    """Show every regular file of an archive to ``each`` and check the archive's sha256, unless it
    was not read to its end. Raises `FileFailure`."""
    checked = _Checked(raw)
    try:
        if file.name.endswith(".zip"):
            complete = _visit_zip(checked, each)
        else:
            buffered = io.BufferedReader(checked, _PIECE)
            complete = _visit_tar(file.name, buffered, each)
        for _ in checked.pieces() if complete else ():
            pass
    except _Damaged as error:
        raise FileFailure(file.url, f"the archive {error}") from None
    except (
        tarfile.TarError,
        zipfile.BadZipFile,
        EOFError,
        OSError,
        zlib.error,
        lzma.LZMAError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as error:
        raise FileFailure(file.url, f"the archive cannot be read: {error}") from None
    if complete and file.sha256:
        checked.compare(file)


def pieces(file: File, raw: Reader) -> Iterator[bytes]:
    """The bytes of a file, piece by piece. Raises `FileFailure` at the end where they do not
    have the sha256 that the index gives, or it gives none."""
    checked = _Checked(raw)
    try:
        yield from checked.pieces()
    except _Damaged as error:
        raise FileFailure(file.url, f"the archive {error}") from None
    checked.compare(file)


def check_table(archive: Seekable) -> None:
    """Raise ValueError for a zip archive whose table is too large to be read."""
    size = archive.seek(0, io.SEEK_END)
    start = archive.seek(max(0, size - (1 << 16) - 128))
    tail = archive.read(size - start)
    archive.seek(0)
    table, at, at64 = 0, tail.rfind(_END), tail.rfind(_END64)
    if at >= 0:
        table = int.from_bytes(tail[at + 12 : at + 16], "little")
    if at64 >= 0:
        table = max(table, int.from_bytes(tail[at64 + 40 : at64 + 48], "little"))
    if min(table, size) > LARGEST_TABLE:
        raise ValueError(f"its table of contents is larger than {_size(LARGEST_TABLE)}, the limit")


def _size(count: int) -> str:
    return f"{count >> 20} MiB"


class _Damaged(Exception):
    """The archive breaks a limit or a format; the text completes "the archive ..."."""


class _Checked(io.RawIOBase):
    """Passes bytes on, hashing them and counting them against the limit of an archive."""

    def __init__(self, inner: Reader) -> None:
        self._inner, self._left = inner, LARGEST_ARCHIVE
        self._hash = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def read(self, size: int = -1) -> bytes:
        data = self._inner.read(min(size, 1 << 20) if size >= 0 else 1 << 20)
        self._left -= len(data)
        if self._left < 0:
            raise _Damaged(f"is larger than {_size(LARGEST_ARCHIVE)}, the limit")
        self._hash.update(data)
        return data

    def pieces(self) -> Iterator[bytes]:
        """What is left, piece by piece."""
        return iter(self.read, b"")

    def compare(self, file: File) -> None:
        """Raise `FileFailure` unless what was read has the sha256 of the file."""
        if self._hash.hexdigest() != file.sha256:
            reason = "the archive does not have the sha256 that the index gives"
            raise FileFailure(file.url, reason)


class _Limited:
    """Decompressed bytes, counted against a limit, and between members against what is allowed:
    `tarfile` takes a header into memory, however long it claims to be."""

    def __init__(self, inner: Any) -> None:
        self._inner, self._left = inner, LARGEST_CONTENT
        self.allow(0)

    def allow(self, size: int) -> None:
        """From here on, the contents of a member of this size may be read, a header, and what
        `tarfile` reads ahead."""
        self._allowed = size + LARGEST_HEADER + _PIECE

    def read(self, size: int) -> bytes:
        data: bytes = self._inner.read(size)
        self._left -= len(data)
        self._allowed -= len(data)
        if self._left < 0:
            raise _Damaged(f"unpacks to more than {_size(LARGEST_CONTENT)}, the limit")
        if self._allowed < 0:
            raise _Damaged(f"has a header larger than {_size(LARGEST_HEADER)}, the limit")
        return data


class _Gunzip:
    """The contents of a gzip file (RFC 1952), with all its members. What follows the last one is
    ignored, as by `bz2`, `lzma` and the gzip program; `gzip.GzipFile` would refuse the file.
    Before Python 3.12 that also reads 8 KiB at once."""

    _MAGIC = b"\x1f\x8b"

    def __init__(self, raw: Reader) -> None:
        self._raw, self._left = raw, raw.read(_PIECE)
        if not self._left.startswith(self._MAGIC):
            raise gzip.BadGzipFile(f"Not a gzipped file ({self._left[:2]!r})")
        self._member = zlib.decompressobj(zlib.MAX_WBITS | 16)

    def read(self, size: int) -> bytes:
        while True:
            data = self._left or self._raw.read(_PIECE)
            if self._member.eof:
                if len(data) < len(self._MAGIC):
                    data += self._raw.read(_PIECE)
                if not data.startswith(self._MAGIC):
                    return b""
                self._member = zlib.decompressobj(zlib.MAX_WBITS | 16)
            found = self._member.decompress(data, size)
            self._left = self._member.unconsumed_tail or self._member.unused_data
            if found:
                return found
            if not (data or self._member.eof):
                raise EOFError("Compressed file ended before the end-of-stream marker was reached")


_DECOMPRESSORS: Mapping[str, Callable[[Any], Any]] = {
    ".tar.gz": _Gunzip,
    ".tgz": _Gunzip,
    ".tar.bz2": bz2.BZ2File,
    ".tar.xz": lzma.LZMAFile,
}


def _visit_tar(name: str, raw: Reader, each: Visit) -> bool:
    """True when the archive was read to its end."""
    suffix = next((s for s in _DECOMPRESSORS if name.endswith(s)), None)
    if suffix is None:
        raise _Damaged("is not one of .tar.gz, .tgz, .tar.bz2, .tar.xz and .zip")
    stream = _Limited(_DECOMPRESSORS[suffix](raw))
    counter = _Counter()
    with tarfile.open(  # type: ignore[call-overload]
        fileobj=stream, mode="r|", bufsize=_PIECE
    ) as archive:
        for member in archive:
            if member.issparse():
                raise _Damaged("contains a sparse file, whose size cannot be trusted")
            counter.count(member.size)
            stream.allow(member.size)
            # The archive would remember every member.
            archive.members = []
            if not member.isfile():
                continue

            def read(member: tarfile.TarInfo = member) -> bytes:
                opened = archive.extractfile(member)
                return opened.read() if opened is not None else b""

            if each(member.name, member.size, read):
                return False
    return True


def _visit_zip(checked: _Checked, each: Visit) -> bool:
    """Zip archives have their table at the end: they are spooled, hashed on the way."""
    counter = _Counter()
    with tempfile.TemporaryFile() as spool:
        for piece in checked.pieces():
            spool.write(piece)
        check_table(spool)
        with zipfile.ZipFile(spool) as archive:
            for info in archive.infolist():
                counter.count(info.file_size)
                if info.is_dir():
                    continue

                def read(info: zipfile.ZipInfo = info) -> bytes:
                    with archive.open(info) as opened:
                        return opened.read(LARGEST_FILE)

                if each(info.filename, info.file_size, read):
                    break
    return True


class _Counter:
    """Members and bytes seen so far, against the limits."""

    def __init__(self) -> None:
        self._members = self._size = 0

    def count(self, size: int) -> None:
        self._members += 1
        self._size += size
        if self._members > MOST_MEMBERS or self._size > LARGEST_CONTENT:
            limits = f"{MOST_MEMBERS} files or {_size(LARGEST_CONTENT)}"
            raise _Damaged(f"contains more than {limits}, the limit")

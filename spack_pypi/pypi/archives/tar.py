"""Tar archives as a stream: each member once, in order, without unpacking more than is asked for.

`tarfile` knows the formats. What it does for each member, of which an archive has thousands, is
kept small: it reads from a buffer without copying it, and of a plain header only what is needed.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, Callable, Protocol

from .. import limits
from ..limits import Damaged

#: Bytes that are read and unpacked at once: each piece costs time, and threads take turns between
#: pieces.
PIECE = 1 << 18
#: Compressed bytes in a row of which nothing comes: members that are empty.
_MOST_EMPTY = 1 << 20


class Reader(Protocol):
    """Anything with ``read``."""

    def read(self, size: int = -1) -> bytes: ...


class Gunzip:
    """The contents of a gzip file (RFC 1952), with all its members. What follows the last one is
    ignored, as by `bz2`, `lzma` and the gzip program; `gzip.GzipFile` would refuse the file.
    Before Python 3.12 that also reads 8 KiB at once."""

    _MAGIC = b"\x1f\x8b"

    def __init__(self, raw: Reader) -> None:
        self._raw, self._left = raw, raw.read(PIECE)
        if not self._left.startswith(self._MAGIC):
            raise gzip.BadGzipFile(f"Not a gzipped file ({self._left[:2]!r})")
        self._member = zlib.decompressobj(zlib.MAX_WBITS | 16)

    def read(self, size: int) -> bytes:
        empty = 0
        while empty <= _MOST_EMPTY:
            data = self._left or self._raw.read(PIECE)
            if self._member.eof:
                if len(data) < len(self._MAGIC):
                    data += self._raw.read(PIECE)
                if not data.startswith(self._MAGIC):
                    return b""
                self._member = zlib.decompressobj(zlib.MAX_WBITS | 16)
            found = self._member.decompress(data, size)
            self._left = self._member.unconsumed_tail or self._member.unused_data
            if found:
                return found
            empty += len(data) - len(self._left)
            if not (data or self._member.eof):
                raise EOFError("Compressed file ended before the end-of-stream marker was reached")
        raise gzip.BadGzipFile(f"{limits.mib(_MOST_EMPTY)} of it unpack to nothing")


DECOMPRESSORS: Mapping[str, Callable[[Any], Any]] = {
    ".tar.gz": Gunzip,
    ".tgz": Gunzip,
    ".tar.bz2": bz2.BZ2File,
    ".tar.xz": lzma.LZMAFile,
}


class _Forwards:
    """Unpacked bytes that are read forwards, counted against the limits: of all, and of what
    `tarfile` may take into memory between two members, as a header may claim to be of any
    length."""

    def __init__(self, unpacked: Any) -> None:
        self._unpacked, self._left = unpacked, limits.LARGEST_CONTENT
        #: What was unpacked last, how much of it is used, and where it ends in the contents.
        self._piece, self._used, self._end = b"", 0, 0
        self.allow(0)

    def allow(self, size: int) -> None:
        """From here on, the contents of a member of this size may be read, and a header."""
        self._allowed = size + limits.LARGEST_HEADER

    def tell(self) -> int:
        return self._end - len(self._piece) + self._used

    def seek(self, offset: int) -> None:
        """Go on to an offset; to the end where there is less."""
        missing = offset - self.tell()
        if missing < 0:
            raise OSError("a member lies before another one that was read")
        while missing > len(self._piece) - self._used:
            missing -= len(self._piece) - self._used
            if not self._unpack():
                return
        self._used += missing

    def read(self, size: int) -> bytes:
        self._allowed -= size
        if self._allowed < 0:
            raise Damaged(
                f"has a header larger than {limits.mib(limits.LARGEST_HEADER)}, the limit"
            )
        start, self._used = self._used, self._used + size
        if self._used <= len(self._piece):
            return self._piece[start : self._used]
        parts = [self._piece[start:]]
        missing = size - len(parts[0])
        while missing and self._unpack():
            self._used = min(missing, len(self._piece))
            parts.append(self._piece[: self._used])
            missing -= self._used
        return b"".join(parts)

    def _unpack(self) -> bool:
        """Take the next piece; false at the end."""
        piece: bytes = self._unpacked.read(PIECE)
        self._piece, self._used, self._end = piece, 0, self._end + len(piece)
        self._left -= len(piece)
        if self._left < 0:
            raise Damaged(f"unpacks to more than {limits.mib(limits.LARGEST_CONTENT)}, the limit")
        return bool(piece)


class _Member(tarfile.TarInfo):
    """A member; of most only the name, the size and the kind are read from the header."""

    #: Where they are in a header (POSIX.1-2017, pax, "ustar Interchange Format").
    _NAME, _SIZE, _CHECKSUM = slice(0, 100), slice(124, 136), slice(148, 156)
    _TYPE, _MAGIC, _PREFIX = slice(156, 157), slice(257, 262), slice(345, 500)
    #: A file, the attributes of the next member, and the long name of the next member.
    _PLAIN = (tarfile.REGTYPE, tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME)

    @classmethod
    def frombuf(cls, buf: bytes, encoding: str, errors: str) -> tarfile.TarInfo:  # type: ignore[override]
        kind, checksum = buf[cls._TYPE], buf[cls._CHECKSUM]
        try:
            size, stated = int(buf[cls._SIZE].strip(b" \0"), 8), int(checksum.strip(b" \0"), 8)
        except ValueError:
            size = stated = -1
        # The checksum is that of a header with spaces in its place.
        actual = sum(buf) - sum(checksum) + 8 * ord(" ")
        plain = kind in cls._PLAIN and buf[cls._MAGIC] == b"ustar" and len(buf) == 512
        if size < 0 or stated != actual or not plain:
            found: tarfile.TarInfo = super().frombuf(buf, encoding, errors)
            return found
        member = cls(buf[cls._NAME].partition(b"\0")[0].decode(encoding, errors))
        member.size, member.type = size, kind
        prefix = buf[cls._PREFIX].partition(b"\0")[0].decode(encoding, errors)
        if prefix and kind != tarfile.GNUTYPE_LONGNAME:
            member.name = f"{prefix}/{member.name}"
        return member


def members(name: str, raw: Reader) -> Iterator[tuple[tarfile.TarInfo, Callable[[], bytes]]]:
    """The members of an archive of this name, and what reads each one, to be called before the
    next one. Raises `Damaged`, and what `tarfile` and the decompressors raise."""
    suffix = next((s for s in DECOMPRESSORS if name.endswith(s)), None)
    if suffix is None:
        raise Damaged("is not one of .tar.gz, .tgz, .tar.bz2, .tar.xz and .zip")
    stream: Any = _Forwards(DECOMPRESSORS[suffix](raw))
    archive: Any
    with tarfile.open(fileobj=stream, mode="r:", tarinfo=_Member) as archive:
        for member in archive:
            if member.issparse():
                raise Damaged("contains a sparse file, whose size cannot be trusted")
            stream.allow(member.size)
            # The archive would remember every member.
            archive.members = []

            def read(start: int = member.offset_data, size: int = member.size) -> bytes:
                stream.seek(start)
                content: bytes = stream.read(size)
                if len(content) < size:
                    raise tarfile.ReadError("unexpected end of data")
                return content

            yield member, read

"""Archives, read as a stream and never written to disk.

They are hostile: sizes and counts are limited, links are not followed, and a name in an archive is
never a path of ours.
"""

from __future__ import annotations

import hashlib
import io
import lzma
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Callable, Protocol

from ...errors import FileFailure, NotFetched
from .. import limits
from ..limits import LARGEST_FILE, Counter, Damaged
from ..model import File
from . import tar
from .tar import Reader

#: Bytes at the end of a zip archive in which its end record is found, with a comment of any size
#: and that of zip64.
END_OF_ZIP = (1 << 16) + 128
#: Bytes that are read of an archive that is damaged, to know whether it is the one that is listed.
_MOST_COMPARED = 32 << 20
#: ``end of central directory`` of a zip archive, and that of zip64 (APPNOTE 4.3.16, 4.3.14).
_END, _END64 = b"PK\x05\x06", b"PK\x06\x06"

#: Called with the name of a file in an archive, its size and what reads it; true ends the reading.
Visit = Callable[[str, int, Callable[[], bytes]], bool]


class Seekable(Reader, Protocol):
    """A reader that may go back."""

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int: ...

    def tell(self) -> int: ...


def visit(
    file: File, raw: Reader, each: Visit, link: Callable[[str], None] = lambda name: None
) -> None:
    """Show every regular file of an archive to ``each``, the name of every link in a tar archive
    to ``link``, and check the archive's sha256, unless it was not read to its end. Raises
    `FileFailure`, and `NotFetched` for another archive than the index lists."""
    checked = _Checked(file, raw)
    try:
        if file.name.endswith((".zip", ".whl")):
            complete = _visit_zip(checked, each)
        else:
            buffered = io.BufferedReader(checked, tar.PIECE)
            complete = _visit_tar(file.name, buffered, each, link)
        for _ in checked.pieces() if complete else ():
            pass
    except Damaged as error:
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
        checked.compare_rest()
        raise FileFailure(file.url, f"the archive cannot be read: {error}") from None
    if complete and file.sha256:
        checked.compare()


def pieces(file: File, raw: Reader) -> Iterator[bytes]:
    """The bytes of a file, piece by piece. Raises `NotFetched` at the end where they do not
    have the sha256 that the index gives, or it gives none, or as soon as there are more than it
    says, and `FileFailure` for too many."""
    checked = _Checked(file, raw)
    try:
        yield from checked.pieces()
    except Damaged as error:
        raise FileFailure(file.url, f"the archive {error}") from None
    checked.compare()


def check_table(archive: Seekable) -> None:
    """Raise ValueError for a zip archive whose table is too large to be read."""
    size = archive.seek(0, io.SEEK_END)
    start = archive.seek(max(0, size - END_OF_ZIP))
    tail = archive.read(size - start)
    archive.seek(0)
    table, at, at64 = 0, tail.rfind(_END), tail.rfind(_END64)
    if at >= 0:
        table = int.from_bytes(tail[at + 12 : at + 16], "little")
    if at64 >= 0:
        table = max(table, int.from_bytes(tail[at64 + 40 : at64 + 48], "little"))
    if min(table, size) > limits.LARGEST_TABLE:
        raise ValueError(
            f"its table of contents is larger than {limits.mib(limits.LARGEST_TABLE)}, the limit"
        )


class _Checked(io.RawIOBase):
    """Passes the bytes of a file on, hashing and counting them."""

    def __init__(self, file: File, inner: Reader) -> None:
        self._file, self._inner = file, inner
        self._largest = limits.listed(limits.ARCHIVE, file.size)
        self._left = self._largest.size
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
            if self._largest is limits.ARCHIVE:
                raise Damaged(f"is larger than {self._largest}")
            raise NotFetched(self._file.url, f"the archive is larger than {self._largest}")
        self._hash.update(data)
        return data

    def pieces(self) -> Iterator[bytes]:
        """What is left, piece by piece."""
        return iter(self.read, b"")

    def compare(self) -> None:
        """Raise `NotFetched` unless what was read has the sha256 of the file."""
        if self._hash.hexdigest() != self._file.sha256:
            reason = "the archive does not have the sha256 that the index gives"
            raise NotFetched(self._file.url, reason)

    def compare_rest(self) -> None:
        """`compare` a file that cannot be read: it may have been damaged on its way. Of an
        archive that goes on for too long that is not known."""
        self._left = min(self._left, _MOST_COMPARED)
        with suppress(Damaged):
            if self._file.sha256:
                for _ in self.pieces():
                    pass
                self.compare()


def _visit_tar(name: str, raw: Reader, each: Visit, link: Callable[[str], None]) -> bool:
    """True when the archive was read to its end."""
    counter = Counter()
    for member, read in tar.members(name, raw):
        counter.count(member.size)
        if member.isfile() and each(member.name, member.size, read):
            return False
        if member.issym() or member.islnk():
            link(member.name)
    return True


def _visit_zip(checked: _Checked, each: Visit) -> bool:
    """Zip archives have their table at the end: they are spooled, hashed on the way."""
    counter = Counter()
    with tempfile.TemporaryFile() as spool:
        for piece in checked.pieces():
            spool.write(piece)
        check_table(spool)
        with zipfile.ZipFile(spool) as archive:
            for info in archive.infolist():
                counter.count(info.file_size)
                # Python cannot say whether a member without a name is a folder.
                if not info.filename or info.is_dir():
                    continue

                def read(info: zipfile.ZipInfo = info) -> bytes:
                    with archive.open(info) as opened:
                        return opened.read(LARGEST_FILE)

                if each(info.filename, info.file_size, read):
                    break
    return True

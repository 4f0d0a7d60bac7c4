"""How much of an archive is read at most: archives are hostile."""

from __future__ import annotations

#: Bytes of the archive, bytes of its contents, members, bytes of one file that is read.
LARGEST_ARCHIVE = 1 << 30
LARGEST_CONTENT = 2 << 30
MOST_MEMBERS = 200_000
LARGEST_FILE = 2 << 20
#: The largest header of a member of a tar archive, with all its attributes, bytes.
LARGEST_HEADER = 1 << 20
#: The largest table of a zip archive, bytes: `zipfile` reads it whole, at ten times its size.
LARGEST_TABLE = 32 << 20


class Damaged(Exception):
    """The archive breaks a limit or a format; the text completes "the archive ..."."""


def mib(count: int) -> str:
    """Bytes as a message says them."""
    return f"{count >> 20} MiB"


class Counter:
    """Members and bytes of contents seen so far, against the limits."""

    def __init__(self) -> None:
        self._members = self._size = 0

    def count(self, size: int) -> None:
        """One member more, of this size. Raises `Damaged`."""
        self._members += 1
        self._size += size
        if self._members > MOST_MEMBERS or self._size > LARGEST_CONTENT:
            limits = f"{MOST_MEMBERS} files or {mib(LARGEST_CONTENT)}"
            raise Damaged(f"contains more than {limits}, the limit")

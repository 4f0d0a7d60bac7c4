"""What was once read, on disk: texts and JSON values by key, safe for many processes at once."""

from __future__ import annotations

import hashlib
import json
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..files import file_bytes, open_to_read, write_whole

#: Changes whenever the meaning of a stored value does; old entries are then not found.
_FORMAT = 1


class Cache:
    """A folder of texts and JSON values. Entries are replaced whole, so a reader sees the old one
    or the new one; what cannot be read counts as missing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / f"v{_FORMAT}"
        self._copies: Path | None = None

    def copy_to(self, folder: Path) -> None:
        """From now on each entry that is found or stored is put into this folder too, as into the
        one of another cache. Where that fails, the call for the entry raises `OSError`."""
        self._copies = folder / self._folder.name

    def _path(self, kind: str, key: str, suffix: str) -> Path:
        name = hashlib.sha256(key.encode()).hexdigest()
        return self._folder / kind / name[:2] / f"{name[2:]}.{suffix}"

    def get(self, kind: str, key: str) -> Any | None:
        """The JSON value stored for ``key``, None when there is none, or not as it was stored."""
        path = self._path(kind, key, "json")
        try:
            content = file_bytes(path)
            checksum, _, text = content.partition(b"\n")
            value = json.loads(text) if checksum == _checksum(path, text) else None
        except (OSError, ValueError, RecursionError):
            return None
        if value is not None:
            self._copy(path, content)
        return value

    def put(self, kind: str, key: str, value: Any) -> None:
        """Store a JSON value."""
        text = json.dumps(value).encode()
        path = self._path(kind, key, "json")
        self._write(path, _checksum(path, text) + b"\n" + text)

    def get_text(self, kind: str, key: str) -> str | None:
        """The text stored for ``key``, None when there is none."""
        path = self._path(kind, key, "txt")
        try:
            content = file_bytes(path)
            text = content.decode()
        except (OSError, ValueError):
            return None
        self._copy(path, content)
        return text

    def get_line(self, kind: str, key: str) -> str | None:
        """The first line of the text stored for ``key``, None when there is none."""
        try:
            with open_to_read(self._path(kind, key, "txt")) as stream:
                return stream.readline().decode()
        except (OSError, ValueError):
            return None

    def put_text(self, kind: str, key: str, text: str) -> None:
        """Store a text."""
        self._write(self._path(kind, key, "txt"), text.encode())

    def _write(self, path: Path, content: bytes) -> None:
        self._copy(path, content)
        with suppress(OSError):  # a full or read-only disk only costs the next run some time
            write_whole(path, content)

    def _copy(self, path: Path, content: bytes) -> None:
        if self._copies is not None:
            copy = self._copies / path.relative_to(self._folder)
            with suppress(OSError):
                if file_bytes(copy) == content:
                    return
            write_whole(copy, content)

    def keep_newest(self, kind: str, most: int, size: int) -> None:
        """Delete all entries of a kind but the newest: at most so many, and so many bytes."""
        found = []
        for path in (self._folder / kind).glob("*/*.*"):
            with suppress(OSError):  # another process may delete it, too
                about = path.stat()
                found.append((about.st_mtime_ns, about.st_size, path))
        for number, (_, length, path) in enumerate(sorted(found, reverse=True), 1):
            size -= length
            if number > most or size < 0:
                with suppress(OSError):
                    path.unlink()


def _checksum(path: Path, text: bytes) -> bytes:
    """A value with another one was not stored there: a disk was full, or somebody edited it, or
    put it in the place of another one."""
    return b"%08x" % zlib.crc32(text, zlib.crc32("/".join(path.parts[-3:]).encode()))

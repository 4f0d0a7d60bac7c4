"""Answers of an index, kept in a folder of the user's cache; for ``replay.py``.

An answer is kept under its *path*, which is its address in another form: ``https://host/a`` is
``/https/host/a``. A server that is asked for the path therefore knows the address, and links
between pages are paths, so that they lead to whichever server replays them.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from spack_pypi.host.bootstrap import cache_folder

#: Headers that are replayed as they were. The others are the server's own, or say how the answer
#: came through the network.
HEADERS = ("content-type", "etag", "last-modified", "cache-control")
#: Behind a path: the answer as the public index would give it (see `replay`), where the recorded
#: index gives less.
FULL = "#full"


def default_folder() -> Path:
    """Where answers are kept unless a folder is named."""
    return cache_folder() / "bench" / "answers"


def path_of(url: str) -> str:
    """``https://host/a?b`` as ``/https/host/a?b``."""
    return "/" + url.replace("://", "/", 1)


def url_of(path: str) -> str:
    """The reverse of `path_of`. Raises `ValueError`."""
    found = re.fullmatch(r"/(https?)/([^/]+/.*)", path)
    if found is None:
        raise ValueError(f"{path} is not /https/HOST/PATH")
    return f"{found[1]}://{found[2]}"


@dataclass(frozen=True)
class Answer:
    """A recorded answer: a status, headers by lower-case name, and the file of its body.
    ``compressed`` is the same body in gzip, for an answer that comes so to who takes it. Of a
    large file only some ``parts`` may be recorded: pairs of the first byte and the one behind the
    last; ``body`` has its full size all the same."""

    status: int
    headers: Mapping[str, str]
    body: Path
    compressed: Path | None = None
    parts: tuple[tuple[int, int], ...] | None = None

    def has(self, start: int, end: int) -> bool:
        """Whether all of these bytes are recorded."""
        if self.parts is None:
            return True
        return any(first <= start and end <= last for first, last in self.parts)


class Recording:
    """A folder of answers. Safe for several threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._loaded: dict[str, Answer | None] = {}

    def get(self, path: str) -> Answer | None:
        """The answer to a path, None where none was recorded."""
        if path not in self._loaded:
            self._loaded[path] = self._load(path)
        return self._loaded[path]

    def put(
        self,
        path: str,
        body: Path,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        compressed: bytes | None = None,
    ) -> Answer:
        """Keep an answer; the file ``body`` is moved. ``headers`` have lower-case names."""
        kept = self._file(path)
        kept.parent.mkdir(parents=True, exist_ok=True)
        if compressed is not None:
            kept.with_suffix(".gz").write_bytes(compressed)
        os.replace(body, kept)
        return self._describe(path, status, headers or {})

    def put_size(self, path: str, size: int, headers: Mapping[str, str]) -> Answer:
        """Keep a file's size and headers, and none of its bytes yet."""
        kept = self._file(path)
        kept.parent.mkdir(parents=True, exist_ok=True)
        with kept.open("wb") as stream:
            stream.truncate(size)
        return self._describe(path, 200, headers, parts=[])

    def put_part(self, path: str, start: int, content: bytes) -> Answer:
        """Keep some bytes of a file whose size is known."""
        answer = self.get(path)
        assert answer is not None
        with answer.body.open("r+b") as stream:
            stream.seek(start)
            stream.write(content)
        parts = _joined([*(answer.parts or ()), (start, start + len(content))])
        return self._describe(path, 200, answer.headers, parts)

    def note(self, **facts: str) -> None:
        """Keep facts about the recording, such as which index it is of."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "about.json").write_text(json.dumps({**self.facts(), **facts}), "utf-8")

    def facts(self) -> dict[str, str]:
        """What `note` has kept."""
        file = self.folder / "about.json"
        facts: dict[str, str] = json.loads(file.read_text("utf-8")) if file.exists() else {}
        return facts

    def _file(self, path: str) -> Path:
        name = hashlib.sha256(path.encode()).hexdigest()
        return self.folder / name[:2] / name[2:]

    def _describe(
        self,
        path: str,
        status: int,
        headers: Mapping[str, str],
        parts: Sequence[tuple[int, int]] | None = None,
    ) -> Answer:
        """Write down all but the body; last, so that what is described is there."""
        known = {name: value for name, value in headers.items() if name in HEADERS}
        described = {"path": path, "status": status, "headers": known, "parts": parts}
        self._file(path).with_suffix(".json").write_text(json.dumps(described), "utf-8")
        answer = self._load(path)
        assert answer is not None
        self._loaded[path] = answer
        return answer

    def _load(self, path: str) -> Answer | None:
        file = self._file(path)
        try:
            known = json.loads(file.with_suffix(".json").read_text("utf-8"))
        except FileNotFoundError:
            return None
        compressed = file.with_suffix(".gz")
        parts = known.get("parts")
        return Answer(
            known["status"],
            known["headers"],
            file,
            compressed if compressed.exists() else None,
            None if parts is None else tuple((first, last) for first, last in parts),
        )


def _joined(parts: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same bytes in as few parts as can be, in order."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(parts):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found

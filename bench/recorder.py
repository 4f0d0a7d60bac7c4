"""Fetches the answers of an index, for ``recording.py`` to keep."""

from __future__ import annotations

import gzip
import hashlib
import html
import io
import json
import os
import re
import tempfile
import threading
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from bench.recording import FULL, Answer, Recording, path_of, url_of

#: Requests under way at once while recording.
CONNECTIONS = 8
#: Files up to this size are kept whole, whatever part of them was asked for; bytes.
WHOLE = 16 << 20
#: The least that is fetched of a larger file, bytes.
_PART = 1 << 18
_JSON = "application/vnd.pypi.simple.v1+json"
#: What is asked for: the form that all clients prefer.
_ACCEPT = f"{_JSON}, text/html;q=0.1, */*;q=0.01"


class Recorder:
    """Fetches what a recording lacks. ``verify`` and ``proxies`` are as `requests` takes them."""

    def __init__(self, recording: Recording, verify: Any, proxies: Mapping[str, str]) -> None:
        self._recording = recording
        self._session = requests.Session()
        self._session.verify = verify
        self._session.proxies.update(proxies)
        adapter = requests.adapters.HTTPAdapter(pool_maxsize=CONNECTIONS, max_retries=3)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)
        self._free = threading.BoundedSemaphore(CONNECTIONS)
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def get(self, path: str, whole: bool) -> Answer:
        """The answer to a path; of a large file only its size, unless it is wanted ``whole``.

        Raises `requests.RequestException`, and `ValueError` for a path that is not an address.
        """
        with self._locks[path]:
            known = self._recording.get(path)
            if known is not None and not (whole and known.parts is not None):
                return known
            accept = "gzip" if path.endswith("/") else "identity"
            with self._asked(path, {"Accept-Encoding": accept}) as answer:
                headers = {key.lower(): value for key, value in answer.headers.items()}
                size = int(headers.get("content-length", 0))
                if answer.status_code == 200 and size > WHOLE and not whole:
                    return self._recording.put_size(path, size, headers)
                body = self._received(answer)
            if answer.status_code == 200 and path.endswith("/"):
                return self._put_page(path, body, headers)
            return self._recording.put(path, body, answer.status_code, headers)

    def part(self, path: str, start: int, end: int) -> Answer:
        """The answer to a path, with these bytes of it recorded."""
        with self._locks[path]:
            known = self._recording.get(path)
            assert known is not None
            if known.has(start, end):
                return known
            end = min(known.body.stat().st_size, max(end, start + _PART))
            wanted = {"Accept-Encoding": "identity", "Range": f"bytes={start}-{end - 1}"}
            with self._asked(path, wanted) as answer:
                content = answer.content
            if answer.status_code != 206 or len(content) != end - start:
                raise ValueError(f"{url_of(path)} does not answer with the range asked for")
            return self._recording.put_part(path, start, content)

    def inside(self, path: str) -> Answer:
        """What would be at ``<wheel>.metadata``, out of the wheel. Raises `ValueError` where it is
        no wheel."""
        wheel = path[: -len(".metadata")]
        first = self.get(wheel, whole=False)
        size = first.body.stat().st_size
        if first.status != 200:
            raise ValueError(f"{url_of(wheel)} answers {first.status}")
        if first.parts is not None:
            self.part(wheel, max(0, size - WHOLE // 16), size)
        try:
            with zipfile.ZipFile(_Reader(self, wheel, size)) as opened:
                names = (re.fullmatch(r"[^/]+\.dist-info/METADATA", n) for n in opened.namelist())
                name = next(name[0] for name in names if name)
                body = self._temporary(opened.read(name))
        except (zipfile.BadZipFile, StopIteration) as error:
            raise ValueError(f"{url_of(wheel)} is not a wheel: {error!r}") from None
        return self._recording.put(path + FULL, body, 200, {"content-type": "text/plain"})

    @contextmanager
    def _asked(self, path: str, headers: Mapping[str, str]) -> Iterator[requests.Response]:
        """The answer to a request, which is sent when fewer than `CONNECTIONS` are under way."""
        url, wanted = url_of(path), {"Accept": _ACCEPT, **headers}
        with self._free, self._session.get(url, headers=wanted, stream=True, timeout=60) as answer:
            if answer.status_code not in (200, 206, 404):
                raise ValueError(f"{url} answers {answer.status_code}")
            yield answer

    def _received(self, answer: requests.Response) -> Path:
        file = self._temporary(b"")
        with file.open("wb") as out:
            for piece in answer.iter_content(1 << 16):
                out.write(piece)
        return file

    def _temporary(self, content: bytes) -> Path:
        """A new file beside the answers, to be moved."""
        self._recording.folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._recording.folder, prefix=".receiving-")
        with os.fdopen(handle, "wb") as out:
            out.write(content)
        return Path(name)

    def _put_page(self, path: str, body: Path, headers: Mapping[str, str]) -> Answer:
        """Keep a page as it is but for its links, and as the public index would serve it."""
        read = _from_json if headers.get("content-type", "").startswith(_JSON) else _from_html
        page, full = read(body.read_bytes(), url_of(path))
        known = {
            "cache-control": "max-age=600, public",
            "etag": f'"{hashlib.sha256(full).hexdigest()[:32]}"',
            **headers,
        }
        packed = gzip.compress(full, 6, mtime=0)
        self._recording.put(path + FULL, self._temporary(full), 200, known, packed)
        body.write_bytes(page)
        came_packed = headers.get("content-encoding") == "gzip"
        compressed = gzip.compress(page, 6, mtime=0) if came_packed else None
        return self._recording.put(path, body, 200, headers, compressed)


class _Reader(io.RawIOBase):
    """A file of which what is read is recorded first."""

    def __init__(self, recorder: Recorder, path: str, size: int) -> None:
        self._recorder, self._path, self._size, self._at = recorder, path, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + (0, self._at, self._size)[whence]
        return self._at

    def readinto(self, buffer: Any) -> int:
        end = min(self._at + len(buffer), self._size)
        if self._at >= end:
            return 0
        answer = self._recorder.part(self._path, self._at, end)
        with answer.body.open("rb") as stream:
            stream.seek(self._at)
            count = stream.readinto(memoryview(buffer)[: end - self._at])
        self._at += count
        return count


def _from_json(body: bytes, url: str) -> tuple[bytes, bytes]:
    """A page (PEP 691) whose links are paths, and the same with all that PEP 714 advertises."""
    page = json.loads(body)
    for file in page["files"]:
        file["url"] = _as_path(file["url"], url)
    plain = json.dumps(page, separators=(",", ":")).encode()
    for file in page["files"]:
        if file["filename"].endswith(".whl") and not file.get("core-metadata"):
            file["core-metadata"] = True
    return plain, json.dumps(page, separators=(",", ":")).encode()


def _from_html(body: bytes, url: str) -> tuple[bytes, bytes]:
    """A page (PEP 503) whose links are paths, and the same with all that PEP 714 advertises."""

    def path(match: re.Match[str]) -> str:
        return match[1] + html.escape(_as_path(html.unescape(match[2]), url)) + '"'

    plain = re.sub(r'(<a[^>]*?\shref=")([^"]*)"', path, body.decode("utf-8"))
    beside = r'(<a(?![^>]*core-metadata)[^>]*?\shref="[^"#]*\.whl(?:#[^"]*)?")'
    return plain.encode(), re.sub(beside, r'\1 data-core-metadata="true"', plain).encode()


def _as_path(link: str, page: str) -> str:
    address = urljoin(page, link)
    return path_of(address) if urlsplit(address).scheme in ("http", "https") else address

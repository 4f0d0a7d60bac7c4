"""A server on this machine that replays the recorded answers of an index, with a delay.

    python3 bench replay --record            # asks the index for what the folder lacks
    python3 bench replay --delay 50          # replays, 50 ms after each request

prints an address that clients take as their index: ``--index-url`` of ours, ``--default-index``
of uv. It keeps connections open (HTTP/1.1), with a thread for each, and answers ranges,
``If-None-Match`` and HEAD. ``GET /`` has what was counted: requests, connections, bytes sent, and
the paths that were asked for and never recorded, which are answered with 404.

With ``--full`` it gives what the public index gives, even if a mirror was recorded that gives
less: metadata beside each wheel (PEP 658), compressed pages, ``cache-control`` and ``etag``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import signal
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.recording import FULL, Answer, Recording, default_folder, path_of

if TYPE_CHECKING:
    from bench.recorder import Recorder

#: Bytes of a body that are sent at once.
_PIECE = 1 << 18


@dataclass
class Counts:
    """What a server has answered so far; ``sent`` counts bytes of heads and bodies."""

    requests: int = 0
    connections: int = 0
    sent: int = 0
    unknown: list[str] = field(default_factory=list)

    def since(self, before: Counts) -> Counts:
        """What was added to ``before``."""
        return Counts(
            self.requests - before.requests,
            self.connections - before.connections,
            self.sent - before.sent,
            self.unknown[len(before.unknown) :],
        )


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "replay", ""
    #: Head and body leave in two writes, and must not wait for each other.
    disable_nagle_algorithm = True
    #: Of the class that each server makes of this one.
    replay: ReplayServer
    _counted = False

    def do_GET(self) -> None:
        if self.path == "/":
            body = json.dumps(asdict(self.replay.counts)).encode()
            self._head(200, {"content-type": "application/json"}, len(body))
            self.wfile.write(body)
            return
        self._count(requests=1, connections=0 if self._counted else 1)
        self._counted = True
        time.sleep(self.replay.delay)
        whole = self.command == "GET" and not self.headers.get("Range")
        answer = self.replay.answer(self.path, whole)
        try:
            if answer is None:
                self._head(404, {"content-type": "text/plain"}, 0)
            else:
                self._replay(answer)
        except ConnectionError:
            self.close_connection = True  # the client has read enough, as of a long archive

    do_HEAD = do_GET

    def _replay(self, answer: Answer) -> None:
        headers = {**self.replay.usual(self.path), **answer.headers}
        etag = headers.get("etag")
        if etag and etag in self.headers.get("If-None-Match", ""):
            self._head(304, headers, None)
            return
        body = answer.body
        if answer.compressed:
            headers["vary"] = "Accept-Encoding"
            if "gzip" in self.headers.get("Accept-Encoding", ""):
                headers["content-encoding"] = "gzip"
                body = answer.compressed
        size = body.stat().st_size
        status, start, end = answer.status, 0, size
        if status == 200 and not answer.compressed:
            headers["accept-ranges"] = "bytes"
            wanted = wanted_range(self.headers.get("Range", ""), size)
            if wanted:
                status, (start, end) = 206, wanted
                headers["content-range"] = f"bytes {start}-{end - 1}/{size}"
            elif wanted == ():
                self._head(416, {"content-range": f"bytes */{size}"}, 0)
                return
        if self.command == "GET" and not self.replay.has(self.path, answer, start, end):
            self._head(404, {"content-type": "text/plain"}, 0)
            return
        self._head(status, headers, end - start)
        if self.command == "GET":
            self._body(body, start, end)

    def _head(self, status: int, headers: Mapping[str, str], length: int | None) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if length is not None:
            self.send_header("content-length", str(length))
        if self.path != "/":
            head: list[bytes] = getattr(self, "_headers_buffer", [])
            self._count(sent=sum(map(len, head)) + 2)
        self.end_headers()

    def _body(self, file: Path, start: int, end: int) -> None:
        with file.open("rb") as stream:
            stream.seek(start)
            while start < end:
                piece = memoryview(stream.read(min(_PIECE, end - start)))
                start += len(piece)
                # Counted first: whoever has the last byte may ask for the counts at once.
                self._count(sent=len(piece))
                try:
                    while piece:
                        piece = piece[self.connection.send(piece) :]
                except OSError:
                    self._count(sent=-len(piece))
                    raise

    def _count(self, requests: int = 0, connections: int = 0, sent: int = 0) -> None:
        with self.replay.lock:
            self.replay.counts.requests += requests
            self.replay.counts.connections += connections
            self.replay.counts.sent += sent

    def log_message(self, *args: Any) -> None:
        pass


def wanted_range(header: str, size: int) -> tuple[int, int] | tuple[()] | None:
    """First byte and the one behind the last that a ``Range`` header wants of ``size``; empty
    where there are none of these, None where the header names no single range."""
    found = re.fullmatch(r"bytes=(\d*)-(\d*)", header.replace(" ", ""))
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        start, end = max(0, size - int(found[2])), size
    else:
        start, end = int(found[1]), min(size, int(found[2]) + 1 if found[2] else size)
    return (start, end) if start < end else ()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    #: Connections that may wait to be accepted: a client opens many at once.
    request_queue_size = 256


class ReplayServer:
    """Replays a recording on the loopback, each answer after ``delay`` seconds; a context manager.
    With a ``recorder``, what is not recorded is fetched and recorded."""

    def __init__(
        self,
        recording: Recording,
        delay: float = 0.0,
        full: bool = False,
        recorder: Recorder | None = None,
        port: int = 0,
    ) -> None:
        self.delay = delay
        self.counts, self.lock = Counts(), threading.Lock()
        self._recording, self._full, self._recorder = recording, full, recorder
        handler = type("Handler", (_Handler,), {"replay": self})
        self._server = _Server(("127.0.0.1", port), handler)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"

    def url(self, index: str) -> str:
        """Where an index is replayed."""
        return self.address + path_of(index)

    def usual(self, path: str) -> dict[str, str]:
        """The headers that the public index gives a file; none unless all is to be given."""
        if not self._full or path.endswith("/"):
            return {}
        tag = hashlib.sha256(path.encode()).hexdigest()[:32]
        return {"etag": f'"{tag}"', "cache-control": "max-age=365000000, immutable, public"}

    def answer(self, path: str, whole: bool) -> Answer | None:
        """The recorded answer to a path; all of it, if it is wanted ``whole``."""
        known = self._known(path)
        if self._recorder is not None and (known is None or (whole and known.parts is not None)):
            try:
                beside = self._recorder.get(path, whole)
                if self._full and path.endswith(".metadata") and beside.status == 404:
                    self._recorder.inside(path)
            except (ValueError, OSError) as error:  # what requests raises is an OSError
                print(f"not recorded: {error}", file=sys.stderr, flush=True)
            known = self._known(path)
        if known is None:
            self._unknown(path)
        return known

    def has(self, path: str, answer: Answer, start: int, end: int) -> bool:
        """Whether these bytes of an answer are recorded; a recorder fetches them first."""
        if answer.has(start, end):
            return True
        try:
            if self._recorder is not None and self._recorder.part(path, start, end):
                return True
        except (ValueError, OSError) as error:
            print(f"not recorded: {error}", file=sys.stderr, flush=True)
        self._unknown(f"{path} bytes {start}-{end - 1}")
        return False

    def _known(self, path: str) -> Answer | None:
        full = self._recording.get(path + FULL) if self._full else None
        if full is None and self._full and path.endswith(".metadata"):
            beside = self._recording.get(path)
            return beside if beside is not None and beside.status == 200 else None
        return full or self._recording.get(path)

    def _unknown(self, path: str) -> None:
        with self.lock:
            self.counts.unknown.append(path)

    def __enter__(self) -> ReplayServer:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def main(arguments: Sequence[str]) -> int:
    """``python3 bench replay``: serve until interrupted, then print what was counted."""
    parser = argparse.ArgumentParser(
        prog="python3 bench replay", description="Replay the recorded answers of an index."
    )
    parser.add_argument("--answers", type=Path, default=default_folder(), metavar="FOLDER")
    parser.add_argument("--record", action="store_true", help="fetch what the folder lacks")
    parser.add_argument("--full", action="store_true", help="all that the public index gives")
    parser.add_argument("--delay", type=float, default=0.0, metavar="MS", help="of each answer")
    parser.add_argument("--port", type=int, default=0, help="(default: any that is free)")
    parser.add_argument(
        "--index-url", help="the index to record (default: that of pip's settings)"
    )
    args = parser.parse_args(arguments)
    recording, recorder = Recording(args.answers), None
    if args.record:
        recorder = recorder_of(recording, args.index_url)
    index = args.index_url or recording.facts().get("index")
    if index is None:
        parser.error(f"{args.answers} holds no answers: --record some")
    with ReplayServer(recording, args.delay / 1000, args.full, recorder, args.port) as server:
        print(server.url(index), flush=True)
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        stop.wait()
    counts = asdict(server.counts)
    print(json.dumps(counts), file=sys.stderr)
    return 0


def recorder_of(recording: Recording, index_url: str | None) -> Recorder:
    """A recorder of an index, by default the one of pip's settings; the recording remembers it."""
    from bench.recorder import Recorder
    from spack_pypi.host.standalone import StandaloneHost
    from spack_pypi.pypi.settings import settings

    host = StandaloneHost(recording.folder, recording.folder)
    reach = settings(index_url, default=host.index_url, cache=recording.folder)
    recording.note(index=reach.url)
    return Recorder(recording, reach.verify, reach.proxies)

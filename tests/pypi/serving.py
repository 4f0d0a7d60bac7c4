"""Servers on this machine that answer as a test says."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Callable

from spack_pypi.pypi.model import Settings
from spack_pypi.pypi.network import web

Answer = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def serving(answers: dict[str, Answer], address: str = "127.0.0.1") -> Iterator[str]:
    """The address of a server that answers like this, by path."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answers[self.path](self)

        do_POST = do_GET

        def log_message(self, *arguments: object) -> None:
            """Nothing is printed."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *arguments: object) -> None:
            """Who asked has left."""

    server = Server((address, 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://{address}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def says(status: int, body: bytes = b"", **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def in_turn(*answers: Answer) -> Answer:
    """Each once."""
    left = [*answers]

    def answer(handler: BaseHTTPRequestHandler) -> None:
        left.pop(0)(handler)

    return answer


def breaks_off(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100")
    handler.end_headers()
    handler.wfile.write(b"short")


def resets(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.close()


def trickles(handler: BaseHTTPRequestHandler) -> None:
    """A byte now and then, for ever."""
    while True:
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.02)


def drips(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    trickles(handler)


def not_gzip(handler: BaseHTTPRequestHandler) -> None:
    says(200, b"plain", Content_Encoding="gzip")(handler)


def asked(url: str, tmp_path: Path, **options: Any) -> bytes:
    opened = web.Web(Settings(url, tmp_path, **options))
    try:
        return opened.get(url).body
    finally:
        opened.close()

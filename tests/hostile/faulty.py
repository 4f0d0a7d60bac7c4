"""What a broken network, server or index may do to one answer.

A fault gets a `Reply`: the answer as it should be, and the connection on which to send something
else. Those that never end stop when whoever asked has left, or the server ends.
"""

from __future__ import annotations

import gzip
import socket
import struct
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Callable

#: Seconds between two pieces of what drips.
_BETWEEN = 0.01


@dataclass
class Reply:
    """A good answer to a GET of ``path``, which is not sent yet; ``ends`` with the server."""

    connection: socket.socket
    path: str
    content_type: str
    body: bytes
    ends: threading.Event = field(default_factory=threading.Event)

    def send(self, status: str = "200 OK", body: bytes | None = None, **headers: str) -> None:
        """Send an answer, the good one where nothing else is said; an empty header is left out."""
        content = self.body if body is None else body
        named = {
            "Content-Type": self.content_type,
            "Content-Length": str(len(content)),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        lines = [f"{name}: {value}" for name, value in named.items() if value]
        head = "\r\n".join([f"HTTP/1.1 {status}", *lines])
        self.connection.sendall(head.encode("latin-1") + b"\r\n\r\n" + content)

    def close(self) -> None:
        """Have the server close the connection."""
        raise ConnectionAbortedError

    def repeat(self, piece: bytes, start: bytes = b"", seconds: float = _BETWEEN) -> None:
        """Send ``start``, then a piece again and again."""
        self.connection.sendall(start)
        while not self.ends.wait(seconds):
            self.connection.sendall(piece)


Fault = Callable[[Reply], None]


def status(text: str, **headers: str) -> Fault:
    return lambda reply: reply.send(text, b"sorry", **headers)


def redirect(location: str) -> Fault:
    return lambda reply: reply.send("302 Found", b"", Location=location)


def header(**headers: str) -> Fault:
    return lambda reply: reply.send("200 OK", None, **headers)


def other(body: bytes) -> Fault:
    return lambda reply: reply.send(body=body)


def endless(piece: bytes, start: bytes = b"", seconds: float = _BETWEEN) -> Fault:
    return lambda reply: reply.repeat(piece, start, seconds)


def _half(reply: Reply) -> None:
    reply.send(body=reply.body[: len(reply.body) // 2], Content_Length=str(len(reply.body)))
    reply.close()


def _reset(reply: Reply) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(reply.body)}\r\n\r\n".encode()
    reply.connection.sendall(head + reply.body[:20])
    reply.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    reply.close()


def _shorter(reply: Reply) -> None:
    reply.send(Content_Length=str(len(reply.body) * 2 // 3))
    reply.close()


def _without_length(reply: Reply) -> None:
    reply.send(Content_Length="", Connection="close")
    reply.close()


def _until_closed(reply: Reply) -> None:
    """Its length is not said: whoever reads it cannot tell that it breaks off."""
    reply.send(body=reply.body[: len(reply.body) // 2], Content_Length="", Connection="close")
    reply.close()


def _changed(reply: Reply) -> None:
    body = reply.body or b"x"
    at = len(body) // 2
    reply.send(body=body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :])


def _range(said: str, code: str = "206 Partial Content", **headers: str) -> Fault:
    """What is sent of a wheel, whatever range was asked for."""
    return lambda reply: reply.send(code, reply.body[:100], Content_Range=said, **headers)


def _gzipped(reply: Reply) -> None:
    reply.send(body=gzip.compress(reply.body), Content_Encoding="gzip")


_CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
_GZIPPED = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
_NOTHING = gzip.compress(b"")

#: What happens → how.
FAULTS: Mapping[str, Fault] = {
    **{
        f"status {text}": status(text)
        for text in (
            "103 Early Hints",
            "204 No Content",
            "300 Multiple Choices",
            "304 Not Modified",
            "400 Bad Request",
            "401 Unauthorized",
            "403 Forbidden",
            "404 Not Found",
            "407 Proxy Authentication Required",
            "410 Gone",
            "416 Range Not Satisfiable",
            "418 I'm a teapot",
            "429 Too Many Requests",
            "451 Unavailable For Legal Reasons",
            "500 Internal Server Error",
            "502 Bad Gateway",
            "503 Service Unavailable",
            "504 Gateway Timeout",
            "999 None",
            "none None",
        )
    },
    **{
        f"a pause of {text[:40]}": status("429 Too Many Requests", Retry_After=text)
        for text in (
            "-5",
            "1e9",
            "soon",
            "9" * 400,
            "3600",
            "\xb2",
            formatdate(4e9, usegmt=True),
            "Wed, 21 Oct 2015 07:28:00 GMT",
            "Wed, 99 Oct 2015 07:28:00 +9999",
        )
    },
    **{
        f"a redirect to {text}": redirect(text)
        for text in (
            "file:///etc/passwd",
            "ftp://index.example/x",
            "data:text/html,x",
            "http://[::1/",
            "//",
            "?again",
            "/none",
            "\xff",
            "http://127.0.0.1:9/",
            "http://none.invalid/",
            "http://x" + "y" * 300 + "/",
        )
    },
    "no answer": lambda reply: reply.repeat(b"", seconds=60),
    "a close": lambda reply: reply.close(),
    "a reset": _reset,
    "half of the body": _half,
    "half of the body, without a length": _until_closed,
    "a length that is too short": _shorter,
    "a length that is too long": lambda reply: reply.send(
        Content_Length=str(len(reply.body) + 5), Connection="close"
    ),
    "a negative length": header(Content_Length="-5"),
    "no length at all": _without_length,
    "a length that is not a number": header(Content_Length="many"),
    "two lengths": header(Content_Length="5, 7"),
    "no HTTP": lambda reply: reply.connection.sendall(b"SSH-2.0-x\r\n\r\n"),
    "a head that drips": endless(b"x", b"HTTP/1.1 200 OK\r\nX: "),
    "a status that drips": endless(b" ", b"HTTP/1.1 200"),
    "endless headers": endless(b"A: b\r\n" * 1000, b"HTTP/1.1 200 OK\r\n"),
    "endless 100 Continue": endless(b"HTTP/1.1 100 Continue\r\n\r\n"),
    "a body that drips": endless(b" ", b"HTTP/1.1 200 OK\r\n\r\n"),
    "the size of a chunk that drips": endless(b"0", _CHUNKED),
    "an extension of a chunk that drips": endless(b"x", _CHUNKED + b"5;"),
    "endless trailers": endless(b"A: b\r\n", _CHUNKED + b"2\r\n{}\r\n0\r\n"),
    "the size of a chunk that is not a number": lambda reply: reply.connection.sendall(
        _CHUNKED + b"zz\r\n{}\r\n"
    ),
    "a negative chunk": lambda reply: reply.connection.sendall(_CHUNKED + b"-5\r\n{}\r\n"),
    "endless gzip of nothing": endless(_NOTHING * 100, _GZIPPED),
    "an endless body of spaces": endless(b" " * 1000, b"HTTP/1.1 200 OK\r\n\r\n"),
    "gzip that was not asked for": _gzipped,
    "invalid gzip": header(Content_Encoding="gzip"),
    "invalid deflate": header(Content_Encoding="deflate"),
    "an encoding that nobody knows": header(Content_Encoding="br"),
    "many encodings": header(Content_Encoding=", ".join(["gzip"] * 9)),
    "text/html": header(Content_Type="text/html"),
    "application/json": header(Content_Type="application/json"),
    "no type": header(Content_Type=""),
    "a charset that nobody knows": header(Content_Type="text/html; charset=x-none"),
    "UTF-16": header(Content_Type="application/vnd.pypi.simple.v1+json; charset=utf-16"),
    "nothing": other(b""),
    "zeros": other(b"\0" * 5000),
    "a page to log in": lambda reply: reply.send(
        body=b"<!DOCTYPE html><html><body><a href='/login'>Log in</a></body></html>",
        Content_Type="text/html; charset=utf-8",
    ),
    "an empty object": other(b"{}"),
    "a changed bit": _changed,
    "metadata of another project": other(b"Metadata-Version: 2.4\nName: other\nVersion: 1.0\n"),
    "another range": _range("bytes 0-99/5000"),
    "a range of nothing": _range("bytes 5-4/0"),
    "an invalid range": _range("bytes a-b/c"),
    "a range of long numbers": _range(f"bytes 0-99/{'9' * 400}"),
    "a range that is said by 200": _range("bytes 0-99/5000", "200 OK"),
    "several ranges": _range("bytes 0-99/5000", Content_Type="multipart/byteranges; boundary=x"),
}
#: Those that last until nobody waits any more: they are drawn less often.
SLOW = frozenset(
    name for name in FAULTS if "drips" in name or "endless" in name or name == "no answer"
)

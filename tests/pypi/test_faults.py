"""Servers that are slow, broken or hostile: each ends in a sentence, and none is waited for."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Callable

import pytest

from spack_pypi.errors import IndexFailure, UsageError
from spack_pypi.pypi import patience, private_network, web
from spack_pypi.pypi.model import Settings
from spack_pypi.pypi.settings import settings

Answer = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def serving(answers: dict[str, Answer], address: str = "127.0.0.1") -> Iterator[str]:
    """The address of a server that answers like this, by path."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answers[self.path](self)

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


def drips_a_head(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.flush_headers()
    trickles(handler)


def not_gzip(handler: BaseHTTPRequestHandler) -> None:
    says(200, b"plain", Content_Encoding="gzip")(handler)


def asked(url: str, tmp_path: Path, **options: Any) -> bytes:
    opened = web.Web(Settings(url, tmp_path, **options))
    try:
        return opened.get(url).body
    finally:
        opened.close()


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "BACK_OFF", 0)


# (what the server does, what is said)
FAULTS = [
    (breaks_off, "the connection broke before the answer was whole"),
    (resets, "the connection broke before the answer was whole"),
    (not_gzip, "its answer is not encoded as it says"),
    (says(302, Location="/"), "redirects more than 10 times"),
    (says(302, Location="file:///etc/passwd"), "redirects to 'file:'"),
    (says(302, Location="http://[::1/"), "redirects to what is no address"),
    (says(302, Location="/\xff"), "redirects to what is no address"),
    (says(503), "answered 503"),
    (says(429, Retry_After="3600"), "asks to try again in 3600 s: run the command again then"),
    (says(401), "answered 401 Unauthorized; credentials may stand in the URL"),
    (says(418), "answered 418"),
]


@pytest.mark.parametrize("answer, expected", FAULTS, ids=[row[1] for row in FAULTS])
def test_a_fault_is_one_sentence(answer: Answer, expected: str, tmp_path: Path) -> None:
    with serving({"/": answer}) as url, pytest.raises(IndexFailure) as error:
        asked(f"{url}/", tmp_path)
    assert expected in str(error.value)
    assert str(error.value).startswith(url)


def test_a_proxy_that_does_not_answer(tmp_path: Path) -> None:
    proxies = {"http": "http://me:secret@127.0.0.1:9"}
    with pytest.raises(IndexFailure, match="its proxy does not answer") as error:
        asked("http://index.example/", tmp_path, proxies=proxies)
    assert "secret" not in str(error.value)


def test_a_proxy_that_speaks_another_protocol(tmp_path: Path) -> None:
    with pytest.raises(IndexFailure, match="http://index.example/: its proxy "):
        asked("http://index.example/", tmp_path, proxies={"http": "socks5://127.0.0.1:9"})


@pytest.mark.parametrize("proxy", ["::::", "http://", "http://[::1", "http://me:secret@:x"])
def test_a_proxy_that_is_no_address(proxy: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the proxy that is configured is not an") as error:
        asked("http://index.example/", tmp_path, proxies={"http": proxy})
    assert "secret" not in str(error.value)


@pytest.mark.parametrize("answer", [drips, drips_a_head])
def test_a_server_that_drips_is_left(
    answer: Answer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "LONGEST", 1.0)
    with serving({"/": answer}) as url, pytest.raises(IndexFailure, match="did not answer whole"):
        asked(f"{url}/", tmp_path, timeout=0.5)


def test_so_is_one_whose_archive_drips(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "LONGEST", 1.0)
    with serving({"/": drips}) as url:
        opened = web.Web(Settings(f"{url}/", tmp_path, timeout=0.5))
        with pytest.raises(IndexFailure, match="did not answer whole"), opened.stream(url) as raw:
            while raw.read(1 << 20):
                pass


def test_what_a_redirect_says_beside_its_address_is_not_read(tmp_path: Path) -> None:
    sent: list[int] = []

    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", "/there")
        handler.end_headers()
        while len(sent) < 100:
            handler.wfile.write(b"x" * (1 << 20))
            sent.append(1)

    with serving({"/": endless, "/there": says(200, b"whole")}) as url:
        assert asked(f"{url}/", tmp_path) == b"whole"
    assert len(sent) < 100


def test_a_redirect_keeps_the_connection(tmp_path: Path) -> None:
    peers = set()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        peers.add(handler.client_address)
        handler.protocol_version, handler.close_connection = "HTTP/1.1", False
        at_end = handler.path == "/3"
        location = {} if at_end else {"Location": f"/{int(handler.path[1:]) + 1}"}
        says(200 if at_end else 302, b"whole", **location)(handler)

    with serving({f"/{at}": answer for at in range(4)}) as url:
        assert asked(f"{url}/0", tmp_path) == b"whole"
    assert len(peers) == 1


def test_waiting_for_a_place_is_not_waiting_for_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "LONGEST", 0.5)
    answers = in_turn(says(429, Retry_After="1"), says(200, b"first"), says(200, b"second"))
    with serving({"/": answers}) as url:
        opened = web.Web(Settings(f"{url}/", tmp_path, timeout=0.2, connections=1))
        with ThreadPoolExecutor(2) as pool:
            found = [pool.submit(opened.get, f"{url}/") for _ in range(2)]
        opened.close()
    assert {each.result().body for each in found} == {b"first", b"second"}


def test_credentials_do_not_go_where_a_redirect_leads(tmp_path: Path) -> None:
    shown: dict[str, str | None] = {}

    def keeps(name: str, answer: Answer) -> Answer:
        def keep(handler: BaseHTTPRequestHandler) -> None:
            shown[name] = handler.headers.get("Authorization")
            answer(handler)

        return keep

    with serving({"/there": keeps("other", says(200, b"whole"))}) as other:
        redirect = keeps("index", says(302, Location=f"{other}/there"))
        with serving({"/": redirect}) as index:
            with_secret = index.replace("http://", "http://me:secret@") + "/"
            reach = settings(with_secret, default=lambda: None, cache=tmp_path, environment={})
            opened = web.Web(reach)
            answer = opened.get(reach.url)
            opened.close()
    assert answer.body == b"whole" and answer.url == f"{other}/there"
    assert shown == {"index": "Basic bWU6c2VjcmV0", "other": None}
    assert "secret" not in repr(reach)


def test_an_answer_after_a_pause_that_the_server_asked_for(tmp_path: Path) -> None:
    said: list[str] = []
    with serving({"/": in_turn(says(429, Retry_After="1"), says(200, b"whole"))}) as url:
        opened = web.Web(Settings(f"{url}/", tmp_path), said.append)
        assert opened.get(f"{url}/").body == b"whole"
        opened.close()
    assert said == [f"{url[len('http://') :]} asks to try again in 1 s; waiting"]


@pytest.mark.parametrize("asked_for", ["0", "soon"])
def test_no_pause_is_asked_for(
    asked_for: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then the next attempt waits as it does without the header."""
    monkeypatch.setattr(web, "BACK_OFF", 1e6)
    monkeypatch.setattr(patience, "LONGEST", 0.2)
    said: list[str] = []
    with serving({"/": says(503, Retry_After=asked_for)}) as url:
        opened = web.Web(Settings(f"{url}/", tmp_path, timeout=0.5), said.append)
        with pytest.raises(IndexFailure, match="did not answer whole"):
            opened.get(f"{url}/")
        opened.close()
    assert said == []


# (Retry-After, seconds)
PAUSES = [
    ("30", 30),
    (" 5 ", 5),
    ("soon", 0),
    ("-5", 0),
    ("\u0663", 0),
    ("9" * 5000, 0),
    ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
    ("Wed, 99 Oct 2015 07:28:00 GMT", 0),
]


@pytest.mark.parametrize("text, seconds", PAUSES, ids=[row[0][:30] for row in PAUSES])
def test_how_long_a_pause_is(text: str, seconds: float) -> None:
    assert patience.pause(text) == seconds


def test_a_pause_until_a_date() -> None:
    assert 20 < patience.pause(formatdate(time.time() + 30, usegmt=True)) <= 30


# (IP address, whether it is private)
PRIVATE = [
    ("127.0.0.1", True),
    ("10.1.2.3", True),
    ("192.168.0.1", True),
    ("169.254.169.254", True),
    ("100.64.0.1", True),
    ("0.0.0.0", True),
    ("::1", True),
    ("fe80::1%eth0", True),
    ("fd00:ec2::254", True),
    ("::ffff:169.254.169.254", True),
    ("151.101.0.223", False),
    ("2a04:4e42::223", False),
]


@pytest.mark.parametrize("address, expected", PRIVATE, ids=[row[0] for row in PRIVATE])
def test_private_addresses(address: str, expected: bool) -> None:
    assert private_network.is_private(address) is expected


def test_a_public_index_does_not_lead_into_the_private_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here 127.0.0.2 counts as public."""
    monkeypatch.setattr(private_network, "is_private", lambda address: address == "127.0.0.1")
    with serving({"/": says(200, b"router")}) as inside:
        with (
            serving({"/": says(302, Location=f"{inside}/")}, "127.0.0.2") as index,
            pytest.raises(IndexFailure, match="may not lead to an address of a private network"),
        ):
            asked(f"{index}/", tmp_path)
        assert asked(f"{inside}/", tmp_path) == b"router"

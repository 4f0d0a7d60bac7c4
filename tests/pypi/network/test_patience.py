"""How long servers are waited for: what never ends is left, and pauses that are asked for are
kept."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from types import SimpleNamespace
from typing import NoReturn

import pytest

from spack_pypi.errors import IndexFailure, NotFetched
from spack_pypi.pypi.archives.tar import Reader
from spack_pypi.pypi.model import Settings
from spack_pypi.pypi.network import patience, web
from spack_pypi.pypi.network.traffic import Traffic
from tests.hostile.faulty import FAULTS, SLOW, Reply
from tests.pypi.serving import asked, drips, in_turn, says, serving


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "BACK_OFF", 0)


def test_a_server_that_only_fails_is_not_asked_again_and_again() -> None:
    """Once it has wasted what one answer may cost."""
    servers = patience.Servers("http://index.example/simple/", timeout=1)
    url = "http://files.example/a.whl"
    for _ in range(patience.MOST_FAILED):
        assert servers.deadline(url).left() > patience.SHORTEST
        servers.failed(url, "answered 503", 4.0)
    servers.failed(url, "answered 503", patience.LONGEST)
    with pytest.raises(
        NotFetched, match=r"the last 9 answers of its server failed \(answered 503"
    ):
        servers.deadline(url)
    assert servers.deadline("http://other.example/a.whl").left() > patience.SHORTEST
    servers.answered(url)
    assert servers.deadline(url).left() <= patience.SHORTEST


# (bytes a second, whether its length is said, seconds until it is left; none: it goes on)
RATES = [
    (0, True, 45),
    (patience.SLOWEST // 2, True, 90),
    (patience.STEADY // 2, True, 720),
    (300_000, True, None),
    (300_000, False, 360),
]


@pytest.mark.parametrize("rate, says_its_end, left_after", RATES)
def test_a_large_file_goes_on_as_long_as_it_arrives(
    rate: int, says_its_end: bool, left_after: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, left = 0, None
    monkeypatch.setattr(patience, "time", SimpleNamespace(monotonic=lambda: now))
    deadline = patience.Servers("http://index.example/", 30).deadline("http://index.example/x")
    deadline.says_its_end = says_its_end
    while left is None and now < 2000:
        now += 1
        try:
            deadline.arrived(rate)
        except NotFetched:
            left = now
    assert left == left_after


@pytest.mark.parametrize("fault", sorted(SLOW))
def test_what_never_ends_is_left(
    fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each byte of it is in time, or unpacks to nothing."""
    monkeypatch.setattr(patience, "LONGEST", 0.4)
    monkeypatch.setattr(patience, "MOST_TIMES", 2)
    monkeypatch.setattr(patience, "STEADY", 1 << 30)
    ends = threading.Event()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        FAULTS[fault](Reply(handler.connection, "/", "text/plain", b"", ends))

    with serving({"/": answer}) as url, pytest.raises(NotFetched) as error:
        asked(f"{url}/", tmp_path, timeout=0.2)
    ends.set()
    said = ("did not answer whole within 0.4 s", "did not answer whole within 0.8 s")
    assert str(error.value).startswith(url)
    assert any(each in str(error.value) for each in (*said, "its answer is not HTTP"))


def test_so_is_what_arrives_fast_enough_and_does_not_say_how_long_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "LONGEST", 0.2)
    monkeypatch.setattr(patience, "MOST_TIMES", 2)
    monkeypatch.setattr(patience, "SLOWEST", 1)
    monkeypatch.setattr(patience, "STEADY", 1)
    with serving({"/": drips}) as url:
        opened = web.Web(Settings(f"{url}/", tmp_path, timeout=0.1))
        with pytest.raises(NotFetched, match="did not answer whole within 0.4 s; to wait"):
            opened.read(f"{url}/", lambda raw: [*iter(lambda: raw.read(1 << 20), b"")])


def test_so_is_one_whose_archive_drips(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "LONGEST", 0.4)
    with serving({"/": drips}) as url:
        opened = web.Web(Settings(f"{url}/", tmp_path, timeout=0.2))
        with pytest.raises(NotFetched, match="did not answer whole"):
            opened.read(f"{url}/", lambda raw: [*iter(lambda: raw.read(1 << 20), b"")])


@pytest.fixture
def no_name_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """None answers; the event is set once one is asked."""
    ends, is_asked = threading.Event(), threading.Event()

    def look_up(*arguments: object, **more: object) -> NoReturn:
        is_asked.set()
        ends.wait(60)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    yield is_asked
    ends.set()


@pytest.mark.parametrize("at, kind", [("index", IndexFailure), ("files", NotFetched)])
def test_a_name_server_that_never_answers(
    at: str,
    kind: type[Exception],
    no_name_server: threading.Event,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(patience, "LONGEST", 0.3)
    opened = web.Web(Settings("http://index.example/simple/", tmp_path, timeout=0.2))
    with pytest.raises(
        IndexFailure, match="cannot be reached: its host name is not resolved"
    ) as error:
        opened.get(f"http://{at}.example/x")
    assert type(error.value) is kind
    assert str(error.value).startswith(f"http://{at}.example/x: ")
    opened.close()


def test_nobody_waits_for_it_after_the_end(
    no_name_server: threading.Event, tmp_path: Path
) -> None:
    opened = web.Web(Settings("http://index.example/simple/", tmp_path))
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(opened.get, "http://index.example/simple/x/")
        assert no_name_server.wait(60)
        opened.close()
    assert isinstance(waiting.exception(), IndexFailure)


def test_nor_for_a_server_that_is_silent(tmp_path: Path) -> None:
    is_asked, ends = threading.Event(), threading.Event()

    def silent(handler: BaseHTTPRequestHandler) -> None:
        is_asked.set()
        ends.wait(60)

    with serving({"/": silent}) as url, ThreadPoolExecutor(1) as pool:
        opened = web.Web(Settings(f"{url}/", tmp_path, timeout=1000))
        waiting = pool.submit(opened.get, f"{url}/")
        assert is_asked.wait(60)
        opened.close()
        assert isinstance(waiting.exception(), IndexFailure)
        ends.set()


def test_a_connection_that_comes_too_late_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    may_end, closed = threading.Event(), threading.Event()
    monkeypatch.setattr(patience, "LONGEST", 0.1)
    servers = patience.Servers("http://index.example/simple/", timeout=0.1)
    with servers.deadline("http://index.example/x"), pytest.raises(TimeoutError):
        patience.in_time(lambda: may_end.wait(60), lambda late: closed.set())
    may_end.set()
    assert closed.wait(60)


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


def test_a_connection_whose_answer_is_whole_is_for_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long its reader goes on to work on what it has read."""
    monkeypatch.setattr(patience, "LONGEST", 0.3)
    peers = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        peers.append(handler.client_address)
        handler.protocol_version, handler.close_connection = "HTTP/1.1", False
        says(200, b"whole")(handler)

    def reader(raw: Reader) -> bytes:
        found = b"".join(iter(lambda: raw.read(100), b""))
        time.sleep(0.5)
        return found

    with serving({"/": answer}) as url:
        opened = web.Web(Settings(f"{url}/", tmp_path, timeout=0.2))
        assert opened.read(f"{url}/", reader) == opened.get(f"{url}/").body == b"whole"
        opened.close()
    assert len({*peers}) == 1


def test_an_answer_after_a_pause_that_the_server_asked_for(tmp_path: Path) -> None:
    said: list[str] = []
    with serving({"/": in_turn(says(429, Retry_After="1"), says(200, b"whole"))}) as url:
        reach = Settings(f"{url}/", tmp_path)
        opened = web.Web(reach, Traffic(reach, said.append))
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
        reach = Settings(f"{url}/", tmp_path, timeout=0.5)
        opened = web.Web(reach, Traffic(reach, said.append))
        with pytest.raises(NotFetched, match="did not answer whole"):
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


def test_a_name_is_not_waited_for_without_a_deadline_either() -> None:
    """Whether a repository may be asked is known before git is started."""
    may_end, closed = threading.Event(), threading.Event()
    with pytest.raises(TimeoutError):
        patience.in_time(lambda: may_end.wait(60), lambda late: closed.set(), 0.1)
    may_end.set()
    assert closed.wait(10)
    assert patience.in_time(lambda: 7, lambda late: None, 10) == 7

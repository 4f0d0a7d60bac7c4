"""Servers that are slow, broken or hostile: each ends in a sentence, and none is waited for."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from spack_pypi.errors import FileFailure, IndexFailure, NotFetched, UsageError
from spack_pypi.pypi.model import Settings
from spack_pypi.pypi.network import patience, private_network, web
from spack_pypi.pypi.settings import settings
from tests.pypi.serving import (
    Answer,
    asked,
    breaks_off,
    in_turn,
    not_gzip,
    resets,
    says,
    serving,
)


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
    (says(302, Location="http://[::1/"), "redirects to what is not an address"),
    (says(302, Location="/\xff"), "redirects to what is not an address"),
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


@pytest.mark.parametrize("broken", [breaks_off, resets])
def test_an_answer_that_breaks_off_is_asked_for_again(broken: Answer, tmp_path: Path) -> None:
    with serving({"/": in_turn(broken, broken, says(200, b"whole"))}) as url:
        assert asked(f"{url}/", tmp_path) == b"whole"


def test_so_is_an_archive_from_its_beginning(tmp_path: Path) -> None:
    pieces: list[bytes] = []
    with serving({"/": in_turn(breaks_off, says(200, b"whole"))}) as url:
        opened = web.Web(Settings(f"{url}/", tmp_path))

        def read(raw: Any) -> bytes:
            pieces.append(b"begins")
            pieces.extend(iter(lambda: raw.read(3), b""))
            return b"".join(pieces[pieces.index(b"begins", 1) + 1 :])

        assert opened.read(f"{url}/", read) == b"whole"
        opened.close()
    assert pieces == [b"begins", b"sho", b"rt", b"begins", b"who", b"le"]


def test_an_index_that_cannot_be_reached_is_no_failure_of_a_page(tmp_path: Path) -> None:
    with serving({}) as gone:
        pass
    opened = web.Web(Settings(f"{gone}/simple/", tmp_path))
    for path in ("simple/x/", "x.whl"):
        with pytest.raises(IndexFailure, match="refuses connections") as error:
            opened.get(f"{gone}/{path}")
        assert not isinstance(error.value, FileFailure)
    opened.close()


def test_nor_is_one_that_does_not_take_connections(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A firewall drops them: all attempts together take longer than one answer may."""
    monkeypatch.setattr(patience, "LONGEST", 0.5)
    with ExitStack() as opened, socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        for _ in range(3):
            waiting = opened.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        with pytest.raises(IndexFailure, match="did not answer in time") as error:
            asked(f"http://127.0.0.1:{full.getsockname()[1]}/", tmp_path, timeout=0.2)
    assert not isinstance(error.value, FileFailure)


def test_another_server_that_cannot_be_reached_is_one_of_its_files(tmp_path: Path) -> None:
    with serving({}) as gone:
        pass
    with serving({"/simple/x/": says(200, b"page")}) as url:
        opened = web.Web(Settings(f"{url}/simple/", tmp_path))
        for name in ("a.whl", "b.whl"):
            with pytest.raises(NotFetched, match=f"{name}: refuses connections"):
                opened.get(f"{gone}/{name}")
        assert opened.get(f"{url}/simple/x/").body == b"page"
        opened.close()


def test_one_to_which_files_are_redirected_is_not_tried_again(tmp_path: Path) -> None:
    with serving({}) as gone:
        pass
    with serving({"/x.whl": says(302, Location=f"{gone}/x.whl")}) as url:
        opened = web.Web(Settings(f"{url}/simple/", tmp_path))
        with pytest.raises(NotFetched, match="refuses connections"):
            opened.get(f"{url}/x.whl")
        with (
            socket.create_server(("127.0.0.1", int(gone.rpartition(":")[2]))),
            pytest.raises(NotFetched, match="refuses connections"),
        ):
            opened.get(f"{url}/x.whl")
        opened.close()


@pytest.mark.parametrize("status, said", [(500, "500 Internal Server Error"), (499, "499")])
def test_the_words_of_a_server_are_not_repeated(status: int, said: str, tmp_path: Path) -> None:
    """It knows the credentials."""

    def echoes(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response_only(status, f"no {handler.headers.get('Authorization')} secret")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    with serving({"/": echoes}) as url:
        with_secret = url.replace("http://", "http://me:secret@") + "/"
        reach = settings(with_secret, default=lambda: None, cache=tmp_path, environment={})
        opened = web.Web(reach)
        with pytest.raises(NotFetched, match=f"answered {said}$") as error:
            opened.get(reach.url)
        opened.close()
    assert "secret" not in str(error.value) and "Basic" not in str(error.value)


def test_a_proxy_that_does_not_answer(tmp_path: Path) -> None:
    proxies = {"http": "http://me:secret@127.0.0.1:9"}
    with pytest.raises(IndexFailure, match="its proxy does not answer") as error:
        asked("http://index.example/", tmp_path, proxies=proxies)
    assert "secret" not in str(error.value)


def test_a_proxy_that_speaks_another_protocol(tmp_path: Path) -> None:
    with pytest.raises(IndexFailure, match="http://index.example/: its proxy "):
        asked("http://index.example/", tmp_path, proxies={"http": "socks5://127.0.0.1:9"})


@pytest.mark.parametrize(
    "proxy", ["::::", "http://", "http://[::1", "http://me:secret@:x", "ftp://me:secret@x"]
)
def test_a_proxy_that_is_no_address(proxy: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the proxy that is configured is not an") as error:
        asked("http://index.example/", tmp_path, proxies={"http": proxy})
    assert "secret" not in str(error.value)


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


@pytest.mark.parametrize(
    ("answer", "is_read"),
    [
        (says(200, b"for me:long secret!"), False),
        (says(200, b"bWU6bG9uZyBzZWNyZXQh"), False),  # as it was sent
        (says(302, Location="/long%20secret%21"), False),
        (says(200, b"whole", ETag="long secret!"), False),
        (says(200, b"http://me:long%20secret%21@host.example/a secret"), True),  # is taken out
        (says(200, b"long"), True),
    ],
)
def test_an_answer_that_repeats_the_password_is_not_read(
    answer: Answer, is_read: bool, tmp_path: Path
) -> None:
    with serving({"/": answer}) as index:
        with_secret = index.replace("http://", "http://me:long%20secret%21@") + "/"
        reach = settings(with_secret, default=lambda: None, cache=tmp_path, environment={})
        opened = web.Web(reach)
        try:
            if is_read:
                assert opened.get(reach.url).status == 200
            else:
                with pytest.raises(NotFetched, match="repeats the password") as raised:
                    opened.get(reach.url)
                assert "secret" not in str(raised.value)
        finally:
            opened.close()


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
    ("64:ff9b::169.254.169.254", True),
    ("2002:a9fe:a9fe::1", True),
    ("64:ff9b::151.101.0.223", False),
    ("::ffff:151.101.0.223", False),
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
            pytest.raises(
                IndexFailure,
                match="it is in a private network .* pip config set global.trusted-host 127.0.0.1",
            ),
        ):
            asked(f"{index}/", tmp_path)
        assert asked(f"{inside}/", tmp_path) == b"router"
        with serving({"/": says(302, Location=f"{inside}/")}, "127.0.0.2") as index:
            assert asked(f"{index}/", tmp_path, trusted=("127.0.0.1",)) == b"router"

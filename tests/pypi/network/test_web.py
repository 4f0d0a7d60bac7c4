"""Connections with TLS: whom they trust. ``tls/`` has the certificate of an authority of its own,
valid for this machine and 100 years, and that of its server."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from spack_pypi.errors import IndexFailure, UsageError
from spack_pypi.pypi.model import Settings
from spack_pypi.pypi.network import web

TLS = Path(__file__).with_name("tls")


class Hello(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *arguments: object) -> None:
        """Nothing is printed."""


@pytest.fixture(autouse=True)
def only_what_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "BACK_OFF", 0)
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def url() -> Iterator[str]:
    """The address of a server with TLS."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hello)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / "server.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"https://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def got(url: str, tmp_path: Path, verify: Any) -> bytes:
    opened = web.Web(Settings(url, tmp_path, verify=verify))
    try:
        return opened.get(url).body
    finally:
        opened.close()


@pytest.fixture
def closed(url: str) -> Iterator[str]:
    """The address of a server with TLS that answers only whom it knows."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hello)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / "server.pem")
    context.load_verify_locations(TLS / "authority.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"https://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def shown(index: str, url: str, tmp_path: Path, client_cert: str) -> bytes:
    """What is at an address, for one that an index leads to."""
    reach = Settings(index, tmp_path, verify=str(TLS / "authority.pem"), client_cert=client_cert)
    opened = web.Web(reach)
    try:
        return opened.get(url).body
    finally:
        opened.close()


def test_a_certificate_of_the_client(closed: str, tmp_path: Path) -> None:
    assert shown(closed, closed, tmp_path, str(TLS / "server.pem")) == b"hello"
    with pytest.raises(IndexFailure):
        shown(closed, closed, tmp_path, "")


def test_it_is_shown_to_the_index_only(closed: str, url: str, tmp_path: Path) -> None:
    assert shown(url, url, tmp_path, str(TLS / "server.pem")) == b"hello"
    with pytest.raises(IndexFailure):
        shown(url, closed, tmp_path, str(TLS / "server.pem"))


@pytest.mark.parametrize("file", ["authority.pem", "gone.pem"])
def test_what_is_no_certificate_of_a_client(file: str, url: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="pip's client-cert"):
        shown(url, url, tmp_path, str(TLS / file))


def test_who_is_named_is_trusted(url: str, tmp_path: Path) -> None:
    assert got(url, tmp_path, str(TLS / "authority.pem")) == b"hello"


def test_nobody_else_is_trusted(url: str, tmp_path: Path) -> None:
    with pytest.raises(IndexFailure, match="its TLS certificate cannot be verified"):
        got(url, tmp_path, True)


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_a_variable_names_who_is_trusted(
    url: str, tmp_path: Path, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, str(TLS / "authority.pem"))
    assert got(url, tmp_path, True) == b"hello"


def test_certificates_that_cannot_be_read_are_an_error(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And no other ones are trusted instead."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(TLS / "authority.pem"))
    (tmp_path / "empty.pem").write_text("none\n")
    for name in ("none.pem", "empty.pem"):
        with pytest.raises(IndexFailure, match="to set a CA: pip config set global.cert FILE"):
            got(url, tmp_path, str(tmp_path / name))


def test_the_address_of_another_server_is_refused(url: str, tmp_path: Path) -> None:
    """The certificate is for 127.0.0.1 only."""
    other = url.replace("127.0.0.1", "localhost")
    with pytest.raises(IndexFailure, match="its TLS certificate is that of another host"):
        got(other, tmp_path, str(TLS / "authority.pem"))


class Plain(Hello):
    """A server without TLS, and a proxy: it answers with the address that it was asked for."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.path)))
        self.end_headers()
        self.wfile.write(self.path.encode())


def test_the_environment_says_for_each_server_whether_there_is_a_proxy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Plain)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    here = f"http://127.0.0.1:{server.server_port}"
    for variable in ("http_proxy", "HTTP_PROXY", "no_proxy", "NO_PROXY", "all_proxy"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("http_proxy", here)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    opened = web.Web(Settings(f"{here}/simple/", tmp_path))
    asked = ["http://index.example/a", f"{here}/a", "http://index.example/b", f"{here}/b"]
    bodies = [opened.get(url).body.decode() for url in asked]
    opened.close()
    server.shutdown()
    server.server_close()
    assert bodies == ["http://index.example/a", "/a", "http://index.example/b", "/b"]

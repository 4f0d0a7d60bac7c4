"""The password of an index from a keyring: (credentials of the address, what the server accepts,
what the keyring has) → whether it is asked, and for what."""

from __future__ import annotations

import base64
import stat
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from spack_pypi.errors import NotFetched
from spack_pypi.pypi.model import Settings
from spack_pypi.pypi.named_index import at
from spack_pypi.pypi.network import keyring, web
from tests.pypi.serving import Answer, says, serving


def _accepts(pair: str) -> Answer:
    expected = "Basic " + base64.b64encode(pair.encode()).decode()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        says(200 if handler.headers.get("Authorization") == expected else 401, b"in")(handler)

    return answer


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A keyring that notes what it is asked for, and knows a password for services with x."""
    file = tmp_path / "bin" / "keyring"
    file.parent.mkdir()
    file.write_text(
        f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\n'
        'case "$2" in */x/*) echo p@ss;; *) exit 1;; esac\n'
    )
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(file.parent), prepend=":")
    return file


def _asked(tmp_path: Path) -> list[str]:
    file = tmp_path / "asked"
    return file.read_text().splitlines() if file.exists() else []


def _got(url: str, tmp_path: Path, path: str = "p/", provider: str = "") -> bytes:
    index = at(url)
    reach = Settings(index.url, tmp_path, credentials=index.credentials, keyring=provider)
    opened = web.Web(reach)
    try:
        return opened.get(index.url + path).body
    finally:
        opened.close()


def test_the_password_that_an_address_lacks(program: Path, tmp_path: Path) -> None:
    answers = {f"/x/{path}": _accepts("me:p@ss") for path in ("p/", "q/")}
    with serving(answers) as url:
        there = url.replace("//", "//me@")
        assert _got(f"{there}/x", tmp_path) == b"in"
        assert _asked(tmp_path) == [f"get {url}/x/ me"]


@pytest.mark.parametrize(
    "user, accepted, provider",
    [
        # A token that is accepted is shown to nobody else.
        ("token@", "token:", ""),
        ("me:wrong@", "me:p@ss", ""),
        ("", "me:p@ss", ""),
        ("me@", "me:p@ss", "disabled"),
    ],
)
def test_when_it_is_not_asked(
    user: str, accepted: str, provider: str, program: Path, tmp_path: Path
) -> None:
    with serving({"/x/p/": _accepts(accepted)}) as url:
        address = f"{url}/x".replace("//", f"//{user}")
        if accepted == "token:":
            assert _got(address, tmp_path, provider=provider) == b"in"
        else:
            with pytest.raises(NotFetched, match="answered 401"):
                _got(address, tmp_path, provider=provider)
    assert _asked(tmp_path) == []


def test_what_it_does_not_have(program: Path, tmp_path: Path) -> None:
    """It is asked for the index and for its server, once."""
    with serving({f"/y/{path}": says(401) for path in ("p/", "q/")}) as url:
        index = at(url.replace("//", "//me@") + "/y")
        opened = web.Web(Settings(index.url, tmp_path, credentials=index.credentials))
        for path in ("p/", "q/"):
            with pytest.raises(NotFetched, match="answered 401"):
                opened.get(index.url + path)
        opened.close()
        server = url.partition("//")[2]
        assert _asked(tmp_path) == [f"get {url}/y/ me", f"get {server} me"]


def test_one_that_does_not_answer(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    monkeypatch.setattr(keyring, "_LONGEST", 0.1)
    with (
        serving({"/x/p/": says(401)}) as url,
        pytest.raises(NotFetched, match="keyring did not finish .*keyring-provider disabled"),
    ):
        _got(url.replace("//", "//me@") + "/x", tmp_path)


@pytest.mark.parametrize(
    "script, reason",
    [("exec cat /dev/zero", "printed more than 64 KiB"), ("printf 'p\\377'", "answered 401")],
)
def test_what_is_no_password(script: str, reason: str, program: Path, tmp_path: Path) -> None:
    program.write_text(f"#!/bin/sh\n{script}\n")
    with serving({"/x/p/": says(401)}) as url, pytest.raises(NotFetched, match=reason):
        _got(url.replace("//", "//me@") + "/x", tmp_path)


def test_a_user_that_looks_like_an_option(program: Path, tmp_path: Path) -> None:
    with serving({"/x/p/": says(401)}) as url, pytest.raises(NotFetched, match="answered 401"):
        _got(url.replace("//", "//--version@") + "/x", tmp_path)
    assert not _asked(tmp_path)


def test_where_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with serving({"/x/p/": says(401)}) as url, pytest.raises(NotFetched, match="answered 401"):
        _got(url.replace("//", "//me@") + "/x", tmp_path)

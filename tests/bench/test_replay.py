"""What was recorded is replayed byte for byte, and nothing else is."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
import requests

from bench import recorder
from bench.recorder import Recorder
from bench.recording import Recording, path_of, url_of
from bench.replay import ReplayServer, wanted_range
from spack_pypi.pypi.http import HttpIndex
from spack_pypi.pypi.model import Settings
from tests.index_server import IndexServer

JSON = "application/vnd.pypi.simple.v1+json"


@pytest.fixture
def index() -> Iterator[IndexServer]:
    with IndexServer() as server:
        server.served.add("one", "1.0", "two>=2", padding=5000)
        server.served.add("one", "1.1", "two>=2", padding=5000)
        yield server


@pytest.fixture
def mirror() -> Iterator[IndexServer]:
    """An index without metadata beside its wheels."""
    with IndexServer() as server:
        server.served.advertises_metadata = server.served.serves_metadata = False
        server.served.add("one", "1.0", "two>=2", padding=5000)
        yield server


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    return Recording(tmp_path / "answers")


def record(recording: Recording, full: bool = False) -> ReplayServer:
    return ReplayServer(recording, full=full, recorder=Recorder(recording, True, {}))


def get(url: str, **headers: str) -> requests.Response:
    # No compression, unless a test asks for it.
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.get(url, headers={"Accept-Encoding": "identity", **named}, timeout=10)


def files(page: requests.Response, server: ReplayServer) -> dict[str, str]:
    """The addresses of a page's files on a server."""
    return {each["filename"]: server.address + each["url"] for each in page.json()["files"]}


@pytest.mark.parametrize("url", ["https://index.example/simple/", "http://files.example:80/a?b=c"])
def test_a_path_is_an_address_in_another_form(url: str) -> None:
    assert url_of(path_of(url)) == url


@pytest.mark.parametrize("path", ["/", "/simple/one/", "/ftp/index.example/a", "/https/"])
def test_other_paths_are_no_addresses(path: str) -> None:
    with pytest.raises(ValueError):
        url_of(path)


# (header, first byte and the one behind the last of ten)
RANGES: list[tuple[str, tuple[int, int] | tuple[()] | None]] = [
    ("bytes=0-0", (0, 1)),
    ("bytes=2-", (2, 10)),
    ("bytes=-3", (7, 10)),
    ("bytes=-30", (0, 10)),
    ("bytes=8-99", (8, 10)),
    ("bytes=10-", ()),
    ("bytes=-", None),
    ("bytes=0-1,3-4", None),
    ("", None),
]


@pytest.mark.parametrize("header, expected", RANGES)
def test_ranges(header: str, expected: tuple[int, int] | tuple[()] | None) -> None:
    assert wanted_range(header, 10) == expected


def test_files_are_replayed_byte_for_byte(index: IndexServer, recording: Recording) -> None:
    content = index.served.files
    with record(recording) as server:
        page = get(server.url(index.url) + "one/", Accept=JSON)
        for url in files(page, server).values():
            get(url)
            get(f"{url}.metadata")
    asked = len(index.served.requests)
    with ReplayServer(recording) as server:
        page = get(server.url(index.url) + "one/", Accept=JSON)
        found = files(page, server)
        assert len(found) == 4
        for name, url in found.items():
            assert get(url).content == content[name]
            part = get(url, Range="bytes=10-19")
            assert part.status_code == 206
            assert part.content == content[name][10:20]
            assert part.headers["Content-Range"] == f"bytes 10-19/{len(content[name])}"
            assert get(url, Range="bytes=-7").content == content[name][-7:]
            assert get(url, Range=f"bytes={len(content[name])}-").status_code == 416
            head = requests.head(url, headers={"Accept-Encoding": "identity"}, timeout=10)
            assert head.headers["Content-Length"] == str(len(content[name]))
            assert head.headers["Accept-Ranges"] == "bytes"
            if name.endswith(".whl"):
                assert get(f"{url}.metadata").content == content[f"{name}.metadata"]
    assert len(index.served.requests) == asked


def test_a_page_is_unchanged_but_for_its_links(index: IndexServer, recording: Recording) -> None:
    original = get(f"{index.url}one/", Accept=JSON)
    with record(recording) as server:
        page = get(server.url(index.url) + "one/", Accept=JSON)
    assert page.headers["Content-Type"] == original.headers["Content-Type"]
    expected = original.json()
    for each in expected["files"]:
        each["url"] = path_of(urljoin(original.url, each["url"]))
    assert page.json() == expected


def test_an_html_page_leads_to_the_replaying_server(
    index: IndexServer, recording: Recording, tmp_path: Path
) -> None:
    index.served.json = False
    with record(recording, full=True) as server:
        reach = Settings(server.url(index.url), tmp_path / "cache")
        direct = Settings(index.url, tmp_path / "direct")
        found, expected = HttpIndex(reach), HttpIndex(direct)
        release = found.project("one").releases[0]
        assert all(file.url.startswith(server.address) for file in release.files)
        assert found.metadata(release) == expected.metadata(expected.project("one").releases[0])
        assert not server.counts.unknown


def test_what_was_not_recorded_is_counted(index: IndexServer, recording: Recording) -> None:
    with record(recording) as server:
        assert get(server.url(index.url) + "none/").status_code == 404
        assert server.counts.unknown == []
    with ReplayServer(recording) as server:
        # A recorded 404 is an answer.
        assert get(server.url(index.url) + "none/").status_code == 404
        assert server.counts.unknown == []
        assert get(server.url(index.url) + "one/").status_code == 404
        assert server.counts.unknown == [path_of(index.url) + "one/"]


def test_requests_connections_and_bytes_are_counted(
    index: IndexServer, recording: Recording
) -> None:
    with record(recording) as server, requests.Session() as session:
        url = server.url(index.url) + "one/"
        first = session.get(url, headers={"Accept-Encoding": "identity"}, timeout=10)
        before = requests.get(server.address, timeout=10).json()
        session.get(url, headers={"Accept-Encoding": "identity"}, timeout=10)
        after = requests.get(server.address, timeout=10).json()
    assert (before["requests"], before["connections"]) == (1, 1)
    assert (after["requests"], after["connections"]) == (2, 1)
    # The body, and a head that is shorter.
    assert 1 < (after["sent"] - before["sent"]) / len(first.content) < 2


def test_full_gives_what_the_public_index_gives(mirror: IndexServer, recording: Recording) -> None:
    beside = mirror.served.files["one-1.0-py3-none-any.whl.metadata"]
    with record(recording) as server:
        plain = get(server.url(mirror.url) + "one/", Accept_Encoding="gzip")
        wheel = files(plain, server)["one-1.0-py3-none-any.whl"]
        assert get(f"{wheel}.metadata").status_code == 404
    assert "Content-Encoding" not in plain.headers
    assert not any(file.get("core-metadata") for file in plain.json()["files"])
    with record(recording, full=True) as server:
        url = server.url(mirror.url) + "one/"
        wheel = files(get(url), server)["one-1.0-py3-none-any.whl"]
        get(f"{wheel}.metadata")
    with ReplayServer(recording, full=True) as server:
        url = server.url(mirror.url) + "one/"
        page = get(url, Accept_Encoding="gzip")
        assert page.headers["Content-Encoding"] == "gzip"
        assert page.headers["Cache-Control"] == "max-age=600, public"
        for file in page.json()["files"]:
            assert bool(file.get("core-metadata")) is file["filename"].endswith(".whl")
        assert get(url).content == page.content
        same = get(url, If_None_Match=page.headers["ETag"])
        assert (same.status_code, same.content) == (304, b"")
        wheel = files(page, server)["one-1.0-py3-none-any.whl"]
        metadata = get(f"{wheel}.metadata")
        assert metadata.content == beside
        assert "immutable" in metadata.headers["Cache-Control"]
        assert get(f"{wheel}.metadata", If_None_Match=metadata.headers["ETag"]).status_code == 304


@pytest.mark.parametrize("full", [False, True])
def test_of_a_large_file_only_what_was_asked_for_is_recorded(
    mirror: IndexServer, recording: Recording, full: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "WHOLE", 2000)
    monkeypatch.setattr(recorder, "_PART", 100)
    content = mirror.served.files["one-1.0-py3-none-any.whl"]
    with record(recording, full) as server:
        url = files(get(server.url(mirror.url) + "one/"), server)["one-1.0-py3-none-any.whl"]
        path = url[len(server.address) :]
        head = requests.head(url, headers={"Accept-Encoding": "identity"}, timeout=10)
        assert int(head.headers["Content-Length"]) == len(content)
        assert get(url, Range="bytes=10-19").content == content[10:20]
        if full:
            beside = mirror.served.files["one-1.0-py3-none-any.whl.metadata"]
            assert get(f"{url}.metadata").content == beside
    with ReplayServer(recording, full=full) as server:
        url = server.address + path
        assert get(url, Range="bytes=50-99").content == content[50:100]
        assert server.counts.unknown == []
        assert get(url, Range="bytes=1000-1009").status_code == 404
        assert server.counts.unknown == [f"{path} bytes 1000-1009"]
        assert get(url).status_code == 404
    with record(recording, full) as server:
        assert get(server.address + path).content == content
    assert recording.get(path) is not None


def test_a_page_is_compressed_once_the_index_does(recording: Recording, tmp_path: Path) -> None:
    body = json.dumps({"files": []}).encode()
    file = tmp_path / "page"
    file.write_bytes(body)
    path = path_of("https://index.example/simple/one/")
    headers = {"content-type": JSON, "x-cache": "hit", "etag": '"1"'}
    kept = recording.put(path, file, 200, headers, gzip.compress(body))
    assert kept.headers == {"content-type": JSON, "etag": '"1"'}
    with ReplayServer(recording) as server:
        page = get(server.address + path, Accept_Encoding="gzip")
        assert page.headers["Content-Encoding"] == "gzip"
        assert hashlib.sha256(page.content).digest() == hashlib.sha256(body).digest()
        assert "Content-Encoding" not in get(server.address + path).headers

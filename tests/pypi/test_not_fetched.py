"""Pages and files that do not arrive, or are not what they should be: nothing wrong is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from spack_pypi.errors import FileFailure, NotFetched
from spack_pypi.pypi import page
from spack_pypi.pypi.network import web
from tests.index_server import IndexServer, Served
from tests.pypi.test_http import index, required

WHEEL = "quiet_log-2.1.0-py3-none-any.whl"


@pytest.fixture(autouse=True)
def releases(server: IndexServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "BACK_OFF", 0)
    server.served.add("quiet-log", "1.4.2", "attrs>=19.2")
    server.served.add("quiet-log", "2.1.0", "attrs>=22.1")


@pytest.mark.parametrize("status", [401, 403, 410, 451, 500])
def test_metadata_that_is_not_to_be_had_is_read_from_the_wheel(
    server: IndexServer, tmp_path: Path, status: int
) -> None:
    server.served.failures[f"/files/{WHEEL}.metadata"] = [status] * 9
    assert required(index(server, tmp_path), "2.1.0") == ("attrs>=22.1",)


def test_what_is_no_metadata_is_not_kept(server: IndexServer, tmp_path: Path) -> None:
    """An index that gives no hash of it answers with a page to log in."""
    for entry in server.served.pages["quiet-log"]:
        entry.pop("core-metadata", None)
    server.served.rubbish[f"/files/{WHEEL}.metadata"] = b"<html>Log in first</html>"
    assert required(index(server, tmp_path), "2.1.0") == ("attrs>=22.1",)
    server.served.rubbish.clear()
    assert required(index(server, tmp_path), "2.1.0") == ("attrs>=22.1",)


@pytest.mark.parametrize("status", [403, 500])
def test_a_file_that_is_not_to_be_had_is_named(
    server: IndexServer, tmp_path: Path, status: int
) -> None:
    path = "/files/quiet_log-2.1.0.tar.gz"
    server.served.failures[path] = [status] * (5 if status == 500 else 1)
    found = index(server, tmp_path)
    (newest, _) = found.project("quiet-log").releases
    with pytest.raises(NotFetched, match=f"{path}: answered {status}"):
        found.source(newest)
    assert index(server, tmp_path).source(newest).pyproject is not None


@pytest.mark.parametrize("ranges", [True, False])
def test_a_wheel_that_goes_on_after_the_size_that_the_index_gives(
    tmp_path: Path, ranges: bool
) -> None:
    served = Served(serves_metadata=False, advertises_metadata=False, serves_ranges=ranges)
    served.add("quiet-log", "2.1.0", sdist=False)
    (entry,) = served.pages["quiet-log"]
    entry["size"] = len(served.files[WHEEL])
    served.files[WHEEL] += bytes(1 << 20)
    with IndexServer(served) as running:
        found = index(running, tmp_path)
        (release,) = found.project("quiet-log").releases
        with pytest.raises(NotFetched, match=f"larger than the index says, {entry['size']} bytes"):
            found.metadata(release)


# (a project's page, its type, what is said)
NO_PAGES = [
    ('{"name": "quiet-log"}', "application/json", "it has no list of files"),
    ("<html><a href='/login'>Log in</a>", "text/html", "none of its links is to a file"),
    ("<a href='x-1.zip'>x-1.zip</a><a href='x-2", "text/html", "it ends within a link"),
    ("<a href='x-1.zip'>x-1.zip</a><a href='x-2.zip'>x-", "text/html", "it ends within a link"),
    ('{"files": []}', "text/html", "it is not HTML"),
]


@pytest.mark.parametrize("body, kind, said", NO_PAGES, ids=[row[2] for row in NO_PAGES])
def test_what_is_no_page_of_the_project(body: str, kind: str, said: str) -> None:
    with pytest.raises(FileFailure, match=said):
        page.entries(body.encode(), kind, "https://index.example/simple/quiet-log/")


def test_a_page_without_files_is_asked_for_again(server: IndexServer, tmp_path: Path) -> None:
    """The first one may be uploaded at any time."""
    server.served.pages["new"] = []
    assert index(server, tmp_path).project("new").releases == ()
    server.served.add("new", "1.0")
    assert index(server, tmp_path).project("new").releases


@pytest.mark.parametrize("etags", [False, True])
def test_where_a_file_is_not_as_its_page_says_the_next_run_reads_the_page_again(
    server: IndexServer, tmp_path: Path, etags: bool
) -> None:
    """It was damaged on its way, or the index changed in between."""
    server.served.etags = etags
    good = server.served.pages["quiet-log"][-1]["core-metadata"]
    server.served.pages["quiet-log"][-1]["core-metadata"] = {"sha256": "0" * 64}
    with pytest.raises(NotFetched, match=f"{WHEEL}.metadata: does not have the sha256"):
        required(index(server, tmp_path), "2.1.0")
    server.served.pages["quiet-log"][-1]["core-metadata"] = good
    assert required(index(server, tmp_path), "2.1.0") == ("attrs>=22.1",)

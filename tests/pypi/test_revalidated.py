"""Pages that are asked for anew: whether they are the same, and what is read of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from spack_pypi.errors import UnknownProject
from spack_pypi.pypi import page
from tests.index_server import IndexServer
from tests.pypi.test_http import expire_pages, index


@pytest.fixture(autouse=True)
def projects(server: IndexServer) -> None:
    server.served.add("quiet-log", "1.4.2", "attrs>=19.2")
    server.served.add("quiet-log", "2.1.0", "attrs>=22.1")


@pytest.mark.parametrize("as_json", [True, False], ids=["json", "html"])
def test_an_answer_that_is_the_same_is_not_read_again(
    server: IndexServer, tmp_path: Path, as_json: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of an index that cannot say so itself."""
    read: list[str] = []
    entries = page.entries

    def reading(body: bytes, kind: str, url: str, name: str) -> Any:
        read.append(url)
        return entries(body, kind, url, name)

    monkeypatch.setattr(page, "entries", reading)
    server.served.json = as_json
    before = index(server, tmp_path).project("quiet-log")
    expire_pages(tmp_path)
    assert index(server, tmp_path).project("quiet-log") == before
    assert (server.served.requests.count("/simple/quiet-log/"), len(read)) == (2, 1)
    assert index(server, tmp_path).project("quiet-log") == before  # it is current again
    assert server.served.requests.count("/simple/quiet-log/") == 2
    server.served.add("quiet-log", "3.0")
    expire_pages(tmp_path)
    assert str(index(server, tmp_path).project("quiet-log").releases[0].version) == "3.0"
    # the same in another form is another answer
    server.served.json = not as_json
    expire_pages(tmp_path)
    index(server, tmp_path).project("quiet-log")
    assert len(read) == 3


def marks(server: IndexServer, cache: Path, *names: str, offline: bool = False) -> list[Any]:
    """The marks of pages in a run of their own, and how many requests that takes."""
    asked = len(server.served.requests)
    found = index(server, cache, offline=offline)
    return [[found.mark(name) for name in names], len(server.served.requests) - asked]


def test_a_mark_is_that_of_the_page(server: IndexServer, tmp_path: Path) -> None:
    server.served.etags = True
    server.served.add("humming", "1.0")
    ((quiet, humming, none), _) = marks(server, tmp_path, "quiet-log", "humming", "none")
    assert (none, len({quiet, humming, none})) == ("", 3)
    # as long as it is current, nobody is asked
    assert marks(server, tmp_path, "quiet-log", "humming") == [[quiet, humming], 0]
    # nor offline, also about what was not there
    assert marks(server, tmp_path, "quiet-log", "none", offline=True) == [[quiet, ""], 0]
    # then it is asked for anew, and is the same, or not
    expire_pages(tmp_path)
    assert marks(server, tmp_path, "quiet-log", "none") == [[quiet, ""], 2]
    server.served.add("quiet-log", "3.0")
    server.served.add("none", "1.0")
    assert marks(server, tmp_path, "quiet-log") == [[quiet], 0]
    expire_pages(tmp_path)
    ((changed, now_there), _) = marks(server, tmp_path, "quiet-log", "none")
    assert len({quiet, changed, now_there, ""}) == 4


def test_a_page_that_changes_during_a_run_has_no_mark(server: IndexServer, tmp_path: Path) -> None:
    found = index(server, tmp_path)
    assert found.mark("quiet-log")
    server.served.add("quiet-log", "3.0")
    expire_pages(tmp_path)
    for name in ["other", *map(str, range(60))]:  # until the page is forgotten
        with pytest.raises(UnknownProject):
            found.project(name)
    found.project("quiet-log")
    assert found.mark("quiet-log") is None

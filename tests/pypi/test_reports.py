"""Which vulnerabilities the index reports of a release."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from spack_pypi.errors import FileFailure, NotFetched
from spack_pypi.pypi.http import HttpIndex
from spack_pypi.pypi.reports import names
from spack_pypi.pypi.settings import settings
from tests.index_server import IndexServer, Served


def reports(*found: Any) -> bytes:
    return json.dumps({"info": {}, "vulnerabilities": found}).encode()


# (page of the JSON API, names; None: it is an error)
PAGES: list[tuple[bytes, list[str] | None]] = [
    (reports(), []),
    (reports({"id": "A-1"}, {"id": "B-2", "withdrawn": None}), ["A-1", "B-2"]),
    (reports({"id": "A-1", "withdrawn": "2024-01-01T00:00:00Z"}), []),
    # an index that has such pages, and reports nothing
    (b'{"info": {}}', []),
    (b'{"vulnerabilities": null}', []),
    (b'{"vulnerabilities": {"id": "A-1"}}', None),
    (reports({}), None),
    (reports({"id": 5}), None),
    (reports({"id": "A-1\x1b[2J"}), None),
    (reports({"id": "A" * 9000}), None),
    (reports("A-1", None), None),
    (b"[" * 100_000, None),
    (b'{"vulnerabilities": ' + b"[" * 100_000, None),
    (b'{"vulnerabilities": [' + b"9" * 5000 + b"]}", None),
    (b"\xff", None),
    (b"<html>", None),
]


@pytest.mark.parametrize("body, found", PAGES, ids=[str(row[0])[:60] for row in PAGES])
def test_the_names_in_a_page(body: bytes, found: list[str] | None) -> None:
    if found is not None:
        assert names(body, "https://index.example/pypi/x/1.0/json") == found
        return
    with pytest.raises(FileFailure, match="x/1.0/json: is not a report of vulnerabilities"):
        names(body, "https://index.example/pypi/x/1.0/json")


def index(server: IndexServer, cache: Path, packages: str = "") -> HttpIndex:
    reach = settings(server.url, default=lambda: None, cache=cache, environment={})
    return HttpIndex(replace(reach, packages=packages))


def served(projects: int) -> Served:
    found = Served()
    for number in range(projects):
        for version in ("1.0", "2.0"):
            found.add(f"p{number}", version)
    return found


def asked(found: HttpIndex, projects: int) -> list[tuple[str, ...]]:
    pages = [found.project(f"p{number}") for number in range(projects)]
    return [found.vulnerabilities(release) for page in pages for release in page.releases]


def test_one_that_is_missing_is_one_of_its_project(tmp_path: Path) -> None:
    """Where others have them, or may have."""
    with IndexServer(served(3)) as server:
        for project in ("p1", "p2"):
            for version in ("1.0", "2.0"):
                server.served.reports[project, version] = [f"{project}-{version}"]
        assert asked(index(server, tmp_path), 3) == [
            (), (), ("p1-2.0",), ("p1-1.0",), ("p2-2.0",), ("p2-1.0",)
        ]  # fmt: skip


def test_one_that_is_missing_does_not_hide_those_of_other_releases(tmp_path: Path) -> None:
    """Of a project that has reports, each release has one: another one is a failure."""
    with IndexServer(served(2)) as server:
        server.served.reports["p0", "1.0"] = ["A-1"]
        server.served.reports["p1", "2.0"] = ["B-1"]
        found = index(server, tmp_path)
        newest, older = found.project("p1").releases
        assert found.vulnerabilities(newest) == ("B-1",)
        first, second = found.project("p0").releases
        assert found.vulnerabilities(first) == ()
        assert found.vulnerabilities(second) == ("A-1",)
        with pytest.raises(NotFetched, match=r"p1/1\.0/json: does not exist"):
            found.vulnerabilities(older)


def test_an_index_that_has_none_is_not_asked_for_all(tmp_path: Path) -> None:
    with IndexServer(served(12)) as server:
        assert asked(index(server, tmp_path), 12) == [()] * 24
        assert len([path for path in server.served.requests if path.endswith("/json")]) == 8


def test_one_that_is_missing_where_each_release_has_one_is_a_failure(tmp_path: Path) -> None:
    with IndexServer(served(1)) as server:
        server.served.reports["p0", "1.0"] = ["A-1"]
        server.served.reports["pip", "24.0"] = []
        found = index(server, tmp_path, packages="https://files.example/packages/")
        newest, older = found.project("p0").releases
        with pytest.raises(NotFetched, match=r"p0/2\.0/json: does not exist, although"):
            found.vulnerabilities(newest)
        assert found.vulnerabilities(older) == ("A-1",)


def test_a_mirror_of_spacks_index_that_serves_none(tmp_path: Path) -> None:
    """It has the files of Spack's own index, and not its reports."""
    with IndexServer(served(2)) as server:
        found = index(server, tmp_path, packages="https://files.example/packages/")
        assert [found.vulnerabilities(each) for each in found.project("p0").releases] == [(), ()]
        assert asked(found, 2) == [()] * 4
        probes = [path for path in server.served.requests if "/pip/" in path]
        assert len(probes) == 1

"""The index as it is served: what is read, from where, and how often it is asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from spack_pypi.errors import IndexFailure, UnknownProject
from spack_pypi.pypi.archives.static import with_static_requirements
from spack_pypi.pypi.http import HttpIndex
from spack_pypi.pypi.model import Release
from spack_pypi.pypi.network import web
from spack_pypi.pypi.settings import settings
from tests.index_server import IndexServer, Served


@pytest.fixture
def server() -> Iterator[IndexServer]:
    with IndexServer() as running:
        running.served.add("quiet-log", "1.4.2", "attrs>=19.2", build=None)
        running.served.add("quiet-log", "2.1.0", "attrs>=22.1", python=">=3.9", padding=200_000)
        yield running


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "BACK_OFF", 0)


def index(
    server: IndexServer, cache: Path, url: str = "", offline: bool = False, connections: int = 8
) -> HttpIndex:
    reach = settings(
        url or server.url, default=lambda: None, cache=cache, offline=offline, environment={}
    )
    return HttpIndex(replace(reach, connections=connections))


def required(found: HttpIndex, version: str, name: str = "quiet-log") -> Any:
    release = next(r for r in found.project(name).releases if str(r.version) == version)
    return found.metadata(release).requires_dist


@pytest.mark.parametrize("as_json", [True, False], ids=["json", "html"])
def test_a_page_says_the_same_as_json_and_as_html(
    server: IndexServer, tmp_path: Path, as_json: bool
) -> None:
    server.served.json = as_json
    newest = index(server, tmp_path).project("Quiet.Log").releases[0]
    assert str(newest.version) == "2.1.0"
    assert newest.sdist is not None and newest.sdist.name == "quiet_log-2.1.0.tar.gz"
    assert newest.sdist.url == f"{server.address}/files/quiet_log-2.1.0.tar.gz"
    assert newest.sdist.requires_python == ">=3.9"
    assert len(newest.sdist.sha256) == 64


@pytest.mark.parametrize("advertised", [True, False])
@pytest.mark.parametrize("beside", [True, False])
@pytest.mark.parametrize("ranges", [True, False])
def test_metadata_is_found_wherever_it_is(
    tmp_path: Path, advertised: bool, beside: bool, ranges: bool
) -> None:
    served = Served(
        advertises_metadata=advertised and beside, serves_metadata=beside, serves_ranges=ranges
    )
    served.add("quiet-log", "2.1.0", "attrs>=22.1", padding=200_000)
    with IndexServer(served) as server:
        assert required(index(server, tmp_path), "2.1.0") == ("attrs>=22.1",)
    asked_for_wheel = any(path.endswith(".whl") for path in served.requests)
    assert asked_for_wheel is not beside


def test_the_end_of_a_wheel_has_its_metadata(server: IndexServer, tmp_path: Path) -> None:
    server.served.serves_metadata = server.served.advertises_metadata = False
    server.served.add("large", "1.0", "attrs", sdist=False, padding=200_000)
    assert required(index(server, tmp_path), "1.0", "large") == ("attrs",)
    wheel = [path for path in server.served.requests if path.endswith(".whl")]
    assert len(wheel) == 1


def test_metadata_2_2_of_an_sdist_is_trusted(server: IndexServer, tmp_path: Path) -> None:
    server.served.add("only-sdist", "1.0", "attrs", wheel=False, metadata_version="2.2")
    assert required(index(server, tmp_path), "1.0", "only-sdist") == ("attrs",)


def test_older_metadata_of_an_sdist_is_not_confirmed(server: IndexServer, tmp_path: Path) -> None:
    server.served.add("only-sdist", "1.0", wheel=False, metadata_version="2.1")
    server.served.add("only-sdist", "2.0", "attrs", wheel=False, metadata_version="2.1")
    egg_info = {"src/only_sdist.egg-info/requires.txt": "six", "a/b.egg-info/requires.txt": "b"}
    server.served.add("only-sdist", "3.0", wheel=False, metadata_version="2.1", files=egg_info)
    found = index(server, tmp_path)
    releases = found.project("only-sdist").releases[::-1]
    reported = [found.metadata(release) for release in releases]
    assert [each.requires_dist for each in reported] == [None, ("attrs",), ("six",)]
    assert {each.confirmed for each in reported} == {False}
    assert all("2.2" in each.problem for each in reported)


def test_a_cache_of_an_earlier_version_is_read_anew(server: IndexServer, tmp_path: Path) -> None:
    """It did not keep the egg-info; neither does what is damaged harm."""
    egg_info = {"only_sdist.egg-info/requires.txt": "six"}
    server.served.add("only-sdist", "1.0", wheel=False, metadata_version="2.1", files=egg_info)
    assert required(index(server, tmp_path), "1.0", "only-sdist") == ("six",)
    for file in sorted((tmp_path / "v1").glob("sdist-*/*/*.json")):
        old = tmp_path / "v1" / "sdist-2" / file.parent.name / file.name
        old.parent.mkdir(parents=True)
        old.write_text('{"files": {}}')
        file.write_text("{")
    for file in (tmp_path / "v1").glob("page-*/*/*.txt"):
        file.write_text("{")
    assert required(index(server, tmp_path), "1.0", "only-sdist") == ("six",)


def test_build_requirements_come_out_of_the_sdist(server: IndexServer, tmp_path: Path) -> None:
    found = index(server, tmp_path)
    new, old = found.project("quiet-log").releases
    assert found.source(new).pyproject == {
        "build-system": {"requires": ["hatchling"], "build-backend": "hatchling.api"}
    }
    assert found.source(old).pyproject is None


def test_nothing_is_asked_twice_by_the_next_run(server: IndexServer, tmp_path: Path) -> None:
    for _ in range(2):
        found = index(server, tmp_path)
        for release in found.project("quiet-log").releases:
            found.metadata(release)
            found.source(release)
    assert len(server.served.requests) == len(set(server.served.requests))


def test_nor_by_several_at_once(server: IndexServer, tmp_path: Path) -> None:
    server.served.delay = 0.05
    found = index(server, tmp_path)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: found.project("quiet-log"), range(4)))
    assert server.served.requests == ["/simple/quiet-log/"]


def test_at_most_so_many_requests_are_under_way(server: IndexServer, tmp_path: Path) -> None:
    server.served.delay = 0.05
    for number in range(12):
        server.served.add(f"p{number}", "1.0")
    found = index(server, tmp_path, connections=3)
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda n: found.project(f"p{n}"), range(12)))
    assert 1 < server.served.busiest <= 3


def test_an_unchanged_page_is_revalidated(server: IndexServer, tmp_path: Path) -> None:
    server.served.etags = True
    first = index(server, tmp_path)
    before = first.project("quiet-log")
    expire_pages(tmp_path)
    assert index(server, tmp_path).project("quiet-log") == before
    assert server.served.requests.count("/simple/quiet-log/") == 2


def expire_pages(cache: Path) -> None:
    for file in cache.glob("*/page-*/*/*.txt"):
        about, lines = file.read_text().split("\n", 1)
        file.write_text(json.dumps({**json.loads(about), "until": 0}) + f"\n{lines}")


def test_offline_is_what_was_read_before(server: IndexServer, tmp_path: Path) -> None:
    index(server, tmp_path).project("quiet-log")
    expire_pages(tmp_path)
    asked = len(server.served.requests)
    offline = index(server, tmp_path, offline=True)
    assert offline.project("quiet-log").releases
    assert len(server.served.requests) == asked
    with pytest.raises(IndexFailure, match="--offline"):
        offline.project("other")


def test_offline_knows_which_projects_there_were_not(server: IndexServer, tmp_path: Path) -> None:
    for _ in range(2):  # it may be published at any time
        asked = len(server.served.requests)
        with pytest.raises(UnknownProject):
            index(server, tmp_path).project("not-there")
        assert len(server.served.requests) == asked + 1
    with pytest.raises(UnknownProject, match="not-there"):
        index(server, tmp_path, offline=True).project("not-there")
    server.served.add("not-there", "1.0")
    assert index(server, tmp_path).project("not-there").releases
    assert index(server, tmp_path, offline=True).project("not-there").releases


def test_a_broken_answer_is_asked_again(server: IndexServer, tmp_path: Path) -> None:
    server.served.failures["/simple/quiet-log/"] = [503, 502]
    assert index(server, tmp_path).project("quiet-log").releases


def test_a_private_index_is_asked_with_credentials_which_are_never_shown(
    server: IndexServer, tmp_path: Path
) -> None:
    server.served.credentials = "me:secret"
    server.served.serves_metadata = False
    url = server.url.replace("http://", "http://me:secret@")
    found = index(server, tmp_path, url)
    assert required(found, "2.1.0") == ("attrs>=22.1",)
    with pytest.raises(UnknownProject) as error:
        found.project("nope")
    assert "secret" not in str(error.value)
    assert "secret" not in found.page_url("quiet-log")
    kept = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert kept and not any(b"secret" in file.read_bytes() for file in kept)


# (what is served, what is said)
FAILURES = [
    ({"rubbish": {"/simple/quiet-log/": b"<html><body>Log in first</body></html>"}}, "JSON"),
    ({"failures": {"/simple/quiet-log/": [500] * 9}}, "answered 500"),
    ({"failures": {"/simple/quiet-log/": [403]}}, "answered 403"),
]


@pytest.mark.parametrize("behaviour, said", FAILURES)
def test_failures_are_one_sentence(tmp_path: Path, behaviour: Any, said: str) -> None:
    served = Served(**behaviour)
    served.add("quiet-log", "1.0")
    with IndexServer(served) as server, pytest.raises(IndexFailure, match=said) as error:
        index(server, tmp_path).project("quiet-log")
    assert str(error.value).count("\n") == 0


def test_nobody_answers(tmp_path: Path) -> None:
    with IndexServer() as server:
        url = server.url
    with pytest.raises(IndexFailure, match="refuses connections"):
        index(server, tmp_path, url).project("quiet-log")


def test_an_answer_that_does_not_come_in_time(server: IndexServer, tmp_path: Path) -> None:
    server.served.delay = 5
    reach = settings(
        server.url, default=lambda: None, cache=tmp_path, environment={"PIP_TIMEOUT": "0.05"}
    )
    with pytest.raises(IndexFailure, match="in time"):
        HttpIndex(reach).project("quiet-log")


def test_a_changed_archive_is_refused(server: IndexServer, tmp_path: Path) -> None:
    server.served.files["quiet_log-2.1.0.tar.gz"] += b"more"
    found = index(server, tmp_path)
    with pytest.raises(IndexFailure, match="sha256"):
        found.source(found.project("quiet-log").releases[0])


def test_changed_metadata_is_refused(server: IndexServer, tmp_path: Path) -> None:
    server.served.files["quiet_log-2.1.0-py3-none-any.whl.metadata"] += b"Requires-Dist: evil\n"
    with pytest.raises(IndexFailure, match="sha256"):
        required(index(server, tmp_path), "2.1.0")


def test_what_one_index_says_of_a_file_is_not_used_for_another(tmp_path: Path) -> None:
    """Metadata without a hash may be anything, whatever the sha256 of its file is."""
    said = []
    for more in (b"Requires-Dist: evil\n", b""):
        served = Served(advertises_metadata=False)
        served.add("quiet-log", "2.1.0", "attrs")
        served.files["quiet_log-2.1.0-py3-none-any.whl.metadata"] += more
        with IndexServer(served) as server:
            said.append(required(index(server, tmp_path), "2.1.0"))
    assert said == [("attrs", "evil"), ("attrs",)]


def test_of_a_release_that_was_withdrawn_nothing_is_read(
    server: IndexServer, tmp_path: Path
) -> None:
    server.served.add("gone", "1.0", "attrs", yanked="broken")
    found = index(server, tmp_path)
    (release,) = found.project("gone").releases
    assert found.metadata(release).requires_dist is None
    assert found.metadata(release).problem == "all its files were withdrawn"
    empty = Release("gone", release.version, ())
    assert found.metadata(empty).problem == "it has no files on the index"


def test_nobody_waits_for_what_is_under_way_at_the_end(
    server: IndexServer, tmp_path: Path
) -> None:
    found = index(server, tmp_path)
    (newest, _) = found.project("quiet-log").releases
    asked = len(server.served.requests)
    unopened = index(server, tmp_path)
    unopened.project("quiet-log")  # from the cache
    for each in (found, unopened):
        each.close()
        with pytest.raises(IndexFailure, match="no longer needed"):
            each.source(newest)
    assert len(server.served.requests) == asked


READ = "import json\nsetup(name='old', **json.load(open('setup.json')))"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"setup.py": READ, "setup.json": '{"install_requires": ["six"]}'}, ("six",)),
        (
            {
                "setup.py": "setup(install_requires=open('requirements.txt').read().split())",
                "requirements.txt": "six\nattrs>1\n",
            },
            ("six", "attrs>1"),
        ),
        # Of one that is lower, or that is not there, nothing is known.
        ({"setup.py": READ, "x/setup.json": '{"install_requires": ["six"]}'}, None),
        ({"setup.py": READ}, None),
    ],
)
def test_what_setup_py_of_an_sdist_reads_from_a_file_beside_it(
    server: IndexServer, tmp_path: Path, files: dict[str, str], expected: tuple[str, ...] | None
) -> None:
    """As in a tree, where nothing else confirms what is required."""
    server.served.add("old", "1.0", metadata_version="1.2", wheel=False, build=None, files=files)
    for _ in range(2):  # the second time from the cache
        found = index(server, tmp_path)
        (release,) = found.project("old").releases
        said = with_static_requirements(found.metadata(release), found.source(release))
        assert (said.requires_dist if said.confirmed else None) == expected

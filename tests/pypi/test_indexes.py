"""Several indexes: each project comes from one of them, whatever the others have or do."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from spack_pypi.errors import FileFailure, NotFetched, UnknownProject
from spack_pypi.pypi.indexes import Indexes, opened
from spack_pypi.pypi.named_index import NamedIndex, named
from spack_pypi.pypi.settings import Defaults, several
from tests.index_server import IndexServer
from tests.pypi.serving import Answer, says, serving


@dataclass
class World:
    """Two indexes of this machine."""

    a: IndexServer
    b: IndexServer
    cache: Path

    def indexes(self, pinned: str = "", offline: bool = False) -> Indexes:
        """The first one, then the second one, with the projects that are ``pinned`` to it."""
        pins = f"/:{pinned}" if pinned else ""
        return _opened(self.cache, self.a.url, named(f"b={self.b.url}{pins}"), offline=offline)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with IndexServer() as a, IndexServer() as b:
        yield World(a, b, tmp_path)


def _opened(cache: Path, first: str, *others: NamedIndex, offline: bool = False) -> Indexes:
    known = Defaults(lambda: None, lambda: None, cache, offline)
    found = opened(several(first, others, known, environment={}), print)
    assert isinstance(found, Indexes)
    return found


def _versions(indexes: Indexes, project: str) -> list[str]:
    return [str(release.version) for release in indexes.project(project).releases]


def test_the_first_that_has_a_project_has_all_of_it(world: World) -> None:
    """Also where another one has a later version, or more files of the same."""
    world.a.served.add("both", "1.0", wheel=False)
    world.b.served.add("both", "1.0")
    world.b.served.add("both", "9.0")
    world.b.served.add("only-b", "2.0", "both")
    indexes = world.indexes()
    project = indexes.project("Both")
    assert [file.url for release in project.releases for file in release.files] == [
        f"{world.a.address}/files/both-1.0.tar.gz"
    ]
    assert indexes.origin("both").index == world.a.url
    (release,) = indexes.project("only_b").releases
    assert indexes.origin("only-b").index == world.b.url
    assert indexes.metadata(release).requires_dist == ("both",)
    assert indexes.source(release).pyproject is not None
    assert not [path for path in world.a.served.requests if "only_b" in path]


def test_what_none_has(world: World) -> None:
    with pytest.raises(UnknownProject) as error:
        world.indexes().project("nothing")
    assert error.value.indexes == (world.a.url, world.b.url)


@pytest.mark.parametrize("pattern", ["both", "bo*", "x,b?th", "*"])
def test_a_project_that_is_pinned(pattern: str, world: World) -> None:
    """The first one is not even asked for it."""
    world.a.served.add("both", "1.0")
    world.b.served.add("both", "0.1")
    assert _versions(world.indexes(pattern), "both") == ["0.1"]
    assert not world.a.served.requests


def test_a_project_that_is_pinned_comes_from_nowhere_else(world: World) -> None:
    world.a.served.add("both", "1.0")
    with pytest.raises(UnknownProject) as error:
        world.indexes("both").project("both")
    assert error.value.indexes == (world.b.url,)


def test_an_index_with_pins_has_nothing_else(world: World) -> None:
    world.b.served.add("other", "1.0")
    with pytest.raises(UnknownProject):
        world.indexes("both").project("other")
    assert not world.b.served.requests


@pytest.mark.parametrize("status", [401, 403, 410, 418, 500, 503])
def test_an_index_that_cannot_be_asked_is_not_passed_over(
    status: int, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spack_pypi.pypi.network.web.BACK_OFF", 0)
    world.a.served.failures["/simple/both/"] = [status] * 9
    world.b.served.add("both", "9.0")
    world.a.served.add("fine", "1.0")
    indexes = world.indexes()
    with pytest.raises(FileFailure, match=f"answered {status}"):
        indexes.project("both")
    assert _versions(indexes, "fine") == ["1.0"]
    assert not world.b.served.requests


@pytest.mark.parametrize("rubbish", [b"", b"<html>Log in</html>", b"{}", b'{"files": 1}'])
def test_nor_is_one_whose_page_is_none(rubbish: bytes, world: World) -> None:
    world.a.served.rubbish["/simple/both/"] = rubbish
    world.b.served.add("both", "9.0")
    with pytest.raises(FileFailure):
        world.indexes().project("both")


def test_nor_is_one_that_is_not_there(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That is a failure of what it is asked for: the others can be asked."""
    monkeypatch.setattr("spack_pypi.pypi.network.web.BACK_OFF", 0)
    with IndexServer() as gone:
        pass
    world.b.served.add("both", "9.0")
    world.b.served.add("pinned", "1.0")
    pinned = named(f"p={world.b.url}/:pinned")
    indexes = _opened(tmp_path, gone.url, named(f"b={world.b.url}"), pinned)
    with pytest.raises(NotFetched):
        indexes.project("both")
    assert _versions(indexes, "pinned") == ["1.0"]


@pytest.mark.parametrize("status", ["quarantined", "archived", "active"])
def test_a_page_without_files_is_a_page(status: str, world: World) -> None:
    """As that of a project that may be malicious (PEP 792)."""
    body = f'{{"meta": {{}}, "files": [], "project-status": {{"status": "{status}"}}}}'
    world.a.served.rubbish["/simple/both/"] = body.encode()
    world.b.served.add("both", "9.0")
    project = world.indexes().project("both")
    assert (project.releases, project.status) == ((), status)


def test_withdrawn_releases_are_those_of_the_first(world: World) -> None:
    world.a.served.add("both", "1.0", yanked="broken")
    world.b.served.add("both", "1.0")
    (release,) = world.indexes().project("both").releases
    assert release.yanked


def test_without_a_network(world: World) -> None:
    """What was read before is known as ever; what the first one was not asked is not there."""
    world.a.served.add("both", "1.0")
    world.b.served.add("both", "9.0")
    world.b.served.add("only-b", "2.0")
    _opened(world.cache, world.b.url, named("z=http://127.0.0.1:9/")).project("both")
    indexes = world.indexes(offline=True)
    with pytest.raises(NotFetched, match="not cached, and --offline is set"):
        indexes.project("both")
    assert _versions(world.indexes(), "only-b") == ["2.0"]
    assert _versions(indexes, "only-b") == ["2.0"]


def test_the_mark_of_a_project_says_where_it_comes_from(world: World) -> None:
    world.b.served.add("both", "9.0")
    before = world.indexes().mark("both")
    assert before and world.indexes().mark("both") == before
    assert world.indexes("both").mark("both") == before
    assert world.indexes("other").mark("both") == ""
    world.a.served.add("both", "9.0")
    assert world.indexes().mark("both") not in (before, "", None)


def test_the_order_is_part_of_what_a_plan_rests_on(world: World) -> None:
    other = _opened(world.cache, world.b.url, named(f"a={world.a.url}"))
    assert other.identity != world.indexes().identity


def test_where_recipes_find_the_files(world: World) -> None:
    world.a.served.add("own", "1.0")
    world.b.served.add("other", "1.0")
    indexes = world.indexes()
    for name, listed in (("own", ""), ("other", f"{world.b.url}other/")):
        indexes.project(name)
        assert indexes.origin(name).listed == listed
        assert indexes.origin(name).one_of_several


def test_all_share_the_limit_of_a_server(tmp_path: Path) -> None:
    """Two indexes of one server are asked no more at once than one."""
    lock, under_way, busiest = threading.Lock(), [0], [0]

    def answer(handler: BaseHTTPRequestHandler) -> None:
        with lock:
            under_way[0] += 1
            busiest[0] = max(busiest[0], under_way[0])
        time.sleep(0.03)
        with lock:
            under_way[0] -= 1
        says(404)(handler)

    names = [f"p{number}" for number in range(4)]
    with serving({f"/{index}/{name}/": answer for index in "ab" for name in names}) as url:
        pinned = named(f"b={url}/b/:p0,p1")
        known = Defaults(lambda: None, lambda: None, tmp_path)
        listed = several(f"{url}/a/", [pinned], known, environment={})
        indexes = opened([(n, replace(s, connections=2)) for n, s in listed], print)
        with ThreadPoolExecutor(4) as pool:
            assert {type(each) for each in pool.map(indexes.mark, names)} == {str}
    assert busiest[0] == 2


# --- credentials --------------------------------------------------------------------------------


Seen = list[tuple[str, str]]


def _noted(seen: Seen, answer: Answer) -> Answer:
    """The same answer; notes the path, and the credentials with which it is asked for."""

    def noted(handler: BaseHTTPRequestHandler) -> None:
        seen.append((handler.path, handler.headers.get("Authorization", "")))
        answer(handler)

    return noted


def test_credentials_of_an_index_go_to_it_only(tmp_path: Path) -> None:
    """Also where both are on one server, and where a page leads to a file of the other one."""
    seen: Seen = []
    answers = {"/a/y/": says(404), "/a/f/y-1.0.tar.gz": says(404), "/b/f/x-1.0.tar.gz": says(404)}
    for index, other, name in (("a", "b", "x"), ("b", "a", "y")):
        link = f'<a href="../../{other}/f/{name}-1.0.tar.gz">{name}-1.0.tar.gz</a>'
        answers[f"/{index}/{name}/"] = says(200, link.encode(), Content_Type="text/html")
    with serving({path: _noted(seen, each) for path, each in answers.items()}) as url:
        first = url.replace("//", "//me:first@")
        second = named(f"b={url.replace('//', '//you:second@')}/b/")
        indexes = _opened(tmp_path, f"{first}/a/", second)
        for name in "xy":
            (release,) = indexes.project(name).releases
            with pytest.raises(NotFetched):
                indexes.source(release)
    me, you = "Basic bWU6Zmlyc3Q=", "Basic eW91OnNlY29uZA=="
    assert seen == [
        ("/a/x/", me),
        ("/b/f/x-1.0.tar.gz", me),
        ("/a/y/", me),
        ("/b/y/", you),
        ("/a/f/y-1.0.tar.gz", you),
    ]


@pytest.mark.parametrize("way", ["page redirects", "page links", "file redirects"])
def test_an_index_that_leads_to_another_one_shows_no_credentials(way: str, tmp_path: Path) -> None:
    """Neither its own, nor those of the other one: whoever has the first could then read what is
    on the second."""
    seen: Seen = []
    file = "f/x-1.0.tar.gz"

    def to(url: str) -> Answer:
        return says(302, Location=url)

    def page(url: str) -> Answer:
        return says(200, f'<a href="{url}">x-1.0.tar.gz</a>'.encode(), Content_Type="text/html")

    answers = {"/b/x/": page(f"/b/{file}"), f"/b/{file}": says(404)}
    with serving({path: _noted(seen, each) for path, each in answers.items()}) as there:
        leading = {
            "page redirects": {"/a/x/": to(f"{there}/b/x/")},
            "page links": {"/a/x/": page(f"{there}/b/{file}")},
            "file redirects": {"/a/x/": page(f"/a/{file}"), f"/a/{file}": to(f"{there}/b/{file}")},
        }[way]
        with serving(leading) as url:
            first = url.replace("//", "//me:first@")
            second = named(f"b={there.replace('//', '//you:second@')}/b/")
            indexes = _opened(tmp_path, f"{first}/a/", second)
            (release,) = indexes.project("x").releases
            with pytest.raises(NotFetched):
                indexes.source(release)
    assert seen and {shown for _, shown in seen} == {""}

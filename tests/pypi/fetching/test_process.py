"""What is fetched in other processes is what would be fetched here, errors included; they end with
this one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from multiprocessing.connection import Pipe
from pathlib import Path
from typing import Any, Callable

import pytest

from spack_pypi.credentials import Credentials
from spack_pypi.errors import FileFailure, IndexFailure, NotFetched, UnknownProject
from spack_pypi.pypi import kept
from spack_pypi.pypi.fetching import child, process
from spack_pypi.pypi.fetching.fetcher import Fetcher
from spack_pypi.pypi.fetching.process import FetchCall, FetchProcesses
from spack_pypi.pypi.http import HttpIndex
from spack_pypi.pypi.model import File, Settings
from spack_pypi.pypi.network.traffic import Traffic
from tests.index_server import IndexServer
from tests.pypi.serving import in_turn, says, serving


@pytest.fixture
def server() -> Iterator[IndexServer]:
    with IndexServer() as running:
        running.served.add("quiet-log", "1.4.2", "attrs>=19.2", build=None)
        running.served.add("quiet-log", "2.1.0", "attrs>=22.1", python=">=3.9")
        yield running


class Fetching:
    """A `Fetcher` and processes that run."""

    def __init__(self, settings: Settings, said: Callable[[str], None] = print) -> None:
        self.traffic = Traffic(settings, said)
        self.fetcher = Fetcher(settings, self.traffic)
        self.processes = FetchProcesses(self.traffic, processors=2)
        self.processes._start()
        while not all(each.is_ready() for each in self.processes._running):
            time.sleep(0.01)

    def __enter__(self) -> Fetching:
        return self

    def __exit__(self, *exc: object) -> None:
        self.processes.close()

    def there(self, method: Callable[..., Any], *arguments: Any) -> Any:
        return self.processes.call(method, *arguments)

    @property
    def pids(self) -> list[int]:
        return [each._process.pid for each in self.processes._running]


@pytest.fixture
def fetching(server: IndexServer, tmp_path: Path) -> Iterator[Fetching]:
    with Fetching(Settings(server.url, tmp_path)) as running:
        yield running


def reaching(url: str, cache: Path) -> Settings:
    return Settings(f"{url}/simple/", cache)


def quiet_log(fetching: Fetching) -> tuple[str, kept.Page, File, File]:
    """The address of a page, the page, and a wheel and an sdist that it lists."""
    url = f"{fetching.fetcher.settings.url}quiet-log/"
    page = fetching.fetcher.page(url, "quiet-log", None)
    release = page.project("quiet-log").releases[0]
    assert release.sdist is not None and release.best_wheel is not None
    return url, page, release.best_wheel, release.sdist


def test_there_is_read_what_is_read_here(fetching: Fetching, server: IndexServer) -> None:
    fetcher = fetching.fetcher
    url, page, wheel, sdist = quiet_log(fetching)
    there = fetching.there(fetcher.page, url, "quiet-log", None)
    assert replace(there, until=0) == replace(page, until=0)
    assert fetching.there(fetcher.metadata, wheel, "quiet-log") == fetcher.metadata(
        wheel, "quiet-log"
    )
    assert fetching.there(fetcher.contents, sdist, True) == fetcher.contents(sdist, True)
    assert fetching.there(fetcher.licenses, wheel) == fetcher.licenses(wheel) == {}
    assert fetching.traffic.requests_made == len(server.served.requests)


# (what the server answers for the page, the error)
FAILURES = [
    (says(200, b"[]", Content_Type="application/json"), FileFailure),
    (says(403, b""), NotFetched),
    (says(200, b"", Content_Encoding="zstd"), NotFetched),
]


@pytest.mark.parametrize(("answer", "kind"), FAILURES)
def test_there_fails_what_fails_here(
    answer: Any, kind: type[IndexFailure], tmp_path: Path
) -> None:
    errors = []
    with serving({"/simple/x/": answer}) as url, Fetching(reaching(url, tmp_path)) as fetching:
        page = fetching.fetcher.page
        for call in (page, lambda *asked: fetching.there(page, *asked)):
            with pytest.raises(IndexFailure) as raised:
                call(f"{url}/simple/x/", "x", None)
            error = raised.value
            errors.append((type(error), error.url, error.reason, str(error)))
    assert errors[0] == errors[1]
    assert errors[0][0] is kind


@pytest.mark.parametrize(
    "error",
    [
        UnknownProject("x", "https://index.example/simple/", near=["y"]),
        NotFetched("https://files.example/x", "answered 500"),
        MemoryError(),
    ],
)
def test_errors_arrive_as_they_were_raised(error: BaseException) -> None:
    found = child._sendable(error)
    assert (type(found), str(found), vars(found)) == (type(error), str(error), vars(error))


def test_a_bug_says_where_it_is() -> None:
    """What cannot be sent is a text with its traceback."""

    def broken() -> None:
        raise ValueError(lambda: None)

    try:
        broken()
    except ValueError as error:
        found = child._sendable(error)
    assert isinstance(found, RuntimeError)
    assert "in broken" in str(found)


def test_a_result_that_cannot_be_sent_is_an_error(tmp_path: Path) -> None:
    """Nobody waits for it forever."""

    class Odd(Fetcher):
        def licenses(self, wheel: File) -> dict[str, str]:
            return {"": lambda: None}  # type: ignore[dict-item]

    reach = reaching("https://index.example", tmp_path)
    ours, theirs = Pipe()
    with ours, theirs:
        call = FetchCall(1, 0, reach, "licenses", (None,))
        child._Server(theirs, reach)._answer(Odd(reach, Traffic(reach)), call)
        answer = ours.recv()
    assert (answer.number, answer.result) == (1, None)
    assert "lambda" in str(answer.error)


def test_a_pause_that_a_server_asks_for_is_said_here(tmp_path: Path) -> None:
    said: list[str] = []
    page = says(200, b'{"files": []}', Content_Type="application/json")
    answers = {"/simple/x/": in_turn(says(429, Retry_After="1"), page)}
    with serving(answers) as url, Fetching(reaching(url, tmp_path), said.append) as fetching:
        fetching.there(fetching.fetcher.page, f"{url}/simple/x/", "x", None)
    assert said == [f"{url[len('http://') :]} asks to try again in 1 s; waiting"]


def test_no_more_requests_are_under_way_than_allowed(server: IndexServer, tmp_path: Path) -> None:
    """Those of all processes together."""
    server.served.delay = 0.05
    with Fetching(Settings(server.url, tmp_path, connections=2)) as fetching:
        url, _, wheel, sdist = quiet_log(fetching)
        fetcher, there = fetching.fetcher, fetching.there
        calls: list[tuple[Any, ...]] = [
            (fetcher.page, url, "quiet-log", None),
            (fetcher.contents, sdist, True),
            (fetcher.metadata, wheel, "quiet-log"),
        ]
        with ThreadPoolExecutor(9) as pool:
            done = [pool.submit(there, *call) for call in calls * 3]
            done += [pool.submit(*call) for call in calls]
            for each in done:
                each.result()
    assert server.served.busiest == 2


def test_credentials_reach_the_index_and_no_command(server: IndexServer, tmp_path: Path) -> None:
    server.served.credentials = "someone:a-secret"
    secret = server.url.replace("://", "://someone:a-secret@")
    reach = Settings(server.url, tmp_path, credentials=Credentials(secret))
    with Fetching(reach) as fetching:
        url = f"{server.url}quiet-log/"
        assert fetching.there(fetching.fetcher.page, url, "quiet-log", None).exists
        for running in fetching.processes._running:
            assert "a-secret" not in repr(running._process.args)


def test_modules_are_not_those_of_the_working_directory(
    server: IndexServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("requests", "packaging", "pickle"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with Fetching(Settings(server.url, tmp_path)) as fetching:
        url = f"{server.url}quiet-log/"
        assert fetching.there(fetching.fetcher.page, url, "quiet-log", None).exists


def test_a_process_that_was_ended_is_an_error(fetching: Fetching) -> None:
    url, *_ = quiet_log(fetching)
    for pid in fetching.pids:
        os.kill(pid, signal.SIGKILL)
    for _ in range(2):
        with pytest.raises(IndexFailure, match="ended by signal 9, as a system"):
            fetching.there(fetching.fetcher.page, url, "quiet-log", None)


def test_an_interrupt_is_left_to_the_process_that_started_it(fetching: Fetching) -> None:
    url, *_ = quiet_log(fetching)
    for pid in fetching.pids:
        os.kill(pid, signal.SIGINT)
    assert fetching.there(fetching.fetcher.page, url, "quiet-log", None).exists


def test_closed_while_something_is_fetched(server: IndexServer, tmp_path: Path) -> None:
    server.served.delay = 30
    with Fetching(Settings(server.url, tmp_path)) as fetching, ThreadPoolExecutor(3) as pool:
        url, page = f"{server.url}quiet-log/", fetching.fetcher.page
        waiting = [pool.submit(fetching.there, page, url, "quiet-log", None) for _ in range(3)]
        while len(server.served.requests) < 3:
            time.sleep(0.01)
        fetching.fetcher.close()
        fetching.processes.close()
        waiting.append(pool.submit(fetching.there, page, url, "quiet-log", None))
        reasons = {getattr(each.exception(5), "reason", "") for each in waiting}
        assert reasons == {"no longer needed"}
    server.served.delay = 0
    for running in fetching.processes._running:
        assert running._process.returncode == -signal.SIGKILL


#: Starts processes, says their numbers, and is killed.
_KILLED = """
import os, pathlib, signal, sys, time
from spack_pypi.pypi.fetching.process import FetchProcesses
from spack_pypi.pypi.model import Settings
from spack_pypi.pypi.network.traffic import Traffic
processes = FetchProcesses(Traffic(Settings("https://index.example/", pathlib.Path())), 2)
processes._start()
while not all(each.is_ready() for each in processes._running):
    time.sleep(0.01)
print(*(each._process.pid for each in processes._running), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="it looks into /proc")
def test_no_process_is_left_behind() -> None:
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED], check=False, stdout=subprocess.PIPE, text=True
    )
    assert killed.returncode == -signal.SIGKILL
    left = [Path(f"/proc/{pid}") for pid in killed.stdout.split()]
    assert len(left) == 2
    end = time.monotonic() + 10
    while any(each.exists() for each in left) and time.monotonic() < end:
        time.sleep(0.01)
    assert not any(each.exists() for each in left)


# (processors, calls after which they start, whether they do)
STARTS = [(1, 0, False), (2, 0, True), (2, 100, False)]


@pytest.mark.parametrize(("processors", "few", "starts"), STARTS)
def test_they_are_started_where_it_is_worth_it(
    server: IndexServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    processors: int,
    few: int,
    starts: bool,
) -> None:
    monkeypatch.setattr(process, "_FEW", few)
    traffic = Traffic(Settings(server.url, tmp_path))
    processes = FetchProcesses(traffic, processors)
    index = HttpIndex(Settings(server.url, tmp_path), traffic=traffic, processes=processes)
    for release in index.project("quiet-log").releases:
        assert index.metadata(release).requires_dist
    assert bool(processes._running) is starts
    index.close()


def test_a_large_page_starts_them(server: IndexServer, tmp_path: Path) -> None:
    for number in range(200):
        server.served.add("large", f"1.{number}")
    traffic = Traffic(Settings(server.url, tmp_path))
    processes = FetchProcesses(traffic, 2)
    index = HttpIndex(Settings(server.url, tmp_path), traffic=traffic, processes=processes)
    index.project("quiet-log")
    assert not processes._running
    index.project("large")
    assert processes._running
    index.close()


def test_where_none_can_be_started_all_is_fetched_here(
    server: IndexServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "_FEW", 0)
    monkeypatch.setattr(process, "_CHILD", "raise SystemExit(3)")
    traffic = Traffic(Settings(server.url, tmp_path))
    processes = FetchProcesses(traffic, 2)
    fetcher = Fetcher(traffic.settings, traffic)
    while processes._may_start:
        assert processes.call(fetcher.page, f"{server.url}quiet-log/", "quiet-log", None).exists
    assert not processes._running
    processes.close()

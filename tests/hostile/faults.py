"""An index whose network, server or contents fail at some requests of a run.

Each case is drawn: which fault (`faulty.FAULTS`), at which kind of request and at which of them,
and how often. Then the index is healthy again, and the same request, with what the cache holds by
then, has to end in the same recipes as if nothing had happened.
"""

from __future__ import annotations

import json
import re
import socket
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple
from unittest import mock

from hypothesis import strategies as st

from spack_pypi.diagnostics import exit_code
from spack_pypi.errors import SpackPyPIError
from spack_pypi.pypi.http import HttpIndex
from spack_pypi.pypi.network import patience, web
from spack_pypi.pypi.settings import settings
from spack_pypi.workflow.request import Request
from tests.hostile.faulty import FAULTS, SLOW, Reply
from tests.index_server import Served
from tests.memory import MemoryHost
from tests.run import create

#: Kind of request → its paths, as a pattern.
KINDS: Mapping[str, str] = {
    "page": r"/simple/.*",
    "metadata": r".*\.metadata",
    "wheel": r".*\.whl",
    "sdist": r".*\.tar\.gz",
    "any": r".*",
}


class Case(NamedTuple):
    """A fault at the requests of a kind, from number ``first`` on (0: at once), ``times`` times;
    ``beside``: whether the index serves metadata beside its wheels."""

    fault: str
    kind: str
    first: int
    times: int
    beside: bool


def cases() -> st.SearchStrategy[Case]:
    """Faults, those that take time less often; most of them last."""
    quick = st.sampled_from(sorted(FAULTS.keys() - SLOW))
    return st.builds(
        Case,
        st.integers(0, 19).flatmap(lambda n: quick if n else st.sampled_from(sorted(SLOW))),
        st.sampled_from(sorted(KINDS)),
        st.sampled_from([0, 0, 0, 1, 2, 3]),
        st.sampled_from([1, 2, 1000, 1000]),
        st.booleans(),
    )


class Wrong(Exception):
    """A run ended in what nobody asked for."""


def _served(beside: bool) -> Served:
    """Two projects, one of which requires the other, with two releases each."""
    served = Served(advertises_metadata=beside, serves_metadata=beside)
    for version in ("1.0", "2.0"):
        served.add("loud-log", version, f"quiet-log>={version}", build=("hatchling",))
        served.add("quiet-log", version, "attrs", build=("hatchling",))
    return served


class _Server:
    """Serves what is good on this machine, but for the requests of a case."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._served = {beside: _served(beside) for beside in (False, True)}
        self._case: Case | None = None
        self._beside, self._seen, self._ends = True, 0, threading.Event()
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    @contextmanager
    def behaving(self, case: Case | None, beside: bool) -> Iterator[None]:
        """As this case, and well without one."""
        self._case, self._beside, self._seen = case, beside, 0
        self._ends = threading.Event()
        try:
            yield
        finally:
            self._ends.set()

    def _accept(self) -> None:
        while True:
            connection, _ = self._listening.accept()
            threading.Thread(target=self._answer_all, args=[connection], daemon=True).start()

    def _answer_all(self, connection: socket.socket) -> None:
        # Who asked may leave at any time.
        with connection, suppress(OSError):
            stream = connection.makefile("rb")
            while request := stream.readline():
                headers = {}
                while (line := stream.readline().strip()) != b"":
                    name, _, value = line.decode().partition(":")
                    headers[name.lower()] = value.strip()
                self._answer(connection, request.decode().split()[1], headers)

    def _answer(self, connection: socket.socket, path: str, headers: Mapping[str, str]) -> None:
        with self._lock:
            case = self._case
            faulty = case is not None and re.fullmatch(KINDS[case.kind], path) is not None
            number = self._seen
            self._seen += faulty
        content_type, body = self._good(path, headers)
        reply = Reply(connection, path, content_type, body or b"", self._ends)
        if case is not None and faulty and case.first <= number < case.first + case.times:
            FAULTS[case.fault](reply)
        elif body is None:
            reply.send("404 Not Found")
        else:
            _send(reply, headers.get("range", ""))

    def _good(self, path: str, headers: Mapping[str, str]) -> tuple[str, bytes | None]:
        served = self._served[self._beside]
        project = re.fullmatch(r"/simple/([\w-]+)/", path)
        if project and project[1] in served.pages:
            return served.page(project[1], headers.get("accept", ""))
        name = path.rpartition("/")[2]
        if name.endswith(".metadata") and not self._beside:
            return "text/plain", None
        return "application/octet-stream", served.files.get(name)


def _send(reply: Reply, wanted: str) -> None:
    """The good answer, or the range of it that is wanted."""
    asked = re.fullmatch(r"bytes=(\d*)-(\d*)", wanted)
    if asked is None:
        reply.send()
        return
    size = len(reply.body)
    start = int(asked[1]) if asked[1] else max(0, size - int(asked[2]))
    end = min(size, int(asked[2]) + 1) if asked[1] else size
    said = f"bytes {start}-{end - 1}/{size}"
    reply.send("206 Partial Content", reply.body[start:end], Content_Range=said)


class Ended(NamedTuple):
    """What a run ended in: an exit code, the recipes by project, and all that is said."""

    code: int
    recipes: Mapping[str, str]
    said: str


def _run(address: str, cache: Path, timeout: str = "15") -> Ended:
    host = MemoryHost()
    for project in ("attrs", "hatchling"):
        host.has(project, "1.0", "22.0")
    reach = settings(
        f"{address}/simple/",
        default=lambda: None,
        cache=cache,
        environment={"HOME": str(cache), "PIP_TIMEOUT": timeout},
    )
    index = HttpIndex(reach)
    try:
        made = create(host, index, Request(("loud-log", "quiet-log==1.0")))
    except SpackPyPIError as error:
        return Ended(error.exit_code, {}, str(error))
    finally:
        index.close()
    said = "\n".join(each.text for each in made.diagnostics)
    return Ended(exit_code(made.diagnostics), dict(made.plan.texts), said)


class Faults:
    """Tries cases on one server; what is good is found once."""

    def __init__(self) -> None:
        self._server = _Server()
        self._good: dict[bool, Ended] = {}

    def healthy(self, beside: bool) -> Ended:
        """What a run ends in if nothing fails."""
        if beside not in self._good:
            with self._server.behaving(None, beside), tempfile.TemporaryDirectory() as cache:
                self._good[beside] = _run(self._server.address, Path(cache))
        return self._good[beside]

    def tried(self, case: Case) -> str:
        """What is said in this case. Raises `Wrong` where it is not what was asked for and the
        exit code does not tell, or the next run does not end as if nothing had happened."""
        good = self.healthy(case.beside)
        impatient = mock.patch.multiple(patience, LONGEST=0.4, MOST_TIMES=2, STEADY=1 << 30)
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(web, "BACK_OFF", 0):
            cache = Path(folder)
            with self._server.behaving(case, case.beside), impatient:
                ended = _run(self._server.address, cache, "0.2")
            if not ended.code and ended.recipes != good.recipes:
                raise Wrong(f"exit code 0, but other recipes: {case.fault}, {case.kind}")
            if ended.code and not ended.said.strip():
                raise Wrong(f"exit code 1, and nothing is said: {case.fault}, {case.kind}")
            with self._server.behaving(None, case.beside):
                after = _run(self._server.address, cache)
            if (after.code, after.recipes) != (good.code, good.recipes):
                raise Wrong(f"the next run ends otherwise: {case.fault}, {case.kind}")
        return ended.said


def describe(case: Case) -> str:
    """A case as a line."""
    return json.dumps(case._asdict())

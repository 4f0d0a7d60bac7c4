"""Runs ``create`` on what a hostile index serves, with the real resolver and translation, and a
host in memory. Nothing is sent over a network."""

from __future__ import annotations

import io
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Callable

from spack_pypi.errors import NotFetched, SpackPyPIError
from spack_pypi.pypi.http import HttpIndex
from spack_pypi.pypi.limits import BODY, Size
from spack_pypi.pypi.network.web import Response
from spack_pypi.pypi.settings import settings
from spack_pypi.workflow.request import Request
from tests.memory import MemoryHost
from tests.run import create

ADDRESS = "https://index.example"
#: Of the index; it may show nowhere.
PASSWORD = "s3cr3t-pa55"
#: Packages that the host has: those that hostile projects require at most.
KNOWN = ("attrs", "numpy", "hatchling", "setuptools", "poetry-core", "flit-core", "maturin")


class Replies:
    """A `Web` of what is served, by path."""

    def __init__(
        self, served: Mapping[str, bytes], content_type: str = "application/json"
    ) -> None:
        self._served, self._content_type = served, content_type
        self.requests_made = 0

    def close(self) -> None:
        """Nothing is open."""

    def get(
        self, url: str, headers: Mapping[str, str] | None = None, largest: Size = BODY
    ) -> Response:
        found = self._served.get(url[len(ADDRESS) :]) if url.startswith(ADDRESS) else None
        if found and len(found) > largest.size:
            raise NotFetched(url, f"the answer is larger than {largest}")
        status = 404 if found is None else 200
        return Response(status, found or b"", {"content-type": self._content_type}, url)

    def read(self, url: str, reader: Callable[[Any], Any]) -> Any:
        answer = self.get(url)
        if answer.status == 404:
            raise NotFetched(url, "does not exist")
        return reader(io.BytesIO(answer.body))


def index(served: Mapping[str, bytes], cache: Path, kind: str = "application/json") -> HttpIndex:
    """An index of what is served."""
    reach = settings(
        f"https://me:{PASSWORD}@index.example/simple/",
        default=lambda: None,
        cache=cache,
        environment={"HOME": str(cache)},
    )
    found = HttpIndex(reach)
    found._fetcher._opened = Replies(served, kind)  # type: ignore[assignment]
    return found


def outcome(served: Mapping[str, bytes], name: str, kind: str = "application/json") -> str:
    """What ``create NAME`` ends in: recipes, or the sentence of an error. Anything else that is
    raised is a crash."""
    host = MemoryHost()
    for project in KNOWN:
        host.has(project, "1.0", "22.0", "77.0")
    before = {*threading.enumerate()}
    with tempfile.TemporaryDirectory() as cache:
        try:
            made = create(host, index(served, Path(cache), kind), Request((name,)))
        except SpackPyPIError as error:
            return f"Error: {error}"
        finally:
            # What is no longer needed may still be under way, and is stored when it arrives.
            for thread in {*threading.enumerate()} - before:
                thread.join()
        kept = [file for file in Path(cache).rglob("*") if file.is_file()]
        assert not any(PASSWORD.encode() in file.read_bytes() for file in kept)
    texts = [*made.plan.texts.values(), *(each.text for each in made.diagnostics)]
    return "\n".join(texts)

"""What uv resolves, and what the releases it takes say of themselves; for ``against_uv.py``."""

from __future__ import annotations

import io
import json
import platform
import re
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from email.parser import Parser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import requests
from packaging.markers import default_environment
from packaging.tags import sys_tags
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import Version
from urllib3.util.retry import Retry

from bench.edges import Graph
from spack_pypi.host.port import Cell

#: Seconds that uv may take for one requirement.
_PATIENCE = 1800
_CONNECTIONS = 8
#: Bytes that are fetched at once of a wheel whose metadata is looked for.
_CHUNK = 65536
_MACHINES = {"AMD64": "x86_64", "arm64": "aarch64"}


class Uv:
    """What uv resolves, and what the releases that it takes say they require, all for Linux and
    the Python that runs this."""

    def __init__(self, index_url: str, cache: Path, build: bool) -> None:
        self._index_url, self._build = index_url, build
        self._kept = cache / "against-uv"
        self._kept.mkdir(parents=True, exist_ok=True)
        self._session = requests.Session()
        self._session.headers["Accept"] = "application/vnd.pypi.simple.v1+json"
        again = Retry(total=5, backoff_factor=0.5, status_forcelist=(429, 500, 502, 503, 504))
        adapter = requests.adapters.HTTPAdapter(pool_maxsize=_CONNECTIONS, max_retries=again)
        self._session.mount("https://", adapter)
        self._reported: dict[tuple[str, str], list[str] | None] = {}
        machine = platform.machine()
        self.cell = Cell(platform.python_version(), "linux", _MACHINES.get(machine, machine))
        self.environment: Mapping[str, str] = {
            **{name: str(value) for name, value in default_environment().items()},
            "sys_platform": "linux",
            "platform_system": "Linux",
            "os_name": "posix",
        }

    def resolve(self, name: str) -> tuple[Graph | None, str]:
        """The graph of a requirement, or why there is none."""
        command = [sys.executable, "-m", "uv", "pip", "compile", "-", "--quiet", "--no-header"]
        command += ["--no-config", "--default-index", self._index_url, "--no-strip-extras"]
        command += ["--python", sys.executable, "--python-version", platform.python_version()]
        command += ["--python-platform", "linux", "--annotation-style", "line"]
        command += [] if self._build else ["--no-build"]
        try:
            done = subprocess.run(
                command, input=name, capture_output=True, text=True, timeout=_PATIENCE, check=False
            )
        except subprocess.TimeoutExpired:
            return None, f"uv took longer than {_PATIENCE} s"
        if done.returncode:
            return None, " ".join(done.stderr.split()) or f"uv exits {done.returncode}"
        return graph(done.stdout), ""

    def learn(self, graph: Graph) -> None:
        """Read what all releases of a graph require."""
        with ThreadPoolExecutor(_CONNECTIONS) as pool:
            list(pool.map(lambda item: self.requires(*item), graph.versions.items()))

    def requires(self, project: str, version: str) -> list[str] | None:
        """The requirements of a release, as one of its wheels has them; None where it has none
        that tells. Raises `requests.RequestException`."""
        key = (project, version)
        if key not in self._reported:
            # What a release says never changes.
            file = self._kept / f"{project}-{version}.json"
            if file.exists():
                self._reported[key] = json.loads(file.read_text("utf-8"))
            else:
                found = self._read(project, Version(version))
                self._reported[key] = found
                if found is not None:
                    file.write_text(json.dumps(found), encoding="utf-8")
        return self._reported[key]

    def _read(self, project: str, version: Version) -> list[str] | None:
        page_url = urljoin(self._index_url, f"{project}/")
        answer = self._session.get(page_url, timeout=60)
        answer.raise_for_status()
        page = answer.json()
        order = {tag: at for at, tag in enumerate(sys_tags())}
        wheels = []
        for file in page["files"]:
            try:
                _, of, _, tags = parse_wheel_filename(file["filename"])
            except InvalidWheelFilename:
                continue
            if of == version:
                wheels.append((min(order.get(tag, len(order)) for tag in tags), file["url"]))
        if not wheels:
            return None
        with zipfile.ZipFile(
            io.BufferedReader(_Remote(self._session, min(wheels)[1]), _CHUNK)
        ) as zipped:
            name = next(
                n for n in zipped.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", n)
            )
            text = zipped.read(name).decode("utf-8")
        return Parser().parsestr(text, headersonly=True).get_all("Requires-Dist") or []


class _Remote(io.RawIOBase):
    """A file on a web server, of which only what is looked at is fetched."""

    def __init__(self, session: requests.Session, url: str) -> None:
        self._session, self._url, self._at = session, url, 0
        answer = self._fetch(f"bytes=-{_CHUNK}")
        self._end = answer.content
        reported = answer.headers.get("Content-Range", "")
        self._size = int(reported.rpartition("/")[2]) if reported else len(self._end)

    def _fetch(self, wanted: str) -> requests.Response:
        headers = {"Range": wanted, "Accept": "*/*", "Accept-Encoding": "identity"}
        answer = self._session.get(self._url, headers=headers, timeout=60)
        answer.raise_for_status()
        return answer

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + (0, self._at, self._size)[whence]
        return self._at

    def readinto(self, buffer: Any) -> int:
        stop = min(self._at + len(buffer), self._size)
        known_from = self._size - len(self._end)
        if self._at >= stop:
            return 0
        if self._at >= known_from:
            found = self._end[self._at - known_from : stop - known_from]
        else:
            found = self._fetch(f"bytes={self._at}-{stop - 1}").content
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)


def graph(text: str) -> Graph:
    """What ``uv pip compile`` prints: ``name[extra]==1.0  # via other, -r -``, a project a line;
    or two lines, if some need it with extras and some without."""
    versions: dict[str, str] = {}
    extras: dict[str, frozenset[str]] = {}
    dependents: dict[str, frozenset[str]] = {}
    for line in text.splitlines():
        found = re.match(r"([\w.-]+)(?:\[([^\]]*)\])?==(\S+)(?:\s.*?)?(?:# via (.*))?$", line)
        if found is None:
            continue
        project = canonicalize_name(found[1])
        versions[project] = found[3]
        with_extras = (canonicalize_name(e.strip()) for e in (found[2] or "").split(",") if e)
        extras[project] = extras.get(project, frozenset()) | {*with_extras}
        via = (word.strip() for word in re.sub(r"\[.*?\]", "", found[4] or "").split(","))
        by = {canonicalize_name(word) for word in via if word and not word.startswith("-")}
        dependents[project] = dependents.get(project, frozenset()) | by
    return Graph(versions, extras, dependents)

"""What uv resolves, and what the releases it takes say of themselves; for ``against_uv.py``."""

from __future__ import annotations

import json
import platform
import re
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from email.parser import Parser
from pathlib import Path
from urllib.parse import urljoin

from packaging.markers import default_environment
from packaging.tags import sys_tags
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import Version

from bench.edges import Graph
from spack_pypi.errors import IndexFailure
from spack_pypi.host.port import Cell
from spack_pypi.pypi.model import File, Settings
from spack_pypi.pypi.network.web import Web
from spack_pypi.pypi.remote import metadata_inside

#: Seconds that uv may take for one requirement.
_PATIENCE = 1800
_CONNECTIONS = 8
_MACHINES = {"AMD64": "x86_64", "arm64": "aarch64"}


class Uv:
    """What uv resolves, and what the releases that it takes say they require, all for Linux and
    the Python that runs this."""

    def __init__(self, reach: Settings, cache: Path, build: bool) -> None:
        self._index_url, self._build = reach.url, build
        self._kept = cache / "against-uv"
        self._kept.mkdir(parents=True, exist_ok=True)
        self._web = Web(replace(reach, connections=_CONNECTIONS))
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
        """The requirements of a release, as its best wheel has them; None where it has no wheel.
        Raises `spack_pypi.errors.IndexFailure`."""
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
        answer = self._web.get(page_url, {"Accept": "application/vnd.pypi.simple.v1+json"})
        if answer.status != 200:
            raise IndexFailure(page_url, f"answers {answer.status}")
        order = {tag: at for at, tag in enumerate(sys_tags())}
        wheels = []
        for file in json.loads(answer.body)["files"]:
            try:
                _, of, _, tags = parse_wheel_filename(file["filename"])
            except InvalidWheelFilename:
                continue
            if of == version:
                best = min(order.get(tag, len(order)) for tag in tags)
                wheels.append((best, urljoin(page_url, file["url"]), file["filename"]))
        if not wheels:
            return None
        _, url, name = min(wheels)
        text = metadata_inside(self._web, File(name, url, version, is_wheel=True))
        return Parser().parsestr(text, headersonly=True).get_all("Requires-Dist") or []


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

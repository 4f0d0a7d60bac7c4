"""An index on this machine: invented projects, served as the public one, mirrors and private ones
do (HTML or JSON, with and without metadata, ranges, credentials, delays, failures)."""

from __future__ import annotations

import base64
import hashlib
import html
import io
import json
import re
import secrets
import tarfile
import threading
import time
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from packaging.utils import canonicalize_name


def sdist_bytes(stem: str, version: str, files: Mapping[str, str]) -> bytes:
    """A small .tar.gz; the same input gives the same bytes."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=0) as archive:
        for name, text in files.items():
            data = text.encode()
            info = tarfile.TarInfo(f"{stem}-{version}/{name}")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    # The time in gzip's header would change the bytes.
    packed = bytearray(raw.getvalue())
    packed[4:8] = b"\0\0\0\0"
    return bytes(packed)


def zip_bytes(stem: str, version: str, files: Mapping[str, str]) -> bytes:
    """A small .zip of an old release."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        for name, text in {"setup.py": "", **files}.items():
            path = f"{stem}-{version}/{name}"
            archive.writestr(zipfile.ZipInfo(path, (2010, 1, 1, 0, 0, 0)), text)
    return raw.getvalue()


def wheel_bytes(stem: str, version: str, metadata: str, padding: int = 0) -> bytes:
    """A small wheel; ``padding`` bytes of content before its METADATA."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        names = {
            f"{stem}/__init__.py": "#" * padding,
            f"{stem}-{version}.dist-info/METADATA": metadata,
        }
        for name, text in names.items():
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), text)
    return raw.getvalue()


@dataclass
class Served:
    """What the server has, and how it behaves. ``requests`` are the paths required so far."""

    json: bool = True
    advertises_metadata: bool = True
    serves_metadata: bool = True
    serves_ranges: bool = True
    delay: float = 0.0
    failures: dict[str, list[int]] = field(default_factory=dict)
    rubbish: dict[str, bytes] = field(default_factory=dict)
    credentials: str = ""
    etags: bool = False
    pages: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    reports: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    busiest: int = 0

    def add(
        self,
        name: str,
        version: str,
        *requires: str,
        python: str = "",
        summary: str = "",
        homepage: str = "",
        license_expression: str = "",
        extras: Sequence[str] = (),
        build: Sequence[str] | None = ("hatchling",),
        stem: str | None = None,
        sdist: bool = True,
        wheel: bool = True,
        metadata_version: str = "2.4",
        padding: int = 0,
        yanked: str | None = None,
        files: Mapping[str, str] | None = None,
    ) -> None:
        """Publish a release."""
        stem = stem or canonicalize_name(name).replace("-", "_")
        lines = [f"Metadata-Version: {metadata_version}", f"Name: {name}", f"Version: {version}"]
        lines += [f"Summary: {summary}"] if summary else []
        lines += [f"Home-page: {homepage}"] if homepage else []
        lines += [f"License-Expression: {license_expression}"] if license_expression else []
        lines += [f"Requires-Python: {python}"] if python else []
        lines += [f"Provides-Extra: {extra}" for extra in extras]
        lines += [f"Requires-Dist: {requirement}" for requirement in requires]
        metadata = "\n".join(lines) + "\n"
        if sdist:
            inside = {"PKG-INFO": metadata, **(files or {})}
            if build is not None:
                backend = re.split(r"[^\w-]", build[0])[0].replace("-", "_")
                inside["pyproject.toml"] = (
                    f"[build-system]\nrequires = {json.dumps(list(build))}\n"
                    f'build-backend = "{backend}.api"\n'
                )
            self.publish(
                name,
                f"{stem}-{version}.tar.gz",
                sdist_bytes(stem, version, inside),
                python,
                yanked,
            )
        if wheel:
            file = f"{stem.replace('-', '_')}-{version}-py3-none-any.whl"
            content = wheel_bytes(stem, version, metadata, padding)
            self.publish(name, file, content, python, yanked, metadata.encode())

    def publish(
        self,
        project: str,
        file: str,
        content: bytes,
        python: str = "",
        yanked: str | None = None,
        metadata: bytes | None = None,
    ) -> None:
        """List a file on a project's page."""
        self.files[file] = content
        entry: dict[str, Any] = {
            "filename": file,
            "url": f"../../files/{file}",
            "hashes": {"sha256": hashlib.sha256(content).hexdigest()},
        }
        if python:
            entry["requires-python"] = python
        if yanked is not None:
            entry["yanked"] = yanked
        if metadata is not None:
            self.files[f"{file}.metadata"] = metadata
            if self.advertises_metadata:
                entry["core-metadata"] = {"sha256": hashlib.sha256(metadata).hexdigest()}
        self.pages.setdefault(canonicalize_name(project), []).append(entry)

    def page(self, project: str, accept: str) -> tuple[str, bytes]:
        """Content type and body of a project page."""
        entries = self.pages[project]
        if self.json and "json" in accept:
            body = {"meta": {"api-version": "1.1"}, "name": project, "files": entries}
            return "application/vnd.pypi.simple.v1+json", json.dumps(body).encode()
        links = []
        for entry in entries:
            attributes = f'href="{entry["url"]}#sha256={entry["hashes"]["sha256"]}"'
            if "requires-python" in entry:
                attributes += f' data-requires-python="{html.escape(entry["requires-python"])}"'
            if "yanked" in entry:
                attributes += f' data-yanked="{html.escape(entry["yanked"])}"'
            if "core-metadata" in entry:
                attributes += f' data-core-metadata="sha256={entry["core-metadata"]["sha256"]}"'
            if "provenance" in entry:
                attributes += f' data-provenance="{html.escape(entry["provenance"])}"'
            links.append(f"<a {attributes}>{entry['filename']}</a><br>")
        return "text/html", ("<!DOCTYPE html><html><body>" + "".join(links)).encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    served: Served
    root = ""
    lock = threading.Lock()
    under_way = 0

    def do_GET(self) -> None:
        served, kind = self.served, type(self)
        self.path = self.path[len(self.root) :] if self.path.startswith(self.root) else ""
        with kind.lock:
            kind.under_way += 1
            served.busiest = max(served.busiest, kind.under_way)
            served.requests.append(self.path)
        try:
            time.sleep(served.delay)
            self._answer()
        finally:
            with kind.lock:
                kind.under_way -= 1

    def _answer(self) -> None:
        served = self.served
        planned = served.failures.get(self.path)
        if planned:
            self._send(planned.pop(0), "text/plain", b"out of order")
            return
        if served.credentials:
            expected = "Basic " + base64.b64encode(served.credentials.encode()).decode()
            if self.headers.get("Authorization") != expected:
                self._send(401, "text/plain", b"")
                return
        if self.path in served.rubbish:
            self._send(200, "application/json", served.rubbish[self.path])
            return
        page = re.fullmatch(r"/simple/([\w.-]+)/", self.path)
        if page and page[1] in served.pages:
            kind, body = served.page(page[1], self.headers.get("Accept", ""))
            tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            if served.etags and self.headers.get("If-None-Match") == tag:
                self._send(304, kind, b"", {"ETag": tag})
                return
            self._send(200, kind, body, {"ETag": tag} if served.etags else {})
            return
        report = re.fullmatch(r"/pypi/([\w.-]+)/([\w.]+)/json", self.path)
        if report and (report[1], report[2]) in served.reports:
            found = [{"id": name} for name in served.reports[report[1], report[2]]]
            found.append({"id": "OLD-1", "withdrawn": "2024-01-01"})
            body = json.dumps({"info": {}, "vulnerabilities": found}).encode()
            self._send(200, "application/json", body)
            return
        name = self.path.rpartition("/")[2]
        if name in served.files and (served.serves_metadata or not name.endswith(".metadata")):
            self._send_file(served.files[name])
            return
        self._send(404, "text/plain", b"")

    def _send_file(self, content: bytes) -> None:
        wanted = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        if wanted and self.served.serves_ranges:
            start = int(wanted[1]) if wanted[1] else max(0, len(content) - int(wanted[2]))
            end = int(wanted[2]) + 1 if wanted[1] and wanted[2] else len(content)
            end = min(end, len(content))
            spread = {"Content-Range": f"bytes {start}-{end - 1}/{len(content)}"}
            self._send(206, "application/octet-stream", content[start:end], spread)
        else:
            self._send(200, "application/octet-stream", content)

    def _send(
        self, status: int, kind: str, body: bytes, headers: Mapping[str, str] | None = None
    ) -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
        except ConnectionError:
            pass  # who asked has left, which some tests mean to happen

    def log_message(self, *args: Any) -> None:
        pass


class IndexServer:
    """Serves a `Served` on this machine's loopback; a context manager."""

    def __init__(self, served: Served | None = None) -> None:
        self.served = served or Served()
        # What was read from a server is remembered by its address, and ports come again.
        root = f"/{secrets.token_hex(8)}"
        own = {"served": self.served, "lock": threading.Lock(), "root": root}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), own))
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}{root}"
        self.url = f"{self.address}/simple/"

    def __enter__(self) -> IndexServer:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()

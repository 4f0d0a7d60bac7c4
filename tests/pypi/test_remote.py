"""Wheels of which parts are asked for, on servers that send other parts."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Mapping
from typing import Callable

import pytest
from packaging.version import Version

from spack_pypi.errors import FileFailure, NotFetched
from spack_pypi.pypi.limits import BODY, Size
from spack_pypi.pypi.model import File
from spack_pypi.pypi.network.web import Response
from spack_pypi.pypi.remote import metadata_inside
from tests.index_server import wheel_bytes

#: Its METADATA does not lie in the part that is asked for first.
METADATA = "Metadata-Version: 2.1\nName: x\nVersion: 1\n"
WHOLE = wheel_bytes("x", "1", METADATA)
raw = io.BytesIO(WHOLE)
with zipfile.ZipFile(raw, "a") as archive:
    archive.writestr("x/data", "y" * 300_000)
WHOLE = raw.getvalue()
OTHER = WHOLE.replace(b"Name: x", b"Name: z")

#: Start and end of a range, and which request it is → an answer.
Ranges = Callable[[int, int, int], Response]


def part(start: int, end: int, etag: str = "", content: bytes = WHOLE, total: int = 0) -> Response:
    said = f"bytes {start}-{end - 1}/{total or len(content)}"
    headers = {"content-range": said, **({"etag": etag} if etag else {})}
    return Response(206, content[start:end], headers, "")


class Server:
    """A `Web` of one wheel."""

    def __init__(self, ranges: Ranges, content: bytes = WHOLE) -> None:
        self._ranges, self._content = ranges, content
        self.wholes = self.parts = 0

    def get(
        self, url: str, headers: Mapping[str, str] | None = None, largest: Size = BODY
    ) -> Response:
        wanted = re.fullmatch(r"bytes=(\d*)-(\d*)", (headers or {}).get("Range", ""))
        if wanted is None:
            self.wholes += 1
            return Response(200, self._content, {}, url)
        self.parts += 1
        size = len(WHOLE)
        start = int(wanted[1]) if wanted[1] else max(0, size - int(wanted[2]))
        end = min(size, int(wanted[2]) + 1) if wanted[1] else size
        return self._ranges(start, end, self.parts)


def metadata(server: Server, sha256: str = hashlib.sha256(WHOLE).hexdigest()) -> str:
    wheel = File("x-1-py3-none-any.whl", "https://f.example/x", Version("1"), True, sha256)
    return metadata_inside(server, wheel)  # type: ignore[arg-type]


def test_only_parts_are_asked_for() -> None:
    server = Server(lambda start, end, number: part(start, end, "same"))
    assert metadata(server) == METADATA
    assert (server.wholes, server.parts) == (0, 2)


# (what the server does, how it answers a range)
INSTEAD: Mapping[str, Ranges] = {
    "has no such range": lambda start, end, number: Response(416, b"", {}, ""),
    "sends another range": lambda start, end, number: part(0, 100),
    "sends several": lambda start, end, number: Response(
        206, b"--x", {"content-type": "multipart/byteranges; boundary=x"}, ""
    ),
    "has another file by then": lambda start, end, number: part(
        start, end, f"number {number}", WHOLE if number == 1 else OTHER
    ),
    "has a longer file by then": lambda start, end, number: part(
        start, end, total=len(WHOLE) + number
    ),
    "says what is not a range": lambda start, end, number: Response(
        206, b"", {"content-range": "bytes a-b/c"}, ""
    ),
    "sends zeros": lambda start, end, number: part(start, end, content=b"\0" * len(WHOLE)),
}


@pytest.mark.parametrize("ranges", INSTEAD.values(), ids=INSTEAD)
def test_a_server_that_does_not_send_a_part_as_it_should_is_asked_for_the_whole(
    ranges: Ranges,
) -> None:
    server = Server(ranges)
    assert metadata(server) == METADATA
    assert server.wholes == 1


def test_the_whole_is_compared_with_its_hash() -> None:
    none = INSTEAD["has no such range"]
    with pytest.raises(NotFetched, match="does not have the sha256 that the index gives"):
        metadata(Server(none, OTHER))
    with pytest.raises(FileFailure, match="is not a valid wheel"):
        metadata(Server(none, b"no zip"), hashlib.sha256(b"no zip").hexdigest())


@pytest.mark.parametrize("second", ["x-1.dist-info/METADATA", "y-1.dist-info/METADATA"])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_of_two_metadata_files_none_is_chosen(second: str) -> None:
    raw = io.BytesIO(wheel_bytes("x", "1", METADATA))
    with zipfile.ZipFile(raw, "a") as archive:
        archive.writestr(second, "Metadata-Version: 2.1\nName: y\nVersion: 1\n")
    with pytest.raises(FileFailure, match=f"several METADATA files: .*, {second}"):
        metadata(Server(lambda *_: Response(200, raw.getvalue(), {}, "")), "")

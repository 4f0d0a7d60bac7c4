"""Hostile archives cost bounded time and memory, and end in one clear sentence."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import random
import resource
import tarfile
import zipfile
from collections.abc import Mapping
from contextlib import nullcontext
from typing import Callable

import pytest
from packaging.version import Version

from spack_pypi.errors import FileFailure, IndexFailure, NotFetched
from spack_pypi.pypi import limits
from spack_pypi.pypi.archives import archive, sdist, tar
from spack_pypi.pypi.model import File
from spack_pypi.pypi.releases import LONG

MEMBER = tarfile.BLOCKSIZE


def a_file(name: str, content: bytes, sha256: str = "", size: int | None = None) -> File:
    known = sha256 or hashlib.sha256(content).hexdigest()
    address = f"https://files.example/{name}"
    return File(name, address, Version("1"), False, sha256=known, size=size)


def packed(*members: tarfile.TarInfo, text: bytes = b"") -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as made:
        for member in members:
            member.size = len(text) if member.isfile() else 0
            made.addfile(member, io.BytesIO(text))
    return raw.getvalue()


def header(name: str, size: int = 0) -> bytes:
    """One member of a tar archive, without what it claims to hold."""
    member = tarfile.TarInfo(name)
    member.size = size
    return member.tobuf(tarfile.GNU_FORMAT)


class Endless:
    """A stream that is made while it is read."""

    def __init__(self, piece: bytes, count: int) -> None:
        self._piece, self._left, self._rest, self.given = piece, count, b"", 0

    def read(self, size: int = 1 << 30) -> bytes:
        if not self._rest and self._left:
            self._rest, self._left = self._piece, self._left - 1
        found, self._rest = self._rest[:size], self._rest[size:]
        self.given += len(found)
        return found


def reason(name: str, content: bytes, sha256: str = "") -> str:
    with pytest.raises(IndexFailure) as caught:
        sdist.inspect(a_file(name, content, sha256), io.BytesIO(content))
    return caught.value.reason


PACKERS: list[Callable[[bytes], bytes]] = [gzip.compress, bz2.compress, lzma.compress]


@pytest.mark.parametrize(
    ("name", "pack"), list(zip(["x-1.tar.gz", "x-1.tar.bz2", "x-1.tar.xz"], PACKERS))
)
def test_every_kind_of_archive_is_read(name: str, pack: Callable[[bytes], bytes]) -> None:
    content = pack(packed(tarfile.TarInfo("x-1/setup.cfg"), text=b"[options]\n"))
    found = sdist.inspect(a_file(name, content), io.BytesIO(content))
    assert found.files == {"setup.cfg": "[options]\n"}
    assert "cannot be read" in reason(name, content[: len(content) // 2])


@pytest.mark.parametrize(
    "after", [b"", b"\0" * 512, b"no member", gzip.compress(b"\0" * 512, mtime=0)]
)
@pytest.mark.parametrize("parts", [1, 2, 700])
def test_a_gzip_file_may_have_several_members(parts: int, after: bytes) -> None:
    """What follows them is not a part of the archive, but of what is hashed."""
    member = tarfile.TarInfo("x-1/setup.cfg")
    whole = packed(
        member, tarfile.TarInfo("x-1/setup.py"), text=random.Random(0).randbytes(500_000)
    )
    size = -(-len(whole) // parts)
    content = b"".join(gzip.compress(whole[at : at + size]) for at in range(0, len(whole), size))
    found = sdist.inspect(a_file("x-1.tar.gz", content + after), io.BytesIO(content + after))
    assert sorted(found.files) == ["setup.cfg", "setup.py"]


@pytest.mark.parametrize("begun", [0, 1, 2, 3])
def test_a_member_of_a_gzip_file_may_begin_at_the_end_of_a_piece(
    begun: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = packed(
        tarfile.TarInfo("x-1/setup.cfg"), tarfile.TarInfo("x-1/setup.py"), text=b"a = 1\n"
    )
    first, second = (gzip.compress(part) for part in (whole[:MEMBER], whole[MEMBER:]))
    monkeypatch.setattr(tar, "PIECE", len(first) + begun)
    content = first + second
    found = sdist.inspect(a_file("x-1.tar.gz", content), io.BytesIO(content))
    assert sorted(found.files) == ["setup.cfg", "setup.py"]


@pytest.mark.parametrize("missing", [300, 100_000])
def test_a_gzip_file_that_ends_too_early_is_refused(missing: int) -> None:
    text = random.Random(0).randbytes(500_000)
    content = gzip.compress(packed(tarfile.TarInfo("x-1/setup.cfg"), text=text))
    assert "file ended before" in reason("x-1.tar.gz", content[:-missing])


def test_a_zip_archive_is_read() -> None:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as made:
        made.writestr("x-1/setup.cfg", "[options]\n")
    content = raw.getvalue()
    found = sdist.inspect(a_file("x-1.zip", content), io.BytesIO(content))
    assert found.files == {"setup.cfg": "[options]\n"}
    assert "cannot be read" in reason("x-1.zip", content[:-30])


def test_a_member_of_a_zip_archive_without_a_name() -> None:
    """Python cuts names at a zero byte, and cannot say what an empty one is."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as made:
        made.writestr("nameless", "text")
        made.writestr("x-1/setup.cfg", "[options]\n")
    content = raw.getvalue().replace(b"nameless", b"\0ameless")
    found = sdist.inspect(a_file("x-1.zip", content), io.BytesIO(content))
    assert found.files == {"setup.cfg": "[options]\n"}


def test_an_unknown_kind_is_refused() -> None:
    assert reason("x-1.rpm", b"") == (
        "the archive is not one of .tar.gz, .tgz, .tar.bz2, .tar.xz and .zip"
    )


def test_a_hash_that_lies_is_refused() -> None:
    content = gzip.compress(packed(tarfile.TarInfo("x-1/PKG-INFO")))
    assert "does not have the sha256" in reason("x-1.tar.gz", content, "0" * 64)


def test_damage_on_the_way_is_told_from_that_of_the_file_itself() -> None:
    """Another run may get it whole."""
    whole = gzip.compress(packed(tarfile.TarInfo("x-1/a"), text=b"a" * 5000))
    broken = whole[:-20]
    with pytest.raises(NotFetched, match="does not have the sha256"):
        archive.visit(a_file("x-1.tar.gz", whole), io.BytesIO(broken), lambda *_: False)
    with pytest.raises(FileFailure, match="cannot be read") as error:
        archive.visit(a_file("x-1.tar.gz", broken), io.BytesIO(broken), lambda *_: False)
    assert not isinstance(error.value, NotFetched)


def test_members_of_which_nothing_comes_are_not_read_for_ever() -> None:
    empty = Endless(gzip.compress(b"") * 10_000, 10_000)
    with pytest.raises(FileFailure, match="1 MiB of it unpack to nothing"):
        archive.visit(File("x-1.tar.gz", "x", Version("1"), False), empty, lambda *_: False)
    assert empty.given < 4 << 20


def test_paths_out_of_the_tree_and_links_are_never_followed() -> None:
    out, link = tarfile.TarInfo("../../etc/passwd"), tarfile.TarInfo("x-1/setup.cfg")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    device = tarfile.TarInfo("x-1/pyproject.toml")
    device.type = tarfile.CHRTYPE
    content = gzip.compress(packed(out, link, device))
    found = sdist.inspect(a_file("x-1.tar.gz", content), io.BytesIO(content))
    assert found.files == {} and found.build_files == {}


def test_a_bomb_is_put_down() -> None:
    """A file of 10 GiB in 10 MB: its size is in its header, and not one byte is unpacked."""
    content = gzip.compress(header("x-1/data", 10 << 30))
    assert reason("x-1.tar.gz", content) == (
        "the archive contains more than 200000 files or 2048 MiB, the limit"
    )


def test_ten_million_members_are_not_counted_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    piece = header("x-1/a") * 1000
    stream = Endless(piece, 10_000)
    monkeypatch.setitem(tar.DECOMPRESSORS, ".tar.gz", lambda raw: raw)
    monkeypatch.setattr(limits, "MOST_MEMBERS", 50_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(IndexFailure, match="contains more than 50000 files"):
        sdist.inspect(a_file("x-1.tar.gz", b""), stream)
    assert stream.given < (limits.MOST_MEMBERS + 5000) * MEMBER
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 12_500  # kilobytes; remembering each member would take twice that


def test_the_table_of_a_zip_archive_may_not_be_huge() -> None:
    """Ten million members are a table of 500 MB, of which `zipfile` would make 5 GB."""
    end = b"PK\x05\x06" + b"\0" * 8 + (460_000_000).to_bytes(4, "little") + b"\0" * 6

    class Large(io.BytesIO):
        def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
            super().seek(0 if whence == io.SEEK_SET and offset == 0 else len(end))
            return offset if whence == io.SEEK_SET else 500_000_000

        def read(self, size: int | None = -1) -> bytes:
            return end

    with pytest.raises(ValueError, match="larger than 32 MiB"):
        archive.check_table(Large())


@pytest.mark.parametrize("kind", [tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE, tarfile.XGLTYPE])
def test_a_header_without_end_is_not_taken_into_memory(
    kind: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(tar.DECOMPRESSORS, ".tar.gz", lambda raw: raw)
    member = tarfile.TarInfo("x-1/a")
    member.type, member.size = kind, 7 << 30
    blocks = iter([member.tobuf(tarfile.GNU_FORMAT)])
    stream = Endless(b"1" * MEMBER, 1 << 24)
    monkeypatch.setattr(stream, "read", lambda size: next(blocks, None) or Endless.read(stream))
    with pytest.raises(IndexFailure, match="a header larger than 1 MiB"):
        sdist.inspect(a_file("x-1.tar.gz", b""), stream)
    assert stream.given < 2 * limits.LARGEST_HEADER


def test_a_file_with_holes_is_refused() -> None:
    """Its size is what it claims to be, however little there is of it."""
    hole = io.BytesIO()
    with tarfile.open(fileobj=hole, mode="w", format=tarfile.PAX_FORMAT) as made:
        member = tarfile.TarInfo("x-1/a")
        member.pax_headers = {"GNU.sparse.map": "0,0", "GNU.sparse.size": str(3 << 30)}
        made.addfile(member)
    assert "a sparse file" in reason("x-1.tar.gz", gzip.compress(hole.getvalue()))


def test_an_archive_that_does_not_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ARCHIVE", limits.size(1 << 20))
    stream = Endless(b"\0" * 65536, 1 << 20)
    with pytest.raises(FileFailure, match="larger than 1 MiB, the limit") as error:
        list(archive.pieces(a_file("x-1.tar.gz", b""), stream))
    assert not isinstance(error.value, NotFetched)
    assert stream.given <= (1 << 20) + 65536


@pytest.mark.parametrize("name", ["x-1.tar.gz", "x-1.zip"])
def test_at_the_size_that_the_index_gives_where_it_gives_one(name: str) -> None:
    """Then it is not the file of the index, whatever it begins with."""
    begin = {"x-1.tar.gz": gzip.compress(header("x-1/a", 1 << 30)), "x-1.zip": b"PK\3\4"}
    stream = Endless(begin[name] + b"\0" * 65536, 1 << 20)
    expected = "the archive is larger than the index says, 200000 bytes"
    with pytest.raises(NotFetched, match=expected):
        archive.visit(a_file(name, b"", size=200_000), stream, lambda *_: False)
    assert stream.given <= 200_000 + (1 << 20)


def test_what_is_read_of_it_until_its_build_is_known_need_not_end() -> None:
    """Nor does more of it arrive."""
    members = [tarfile.TarInfo(f"x-1/{name}") for name in sdist._KEPT]
    stream = Endless(gzip.compress(packed(*members, text=b"a")), 1 << 20)
    found = sdist.inspect(a_file("x-1.tar.gz", b"", size=LONG + 1), stream, partly=True)
    assert set(found.files) == set(sdist._KEPT)
    assert stream.given < LONG


def test_nothing_is_downloaded_without_a_hash() -> None:
    file = File("x-1.tar.gz", "https://files.example/x-1.tar.gz", Version("1"), False)
    with pytest.raises(IndexFailure, match="sha256"):
        list(archive.pieces(file, io.BytesIO(b"x")))


def test_what_is_kept_of_an_archive_has_a_name_in_the_cache() -> None:
    """Whoever changes the files, endings, modules or names that are looked for renames
    `http._READING` too, or old entries of the cache would lack them."""
    from spack_pypi.pypi import http, model

    endings = {ending for known in model.ENDINGS.values() for ending in known}
    names = len(model.VARIANT_MODULES), len(model.VARIANT_NAMES), len(model.NEWER_NAMES)
    larger = [*model.SMALLER]
    assert (http._READING, model.BUILD_FILES, len(endings), names, larger) == (
        "sdist-74",
        (
            *("CMakeLists.txt", "meson.build", "Cargo.toml", ".gitmodules"),
            *("meson.options", "meson_options.txt", "rust-toolchain.toml", "rust-toolchain"),
        ),
        15,
        (38, 298, 16),
        ["rucio"],
    )


@pytest.mark.parametrize(
    "files, reason",
    [
        ({"x-1/PKG-INFO": b"Name: x", "./x-1/setup.py": b""}, ""),
        ({"x-1/PKG-INFO": b"", "y/setup.py": b""}, "a project in each of two folders, x-1 and y"),
        ({"x-1/PKG-INFO": b"Name: x", "./x-1/PKG-INFO": b"Name: x"}, ""),
        ({"x-1/PKG-INFO": b"Name: x", "./x-1/PKG-INFO": b"Name: y"}, "two files PKG-INFO"),
        ({"x-1/PKG-INFO": b"", "y/README.md": b"", "z/a/setup.py": b""}, ""),
    ],
)  # fmt: skip
def test_what_is_read_is_what_is_built(files: Mapping[str, bytes], reason: str) -> None:
    """A build has the last file of a path, in one folder; a decoy may stand before it."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w:gz") as tar:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    content = raw.getvalue()
    with pytest.raises(FileFailure, match=reason) if reason else nullcontext():
        sdist.inspect(a_file("x-1.tar.gz", content), io.BytesIO(content))


def test_the_names_of_the_files_at_the_top_are_known() -> None:
    """A link is there, too; nothing is known where the archive was not read to its end."""
    link = tarfile.TarInfo("x-1/README.md")
    link.type, link.linkname = tarfile.SYMTYPE, "docs/README.md"
    inner = tarfile.TarInfo("x-1/setup.py"), tarfile.TarInfo("x-1/docs/a.txt"), link
    content = gzip.compress(packed(*inner))
    found = sdist.inspect(a_file("x-1.tar.gz", content), io.BytesIO(content))
    assert sdist.source(found.as_json(), "x").at_top == {"setup.py", "README.md"}
    long = a_file("x-1.tar.gz", content, size=LONG + 1)
    partly = sdist.inspect(long, io.BytesIO(content), partly=True)
    assert sdist.source(partly.as_json(), "x").at_top == frozenset()

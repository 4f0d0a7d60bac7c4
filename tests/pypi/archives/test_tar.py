"""Members of tar archives: what `tarfile` writes in any of its formats is read back whole."""

from __future__ import annotations

import gzip
import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spack_pypi.pypi.archives import tar
from spack_pypi.pypi.limits import Damaged

FORMATS = {
    "ustar": tarfile.USTAR_FORMAT,
    "gnu": tarfile.GNU_FORMAT,
    "pax": tarfile.PAX_FORMAT,
}
BLOCK = tarfile.BLOCKSIZE


def packed(files: list[tuple[str, bytes]], kind: str = "ustar") -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=FORMATS[kind]) as made:
        for name, content in files:
            member = tarfile.TarInfo(name)
            member.size, member.mtime = len(content), 1_700_000_000.5 if kind == "pax" else 0
            made.addfile(member, io.BytesIO(content))
    return raw.getvalue()


def read(archive: bytes, skip: str = "no such") -> list[tuple[str, bytes]]:
    """Names and contents; without the contents of files whose name begins so."""
    stream = io.BytesIO(gzip.compress(archive))
    return [
        (member.name, b"" if member.name.startswith(skip) else content())
        for member, content in tar.members("x-1.tar.gz", stream)
    ]


NAMES = st.text("abc./é", min_size=1, max_size=40).map(lambda text: f"x{text}x")


@given(st.lists(st.tuples(NAMES, st.binary(max_size=3 * BLOCK))), st.sampled_from([*FORMATS]))
def test_what_was_written_is_read(files: list[tuple[str, bytes]], kind: str) -> None:
    assert read(packed(files, kind)) == files


@pytest.mark.parametrize("kind", [*FORMATS])
@pytest.mark.parametrize("size", [1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * tar.PIECE + 1])
def test_contents_that_nobody_reads_are_passed_over(kind: str, size: int) -> None:
    files = [("skipped", b"1" * size), ("read", b"2" * size), ("skipped too", b"3" * size)]
    assert read(packed(files, kind), "skipped") == [
        ("skipped", b""),
        ("read", b"2" * size),
        ("skipped too", b""),
    ]


@pytest.mark.parametrize(
    ("kind", "length"), [("ustar", 100), ("ustar", 170), ("gnu", 300), ("pax", 300)]
)
def test_a_long_name_is_whole(kind: str, length: int) -> None:
    """Behind 100 characters it lies in the prefix, in a member before, or in an attribute."""
    name = "x/" * 40 + "y" * (length - 80)
    assert read(packed([(name, b"1"), ("z", b"2")], kind)) == [(name, b"1"), ("z", b"2")]


def test_what_is_no_file_keeps_its_kind() -> None:
    raw = io.BytesIO()
    kinds = [tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.AREGTYPE]
    with tarfile.open(fileobj=raw, mode="w") as made:
        for kind in kinds:
            member = tarfile.TarInfo(f"x{kind[0]}")
            member.type, member.linkname = kind, "/etc/passwd"
            made.addfile(member)
    stream = io.BytesIO(gzip.compress(raw.getvalue()))
    assert [m.isfile() for m, _ in tar.members("x.tgz", stream)] == [False] * 4 + [True]


@pytest.mark.parametrize("at", [0, 50, 124, 130, 148])
def test_a_header_with_a_wrong_checksum_ends_the_archive(at: int) -> None:
    """As for `tarfile` and tar: what follows cannot be trusted."""
    whole = bytearray(packed([("a", b""), ("b", b"")]))
    whole[BLOCK + at] ^= 1
    assert read(bytes(whole)) == [("a", b"")]


def test_a_member_that_is_cut_off_is_an_error() -> None:
    whole = packed([("a", b"1" * 3 * BLOCK)])[: 2 * BLOCK]
    for skip in ("a", "no such"):
        with pytest.raises(tarfile.ReadError, match="unexpected end of data"):
            read(whole, skip)


def test_a_kind_of_archive_that_is_not_known_is_refused() -> None:
    with pytest.raises(Damaged, match="is not one of"):
        list(tar.members("x-1.rpm", io.BytesIO()))

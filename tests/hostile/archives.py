"""Archives that are damaged, or built to harm: members of every kind, sizes that lie, headers that
never end, and bytes changed anywhere."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from typing import Callable

from hypothesis import strategies as st

from tests.hostile.excess import page
from tests.hostile.projects import NAME

_INFO = b"Metadata-Version: 2.1\nName: quiet-log\nVersion: 1.0\n"
_NAMES = [
    "quiet_log-1.0/PKG-INFO",
    "quiet_log-1.0/pyproject.toml",
    "quiet_log-1.0/setup.py",
    "/etc/passwd",
    "../../outside",
    "quiet_log-1.0/" + "a/" * 60 + "b.py",
    "quiet_log-1.0/\udcff\u202e.py",
    "",
]
_KINDS = [
    tarfile.REGTYPE,
    tarfile.DIRTYPE,
    tarfile.SYMTYPE,
    tarfile.LNKTYPE,
    tarfile.FIFOTYPE,
    tarfile.CHRTYPE,
    tarfile.GNUTYPE_SPARSE,
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.GNUTYPE_LONGNAME,
    b"\xff",
]
#: A size in a header → what is written there, twelve bytes.
_SIZES = [None, b"77777777777\0", b"-0000000001\0", b"\x80" + b"\0" * 3 + b"\xff" * 8, b"x" * 12]
_PACKERS: dict[str, Callable[[bytes], bytes]] = {
    ".tar.gz": lambda raw: gzip.compress(raw, 1, mtime=0),
    ".tar.bz2": bz2.compress,
    ".tar.xz": lzma.compress,
    ".zip": bytes,
}


@st.composite
def _tars(draw: st.DrawFn) -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=draw(st.sampled_from([0, 1, 2]))) as archive:
        for _ in range(draw(st.integers(1, 4))):
            info = tarfile.TarInfo(draw(st.sampled_from(_NAMES)))
            info.type = draw(st.sampled_from([tarfile.REGTYPE, *_KINDS]))
            info.linkname = draw(st.sampled_from(["", "/etc/passwd", "quiet_log-1.0/PKG-INFO"]))
            if draw(st.booleans()):
                info.pax_headers = {"size": draw(st.sampled_from(["9" * 50, "-1", "x", "3"]))}
            content = _INFO if info.name.endswith("PKG-INFO") else draw(st.binary(max_size=40))
            info.size = len(content)
            try:
                archive.addfile(info, io.BytesIO(content))
            except (ValueError, UnicodeError):
                continue  # a name that this format cannot have
    data = bytearray(raw.getvalue())
    for start in range(0, len(data) - 512, 512):
        size = draw(st.sampled_from([None] * 9 + _SIZES)) if start < 2048 else None
        if size is not None:
            data[start + 124 : start + 136] = size
            # As if the header was made so.
            data[start + 148 : start + 156] = b" " * 8
            data[start + 148 : start + 156] = b"%06o\0 " % sum(data[start : start + 512])
    return bytes(data)


@st.composite
def _zips(draw: st.DrawFn) -> bytes:
    raw = io.BytesIO()
    methods = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
    with zipfile.ZipFile(raw, "w") as archive:
        for name in draw(st.lists(st.sampled_from(_NAMES[:6]), min_size=1, unique=True)):
            content = _INFO if name.endswith("PKG-INFO") else draw(st.binary(max_size=40))
            archive.writestr(zipfile.ZipInfo(name), content, draw(st.sampled_from(methods)))
    return raw.getvalue()


@st.composite
def archives(draw: st.DrawFn) -> dict[str, bytes]:
    """A project with one such sdist, as an index serves it, by path."""
    suffix = draw(st.sampled_from(sorted(_PACKERS)))
    data = bytearray(_PACKERS[suffix](draw(_zips() if suffix == ".zip" else _tars())))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(data) - 1))
        data[at] = draw(st.integers(0, 255))
    if draw(st.booleans()):
        data = data[: draw(st.integers(0, len(data)))]
    name = f"quiet_log-1.0{suffix}"
    return {f"/simple/{NAME}/": page({name: bytes(data)}), f"/files/{name}": bytes(data)}

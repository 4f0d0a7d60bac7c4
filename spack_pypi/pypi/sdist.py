"""What a source archive says about its build, read as a stream and never written to disk.

Archives are hostile: sizes and counts are limited, links are not followed, a name in an archive is
never a path of ours, and no code is run.
"""

from __future__ import annotations

import bz2
import gzip
import hashlib
import lzma
import re
import sys
import tarfile
import tempfile
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Mapping, Optional, Protocol, Set

from ..errors import IndexFailure
from .model import File, Source

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

#: Limits: bytes of the archive, bytes of its contents, members, bytes of one file that is read.
LARGEST_ARCHIVE = 1 << 30
LARGEST_CONTENT = 4 << 30
MOST_MEMBERS = 200_000
LARGEST_FILE = 2 << 20
#: From this size on an archive is read only until its build is known, where a wheel tells more.
LONG = 20 << 20

_KEPT = ("pyproject.toml", "setup.cfg", "PKG-INFO")
_MOST_CRATES = 64
_SUFFIX = re.compile(r"\.(c|cc|cpp|cxx|c\+\+|cu|pyx|f|for|f77|f90|f95|f03|f08|rs|go|pxd)$", re.I)
_NOT_BUILT = re.compile(
    r"(^|/)(tests?|testing|docs?|examples?|benchmarks?|bench|samples?|demos?|node_modules|third.?party/.*/tests?)/",
    re.I,
)


class Reader(Protocol):
    """Anything with ``read``."""

    def read(self, size: int = -1) -> bytes: ...


@dataclass
class Contents:
    """What was found in an archive: kept files by name, and the endings of source files."""

    files: Dict[str, str] = field(default_factory=dict)
    crates: Dict[str, str] = field(default_factory=dict)
    suffixes: Set[str] = field(default_factory=set)
    members: int = 0
    size: int = 0

    def as_json(self) -> Dict[str, Any]:
        return {
            "files": self.files,
            "crates": self.crates,
            "suffixes": sorted(self.suffixes),
        }


class _Damaged(Exception):
    """The archive breaks a limit or a format; the text completes "the archive ..."."""


class _Checked:
    """Passes bytes on, hashing them and counting them against a limit."""

    def __init__(self, inner: Reader, limit: int) -> None:
        self._inner, self._left = inner, limit
        self.hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._inner.read(min(size, 1 << 20) if size >= 0 else 1 << 20)
        self._left -= len(data)
        if self._left < 0:
            raise _Damaged("is larger than any archive that we read")
        self.hash.update(data)
        return data

    def drain(self) -> None:
        while self.read(1 << 20):
            pass


class _Limited:
    """Decompressed bytes, counted; one read never asks for more than a member that we keep."""

    def __init__(self, inner: Any, limit: int) -> None:
        self._inner, self._left = inner, limit

    def read(self, size: int) -> bytes:
        if size > 64 << 20:
            raise _Damaged("has a header that is larger than a file may be")
        data: bytes = self._inner.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise _Damaged("unpacks to more than we read")
        return data


_DECOMPRESSORS: Mapping[str, Callable[[Any], Any]] = {
    ".tar.gz": lambda raw: gzip.GzipFile(fileobj=raw),
    ".tgz": lambda raw: gzip.GzipFile(fileobj=raw),
    ".tar.bz2": lambda raw: bz2.BZ2File(raw),
    ".tar.xz": lambda raw: lzma.LZMAFile(raw),
}


def inspect(file: File, raw: Reader, partly: bool = False) -> Contents:
    """Read an archive and check its sha256.

    ``partly``: enough is known once the files at its top are read, as a wheel tells the rest; a
    long archive is then not read to its end (and its hash not known). Raises `IndexFailure`.
    """
    checked = _Checked(raw, LARGEST_ARCHIVE)
    contents = Contents()
    stops = partly and (file.size or 0) > LONG
    try:
        if file.name.endswith(".zip"):
            _read_zip(checked, contents)
            complete = True
        else:
            complete = _read_tar(file.name, checked, contents, stops)
        if complete:
            checked.drain()
    except _Damaged as error:
        raise IndexFailure(file.url, f"the archive {error}") from None
    except (
        tarfile.TarError,
        zipfile.BadZipFile,
        EOFError,
        OSError,
        zlib.error,
        lzma.LZMAError,
        ValueError,
    ) as error:
        raise IndexFailure(file.url, f"the archive cannot be read: {error}") from None
    if complete and file.sha256 and checked.hash.hexdigest() != file.sha256:
        raise IndexFailure(file.url, "the archive does not have the sha256 that the index gives")
    return contents


def _read_tar(name: str, checked: _Checked, contents: Contents, stops: bool) -> bool:
    """True when the archive was read to its end."""
    suffix = next((s for s in _DECOMPRESSORS if name.endswith(s)), None)
    if suffix is None:
        raise _Damaged("has a format that is not read")
    stream = _Limited(_DECOMPRESSORS[suffix](checked), LARGEST_CONTENT)
    with tarfile.open(fileobj=stream, mode="r|") as archive:  # type: ignore[call-overload]
        for member in archive:
            _count(contents, member.size)
            if not member.isfile():
                continue
            if _wanted(member.name, contents):
                opened = archive.extractfile(member) if member.size <= LARGEST_FILE else None
                if opened is not None:
                    _keep(member.name, opened.read(), contents)
            _note(member.name, contents)
            if stops and set(_KEPT) <= set(contents.files):
                return False
    return True


def _read_zip(checked: _Checked, contents: Contents) -> None:
    """Zip archives have their table at the end: they are spooled, hashed on the way."""
    with tempfile.SpooledTemporaryFile(max_size=32 << 20) as spool:
        while True:
            data = checked.read(1 << 20)
            if not data:
                break
            spool.write(data)
        with zipfile.ZipFile(spool) as archive:
            for info in archive.infolist():
                _count(contents, info.file_size)
                if info.is_dir():
                    continue
                if _wanted(info.filename, contents) and info.file_size <= LARGEST_FILE:
                    with archive.open(info) as opened:
                        _keep(info.filename, opened.read(LARGEST_FILE), contents)
                _note(info.filename, contents)


def _count(contents: Contents, size: int) -> None:
    contents.members += 1
    contents.size += size
    if contents.members > MOST_MEMBERS or contents.size > LARGEST_CONTENT:
        raise _Damaged("holds more than we read")


def _inner(name: str) -> str:
    """The name without the archive's own top folder."""
    return name.lstrip("./").partition("/")[2]


def _wanted(name: str, contents: Contents) -> bool:
    inner = _inner(name)
    is_crate = inner.rpartition("/")[2] == "Cargo.toml" and len(contents.crates) < _MOST_CRATES
    return (inner in _KEPT and inner not in contents.files) or is_crate


def _keep(name: str, data: bytes, contents: Contents) -> None:
    inner = _inner(name)
    text = data.decode("utf-8", "replace")
    (contents.files if inner in _KEPT else contents.crates)[inner] = text


def _note(name: str, contents: Contents) -> None:
    inner = _inner(name)
    match = _SUFFIX.search(inner)
    if match and not _NOT_BUILT.search(inner):
        contents.suffixes.add(match[0].lower())


def source(contents: Mapping[str, Any]) -> Source:
    """The meaning of `Contents.as_json`."""
    files: Mapping[str, str] = contents["files"]
    pyproject: Optional[Dict[str, Any]] = None
    problem = ""
    if "pyproject.toml" in files:
        try:
            pyproject = tomllib.loads(files["pyproject.toml"])
        except (ValueError, RecursionError):
            problem = "its pyproject.toml is not valid TOML"
    return Source(
        pyproject=pyproject,
        setup_cfg=files.get("setup.cfg", ""),
        suffixes=tuple(contents["suffixes"]),
        rust_version=_rust_version(pyproject or {}, contents["crates"]),
        problem=problem,
    )


def _rust_version(pyproject: Mapping[str, Any], crates: Mapping[str, str]) -> str:
    """``rust-version`` of the crate that is built, or of its workspace."""
    tool = pyproject.get("tool")
    maturin = tool.get("maturin", {}) if isinstance(tool, dict) else {}
    path = maturin.get("manifest-path", "Cargo.toml") if isinstance(maturin, dict) else ""
    paths: List[str] = [str(path), "Cargo.toml", *sorted(crates, key=lambda p: (p.count("/"), p))]
    for candidate in dict.fromkeys(paths):
        manifest = _toml(crates.get(candidate, ""))
        said = _get(manifest, "package", "rust-version")
        if isinstance(said, dict) or said is None:
            said = _get(
                _toml(crates.get("Cargo.toml", "")), "workspace", "package", "rust-version"
            )
        if isinstance(said, str) and re.fullmatch(r"[0-9]+(\.[0-9]+)*", said):
            return said
    return ""


def _toml(text: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError):
        return {}


def _get(table: Any, *keys: str) -> Any:
    for key in keys:
        table = table.get(key) if isinstance(table, dict) else None
    return table

"""An sdist or a wheel that is named by its place: what it is, and what it says."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, Callable

from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from ...errors import FileFailure, UsageError
from ...files import open_to_read
from .. import metadata as core_metadata
from ..archives import (
    archive,
    license_files,
    other_files,
    sdist,
    tree_metadata,
    wheel_modules,
    written_version,
)
from ..archives.static import with_static_requirements
from ..archives.tar import Reader
from ..limits import ARCHIVE, LARGEST_FILE, Damaged, core_fields, is_short
from ..model import File, Metadata, Release, Source
from ..project_files import egg_info
from ..project_files.module_values import Texts
from ..remote import metadata_of, read_local
from .places import SDISTS, WHEEL, Location

_PIECE = 1 << 20


@dataclass(frozen=True)
class OwnArchive:
    """An archive of a release of a ``project``, at a ``path`` of this machine. ``file`` has the
    address for recipes. ``metadata_text`` is its METADATA or PKG-INFO, ``contents`` what is in it
    (`sdist.Contents.as_json`), None for a wheel that is not read. Of an archive that is
    not an sdist, but a project's tree, ``tree`` is what its files say."""

    project: str
    file: File
    path: Path
    metadata_text: str
    licenses: Mapping[str, str]
    contents: Mapping[str, Any] | None = None
    tree: Metadata | None = None

    def metadata(self, release: Release) -> Metadata:
        """What it says of its release."""
        if self.tree is not None:
            return self.tree
        if self.file.is_wheel or self.contents is None:
            return core_metadata.from_wheel(self.metadata_text, release)
        requires_txt = egg_info.requires(self.contents["files"], self.project)
        said = core_metadata.from_sdist(self.metadata_text, release, requires_txt)
        return with_static_requirements(said, self.source())

    def source(self) -> Source:
        """What it says about its build."""
        return sdist.source(self.contents, self.project) if self.contents else Source()


def copied(raw: Reader, url: str, to: BinaryIO) -> None:
    """Put what is read of an address into a file. Raises `FileFailure` for too much."""
    to.truncate(to.seek(0))
    for data in _pieces(raw, url):
        to.write(data)


def _pieces(raw: Reader, url: str) -> Iterator[bytes]:
    """What is read of an address, piece by piece. Raises `FileFailure` for too much."""
    size = 0
    while data := raw.read(_PIECE):
        size += len(data)
        if size > ARCHIVE.size:
            raise FileFailure(url, f"the archive is larger than {ARCHIVE}")
        yield data


def check_kind(place: Location) -> None:
    """Raise `UsageError` for a path where there is nothing, and for a place that by its name, or
    as it is not a file, is neither an sdist nor a wheel."""
    if place.path and not os.path.exists(place.path):
        hint = f"; a version of a project is written {place.name}==VERSION" if place.name else ""
        raise UsageError(f"{place} cannot be read: No such file or directory{hint}")
    if not place.file_name.endswith((WHEEL, *SDISTS)):
        suffixes = ", ".join((*SDISTS, WHEEL))
        more = f"; for a repository write git+{place}" if place.address else ""
        raise UsageError(f"{place} is neither an sdist nor a wheel: these end in {suffixes}{more}")
    # A pipe or a device may never end.
    if place.path and not os.path.isfile(place.path):
        raise UsageError(f"{place} is neither an sdist nor a wheel: it is not a regular file")


def read(place: Location, path: Path) -> OwnArchive:
    """The archive of a place, which lies at a path. Raises `UsageError` for what is not there or
    no release that recipes can list, and `FileFailure` for what cannot be read."""
    check_kind(place)
    is_wheel = place.file_name.endswith(WHEEL)
    size, sha256 = _measured(place, path)
    if place.sha256 and sha256 != place.sha256:
        raise UsageError(f"{place} does not have the sha256 {place.sha256}, but {sha256}")
    file = File(place.file_name, place.url, Version("0"), is_wheel, sha256, size=size)
    found = _wheel(file, path) if is_wheel else _sdist(file, path, place.name)
    if found.tree is not None:
        name, version = _release(found.tree.project, found.tree.version, file)
    else:
        try:
            raw, _ = core_fields(found.metadata_text)
        except Damaged as error:
            raise UsageError(f"the metadata of {place} {error}") from None
        name, version = _release(raw.get("name", ""), raw.get("version", ""), file)
    if place.name and name != place.name:
        raise UsageError(f"{place} is of the project {name}, not of {place.name}")
    return replace(found, project=name, file=file._replace(version=version))


def _measured(place: Location, path: Path) -> tuple[int, str]:
    """Its size, bytes, and its sha256."""
    digest, size = hashlib.sha256(), 0
    try:
        with open_to_read(path) as raw:
            for data in _pieces(raw, place.url):
                digest.update(data)
                size += len(data)
    except OSError as error:
        raise UsageError(f"{place} cannot be read: {error.strerror}") from None
    return size, digest.hexdigest()


def _wheel(file: File, path: Path) -> OwnArchive:
    text = read_local(path, file, metadata_of(file))
    licenses = read_local(path, file, license_files.of_wheel)
    if not file.modules_are_read:
        return OwnArchive("", file, path, text, licenses)
    with open_to_read(path) as raw:
        kept = wheel_modules.inspect(file, raw).as_json()
    return OwnArchive("", file, path, text, licenses, kept)


def _sdist(file: File, path: Path, named: str) -> OwnArchive:
    with open_to_read(path) as raw:
        contents = sdist.inspect(file, raw)
    text, kept = contents.files.get("PKG-INFO"), contents.as_json()
    if text is not None:
        return OwnArchive("", file, path, text, contents.licenses, kept)
    texts = _texts(file, path)
    source = other_files.completed(sdist.source(kept, ""), texts)
    version = written_version.read(source, texts)
    tree = tree_metadata.read(source, Version("0"), named)
    if not (version and tree.project):
        lacks = "version" if tree.project else "name"
        raise FileFailure(
            file.url,
            f"is not an sdist, as it has no PKG-INFO, and its files do not say its {lacks}: "
            "'python3 -m build --sdist' makes one",
        )
    problem = tree.problem.replace(f" {tree_metadata.WAY_OUT}", "")
    tree = replace(tree, version=version, problem=problem)
    return OwnArchive("", file, path, "", contents.licenses, kept, tree)


def _texts(file: File, path: Path) -> Texts:
    """What reads files of an sdist, below the folder at its top."""

    def texts(paths: Sequence[str]) -> Mapping[str, str]:
        found: dict[str, str] = {}

        def each(name: str, size: int, read: Callable[[], bytes]) -> bool:
            inner = sdist.inner_path(name)
            if inner in paths and size <= LARGEST_FILE:
                # Whoever unpacks it gets the last file of a path.
                found[inner] = read().decode("utf-8", "replace")
            return False

        with open_to_read(path) as raw:
            archive.visit(file, raw, each)
        return found

    return texts


def _release(name: str, said: str, file: File) -> tuple[str, Version]:
    """The project (PEP 503) and the version that an archive says it is of."""
    try:
        version = Version(said if is_short(said) else "")
        project = canonicalize_name(name, validate=True)
    except ValueError:
        reason = "its metadata names no project and version (Name and Version)"
        raise FileFailure(file.url, reason) from None
    if file.is_wheel and _in_name(file) != (project, version):
        raise FileFailure(
            file.url,
            f"its name is not that of a wheel of {project} {version}, as its metadata says",
        )
    lacks = {
        "an epoch": bool(version.epoch),
        "a development number": version.is_devrelease,
        "a local part": bool(version.local),
    }
    for what, has_it in lacks.items():
        if has_it:
            raise UsageError(
                f"{file.name} is version {version}, with {what}, which Spack cannot order: give "
                "an archive of a version without it"
            )
    return project, version


def _in_name(file: File) -> tuple[str, Version] | None:
    try:
        name, version, _, _ = parse_wheel_filename(file.name)
    except (ValueError, InvalidVersion):
        return None
    return name, version

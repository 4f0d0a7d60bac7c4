"""A folder of wheels and sdists, as ``pip download`` and ``pip wheel`` fill it. The names of the
files say which projects and versions it has; the files are read only to see that they are such."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from packaging.tags import Tag
from packaging.utils import (
    InvalidName,
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version

from ...errors import FileFailure, UsageError
from ...files import open_to_read
from ...pypi.archives.archive import visit
from ...pypi.limits import Damaged, core_fields, is_short
from ...pypi.model import File
from ...pypi.remote import metadata_of, read_local
from ...translate.environments import PLATFORMS
from .marker_environment import MarkerEnvironment
from .model import OTHER_PLATFORM, RequirementSet

_SDISTS = (".tar.gz", ".zip")
_SUFFIXES = (".whl", *_SDISTS)
#: More files are not a set that somebody installs.
_MOST_FILES = 20_000


class _Archive(NamedTuple):
    file: str
    name: str
    version: Version
    tags: frozenset[Tag] = frozenset()


def is_wheel_house(folder: Path) -> bool:
    """Whether a folder has wheels or sdists. Raises `UsageError` where it cannot be read."""
    return any(True for _ in _files(folder))


def read(folder: Path, requirements: RequirementSet) -> None:
    """Add the projects of a folder, each with the newest version that can be installed in the
    environment; what is left out is noted. Raises `UsageError`."""
    found: dict[str, list[_Archive]] = {}
    unfit: dict[str, None] = {}
    for file in _files(folder):
        archive = _archive(file)
        if archive is None:
            requirements.skip(file, "not the name of a wheel or sdist")
        elif archive.tags and not _fits(archive, requirements.environment):
            unfit[archive.name] = None
        else:
            found.setdefault(archive.name, []).append(archive)
    for name in unfit.keys() - found.keys():
        requirements.skip(name, OTHER_PLATFORM)
    for name, archives in found.items():
        newest, *older = sorted({archive.version for archive in archives}, reverse=True)
        for archive in archives:
            if archive.version == newest:
                _check(folder / archive.file, archive)
        requirements.pin(name, str(newest), folder)
        for version in older:
            requirements.skip(f"{name} {version}", f"{folder} has {newest} too")


def _files(folder: Path) -> Iterator[str]:
    try:
        names = sorted(each.name for each in folder.iterdir() if each.name.endswith(_SUFFIXES))
    except OSError as error:
        raise UsageError(f"{folder} cannot be read: {error.strerror}") from None
    if len(names) > _MOST_FILES:
        raise UsageError(f"{folder} has more than {_MOST_FILES:,} wheels and sdists, the limit")
    yield from names


def _archive(file: str) -> _Archive | None:
    if not is_short(file):
        return None
    try:
        if file.endswith(_SDISTS):
            name, version = parse_sdist_filename(file)
            return _Archive(file, canonicalize_name(name, validate=True), version)
        name, version, _, tags = parse_wheel_filename(file)
    except (InvalidSdistFilename, InvalidWheelFilename, InvalidName):
        return None
    return _Archive(file, name, version, tags)


def _check(path: Path, archive: _Archive) -> None:
    """Raise `UsageError` for a file that nothing can be installed from, or that is of another
    release than its name says."""
    file = File(archive.file, archive.file, archive.version, bool(archive.tags))
    try:
        if file.is_wheel:
            raw, _ = core_fields(read_local(path, file, metadata_of(file)))
            said = (canonicalize_name(raw.get("name", "")), raw.get("version", ""))
            if not _is_same(said, archive):
                reason = f"is a wheel of {' '.join(said)}, as its metadata says"
                raise FileFailure(archive.file, reason)
        else:
            with open_to_read(path) as sdist:
                visit(file, sdist, lambda name, size, read: True)
    except FileFailure as failure:
        reason = failure.reason
    except Damaged as error:
        reason = f"its metadata {error}"
    except OSError as error:
        reason = f"cannot be read: {error.strerror}"
    else:
        return
    raise UsageError(f"{path}: {reason}; download it again, or remove it")


def _is_same(said: tuple[str, str], archive: _Archive) -> bool:
    """Whether the version in the metadata of a wheel is that of its name in another spelling."""
    try:
        return (said[0], Version(said[1])) == (archive.name, archive.version)
    except InvalidVersion:
        return False


def _fits(archive: _Archive, environment: MarkerEnvironment) -> bool:
    minor = int(environment.python.split(".")[1])
    platform = PLATFORMS.get(environment.platform)
    machine = platform.machines.get(environment.machine) if platform else None
    pattern = f"any|{machine.wheels}" if machine and machine.wheels else "any"
    return any(
        re.fullmatch(pattern, tag.platform) and _runs_on(tag, minor) for tag in archive.tags
    )


def _runs_on(tag: Tag, minor: int) -> bool:
    """Whether a wheel with this tag runs on CPython 3.``minor``."""
    match = re.fullmatch(r"(py|cp)3([0-9]{0,4})", tag.interpreter)
    if match is None:
        return False
    if match[1] == "cp" and tag.abi != "abi3":
        return tag.abi in ("none", f"cp3{minor}") and match[2] == str(minor)
    return not match[2] or int(match[2]) <= minor

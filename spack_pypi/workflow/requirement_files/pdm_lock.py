"""The lock file of PDM: each package says for which groups and markers it is locked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from packaging.utils import canonicalize_name

from ...errors import UsageError
from .flat import FlatLock
from .graph import LockedRelease
from .hashes import of_files
from .marker_environment import MarkerEnvironment
from .model import NO_RELEASE, ExtrasAndGroups, Format, RequirementSet, TextFile, read_toml
from .shape import Shape

_DEFAULT = "default"
#: What a package has that comes from no index.
_OTHER_SOURCES = ("git", "hg", "svn", "bzr", "path", "url")
#: What the platforms of PDM begin with, as Spack names it.
_PLATFORMS = {
    "linux": "linux",
    "manylinux": "linux",
    "musllinux": "linux",
    "macos": "darwin",
    "windows": "windows",
}


def _read(file: TextFile, selected: ExtrasAndGroups, requirements: RequirementSet) -> None:
    shape, document = Shape(file.path, "pdm.lock"), read_toml(file)
    metadata = shape.table(document.get("metadata"), "metadata")
    shape.check_format(metadata.get("lock_version"), 4, "its lock_version")
    _check_targets(file, shape, metadata, requirements.environment)
    packages = shape.tables(document.get("package"), "package")
    if "inherit_metadata" not in shape.texts(metadata.get("strategy"), "strategy"):
        raise UsageError(
            f"{file.path} does not say which packages belong to which group; lock again with "
            "pdm lock --strategy inherit_metadata, or run pdm export -o requirements.txt"
        )
    # An extra is a group, too.
    groups = {canonicalize_name(each) for each in shape.texts(metadata.get("groups"), "groups")}
    extras, chosen = selected.known(file.path, groups - {_DEFAULT}, groups - {_DEFAULT})
    wanted = {_DEFAULT, *extras, *chosen}
    #: Before PDM 2.8: by "name version".
    files = shape.lists(metadata.get("files"), "metadata.files")
    lock = FlatLock(file.path)
    for package in packages:
        entry = _entry(shape, package, files)
        its = shape.texts(package.get("groups"), f"groups of {entry.name}")
        if wanted.isdisjoint(map(canonicalize_name, its)):
            continue
        marker = shape.text(package.get("marker"), f"the marker of {entry.name}")
        if requirements.environment.holds(marker, file.path):
            lock.add(entry)
        else:
            lock.add_elsewhere(entry.name)
    lock.finish(requirements)


def _check_targets(
    file: TextFile, shape: Shape, metadata: Mapping[str, Any], environment: MarkerEnvironment
) -> None:
    """Raise `UsageError` where none of the targets is the environment."""
    targets = shape.tables(metadata.get("targets"), "metadata.targets")
    able = []
    for target in targets:
        platform = shape.text(target.get("platform"), "platform")
        its = _PLATFORMS.get(re.split(r"_", platform)[0], "")
        if not platform or its in ("", environment.platform):
            able.append(target.get("requires_python"))
    if targets and not able:
        platforms = ", ".join(str(target.get("platform")) for target in targets)
        raise UsageError(
            f"{file.path} is for {platforms}, not for {environment.platform}: choose another "
            "environment with --for"
        )
    for number, python in enumerate(able, 1):
        try:
            return environment.check_python(python, file.path)
        except UsageError:
            if number == len(able):
                raise
    return None


def _entry(
    shape: Shape, package: Mapping[str, Any], files: Mapping[str, Sequence[Mapping[str, Any]]]
) -> LockedRelease:
    """A package; ``files`` are those that the file lists by its name and version."""
    name = shape.name(package.get("name"), "a package's name")
    version = shape.text(package.get("version"), f"the version of {name}")
    other = any(source in package for source in _OTHER_SOURCES)
    listed = package.get("files", files.get(f"{package.get('name')} {version}"))
    hashes = tuple(of_files(shape, listed, f"the files of {name}"))
    return LockedRelease(name, version, unusable=NO_RELEASE if other else "", hashes=hashes)


PDM_LOCK = Format(
    "pdm.lock",
    "https://pdm-project.org/latest/usage/lockfile/",
    names=("pdm.lock", "pdm.*.lock"),
    marks=(r"^\[\[package\]\]$", r"^lock_version = "),
    read=_read,
    has_parts=True,
)

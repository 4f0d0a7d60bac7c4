"""Lock files, which name a release of each project."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from packaging.markers import Marker
from packaging.pylock import Pylock, PylockValidationError, is_valid_pylock_path

from ...errors import UsageError
from ...pypi.toml import at
from .model import (
    NO_RELEASE,
    OTHER_PLATFORM,
    ExtrasAndGroups,
    Format,
    RequirementSet,
    called,
    read_toml,
)


def _read_pylock(path: Path, selected: ExtrasAndGroups, requirements: RequirementSet) -> None:
    try:
        lock = Pylock.from_dict(read_toml(path))
    except PylockValidationError as error:
        raise UsageError(f"{path} is not a valid lock file (PEP 751): {error}") from None
    for package in lock.packages:
        if package.version is None or not (package.sdist or package.wheels):
            requirements.skip(package.name, NO_RELEASE)
        elif not _holds(package.marker):
            requirements.skip(package.name, OTHER_PLATFORM)
        else:
            requirements.pin(package.name, str(package.version))


def _holds(marker: Marker | None) -> bool:
    inside: dict[str, Any] = {"extras": frozenset(), "dependency_groups": frozenset()}
    return marker is None or marker.evaluate(inside, context="lock_file")


def _read_uv_lock(path: Path, selected: ExtrasAndGroups, requirements: RequirementSet) -> None:
    packages = read_toml(path).get("package", [])
    if not isinstance(packages, list):
        raise UsageError(f"{path} is not a uv.lock: 'package' is not a list")
    for package in packages:
        name, source = at(package, "name"), at(package, "source")
        if not (isinstance(name, str) and isinstance(source, dict)):
            raise UsageError(f"{path} is not a uv.lock: a package has no name or no source")
        if "registry" in source and "version" in package:
            requirements.pin(name, str(package["version"]))
        elif not {"virtual", "editable"} & set(source):
            requirements.skip(name, NO_RELEASE)


PYLOCK = Format(
    "pylock.toml",
    "https://peps.python.org/pep-0751/",
    recognizes=is_valid_pylock_path,
    read=_read_pylock,
)
UV_LOCK = Format(
    "uv.lock",
    "https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile",
    recognizes=called("uv.lock"),
    read=_read_uv_lock,
)

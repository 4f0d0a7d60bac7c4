"""The lock file that tools share (PEP 751)."""

from __future__ import annotations

import logging
from collections.abc import Collection
from pathlib import Path

from packaging.markers import Marker
from packaging.pylock import Pylock, PylockValidationError
from packaging.version import Version

from ...errors import UsageError
from .flat import FlatLock
from .graph import LockedRelease
from .marker_environment import MarkerEnvironment
from .model import (
    NO_RELEASE,
    ExtrasAndGroups,
    Format,
    RequirementSet,
    TextFile,
    read_toml,
)

#: It logs that a later version of the format may say more; we report it.
logging.getLogger("packaging.pylock").addHandler(logging.NullHandler())
_KNOWN = Version("1.0")


def _read(file: TextFile, selected: ExtrasAndGroups, requirements: RequirementSet) -> None:
    path, environment = file.path, requirements.environment
    try:
        lock = Pylock.from_dict(read_toml(file))
    except PylockValidationError as error:
        raise UsageError(f"{path} is not a valid lock file (PEP 751): {error}") from None
    environment.check_python(lock.requires_python, path)
    if lock.environments and not any(environment.holds(m, path) for m in lock.environments):
        raise UsageError(
            f"{path} is not for {environment}: choose another environment with --for; it is for "
            f"{' or '.join(map(str, lock.environments))}"
        )
    default = [*(lock.default_groups or ())]
    all_extras, all_groups = lock.extras or (), [*(lock.dependency_groups or ()), *default]
    extras, groups = selected.known(path, all_extras, all_groups)
    every = _Parts(environment, path, all_extras, all_groups)
    chosen = _Parts(environment, path, extras, [*groups, *default])
    flat = FlatLock(path)
    for package in lock.packages:
        if chosen.hold(package.marker):
            environment.check_python(package.requires_python, f"{package.name} in {path}")
            is_release = package.version is not None and (package.sdist or package.wheels)
            version, index = str(package.version or ""), package.index or ""
            unusable = "" if is_release else NO_RELEASE
            flat.add(LockedRelease(package.name, version, unusable=unusable, index=index))
        elif not every.hold(package.marker):
            flat.add_elsewhere(package.name)
    flat.finish(requirements)
    if lock.lock_version > _KNOWN:
        version = f"lock-version {str(lock.lock_version)[:40]}"
        requirements.skip(version, "what a later version of the format adds is not known")


class _Parts:
    """Extras and groups that are chosen together."""

    def __init__(
        self,
        environment: MarkerEnvironment,
        path: Path,
        extras: Collection[str],
        groups: Collection[str],
    ) -> None:
        self._environment, self._path = environment, path
        self._extras, self._groups = extras, groups

    def hold(self, marker: Marker | None) -> bool:
        return self._environment.holds_locked(marker, self._path, self._extras, self._groups)


PYLOCK = Format(
    "pylock.toml",
    "https://peps.python.org/pep-0751/",
    names=("pylock.toml", "pylock.*.toml"),
    marks=(r"^lock-version = ", r"^\[\[packages\]\]$"),
    read=_read,
    has_parts=True,
)

"""The lock file that tools share (PEP 751)."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from packaging.markers import Marker
from packaging.pylock import Package, Pylock, PylockValidationError

from ...errors import UsageError
from .marker_environment import MarkerEnvironment
from .model import (
    NO_RELEASE,
    OTHER_PLATFORM,
    ExtrasAndGroups,
    Format,
    RequirementSet,
    TextFile,
    read_toml,
)


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
    locked: dict[str, Package] = {}
    elsewhere: dict[str, None] = {}
    for package in lock.packages:
        if not chosen.hold(package.marker):
            if not every.hold(package.marker):
                elsewhere[package.name] = None
            continue
        environment.check_python(package.requires_python, f"{package.name} in {path}")
        if package.name in locked:
            raise UsageError(f"{path} locks {package.name} twice for the same environment")
        locked[package.name] = package
    requirements.locked = True
    for name in elsewhere:
        if name not in locked:
            requirements.skip(name, OTHER_PLATFORM)
    for name, package in locked.items():
        if package.version is None or not (package.sdist or package.wheels):
            requirements.skip(name, NO_RELEASE)
        else:
            requirements.pin(name, str(package.version), package.index or "")


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

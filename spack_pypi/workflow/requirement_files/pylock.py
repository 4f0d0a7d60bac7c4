"""The lock file that tools share (PEP 751)."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from functools import partial

from packaging.pylock import (
    Package,
    PackageSdist,
    PackageWheel,
    Pylock,
    PylockValidationError,
)
from packaging.version import Version

from ...errors import UsageError
from ...pypi.limits import without_advice
from .flat import FlatLock
from .graph import LockedRelease
from .hashes import Hash, file_name
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
#: The lines in which packaging shows where a marker is wrong.
_POINTED_AT = re.compile(r"\n.*\n *[~^]+")


def _read(file: TextFile, selected: ExtrasAndGroups, requirements: RequirementSet) -> None:
    path, environment = file.path, requirements.environment
    try:
        lock = Pylock.from_dict(read_toml(file))
    except PylockValidationError as error:
        reason = _POINTED_AT.sub("", without_advice(str(error)))
        raise UsageError(f"{path} is not a valid lock file (PEP 751): {reason}") from None
    environment.check_python(lock.requires_python, path)
    environment.check_listed(lock.environments or (), path)
    default = [*(lock.default_groups or ())]
    all_extras, all_groups = lock.extras or (), [*(lock.dependency_groups or ()), *default]
    extras, groups = selected.known(path, all_extras, all_groups)
    holds = partial(environment.holds_locked, where=path)
    with_all = partial(holds, extras=all_extras, groups=all_groups)
    with_chosen = partial(holds, extras=extras, groups=[*groups, *default])
    flat = FlatLock(path)
    for package in lock.packages:
        if with_chosen(package.marker):
            environment.check_python(package.requires_python, f"{package.name} in {path}")
            is_release = package.version is not None and (package.sdist or package.wheels)
            version, index = str(package.version or ""), package.index or ""
            unusable = "" if is_release else NO_RELEASE
            its = tuple(_hashes(package))
            flat.add(LockedRelease(package.name, version, {}, unusable, index=index, hashes=its))
        elif not with_all(package.marker):
            flat.add_elsewhere(package.name)
    flat.finish(requirements)
    if lock.lock_version > _KNOWN:
        version = f"lock-version {str(lock.lock_version)[:40]}"
        requirements.skip(version, "what a later version of the format adds is not known")


def _hashes(package: Package) -> Iterator[Hash]:
    """Those of the files of a package."""
    archives: list[PackageSdist | PackageWheel] = [*(package.wheels or ())]
    for archive in [package.sdist, *archives] if package.sdist else archives:
        name = file_name(archive.name, archive.path, archive.url)
        for algorithm, digest in archive.hashes.items():
            yield Hash(name, algorithm.lower(), digest.lower())


PYLOCK = Format(
    "pylock.toml",
    "https://peps.python.org/pep-0751/",
    names=("pylock.toml", "pylock.*.toml"),
    marks=(r"^lock-version = ", r"^\[\[packages\]\]$"),
    read=_read,
    has_parts=True,
)

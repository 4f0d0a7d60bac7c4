"""From the files of the chosen releases to ``pypi``, ``version(...)`` and ``url_for_version``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

from packaging.version import InvalidVersion, Version

from ..pypi.model import File, Release
from ..recipe.model import ArchiveName, Omission, VersionLine
from . import spack_order
from .versions import lowest_after
from .wheels import machine_wheels

_SDIST = re.compile(
    r"(?P<stem>.+?)-(?P<version>[0-9vV][^-]*(?:-\w+)?)(?P<suffix>\.tar\.\w+|\.zip|\.tgz)"
)


@dataclass(frozen=True)
class Archives:
    """``spelled`` maps each version that can be installed to its text in the recipe; ``names`` are
    several only where source archives were renamed."""

    pypi: str = ""
    versions: Tuple[VersionLine, ...] = ()
    names: Tuple[ArchiveName, ...] = ()
    spelled: Mapping[Version, str] = None  # type: ignore[assignment]
    omissions: Tuple[Omission, ...] = ()


@dataclass(frozen=True)
class _Sdist:
    text: str
    stem: str
    suffix: str
    file: File


def archives(
    releases: Sequence[Release], wheels: bool = False, pypi: Optional[str] = None
) -> Archives:
    """How the releases (newest first) are downloaded.

    ``pypi`` is the attribute of a recipe that these releases are added to (``""`` where it does
    not tell how archives are named): those that it does not lead to get an address of their own.

    ``wheels`` prefers pure wheels: for packages whose existing recipe installs wheels. What cannot
    be installed, has no sha256 or no version text in Spack is left out with an `Omission`.
    """
    lines: List[VersionLine] = []
    spelled: Dict[Version, str] = {}
    named: List[_Sdist] = []
    omissions: List[Omission] = []
    for release in releases:
        by_machine = machine_wheels(release)
        file = next(iter(by_machine.values()), None) or _file(release, wheels)
        text = spack_order.spelling(release.version)
        reason = ""
        if file is None:
            reason = "has neither a source archive nor a wheel that runs everywhere"
        elif not all(each.sha256 for each in (file, *by_machine.values())):
            reason = f"the index gives no sha256 of {file.name}"
        elif text is None:
            reason = "Spack cannot write this version"
        if reason or file is None or text is None:
            omissions.append(
                Omission(release.project, str(release.version), str(release.version), reason)
            )
            continue
        if by_machine:
            spelled[release.version] = text
            lines += [
                VersionLine(text, wheel.sha256, wheel.url, expand=False, machine=machine)
                for machine, wheel in by_machine.items()
            ]
            continue
        sdist = None if file.is_wheel else _parts(file, release.version)
        if sdist is not None:
            spelled[release.version] = sdist.text
            named.append(sdist)
            led_to = pypi is None or _leads_to(pypi, sdist)
            lines.append(VersionLine(sdist.text, file.sha256, "" if led_to else file.url))
        else:
            spelled[release.version] = text
            lines.append(VersionLine(text, file.sha256, file.url, expand=not file.is_wheel))
    newest = f"{releases[0].project}/{named[0].file.name}" if named else ""
    return Archives(newest, tuple(lines), _names(named), spelled, tuple(omissions))


def _leads_to(pypi: str, sdist: _Sdist) -> bool:
    """Whether Spack, which puts the version into the file name of ``pypi``, gets this archive."""
    match = _SDIST.fullmatch(pypi.rpartition("/")[2])
    return match is not None and (match["stem"], match["suffix"]) == (sdist.stem, sdist.suffix)


def _file(release: Release, wheels: bool) -> Optional[File]:
    pure = next((wheel for wheel in release.wheels if wheel.is_pure_wheel), None)
    return (pure or release.sdist) if wheels else (release.sdist or pure)


def _parts(file: File, version: Version) -> Optional[_Sdist]:
    """Stem, version text and suffix of an sdist's name; None where Spack would not read its
    version text as it is meant, so that an address must be given."""
    match = _SDIST.fullmatch(file.name)
    if match is None or version.is_prerelease:
        return None
    text = match["version"]
    try:
        same = Version(text) == version
    except InvalidVersion:
        return None
    spelled = spack_order.spelling(version)
    if not same or spelled is None or spack_order.key(text) != spack_order.key(spelled):
        return None
    return _Sdist(text, match["stem"], match["suffix"], file)


def _names(sdists: Sequence[_Sdist]) -> Tuple[ArchiveName, ...]:
    """The names in use, newest first, each with the version from which it holds."""
    names: List[ArchiveName] = []
    for at, sdist in enumerate(sdists):
        older = sdists[at + 1] if at + 1 < len(sdists) else None
        if older is not None and (older.stem, older.suffix) == (sdist.stem, sdist.suffix):
            continue
        since = lowest_after(older.text, sdist.text) if older is not None else ""
        names.append(ArchiveName(sdist.stem, sdist.suffix, since))
    return tuple(names) if len(names) > 1 else ()

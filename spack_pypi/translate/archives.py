"""From the files of the chosen releases to ``pypi``, ``version(...)`` and ``url_for_version``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Callable

from packaging.version import Version

from ..pypi.model import File, Release
from ..recipe.model import ArchiveName, Omission, VersionLine
from ..recipe.order import in_order
from . import spack_order
from .spelling import pep440
from .versions import lowest_after
from .wheels import machine_wheels, pure_wheels

_SDIST = re.compile(
    r"(?P<stem>.+?)-(?P<version>[0-9vV][^-]*(?:-\w+)?)(?P<suffix>\.tar\.\w+|\.zip|\.tgz)"
)


@dataclass(frozen=True)
class Archives:
    """``spelled`` maps each version that can be installed to its text in the recipe; ``names`` are
    several only where source archives were renamed. ``url`` is where the newest one is, if it is
    on an index to which ``pypi`` does not lead: see `elsewhere`."""

    pypi: str = ""
    versions: tuple[VersionLine, ...] = ()
    names: tuple[ArchiveName, ...] = ()
    spelled: Mapping[Version, str] = field(default_factory=dict)
    omissions: tuple[Omission, ...] = ()
    url: str = ""

    def beside(self, branches: Archives) -> Archives:
        """These, and the branches of a repository."""
        return replace(
            self,
            versions=tuple(in_order([*branches.versions, *self.versions])),
            spelled={**branches.spelled, **self.spelled},
            omissions=(*branches.omissions, *self.omissions),
        )


@dataclass(frozen=True)
class _Sdist:
    text: str
    stem: str
    suffix: str
    name: str
    url: str = ""


def archives(
    releases: Sequence[Release],
    wheels: bool = False,
    pypi: str | None = None,
    made_up: Callable[[str], str] = lambda version: "",
    served: Sequence[str] = (),
    published: Sequence[Release] = (),
    archive_from: Callable[[str, str], str] | None = None,
) -> Archives:
    """How the releases (newest first) are downloaded.

    ``pypi`` is the attribute of a recipe that these releases are added to (``""`` where it does
    not show how archives are named), ``made_up`` the file name that the recipe gives the archive
    of a version (``""`` where that is not known): those to which neither leads get an address of
    their own. So do those of a new recipe to which its ``pypi`` does not lead: ``archive_from``
    gives the file name for a ``pypi`` and a version.
    ``served`` are the versions whose archives it names now, if it may be written anew: where the
    newest of all has another name, `Archives.pypi` leads there, and ``names`` are theirs too.
    ``published`` are all releases: they show since when archives have a name, and which were
    withdrawn: these are deprecated.

    ``wheels`` prefers pure wheels: for packages whose existing recipe installs wheels. What cannot
    be installed, has no sha256 or no version text in Spack is left out with an `Omission`.
    """
    early = pypi is None and only_early(published or releases)
    lines: list[VersionLine] = []
    spelled: dict[Version, str] = {}
    named: list[_Sdist] = []
    omissions: list[Omission] = []
    for release in releases:
        by_machine = machine_wheels(release)
        file = next(iter(by_machine.values()), None) or _file(release, wheels)
        text = spelling(release.version, early)
        reason = ""
        if file is None:
            reason = "has neither a source archive nor a wheel for all platforms"
        elif not all(each.sha256 for each in (file, *by_machine.values())):
            reason = f"has no sha256 of {file.name} on the index"
        elif text is None:
            reason = "has a version that Spack cannot spell"
        if reason or file is None or text is None:
            omissions.append(
                Omission(release.project, str(release.version), str(release.version), reason)
            )
            continue
        sdist = None if file.is_wheel else _parts(file, release.version, early)
        spelled[release.version] = sdist.text if sdist else text
        if sdist is not None:
            named.append(sdist)
            known = made_up(sdist.text)
            led_to = pypi is None or (known == sdist.name if known else _leads_to(pypi, sdist))
            lines.append(VersionLine(sdist.text, file.sha256, "" if led_to else file.url))
        elif by_machine:
            lines += [
                VersionLine(text, wheel.sha256, wheel.url, machine=machine)
                for machine, wheel in by_machine.items()
            ]
        else:
            lines.append(VersionLine(text, file.sha256, file.url))
    if pypi is not None:
        names = _renamed(pypi, served, named, published)
        new = {sdist.text for sdist in named} if names else set()
        lines = [replace(line, url="") if line.version in new else line for line in lines]
        folder = pypi.rpartition("/")[0]
    else:
        names, folder = _names(named, published), releases[0].project
    withdrawn = {spelled.get(release.version) for release in published if release.yanked}
    lines = [replace(line, deprecated=line.version in withdrawn) for line in lines]
    leading = [sdist.name for sdist in named]
    if pypi is None:
        # All have addresses of their own, but the attribute says where Spack looks for others.
        leading += [release.sdist.name for release in releases if release.sdist is not None]
    newest = f"{folder}/{leading[0]}" if leading else ""
    if pypi is None and archive_from is not None and not names:
        misled = {e.text: e.url for e in named if archive_from(newest, e.text) != e.name}
        lines = [replace(line, url=misled.get(line.version, line.url)) for line in lines]
    return Archives(newest, tuple(in_order(lines)), names, spelled, tuple(omissions))


def _leads_to(pypi: str, sdist: _Sdist) -> bool:
    """Whether Spack, which puts the version into the file name of ``pypi``, gets this archive."""
    match = _SDIST.fullmatch(pypi.rpartition("/")[2])
    return match is not None and (match["stem"], match["suffix"]) == (sdist.stem, sdist.suffix)


def _renamed(
    pypi: str, served: Sequence[str], new: Sequence[_Sdist], published: Sequence[Release]
) -> tuple[ArchiveName, ...]:
    """All names, newest first, of the archives that ``pypi`` serves and of new ones; nothing where
    the newest of them all has the name that ``pypi`` gives, or is not new."""
    name = pypi.rpartition("/")[2]
    match = _SDIST.fullmatch(name)
    if match is None or not (new and served) or _leads_to(pypi, new[0]):
        return ()
    old = [_Sdist(text, match["stem"], match["suffix"], name) for text in served]
    every = _newest_first([*old, *new])
    return _names(every, published) if every[0] == new[0] else ()


def _file(release: Release, wheels: bool) -> File | None:
    pure = next(iter(pure_wheels(release)), None)
    return (pure or release.sdist) if wheels else (release.sdist or pure)


def only_early(releases: Sequence[Release]) -> bool:
    """Whether all releases of a project are pre-releases: then they are spelled as PEP 440 does,
    as people write them. To Spack these come after the final release, which there is not."""
    return bool(releases) and all(release.version.is_prerelease for release in releases)


def spelling(version: Version, early: bool) -> str | None:
    """How a release is spelled, of a project of which there are `only_early` ones or others."""
    text = spack_order.spelling(version)
    return str(version) if early and text is not None else text


def _parts(file: File, version: Version, early: bool = False) -> _Sdist | None:
    """Stem, version text and suffix of an sdist's name; None where Spack would not read its
    version text as it is meant, so that an address must be given."""
    match = _SDIST.fullmatch(file.name)
    if match is None:
        return None
    text, spelled = match["version"], spelling(version, early)
    if pep440(text) != version or spelled is None:
        return None
    if spack_order.key(text) != spack_order.key(spelled):
        return None
    return _Sdist(text, match["stem"], match["suffix"], file.name, file.url)


def _sdists(releases: Sequence[Release]) -> list[_Sdist]:
    """Those of the releases whose version Spack reads in the name, newest first."""
    files = [(release.sdist, release.version) for release in releases]
    found = [_parts(file, version) for file, version in files if file is not None]
    return _newest_first([sdist for sdist in found if sdist is not None])


def _newest_first(sdists: Sequence[_Sdist]) -> list[_Sdist]:
    return sorted(sdists, key=lambda sdist: spack_order.key(sdist.text), reverse=True)


def _names(sdists: Sequence[_Sdist], published: Sequence[Release]) -> tuple[ArchiveName, ...]:
    """The names in use, newest first, each with the version from which it holds; nothing where
    there is only one."""
    if all(_alike(sdist, sdists[0]) for sdist in sdists):
        return ()
    every = _sdists(published)
    names: list[ArchiveName] = []
    for at, sdist in enumerate(sdists):
        older = sdists[at + 1] if at + 1 < len(sdists) else None
        if older is not None and _alike(older, sdist):
            continue
        since = lowest_after(*_turn(older, sdist, every)) if older is not None else ""
        names.append(ArchiveName(sdist.stem, sdist.suffix, since))
    return tuple(names)


def _alike(one: _Sdist, other: _Sdist) -> bool:
    return (one.stem, one.suffix) == (other.stem, other.suffix)


def _turn(old: _Sdist, new: _Sdist, published: Sequence[_Sdist]) -> tuple[str, str]:
    """Two versions that follow each other, at or between those of two archives: from the second
    one on archives have the name of the ``new`` one."""
    first = new.text
    for sdist in published:
        if spack_order.key(old.text) < spack_order.key(sdist.text) < spack_order.key(first):
            if not _alike(sdist, new):
                return sdist.text, first
            first = sdist.text
    return old.text, first

"""Requirements that name an address (``foo @ git+https://...``), where what is there is known.

PEP 508 has such requirements; a recipe has none, but the project at the address has a recipe, and
versions. A requirement for that address is then one for these versions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Union

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ...errors import UsageError
from .. import limits
from ..branches import branch_name
from ..model import Metadata, Release
from ..network.private_network import leads_inside
from .git_places import GitPlace
from .own_archive import OwnArchive
from .own_git import OwnRepository
from .places import Location, place

Place = Union[Location, GitPlace]
#: How many series are listed by default (`resolve.policy.DEFAULT_SERIES`), and how many releases
#: are looked at where all are.
_SERIES, _MOST = 3, 20


@dataclass
class AddressedProjects:
    """The projects (PEP 503) at addresses, each with the specifier of the versions there."""

    _known: dict[tuple[str, str], str] = field(default_factory=dict)

    def add(self, project: str, at: Place, specifier: str) -> None:
        """Note which versions of a project are at a place."""
        self._known[project, key(at)] = specifier

    def replaced(self, metadata: Metadata) -> Metadata:
        """The metadata without those addresses that are known."""
        if not (self._known and metadata.requires_dist):
            return metadata
        texts = tuple(map(self._without_address, metadata.requires_dist))
        return replace(metadata, requires_dist=texts)

    def _without_address(self, text: str) -> str:
        requirement = limits.requirement(text) if "@" in text else None
        if requirement is None or not requirement.url:
            return text
        try:
            at = place(f"{requirement.name} @ {requirement.url}")
        except UsageError:
            return text
        project = canonicalize_name(requirement.name)
        specifier = self._known.get((project, key(at))) if at else None
        if specifier is None:
            return text
        extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
        marker = f" ; {requirement.marker}" if requirement.marker else ""
        return f"{requirement.name}{extras}{specifier}{marker}"


def key(at: Place) -> str:
    """A text that no other place has."""
    return at.url if isinstance(at, Location) else f"{at.address}@{at.reference}#{at.folder}"


def addresses(metadata: Metadata, extras: Iterable[str]) -> Iterator[Requirement]:
    """The requirements of a release, and of these extras of it, that name an address."""
    wanted = {canonicalize_name(extra) for extra in extras}
    for text in metadata.requires_dist or ():
        requirement = limits.requirement(text) if "@" in text else None
        if requirement is None or not requirement.url:
            continue
        marker = str(requirement.marker or "")
        if "extra" not in marker or any(f'"{extra}"' in marker for extra in wanted):
            yield requirement


def said(found: OwnArchive | OwnRepository, versions: int | str | None) -> Iterator[Metadata]:
    """What the releases say that will be listed: a branch, and the newest of each of so many
    minor series. Raises `FileFailure`."""
    if isinstance(found, OwnArchive):
        file = found.file
        yield found.metadata(Release(found.project, file.version, (file,)))
        return
    series: list[tuple[int, ...]] = []
    usual = versions if isinstance(versions, int) else _SERIES
    most = _MOST if versions == "all" else usual
    for release in found.releases:
        number = release.version.release[:2]
        if branch_name(release.version) or number not in series:
            series += [] if branch_name(release.version) else [number]
            if len(series) <= most:
                yield found.metadata(release)


def place_of(requirement: Requirement, within: Place) -> Place:
    """The place that a requirement of what is ``within`` another one names. Raises `UsageError`
    for one that is not followed: a file that is not of the same repository, or from a public
    server into a private network."""
    at = place(f"{requirement.name} @ {requirement.url}")
    local = at is None or isinstance(at, Location) and at.path is not None
    elsewhere = at is None or getattr(within, "address", "") != at.address
    if at is None or local or (at.address.startswith("file:") and elsewhere):
        raise UsageError("a file of a machine is not a place that others have")
    if leads_inside(getattr(within, "address", ""), at.address):
        raise UsageError(
            "a public server may not lead to an address of a private network; if you trust it, "
            "name it on the command line as well"
        )
    return at


def versions_of(found: OwnArchive | OwnRepository) -> str:
    """The specifier of the versions that were read; empty where there is a branch, which Spack
    takes for newer than any number."""
    if isinstance(found, OwnArchive):
        return f"=={found.file.version}"
    version = found.releases[0].version
    return "" if branch_name(version) else f"=={version}"


def only_version(found: OwnArchive | OwnRepository) -> str:
    """The version that was read; empty where there are several, or a branch."""
    if not isinstance(found, OwnArchive) and len(found.releases) > 1:
        return ""
    return versions_of(found).removeprefix("==")

"""The page of a project that a new recipe has."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass

from packaging.version import Version

from ...diagnostics import Diagnostic, Severity
from ...resolve.resolution import Resolution
from ...translate.describe import homepage
from ..newest_release import newest_above


@dataclass(frozen=True)
class Homepage:
    """The ``address`` of a project's page, ``""`` for none; ``by`` says what names it, ``""`` for
    a field of a release of the recipe. ``is_of_newer``: only the project's newest release does."""

    address: str = ""
    by: str = ""
    is_of_newer: bool = False


def named(resolution: Resolution, project: str, listed: Container[Version]) -> Homepage:
    """The page that the newest of the ``listed`` releases names that names one; where none of them
    does, that of the project's newest release, which is only asked for then."""
    versions = [each for each in resolution.versions(project) if each in listed]
    facts = resolution.catalog.facts
    for version in versions:
        metadata = resolution.declared(project, version).metadata
        address = homepage(metadata)
        if address:
            described = address in (metadata.repository, metadata.documentation)
            return Homepage(address, "its description" if described else "")
    origin, page = facts.origin(project), facts.page(project)
    if page is None or origin.git or origin.repository:
        return Homepage()  # the page is that of the repository
    release = newest_above(page, versions)
    newer = facts.texts.metadata(release) if release is not None else None
    address = homepage(newer) if newer is not None else ""
    if release is None or newer is None or not address:
        return Homepage()
    described = address in (newer.repository, newer.documentation)
    by = "the description" if described else "the metadata"
    return Homepage(address, f"{by} of {release.version}", is_of_newer=True)


def homepage_notes(
    resolution: Resolution, project: str, package: str, listed: Container[Version]
) -> Iterator[Diagnostic]:
    """What there is to say about the page of a new recipe that no field of its releases names."""
    found = named(resolution, project, listed)
    if found.is_of_newer:
        text = f"{found.address}, by {found.by}; no version here names one"
        yield Diagnostic("homepage-by-newer-release", Severity.NOTE, package, text=text)
    elif found.by:
        yield Diagnostic("homepage-by-description", Severity.NOTE, package, text=found.address)

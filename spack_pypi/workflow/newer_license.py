"""The licence of releases that state none, by the newest release of their project: many add the
file later, and mean all that they have released."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from packaging.version import Version

from ..pypi.model import Metadata, Project, Release
from ..translate.licenses import Stated, in_files, in_metadata_for_sure


def newest_above(project: Project, version: Version) -> Release | None:
    """The newest release of a project, if it is newer than a version."""
    released = (each for each in project.releases if each.files and not each.yanked)
    newest = next((each for each in released if not each.version.is_prerelease), None)
    return newest if newest and newest.version > version else None


def of_newer(release: Release, metadata: Metadata, files: Mapping[str, str]) -> Stated | None:
    """The licence of older releases, which state none, by the metadata and the licence ``files``
    of a ``release``; None where it states none, either."""
    found = in_metadata_for_sure(metadata) or in_files(metadata, files)
    where = f"{found.file or 'the metadata'} of {release.version}"
    why = "no version here states one"
    said = replace(found, file=where, against="", remark=why, is_of_newer=True)
    return said if found.expression else None

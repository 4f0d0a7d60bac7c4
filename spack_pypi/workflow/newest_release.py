"""What the newest release of a project says where those of a recipe say nothing: its licence, and
its page. Many add these later, and mean all that they have released."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from packaging.version import Version

from ..pypi.model import Metadata, Project, Release
from ..translate.licenses import Stated, in_files, in_metadata_for_sure


def newest_above(project: Project, versions: Iterable[Version]) -> Release | None:
    """The newest release of a project, if it is newer than all these versions."""
    released = (each for each in project.releases if each.files and not each.yanked)
    newest = next((each for each in released if not each.version.is_prerelease), None)
    return newest if newest and newest.version > max(versions) else None


def license_by(release: Release, metadata: Metadata, files: Mapping[str, str]) -> Stated | None:
    """The licence of older releases, which state none, by the metadata and the licence ``files``
    of a ``release``; None where it states none, either."""
    found = in_metadata_for_sure(metadata) or in_files(metadata, files)
    where = f"{found.file or 'the metadata'} of {release.version}"
    why = "no version here states one"
    said = replace(found, file=where, against="", remark=why, is_of_newer=True)
    return said if found.expression else None

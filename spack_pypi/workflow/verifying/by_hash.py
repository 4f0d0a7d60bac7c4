"""Files of the index, by their hash: what a source mirror is filled with."""

from __future__ import annotations

from ...errors import IndexFailure, UnknownProject
from ...pypi.model import File, Index


def with_hash(index: Index, project: str, sha256: str) -> File | None:
    """The file of a project that has this hash; None where the index lists none."""
    try:
        releases = index.project(project).releases
    except (UnknownProject, IndexFailure):
        return None
    files = (file for release in releases for file in release.files)
    return next((file for file in files if file.sha256 == sha256), None)

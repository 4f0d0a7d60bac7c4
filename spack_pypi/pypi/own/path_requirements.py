"""Projects that are required by the path of another folder of the same repository."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace

from .. import limits
from ..model import Metadata
from .git_places import GIT
from .places import SDISTS, WHEEL

#: A path, from the folder of a project: of Poetry, PDM and Hatch.
_BESIDE = re.compile(r"(?:file:(?!/)|file:///\$\{PROJECT_ROOT\}/|\{root:uri\}/)([^/].*)")
#: An address that can stand behind ``git+``.
_OF_REPOSITORY = re.compile(r"(?:https?|ssh|file)://")


def of_the_repository(metadata: Metadata, address: str, reference: str, folder: str) -> Metadata:
    """The metadata of what is in a folder of the repository at an address, at this branch, tag or
    commit: paths that it requires are other folders of it, as far as they do not lead out."""
    if not (metadata.requires_dist and _OF_REPOSITORY.match(address)):
        return metadata

    def placed(text: str) -> str:
        requirement = limits.requirement(text) if "@" in text else None
        path = _BESIDE.fullmatch(requirement.url or "") if requirement else None
        if requirement is None or path is None or path[1].endswith((WHEEL, *SDISTS)):
            return text
        inner = posixpath.normpath(posixpath.join(folder, path[1]))
        if inner.startswith(("..", "/")):
            return text
        at = "" if inner == "." else f"#subdirectory={inner}"
        requirement.url = f"{GIT}{address}@{reference}{at}"
        return str(requirement)

    return replace(metadata, requires_dist=tuple(map(placed, metadata.requires_dist)))

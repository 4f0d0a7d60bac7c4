"""Where a project shows what changed between its releases: its repository's own tags."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...pypi.model import Metadata

#: A repository on a server that is known to show tags: GitHub, GitLab (also one's own), Codeberg.
_REPOSITORY = re.compile(
    r"https?://(?:www\.)?(?P<host>github\.com|codeberg\.org|gitlab\.[\w.-]+|[\w.-]+\.gitlab\.io)"
    r"/(?P<path>[\w.-]+(?:/[\w.-]+)+)"
)
#: The rest of the address of a page about a part of a repository.
_PART = re.compile(
    r"/(?:-/.*|(?:tree|blob|issues|releases|wiki|pulls?|discussions|actions|compare|tags)\b.*)"
)
#: Labels (PEP 753), the surest first; then any other address.
_LABELS = ("source", "sourcecode", "repository", "code", "github", "gitlab", "homepage")


def repository(metadata: Metadata) -> str | None:
    """The address of the project's repository; None where the metadata names none."""
    by_label: list[tuple[int, str]] = []
    for label, url in (*metadata.project_urls, ("homepage", metadata.home_page)):
        plain = re.sub(r"[\W_]", "", label).lower()
        by_label.append((_LABELS.index(plain) if plain in _LABELS else len(_LABELS), url))
    for _, url in sorted(by_label, key=lambda each: each[0]):
        match = _REPOSITORY.match(url.strip())
        if match is None:
            continue
        path = re.sub(r"(?:\.git)?/*$", "", _PART.sub("", f"/{match['path']}"))
        parts = path.strip("/").split("/")
        # Only GitLab has groups within groups.
        parts = parts if "gitlab" in match["host"] else parts[:2]
        if len(parts) > 1:
            return f"https://{match['host']}/{'/'.join(parts)}"
    return metadata.repository or None


def changes(
    address: str, tags: Sequence[str], project: str, before: str | None, version: str
) -> str:
    """A page that shows a version, or, where both have a tag, all since the one ``before``; the
    list of all tags where it has none."""
    inner = f"{address}/-" if "gitlab" in address else address
    new = tag(tags, project, version)
    if new is None:
        return f"{inner}/tags"
    old = tag(tags, project, before) if before else None
    if old is not None:
        return f"{inner}/compare/{old}...{new}"
    return f"{inner}/tags/{new}" if "gitlab" in address else f"{inner}/releases/tag/{new}"


def tag(tags: Sequence[str], project: str, version: str) -> str | None:
    """The tag of a version: ``1.2``, ``v1.2``, ``foo-1.2``; in a repository of several projects
    the one that names this project."""
    matching = [each for each in tags if re.search(rf"(?:^|[^\d.])v?{re.escape(version)}$", each)]
    plain = [each for each in matching if re.fullmatch(r"v?[\d.]+.*|release[-/_]?v?.*", each)]
    name = re.sub(r"[-_.]+", "[-_.]+", re.escape(project).replace("\\", ""))
    own = [each for each in matching if re.match(rf"{name}[^A-Za-z]*v?\d", each, re.I)]
    return min(own or plain, key=lambda each: (len(each), each), default=None)

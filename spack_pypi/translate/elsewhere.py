"""How recipes say where archives are to which ``pypi`` does not lead: wheels, and the files of
another index than Spack's own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Callable

from packaging.utils import canonicalize_name

from ..pypi.model import Release
from ..recipe.model import VersionLine
from .archives import Archives, archives

#: The page of a project on an index.
_LIST_URL = re.compile(
    r"^[ \t]+list_url\s*=\s*\(?\s*[\"'](?P<index>https?://[^\"']*/\+?simple/)(?P<project>[\w.-]+)/?[\"']",
    re.M,
)


def archives_elsewhere(
    releases: Sequence[Release],
    published: Sequence[Release],
    address_from: Callable[[str, str], str],
) -> Archives:
    """`archives` of a new recipe, without ``pypi``, which would lead to Spack's own index. Each
    version has an address of its own, unless that follows from the one in `Archives.url`:
    ``address_from`` gives the address that a recipe with a ``url`` makes for a version."""
    packed = archives(releases, pypi="", published=published)
    sdists = [line for line in packed.versions if line.machine is None and not _is_wheel(line.url)]
    url = sdists[0].url if sdists else ""
    led_to = [line for line in sdists if address_from(url, line.version) == line.url]
    packed = replace(packed, pypi="", names=())
    # It shows how the others are named only if it leads to any of them.
    return _by_url(packed, url, led_to) if len(led_to) >= min(2, len(sdists)) else packed


def wheels_by_url(packed: Archives, address_from: Callable[[str, str], str]) -> Archives:
    """The archives of a new recipe, with the address of the newest wheel in `Archives.url` where
    all are pure wheels, and without those that follow from it; ``address_from`` as above."""
    lines = [line for line in packed.versions if line.git is None]
    if packed.pypi or not lines or any(line.machine or not _is_wheel(line.url) for line in lines):
        return packed
    url = lines[0].url
    led_to = [line for line in lines if address_from(url, line.version) == line.url]
    return _by_url(packed, url, led_to) if lines[0] in led_to else packed


def _by_url(packed: Archives, url: str, led_to: Sequence[VersionLine]) -> Archives:
    """The archives with this ``url``, without the addresses of the versions to which it leads."""
    if not led_to:
        return packed
    lines = [replace(line, url="") if line in led_to else line for line in packed.versions]
    return replace(packed, url=url, versions=tuple(lines))


def listed_elsewhere(text: str, project: str, index: str, own: str) -> str:
    """The page on another index that a recipe (its text) gives as ``list_url`` of a project (PEP
    503), if it is neither on the ``index`` that has the project here, nor on Spack's ``own``;
    empty if there is none."""
    found = _LIST_URL.search(text)
    if found is None or canonicalize_name(found["project"]) != project:
        return ""
    return "" if found["index"] in (index, own) else found["index"] + found["project"]


def _is_wheel(url: str) -> bool:
    return url.endswith(".whl")

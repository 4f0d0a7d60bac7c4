"""Projects that are packed by cmeel, which runs CMake and puts what that installs into a wheel.

cmeel lists itself among what a wheel requires, as its .pth file leads to the modules inside, the
libraries that those are linked with, as wheels (``cmeel-boost``), and what the project is built
with as an extra, ``build``. https://cmeel.readthedocs.io/en/latest/
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from packaging.utils import canonicalize_name

from . import limits
from .model import Metadata, Source, at, strings

#: How projects are called that pack a library, or a program, of somebody else.
PACKED = "cmeel-"
_BUILD = "build"
#: The label of the project's own page, beside that of the packing.
_PROJECT = "upstream"


def is_packed(source: Source) -> bool:
    """Whether cmeel builds an archive."""
    return source.backend.partition(".")[0] == "cmeel"


def configured(source: Source, key: str) -> Any:
    """What a project configures: in ``[tool.cmeel]``, or, of old, in ``[build-system]``."""
    found = at(source.pyproject, "tool", "cmeel", key)
    return at(source.pyproject, "build-system", key) if found is None else found


def configure_args(source: Source) -> Sequence[str]:
    """The arguments that CMake is given; none of what another backend builds."""
    return strings(configured(source, "configure-args")) if is_packed(source) else ()


def build_requirements(source: Source) -> Iterator[str]:
    """What ``[build-system]`` lists (PEP 508), without cmeel, and without the extra by which
    packages of others bring what they are built with."""
    for text in strings(at(source.pyproject, "build-system", "requires")):
        found = limits.requirement(text)
        if found is not None and canonicalize_name(found.name) == "cmeel":
            continue
        if found is not None and _BUILD in found.extras:
            found.extras = found.extras - {_BUILD}
            yield str(found)
        else:
            yield text


def without_packing(metadata: Metadata, source: Source) -> Metadata:
    """The metadata of a project as CMake installs it: without what only its wheel requires, and
    without the page of the packing where there is the project's own."""
    if metadata.requires_dist is None or not is_packed(source):
        return metadata
    packed = {name for name in _names(build_requirements(source)) if name.startswith(PACKED)}
    kept = []
    for text in metadata.requires_dist:
        found = limits.requirement(text)
        is_own = found is not None and (
            canonicalize_name(found.name) in {*packed, "cmeel"}
            or str(found.marker) == f'extra == "{_BUILD}"'
        )
        kept += [] if is_own else [text]
    extras = tuple(each for each in metadata.provides_extra if each != _BUILD)
    own = replace(metadata, requires_dist=tuple(kept), provides_extra=extras)
    pages = [each for each in metadata.project_urls if each[0].lower() != "homepage"]
    has_own = any(label.lower() == _PROJECT for label, _ in pages)
    return replace(own, home_page="", project_urls=tuple(pages)) if has_own else own


def is_for_packing(metadata: Metadata) -> bool:
    """Whether metadata are those of a wheel of cmeel, to whose modules its .pth file leads."""
    return "cmeel" in _names(iter(metadata.requires_dist or ()))


def _names(texts: Iterator[str]) -> Iterator[str]:
    found = map(limits.requirement, texts)
    return (canonicalize_name(each.name) for each in found if each is not None)

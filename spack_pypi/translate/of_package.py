"""Specifiers of a project in the versions of its package: without an epoch, which Spack does not
have, and without what only counts the project's files."""

from __future__ import annotations

from collections.abc import Sequence

from packaging.version import Version

from .library_versions import depends_on_releases, of_library
from .spelling import epoch_of, in_epoch


def may_differ(specifier: str, numbers: int) -> bool:
    """Whether the package may have other versions than the project, of which a library's version
    has so many ``numbers`` (0: as many as the project's)."""
    return bool(numbers) or _has_epoch(specifier)


def needs_released(specifier: str, numbers: int) -> bool:
    """Whether `of_package` has to know what the project has released."""
    return _has_epoch(specifier) or depends_on_releases(specifier, numbers)


def of_package(
    specifier: str, numbers: int, declared: Sequence[str], released: Sequence[Version]
) -> str:
    """What a specifier (PEP 440) of a project says of its package, whose recipe has ``declared``
    these versions, of so many ``numbers`` (0: as many as the project's), given what the project
    has ``released``."""
    if _has_epoch(specifier):
        return in_epoch(specifier, epoch_of(declared, released))
    return of_library(specifier, numbers, released)


def _has_epoch(specifier: str) -> bool:
    return "!" in specifier.replace("!=", "")

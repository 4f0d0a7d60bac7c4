"""Specifiers of a project in the versions of its package: without an epoch, which Spack does not
have, without what only counts the project's files, and without pins that are for wheels."""

from __future__ import annotations

from collections.abc import Sequence

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from .library_versions import depends_on_releases, of_library
from .spelling import epoch_of, in_epoch

#: Projects whose wheels hold a library that has its version in the names of its files. A wheel
#: that is linked with it works with one version only, whatever the sources work with.
#: https://www.boost.org/doc/libs/latest/more/getting_started/unix-variants.html#library-naming
_LINKED_BY_VERSION = {"cmeel-boost"}


def may_differ(specifier: str, numbers: int) -> bool:
    """Whether the package may have other versions than the project, of which a library's version
    has so many ``numbers`` (0: as many as the project's)."""
    return bool(numbers) or _has_epoch(specifier)


def needs_released(specifier: str, numbers: int) -> bool:
    """Whether `of_package` has to know what the project has released."""
    return _has_epoch(specifier) or depends_on_releases(specifier, numbers)


def of_package(
    project: str,
    specifier: str,
    numbers: int,
    declared: Sequence[str],
    released: Sequence[Version],
) -> str:
    """What a specifier (PEP 440) of a ``project`` says of its package, whose recipe has
    ``declared`` these versions, of so many ``numbers`` (0: as many as the project's), given what
    the project has ``released``."""
    if _has_epoch(specifier):
        return in_epoch(specifier, epoch_of(declared, released))
    if project in _LINKED_BY_VERSION:
        kept = (each for each in SpecifierSet(specifier) if each.operator not in ("==", "~="))
        specifier = ",".join(sorted(map(str, kept)))
    return of_library(specifier, numbers, released)


def _has_epoch(specifier: str) -> bool:
    return "!" in specifier.replace("!=", "")

"""Requirements on projects, in the versions of the packages that these have: without an epoch,
which Spack does not have, and without what only counts the files of a project."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from packaging.version import Version

from ..translate.library_versions import depends_on_releases, of_library
from ..translate.requirements import ProjectRequirement
from ..translate.spelling import epoch_of, in_epoch
from .facts import Facts
from .package import ProjectPackage


def may_differ(requirement: ProjectRequirement, numbers: int) -> bool:
    """Whether the package may have other versions than the project, of which a library's version
    has so many ``numbers`` (0: as many as the project's)."""
    return bool(numbers) or _has_epoch(requirement)


def in_package_versions(
    requirement: ProjectRequirement, target: ProjectPackage, facts: Facts
) -> ProjectRequirement | None:
    """What a requirement says of the versions of its package, the ``target``; None while what the
    project has released decides it and is not known."""
    specifier, numbers = requirement.specifier, target.numbers
    if _has_epoch(requirement):
        released = _released(requirement.project, facts)
        if released is None:
            return None
        texts = target.existing.declared if target.existing else ()
        specifier = in_epoch(specifier, epoch_of(texts, released))
    elif depends_on_releases(specifier, numbers):
        released = _released(requirement.project, facts)
        if released is None:
            return None
        specifier = of_library(specifier, numbers, released)
    else:
        specifier = of_library(specifier, numbers)
    return replace(requirement, specifier=specifier)


def _has_epoch(requirement: ProjectRequirement) -> bool:
    return "!" in requirement.specifier.replace("!=", "")


def _released(project: str, facts: Facts) -> Sequence[Version] | None:
    """The versions that a project has released; None while that is not known."""
    page = facts.page(project)
    if page is None:
        return None if facts.missing(project) is None else ()
    return [release.version for release in page.releases]

"""Requirements on projects, in the versions of the packages that these have: without an epoch,
which Spack does not have, and without what only counts the files of a project; and of the
projects whose archives the packages have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from packaging.version import Version

from ..host.port.parts import Repos
from ..translate.of_package import needs_released, of_package
from ..translate.requirements import ProjectRequirement
from .facts import Facts
from .package import ProjectPackage


def of_built_from(
    requirements: Sequence[ProjectRequirement], repos: Repos
) -> Iterator[ProjectRequirement]:
    """Requirements of the projects whose archives packages have; those with extras stay as they
    are, since the other project may not have these."""
    for each in requirements:
        other = "" if each.extras else repos.built_from(each.project)
        yield replace(each, project=other) if other else each


def in_package_versions(
    requirement: ProjectRequirement, target: ProjectPackage, facts: Facts
) -> ProjectRequirement | None:
    """What a requirement says of the versions of its package, the ``target``; None while what the
    project has released decides it and is not known."""
    specifier, numbers = requirement.specifier, target.numbers
    needed = needs_released(specifier, numbers)
    released = _released(requirement.project, facts) if needed else ()
    if released is None:
        return None
    declared = target.existing.declared if target.existing else ()
    said = of_package(requirement.project, specifier, numbers, declared, released)
    return replace(requirement, specifier=said)


def _released(project: str, facts: Facts) -> Sequence[Version] | None:
    """The versions that a project has released; None while that is not known."""
    page = facts.page(project)
    if page is None:
        return None if facts.missing(project) is None else ()
    return [release.version for release in page.releases]

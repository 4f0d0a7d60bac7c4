"""Requirements on a smaller project in place of a larger one, where that has all that a release
imports of it, and Spack has a package of the smaller one only: rucio-clients for rucio."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..pypi.model import SMALLER, Release
from ..recipe.model import BUILD
from ..translate.requirements import ProjectRequirement, Translated
from .facts import Declared

if TYPE_CHECKING:
    from .catalog import Catalog


def with_smaller(
    catalog: Catalog, release: Release, declared: Declared, found: Translated
) -> Translated:
    """What a release requires, as ``found``, with the smaller projects that suffice."""
    enough = {each.larger: each for each in declared.builds.smaller}
    if not enough:
        return found  # as almost always
    requirements = tuple(
        replace(each, project=enough[each.project].project)
        if may_be_smaller(catalog, release.project, each) and each.project in enough
        else each
        for each in found.requirements
    )
    return found._replace(requirements=requirements)


def without_larger(catalog: Catalog, release: Release, found: Translated) -> Translated:
    """The same without those of which only the archive of the release can say whether a smaller
    project suffices."""
    if all(each.project not in SMALLER for each in found.requirements):
        return found  # as almost always
    sure = [e for e in found.requirements if not may_be_smaller(catalog, release.project, e)]
    return found._replace(requirements=tuple(sure))


def may_be_smaller(catalog: Catalog, project: str, requirement: ProjectRequirement) -> bool:
    """Whether a smaller project may take the place of the one that a project requires: in a
    recipe that exists the one stays that it names, and so does what somebody names."""
    smaller = SMALLER.get(requirement.project)
    if smaller is None or requirement.extras or requirement.types == BUILD:
        return False
    here = catalog.package(smaller.project).existing
    asked = {*catalog.named, *catalog.rules.constraints}
    if here is None or requirement.project in asked:
        return False
    existing, larger = catalog.package(project).existing, catalog.package(requirement.project)
    lines = catalog.dependency_lines(existing.name) if existing else ()
    named = {line.dependency.package for line in lines}
    if larger.package in named:
        return False
    return here.name in named or larger.existing is None

"""Extras that are inlined: whoever requires one gets its requirements in place of a variant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..translate.requirements import ProjectRequirement
from .catalog import Catalog
from .lessons import Lessons
from .model import Releases
from .package import ProjectPackage


def is_variant(
    target: ProjectPackage, lessons: Lessons, requirement: ProjectRequirement, extra: str
) -> bool:
    """Whether an extra that is required is a variant of the package."""
    inlined = lessons.is_inlined(requirement.project, extra)
    return not inlined and target.has_variant(extra, requirement.specifier)


def with_inlined_extras(
    catalog: Catalog,
    lessons: Lessons,
    requirement: ProjectRequirement,
    chosen: Releases,
    within: tuple[tuple[str, str], ...] = (),
) -> Iterator[ProjectRequirement]:
    """A requirement, and after it those of its extras that are no variants of the package, as far
    as they are known."""
    project = requirement.project
    target = catalog.package(project)
    variants = [e for e in requirement.extras if is_variant(target, lessons, requirement, e)]
    inlined = [extra for extra in requirement.extras if extra not in variants]
    yield replace(requirement, extras=tuple(variants)) if inlined else requirement
    for extra in inlined:
        if (project, extra) in within:
            continue
        added = catalog.extra_requirements(requirement, extra, sorted(chosen.get(project, ())))
        for part in added or ():
            around = (*within, (project, extra))
            yield from with_inlined_extras(catalog, lessons, part, chosen, around)

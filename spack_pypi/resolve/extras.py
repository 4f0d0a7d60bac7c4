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
    as they are known. An extra that consists of others (``all = foo[a,b]``) may be variants."""
    project = requirement.project
    target = catalog.package(project)

    def is_one(extra: str) -> bool:
        return is_variant(target, lessons, requirement, extra)

    variants = {extra: None for extra in requirement.extras if is_one(extra)}
    parts: list[tuple[str, ProjectRequirement]] = []
    for extra in requirement.extras:
        if extra in variants or (project, extra) in within:
            continue
        preferred = sorted(chosen.get(project, ()))
        named, added = catalog.extra_requirements(requirement, extra, preferred, is_one) or (
            (),
            (),
        )
        variants.update(dict.fromkeys(named))
        parts += [(extra, part) for part in added]
    same = tuple(variants) == requirement.extras
    yield requirement if same else replace(requirement, extras=tuple(sorted(variants)))
    for extra, part in parts:
        around = (*within, (project, extra))
        yield from with_inlined_extras(catalog, lessons, part, chosen, around)

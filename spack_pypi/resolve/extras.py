"""Extras that are inlined: whoever requires one gets its requirements in place of a variant."""

from __future__ import annotations

from dataclasses import replace

from ..translate.conditions import both
from ..translate.requirements import ProjectRequirement, Translated, Untranslatable
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
) -> Translated:
    """A requirement, and after it those of its extras that are no variants of the package, as far
    as they are known; with what of these no recipe can express. An extra that consists of others
    (``all = foo[a,b]``) may be variants."""
    if not requirement.extras:
        return Translated((requirement,))
    project = requirement.project
    target = catalog.package(project)

    def is_one(extra: str) -> bool:
        return is_variant(target, lessons, requirement, extra)

    variants = {extra: None for extra in requirement.extras if is_one(extra)}
    inlined: list[ProjectRequirement] = []
    untranslatable: list[Untranslatable] = []
    for extra in requirement.extras:
        if extra in variants or (project, extra) in within:
            continue
        preferred = sorted(chosen.get(project, ()))
        found = catalog.extra_requirements(requirement, extra, preferred, is_one)
        if found is None:
            continue
        named, added = found[0], _under(requirement, found[1])
        variants.update(dict.fromkeys(named))
        untranslatable += added.untranslatable
        for part in added.requirements:
            around = (*within, (project, extra))
            inner = with_inlined_extras(catalog, lessons, part, chosen, around)
            inlined += inner.requirements
            untranslatable += inner.untranslatable
    same = tuple(variants) == requirement.extras
    own = requirement if same else replace(requirement, extras=tuple(sorted(variants)))
    return Translated((own, *inlined), tuple(untranslatable))


def _under(outer: ProjectRequirement, added: Translated) -> Translated:
    """What an extra adds, where the requirement that names it applies."""
    inner: list[ProjectRequirement] = []
    for part in added.requirements:
        condition = both(outer.when, replace(part.when, variants=()))
        if condition is not None:
            inner.append(replace(part, when=condition, types=outer.types))
    left: list[Untranslatable] = []
    for each in added.untranslatable:
        found = [both(outer.when, replace(when, variants=())) for when in each.conditions]
        conditions = tuple(condition for condition in found if condition is not None)
        if conditions or not each.conditions:
            left.append(replace(each, conditions=conditions))
    return Translated(tuple(inner), tuple(left))

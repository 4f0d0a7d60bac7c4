"""Extras that are inlined: whoever requires one gets its requirements in place of a variant."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Callable

from packaging.version import Version

from ..pypi.model import Project, Release
from ..translate.conditions import both
from ..translate.own_extras import parted
from ..translate.requirements import ProjectRequirement, Translated, Untranslatable
from ..translate.spelling import meant
from .catalog import Catalog
from .lessons import Lessons, Unit
from .listed_extras import ListedExtra
from .model import Releases
from .package import ProjectPackage, specifier_set


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
    *,
    of_new: bool,
) -> Translated:
    """A requirement, and after it those of its extras that are not variants of the package, as far
    as they are known; with what of these no recipe can express. An extra that consists of others
    (``all = foo[a,b]``) may be variants. ``of_new``: the recipe that says it is a new one, which
    says no more than it must (`ListedExtra`)."""
    if not requirement.extras:
        return Translated((requirement,))
    project = requirement.project
    target = catalog.package(project)

    def is_one(extra: str) -> bool:
        return is_variant(target, lessons, requirement, extra)

    variants = {extra: None for extra in requirement.extras if is_one(extra)}
    inlined: list[ProjectRequirement] = []
    untranslatable: list[Untranslatable] = []
    preferred = chosen.get(project, {}).keys()
    for extra in requirement.extras:
        if extra in variants or (project, extra) in within:
            continue
        found = _added(catalog, requirement, extra, preferred, is_one)
        if found is None:
            continue
        named, stated = found
        variants.update(dict.fromkeys(named))
        if of_new and not preferred and target.extended is not None:
            listed = ListedExtra(catalog, requirement, extra, tuple(variants), is_one)
            least = listed.least(stated)
            if least is None:
                continue
            stated = least
        added = _under(requirement, stated)
        untranslatable += added.untranslatable
        for part in added.requirements:
            around = (*within, (project, extra))
            inner = with_inlined_extras(catalog, lessons, part, chosen, around, of_new=of_new)
            inlined += inner.requirements
            untranslatable += inner.untranslatable
    same = tuple(variants) == requirement.extras
    own = requirement if same else replace(requirement, extras=tuple(sorted(variants)))
    return Translated((own, *inlined), tuple(untranslatable))


def _added(
    catalog: Catalog,
    requirement: ProjectRequirement,
    extra: str,
    preferred: Collection[Version],
    is_one: Callable[[str], bool],
) -> tuple[tuple[str, ...], Translated] | None:
    """What an extra without a variant adds to a requirement: variants that it consists of
    (``is_one`` says which extras are variants), and requirements; as declared by the newest
    version that the package has or gets (``preferred``), else by the newest release. None while
    that is not known."""
    page = catalog.facts.page(requirement.project)
    if page is None:
        missing = catalog.facts.missing(requirement.project)
        return _unknown(extra, str(missing)) if missing else None
    release = _saying(catalog, requirement, page, preferred)
    if release is None:
        # Where the package has none either, that is what is said of the requirement itself.
        has_one = catalog.package(requirement.project).declares(requirement.specifier)
        return _unknown(extra, "the index has no such release") if has_one else ((), Translated())
    added = catalog.requirements(release, extra)
    metadata = catalog.facts.metadata(release)
    if added is None or metadata is None:
        return None
    if metadata.requires_dist is None:
        return _unknown(extra, metadata.problem or "it is not declared anywhere")
    variants, rest = parted(release.project, metadata.requires_dist, extra, is_one)
    if variants:
        unit = Unit(release.project, release.version, extra)
        added = catalog.needs(unit, rest, metadata.requires_python)
        if added is None:
            return None
    return variants, added


def _saying(
    catalog: Catalog,
    requirement: ProjectRequirement,
    page: Project,
    preferred: Collection[Version],
) -> Release | None:
    """The release by which an extra is read."""
    extended = catalog.package(requirement.project).extended
    has = {*preferred, *map(meant, extended.versions if extended else ())}
    accepted = specifier_set(requirement.specifier)
    fitting = [
        release
        for release in page.releases
        if accepted.contains(release.version, prereleases=release.version in has)
    ]
    there = (release for release in fitting if release.version in has)
    return next(there, None) or next((r for r in fitting if not r.yanked), None)


def _unknown(extra: str, reason: str) -> tuple[tuple[str, ...], Translated]:
    what = f"what it requires is not known: {reason}"
    return (), Translated((), (Untranslatable(f"extra {extra}", what),))


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

"""Extras that are no variants: who asks for one requires what it adds itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from packaging.version import Version

from ..pypi.model import Release
from ..translate.requirements import ProjectRequirement
from .catalog import Catalog
from .lessons import Lessons
from .package import ProjectPackage


def is_variant(
    target: ProjectPackage, lessons: Lessons, need: ProjectRequirement, extra: str
) -> bool:
    """Whether an extra that a need asks for is a variant of the package."""
    return target.models(extra, need.specifier) and not lessons.is_flat(need.project, extra)


def with_flat_extras(
    catalog: Catalog,
    lessons: Lessons,
    need: ProjectRequirement,
    chosen: Mapping[str, Mapping[Version, Release]],
    within: tuple[tuple[str, str], ...] = (),
) -> Iterator[ProjectRequirement]:
    """A need, and after it those of its extras that are no variants of the package; as far as
    they are known."""
    target = catalog.package(need.project)
    flat = [each for each in need.extras if not is_variant(target, lessons, need, each)]
    kept = tuple(extra for extra in need.extras if extra not in flat)
    yield replace(need, extras=kept) if flat else need
    for extra in flat:
        if (need.project, extra) in within:
            continue
        inner = catalog.of_extra(need, extra, sorted(chosen.get(need.project, ())))
        for part in inner or ():
            around = (*within, (need.project, extra))
            yield from with_flat_extras(catalog, lessons, part, chosen, around)

"""Build requirements that are the archive at an address, and no release of their project.

A wheel is installed in place of what requires one. A person may have tried that a release of the
project does: where an existing recipe depends on its package for a release that requires the same
address, later ones are built so, too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..pypi.model import Release
from ..translate.builds import Builds
from ..translate.by_wheel import of_address

if TYPE_CHECKING:
    from .catalog import Catalog


def by_releases(catalog: Catalog, release: Release, built: Builds) -> Builds | None:
    """What building a release needs, with the projects alone in place of addresses where the
    recipe has shown that this does; None while that is not known."""
    names = {text: of_address(text) for text in built.requirements}
    existing = catalog.package(release.project).existing
    if existing is None or not any(names.values()):
        return built
    before = _declared_before(catalog, release)
    older = catalog.facts.declared(before, is_built=True) if before else None
    if before and older is None:
        return None
    tried = {of_address(text) for text in older.builds.requirements} if older else set()
    lines = {line.dependency.package for line in catalog.dependency_lines(existing.name)}
    found = [
        name if name and name in tried and catalog.package(name).package in lines else text
        for text, name in names.items()
    ]
    return replace(built, requirements=tuple(found))


def _declared_before(catalog: Catalog, release: Release) -> Release | None:
    """The release itself, if the recipe declares it, else the one that it declares before it."""
    target = catalog.package(release.project)
    if target.is_declared(release.version):
        return release
    return target.predecessor(catalog.facts.page(release.project), release.version)

"""Ranges of versions as the packages that they are about spell these."""

from __future__ import annotations

from collections.abc import Mapping

from packaging.specifiers import SpecifierSet

from ...resolve.resolution import Resolution
from ...translate.requirements import ProjectRequirement
from ...translate.spelled_alike import spelled_alike
from ...translate.spelling import meant
from ...translate.versions import ranges


class SpelledRanges:
    """The ranges that a resolution's requirements become."""

    def __init__(self, resolution: Resolution) -> None:
        self._resolution = resolution
        self._known: dict[str, set[str]] = {}

    @property
    def known(self) -> Mapping[str, set[str]]:
        """Package → the versions for which its ranges were made, as they are spelled."""
        return self._known

    def of(self, requirement: ProjectRequirement) -> str:
        """What a requirement accepts of its package. Raises `Inexpressible` where no Spack range
        has the meaning of the specifier."""
        resolution, project = self._resolution, requirement.project
        target, chosen = resolution.package(project), resolution.versions(project)
        spelled = resolution.catalog.spelled_releases(project, requirement.specifier, chosen)
        declared = target.existing.declared if target.existing else ()
        there = {*map(meant, declared)}
        others = (text for text in spelled if meant(text) not in there)
        self._known.setdefault(target.package, set()).update(declared, others)
        return spelled_alike(ranges(SpecifierSet(requirement.specifier), spelled), declared)

"""What a new recipe says of an extra for which an existing package has no variant: not what the
package brings itself, and no more than the oldest of its versions asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Callable

from packaging.specifiers import SpecifierSet

from ..pypi.model import Release
from ..recipe.model import DependencyLine
from ..translate.existing_lines import applies_to
from ..translate.own_extras import parted
from ..translate.requirements import ProjectRequirement, Translated
from ..translate.spack_order import contained
from ..translate.spelling import meant
from ..translate.versions import Inexpressible, ranges
from .catalog import Catalog
from .lessons import Unit


@dataclass(frozen=True)
class ListedExtra:
    """The ``extra`` of a ``requirement`` on an existing package that gets no new version.
    ``variants`` are those that are switched on; ``is_variant`` says which extras are variants."""

    catalog: Catalog
    requirement: ProjectRequirement
    extra: str
    variants: Sequence[str]
    is_variant: Callable[[str], bool]

    def least(self, added: Translated) -> Translated | None:
        """Of what the newest version requires with the extra, what the package does not bring in
        each of its versions, with the bounds of the oldest one where these are wider; None while
        that is not known."""
        before = self._before()
        if before is None:
            return None
        wider = (_wider(each, before) for each in added.requirements)
        return added._replace(requirements=tuple(e for e in wider if not self._is_brought(e)))

    def _before(self) -> Sequence[ProjectRequirement] | None:
        """What the oldest version that the requirement accepts requires with the extra; nothing
        where that is not stated."""
        release = self._oldest()
        metadata = self.catalog.facts.metadata(release) if release else None
        if release is None or metadata is None:
            return None if release else ()
        texts = metadata.requires_dist or ()
        _, rest = parted(release.project, texts, self.extra, self.is_variant)
        unit = Unit(release.project, release.version, self.extra)
        found = self.catalog.needs(unit, rest, metadata.requires_python)
        return None if found is None else found.requirements

    def _oldest(self) -> Release | None:
        page = self.catalog.facts.page(self.requirement.project)
        has = {*map(meant, self._listed())}
        found = [release for release in page.releases if release.version in has] if page else []
        return found[-1] if found else None

    def _listed(self) -> Sequence[str]:
        return self.catalog.package(self.requirement.project).accepted(self.requirement.specifier)

    def _is_brought(self, part: ProjectRequirement) -> bool:
        """Whether the package brings it, as it is asked for, in each version."""
        target = self.catalog.package(self.requirement.project)
        wanted, versions = _ranges(part.specifier), self._listed()
        if target.existing is None or wanted is None or part.extras or not versions:
            return False
        stated = self.catalog.dependency_lines(target.existing.name)
        name, on = self.catalog.package(part.project).package, self._on()
        lines = [each for each in stated if _runs(each, name, on)]
        return all(
            any(applies_to(e, text) and contained([e.dependency.versions], wanted) for e in lines)
            for text in versions
        )

    def _on(self) -> Mapping[str, bool]:
        """The variants of the package that are on or off for sure."""
        target = self.catalog.package(self.requirement.project)
        asked = {target.variant(extra) or extra: True for extra in self.variants}
        return {**self.catalog.defaults(self.requirement.project), **asked}


def _runs(line: DependencyLine, package: str, on: Mapping[str, bool]) -> bool:
    """Whether a line has the package to run, with these variants on each platform and Python."""
    when = line.dependency.when
    switched = all(on.get(each[1:]) is (each[0] == "+") for each in when.variants)
    anywhere = not (when.platform or when.target or when.python)
    is_it = line.dependency.package == package and "run" in line.dependency.types
    return is_it and switched and anywhere


def _wider(part: ProjectRequirement, before: Iterable[ProjectRequirement]) -> ProjectRequirement:
    same = [each for each in before if replace(each, specifier=part.specifier) == part]
    now, then = _ranges(part.specifier), _ranges(same[0].specifier) if len(same) == 1 else None
    is_wider = now is not None and then is not None and contained([now], then)
    return same[0] if is_wider else part


def _ranges(specifier: str) -> str | None:
    try:
        return ranges(SpecifierSet(specifier))
    except Inexpressible:
        return None

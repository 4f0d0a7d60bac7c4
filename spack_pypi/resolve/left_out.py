"""What extras require and a person left out of a recipe that is edited: it is not added to it.

A variant often is only a part of an extra: its tests and type stubs are not a recipe's business,
nor is all that an extra of a dependency brings (``lightning[pytorch-extra]``), where that is not a
variant. What is left out for the version before a new one, although its release requires it as
well, is left out for the new one, too; so is a new tool for tests where no other one is in the
recipe. What a release itself names is always added, but for what it needs on Windows alone, what
its author has put in a comment, what would close a circle with the recipe of that, and what it
needs to build and only an addition to the repos could give.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Callable

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from ..errors import SpackPyPIError
from ..host.port import DeclaredDependency, Meaning
from ..pypi.model import Release
from ..recipe.model import BUILD, LIBRARY
from ..syntax import source_lines
from ..translate.pins import loosened
from ..translate.requirements import ProjectRequirement, Translated
from ..translate.spelling import meant
from ..translate.stated import contained
from ..translate.versions import Inexpressible, ranges
from .catalog import Catalog
from .listed_before import listed_before
from .package import DEVELOPING

#: The version range of a dependency as Spack prints it.
_RANGE = re.compile(r"[\w-]+(?:\s*[+~][\w-]+)*(?:@([^\s+~%^]+))?")


@dataclass(frozen=True)
class _Before:
    """A recipe that is edited, and the nearest ``release`` that it lists, spelled as ``text``;
    what that ``requires`` itself or with an extra, and the ``variant`` of this extra."""

    meaning: Meaning
    release: Release
    text: str
    requires: Sequence[ProjectRequirement]
    variant: str

    def lines(self, package: str, version: str) -> list[DeclaredDependency]:
        """The lines of the recipe about a package, for a version with the variant switched on."""
        variants = {**self.meaning.variants, **({self.variant: True} if self.variant else {})}
        return [
            line
            for line in self.meaning.lines
            if line.package == package and line.types and line.applies(version, variants)
        ]


class LeftOut:
    """Decides for a catalog, whose recipes it evaluates once."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._meanings: dict[str, Meaning] = {}

    def kept(
        self, release: Release, extra: str, requirement: ProjectRequirement, optional: bool
    ) -> Sequence[ProjectRequirement]:
        """What is kept of a requirement of a release, or of an extra of it, which is ``optional``
        if no other requirement names it."""
        before = self._before(release, extra) if optional or not extra else None
        if before is None:
            return [requirement]
        if extra:
            left_out = self._of_extra(before, release, requirement)
            return [] if left_out else [requirement]
        if self._of_windows(before, requirement) or self._in_comment(before, release, requirement):
            return []
        if self._in_circle(before, release, requirement):
            return []
        return self._of_build(before, release, requirement)

    def _of_extra(
        self, before: _Before, release: Release, requirement: ProjectRequirement
    ) -> bool:
        """Whether the recipe leaves a requirement of an extra of its release out of the variant,
        as it does for the version before, whose extra names the same project, and not only for
        another platform."""
        return self._is_left_out(
            before, release, requirement, before.requires
        ) or self._is_for_developers(before, release, requirement)

    def _is_for_developers(
        self, before: _Before, release: Release, requirement: ProjectRequirement
    ) -> bool:
        """Whether an extra for all (``full``) requires something for those who test or document
        the project, and the recipe leaves all of that out for the version before."""
        if requirement.project not in self._for_developers(release):
            return False
        catalog, known = self._catalog, self._for_developers(before.release)
        others = [each.project for each in before.requires if each.project in known]
        return bool(others) and not any(
            before.lines(catalog.package(project).package, before.text) for project in others
        )

    def _for_developers(self, release: Release) -> set[str]:
        """The projects that only those extras of a release require that are for developers, maybe
        beside one for all."""
        metadata = self._catalog.facts.metadata(release)
        extras = [canonicalize_name(each) for each in metadata.provides_extra] if metadata else []
        for_developers = [extra for extra in extras if DEVELOPING.match(extra)]
        found = [self._catalog.requirements(release, extra) for extra in for_developers]
        own = self._catalog.requirements(release, "")
        run = {each.project for each in own.requirements} if own else set()
        return {each.project for some in found if some for each in some.requirements} - run

    def _of_windows(self, before: _Before, requirement: ProjectRequirement) -> bool:
        """Whether the recipe leaves out what its release needs on Windows alone, as it does for
        the version before, which needs it there, too."""
        if requirement.when.platform != "windows":
            return False
        package = self._catalog.package(requirement.project).package
        was = {each.project for each in before.requires if each.when.platform == "windows"}
        return requirement.project in was and not before.lines(package, before.text)

    def _in_comment(
        self, before: _Before, release: Release, requirement: ProjectRequirement
    ) -> bool:
        """Whether the recipe has its line for a requirement only in a comment, for the version
        before as well, which requires it, too."""
        if requirement.project not in {each.project for each in before.requires}:
            return False
        package = self._catalog.package(requirement.project).package
        start = re.compile(rf"[ \t]*#[ \t]*depends_on\([ \t]*[\"']{re.escape(package)}(?![\w-])")
        texts = self._catalog.recipe_texts(self._catalog.package(release.project).package)
        commented = any(map(start.match, source_lines(texts[0])))
        return commented and not before.lines(package, before.text)

    def _in_circle(
        self, before: _Before, release: Release, requirement: ProjectRequirement
    ) -> bool:
        """Whether the recipe leaves out what its release needs to run, as it does for the version
        before, which needs it, too, and the package of that names this one (with a variant): both
        would be a circle, so the authors have kept one half."""
        if requirement.project not in {each.project for each in before.requires}:
            return False
        own = self._catalog.package(release.project).package
        needed = self._catalog.package(requirement.project)
        if needed.extended is None or before.lines(needed.package, before.text):
            return False
        try:
            lines = self._meaning(needed.package).lines
        except SpackPyPIError:
            return False  # its recipe cannot be loaded, which is reported where it is needed
        return any(line.package == own and "run" in line.types for line in lines)

    def _of_build(
        self, before: _Before, release: Release, requirement: ProjectRequirement
    ) -> Sequence[ProjectRequirement]:
        """What is kept of a requirement of a release. Of one to build it, for which something
        would have to be added to the repos: nothing, where the recipe does not name its project
        for the version before, which requires it as well; and no pin, where the recipe has none
        either, though that version is pinned, too."""
        target = self._catalog.package(requirement.project)
        if requirement.types != BUILD or target.declares(requirement.specifier):
            return [requirement]
        named = (each for each in before.requires if each.project == requirement.project)
        was = [each for each in named if each.types == BUILD]
        if not was:
            return [requirement]
        lines = before.lines(target.package, before.text)
        if not lines:
            return []
        is_pin = all(loosened(str(each)) is not None for each in (requirement, *was))
        has_pin = any(_states(lines, each.specifier) for each in was)
        goes_on = before.lines(target.package, str(release.version))
        if is_pin and goes_on and not has_pin:
            return [replace(requirement, specifier="")]
        return [requirement]

    def of_dependency(
        self,
        release: Release,
        extra: str,
        dependency: ProjectRequirement,
        brought: Sequence[ProjectRequirement],
        with_inlined: Callable[[ProjectRequirement], Translated],
    ) -> list[ProjectRequirement]:
        """Of what is ``brought`` by the extras of a ``dependency`` of a release (or of its own
        extra), that which the recipe leaves out, as it does for the version before, to which the
        same extras of the same releases brought it as well. ``with_inlined`` gives a requirement,
        and after it what its extras bring."""
        before = self._before(release, extra) if brought else None
        if before is None:
            return []
        named = {each.project for each in before.requires}
        oldest = self._oldest(dependency)
        was = [
            one
            for each in before.requires
            if each.project == dependency.project and self._oldest(each) == oldest
            for one in with_inlined(each).requirements[1:]
        ]
        return [
            each
            for each in brought
            if each.project not in named and self._is_left_out(before, release, each, was)
        ]

    def _oldest(self, requirement: ProjectRequirement) -> Version | None:
        """The oldest version that the package of a requirement declares, and that satisfies it:
        what an extra brings may change with it."""
        extended = self._catalog.package(requirement.project).extended
        declared = filter(None, map(meant, extended.versions if extended else ()))
        accepted = SpecifierSet(requirement.specifier)
        return min((v for v in declared if accepted.contains(v, prereleases=True)), default=None)

    def _is_left_out(
        self,
        before: _Before,
        release: Release,
        requirement: ProjectRequirement,
        required: Sequence[ProjectRequirement],
    ) -> bool:
        """Whether the recipe leaves out a requirement, as it does for the version before, of which
        this was ``required`` as well, and not only for another platform."""
        was = [
            each
            for each in required
            if each.project == requirement.project
            and each.when.platform in ("", requirement.when.platform)
        ]
        if not was:
            return False
        package = self._catalog.package(requirement.project).package
        if not before.lines(package, before.text):
            return True
        # A bound can only be missing from lines that go on.
        lines = before.lines(package, str(release.version))
        running = [line for line in lines if "run" in line.types]
        if lines and not running:  # the type that a line without one has
            return all({*line.types} == {*LIBRARY} for line in lines)
        return bool(running) and requirement in was and not _states(running, requirement.specifier)

    def _before(self, release: Release, extra: str) -> _Before | None:
        """The recipe of a release's project, if it is edited where it is and lists another one
        that can have an extra, and of which it is known what it requires."""
        catalog = self._catalog
        target = catalog.package(release.project)
        package = target.extended if catalog.rules.as_written and catalog.host.checks else None
        if package is None or package.namespace != catalog.rules.namespace:
            return None
        if catalog.overlay(release.project) is not None:
            return None
        before = listed_before(catalog, release, extra)
        if before is None or catalog.declared(before) is None:
            return None
        required = catalog.requirements(before, extra)
        if required is None:
            return None
        meaning, text = self._meaning(package.name), target.spelled(before.version)
        variant = target.variant(extra) or ""
        return _Before(meaning, before, text, required.requirements, variant)

    def _meaning(self, package: str) -> Meaning:
        if package not in self._meanings:
            self._meanings[package] = self._catalog.host.evaluator.meaning(package)
        return self._meanings[package]


def _states(lines: Sequence[DeclaredDependency], specifier: str) -> bool:
    """Whether lines that apply together accept no version that a specifier rejects."""
    found = (_RANGE.match(line.text) for line in lines)
    try:
        needed = ranges(SpecifierSet(specifier))
    except Inexpressible:
        return False
    return contained([match[1] or "" for match in found if match], needed)

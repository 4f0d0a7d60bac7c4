"""What can be chosen: for each project its package, its releases, and what each of them requires.

All of it follows from the facts, the host and the request; nothing depends on what is chosen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from ..errors import SpackPyPIError
from ..host.port import Host
from ..pypi.branches import shown
from ..pypi.model import Project, Release
from ..recipe.model import BUILD, BUILD_RUN, DependencyLine
from ..recipe.overlay import Overlay, overlay
from ..recipe.stated_lines import stated_lines
from ..translate.archives import only_early
from ..translate.library_versions import library_version
from ..translate.of_package import may_differ
from ..translate.requirements import (
    UNBUILT,
    ProjectRequirement,
    Translated,
    Untranslatable,
    translate,
)
from ..translate.spack_order import spelling
from ..translate.spelling import meant
from ..translate.versions import needs_releases
from . import build_pins, choose
from .brought import Brought
from .by_address import by_releases
from .facts import Declared, Facts
from .installed_wheels import of_installed_wheel
from .lessons import Unit
from .own_package import existing_package, is_patched
from .package import ProjectPackage, specifier_set
from .package_versions import in_package_versions, of_built_from
from .policy import Rules
from .smaller import with_smaller, without_larger


class Catalog:
    """See the module. ``named`` are the projects of the roots."""

    def __init__(self, host: Host, facts: Facts, rules: Rules, named: Sequence[str]) -> None:
        self.host, self.facts, self.rules = host, facts, rules
        self.pythons = tuple(host.repos.python_versions())
        self.policy = replace(rules.policy, pythons=self.pythons)
        self.named = frozenset(named)
        self._packages: dict[str, ProjectPackage] = {}
        self._listable: dict[str, tuple[Release, ...]] = {}
        self._usable: dict[tuple[str, str], tuple[Release, ...]] = {}
        self._addable: dict[tuple[str, str], tuple[Release, ...]] = {}
        self._requirements: dict[Unit, Translated] = {}
        self._stated: dict[Unit, Translated] = {}
        self._shared: dict[ProjectRequirement, ProjectRequirement] = {}
        self._texts: dict[str, Sequence[str]] = {}
        self._dependency_lines: dict[str, Sequence[DependencyLine]] = {}
        self._defaults: dict[str, Mapping[str, bool]] = {}
        self._overlays: dict[str, Overlay | None] = {}
        self.brought = Brought(self.loadable, self._lines_of_project)

    def package(self, project: str) -> ProjectPackage:
        """The project's package."""
        if project not in self._packages:
            repos, mapped = self.host.repos, self.rules.packages.get(project, "")
            existing = existing_package(repos, self.facts, project, mapped)
            numbers = repos.numbers(project) if existing else 0
            self._packages[project] = ProjectPackage(
                project,
                existing.name if existing else repos.new_package_name(project),
                existing,
                rewritten=self.rules.force and project in self.named,
                extendable=self.rules.extend,
                elsewhere=bool(existing and existing.from_git)
                and not self.facts.origin(project).git,
                constraint=self.rules.constraints.get(project, SpecifierSet()),
                numbers=numbers,
                built_from=repos.built_from(project) if existing else "",
            )
        return self._packages[project]

    def loadable(self, project: str) -> ProjectPackage | None:
        """The project's package; None where its recipe cannot be loaded, which matters only to who
        needs it."""
        try:
            return self.package(project)
        except SpackPyPIError:
            return None

    def usable(self, project: str, specifier: str) -> Sequence[Release]:
        """The releases that a recipe could list and ``specifier`` accepts, newest first; none
        while the page is not known."""
        key = (project, specifier)
        if key not in self._usable:
            page = self.facts.page(project)
            if page is None:
                return ()
            accepted = specifier_set(specifier)
            matching = choose.matching(self._all(page), accepted, self.policy)
            self._usable[key] = tuple(choose.by_preference(matching))
        return self._usable[key]

    def addable(self, project: str, specifier: str) -> Sequence[Release]:
        """The `usable` releases that may be added to the existing package."""
        key = (project, specifier)
        if key not in self._addable:
            target, usable = self.package(project), self.usable(project, specifier)
            if key not in self._usable:
                return ()
            self._addable[key] = target.addable(usable, specifier)
        return self._addable[key]

    def why_none(self, page: Project) -> str:
        """Why neither a release of a page nor a version of the existing package can be used."""
        target = self.package(page.name)
        extended = target.extended
        reason = choose.why_none(page, self._all(page), extends=extended is not None)
        others = () if self._all(page) else choose.candidates(page, self.policy, extended)
        if others and str(target.constraint):
            newest = shown(others[0].version)
            reason = f"no release satisfies the constraint {target.constraint} (newest: {newest})"
        if extended is not None:
            reason = f"{extended.namespace}.{extended.name} has no such version, and {reason}"
        return reason + choose.which_index(page.name, self.facts.origin(page.name))

    def _all(self, page: Project) -> tuple[Release, ...]:
        if page.name not in self._listable:
            target = self.package(page.name)
            withdrawn = self.policy.withdrawn and page.name in self.named
            policy = replace(self.policy, withdrawn=withdrawn)
            self._listable[page.name] = tuple(
                release
                for release in choose.candidates(page, policy, target.extended)
                if target.constraint.contains(release.version, prereleases=True)
            )
        return self._listable[page.name]

    def declared(self, release: Release) -> Declared | None:
        """What a release declares, and what for its build, if it is not installed `by_wheel`,
        without bounds that exclude no Python of the host; None while that is not known."""
        found = self.facts.declared(release, is_built=self.is_built(release))
        if found is None:
            return None
        stated = by_releases(self, release, found.builds)
        if stated is None:
            return None
        built = of_installed_wheel(self, release, stated) or stated.among(self.pythons)
        found = found if built is found.builds else replace(found, builds=built)
        if built.lacked or built.undeclared:
            found = self.brought.apart(release, found)
        return found

    def is_built(self, release: Release) -> bool:
        """Whether it must be built: not if it is added to a package that installs wheels."""
        extended = self.package(release.project).extended
        return not (extended is not None and extended.wheel and release.has_pure_wheel)

    # --- what a unit requires -----------------------------------------------------------------

    def requirements(self, release: Release, extra: str) -> Translated | None:
        """What a release requires by itself (to build it first), or what an extra of it adds; None
        while that is not known."""
        unit = Unit(release.project, release.version, extra)
        if unit not in self._requirements:
            declared = self.declared(release)
            if declared is None:
                return None
            translated = self._translate(unit, declared)
            if translated is None:
                return None
            found = self._of_packages(with_smaller(self, release, declared, translated))
            if found is None:
                return None
            # Most releases of a project require the same; large closures hold thousands of them.
            shared = tuple(self._shared.setdefault(each, each) for each in found.requirements)
            self._requirements[unit] = found._replace(requirements=shared)
        return self._requirements[unit]

    def stated(self, release: Release, extra: str = "") -> Translated | None:
        """What the metadata of a release says that it requires to run, or what an extra of it
        adds, which is a part of its `requirements`; None while it is not known."""
        unit = Unit(release.project, release.version, extra)
        if unit not in self._stated:
            metadata = self.facts.metadata(release)
            if metadata is None:
                return None
            found = self.needs(unit, metadata.requires_dist or (), metadata.requires_python)
            if found is None:
                return None
            self._stated[unit] = without_larger(self, release, found)
        return self._stated[unit]

    def needs(self, unit: Unit, required: Sequence[str], python: str) -> Translated | None:
        """What a unit requires to run, of all that its release may require (PEP 508 texts), with
        the release's Requires-Python; None while that is not known."""
        return self._of_packages(_to_run(unit, required, python))

    def _translate(self, unit: Unit, declared: Declared) -> Translated | None:
        built = declared.builds
        stated = declared.metadata.requires_dist or ()
        required = (*stated, *built.also_running)
        python = declared.metadata.requires_python
        run, not_run = _to_run(unit, required, python)
        if unit.extra:
            return Translated(run, not_run)
        loosened = build_pins.loosened(self, unit.project, unit.version, declared)
        if loosened is None:
            return None
        to_build = [loosened.get(each, each) for each in built.requirements]
        to_build += built.also_building
        build, not_build = translate(unit.project, to_build, (), python, BUILD)
        unbuilt = [*built.untranslatable]
        if built.lacking and not self.is_patched(unit.project):
            unbuilt.append(Untranslatable(UNBUILT, str(built.lacking)))
        return Translated((*build, *run), (*not_run, *not_build, *unbuilt))

    def is_patched(self, project: str) -> bool:
        """Whether the recipe of a project's package patches what is built."""
        existing = self.package(project).existing
        return existing is not None and is_patched(existing, self.recipe_texts(existing.name))

    def _of_packages(self, translated: Translated) -> Translated | None:
        """Requirements in the versions of packages (`package_versions`); None while the pages of
        projects are not known that decide it."""
        known = [
            in_package_versions(each, self.package(each.project), self.facts)
            if may_differ(each.specifier, self.host.repos.numbers(each.project))
            else each
            for each in of_built_from(translated.requirements, self.host.repos)
        ]
        found = tuple(each for each in known if each is not None)
        return translated._replace(requirements=found) if len(found) == len(known) else None

    # --- what exists --------------------------------------------------------------------------

    def asked_for(self, project: str, extra: str) -> bool:
        """Whether what the variant of an extra needs is added though no requirement names it:
        all variants are wanted (`Rules.all_variants`), or it is on by default."""
        name = self.package(project).variant(extra) or ""
        return self.rules.all_variants or self.defaults(project).get(name, False)

    def defaults(self, project: str) -> Mapping[str, bool]:
        """The variants of the existing package, and which are on by default, as far as known."""
        extended = self.package(project).extended
        if extended is None or not self.host.checks:
            return {}
        if extended.name not in self._defaults:
            self._defaults[extended.name] = self.host.evaluator.meaning(extended.name).variants
        return self._defaults[extended.name]

    def depends_by_default(self, project: str, other: str) -> bool:
        """Whether the recipe of a project's package depends on that of another one in some version
        and on some platform, with its variants as they are by default."""
        existing = self.package(project).existing
        defaults = {f"{'~+'[on]}{name}" for name, on in self.defaults(project).items()}
        return existing is not None and any(
            line.dependency.package == self.package(other).package
            and defaults.issuperset(line.dependency.when.variants)
            for line in self.dependency_lines(existing.name)
        )

    def recipe_texts(self, package: str) -> Sequence[str]:
        """The texts of an existing package's recipe and of those that it inherits, as they were
        before this run moved any into the repo."""
        if package not in self._texts:
            self._texts[package] = self.host.repos.recipe_texts(package)
        return self._texts[package]

    def dependency_lines(self, package: str) -> Sequence[DependencyLine]:
        """The plain ``depends_on`` lines of an existing package's recipe and of those that it
        inherits."""
        if package not in self._dependency_lines:
            self._dependency_lines[package] = [*stated_lines(self.recipe_texts(package))]
        return self._dependency_lines[package]

    def _lines_of_project(self, package: str) -> Sequence[DependencyLine]:
        """The `dependency_lines` of a project's package, if there is one of that name."""
        return self.dependency_lines(package) if self.host.repos.has(package) else ()

    def overlay(self, project: str) -> Overlay | None:
        """The existing package's recipe, if it is in the repo that is written to and an earlier
        run wrote it to add versions to a package of another repo. Such a recipe is written anew,
        so that the result does not depend on earlier runs."""
        if project not in self._overlays:
            extended, found = self.package(project).extended, None
            if extended is not None and extended.namespace == self.rules.namespace:
                texts = self.recipe_texts(extended.name)
                found = overlay(texts[0]) if len(texts) > 1 else None
            self._overlays[project] = found
        return self._overlays[project]

    def overlay_releases(self, project: str) -> Sequence[Release]:
        """The releases of an `overlay` that are written anew with it."""
        written, page = self.overlay(project), self.facts.page(project)
        if written is None or page is None:
            return ()
        versions = {meant(line.version) for line in written.versions}
        return [release for release in page.releases if release.version in versions]

    def spelled_releases(
        self, project: str, specifier: str, chosen: Sequence[Version]
    ) -> tuple[str, ...]:
        """The versions that a project's package has, and those that it could have where the
        specifier's meaning in Spack depends on how they are spelled; pre-releases only where one
        is chosen or nothing else will do, as ``!=10.15.0a0`` excludes nothing that others list."""
        target = self.package(project)
        declared = target.existing.declared if target.existing else ()
        accepted = specifier_set(specifier)
        page = self.facts.page(project) if needs_releases(accepted) else None
        if page is None:
            return declared
        versions = {library_version(each.version, target.numbers) for each in page.releases}
        final = [version for version in versions if not version.is_prerelease]
        needed = {*chosen}
        if not any(accepted.contains(version) for version in final):
            needed |= {each for each in (meant(clause.version) for clause in accepted) if each}
        there = {meant(text): text for text in declared}  # maybe spelled otherwise: 0.1a4
        early = target.extended is None and only_early(page.releases)
        spell = str if early or any(map(_is_as_pep440, there.items())) else spelling
        every = {
            (spell if version.is_prerelease else spelling)(version)
            for version in versions
            if not version.is_prerelease or (version in needed and version not in there)
        }
        return (*declared, *sorted(text for text in every if text))


def _is_as_pep440(declared: tuple[Version | None, str]) -> bool:
    """Whether a version is a pre-release that a recipe spells as PEP 440 does."""
    version, text = declared
    return version is not None and version.is_prerelease and text != spelling(version)


def _to_run(unit: Unit, required: Sequence[str], python: str) -> Translated:
    """What a unit requires to run; ``required`` is all that its release may require."""
    extras = [unit.extra] if unit.extra else ()
    run, not_run = translate(unit.project, required, extras, python, BUILD_RUN)
    if not unit.extra:
        return Translated(run, not_run)
    return Translated(
        tuple(each for each in run if each.when.variants),
        tuple(each for each in not_run if any(c.variants for c in each.conditions)),
    )

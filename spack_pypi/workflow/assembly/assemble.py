"""From a resolution to recipes, with their omissions."""

from __future__ import annotations

from collections.abc import Mapping

from packaging.utils import canonicalize_name
from packaging.version import Version

from ...host.port import Package
from ...recipe.build_system import PYTHON
from ...recipe.edit import Arrived
from ...recipe.model import Condition, Omission, Recipe, Variant
from ...resolve.resolution import Resolution
from ...translate import licenses
from ...translate.archives import archives
from ...translate.describe import docstring
from ...translate.elsewhere import archives_elsewhere, listed_elsewhere, wheels_by_url
from ...translate.git_versions import git_versions
from ...translate.merge import spans, with_exclusions
from ...translate.only_platform import only_platform
from ...translate.variants import description
from .assembled import Assembled as Assembled
from .assembled import comments
from .build_systems import system_of
from .dependencies import Dependencies
from .extend import Extension
from .homepages import named
from .reasons import reasons, reasons_of_wheels, said_beside
from .release_licenses import contradictions, stated
from .resources import resources
from .said_in_file import of_all, said_in_file, said_of_native, settings
from .skipped import skipped


class Assembler:
    """Makes the recipes of a resolution for the repo of ``namespace``. ``empty`` are extras, by
    project, that get no variant, as they add nothing."""

    def __init__(
        self, resolution: Resolution, namespace: str, empty: Mapping[str, set[str]]
    ) -> None:
        self._resolution, self._namespace, self._empty = resolution, namespace, empty
        self._dependencies = Dependencies(resolution, empty)

    def assemble(self, project: str) -> Assembled:
        """The recipe of a project."""
        existing = self._resolution.package(project).extended
        if existing is None:
            return self._new(project)
        listed = self._listed_elsewhere(project, existing)
        if listed:
            problem = (
                f"the recipe of {existing.name} has its files from {listed}, and {project} is "
                "from another index here: name that one with --index, with the project"
            )
            return Assembled(None, (), problem=problem)
        extension = Extension(
            self._resolution, self._dependencies, self._namespace, project, existing
        )
        try:
            return extension.assemble()
        except Arrived as error:
            return Assembled(None, (), problem=f"cannot be added to {existing.name}: {error}")

    def inputs(self, project: str) -> object:
        """Everything that decides the recipe of a project, besides facts; to be compared."""
        resolution = self._resolution
        versions, dependencies = resolution.versions(project), resolution.dependencies(project)
        return (
            versions,
            [(v, resolution.unavailable(project, v)) for v in versions],
            [list(resolution.edges(project, version)) for version in versions],
            [
                (p, resolution.versions(p), {*self._empty.get(p, ())})
                for p in (project, *dependencies)
            ],
            [resolution.cuts.get((project, v, d)) for v in versions for d in dependencies],
        )

    def _new(self, project: str) -> Assembled:
        resolution = self._resolution
        facts = resolution.catalog.facts
        chosen, page = resolution.versions(project), facts.page(project)
        releases = [resolution.addressed(project, version) for version in chosen]
        published = page.releases if page is not None else ()
        origin, evaluator = facts.origin(project), resolution.catalog.host.evaluator
        trees = [release for release in releases if release.git]
        built = {r.version: resolution.declared(project, r.version).builds for r in trees}
        releases = [release for release in releases if not release.git]
        published = tuple(release for release in published if not release.git)
        system = system_of(resolution, project)
        if origin.git or not releases:
            packed = git_versions(trees, built)
        elif origin.is_elsewhere or system.build_system is not PYTHON:
            packed = archives_elsewhere(releases, published, evaluator.address_from)
        else:
            packed = archives(releases, published=published, archive_from=evaluator.archive_from)
            packed = wheels_by_url(packed, evaluator.address_from)
        if trees and releases:
            packed = packed.beside(git_versions(trees, built))
        packed = system.of_same(packed)
        declared = {
            packed.spelled[version]: resolution.declared(project, version).metadata
            for version in chosen
            if version in packed.spelled
        }
        if not declared:
            return Assembled(None, packed.omissions)
        by_version, omissions = self._dependencies.by_version(project, packed)
        omissions += self._unknown_extras(project)
        versions = tuple(declared)
        needed = [by_version[text] for text in versions]
        dependencies, conflicts = with_exclusions(
            versions, needed, self._dependencies.spelled.known
        )
        variants = []
        for extra in resolution.extras(project):
            if any(f"+{extra}" in dependency.when.variants for dependency in dependencies):
                without = self._dependencies.without_variant(project, extra, packed)
                offered = {*versions} - {omission.version for omission in without}
                when = Condition(versions=spans(versions, offered))
                said = description(extra, dependencies)
                variants.append(Variant(extra, said, when))
                omissions += without
        homepage = named(resolution, project, packed.spelled)
        stated_licenses = self._licenses(project, packed.spelled)
        disputed = contradictions(stated_licenses)
        of_builds = said_in_file(resolution, project, packed)
        why = reasons(resolution, project, dependencies, of_builds)
        wheels = reasons_of_wheels(of_builds)
        native = said_of_native(resolution, project, packed)
        in_file = of_all({v: (*of_builds[v], *native[v], *disputed.get(v, ())) for v in of_builds})
        platform = only_platform(
            (resolution.release(project, version), declared[text])
            for version, text in packed.spelled.items()
            if text in declared
        )
        recipe = Recipe(
            package=resolution.package(project).package,
            docstring=docstring(declared[versions[0]]),
            homepage=homepage.address or facts.page_url(project),
            pypi=packed.pypi,
            licenses=licenses.lines(stated_licenses),
            versions=packed.versions,
            variants=tuple(variants),
            dependencies=dependencies,
            conflicts=conflicts,
            reasons=why,
            wheels=wheels,
            comments=comments(omissions, in_file, said_beside(why, of_builds)),
            archives=packed.names,
            url=packed.url,
            list_url=origin.listed,
            git=origin.index if origin.git else origin.repository,
            build_directory=origin.folder,
            platform=platform,
            settings=settings(resolution, project, packed),
            resources=resources(resolution, project, packed),
            build_system=system.build_system,
            root_cmakelists_dir=system.folder,
            skipped=skipped(resolution, project, packed, dependencies, platform),
        )
        return Assembled(recipe, omissions, versions=versions, releases=packed.spelled)

    def _listed_elsewhere(self, project: str, existing: Package) -> str:
        catalog = self._resolution.catalog
        own = catalog.host.index_url() or ""
        text, origin = catalog.recipe_texts(existing.name)[0], catalog.facts.origin(project)
        if origin.by_place:
            return ""  # each version of it has an address of its own
        return listed_elsewhere(text, project, origin.index, own)

    def _licenses(
        self, project: str, spelled: Mapping[Version, str]
    ) -> Mapping[str, licenses.Stated]:
        chosen = [v for v in self._resolution.versions(project) if v in spelled]
        said = stated(self._resolution, project, chosen)
        return {spelled[version]: each for version, each in said.items()}

    def _unknown_extras(self, project: str) -> tuple[Omission, ...]:
        """Omissions for required extras that no release has; installers ignore them, too."""
        known = {
            canonicalize_name(extra)
            for version in self._resolution.versions(project)
            for extra in self._resolution.declared(project, version).metadata.provides_extra
        }
        requested = {
            unit.extra
            for unit in self._resolution.selection.requested
            if unit.project == project and unit.extra
        }
        return tuple(
            Omission(project, "", f"the extra '{extra}'", "none of these releases has this extra")
            for extra in sorted(requested & self._empty.get(project, set()) - known)
        )


def empty_extras(
    resolution: Resolution, assembled: Mapping[str, Assembled]
) -> dict[str, set[str]]:
    """The extras, by project, for which a new recipe has no variant, as they add nothing."""
    empty: dict[str, set[str]] = {}
    for project, done in assembled.items():
        if done.recipe is not None and done.recipe.parent is None:
            empty[project] = set(resolution.extras(project)) - done.variants
    return empty

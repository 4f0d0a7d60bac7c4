"""The dependencies of each version of a recipe, and its omissions."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from ...pypi.cmeel import is_for_packing
from ...pypi.model import Release
from ...recipe.model import BUILD, LIBRARY, LINKED_AND_RUN, Dependency, Omission
from ...resolve.applies import applies_on_linux
from ...resolve.build_pins import OF_BUILT, OF_LATER, loosened
from ...resolve.facts import Declared
from ...resolve.lessons import Unit
from ...resolve.model import Edge, Status
from ...resolve.resolution import Resolution
from ...translate.archives import Archives
from ...translate.builds import Builds
from ...translate.by_cmake import ByCMake
from ...translate.existing_lines import is_brought
from ...translate.requirements import ProjectRequirement, parse, python_ranges, without_python_2
from ...translate.revise import NewVersion
from ...translate.supported_pythons import newest_python
from ...translate.versions import Inexpressible, ranges
from ...translate.wheels import glibc_needs
from .needs import available, joined, of_required, seen_before, unavailable
from .spelled import SpelledRanges

#: How an omission names the unknown requirements of a release.
UNKNOWN = "what it requires"
#: Why what only has wheels of cmeel cannot be used.
_BY_PTH = "only a .pth file leads to the modules of its wheels, and Spack's Python reads none"
#: Projects of a cycle that are named.
_LONGEST_PATH = 8


class Dependencies:
    """The dependencies of a resolution's releases. ``empty`` are extras, by project, that have no
    variant, as they add nothing: no line names them."""

    def __init__(self, resolution: Resolution, empty: Mapping[str, set[str]]) -> None:
        self._resolution, self._empty = resolution, empty
        self.spelled = SpelledRanges(resolution)

    def by_version(
        self, project: str, packed: Archives
    ) -> tuple[dict[str, list[Dependency]], tuple[Omission, ...]]:
        """The dependencies of each version that has an archive, newest first, and the omissions
        of all."""
        omissions = [replace(each, required=True) for each in packed.omissions]
        by_text: dict[str, list[Dependency]] = {}
        for version in self._resolution.versions(project):
            if version in packed.spelled:
                text = packed.spelled[version]
                by_text[text], omitted = self._of_version(project, version)
                by_text[text] += self._of_wheels(packed, text)
                omissions += [replace(each, version=text) for each in omitted]
        return by_text, _summarized(omissions, list(by_text))

    def _of_wheels(self, packed: Archives, text: str) -> list[Dependency]:
        """What the wheels of a version need that no metadata declares."""
        needs = glibc_needs([line for line in packed.versions if line.version == text])
        return needs if needs and self._resolution.catalog.host.repos.has("glibc") else []

    def with_variants(self, project: str, dependency: Dependency) -> Dependency:
        """The dependency with the existing package's variants in place of the extras in its
        condition."""
        target = self._resolution.package(project)
        names = tuple(f"+{target.variant(v[1:]) or v[1:]}" for v in dependency.when.variants)
        return replace(dependency, when=replace(dependency.when, variants=names))

    def without_variant(self, project: str, extra: str, packed: Archives) -> tuple[Omission, ...]:
        """An omission for each version that lacks the variant of an extra, with the reason."""
        resolution = self._resolution
        return tuple(
            Omission(
                project,
                packed.spelled[version],
                f"the extra '{extra}'",
                resolution.reason(Unit(project, version, extra)),
                extra=extra,
            )
            for version in resolution.versions(project)
            if version in packed.spelled and extra in resolution.unavailable(project, version)
        )

    def _of_version(
        self, project: str, version: Version
    ) -> tuple[list[Dependency], list[Omission]]:
        """The dependencies and the omissions of one release."""
        resolution = self._resolution
        declared = resolution.declared(project, version)
        omissions = list(self._inexpressible(project, version))
        pins = loosened(resolution.catalog, project, version, declared) or {}
        for pin in pins:
            reason = OF_BUILT if resolution.catalog.rules.loosen else OF_LATER
            omissions.append(Omission(project, "", pin, reason, loosened=True))
        python: list[Dependency] = []
        try:
            text = self._pythons(project, declared.metadata.requires_python)
            if text:
                python = [Dependency("python", text)]
        except (InvalidSpecifier, Inexpressible) as error:
            what = f"Requires-Python: {declared.metadata.requires_python}"
            omissions.append(Omission(project, "", what, str(error), required=True))
        build: list[Dependency] = []
        run: list[Dependency] = []
        repos = resolution.catalog.host.repos
        instead = {each.larger: each.project for each in declared.builds.smaller}
        # A project in the place of one that is listed has its place; whether it is there, or the
        # listed one, depends on the recipe that exists.
        order: dict[str, None] = {}
        for listed in declared.order:
            order[repos.built_from(listed) or listed] = None
            order[instead.get(listed, listed)] = None
        edges = _ordered(_combined(resolution.edges(project, version)), [*order])
        for unit, edge in edges:
            requirement, required = edge.requirement, edge.required
            cycle = resolution.cuts.get((project, version, requirement.project))
            if cycle:
                path = _path([*cycle, requirement.project])
                reason, required = f"Spack's graphs have no cycles, and {path}", False
            elif edge.answer.status is Status.ABSENT:
                reason = edge.answer.reason
            else:
                try:
                    dependency = self._dependency(requirement)
                    if declared.builds.cmake is not None:
                        dependency = _linked(dependency, requirement, declared.builds.cmake)
                    (build if requirement.types == BUILD else run).append(dependency)
                    continue
                except Inexpressible as error:
                    reason = str(error)
            where = f" ({requirement.when})" if str(requirement.when) else ""
            what = f"{requirement}{where}"
            omission = Omission(
                project, "", what, reason, required, unit.extra, requirement.project
            )
            omissions.append(replace(omission, cycle=bool(cycle)))
        brought = self._brought(project, declared.builds, build)
        needs = [n for n in self._beyond_metadata(declared.builds) if n not in brought]
        needs += of_required(resolution.catalog.host.repos, declared.builds, run)
        return joined(needs, [*build, *python, *run]), omissions

    def _pythons(self, project: str, requires_python: str) -> str:
        """The `python_ranges`, in a new recipe without a Python 2 that the host does not have."""
        text, catalog = python_ranges(requires_python), self._resolution.catalog
        has_2 = any(version.startswith("2.") for version in catalog.pythons)
        return text if has_2 or catalog.package(project).extended else without_python_2(text)

    def _inexpressible(self, project: str, version: Version) -> Iterator[Omission]:
        """Omissions for what no recipe can express, and for unknown or unconfirmed metadata."""
        pythons = self._resolution.catalog.pythons
        for unit, each in self._resolution.untranslatable(project, version):
            required = any(applies_on_linux(condition, pythons) for condition in each.conditions)
            yield Omission(project, "", each.declared, each.reason, required, unit.extra)
        metadata = self._resolution.declared(project, version).metadata
        if is_for_packing(metadata):
            yield Omission(project, "", "cmeel", _BY_PTH, required=True)
        if metadata.requires_dist is None:
            reason = metadata.problem or "it is not declared anywhere"
            yield Omission(project, "", UNKNOWN, reason, required=True)
        elif not metadata.confirmed:
            reason = f"is not confirmed: {metadata.problem}"
            yield Omission(project, "", UNKNOWN, reason, unconfirmed=True)

    def of_new_versions(
        self,
        project: str,
        packed: Archives,
        by_version: Mapping[str, Sequence[Dependency]],
    ) -> Mapping[str, NewVersion]:
        """What is known of the versions that an existing package gets, by their text, besides
        their dependencies ``by_version``."""
        resolution = self._resolution
        page = resolution.catalog.facts.page(project)
        found = {}
        for version, text in packed.spelled.items():
            declared = resolution.declared(project, version)
            new = NewVersion(
                by_version[text],
                unknown=declared.metadata.requires_dist is None,
                uncertain=not declared.builds.certain,
                unavailable=unavailable(resolution.catalog.host.repos, declared.builds),
            )
            release = resolution.package(project).predecessor(page, version)
            older = resolution.catalog.declared(release) if release is not None else None
            if release is not None and older is not None:
                this = resolution.release(project, version)
                new = replace(
                    new,
                    before=self._earlier(release, older),
                    undeclared=[
                        *self._undeclared_by_both(this, release),
                        *seen_before(older.builds, by_version[text]),
                    ],
                    supported=(newest_python(older.metadata), newest_python(declared.metadata)),
                )
            found[text] = new
        return found

    def _undeclared_by_both(self, new: Release, old: Release) -> list[Dependency]:
        """The dependencies of two releases that neither declares: compilers and tools, and
        projects that have modules which Python dropped."""
        catalog = self._resolution.catalog
        both = [catalog.declared(release) for release in (new, old)]
        by_release: list[list[Dependency]] = []
        for release, declared in zip((new, old), both):
            assert declared is not None  # the caller looked it up
            built = declared.builds
            implied = parse((*built.also_running, *built.also_building))[0]
            names = {canonicalize_name(requirement.name) for requirement in implied}
            dependencies = self._beyond_metadata(built)
            translated = catalog.requirements(release, "")
            for requirement in translated.requirements if translated else ():
                if requirement.project in names:
                    with contextlib.suppress(Inexpressible):
                        dependencies.append(self._dependency(requirement))
            by_release.append(dependencies)
        return [dependency for dependency in by_release[0] if dependency in by_release[1]]

    def _earlier(self, release: Release, declared: Declared) -> list[Dependency]:
        """The dependencies of a release that is listed already. One whose range Spack cannot
        express has no range: it explains that the recipe names the package, but no bound."""
        catalog = self._resolution.catalog
        dependencies = self._beyond_metadata(declared.builds)
        with contextlib.suppress(InvalidSpecifier, Inexpressible):
            dependencies.append(
                Dependency("python", python_ranges(declared.metadata.requires_python))
            )
        translated = catalog.requirements(release, "")
        for requirement in translated.requirements if translated else ():
            try:
                text = ranges(SpecifierSet(requirement.specifier))
            except Inexpressible:
                text = ""
            package = catalog.package(requirement.project).package
            dependencies.append(Dependency(package, text, (), requirement.when, requirement.types))
        return dependencies

    def _beyond_metadata(self, built: Builds) -> list[Dependency]:
        """The compilers and tools with which a release is built, and what else it is known to
        need, as far as a repo has it."""
        languages = [Dependency(language, types=BUILD) for language in built.languages]
        here = available(self._resolution.catalog.host.repos, built.needs)
        return [*languages, *built.tools, *(each.dependency for each in here)]

    def _brought(
        self, project: str, built: Builds, build: Sequence[Dependency]
    ) -> Sequence[Dependency]:
        """The tools that come with what is always needed to ``build``, unless the existing recipe
        names them."""
        catalog, extended = self._resolution.catalog, self._resolution.package(project).extended
        stated = catalog.dependency_lines(extended.name) if extended else ()
        named = {line.dependency.package for line in stated}
        always = {each.package for each in build if not str(each.when)}
        there = [catalog.dependency_lines(each) for each in always if catalog.host.repos.has(each)]
        return [t for t in built.tools if t.package not in named and is_brought(t, there)]

    def _dependency(self, requirement: ProjectRequirement) -> Dependency:
        """Raises `Inexpressible` where no Spack range has the meaning of the specifier."""
        resolution, project = self._resolution, requirement.project
        target = resolution.package(project)
        variants = list(target.existing.requires) if target.existing else []
        for extra in requirement.extras:
            if target.extended is not None:
                variants.append(f"+{target.variant(extra) or extra}")
            elif extra not in self._empty.get(project, ()):
                variants.append(f"+{extra}")
        text, when = self.spelled.of(requirement), requirement.when
        return Dependency(target.package, text, tuple(variants), when, requirement.types)


def _linked(dependency: Dependency, required: ProjectRequirement, by: ByCMake) -> Dependency:
    """A dependency of what CMake builds, with which that may be linked."""
    if required.project not in by.linked:
        return dependency
    return replace(dependency, types=LIBRARY if required.types == BUILD else LINKED_AND_RUN)


def _combined(edges: Iterable[tuple[Unit, Edge]]) -> Iterator[tuple[Unit, Edge]]:
    """The edges, those to the same project under the same condition joined into one with all
    their bounds: an inlined extra may require again what the release requires itself."""
    same_edges: dict[tuple[ProjectRequirement, Status], list[tuple[Unit, Edge]]] = {}
    for unit, edge in edges:
        key = (replace(edge.requirement, specifier=""), edge.answer.status)
        same_edges.setdefault(key, []).append((unit, edge))
    for same in same_edges.values():
        unit, first = same[0]
        specifiers = [edge.requirement.specifier for _, edge in same]
        text = ",".join(dict.fromkeys(filter(None, specifiers)))
        required = any(edge.required for _, edge in same)
        combined = replace(first.requirement, specifier=text)
        yield unit, replace(first, requirement=combined, required=required)


def _ordered(edges: Iterable[tuple[Unit, Edge]], order: Sequence[str]) -> list[tuple[Unit, Edge]]:
    """The edges of what is needed to run in the order of these projects, others after them; those
    of what is needed to build stay as they are."""
    positions = {project: at for at, project in enumerate(order)}

    def place(edge: tuple[Unit, Edge]) -> int:
        needed = edge[1].requirement
        return -1 if needed.types == BUILD else positions.get(needed.project, len(positions))

    return sorted(edges, key=place)


def _summarized(omissions: Sequence[Omission], versions: Sequence[str]) -> tuple[Omission, ...]:
    """The omissions, each once; one of all versions becomes one of the whole recipe."""
    by_text: dict[Omission, set[str]] = {}
    for omission in omissions:
        by_text.setdefault(replace(omission, version=""), set()).add(omission.version)
    result = []
    for omission, which in by_text.items():
        of_all = len(versions) > 1 and which >= set(versions)
        result += [replace(omission, version=v) for v in ([""] if of_all else sorted(which))]
    return tuple(result)


def _path(cycle: Sequence[str]) -> str:
    """What each project of a cycle needs; of a long one the middle is left out."""
    first, *others = cycle
    if len(others) > _LONGEST_PATH:
        half = _LONGEST_PATH // 2
        left = len(others) - 2 * half
        others = [*others[:half], f"{left} more", *others[-half:]]
    return f"{first} needs {', which needs '.join(others)}"

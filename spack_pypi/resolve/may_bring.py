"""Which packages may come with the dependencies of a new recipe when it runs, whatever of what
exists is chosen for them: what is not among these is certainly not there, unless a user adds it.
`brought` answers the other question, what certainly comes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ..errors import SpackPyPIError
from ..recipe.model import Condition, Dependency, DependencyLine
from ..translate.requirements import parse
from ..translate.spack_order import contains
from .catalog import Catalog
from .resolution import Resolution

#: More packages are not followed: of those nothing is known.
_MOST = 600


@dataclass
class _Wanted:
    """In which ``versions`` a package may be there, of those that it declares or that are chosen,
    and with which of its ``variants`` turned on."""

    versions: set[str] = field(default_factory=set)
    variants: set[str] = field(default_factory=set)


def may_run_with(
    resolution: Resolution, dependencies: Iterable[Dependency]
) -> frozenset[str] | None:
    """The packages that these dependencies may bring to run, with themselves; None where these are
    too many to follow."""
    return _Following(resolution).of(dependencies)


class _Following:
    def __init__(self, resolution: Resolution) -> None:
        self._resolution, self._catalog = resolution, resolution.catalog
        self._written = {
            self._catalog.package(project).package: project for project in resolution.projects
        }
        self._found: dict[str, _Wanted] = {}
        self._todo: list[str] = []

    def of(self, dependencies: Iterable[Dependency]) -> frozenset[str] | None:
        for each in dependencies:
            if "run" in each.types and not _is_on(each.when.variants):
                self._reach(each)
        while self._todo:
            if len(self._found) > _MOST:
                return None
            name = self._todo.pop()
            for each in self._needed(name, self._found[name]):
                self._reach(each)
        return frozenset(self._found)

    def _reach(self, dependency: Dependency) -> None:
        name = dependency.package
        known = self._found.get(name)
        wanted = self._found.setdefault(name, _Wanted())
        before = len(wanted.versions), len(wanted.variants)
        wanted.versions.update(
            each for each in self._versions(name) if contains(dependency.versions, each)
        )
        wanted.variants.update(_is_on(dependency.variants))
        if known is None or before != (len(wanted.versions), len(wanted.variants)):
            self._todo.append(name)

    def _versions(self, package: str) -> Iterator[str]:
        existing = self._catalog.host.repos.package(package)
        if existing is not None:
            yield from (*existing.versions, *existing.branches)
        if package in self._written:
            yield from map(str, self._resolution.versions(self._written[package]))

    def _needed(self, package: str, wanted: _Wanted) -> Iterator[Dependency]:
        """What a package may need to run."""
        if package in self._written:
            yield from self._by_release(self._written[package])
        repos = self._catalog.host.repos
        if repos.package(package) is None:  # a virtual one has no recipe, but what provides it
            if repos.provider(package) != package:
                yield Dependency(repos.provider(package))
            return
        defaults: Mapping[str, bool] | None = None
        for line in self._catalog.dependency_lines(package):
            if "run" not in line.dependency.types or not _applies(line, wanted.versions):
                continue
            on = _is_on(line.dependency.when.variants) - wanted.variants
            if on and defaults is None:
                defaults = _defaults(self._catalog, package)
            if all((defaults or {}).get(each, True) for each in on):
                yield line.dependency

    def _by_release(self, project: str) -> Iterator[Dependency]:
        """What the releases need that this run writes."""
        for version in self._resolution.versions(project):
            for _, edge in self._resolution.edges(project, version):
                if "run" in edge.requirement.types and edge.requirement.when.platform != "windows":
                    target = self._catalog.package(edge.requirement.project)
                    yield from self._accepted(target.package, edge.requirement.specifier)
            built = self._resolution.declared(project, version).builds
            for each in parse(built.also_running)[0]:
                yield from self._accepted(self._catalog.package(each.name).package, "")
            yield from (each.dependency for each in built.needs)

    def _accepted(self, package: str, specifier: str) -> Iterator[Dependency]:
        """A dependency on each version of a package that a specifier accepts."""
        project = self._catalog.host.repos.project_of(package)
        target = self._catalog.package(project) if project else None
        for text in target.accepted(specifier) if target else ():
            yield Dependency(package, f"={text}")
        if package in self._written:
            for version in self._resolution.versions(self._written[package]):
                yield Dependency(package, f"={version}")


def _is_on(variants: Iterable[str]) -> set[str]:
    """The names of those that are turned on."""
    return {each[1:] for each in variants if each.startswith("+")}


def _applies(line: DependencyLine, versions: Iterable[str]) -> bool:
    when: Condition = line.dependency.when
    ranges = [text for text in (when.versions, *line.within) if text]
    if when.platform == "windows":
        return False
    return not ranges or any(all(contains(text, each) for text in ranges) for each in versions)


def _defaults(catalog: Catalog, package: str) -> Mapping[str, bool]:
    """Which variants of a package are on by default, as far as known."""
    if not catalog.host.checks:
        return {}
    try:
        return catalog.host.evaluator.meaning(package).variants
    except SpackPyPIError:
        return {}

"""Which releases each project gets, and what satisfies each of their requirements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from packaging.version import Version

from ..pypi.model import Release
from ..translate.requirements import ProjectRequirement, Untranslatable
from .catalog import Catalog
from .cycles import Cut
from .demands import Demand
from .extras import with_inlined_extras
from .facts import Declared
from .fewest import Fewest
from .fit import obstacle
from .lessons import Grade, Lessons, Unit
from .model import Answer, Edge, Root, Selection, units
from .opposed import opposed
from .package import ProjectPackage
from .search import Searches


@dataclass(frozen=True)
class Resolution:
    """Which releases each project gets, and what satisfies each of their requirements.

    ``chosen`` is what each root chose for itself, by its project, ``selection`` the union of that;
    ``failed`` maps the other roots to why nothing can be written for them; ``cuts`` maps
    requirements that would close a cycle to the path of that cycle; ``unavailable_roots`` fail
    by themselves, not since they are resolved together with one that does; ``resolving`` says of
    releases of existing packages, by project, why nothing can be installed without them, and
    ``impossible`` of roots, by the first one of those that are resolved together, why they can
    certainly not be installed, empty where that is not known."""

    catalog: Catalog
    _lessons: Lessons
    _searches: Searches
    _fewest: Fewest
    roots: tuple[Root, ...]
    selection: Selection
    chosen: Mapping[str, Selection]
    failed: Mapping[str, str]
    cuts: Mapping[Cut, tuple[str, ...]] = field(default_factory=dict)
    unavailable_roots: frozenset[str] = frozenset()
    resolving: Mapping[str, str] = field(default_factory=dict)
    impossible: Mapping[str, str] = field(default_factory=dict)

    @property
    def omittable(self) -> Sequence[str]:
        """The failed roots that could be written without what is not available."""
        return [
            root.project
            for root in self.roots
            if root.project in self.failed
            and any(
                self._lessons.grade(Unit(root.project, version)) is Grade.INCOMPLETE
                for version, _ in self._lessons.about(root.project)
            )
        ]

    def reason(self, unit: Unit) -> str:
        """Why a unit has no better grade; empty for a complete one."""
        return self._lessons.reason(unit)

    def passed_over(self, project: str) -> Iterator[tuple[Version, str]]:
        """The releases newer than some chosen one that were not chosen, newest first, and why."""
        chosen = self.versions(project)
        for version, reason in self._lessons.about(project):
            if version not in chosen and any(version > other for other in chosen):
                yield version, reason
        known = {version for version, _ in self._lessons.about(project)}
        newer = filter(None, (self._fewest.newer(project, version) for version in chosen))
        for version, reason in newer:
            if version not in known and version not in chosen:
                yield version, reason

    def obstacle(self, roots: Sequence[Root]) -> tuple[str, bool] | None:
        """Why what was chosen cannot be installed together for these roots with any Python that
        can be used here, and whether that is certain; None where nothing is known against it."""
        demands = [Demand(root.project, root.specifier) for root in roots]
        usable = self.catalog.host.repos.usable_pythons()
        return obstacle(self._searches, self.selection, demands, usable)

    def opposed(self, given_up: frozenset[str], python: str) -> tuple[str, str] | None:
        """A root that excludes others, and why, see `opposed`, with this Python (3.12)."""
        usable = self.catalog.host.repos.usable_pythons()
        chosen = next((p for p in usable if f"{p}.".startswith(f"{python}.")), usable[0])
        return opposed(self._searches, self.selection, self.roots, given_up, chosen)

    @property
    def projects(self) -> Sequence[str]:
        """The projects that get a recipe or new versions, by name."""
        return sorted(self.selection.releases)

    def package(self, project: str) -> ProjectPackage:
        """The project's package."""
        return self.catalog.package(project)

    def versions(self, project: str) -> list[Version]:
        """The chosen versions, newest first; none where nothing is written."""
        return self.selection.versions(project)

    def release(self, project: str, version: Version) -> Release:
        """A chosen release; without its source archive if nothing can be built from that, and a
        wheel is installed."""
        release = self.selection.releases[project][version]
        built = self.declared(project, version).builds
        return release.without_sdist() if built.by_wheel else release

    def addressed(self, project: str, version: Version, wheels: bool = False) -> Release:
        """A chosen release with the addresses of its files that a recipe gives; ``wheels``: also
        where it has a source archive."""
        return self.catalog.facts.addressed(self.release(project, version), wheels)

    def declared(self, project: str, version: Version) -> Declared:
        """What a chosen release declares."""
        found = self.catalog.declared(self.selection.releases[project][version])
        assert found is not None  # a resolution is complete
        return found

    def extras(self, project: str) -> Sequence[str]:
        """The extras that are variants of the project's package, by name."""
        return sorted(self.selection.extras.get(project, ()))

    def unavailable(self, project: str, version: Version) -> Sequence[str]:
        """The extras whose variants the package has, but not for this version."""
        target, release = self.package(project), self.release(project, version)
        return [
            extra
            for extra in self.extras(project)
            if Unit(project, version, extra) not in self.selection.edges
            and target.may_offer(extra, release)
        ]

    def edges(self, project: str, version: Version) -> Iterator[tuple[Unit, Edge]]:
        """All edges of a chosen release: its own, then those of its extras."""
        for unit in units(self.release(project, version), self.extras(project)):
            for edge in self.selection.edges.get(unit, ()):
                yield unit, edge

    def of_extras(
        self, project: str, version: Version
    ) -> Iterator[tuple[str, ProjectRequirement]]:
        """What a new recipe requires in place of variants that packages do not have, each with
        the extras that require it (``foo[bar]``)."""
        required = self.catalog.requirements(self.release(project, version), "")
        for each in required.requirements if required else ():
            known = self.catalog, self._lessons, each, self.selection.releases
            own, *added = with_inlined_extras(*known, of_new=True).requirements
            extras = ",".join(extra for extra in each.extras if extra not in own.extras)
            yield from ((f"{each.project}[{extras}]", part) for part in added)

    def left_out(
        self, project: str, version: Version
    ) -> Iterator[tuple[Unit, ProjectRequirement]]:
        """What extras require and the author of an existing recipe leaves out, as before."""
        for unit in units(self.release(project, version), self.extras(project)):
            for requirement in self.selection.left_out.get(unit, ()):
                yield unit, requirement

    def untranslatable(
        self, project: str, version: Version
    ) -> Iterator[tuple[Unit, Untranslatable]]:
        """What a chosen release requires and no recipe can express."""
        for unit in units(self.release(project, version), self.extras(project)):
            for each in self.selection.untranslatable.get(unit, ()):
                yield unit, each

    @cached_property
    def _answers(self) -> dict[str, list[Answer]]:
        found: dict[str, dict[Answer, None]] = {}
        for edges in self.selection.edges.values():
            for edge in edges:
                found.setdefault(edge.requirement.project, {})[edge.answer] = None
        return {project: list(answers) for project, answers in found.items()}

    def answers(self, project: str) -> Sequence[Answer]:
        """What satisfies the requirements of a project by others, each answer once."""
        return self._answers.get(project, ())

    @cached_property
    def _dependencies(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, dict[str, None]] = {}
        for project in self.projects:
            for version in self.versions(project):
                for _, edge in self.edges(project, version):
                    found.setdefault(project, {})[edge.requirement.project] = None
        return {project: tuple(names) for project, names in found.items()}

    def dependencies(self, project: str) -> tuple[str, ...]:
        """The projects that a project requires, each once, in its own order."""
        return self._dependencies.get(project, ())

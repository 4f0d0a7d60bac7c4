"""The records of a plan: what becomes of each project, with its diagnostics."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from shlex import quote

from ..diagnostics import Diagnostic, Severity, error
from ..errors import FileFailure, UnknownProject
from ..host.port import Host, Target
from ..pypi.branches import branch_name, shown
from ..pypi.model import IndexOrigin
from ..recipe.model import Omission
from ..resolve.facts import Supplement
from ..resolve.model import Status
from ..resolve.resolution import Resolution
from ..session import Session
from ..translate.variants import is_not_packaged
from .assembly.assemble import Assembled
from .assembly.homepages import homepage_notes
from .assembly.other_archive import other_archive
from .assembly.release_licenses import license_notes
from .assembly.review_notes import review_notes
from .assembly.still_pinned import all_pinned, costly_pins
from .locked_files import Compared
from .near_names import KnownNames
from .plan import PlannedRecipe, Record, RecordStatus


@dataclass(frozen=True)
class Recorder:
    """Makes the records of a plan; ``attempted`` is what was assembled for projects that cannot be
    written, ``compared`` what was compared with lock files; ``solves``: the solver will say
    whether it can be installed."""

    session: Session
    host: Host
    target: Target
    resolution: Resolution
    recipes: Mapping[str, PlannedRecipe]
    attempted: Mapping[str, Assembled]
    supplements: Sequence[Supplement]
    compared: Mapping[str, Compared]
    solves: bool

    @cached_property
    def _named(self) -> frozenset[str]:
        return frozenset(root.project for root in self.resolution.roots)

    @cached_property
    def _known(self) -> KnownNames:
        return KnownNames(self.host.repos.projects())

    def records(self) -> dict[str, Record]:
        """A record for each project that is named, written or required."""
        resolution = self.resolution
        records = {}
        for project in sorted(_reached(resolution, self.recipes)):
            existing = resolution.package(project).existing
            recipe = self.recipes.get(project)
            reason = resolution.failed.get(project, "")
            if recipe is None and not reason:
                reason = other_archive(self.session, self.host, resolution, project)
            if recipe is not None and not reason:
                records[project] = self._written(recipe)
            elif reason or not self._is_satisfied(project):
                records[project] = self._failed(project, reason)
            elif existing is not None:
                unfollowed = any(
                    answer.status is Status.UNFOLLOWED for answer in resolution.answers(project)
                )
                records[project] = Record(
                    project,
                    existing.name,
                    RecordStatus.EXISTS,
                    existing.namespace,
                    existing.versions,
                    reason="has no version that satisfies all requirements" if unfollowed else "",
                )
        return self._with_failures(records)

    def _with_failures(self, records: dict[str, Record]) -> dict[str, Record]:
        """The records, with errors for what was looked up and did not arrive: another release may
        have been chosen for that, and another run may get it. Those of what is not written give
        it as their reason; what has no record has its errors in that of a named project."""
        named = [root.project for root in self.resolution.roots]
        found = [records[project] for project in named if project in records]
        there = [each.project for each in found if each.status is not RecordStatus.FAILED]
        failures = self.resolution.catalog.facts.not_fetched
        for (project, version), failure in sorted(failures.items(), key=str):
            record = records.get(project) or records[(there or named)[0]]
            if record.status is not RecordStatus.FAILED:
                versions = (shown(version),) if version else ()
                lost = error("not-fetched", record.package, str(failure), project, versions)
                records[record.project] = replace(record, diagnostics=(*record.diagnostics, lost))
        return records

    def _written(self, recipe: PlannedRecipe) -> Record:
        origin = self.resolution.catalog.facts.origin(recipe.project)
        return Record(
            recipe.project,
            recipe.package,
            RecordStatus.NEW,
            self.target.namespace,
            recipe.versions,
            self.host.repos.recipe_path(self.target, recipe.package),
            recipe.extends,
            self._because(recipe),
            dependencies=self.resolution.dependencies(recipe.project),
            languages=_languages(self.resolution, recipe.project),
            diagnostics=tuple(self._diagnostics(recipe)),
            index=origin.index,
            one_of_several=origin.one_of_several,
        )

    def _because(self, recipe: PlannedRecipe) -> str:
        if not recipe.extends or recipe.project in self._named:
            return ""
        return self._unsatisfied.get(recipe.project, "as no other fits together with the rest")

    @cached_property
    def _unsatisfied(self) -> dict[str, str]:
        """By project, the first requirement that no version satisfied which existed before."""
        found: dict[str, str] = {}
        for unit, edges in sorted(self.resolution.selection.edges.items()):
            for edge in edges:
                if edge.answer.release is not None:
                    specifier = edge.requirement.specifier or "any"
                    dependent = self.resolution.package(unit.project).package
                    text = f"for {specifier} of {dependent}"
                    found.setdefault(edge.requirement.project, text)
        return found

    def _failed(self, project: str, reason: str) -> Record:
        attempt = self.attempted.get(project)
        package = self.resolution.package(project).package
        why = self._reason(project, reason)
        named = project in self._named
        text = f"{project} is not written: {why}"
        return Record(
            project,
            package,
            RecordStatus.FAILED,
            versions=attempt.versions if attempt else (),
            reason=why,
            proposal=attempt.proposal if attempt else "",
            omittable=project in self.resolution.omittable,
            diagnostics=(error("not-written", package, text, project),) if named else (),
        )

    def _diagnostics(self, recipe: PlannedRecipe) -> Iterator[Diagnostic]:
        project, package = recipe.project, recipe.package
        if project in self._named and not recipe.extends:
            yield from self._near(project, package)
        yield from self.compared.get(project, Compared()).diagnostics
        for omission in recipe.omissions:
            yield _omitted(package, omission)
        for reason, versions in _passed_over(self.resolution, project).items():
            yield Diagnostic(
                "passed-over", Severity.NOTE, package, tuple(versions), project, reason
            )
        if project in self.resolution.resolving:
            why = self.resolution.resolving[project]
            yield Diagnostic(
                "conflict-resolved", Severity.NOTE, package, recipe.versions, project, why
            )
        impossible = "" if self.solves else self.resolution.impossible.get(project, "")
        if impossible:
            yield Diagnostic(
                "unsatisfiable", Severity.WARNING, package, recipe.versions, text=impossible
            )
        yield from self._for_the_build(project, package)
        yield from _of_the_place(self.resolution.catalog.facts.origin(project), recipe)
        for code, text in review_notes(self.resolution, project):
            yield Diagnostic(code, Severity.NOTE, package, text=text)
        if not recipe.extends:
            # Whoever allows that what is required is left out allows this, too.
            is_allowed = any(omission.required for omission in recipe.omissions)
            unread = Severity.WARNING if is_allowed else Severity.ERROR
            yield from license_notes(self.resolution, project, package, recipe.releases, unread)
            yield from homepage_notes(self.resolution, project, package, recipe.releases)
            pins = all_pinned(self.resolution, project)
            if pins:
                text = f"all {pins} requirements, each to one version"
                yield Diagnostic("all-pinned", Severity.NOTE, package, text=text)

    def _for_the_build(self, project: str, package: str) -> Iterator[Diagnostic]:
        """What was added to build it, and what its exact build requirements cost."""
        for each in self.supplements:
            if each.project == project:
                text = f"{each.requirement} (to build), because {each.reason}"
                yield Diagnostic(
                    "undeclared-requirement", Severity.NOTE, package, (), each.requirement, text
                )
        for pin, text in costly_pins(self.resolution, self.recipes, project):
            yield Diagnostic("build-pin", Severity.NOTE, package, (), pin, text)

    def _near(self, project: str, package: str) -> Iterator[Diagnostic]:
        near = self._known.near(project)
        if near:
            text = (
                f"the name {project} is close to {' and '.join(near)}, which Spack has: "
                "check that it is the project that you mean"
            )
            yield Diagnostic("near-name", Severity.WARNING, package, (), project, text)

    def _is_satisfied(self, project: str) -> bool:
        """Whether something satisfies a requirement on the project, if it is not named."""
        if project in self._named:
            return True
        answers = self.resolution.answers(project)
        return not answers or any(answer.status is not Status.ABSENT for answer in answers)

    def _reason(self, project: str, reason: str) -> str:
        missing = self.resolution.catalog.facts.missing(project)
        if isinstance(missing, FileFailure):
            return str(missing)
        if missing is not None:
            near = difflib.get_close_matches(project, self.host.repos.projects(), n=3, cutoff=0.8)
            return str(UnknownProject(project, *missing.indexes, near=near))
        if reason:
            return reason
        answers = self.resolution.answers(project)
        return answers[0].reason if answers else "it has no release that Spack can install"


def _of_the_place(origin: IndexOrigin, recipe: PlannedRecipe) -> Iterator[Diagnostic]:
    """That only this machine has an archive, or a commit, or what is checked out."""
    package = recipe.package
    if origin.by_place and origin.index.startswith("file:"):
        yield Diagnostic("local-archive", Severity.NOTE, package, text=origin.index)
    if origin.checked_out:
        branches = (branch_name(version) for version in recipe.releases)
        newest = next(filter(None, branches), recipe.versions[0])
        line = f"spack develop --path {quote(origin.checked_out)} {package}@={newest}"
        yield Diagnostic("checked-out", Severity.NOTE, package, text=line)
    if not origin.pushed:
        yield Diagnostic("not-pushed", Severity.NOTE, package, text=origin.index)


def _omitted(package: str, omission: Omission) -> Diagnostic:
    if omission.unconfirmed or omission.loosened:
        code = "unconfirmed-metadata" if omission.unconfirmed else "loosened-pin"
        text = f"{omission.declared} {omission.reason}"
    else:
        code, text = "omitted-requirement", f"{omission.declared}: {omission.reason}"
        text += "; to add that: --all-variants" if is_not_packaged(omission.reason) else ""
    if omission.required:
        code = "missing-dependency"
    elif omission.cycle:
        code = "cycle"
    severity = Severity.WARNING if omission.required else Severity.NOTE
    versions = (omission.version,) if omission.version else ()
    return Diagnostic(code, severity, package, versions, omission.declared, text)


def _passed_over(resolution: Resolution, project: str) -> Mapping[str, list[str]]:
    """The newer releases that were passed over, by their reason."""
    by_reason: dict[str, list[str]] = {}
    for version, reason in resolution.passed_over(project):
        by_reason.setdefault(reason, []).append(shown(version))
    return by_reason


def _languages(resolution: Resolution, project: str) -> tuple[str, ...]:
    built = resolution.declared(project, resolution.versions(project)[0]).builds
    rust = ("rust",) if any(tool.package == "rust" for tool in built.tools) else ()
    return built.languages + rust


def _reached(resolution: Resolution, written: Collection[str]) -> set[str]:
    """The named projects, those that are ``written``, and all that these require. A version may be
    written that no written recipe requires: of what an existing package depends on."""
    todo = [*(root.project for root in resolution.roots), *written]
    reached: set[str] = set()
    while todo:
        project = todo.pop()
        if project not in reached:
            reached.add(project)
            todo += resolution.dependencies(project) if project in written else ()
    return reached

"""What becomes of each project of a plan, and what there is to say of it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from ..diagnostics import Diagnostic, Severity, error
from ..host.port import Host, Target
from ..recipe.model import Omission
from ..resolve.facts import Supplement
from ..resolve.model import Status
from ..resolve.resolution import Resolution
from .assemble import Assembled
from .review_notes import review_notes


class RecordStatus(Enum):
    """What becomes of a project."""

    EXISTS = "exists"
    NEW = "new"
    FAILED = "failed"


@dataclass(frozen=True)
class Record:
    """What becomes of one project. ``extends`` is the package that versions are added to;
    ``needs`` are the projects that it requires; ``languages`` those that its newest version
    compiles; ``reason`` is why it fails, or what an existing package lacks; ``proposal`` are the
    lines for a recipe that cannot be edited. ``omittable``: it could be written without what
    cannot be had."""

    project: str
    package: str
    status: RecordStatus
    namespace: str = ""
    versions: tuple[str, ...] = ()
    path: Path | None = None
    extends: str = ""
    reason: str = ""
    proposal: str = ""
    needs: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    omittable: bool = False
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def incomplete(self) -> bool:
        """Whether its recipe lacks something that is required; the recipe says so itself."""
        return any(each.code == "missing-dependency" for each in self.diagnostics)


@dataclass(frozen=True)
class Recorder:
    """``proposals`` are lines, by project, that a person has to add to a recipe; ``attempted``
    what was assembled for projects that cannot be written."""

    host: Host
    target: Target
    resolution: Resolution
    assembled: Mapping[str, Assembled]
    proposals: Mapping[str, str]
    attempted: Mapping[str, Assembled]
    supplements: Sequence[Supplement]

    def records(self) -> dict[str, Record]:
        """A record for each project that is named or needed."""
        resolution, assembled = self.resolution, self.assembled
        records = {}
        for project in sorted(_reached(resolution, assembled)):
            existing = resolution.package(project).existing
            done = assembled.get(project)
            reason = resolution.failed.get(project, "")
            if done is not None and not reason:
                records[project] = self._written(project, done)
            elif reason or not self._answered(project):
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
        return records

    def _written(self, project: str, done: Assembled) -> Record:
        resolution = self.resolution
        package = resolution.package(project).package
        return Record(
            project,
            package,
            RecordStatus.NEW,
            self.target.namespace,
            done.versions,
            self.host.repos.recipe_path(self.target, package),
            done.extends,
            needs=resolution.dependencies(project),
            languages=_languages(resolution, project),
            diagnostics=tuple(self._diagnostics(project, package, done)),
        )

    def _failed(self, project: str, reason: str) -> Record:
        attempt = self.attempted.get(project)
        package = self.resolution.package(project).package
        why = self._why(project, reason)
        named = project in {root.project for root in self.resolution.roots}
        text = f"{project} is not written: {why}"
        return Record(
            project,
            package,
            RecordStatus.FAILED,
            versions=attempt.versions if attempt else (),
            reason=why,
            proposal=self.proposals.get(project, ""),
            omittable=project in self.resolution.omittable,
            diagnostics=(error("not-written", package, text, project),) if named else (),
        )

    def _diagnostics(self, project: str, package: str, done: Assembled) -> Iterator[Diagnostic]:
        for omission in done.omissions:
            yield _omitted(package, omission)
        for reason, versions in _passed_over(self.resolution, project).items():
            yield Diagnostic(
                "passed-over", Severity.NOTE, package, tuple(versions), project, reason
            )
        for each in self.supplements:
            if each.project == project:
                text = f"{each.requirement} (to build), because {each.reason}"
                yield Diagnostic(
                    "undeclared-requirement", Severity.NOTE, package, (), each.requirement, text
                )
        for text in review_notes(self.resolution, project):
            yield Diagnostic("native-hint", Severity.NOTE, package, text=text)

    def _answered(self, project: str) -> bool:
        """Whether something satisfies what is required of a project; that it exists, if it was
        named."""
        if project in {root.project for root in self.resolution.roots}:
            return True
        answers = self.resolution.answers(project)
        return not answers or any(answer.status is not Status.ABSENT for answer in answers)

    def _why(self, project: str, reason: str) -> str:
        missing = self.resolution.catalog.facts.missing(project)
        if missing is not None:
            near = difflib.get_close_matches(project, self.host.repos.projects(), n=3, cutoff=0.8)
            return str(type(missing)(project, missing.index, near))
        if reason:
            return reason
        answers = self.resolution.answers(project)
        return answers[0].reason if answers else "it has no release that Spack can install"


def _omitted(package: str, omission: Omission) -> Diagnostic:
    if omission.unconfirmed:
        code, text = "unconfirmed-metadata", f"{omission.declared} {omission.reason}"
    else:
        code, text = "omitted-requirement", f"{omission.declared}: {omission.reason}"
    if omission.required:
        code = "missing-dependency"
    elif omission.cycle:
        code = "cycle"
    severity = Severity.WARNING if omission.required else Severity.NOTE
    versions = (omission.version,) if omission.version else ()
    return Diagnostic(code, severity, package, versions, omission.declared, text)


def _passed_over(resolution: Resolution, project: str) -> Mapping[str, list[str]]:
    """The newer releases that were not chosen, by the reason that they share."""
    found: dict[str, list[str]] = {}
    for version, reason in resolution.passed_over(project):
        found.setdefault(reason, []).append(str(version))
    return found


def _languages(resolution: Resolution, project: str) -> tuple[str, ...]:
    built = resolution.declared(project, resolution.versions(project)[0]).builds
    rust = ("rust",) if any(tool.package == "rust" for tool in built.tools) else ()
    return built.languages + rust


def _reached(resolution: Resolution, assembled: Mapping[str, Assembled]) -> set[str]:
    """The named projects and all that is needed from there."""
    todo = [root.project for root in resolution.roots]
    reached: set[str] = set()
    while todo:
        project = todo.pop()
        if project not in reached:
            reached.add(project)
            todo += resolution.dependencies(project) if project in assembled else ()
    return reached

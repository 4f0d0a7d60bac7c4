"""What became of each project, as records for the report."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

from ..host.port import Host, Target
from ..resolve.model import Status
from ..resolve.resolution import Resolution
from .assemble import Assembled
from .outcome import Record
from .review_notes import review_notes


@dataclass(frozen=True)
class Recorder:
    """``proposals`` are lines, by project, that a person has to put into a recipe; ``attempted``
    what was assembled for projects that could not be written."""

    host: Host
    target: Target
    resolution: Resolution
    assembled: Mapping[str, Assembled]
    proposals: Mapping[str, str]
    attempted: Mapping[str, Assembled]

    def records(self) -> dict[str, Record]:
        """A record for each project that was named or is needed."""
        resolution, assembled = self.resolution, self.assembled
        records = {}
        for project in sorted(_reached(resolution, assembled)):
            target = resolution.package(project)
            existing = target.existing
            done = assembled.get(project)
            reason = resolution.failed.get(project, "")
            if done is not None and not reason:
                records[project] = self._written(project, done)
            elif reason or not self._answered(project):
                attempt = self.attempted.get(project)
                records[project] = Record(
                    project,
                    target.package,
                    "failed",
                    versions=attempt.versions if attempt else (),
                    reason=self._why(project, reason),
                    proposal=self.proposals.get(project, ""),
                    omittable=project in resolution.omittable,
                )
            elif existing is not None:
                unfollowed = any(
                    answer.status is Status.UNFOLLOWED for answer in resolution.answers(project)
                )
                records[project] = Record(
                    project,
                    existing.name,
                    "exists",
                    existing.namespace,
                    existing.versions,
                    reason="has no version that satisfies all of it" if unfollowed else "",
                )
        return records

    def _written(self, project: str, done: Assembled) -> Record:
        resolution = self.resolution
        package = resolution.package(project).package
        return Record(
            project,
            package,
            "new",
            self.target.namespace,
            done.versions,
            self.host.repos.recipe_path(self.target, package),
            done.extends,
            done.omissions,
            needs=resolution.dependencies(project),
            passed_over=_passed_over(resolution, project),
            open=review_notes(resolution, project),
            languages=_languages(resolution, project),
        )

    def _answered(self, project: str) -> bool:
        """Whether something answers what is needed of a project; that it exists, if it was
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
        return answers[0].reason if answers else "nothing of it can be installed by Spack"


def _passed_over(resolution: Resolution, project: str) -> tuple[tuple[str, str], ...]:
    return tuple((str(version), why) for version, why in resolution.passed_over(project))


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

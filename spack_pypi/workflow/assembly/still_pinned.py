"""Exact pins. Of all that a project requires to run: whether it is a lock. Of build requirements:
which of them cost a version of another package, and, with ``--loosen-build-pins``, which releases
keep theirs, since no build shows that they can do without."""

from __future__ import annotations

from collections.abc import Mapping

from packaging.version import Version

from ...recipe.model import BUILD
from ...resolve.resolution import Resolution
from ...translate.pins import loosened
from ...translate.requirements import is_for_extra, parse
from ..plan import Plan, PlannedRecipe
from ..verifying.verification import Verification

#: From so many requirements on, all of them pinned are an application's lock.
_A_LOCK = 5


def costly_pins(
    resolution: Resolution, recipes: Mapping[str, PlannedRecipe], project: str
) -> list[tuple[str, str]]:
    """The build requirements of a project that are pinned exactly and for which a version is added
    to a package that exists: as they are declared, and what they cost."""
    found: dict[str, str] = {}
    for version in resolution.versions(project):
        for _, edge in resolution.edges(project, version):
            requirement, release = edge.requirement, edge.answer.release
            added = recipes.get(requirement.project)
            if release is None or added is None or not added.extends:
                continue
            if requirement.types == BUILD and loosened(str(requirement)) is not None:
                cost = f"adds {release.version} to {added.extends}"
                found[str(requirement)] = f"{requirement} (to build) {cost}"
    return list(found.items())


def all_pinned(resolution: Resolution, project: str) -> int:
    """How many requirements the newest version of a project has to run, if they are as many as
    applications have, and all pinned to one version each; else 0."""
    stated = resolution.declared(project, resolution.versions(project)[0]).metadata.requires_dist
    required = [each for each in parse(stated or ())[0] if not is_for_extra(each)]
    pinned = all(loosened(str(each)) is not None for each in required)
    return len(required) if pinned and len(required) >= _A_LOCK else 0


def still_pinned(plan: Plan, verification: Verification) -> frozenset[tuple[str, Version]]:
    """The releases that are planned without their pins and must keep them: the one whose
    build failed, else, if all was installed, those that were not."""
    if not verification.reports:
        return frozenset()
    without = {
        f"{recipe.package}@{text}": (project, version)
        for project, recipe in plan.recipes.items()
        for version, text in recipe.releases.items()
        if any(each.loosened and each.version in ("", text) for each in recipe.omissions)
    }
    failures = [report.installed.failure for report in verification.reports]
    failed = {failure.package for failure in failures if failure and failure.phase == "build"}
    built = {label for report in verification.reports for label in report.installed.built}
    is_shown = plan.request.loosen_build_pins and verification.passed
    missing = {*without} - built if is_shown else {*without} & failed
    return frozenset(without[label] for label in missing)

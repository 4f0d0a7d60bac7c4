"""``--loosen-build-pins``: which releases keep their pins, since no build shows that they can
do without."""

from __future__ import annotations

from packaging.version import Version

from .plan import Plan
from .verification import Verification


def still_pinned(plan: Plan, verification: Verification) -> frozenset[tuple[str, Version]]:
    """The releases that are planned without their pins and must keep them: the one whose
    build failed, else, if all was installed, those that were not."""
    if not verification.reports:
        return frozenset()
    loosened = {
        f"{recipe.package}@{text}": (project, version)
        for project, recipe in plan.recipes.items()
        for version, text in recipe.releases.items()
        if any(each.loosened and each.version in ("", text) for each in recipe.omissions)
    }
    failures = [report.installed.failure for report in verification.reports]
    failed = {failure.package for failure in failures if failure and failure.phase == "build"}
    built = {label for report in verification.reports for label in report.installed.built}
    missing = {*loosened} - built if verification.passed else {*loosened} & failed
    return frozenset(loosened[label] for label in missing)

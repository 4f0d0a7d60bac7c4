"""The comparison of ``check`` over recipes that are staged: whether they say what their releases
declare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ..diagnostics import Diagnostic, Severity
from ..host.port import Host, Meaning
from ..resolve.facts import KnownIndex
from ..resolve.lessons import Unit
from ..session import Session
from .compare.check import archive_errors
from .compare.comparison import Comparison, Expected
from .plan import Plan, PlannedRecipe


def expect(plan: Plan) -> None:
    """Ask for the pages that `errors` reads: those of all that is required."""
    resolution = plan.resolution
    for project in plan.recipes:
        resolution.catalog.facts.expect(resolution.dependencies(project))


def errors(
    session: Session, host: Host, plan: Plan, meanings: Mapping[str, Meaning]
) -> Iterator[tuple[Unit, str]]:
    """The units whose recipes do not say what their releases declare, with the texts of ``check``;
    without the omissions of which the recipes say so. ``meanings`` are those of packages that were
    evaluated before. Raises `SpackPyPIError`."""
    staged = {project: recipe.package for project, recipe in plan.recipes.items()}
    known = KnownIndex(plan.resolution.catalog.facts, session.index)
    comparison = Comparison(host, known, staged)
    for project, recipe in plan.recipes.items():
        meaning = meanings.get(recipe.package) or host.evaluator.meaning(recipe.package)
        on_this_machine = {version.text for version in meaning.versions}
        for version, text in recipe.releases.items():
            if text not in on_this_machine:
                continue  # it has wheels for other machines only
            expected = _expected(plan, Unit(project, version), meaning, text)
            omitted = _omitted(plan, recipe, text)
            differences: list[tuple[frozenset[str], Diagnostic]] = [
                (frozenset(), each) for each in archive_errors(meaning, text, expected)
            ]
            differences += comparison.by_extras(meaning, text, expected)
            for extras, each in differences:
                if each.severity is Severity.ERROR and each.subject not in omitted:
                    extra = next(iter(extras)) if len(extras) == 1 else ""
                    yield Unit(project, version, extra), each.text


def _expected(plan: Plan, unit: Unit, meaning: Meaning, text: str) -> Expected:
    release = plan.resolution.release(unit.project, unit.version)
    declared = plan.resolution.declared(unit.project, unit.version)
    # A wheel is built already.
    wheel = release.sdist is None or meaning.archive(text).endswith(".whl")
    built = wheel or declared.builds.untranslatable
    return Expected(
        release,
        # The recipe must say it also where nothing confirms it.
        replace(declared.metadata, confirmed=True),
        None if built else declared.builds.requirements,
    )


def _omitted(plan: Plan, recipe: PlannedRecipe, text: str) -> set[str]:
    """The required packages that the recipe of a version says it omits."""
    return {
        plan.resolution.package(omission.dependency).package
        for omission in recipe.omissions
        if omission.dependency and omission.version in ("", text)
    }

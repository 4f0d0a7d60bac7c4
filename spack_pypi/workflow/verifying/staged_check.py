"""The comparison of ``check`` over recipes that are staged: whether they say what their releases
declare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

from packaging.version import Version

from ...diagnostics import Diagnostic, Severity
from ...host.port import MOST_LOADED, Host, Meaning, Staging
from ...pypi.model import Release
from ...resolve.known_index import KnownIndex
from ...resolve.lessons import Unit
from ...resolve.listed_before import listed_before
from ...session import Session
from ..compare.check import archive_errors
from ..compare.comparison import Comparison, Expected
from ..plan import Plan, PlannedRecipe


def look_up(plan: Plan) -> None:
    """Wait for the pages that `errors` reads."""
    facts = plan.resolution.catalog.facts
    for project in plan.recipes:
        for required in plan.resolution.dependencies(project):
            facts.page(required)
    facts.fetch()


def errors(
    session: Session, host: Host, plan: Plan, staging: Staging, meanings: Mapping[str, Meaning]
) -> Iterator[tuple[Unit, str]]:
    """The units whose recipes do not say what their releases declare, with the texts of ``check``;
    without the omissions of which the recipes say so. ``meanings`` are those of packages that were
    evaluated before. Raises `SpackPyPIError`."""
    staged = {project: recipe.package for project, recipe in plan.recipes.items()}
    known = KnownIndex(plan.resolution.catalog.facts, session.index)
    comparison = Comparison(host, known, staged)
    for number, (project, recipe) in enumerate(plan.recipes.items(), 1):
        if number % MOST_LOADED == 0:
            staging.forget_loaded()
        meaning = meanings.get(recipe.package) or host.evaluator.meaning(recipe.package)
        on_this_machine = {version.text for version in meaning.versions}
        for version, text in recipe.releases.items():
            if text not in on_this_machine:
                continue  # it has wheels for other machines only
            release = plan.resolution.release(project, version)
            expected = _expected(plan, release, meaning, text)
            omitted = _omitted(plan, recipe, text)
            as_before = _AsBefore(plan, Unit(project, version), meaning, comparison)
            differences: list[tuple[frozenset[str], Diagnostic]] = [
                (frozenset(), each) for each in archive_errors(meaning, text, expected)
            ]
            differences += comparison.by_extras(meaning, text, expected)
            for extras, each in differences:
                wrong = each.severity is Severity.ERROR and each.subject not in omitted
                if wrong and not as_before.has(extras, each):
                    extra = next(iter(extras)) if len(extras) == 1 else ""
                    yield Unit(project, version, extra), each.text


def _expected(plan: Plan, release: Release, meaning: Meaning, text: str) -> Expected:
    declared = plan.resolution.catalog.declared(release)
    assert declared is not None  # a plan is complete
    # A wheel is built already.
    wheel = release.sdist is None or meaning.archive(text).endswith(".whl")
    built = wheel or declared.builds.untranslatable
    return Expected(
        release,
        # The recipe must say it also where nothing confirms it.
        replace(declared.metadata, confirmed=True),
        None if built else declared.builds.to_build,
        smaller=declared.builds.smaller,
    )


def _omitted(plan: Plan, recipe: PlannedRecipe, text: str) -> set[str]:
    """The required packages that the recipe of a version says it omits."""
    return {
        plan.resolution.package(omission.dependency).package
        for omission in recipe.omissions
        if omission.dependency and omission.version in ("", text)
    }


class _Before(NamedTuple):
    """Of a version before: its ``errors`` (extras, code, package), and the packages that are
    ``required``."""

    errors: frozenset[tuple[frozenset[str], str, str]]
    required: frozenset[str]


class _AsBefore:
    """What ``check`` says of the version before a new one: where the recipe leaves out what an
    extra requires, as it did, it says the same of the new one."""

    def __init__(self, plan: Plan, unit: Unit, meaning: Meaning, comparison: Comparison) -> None:
        self._plan, self._unit = plan, unit
        self._meaning, self._comparison = meaning, comparison
        self._known: dict[Version, _Before] = {}

    def has(self, extras: frozenset[str], found: Diagnostic) -> bool:
        """Whether an error about a package that the recipe leaves out was there before, or is
        about one of which only this version could lack something."""
        if found.subject not in self._left_out:
            return False
        of_extras = (self._listed_before(extra) for extra in extras or [""])
        return any(self._had(each, extras, found) for each in of_extras if each is not None)

    def _listed_before(self, extra: str) -> Release | None:
        resolution, unit = self._plan.resolution, self._unit
        release = resolution.selection.releases[unit.project][unit.version]
        return listed_before(resolution.catalog, release, extra)

    def _had(self, before: Release, extras: frozenset[str], found: Diagnostic) -> bool:
        if before.version not in self._known:
            errors, required = self._found_in(before), self._required_by(before)
            self._known[before.version] = _Before(errors, required)
        known = self._known[before.version]
        is_new = found.code == "missing-dependency" and found.subject not in known.required
        return is_new or (extras, found.code, found.subject) in known.errors

    @cached_property
    def _left_out(self) -> frozenset[str]:
        resolution = self._plan.resolution
        left_out = resolution.left_out(self._unit.project, self._unit.version)
        return frozenset(resolution.package(each.project).package for _, each in left_out)

    def _required_by(self, before: Release) -> frozenset[str]:
        """The packages that a release requires with some of its extras."""
        catalog = self._plan.resolution.catalog
        extras = ["", *self._plan.resolution.extras(self._unit.project)]
        found = [catalog.requirements(before, extra) for extra in extras]
        return frozenset(
            catalog.package(each.project).package
            for some in found
            if some is not None
            for each in some.requirements
        )

    def _found_in(self, before: Release) -> frozenset[tuple[frozenset[str], str, str]]:
        target = self._plan.resolution.catalog.package(self._unit.project)
        text = target.spelled(before.version)
        expected = _expected(self._plan, before, self._meaning, text)
        found = self._comparison.by_extras(self._meaning, text, expected)
        return frozenset((extras, each.code, each.subject) for extras, each in found)

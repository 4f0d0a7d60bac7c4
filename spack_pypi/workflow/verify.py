"""Verify a plan as far as it is asked: load, compare, audit, concretize, install."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ..host.port import Host, Meaning, Problem, Staging
from ..resolve.lessons import Unit
from ..session import Phase, Session
from .compare import oracle
from .compare.unchanged import altered
from .concretize import Concretizer
from .installation import install
from .plan import Plan
from .records import RecordStatus
from .request import Verify
from .staged_check import errors
from .verification import Fault, Step, Verification


class Verifier:
    """Verifies plans of one request. What the solver found for one plan is kept for the next."""

    def __init__(self, session: Session, host: Host) -> None:
        self._session, self._host = session, host
        self._concretizer = Concretizer(session, host.solver)

    def verify(self, plan: Plan, staging: Staging) -> Verification:
        """Verify the recipes of a plan, which are staged; ends with the first step that fails.
        Raises `HostError` and `IndexFailure`."""
        found = Verification()
        for step, faults in self._steps(plan, staging):
            if faults:
                return replace(found, faults=tuple(faults))
            found = replace(found, steps=(*found.steps, step))
        meaning = self._host.evaluator.meaning
        revised = tuple((before, meaning(package)) for package, before in plan.before.items())
        found = replace(found, revised=revised)
        if self._concretizes(plan):
            found = self._concretized(plan, found)
        if plan.request.verify is Verify.INSTALL and found.passed:
            found = self._installed(plan, staging, found)
        return found

    def _steps(self, plan: Plan, staging: Staging) -> Iterator[tuple[Step, Sequence[Fault]]]:
        """What the host does with the recipes, and what it finds wrong with them."""
        units = {
            recipe.package: tuple(
                Unit(project, version) for version in plan.resolution.versions(project)
            )
            for project, recipe in plan.recipes.items()
        }

        def faults(problems: Iterable[Problem], what: str) -> list[Fault]:
            return [
                Fault(each.package, f"{what}{each.message}", units[each.package])
                if each.package in units
                else Fault(each.package, each.message)
                for each in problems
            ]

        self._session.progress(Phase.LOAD)
        yield Step.LOADED, faults(staging.load(), "its recipe does not load: ")
        if not self._host.checks:
            return
        self._session.progress(Phase.CHECK)
        changed = faults(self._changed(plan), "")
        wrong = errors(self._session, self._host, plan)
        packages = {project: recipe.package for project, recipe in plan.recipes.items()}
        yield (
            Step.CHECKED,
            [*changed, *(Fault(packages[unit.project], text, (unit,)) for unit, text in wrong)],
        )
        if plan.request.dependencies:  # without them it names packages that Spack may not know
            self._session.progress(Phase.AUDIT)
            yield Step.AUDITED, faults(staging.audit(), "Spack's audit rejects it: ")

    def _changed(self, plan: Plan) -> Iterator[Problem]:
        """What the versions that were there do not mean any more, but for those that are written
        again and so compared with their releases."""
        cells = oracle.cells(self._host.repos.python_versions())
        for package, before in plan.before.items():
            recipe = plan.recipe_of(package)
            assert recipe is not None  # only planned recipes get versions
            overlay = plan.resolution.catalog.overlay(recipe.project)
            anew = {line.version for line in overlay.versions} if overlay else set()
            kept = [version.text for version in before.versions if version.text not in anew]
            after: Meaning = self._host.evaluator.meaning(package)
            yield from altered(before, after, cells, only=kept if anew else None)

    def _concretizes(self, plan: Plan) -> bool:
        request = plan.request
        return (
            self._host.checks
            and request.dependencies
            and request.verify is not Verify.LOAD
            and self._host.solver.is_available()
        )

    def _concretized(self, plan: Plan, found: Verification) -> Verification:
        refused = self._concretizer.refused(plan)
        if refused:
            return replace(found, refused=refused)
        unsatisfiable = tuple(self._concretizer.unsatisfiable(plan))
        steps = (*found.steps, Step.CONCRETIZED)
        return replace(found, steps=steps, unsatisfiable=unsatisfiable)

    def _installed(self, plan: Plan, staging: Staging, found: Verification) -> Verification:
        projects = {
            record.package: record.project
            for record in plan.records.values()
            if record.status is RecordStatus.NEW
        }
        reports = tuple(
            install(self._session, self._host, staging, spec, projects) for spec in plan.specs
        )
        found = replace(found, reports=reports)
        return replace(found, steps=(*found.steps, Step.INSTALLED)) if found.passed else found

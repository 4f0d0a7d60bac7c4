"""Verify a plan as far as its request says: load, check, audit, concretize, install."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Callable

from ...diagnostics import Diagnostic, error
from ...host.port import Host, Meaning, Problem, Staging
from ...resolve.lessons import Unit
from ...session import Phase, Session
from ..compare import oracle
from ..compare.unchanged import changes
from ..plan import Plan, RecordStatus
from ..request import SOLVER, Verify, no_solver
from .concretize import Concretizer
from .installation import install
from .staged_check import errors, look_up
from .verification import Step, Verification

#: Why a recipe is rejected, and the units that it is rejected for: none where that is not known.
_Rejection = tuple[Diagnostic, tuple[Unit, ...]]


#: The recipes of a plan that are audited beside the comparison, at most: both processes together
#: need a third more memory, which matters for hundreds of recipes.
_MOST_BESIDE = 100


class Verifier:
    """Verifies the plans of one request; keeps the results of the solver for the next plan."""

    def __init__(self, session: Session, host: Host) -> None:
        self._session, self._host = session, host
        self._concretizer = Concretizer(session, host.solver)

    def verify(
        self,
        plan: Plan,
        staging: Staging,
        on_concretized: Callable[[Sequence[str]], None],
        passed: Sequence[Step] = (),
    ) -> Verification:
        """Verify the recipes of a plan, which are staged; ends with the first step that fails.
        ``passed`` are all the steps that need no solver, if it has passed them before.
        Once all recipes have passed the other steps, ``on_concretized`` is called with the named
        projects of each group that can be concretized. Raises `HostError` and `IndexFailure`."""
        result = Verification(tuple(passed))
        after: dict[str, Meaning] = {}
        for step, rejections in () if passed else self._steps(plan, staging, after):
            if rejections:
                return replace(
                    result,
                    diagnostics=tuple(diagnostic for diagnostic, _ in rejections),
                    rejected=tuple((unit, d.text) for d, units in rejections for unit in units),
                )
            result = replace(result, steps=(*result.steps, step))
        result = replace(result, revised=tuple((plan.before[name], after[name]) for name in after))
        if plan.request.concretizes(self._host):
            unavailable = self._unavailable(plan)
            if unavailable:
                note = self._concretizer.none_concretized(plan, unavailable)
                result = replace(result, diagnostics=(*result.diagnostics, *note))
            else:
                result = self._concretized(plan, result, on_concretized)
        if plan.request.verify is Verify.INSTALL and result.passed:
            result = self._installed(plan, staging, result)
        return result

    def _steps(
        self, plan: Plan, staging: Staging, after: dict[str, Meaning]
    ) -> Iterator[tuple[Step, list[_Rejection]]]:
        """The steps that need no solver, and the recipes that each rejects. What packages that got
        versions mean now is put into ``after``."""
        # The audit runs in a process of its own, which must be forked while no thread runs here:
        # what is still under way, and may never be needed, is not waited for.
        if self._host.checks:
            look_up(plan)
        is_small = len(plan.recipes) <= _MOST_BESIDE and plan.request.dependencies
        is_beside = is_small and self._host.checks and self._session.is_idle
        self._session.progress(Phase.LOAD)
        yield Step.LOADED, _rejections(plan, staging.load(), "its recipe does not load: ")
        if not self._host.checks:
            return
        if is_beside:
            self._session.rest()
            staging.begin_audit()
        self._session.progress(Phase.CHECK)
        wrong = _rejections(plan, self._changed(plan, after), "would change ")
        for unit, text in errors(self._session, self._host, plan, staging, after):
            wrong.append((error("rejected", plan.recipes[unit.project].package, text), (unit,)))
        yield Step.CHECKED, wrong
        if plan.request.dependencies:  # without them it names packages that Spack may not know
            self._session.progress(Phase.AUDIT)
            yield Step.AUDITED, _rejections(plan, staging.audit(), "Spack's audit rejects it: ")

    def _changed(self, plan: Plan, after: dict[str, Meaning]) -> Iterator[Problem]:
        """The packages whose earlier versions do not mean what they meant, and how. Versions that
        are written again are not among them: they are compared with their releases."""
        cells = oracle.cells(self._host.repos.python_versions())
        for package, before in plan.before.items():
            recipe = plan.recipe_of(package)
            assert recipe is not None  # only planned recipes get versions
            overlay = plan.resolution.catalog.overlay(recipe.project)
            anew = {line.version for line in overlay.versions} if overlay else set()
            kept = [version.text for version in before.versions if version.text not in anew]
            after[package] = now = self._host.evaluator.meaning(package)
            for change in changes(before, now, cells, only=kept if anew else None):
                yield Problem(package, change)

    def _unavailable(self, plan: Plan) -> str:
        """Why nothing can be concretized. Raises `HostError` where that was asked for."""
        if self._host.solver.prepare():
            self._session.progress(Phase.PREPARE, SOLVER)
        unavailable = self._host.solver.unavailable()
        if unavailable and plan.request.verify is not None:
            raise no_solver(unavailable)
        return unavailable

    def _concretized(
        self, plan: Plan, result: Verification, on_concretized: Callable[[Sequence[str]], None]
    ) -> Verification:
        refused = self._concretizer.refused(plan, on_concretized)
        if refused:
            return replace(result, refused=refused)
        every = plan.request.verify is Verify.EVERY
        rest = self._concretizer.unsatisfiable if every else self._concretizer.not_concretized
        steps = (*result.steps, Step.CONCRETIZED)
        diagnostics = tuple(rest(plan))
        return replace(result, steps=steps, diagnostics=diagnostics, taken=self._concretizer.taken)

    def _installed(self, plan: Plan, staging: Staging, result: Verification) -> Verification:
        projects = {
            record.package: record.project
            for record in plan.records.values()
            if record.status is RecordStatus.NEW
        }
        reports = tuple(
            install(self._session, self._host, staging, spec, projects) for spec in plan.specs
        )
        failures = [each for report in reports for each in report.errors]
        result = replace(result, reports=reports, diagnostics=(*failures, *result.diagnostics))
        return replace(result, steps=(*result.steps, Step.INSTALLED)) if result.passed else result


def _rejections(plan: Plan, problems: Iterable[Problem], what: str) -> list[_Rejection]:
    """The problems as diagnostics, those of planned recipes with ``what`` and all units."""
    rejections = []
    for problem in problems:
        recipe = plan.recipe_of(problem.package)
        units: tuple[Unit, ...] = ()
        if recipe is not None:
            versions = plan.resolution.versions(recipe.project)
            units = tuple(Unit(recipe.project, version) for version in versions)
        text = what + problem.message if units else problem.message
        rejections.append((error("rejected", problem.package, text), units))
    return rejections

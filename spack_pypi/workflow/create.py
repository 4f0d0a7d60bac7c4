"""``create``: plan, verify, apply.

Each named project is written completely or not at all; what is not available stops only the
projects that require it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..diagnostics import Diagnostic, Severity
from ..errors import HostError
from ..host.port import Host, Staging
from ..resolve.facts import Supplement
from ..session import Phase, Session
from .plan import Plan, RecordStatus
from .planner import Planner
from .request import Request, Verify
from .verification import Verification
from .verify import Verifier

#: Undeclared build requirements that one run adds at most (``--fix``).
_MOST_FIXES = 10


@dataclass(frozen=True)
class Outcome:
    """The result of a request: its last plan, the verification, and whether it was applied."""

    plan: Plan
    verification: Verification
    applied: bool = False

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """The diagnostics; with ``--strict`` each omission is an error."""
        return [
            replace(each, severity=Severity.ERROR)
            if self.plan.request.strict and each.code in _OMISSIONS
            else each
            for each in (*self.plan.diagnostics, *self.verification.diagnostics)
        ]

    @property
    def withheld(self) -> bool:
        """Whether there are omissions and ``--strict`` is set: nothing is verified."""
        omissions = any(each.code in _OMISSIONS for each in self.plan.diagnostics)
        return self.plan.request.strict and omissions


#: The codes of omissions.
_OMISSIONS = ("missing-dependency", "omitted-requirement", "cycle", "unconfirmed-metadata")


def create(session: Session, host: Host, request: Request) -> Outcome:
    """Write the recipes that are missing for the named requirements into the target repo; nothing
    if they do not pass the verification, or for a dry run. Raises `SpackPyPIError`."""
    needs_solver = request.verify not in (None, Verify.LOAD)
    if needs_solver and not host.solver.is_available():
        raise HostError(
            "cannot concretize: Spack's solver (clingo) is not installed; install it, or pass "
            "--verify load"
        )
    supplements: list[Supplement] = []
    while True:
        outcome = _create(session, host, request, supplements)
        supplement = _supplement(outcome) if request.fix else None
        if supplement is None or supplement in supplements or len(supplements) == _MOST_FIXES:
            return outcome
        session.progress(
            Phase.RESOLVE, f"{supplement.project}, with {supplement.requirement} to build it"
        )
        supplements.append(supplement)


def _create(
    session: Session, host: Host, request: Request, supplements: Sequence[Supplement]
) -> Outcome:
    planner = Planner(session, host, request, supplements)
    verifier = Verifier(session, host)
    while True:
        plan = planner.plan()
        outcome = Outcome(plan, Verification())
        if not plan.recipes or outcome.withheld:
            return outcome
        with host.writer.stage(plan.target, plan.texts) as staging:
            outcome = replace(outcome, verification=verifier.verify(plan, staging))
            if planner.learn(plan, outcome.verification):
                continue
            return apply(outcome, staging)


def apply(outcome: Outcome, staging: Staging) -> Outcome:
    """Move the staged recipes of a verified plan into the repo, all or none; not for a dry run."""
    if not outcome.verification.passed or outcome.plan.request.dry_run:
        return outcome
    staging.commit()
    return replace(outcome, applied=True)


def _supplement(outcome: Outcome) -> Supplement | None:
    """The undeclared build requirement that the build of a planned package lacked."""
    for report in outcome.verification.reports:
        failure, cause = report.installed.failure, report.cause
        if failure is None or failure.phase != "build" or cause is None or not cause.project:
            continue
        package, _, version = failure.package.partition("@")
        for record in outcome.plan.records.values():
            if record.package == package and record.status is RecordStatus.NEW:
                return Supplement(record.project, version, cause.project, cause.text)
    return None

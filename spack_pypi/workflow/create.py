"""``create``: plan, verify, apply.

Each named project is written whole or not at all; what cannot be had stops only the projects that
need it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..diagnostics import Diagnostic, Severity
from ..errors import HostError
from ..host.port import Host, Staging
from ..resolve.facts import Supplement
from ..session import Phase, Session
from .plan import Plan, Planner
from .records import RecordStatus
from .request import Request, Verify
from .verification import Verification
from .verify import Verifier

#: Undeclared build requirements that one run adds at most (``--fix``).
_MOST_FIXES = 10


@dataclass(frozen=True)
class Outcome:
    """What came of a request: the plan, what verifying it shows, and whether it was applied."""

    plan: Plan
    verification: Verification
    applied: bool = False

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """What there is to say of it; with ``--strict`` all that is left out is an error."""
        found = [*self.plan.diagnostics, *self.verification.diagnostics]
        if not self.plan.request.strict:
            return found
        return [
            replace(each, severity=Severity.ERROR) if each.code in _OMISSIONS else each
            for each in found
        ]

    @property
    def withheld(self) -> bool:
        """Whether something is left out and ``--strict`` is set: nothing is verified."""
        left_out = any(each.code in _OMISSIONS for each in self.plan.diagnostics)
        return self.plan.request.strict and left_out


#: The codes of what a recipe leaves out.
_OMISSIONS = ("missing-dependency", "omitted-requirement", "cycle", "unconfirmed-metadata")


def create(session: Session, host: Host, request: Request) -> Outcome:
    """Write what is missing for the named requirements into the target repo.

    Nothing is written where the verification did not pass, for ``dry_run``, and where this raises
    `SpackPyPIError`.
    """
    if request.verify in (Verify.CONCRETIZE, Verify.INSTALL) and not host.solver.is_available():
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
    """The undeclared build requirement without which a package of the plan was not built."""
    for report in outcome.verification.reports:
        failure, cause = report.trial.failure, report.cause
        if failure is None or failure.phase != "build" or cause is None or not cause.project:
            continue
        package, _, version = failure.package.partition("@")
        for record in outcome.plan.records.values():
            if record.package == package and record.status is RecordStatus.NEW:
                return Supplement(record.project, version, cause.project, cause.text)
    return None

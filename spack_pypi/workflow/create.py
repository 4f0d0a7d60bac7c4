"""``create``: plan, verify, apply.

Each named project is written completely or not at all; what is not available stops only the
projects that require it. What is written stays written, whatever happens to the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Callable

from packaging.version import Version

from ..diagnostics import Diagnostic, Severity, error
from ..errors import SpackPyPIError
from ..host.port import Host
from ..session import Phase, Session
from .assembly.still_pinned import still_pinned
from .earlier import Earlier
from .moves import Moves, check_new
from .plan import Plan, Record, RecordStatus, Unresolved
from .request import SOLVER, Request, Verify, parse_names
from .verifying.verification import Step, Verification

if TYPE_CHECKING:
    from ..resolve.facts import Supplement

#: Undeclared build requirements that one run adds at most (``--fix``).
_MOST_FIXES = 10


@dataclass(frozen=True)
class Outcome:
    """The result of a request: its last plan, the verification, and the packages whose recipes
    were ``written``, by earlier plans too. ``error`` is what ended it after some of them were
    written; an error before that is raised. ``still_pinned`` are releases that
    keep their pins (of build requirements), since they were not built without them: nothing was
    written. ``opposed`` is a project whose locked version excludes others, and why: nothing was
    verified. ``notes`` are about what the machine has already."""

    plan: Plan
    verification: Verification
    written: frozenset[str] = frozenset()
    error: SpackPyPIError | None = None
    still_pinned: frozenset[tuple[str, Version]] = frozenset()
    opposed: tuple[str, str] | None = None
    notes: tuple[Diagnostic, ...] = ()

    @property
    def applied(self) -> bool:
        """Whether all recipes of the plan were written."""
        packages = {recipe.package for recipe in self.plan.recipes.values()}
        return bool(packages) and packages <= self.written

    @property
    def unfinished(self) -> tuple[Record, ...]:
        """The named projects that were not written, where others were."""
        if not self.written:
            return ()
        new = (record for record in self.plan.named if record.status is RecordStatus.NEW)
        return tuple(record for record in new if record.package not in self.written)

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """The diagnostics; with ``--strict`` each omission is an error."""
        unfinished = [
            error("not-written", record.package, str(self.error), record.project)
            for record in (self.unfinished if self.error else ())
        ]
        return [
            replace(each, severity=Severity.ERROR)
            if self.plan.request.strict and each.code in OMISSIONS
            else each
            for each in (
                *self.plan.diagnostics,
                *self.verification.diagnostics,
                *unfinished,
                *self.notes,
            )
        ]

    @property
    def withheld(self) -> bool:
        """Whether there are omissions and ``--strict`` is set: nothing is verified."""
        omissions = any(each.code in OMISSIONS for each in self.plan.diagnostics)
        return self.plan.request.strict and omissions


#: The codes of omissions.
OMISSIONS = ("missing-dependency", "omitted-requirement", "cycle", "unconfirmed-metadata")


def create(
    session: Session,
    host: Host,
    request: Request,
    on_verified: Callable[[Plan], None] = lambda plan: None,
) -> Outcome:
    """Write the recipes that are missing for the named requirements into the target repo, if they
    pass the verification; nothing for a dry run. ``on_verified`` is called with a plan that has
    passed, while its recipes are staged. Raises `SpackPyPIError`."""
    if request.concretizes(host):
        session.rest()
        preparation = host.solver.prepare()
        if preparation:
            session.progress(Phase.PREPARE, SOLVER, result=preparation)
    supplements: list[Supplement] = []
    while True:
        outcome = _create(session, host, request, supplements, on_verified)
        pinned = outcome.still_pinned
        if pinned:
            names = ", ".join(f"{name} {version}" for name, version in sorted(pinned))
            session.progress(Phase.RESOLVE, f"{names}, as pinned")
            request = replace(request, pinned=request.pinned | pinned)
            continue
        supplement = _supplement(outcome) if request.fix else None
        if supplement is None or supplement in supplements or len(supplements) == _MOST_FIXES:
            return outcome
        session.progress(
            Phase.RESOLVE, f"{supplement.project}, with {supplement.requirement} to build it"
        )
        supplements.append(supplement)


def _create(
    session: Session,
    host: Host,
    request: Request,
    supplements: Sequence[Supplement],
    on_verified: Callable[[Plan], None],
) -> Outcome:
    parse_names(request.names)
    target = request.target(host)
    earlier = Earlier(session, host, request, target, supplements)
    kept = earlier.plan()
    reused = kept and _reused(session, host, *kept, on_verified)
    if reused:
        return reused
    from .planner import Planner
    from .verifying.verify import Verifier

    planner = Planner(session, host, request, supplements, target)
    verifier = Verifier(session, host)
    written: dict[str, str] = {}
    try:
        while True:
            plan = planner.plan()
            outcome = Outcome(plan, Verification(), frozenset(written))
            if not plan.recipes:
                earlier.keep(plan, outcome.verification)
            opposed = plan.opposed()
            if opposed is not None:
                return replace(outcome, opposed=opposed)
            if not plan.recipes or outcome.withheld:
                return outcome
            check_new(plan, host, written)
            with host.writer.stage(plan.target, plan.texts) as staging:
                moves = Moves(plan, staging, written)
                verification = verifier.verify(plan, staging, moves.concretized)
                earlier.keep(plan, verification)
                if planner.learn(plan, verification):
                    continue
                return _finished(plan, verification, moves, written, on_verified)
    except SpackPyPIError as failure:
        if not written:
            raise
        return Outcome(plan, Verification(), frozenset(written), failure)


def _reused(
    session: Session,
    host: Host,
    plan: Plan,
    passed: Sequence[Step],
    on_verified: Callable[[Plan], None],
) -> Outcome | None:
    """What comes of a plan of an earlier run, which passed these steps. None where more must be
    known than was kept: which recipes can be moved in before the others are concretized, or why
    the solver refuses it. Nothing was written then."""
    request = plan.request
    outcome = Outcome(plan, Verification())
    if not plan.recipes or outcome.withheld:
        return outcome
    concretizes = request.concretizes(host)
    if len(plan.groups) > 1 and concretizes:
        return None
    written: dict[str, str] = {}
    check_new(plan, host, written)
    with host.writer.stage(plan.target, plan.texts) as staging:
        moves = Moves(plan, staging, written)
        verification = Verification(tuple(passed))
        if concretizes or request.verify is Verify.INSTALL:
            from .verifying.verify import Verifier

            try:
                verifier = Verifier(session, host)
                verification = verifier.verify(plan, staging, moves.concretized, passed)
            except Unresolved:
                return None
        return _finished(plan, verification, moves, written, on_verified)


def _finished(
    plan: Plan,
    verification: Verification,
    moves: Moves,
    written: Mapping[str, str],
    on_verified: Callable[[Plan], None],
) -> Outcome:
    """What comes of a plan, from which nothing more is learned: all of its recipes are moved in if
    they passed, but for a dry run. ``written`` are those that ``moves`` has moved in."""
    pinned = still_pinned(plan, verification)
    if verification.passed and not pinned:
        on_verified(plan)
        if not plan.request.dry_run:
            moves.finish()
    return Outcome(plan, verification, frozenset(written), still_pinned=pinned)


def _supplement(outcome: Outcome) -> Supplement | None:
    """The undeclared build requirement that the build of a planned package lacked."""
    from ..resolve.facts import Supplement

    for report in outcome.verification.reports:
        failure, cause = report.installed.failure, report.cause
        if failure is None or failure.phase != "build" or cause is None or not cause.project:
            continue
        package, _, version = failure.package.partition("@")
        for record in outcome.plan.records.values():
            if record.package == package and record.status is RecordStatus.NEW:
                return Supplement(record.project, version, cause.project, cause.text)
    return None

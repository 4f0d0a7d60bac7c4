"""``sync``: bring recipes to newer releases, each by the smallest change that says what is new."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from ..errors import SpackPyPIError, UsageError
from ..host.port import Host
from ..recipe.text_edits import added_lines
from ..resolve.choose import Policy
from ..session import Session
from .compare.between_versions import differences
from .create import Outcome, create
from .outdated import Outdated
from .request import Request


class Hardness(Enum):
    """How hard a bump is."""

    VERSION_ONLY = "a version only"
    NEW_LINES = "with new lines"
    EDITS = "with edits of lines"
    BY_HAND = "not automatic"


@dataclass(frozen=True)
class Bump:
    """What became of one recipe. ``new`` are the versions that it gets, none where it is current;
    ``hardness`` is None where nothing is to be done; with `Hardness.BY_HAND` there are the
    ``reason``, and in ``proposal`` lines that a person could add. ``report`` says what the newest
    version requires otherwise than the one before; ``texts`` maps recipes to (before, after),
    before is empty for a new one."""

    outdated: Outdated
    new: tuple[str, ...] = ()
    hardness: Hardness | None = None
    reason: str = ""
    proposal: str = ""
    report: tuple[str, ...] = ()
    texts: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def sync(
    session: Session,
    host: Host,
    outdated: Outdated,
    request: Request,
    *,
    to: str,
    every: bool = False,
) -> Bump:
    """Bring one recipe of the target repo to a release (see `Outdated.target`), with ``every``
    release in between, and with all that this newly needs; ``request`` says where and how, its
    names aside. Nothing is written unless the new versions say exactly what they declare and all
    others what they did."""
    if outdated.problem:
        return Bump(outdated, reason=outdated.problem)
    try:
        target = outdated.target(to)
    except UsageError as error:
        return Bump(outdated, hardness=Hardness.BY_HAND, reason=str(error))
    if target is None:
        return Bump(outdated)
    above = f">{outdated.version},<={target.version}"
    wanted = above if every else f"=={target.version}"
    pre = request.policy.pre or target.version.is_prerelease
    request = replace(
        request,
        names=(f"{outdated.project}{wanted}",),
        package=outdated.package,
        policy=Policy(None if every else 1, pre),
        force=False,
    )
    try:
        outcome = create(session, host, request)
    except SpackPyPIError as error:
        return Bump(outdated, hardness=Hardness.BY_HAND, reason=str(error))
    return _bump(outdated, outcome)


def _bump(outdated: Outdated, outcome: Outcome) -> Bump:
    plan, verification = outcome.plan, outcome.verification
    record, recipe = plan.records[outdated.project], plan.recipes.get(outdated.project)
    if plan.failed or not verification.passed or recipe is None:
        reasons = [each.reason for each in plan.failed]
        reasons += [f"{each.package}: {each.text}" for each in verification.diagnostics]
        lines = added_lines(recipe.before, recipe.text) if recipe else ""
        return Bump(
            outdated,
            hardness=Hardness.BY_HAND,
            reason="; ".join(reasons) or record.reason,
            proposal=record.proposal or lines,
        )
    revised = {old.package: (old, new) for old, new in verification.revised}
    report = differences(*revised[outdated.package], outdated.current, record.versions[0])
    return Bump(
        outdated,
        record.versions,
        _hardness(recipe.before, recipe.text),
        report=tuple(report),
        texts={each.package: (each.before, each.text) for each in plan.recipes.values()},
    )


def _hardness(before: str, after: str) -> Hardness:
    changed = [
        line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"
    ]
    if any(line.startswith("-") for line in changed):
        return Hardness.EDITS
    new_lines = any("depends_on" in line for line in changed)
    return Hardness.NEW_LINES if new_lines else Hardness.VERSION_ONLY

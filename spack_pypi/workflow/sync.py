"""``sync``: update recipes to newer releases, each by the smallest edit."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from ..diagnostics import Diagnostic, Severity
from ..errors import SpackPyPIError, UsageError
from ..host.port import Host
from ..pypi.branches import shown
from ..pypi.for_one_python import published
from ..recipe.proposal import proposed_edit
from ..session import Session
from .compare.version_changes import kept_caps, version_changes
from .create import OMISSIONS, Outcome, create
from .outdated import Outdated, named_version
from .publishers import publisher_changed
from .request import Request
from .unblocked import unblocked


class Hardness(Enum):
    """How hard an update is."""

    VERSION_ONLY = "a version only"
    NEW_LINES = "with new lines"
    EDITS = "with edits of lines"
    BY_HAND = "not automatic"


@dataclass(frozen=True)
class Update:
    """The update of one recipe. ``new`` are the versions that it gets, none where it is current;
    ``hardness`` is None where there is nothing to do. `Hardness.BY_HAND` comes with a ``reason``
    and, in ``proposal``, lines that a person could add. ``changes`` are those of the requirements
    from the version before to the newest; ``texts`` maps the packages of all recipes that are
    written to (before, after), before is empty for a new one; ``not_concretized`` are about
    versions of them that were not, or cannot be, concretized; ``left_out`` about what the recipes
    leave out, and what could not be read for them; ``warnings`` about who published the newest."""

    outdated: Outdated
    new: tuple[str, ...] = ()
    hardness: Hardness | None = None
    reason: str = ""
    proposal: str = ""
    changes: tuple[str, ...] = ()
    texts: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    not_concretized: tuple[Diagnostic, ...] = ()
    left_out: tuple[Diagnostic, ...] = ()
    warnings: tuple[Diagnostic, ...] = ()


def sync(
    session: Session,
    host: Host,
    outdated: Outdated,
    request: Request,
    *,
    to: str,
    every: bool = False,
) -> Update:
    """Update one recipe of the target repo to a release (see `Outdated.target`), with ``every``
    release in between, and write the recipes that are then missing; ``request`` says where, how
    far to verify and which dependencies to add; its names are ignored. Nothing is written unless
    the recipe says of the new versions what their releases declare, and of all others what it said
    before."""
    if outdated.problem:
        return Update(outdated, reason=outdated.problem)
    try:
        target = outdated.target(to)
    except UsageError as error:
        return Update(outdated, hardness=Hardness.BY_HAND, reason=str(error))
    if target is None:
        return Update(outdated)
    if target.yanked and every:
        reason = f"{shown(target.version)} was withdrawn: add it by itself, without --all-missing"
        return Update(outdated, hardness=Hardness.BY_HAND, reason=reason)
    assert outdated.version is not None  # as there is no problem
    newest = published(target.version)
    wanted = f">{published(outdated.version)},<={newest}" if every else f"=={newest}"
    request = replace(
        request,
        names=(f"{outdated.project}{wanted}",),
        package=outdated.package,
        policy=replace(
            request.policy,
            series=None if every else 1,
            # A version that is named is accepted as it is; what it requires is chosen as usual.
            pre=target.version.is_prerelease and (every or named_version(to) is None),
            withdrawn=target.yanked,
        ),
        force=False,
    )
    try:
        outcome = create(session, host, request)
    except SpackPyPIError as error:
        return Update(outdated, hardness=Hardness.BY_HAND, reason=str(error))
    update = _update(outdated, outcome, host.repos.python_versions())
    if update.reason and not update.proposal:
        return replace(update, proposal=unblocked(session, host, request, outdated, update.reason))
    if update.new:
        project = session.index.project(outdated.project)
        older = next((r for r in project.releases if r.version == outdated.version), None)
        warnings = publisher_changed(session.index, outdated.package, older, target)
        update = replace(update, warnings=tuple(warnings))
    if update.new and target.yanked:
        reason = next((f": {file.yanked}" for file in target.files if file.yanked), "")
        text = f"{update.new[0]} is marked as deprecated, as it was withdrawn{reason}"
        return replace(update, changes=(*update.changes, text))
    return update


def _update(outdated: Outdated, outcome: Outcome, pythons: Sequence[str]) -> Update:
    plan, verification = outcome.plan, outcome.verification
    record, recipe = plan.records[outdated.project], plan.recipes.get(outdated.project)
    if plan.failed or not verification.passed or recipe is None:
        reasons = [each.reason for each in plan.failed]
        reasons += [f"{each.package}: {each.text}" for each in verification.diagnostics]
        why = "; ".join(reasons) or record.reason
        lines = proposed_edit(recipe.before, recipe.text, why) if recipe else ""
        return Update(
            outdated,
            hardness=Hardness.BY_HAND,
            reason=why,
            proposal=record.proposal or lines,
        )
    revised = {old.package: (old, new) for old, new in verification.revised}
    before, after = revised[outdated.package]
    newest, newest_text = next(iter(recipe.releases.items()))
    required = plan.resolution.declared(outdated.project, newest).metadata.requires_python
    changes = [
        *version_changes(before, after, outdated.current, record.versions[0]),
        *kept_caps(after, newest_text, required, pythons),
    ]
    if recipe.left_out:
        changes.append(f"left out, as for {outdated.current}: {', '.join(recipe.left_out)}")
    return Update(
        outdated,
        record.versions,
        _hardness(recipe.before, recipe.text),
        changes=tuple(changes),
        texts={each.package: (each.before, each.text) for each in plan.recipes.values()},
        not_concretized=tuple(
            replace(each, package=each.package or outdated.package)
            for each in verification.diagnostics
        ),
        left_out=tuple(
            each
            for each in plan.diagnostics
            if each.code in OMISSIONS or each.severity is Severity.ERROR
        ),
    )


def diagnostics(update: Update, listing: bool, named: bool) -> list[Diagnostic]:
    """The diagnostics of one recipe. That it cannot be compared is an error only if the recipe or
    the index fails, or if it was ``named``; that it cannot be updated only if it was to be."""
    outdated = update.outdated
    if outdated.problem:
        severity = Severity.ERROR if outdated.failed or named else Severity.NOTE
        return [Diagnostic("not-checked", severity, outdated.package, text=outdated.problem)]
    found = []
    if outdated.missing and not update.new:
        text = f"{outdated.current} is listed, {outdated.lacking[0]} is the newest release"
        found.append(Diagnostic("outdated", Severity.NOTE, outdated.package, text=text))
    if update.reason:
        severity = Severity.NOTE if listing else Severity.ERROR
        found.append(Diagnostic("not-updated", severity, outdated.package, text=update.reason))
    found += [
        Diagnostic("yanked", Severity.NOTE, outdated.package, (version,), text="withdrawn")
        for version in outdated.yanked
    ]
    found += [*update.not_concretized, *(() if listing else update.left_out), *update.warnings]
    for version, report in outdated.vulnerable.items():
        found += report.diagnostics(outdated.package, version, Severity.NOTE)
    return found


def _hardness(before: str, after: str) -> Hardness:
    changed = [
        line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"
    ]
    if any(line.startswith("-") for line in changed):
        return Hardness.EDITS
    new_lines = any("depends_on" in line for line in changed)
    return Hardness.NEW_LINES if new_lines else Hardness.VERSION_ONLY

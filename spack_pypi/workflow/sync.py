"""``sync``: update recipes to newer releases, each by the smallest edit."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from ..diagnostics import Diagnostic, Severity
from ..errors import SpackPyPIError, UsageError
from ..host.port import Host
from ..pypi.branches import branch_name, shown
from ..pypi.for_one_python import published
from ..pypi.model import Project, Release
from ..recipe.proposal import proposed_edit
from ..session import Session
from ..translate.builds import builds
from ..translate.spelling import meant
from .compare.patched import changing, required_names
from .compare.version_changes import kept_caps, version_changes
from .create import OMISSIONS, Outcome, create
from .explain.model import ExplainedRecipe
from .explain.planned import explain_planned
from .other_kinds import proposed_version
from .outdated import Outdated, named_version
from .plan import Plan
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
    written to (before, after), before is empty for a new one; ``because`` says what the others are
    for; ``not_concretized`` are about
    versions of them that were not, or cannot be, concretized; ``left_out`` about what the recipes
    leave out, and what could not be read for them; ``warnings`` about who published the newest;
    ``explained`` says by package where the new lines come from, if that was asked for."""

    outdated: Outdated
    new: tuple[str, ...] = ()
    hardness: Hardness | None = None
    reason: str = ""
    proposal: str = ""
    changes: tuple[str, ...] = ()
    texts: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    because: Mapping[str, str] = field(default_factory=dict)
    not_concretized: tuple[Diagnostic, ...] = ()
    left_out: tuple[Diagnostic, ...] = ()
    warnings: tuple[Diagnostic, ...] = ()
    explained: Mapping[str, ExplainedRecipe] = field(default_factory=dict)


def sync(
    session: Session,
    host: Host,
    outdated: Outdated,
    request: Request,
    *,
    to: str,
    every: bool = False,
    explained: bool = False,
) -> Update:
    """Update one recipe of the target repo to a release (see `Outdated.target`), with ``every``
    release in between, and write the recipes that are then missing; ``request`` says where, how
    far to verify and which dependencies to add; its names are ignored. Nothing is written unless
    the recipe says of the new versions what their releases declare, and of all others what it said
    before. ``explained``: with where the new lines come from."""
    if outdated.problem:
        lines = proposed_version(session.index, host, outdated)
        return Update(outdated, reason=outdated.problem, proposal=lines)
    try:
        target = _target(outdated, to, every)
    except UsageError as error:
        return _by_hand(outdated, str(error))
    if target is None and not outdated.moved:
        return Update(outdated)
    wanted = _wanted(host, session.index.project(outdated.project), outdated, target, every)
    request = _request(request, outdated, wanted, target, every, named_version(to) is not None)
    added = [r for r in (target, *(outdated.missing if every else ())) if r is not None]
    patched = next(filter(None, (_patched(session, host, outdated, r) for r in added)), "")
    found: dict[str, ExplainedRecipe] = {}

    def on_verified(plan: Plan) -> None:
        if explained and host.checks:
            found.update(explain_planned(session, host, plan))

    if patched:
        lines = unblocked(session, host, request, outdated, patched, on_verified)
        return replace(_by_hand(outdated, patched), proposal=lines, explained=found)
    try:
        outcome = create(session, host, request, on_verified)
    except SpackPyPIError as error:
        return _by_hand(outdated, str(error))
    update = replace(_update(outdated, outcome, host.repos.python_versions()), explained=found)
    if update.reason and not update.proposal:
        lines = unblocked(session, host, request, outdated, update.reason, on_verified)
        return replace(update, proposal=lines)
    if update.new and target is not None:
        return _with_remarks(session, update, target)
    return update


def _target(outdated: Outdated, to: str, every: bool) -> Release | None:
    """See `Outdated.target`; raises `UsageError` also for a withdrawn one with ``every`` other."""
    target = outdated.target(to)
    if target is not None and target.yanked and every:
        withdrawn = f"{shown(target.version)} was withdrawn"
        raise UsageError(f"{withdrawn}: add it by itself, without --all-missing")
    return target


def _by_hand(outdated: Outdated, reason: str) -> Update:
    return Update(outdated, hardness=Hardness.BY_HAND, reason=reason)


def _request(
    request: Request,
    outdated: Outdated,
    wanted: str,
    target: Release | None,
    every: bool,
    is_named: bool,
) -> Request:
    """A request like another one for the ``wanted`` versions of one project. A ``target`` that
    ``is_named`` is accepted as it is; what it requires is chosen as usual."""
    policy = replace(
        request.policy,
        series=None if every else 1,
        pre=target is not None and target.version.is_prerelease and (every or not is_named),
        withdrawn=target is not None and target.yanked,
    )
    names = (f"{outdated.project}{wanted}",)
    return replace(request, names=names, package=outdated.package, policy=policy, force=False)


def _with_remarks(session: Session, update: Update, target: Release) -> Update:
    """An update to a release, with what there is to say of it: who published it, and that it was
    withdrawn."""
    outdated = update.outdated
    project = session.index.project(outdated.project)
    older = next((r for r in project.releases if r.version == outdated.version), None)
    warnings = publisher_changed(session.index, outdated.package, older, target)
    update = replace(update, warnings=tuple(warnings))
    if not target.yanked:
        return update
    reason = next((f": {file.yanked}" for file in target.files if file.yanked), "")
    text = f"{update.new[0]} is marked as deprecated, as it was withdrawn{reason}"
    return replace(update, changes=(*update.changes, text))


def _patched(session: Session, host: Host, outdated: Outdated, added: Release) -> str:
    """Why the recipe cannot say what a release requires: it changes that, for this release, too;
    empty where it does not."""
    if not host.checks:
        return ""
    try:
        changes = host.evaluator.meaning(outdated.package).source_changes(str(added.version))
        metadata = session.index.metadata(added) if changes else None
        source = session.index.source(added) if metadata and added.sdist else None
    except SpackPyPIError:
        return ""  # it is reported where it is planned
    if metadata is None:
        return ""
    built = builds(source, added).requirements if source else None
    said = changing(changes, required_names(metadata, built))
    version = shown(added.version)
    return (
        f"{said}, for {version}, too: decide if {version} needs that, and add it" if said else ""
    )


def _wanted(
    host: Host, page: Project, outdated: Outdated, target: Release | None, every: bool
) -> str:
    """The specifier of what a recipe gets: the ``target``, or ``every`` release up to it, and its
    branches as they are now."""
    current = published(outdated.version) if outdated.version is not None else None
    branches = {release.version for release in outdated.branches}
    if target is not None and not branches:
        newest = published(target.version)
        return f">{current},<={newest}" if every else f"=={newest}"
    new = set()
    if target is not None:
        offered = {release.version for release in outdated.missing if every}
        new = {v for v in offered if v <= target.version} | {target.version}
    existing = host.repos.package(outdated.package)
    declared = set(filter(None, map(meant, existing.declared if existing else ())))
    others = declared | {release.version for release in page.releases}
    least = min(new | branches)
    clauses = [f">={least.public}"]
    clauses += [f"!={v}" for v in sorted(others - new - branches) if v >= least]
    return ",".join(clauses)


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
    branches = {branch_name(release.version) for release in outdated.branches}
    new = tuple(v for v in record.versions if v not in branches or v in outdated.moved)
    latest = next((v for v in new if v not in branches), new[0])
    older = latest if latest in branches else outdated.current
    changes = [
        *version_changes(before, after, older, latest),
        *kept_caps(after, newest_text, required, pythons),
    ]
    if recipe.left_out:
        changes.append(f"left out, as for {outdated.current}: {', '.join(recipe.left_out)}")
    return Update(
        outdated,
        new,
        _hardness(recipe.before, recipe.text),
        changes=tuple(changes),
        texts={each.package: (each.before, each.text) for each in plan.recipes.values()},
        because={each.package: each.because for each in plan.records.values() if each.because},
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
    if outdated.unclear:
        severity = Severity.ERROR if named else Severity.NOTE
        text = outdated.unclear
        found.append(Diagnostic("not-checked", severity, outdated.package, text=text))
    if outdated.moved and not update.new:
        text = f"what the branch {' and '.join(outdated.moved)} requires has changed"
        found.append(Diagnostic("outdated", Severity.NOTE, outdated.package, text=text))
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
    new_lines = any(re.search(r"depends_on|resource\(", line) for line in changed)
    return Hardness.NEW_LINES if new_lines else Hardness.VERSION_ONLY

"""The report of ``create``: the closure as a tree, omissions, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from shlex import quote
from typing import TYPE_CHECKING, Any

from ..diagnostics import Diagnostic, Severity
from ..errors import shown, some_of
from ..workflow.plan import RecordStatus
from .next_steps import MOST_NAMED, install
from .terminal import AGAIN, count, print_text, say
from .tree import drawn, listed, readable

if TYPE_CHECKING:
    from ..host.port import Host
    from ..workflow.create import Outcome
    from ..workflow.plan import Record
    from ..workflow.verifying.installation import InstallReport

#: Title → the codes that are listed under it.
_SECTIONS: Mapping[str, Sequence[str]] = {
    "Declared, but not in the recipes:": ("missing-dependency", "cycle", "omitted-requirement"),
    "Not as the lock file says:": ("not-as-locked",),
    "Not compared with the hashes of the lock file:": ("hash-not-compared",),
    "Did not arrive from the index; to ask again, run the command again:": ("not-fetched",),
    "In the recipes, but not confirmed:": ("unconfirmed-metadata",),
    "Names that look like other ones:": ("near-name",),
    "Projects that are not active:": ("project-status",),
    "Sources that only this machine has; to share these recipes, name an address instead:": (
        "local-archive",
    ),
    "Read from a commit that the repository does not have, as far as git knows; push it:": (
        "not-pushed",
    ),
    "To build what is in a folder now, changes too, run in a Spack environment:": ("checked-out",),
    "Newer releases that were passed over:": ("passed-over",),
    "Added, as the versions that exist exclude each other:": ("conflict-resolved",),
    "In the recipes, but not declared:": ("undeclared-requirement",),
    "Pinned for the build; to try later versions: --verify install --loosen-build-pins": (
        "build-pin",
    ),
    "Pinned by the project, as applications do; ask it whether ranges would do:": ("all-pinned",),
    "Pinned for the build, but not in the recipes:": ("loosened-pin",),
    "Installed from wheels, as nothing can be built:": ("wheel",),
    "No metadata declares these; they are known from elsewhere:": ("known-need",),
    "No metadata declares these; check them by hand:": (
        "unclear-build",
        "undeclared-import",
        "native-hint",
    ),
    "Licences that the metadata leaves open, recognised by their text:": ("recognised-license",),
    "Recipes without a licence; add it by hand:": ("no-license",),
    "Homepages that no field names, by a link in the description or changes:": (
        "homepage-by-description",
    ),
    "Homepages that only the newest release of the project names:": ("homepage-by-newer-release",),
    "Taken from what is installed, as externals:": ("from-environment",),
    "Installed, but not taken:": ("not-from-environment",),
    "Only deprecated versions satisfy these; pass --deprecated to Spack:": ("deprecated-version",),
    "Written, but could not be concretized on this machine:": ("unsatisfiable",),
    "Written, but not concretized:": ("not-concretized",),
}


def show(host: Host, outcome: Outcome, *, is_last: bool = True) -> None:
    """Print an outcome on standard output, without its errors (see `show_errors`), and what to do
    next only where nothing follows it."""
    plan = outcome.plan
    lines: list[str] = []
    if plan.request.dry_run:
        for recipe in sorted(plan.recipes.values(), key=lambda each: each.package):
            lines += [f"# {plan.target.namespace}/{recipe.package}", recipe.text]
    print_text("\n".join([*lines, *closure(outcome)]))
    conclusion = _conclusion(host, outcome, is_last)
    if conclusion:
        print_text(conclusion)


def closure(outcome: Outcome) -> list[str]:
    """The lines about all that is named, written or required, and what there is to know of it."""
    lines = [*_tree(outcome)]
    for title, codes in _SECTIONS.items():
        found = [each for code in codes for each in outcome.diagnostics if each.code == code]
        inside = listed([_about(each) for each in found])
        lines += ["", title, *(f"  {line}" for line in inside)] if inside else []
    lines += [line for report in outcome.verification.reports for line in _installed(report)]
    return lines


def show_errors(host: Host, outcome: Outcome) -> None:
    """Print the errors of an outcome on standard error."""
    plan, verification = outcome.plan, outcome.verification
    by_reason: dict[str, list[str]] = {}
    for record in plan.failed:
        by_reason.setdefault(record.reason, []).append(record.project)
    for reason, projects in by_reason.items():
        verb = "is" if len(projects) == 1 else "are"
        say(f"Error: {some_of(projects, 5)} {verb} not written: {shown(reason)}")
    if any(record.omittable for record in plan.failed) and not plan.request.allow_omissions:
        say("Pass --allow-omissions to write the recipes without what is missing.")
    errors = [each for each in verification.diagnostics if each.severity is Severity.ERROR]
    for each in errors:
        say(f"Error: {each.package}: {each.text}")
    if errors:
        nothing = "nothing else" if outcome.written else "nothing"
        installs = all(each.code == "install-failed" for each in errors)
        what = "cannot install all of" if installs else "rejects"
        say(f"Error: {host.name} {what} these recipes; {nothing} was written")
    elif plan.recipes and outcome.withheld:
        say("Error: recipes leave something out and --strict is set; nothing was written")


def _about(each: Diagnostic) -> str:
    versions = f" {', '.join(each.versions)}" if each.versions else ""
    who = each.package or ("you" if each.subject else "")
    return f"{who}{versions}: {each.text}" if who else each.text


def _conclusion(host: Host, outcome: Outcome, is_last: bool) -> str:
    plan, verification = outcome.plan, outcome.verification
    then = install(host, plan.specs, bool(plan.deprecated))
    if not plan.recipes:
        if plan.failed:
            return ""
        there = some_of([f"{r.namespace}.{r.package}" for r in plan.named], MOST_NAMED)
        lines = [f"Nothing to write: {there} and all dependencies exist."]
        return "\n".join([*lines, *([f"Next: {then}"] if plan.deprecated else [])])
    recipes = count(len(plan.recipes), "recipe")
    steps = ", ".join(step.value for step in verification.steps) if host.checks else "not verified"
    if plan.request.dry_run and verification.passed and not outcome.withheld:
        return f"{recipes} for {plan.target.root} ({steps}); nothing was written (--dry-run)."
    if not outcome.applied:
        return _written_so_far(outcome)
    if host.checks:
        lines = [f"Wrote {recipes} into {plan.target.root} ({steps})."]
    else:
        lines = [
            f"Wrote {recipes} into {plan.target.root}.",
            "Nothing was verified, all dependencies count as missing: pass --spack DIR.",
        ]
    if plan.failed:
        lost = [record.project for record in plan.failed]
        lines.append(f"Not written: {some_of(lost, MOST_NAMED)}.")
    incomplete = [record.package for record in plan.records.values() if record.incomplete]
    if incomplete:
        some = some_of(incomplete, MOST_NAMED)
        lines.append(f"Incomplete: {some}. Comments in the recipes say what is missing.")
    elif not plan.target.registered:
        lines.append(f"Next: {host.command} repo add {quote(str(plan.target.root))}")
        lines += [f"      {then}"] if is_last else []
    elif is_last:
        lines.append(f"Next: {then}")
    return "\n".join(lines)


def _written_so_far(outcome: Outcome) -> str:
    """What was written before the rest could not be."""
    plan, written = outcome.plan, some_of(sorted(outcome.written), MOST_NAMED)
    if not written:
        return ""
    recipes = f"{len(outcome.written)} of {count(len(plan.recipes), 'recipe')}"
    lost = [record.project for record in (*plan.failed, *outcome.unfinished)]
    left = some_of(lost, MOST_NAMED)
    lines = [f"Wrote {recipes} into {plan.target.root}: {written}.", f"Not written: {left}."]
    return "\n".join([*lines, *([AGAIN] if outcome.error else [])])


def _tree(outcome: Outcome) -> Iterator[str]:
    """The closure as a tree."""
    return readable(lambda once: _trees(outcome, once), "--json")


def _trees(outcome: Outcome, once: bool) -> Iterator[str]:
    """The tree of each project that is named, in which each project is expanded once, or only
    shown ``once``."""
    records = outcome.plan.records
    seen: set[str] = set()
    shown: set[str] = set()

    def below(project: str) -> list[str]:
        if project in seen:
            return []
        seen.add(project)
        inside = [name for name in records[project].dependencies if name in records]
        if once:
            inside = [name for name in inside if name not in shown]
            shown.update(inside)
        return inside

    def about(project: str) -> str:
        record = records[project]
        return _record_line(record, again=project in seen and bool(record.dependencies))

    for project in (*outcome.plan.projects, *outcome.plan.unrequired):
        yield from drawn(project, about, below)


def _record_line(record: Record, again: bool) -> str:
    if record.status is RecordStatus.FAILED:
        return f"{record.project}: not written, {shown(record.reason)}"
    if record.status is RecordStatus.EXISTS:
        lacks = f", which {record.reason}" if record.reason else ""
        return f"{record.package} (in {record.namespace}{lacks})"
    if again:
        return f"{record.package} (see above)"
    because = f" {record.because}" if record.because else ""
    added = f"added to {record.extends}{because}" if record.extends else "new"
    index = f", from {record.index}" if record.one_of_several else ""
    return f"{record.package} {', '.join(record.versions)} ({added}{index})"


def _installed(report: InstallReport) -> Iterator[str]:
    """The result of installing, without the errors."""
    installed = report.installed
    if installed.failure is not None:
        return
    imported = len(installed.imported)
    modules, built = imported + len(installed.not_imported), len(installed.built)
    check = "failed" if installed.pip_check else "passed"
    yield ""
    yield (
        f"Installed {installed.spec} and its dependencies ({count(built, 'package')}): "
        f"{imported} of {count(modules, 'module')} can be imported; pip check: {check}."
    )
    for module, reason in report.partly.items():
        yield f"  {module} cannot be imported: {reason}"
    for line in report.others:
        yield f"  pip check, on packages that were installed before: {line}"
    for each in installed.undeclared:
        yield f"  {each.file}:{each.line} imports {each.module}, which no dependency provides"


def packages_json(outcome: Outcome) -> list[dict[str, Any]]:
    """A record per package, for ``--json``, with the result of installing it."""
    reports = outcome.verification.reports
    named = {*outcome.plan.projects}
    installed = {r.installed.spec.partition("+")[0]: _installed_json(r) for r in reports}
    return [
        {
            "project": record.project,
            "package": record.package,
            "status": record.status.value,
            "namespace": record.namespace,
            "versions": list(record.versions),
            "path": str(record.path) if record.path else None,
            "extends": record.extends or None,
            "because": record.because or None,
            "reason": record.reason or None,
            "index": record.index or None,
            "incomplete": record.incomplete,
            "languages": list(record.languages),
            "named": record.project in named,
            "written": record.package in outcome.written,
            "installed": installed.get(record.package),
        }
        for record in outcome.plan.records.values()
    ]


def _installed_json(report: InstallReport) -> dict[str, Any]:
    installed, failure = report.installed, report.installed.failure
    return {
        "spec": installed.spec,
        "built": list(installed.built),
        "failed": failure.package if failure else None,
        "phase": failure.phase if failure else None,
        "cause": report.cause.text if report.cause else None,
        "log": failure.log if failure else None,
        "imported": list(installed.imported),
        "broken": dict(report.broken),
        "not_imported": dict(report.partly),
        "undeclared": [[each.module, each.file, each.line] for each in installed.undeclared],
        "pip_check": list(installed.pip_check),
    }

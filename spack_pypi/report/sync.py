"""The report of ``sync``."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ..diagnostics import Diagnostic, Severity
from .terminal import count

if TYPE_CHECKING:
    from ..workflow.outdated import Outdated
    from ..workflow.sync import Bump


def show_bump(bump: Bump, listing: bool, diff: bool, named: bool) -> None:
    """Print what a recipe lacks, or what became of it, and errors; nothing of what is current or
    cannot lag, unless it was ``named``."""
    lagging = bump.outdated
    if lagging.problem:
        if named or lagging.failed:
            print(f"{lagging.package}: {lagging.problem}")
    elif not (lagging.missing or bump.new or bump.reason):
        if named or lagging.yanked:
            print(f"{lagging.package} {lagging.current}: current{_withdraw(lagging)}")
    elif listing:
        print(_lag(bump))
    elif not (bump.new or bump.reason):
        if named:
            print(
                f"{lagging.package} {lagging.current}: has no newer release in the requested "
                "series"
            )
    else:
        print("\n".join(_became(bump, diff)))


def _lag(bump: Bump) -> str:
    lagging = bump.outdated
    releases = count(len(lagging.missing), "release")
    since = f" since {lagging.since}" if lagging.since else ""
    hard = f", {bump.hardness.value}" if bump.hardness else ""
    why = f": {bump.reason}" if bump.reason else ""
    newest = f" -> {lagging.missing[0].version}" if lagging.missing else ""
    text = f"{lagging.package} {lagging.current}{newest} ({releases}{since}{hard}){why}"
    return text + _withdraw(lagging)


def _withdraw(lagging: Outdated) -> str:
    """The versions that nobody should install any more."""
    vulnerable = [f"{text} ({', '.join(names)})" for text, names in lagging.vulnerable.items()]
    text = f"; yanked: {', '.join(lagging.yanked)}" if lagging.yanked else ""
    return text + (f"; vulnerable: {', '.join(vulnerable)}" if vulnerable else "")


def _became(bump: Bump, diff: bool) -> Iterator[str]:
    lagging = bump.outdated
    if not bump.new:
        yield f"{lagging.package} {lagging.current}: not updated: {bump.reason}"
        if bump.proposal:
            yield from ("  to update it by hand, add these lines:", "", bump.proposal, "")
        return
    hard = bump.hardness.value if bump.hardness else ""
    yield f"{lagging.package} {lagging.current} -> {', '.join(bump.new)}: {hard}"
    for line in bump.report:
        yield f"  {line}"
    for package, (before, after) in bump.texts.items():
        if package != lagging.package:
            yield f"  with {package}, {'new' if not before else 'changed'}"
        if diff:
            yield from difflib.unified_diff(
                before.splitlines(), after.splitlines(), package, package, lineterm="", n=1
            )


def bump_json(bump: Bump) -> dict[str, Any]:
    """A recipe's lag and bump, for ``--json``."""
    lagging = bump.outdated
    return {
        "package": lagging.package,
        "project": lagging.project or None,
        "current": lagging.current or None,
        "missing": [str(release.version) for release in lagging.missing],
        "since": lagging.since or None,
        "yanked": list(lagging.yanked),
        "vulnerable": {text: list(names) for text, names in lagging.vulnerable.items()},
        "problem": lagging.problem or None,
        "failed": lagging.failed,
        "new": list(bump.new),
        "hardness": bump.hardness.value if bump.hardness else None,
        "reason": bump.reason or None,
        "report": list(bump.report),
        "recipes": sorted(bump.texts),
    }


def diagnostics(bump: Bump, listing: bool, named: bool) -> list[Diagnostic]:
    """What there is to say of a recipe. That it is no release's is an error only where it was
    ``named``; that it is outdated only where it was to be updated and could not be."""
    found = bump.outdated
    if found.problem:
        severity = Severity.ERROR if found.failed or named else Severity.NOTE
        return [Diagnostic("not-checked", severity, found.package, text=found.problem)]
    said = []
    if found.missing and not bump.new:
        text = f"{found.current} is listed, {found.missing[0].version} is the newest release"
        said.append(Diagnostic("outdated", Severity.NOTE, found.package, text=text))
    if bump.reason:
        severity = Severity.NOTE if listing else Severity.ERROR
        said.append(Diagnostic("not-updated", severity, found.package, text=bump.reason))
    said += [
        Diagnostic("yanked", Severity.NOTE, found.package, (version,), text="withdrawn")
        for version in found.yanked
    ]
    for version, names in found.vulnerable.items():
        text = f"reported as vulnerable: {', '.join(names)}"
        said.append(Diagnostic("vulnerable", Severity.NOTE, found.package, (version,), text=text))
    return said


def summary(bumps: Sequence[Bump], listing: bool) -> str:
    """How many recipes are outdated, and how many were updated."""
    outdated = sum(bool(bump.outdated.missing) for bump in bumps)
    unknown = sum(bool(bump.outdated.problem) for bump in bumps)
    done = sum(bool(bump.new) for bump in bumps)
    refused = sum(bool(bump.reason and not bump.outdated.problem) for bump in bumps)
    parts = [f"{outdated} outdated"]
    parts += [] if listing else [f"{done} updated", f"{refused} not updated"]
    parts.append(f"{unknown} not comparable")
    return f"{count(len(bumps), 'recipe')}: {', '.join(parts)}."

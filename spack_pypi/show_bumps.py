"""What is printed and written about recipes that lag behind, and about their bumps."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .show import say

if TYPE_CHECKING:
    from .workflow.outdated import Outdated
    from .workflow.sync import Bump


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
            print(f"{lagging.package} {lagging.current}: current in what was asked for")
    else:
        print("\n".join(_became(bump, diff)))


def _lag(bump: Bump) -> str:
    lagging = bump.outdated
    count = len(lagging.missing)
    releases = f"{count} release{'' if count == 1 else 's'}"
    since = f" since {lagging.since}" if lagging.since else ""
    hard = f", {bump.hardness}" if bump.hardness else ""
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
        yield f"{lagging.package} {lagging.current}: not changed: {bump.reason}"
        if bump.proposal:
            yield from ("  these lines say what is new:", "", bump.proposal, "")
        return
    yield f"{lagging.package} {lagging.current} -> {', '.join(bump.new)}: {bump.hardness}"
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
        "hardness": bump.hardness or None,
        "reason": bump.reason or None,
        "report": list(bump.report),
        "recipes": sorted(bump.texts),
    }


def bumps_summary(records: list[dict[str, Any]], listing: bool, quiet: bool, named: bool) -> int:
    """Print how many recipes lag or were changed; returns the exit code: 1 for a recipe that could
    not be changed, or not be looked at. One that stands for no release is an error only where it
    was ``named``."""
    lagging = [record for record in records if record["missing"]]
    done = [record for record in records if record["new"]]
    unknown = [record for record in records if record["problem"]]
    refused = [record for record in records if record["reason"] and not record["problem"]]
    if not quiet:
        told = f"{len(records)} recipes, {len(lagging)} behind"
        told += "" if listing else f", {len(done)} changed, {len(refused)} not"
        print(f"{told}; {len(unknown)} that cannot be compared.")
    failed = [record for record in unknown if record["failed"] or named]
    if failed or (refused and not listing):
        say("Error: not all that was asked for could be done")
        return 1
    return 0

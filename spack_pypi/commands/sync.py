"""``sync``: bring recipes to newer releases."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .options import add_newest_option, add_recipes_options
from .recipes import open_recipes

if TYPE_CHECKING:
    from ..diagnostics import Diagnostic
    from ..host.port import Host

HELP = "update recipes to newer releases, with the smallest change"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    add_recipes_options(parser, places=True)
    add = parser.add_argument
    add(
        "--list",
        action="store_true",
        help="only list outdated recipes; for named ones also how much would change",
    )
    add(
        "--since",
        metavar="DATE|DAYS",
        help="with --list: count only releases of this day (2026-11-01) or later, or of the last "
        "DAYS days",
    )
    add(
        "--to",
        metavar="VERSION|latest|minor|patch",
        default="latest",
        help="update to VERSION, to the latest release (default), or to the latest of the same "
        "major (minor) or minor (patch) series",
    )
    add(
        "--all-missing",
        action="store_true",
        help="add every release in between, not only the newest",
    )
    add("--pre", action="store_true", help="include pre-releases")
    add_newest_option(add)
    add(
        "--all-variants",
        action="store_true",
        help="add what only a variant needs, too (default: a variant that needs what no recipe "
        "provides conflicts with the new version)",
    )
    add(
        "--dry-run",
        action="store_true",
        help="plan and verify, print the changes and where each new line comes from, but write "
        "nothing",
    )
    add(
        "--verify",
        choices=("load", "concretize", "every"),
        default="load",
        help="how far to verify recipes before writing them: load them (default), concretize the "
        "newest version that is added, or concretize every version that is written",
    )


def run(args: argparse.Namespace, host: Host) -> Sequence[Diagnostic]:
    """Run the command; returns the diagnostics of the recipes."""
    from ..errors import UsageError
    from ..report.formats import document, write_json
    from ..report.sync import Totals, show_update, update_json
    from ..report.terminal import print_text
    from ..resolve.policy import Policy
    from ..workflow.outdated import named_version, outdated
    from ..workflow.request import Request, Verify
    from ..workflow.sync import Update, diagnostics, sync

    named = bool(args.names)
    request = Request(
        names=(),
        repo=args.repo,
        namespace=args.namespace,
        verify=Verify(args.verify),
        dry_run=args.list or args.dry_run,
        as_written=True,
        policy=Policy(newest=args.newest),
        all_variants=args.all_variants,
    )
    version = named_version(args.to)
    policy = Policy(
        pre=args.pre or (version is not None and version.is_prerelease),
        withdrawn=version is not None,
        pythons=tuple(host.repos.python_versions()),
    )
    since = _day(args.since) if args.since else ""
    if since and not args.list:
        raise UsageError("--since limits what --list shows: pass --list as well")
    totals, records, found = Totals(args.list), [], []
    partly: set[str] = set()
    with open_recipes(args, host) as recipes:
        session = recipes.session
        if not request.dry_run:
            host.repos.target(args.repo, args.namespace, write=True)  # fails once, not per recipe
        # A repo has thousands of recipes: of each only what is to be printed at the end is kept.
        compared = outdated(
            session,
            host,
            recipes.packages,
            policy,
            reports=args.list and named,
            older=version is not None or any(recipes.versions.values()),
            project_of=recipes.project_of,
        )
        for recipe in compared:
            to = recipes.versions.get(recipe.package) or args.to
            each = recipe.limited(to, since) if args.list else recipe
            if args.list and not named:
                update = Update(each)
            else:
                update = sync(
                    session,
                    host,
                    each,
                    request,
                    to=to,
                    every=args.all_missing,
                    explained=args.dry_run,
                )
            totals.add(update)
            if each.unclear and named and not (update.reason or each.problem):
                partly.add(each.package)
            found += diagnostics(update, args.list, named)
            if args.json:
                records.append(update_json(update))
            if args.json != "-":
                show_update(update, listing=args.list, diff=args.dry_run, named=named)
    if args.json != "-":
        print_text(str(totals))
    if args.json:
        write_json(args.json, document(records, found))
    _say_failures(found, partly, args.list)
    return found


def _say_failures(found: Sequence[Diagnostic], partly: set[str], listing: bool) -> None:
    """Say which recipes were not handled; of ``partly`` only branches were not."""
    from ..diagnostics import Severity
    from ..errors import some_of
    from ..report.next_steps import MOST_NAMED
    from ..report.terminal import say

    errors = [each for each in found if each.severity is Severity.ERROR]
    failed = {each.package for each in errors if each.code in ("not-checked", "not-updated")}
    failed -= partly
    if partly:
        say(f"Error: not all branches compared: {some_of(sorted(partly), MOST_NAMED)}")
    if failed:
        what = "cannot be compared" if listing else "not updated"
        say(f"Error: {what}: {some_of(sorted(failed), MOST_NAMED)}")
    unknown = {each.package for each in errors} - failed - partly
    if unknown:
        what = "not known whether vulnerable" if listing else "not all of it could be read"
        say(f"Error: {what}: {some_of(sorted(unknown), MOST_NAMED)}")


def _day(text: str) -> str:
    """The day (ISO 8601) of ``--since``: a day, or a number of days before today. Raises
    `UsageError`."""
    from datetime import date, timedelta

    from ..errors import UsageError

    try:
        if text.isdecimal():
            return (date.today() - timedelta(days=int(text))).isoformat()
        return date.fromisoformat(text).isoformat()
    except (ValueError, OverflowError):
        raise UsageError(
            f"--since {text}: give a day, such as 2026-11-01, or a number of days"
        ) from None

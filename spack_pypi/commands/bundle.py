"""``bundle``: a folder with all that installing projects needs where there is no network."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .create import add_set_options, listed_in, not_read, request_of
from .options import (
    add_backend_option,
    add_choice_options,
    add_index_options,
    add_verify_options,
    open_session,
)
from .own import read_names

if TYPE_CHECKING:
    from ..diagnostics import Diagnostic
    from ..host.port import Host

HELP = "make a folder with all that installing projects needs where there is no network"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="a requirement, such as 'mcp[cli]>=1,<2'"
    )
    add = parser.add_argument
    add(
        "-o",
        "--output",
        metavar="DIR",
        required=True,
        help="the folder to make, or to add to",
    )
    add("-N", "--namespace", help="namespace of the recipes in it (default: pypi_bundle)")
    add(
        "-f",
        "--force",
        action="store_true",
        help="write recipes for the named projects even if a repo has them",
    )
    add_set_options(add)
    add(
        "--together",
        action=argparse.BooleanOptionalAction,
        help="resolve and install all that is named together, with one command, or each project "
        "by itself (default: together with --from)",
    )
    add_choice_options(add)
    add_backend_option(add)
    add(
        "--dry-run",
        action="store_true",
        help="say which files would be fetched, and how many bytes, but write nothing",
    )
    add_verify_options(add)
    add("--json", metavar="FILE", help="write a JSON report to FILE ('-': standard output)")
    add_index_options(add)


#: What `create` has options for, and a bundle has not.
_NOT_CHOSEN = {
    "repo": None,
    "no_deps": False,
    "no_extend": False,
    "fix": False,
    "loosen_build_pins": False,
    "no_reuse": True,
    "env": None,
}


def run(args: argparse.Namespace, host: Host) -> Sequence[Diagnostic]:
    """Run the command; returns its diagnostics."""
    from pathlib import Path

    from ..errors import UsageError
    from ..report.bundle import bundle_json, readme, show, show_fetch
    from ..report.create import show_errors
    from ..report.formats import document, write_json
    from ..report.terminal import say
    from ..workflow.bundling.bundle import Report, bundle

    chosen = argparse.Namespace(**{**vars(args), **_NOT_CHOSEN})
    listed = listed_in(chosen, host)
    if listed.environment.elsewhere:
        raise UsageError(
            "a bundle is made for a machine such as this one, not for "
            f"{listed.environment}: leave out --for"
        )
    with read_names(args, host) as own:
        request = request_of(chosen, host, own.requirements, listed)
        with open_session(args, host, listed.listed, own.over) as session:
            report = Report(say, show_fetch, readme)
            made = bundle(session, host, request, Path(args.output), report)
    unread = not_read(listed)
    diagnostics = [*unread, *made.diagnostics]
    for each in unread:
        say(f"Warning: not read: {each.text}")
    show_errors(host, made.outcome)
    if args.json != "-":
        show(args.output, made)
    if args.json:
        write_json(args.json, {**document([], diagnostics), **bundle_json(made)})
    if made.outcome.error is not None:
        raise made.outcome.error
    return diagnostics

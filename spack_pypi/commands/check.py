"""``check``: compare recipes with the metadata of the releases they list."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .options import add_recipes_options
from .recipes import open_recipes

if TYPE_CHECKING:
    from ..diagnostics import Diagnostic
    from ..host.port import Host

HELP = "compare recipes with the metadata of the releases they list"
#: The names in `report.formats`, which is not read at a start of Spack.
_FORMATS = ("text", "json", "sarif", "github", "gitlab")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    add_recipes_options(parser, places=True)
    add = parser.add_argument
    add(
        "--versions",
        choices=("newest", "all"),
        default="newest",
        help="which versions of each recipe to compare (default: newest)",
    )
    add("--strict", action="store_true", help="treat warnings and notes as errors")
    add(
        "--ignore",
        metavar="CODE[:PACKAGE]",
        action="append",
        default=[],
        help="do not report this code, for all packages or for one; may be repeated",
    )
    add(
        "--baseline",
        metavar="FILE",
        help="report only what is not in FILE, written by an earlier --json",
    )
    add("--format", choices=_FORMATS, default="text", help="output format (default: text)")


def run(args: argparse.Namespace, host: Host) -> Sequence[Diagnostic]:
    """Run the command; returns the diagnostics that are not suppressed."""
    from ..diagnostics import strict
    from ..report.check import packages_json, published, summary
    from ..report.formats import FORMATS, document, line, write_json
    from ..report.terminal import print_text
    from ..workflow.compare.check import check
    from ..workflow.compare.places import located
    from ..workflow.compare.suppressions import Suppressions
    from ..workflow.publishers import published_by

    streams = args.format == "text" and args.json != "-"
    suppressions = Suppressions.read(args.ignore, args.baseline)
    results, diagnostics = [], []
    every = args.versions == "all"
    with open_recipes(args, host) as recipes:
        for checked in check(
            recipes.session,
            host,
            recipes.packages,
            every_version=every or any(recipes.versions.values()),
            project_of=recipes.project_of,
            published_by=published_by if args.names else lambda index, release: (),
        ):
            results.append(checked)
            new = suppressions.remaining(located(host, checked.diagnostics))
            new = strict(new) if args.strict else new
            diagnostics += new
            for diagnostic in new if streams else ():
                print_text(line(diagnostic))
            for said in published(checked) if streams else ():
                print_text(said)
    if args.json:
        write_json(args.json, document(packages_json(results), diagnostics))
    if streams:
        print_text(summary(results, diagnostics, suppressions.summary))
    elif args.json != "-":
        print_text(FORMATS[args.format](diagnostics))
    return diagnostics

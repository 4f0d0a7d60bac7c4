"""``doctor``: whether what is installed fits together."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..diagnostics import Diagnostic
    from ..host.port import Host

HELP = "look at installed packages, or an environment: whether they fit together"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    add = parser.add_argument
    add(
        "names",
        nargs="*",
        metavar="SPEC|ENV",
        help="an installed spec, or an environment, by its name or folder (default: the active "
        "environment, else all Python packages that were asked for)",
    )
    add("--json", metavar="FILE", help="write a JSON report to FILE ('-': standard output)")


def run(args: argparse.Namespace, host: Host) -> Sequence[Diagnostic]:
    """Run the command; returns its diagnostics."""
    from ..report.doctor import lines, package_json
    from ..report.formats import document, write_json
    from ..report.terminal import print_text
    from ..workflow.doctor.doctor import examine

    examined = [examine(host, each, os.environ) for each in host.store.runtimes(args.names)]
    diagnostics = list(dict.fromkeys(d for each in examined for d in each.diagnostics))
    packages = dict.fromkeys(package for each in examined for package in each.packages)
    if args.json:
        write_json(args.json, document([*map(package_json, packages)], diagnostics))
    if args.json != "-":
        print_text("\n".join(lines(examined, len(packages), diagnostics)))
    return diagnostics

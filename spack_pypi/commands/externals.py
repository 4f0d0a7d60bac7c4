"""``externals``: use what is installed for a Python already."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from .options import add_index_options, add_repo_options, open_session

if TYPE_CHECKING:
    from ..diagnostics import Diagnostic
    from ..host.port import Host
    from ..prefixes.interpreter import Interpreter
    from ..workflow.create import Outcome

#: What a hint need not say.
_DEFAULTS = {"verify": "concretize"}

HELP = "make externals of what is installed for a Python"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    add = parser.add_argument
    add(
        "names",
        nargs="*",
        metavar="NAME",
        help="a project or package (default: all that are installed)",
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--python",
        metavar="EXE",
        help="the interpreter whose packages are meant (default: python3 on the PATH)",
    )
    where.add_argument(
        "--prefix",
        metavar="DIR",
        help="the same by its prefix: a virtual environment, a conda environment, /usr",
    )
    where.add_argument(
        "--conda", metavar="ENV", help="the same by the name of a conda environment"
    )
    where.add_argument(
        "--module",
        dest="modules",
        metavar="NAME",
        action="append",
        default=[],
        help="the Python that a shell has after module load NAME; may be repeated",
    )
    to = parser.add_mutually_exclusive_group()
    to.add_argument(
        "--scope",
        metavar="SCOPE",
        help="configuration scope to write to, such as site or env:NAME (default: as for spack "
        "external find)",
    )
    to.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="write to a file instead, which a configuration can include",
    )
    add(
        "--not-buildable",
        action="store_true",
        help="Spack must use these packages, and may not build them",
    )
    add(
        "--exclude",
        metavar="NAME",
        action="append",
        default=[],
        help="leave out a project or package; may be repeated",
    )
    add(
        "--create",
        action="store_true",
        help="first write the recipes and versions that are lacking, as create does",
    )
    add_repo_options(add)
    add("--dry-run", action="store_true", help="show what would be written; write nothing")
    add(
        "--verify",
        choices=("load", "concretize", "install"),
        default=_DEFAULTS["verify"],
        help="how to verify the externals before writing them: that Spack reads them; that it "
        "concretizes a spec of each with them (default); or that a small package can also be "
        "built on them, loaded, and import each: this runs the code of what is installed",
    )
    add("--json", metavar="FILE", help="write a JSON report to FILE ('-': standard output)")
    add_index_options(add)


def run(args: argparse.Namespace, host: Host) -> Sequence[Diagnostic]:
    """Run the command. What was named and cannot be used is an error."""
    from ..host.port import Destination
    from ..report.create import packages_json
    from ..report.externals import external_json, lines
    from ..report.formats import document, write_json
    from ..report.terminal import print_text
    from ..workflow.externals.externals import diagnostics, externals
    from ..workflow.externals.lacking import planned
    from ..workflow.verifying.verification import Step

    to = Destination(
        args.scope or "",
        Path(args.output) if args.output else None,
        buildable=not args.not_buildable,
        dry_run=args.dry_run,
    )
    verify = {
        "load": Step.LOADED,
        "concretize": Step.CONCRETIZED,
        "install": Step.INSTALLED,
    }[args.verify]
    python = _interpreter(args)
    created, found = _created(args, host, python) if args.create else (None, [])
    result = externals(host, python, args.names, args.exclude, to, verify=verify)
    found = [*found, *diagnostics(host, result)]
    if created is not None and args.dry_run:
        result = replace(result, planned=planned(created))
    if args.json:
        recipes = packages_json(created) if created else []
        report = {**external_json(result), "recipes": recipes}
        write_json(args.json, document([report], found))
    if args.json != "-":
        lacking = result.found.lacking if created is None else ()
        create = _recipes_command(args, host, lacking) if lacking else ""
        print_text("\n".join(lines(result, args.dry_run, create)))
    return found


def _recipes_command(args: argparse.Namespace, host: Host, lacking: Sequence[str]) -> str:
    """The command that writes the recipes that are lacking: `create` of these releases, or, of
    many, the same command as this one with ``--create``."""
    from ..report.next_steps import MOST_NAMED
    from ..report.terminal import command

    if len(lacking) <= MOST_NAMED:
        return command(f"{host.command} pypi create", [f"'{each}'" for each in lacking])
    words = [*args.names, "--create"]
    for option in ("python", "prefix", "conda", "scope", "output", "verify"):
        value = getattr(args, option)
        words += [f"--{option}", value] if value and value != _DEFAULTS.get(option) else []
    for option, values in (("module", args.modules), ("exclude", args.exclude)):
        words += [word for value in values for word in (f"--{option}", value)]
    words += ["--not-buildable"] if args.not_buildable else []
    return command(f"{host.command} pypi externals", map(quote, words))


def _created(
    args: argparse.Namespace, host: Host, python: Interpreter
) -> tuple[Outcome | None, list[Diagnostic]]:
    """What `create` made of what has no recipe or no such version. What it cannot do is an error,
    and no reason to leave out the externals that there can be."""
    from ..diagnostics import error
    from ..errors import SpackPyPIError, UsageError
    from ..report.create import show, show_errors
    from ..report.terminal import print_text, say, say_error
    from ..workflow.create import create
    from ..workflow.externals.lacking import lacking, noted
    from ..workflow.request import Request, Verify

    lacks = lacking(host, python, args.names, args.exclude)
    for each in lacks.unknown:
        say(f"Error: {each.text}")
    if not lacks.requirements:
        return None, lacks.unknown
    request = Request(
        lacks.requirements,
        repo=args.repo,
        namespace=args.namespace,
        dry_run=args.dry_run,
        verify=Verify.LOAD,
        installed=lacks.installed,
    )
    try:
        with open_session(args, host) as session:
            outcome = noted(host, create(session, host, request))
    except UsageError:
        raise
    except SpackPyPIError as failure:
        say_error(failure, getattr(args, "debug", False))
        return None, [*lacks.unknown, error("not-written", "", str(failure))]
    show_errors(host, outcome)
    if args.json != "-":
        show(host, outcome, is_last=False)
        print_text("")
    if outcome.error is not None:
        say_error(outcome.error, getattr(args, "debug", False))
    return outcome, [*lacks.unknown, *outcome.diagnostics]


def _interpreter(args: argparse.Namespace) -> Interpreter:
    """Raises `UsageError` where there is none."""
    from ..prefixes.interpreter import ask, in_conda, in_prefix
    from ..prefixes.modules import in_modules

    if args.prefix:
        return in_prefix(Path(args.prefix))
    if args.conda:
        return in_conda(args.conda)
    if args.modules:
        return in_modules(args.modules)
    return ask(args.python or "python3")

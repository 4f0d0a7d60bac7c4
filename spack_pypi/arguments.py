"""The arguments of every command. Nothing is imported that a start of Spack does not need."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from types import ModuleType

from .commands import check, create, sync, upstream, why

#: Each has ``HELP``, ``add_arguments(parser)`` and ``run(args, host)``.
COMMANDS: Mapping[str, ModuleType] = {
    "create": create,
    "check": check,
    "sync": sync,
    "upstream": upstream,
    "why": why,
}


def create_arguments(read: argparse.Namespace) -> argparse.Namespace:
    """The arguments of ``create`` where Spack's own ``create`` has the option ``--pypi``: it keeps
    for us what follows that (``read.pypi``), and has read what stands before it."""
    parser = argparse.ArgumentParser(
        prog="spack create --pypi",
        description="Write the recipes that are missing for Python projects.",
    )
    create.add_arguments(parser)
    shared = ("repo", "namespace", "force")
    before = argparse.Namespace(**{name: getattr(read, name) for name in shared})
    # A name that stands before the option is what Spack takes for its own argument.
    names = [read.url] if read.url else []
    return parser.parse_intermixed_args([*names, *read.pypi], before)


def add_commands(parser: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    """Add the commands of ``spack pypi``; returns the parser of each that is about recipes."""
    commands = parser.add_subparsers(metavar="COMMAND", dest="pypi_command", required=True)
    found = []
    for name, command in COMMANDS.items():
        inner = commands.add_parser(name, help=command.HELP)
        command.add_arguments(inner)
        if name != "upstream":  # its own --spack is not the one that names a Spack from outside
            found.append(inner)
    return found

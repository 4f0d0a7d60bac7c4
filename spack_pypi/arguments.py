"""The arguments of every command. Spack imports this at every start: it imports little."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any, NoReturn

from .commands import bundle, check, create, doctor, explain, externals, sync, upstream, why
from .commands.options import add_debug_option

#: Each has ``HELP``, ``add_arguments(parser)`` and ``run(args, host)``.
COMMANDS: Mapping[str, ModuleType] = {
    "create": create,
    "check": check,
    "sync": sync,
    "upstream": upstream,
    "why": why,
    "explain": explain,
    "bundle": bundle,
    "doctor": doctor,
    "externals": externals,
}


class Parser(argparse.ArgumentParser):
    """Does not repeat the credentials of addresses in what it says of arguments that are wrong."""

    def error(self, message: str) -> NoReturn:
        from .errors import shown

        super().error(shown(message))

    def _print_message(self, message: str, file: Any = None) -> None:
        """What ``--help`` prints may not fit on a disk; `argparse` passes over that."""
        from .report.terminal import wrote

        stream = file or sys.stderr
        if stream is not None and not wrote(stream, message):
            sys.exit(1)


def refuse_empty(parser: argparse.ArgumentParser) -> None:
    """An argument that is empty, as ``-r "$REPO"`` where that is not set, is used wrongly. Those
    with a form of their own say so themselves."""
    for action in parser._actions:
        if action.type is None and action.choices is None and action.nargs != 0:
            action.type = _not_empty


def _not_empty(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("expected a value, and it is empty")
    return text


def create_arguments(read: argparse.Namespace) -> argparse.Namespace:
    """The arguments of ``spack create --pypi``: Spack's own ``create`` has parsed those before the
    option, and passes on those after it in ``read.pypi``."""
    parser = Parser(
        prog="spack create --pypi",
        description="Write the recipes that are missing for Python projects.",
    )
    create.add_arguments(parser)
    add_debug_option(parser)
    refuse_empty(parser)
    shared = ("repo", "namespace", "force")
    before = argparse.Namespace(**{name: getattr(read, name) for name in shared})
    # Spack takes a name before the option for its own argument.
    names = [read.url] if read.url else []
    return parser.parse_intermixed_args([*names, *read.pypi], before)


def add_commands(parser: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    """Add the commands of ``spack pypi``; returns the parsers that may get ``--spack``."""
    commands = parser.add_subparsers(metavar="COMMAND", dest="pypi_command", required=True)
    parsers = []
    for name, command in COMMANDS.items():
        inner = commands.add_parser(name, help=command.HELP)
        command.add_arguments(inner)
        add_debug_option(inner)
        refuse_empty(inner)
        if name != "upstream":  # it has a --spack of its own
            parsers.append(inner)
    return parsers

"""The commands that a report ends with. Nobody reads or copies one with thousands of names: above
`MOST_NAMED` another command does the same for all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from .terminal import command

if TYPE_CHECKING:
    from ..host.port import Host

#: So many names stand in a command, or in a sentence.
MOST_NAMED = 10


def install(host: Host, specs: Sequence[str], deprecated: bool) -> str:
    """How to install these specs: the command, or for many of them a sentence."""
    first = f"{host.command} install{' --deprecated' if deprecated else ''}"
    if len(specs) <= MOST_NAMED:
        return command(first, map(quote, specs))
    return (
        f"{first} SPEC, for each of these {len(specs)} that you want; the same command with --env "
        "spack.yaml writes a Spack environment of all"
    )


def install_environment(host: Host, file: str, deprecated: bool) -> str:
    """The commands that install the environment that a file describes."""
    path, allow = Path(file), " --deprecated" if deprecated else ""
    if path.name == "spack.yaml":
        return f"{host.command} -e {quote(str(path.parent))} install{allow}"
    return f"{host.command} env create NAME {quote(file)} && {host.command} -e NAME install{allow}"


def write_externals(host: Host, python: str, projects: Sequence[str]) -> str:
    """The command that makes externals of installed projects."""
    return command(f"{host.command} pypi externals", map(quote, ("--python", python, *projects)))


def shown_externals(host: Host, python: str, projects: Sequence[str]) -> str:
    """`write_externals` as it is printed: of many projects the command for all that this Python
    has."""
    if len(projects) <= MOST_NAMED:
        return write_externals(host, python, projects)
    every = write_externals(host, python, ())
    return (
        f"{every} (all that is installed; --json FILE has the command for these {len(projects)})"
    )

"""``why``: what requires each project, what satisfies that, and why."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from .options import (
    add_backend_option,
    add_choice_options,
    add_index_options,
    open_session,
    policy,
    python_of_externals,
)
from .own import read_names

if TYPE_CHECKING:
    from ..diagnostics import Diagnostic
    from ..host.port import Host

HELP = "show what requires each project and what satisfies it; write nothing"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    add = parser.add_argument
    add(
        "names",
        nargs="+",
        metavar="NAME",
        help="a requirement, such as 'mcp[cli]', or the path or URL of an "
        "archive or a git repository, or a folder",
    )
    add("--dot", action="store_true", help="print a graph in the format of Graphviz")
    add_choice_options(add)
    add_backend_option(add)
    add(
        "--externals",
        metavar="python:EXE",
        help="also show what of this Python satisfies a requirement, as an external, and what not",
    )
    add_index_options(add)


def run(args: argparse.Namespace, host: Host) -> Sequence[Diagnostic]:
    """Run the command; there are no diagnostics. Raises `HostError` for a name without package and
    project, after the others are shown."""
    from ..errors import HostError
    from ..report.terminal import print_text
    from ..report.why import dot, tree
    from ..workflow.externals.for_create import installed_for_create
    from ..workflow.planner import Planner
    from ..workflow.request import Request
    from ..workflow.why import SatisfiedBy, why

    with read_names(args, host) as own:
        request = Request(
            own.requirements, policy=policy(args, host), dry_run=True, allow_omissions=True
        )
        python = python_of_externals(args)
        there = python and installed_for_create(host, python, request.names, solve=False)
        if there is not None:
            request = replace(request, installed=there.found.installed)
        with open_session(args, host, over=own.over) as session:
            plan = Planner(session, host, request).plan()
        edges = why(plan, there.found if there else None)
    print_text(dot(edges) if args.dot else "\n".join(tree(edges)))
    lost = [edge for edge in edges if not edge.source and edge.satisfied_by is SatisfiedBy.OMITTED]
    if lost:
        raise HostError(f"no recipe can be written for {', '.join(edge.target for edge in lost)}")
    return ()

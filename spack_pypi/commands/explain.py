"""``explain``: where each line of a recipe comes from."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .options import add_index_options, add_repo_options, open_session

if TYPE_CHECKING:
    from ..diagnostics import Diagnostic
    from ..host.port import Host
    from ..session import Session
    from ..workflow.explain.model import ExplainedRecipe
    from ..workflow.unwritten import Unwritten

#: A version or a range of versions, as Spack writes it.
_RANGE = re.compile(r"=?[\w.+-]+|[\w.+-]*:[\w.+-]*")
HELP = "show where each line of a recipe comes from, and what of the metadata has no line"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    add = parser.add_argument
    add(
        "name",
        metavar="PACKAGE[@VERSION]",
        help="a package or project; only these versions of it, as Spack writes them (py-foo@2:)",
    )
    add(
        "line",
        metavar="LINE",
        nargs="?",
        help="show only the line of this number, or what is about this package",
    )
    add(
        "--diff",
        metavar="COMMIT",
        nargs="?",
        const="HEAD",
        help="show only what differs from the recipe in this commit (default: HEAD) of the "
        "repo's git checkout",
    )
    add_repo_options(add)
    add("--json", metavar="FILE", help="write a JSON report to FILE ('-': standard output)")
    add_index_options(add)


def run(args: argparse.Namespace, host: Host) -> Sequence[Diagnostic]:
    """Run the command; there are no diagnostics."""
    from ..errors import UsageError
    from ..report.explain import lines, recipe_json, unwritten_json, unwritten_lines
    from ..report.formats import document, write_json
    from ..report.terminal import print_text

    name, at, versions = args.name.partition("@")
    if at and not all(_RANGE.fullmatch(each) for each in versions.split(",")):
        raise UsageError(
            f"'@{versions[:80]}' is not a list of versions, such as @1.2, @2: or @1:2,4"
        )
    with open_session(args, host) as session:
        planned = None if args.diff else _unwritten(session, host, args, name, versions)
        if planned is not None:
            record, text = unwritten_json(planned), unwritten_lines(planned)
        else:
            explained = _explained(session, host, args, name, versions)
            record, text = recipe_json(explained), lines(explained)
    if args.json:
        write_json(args.json, document([record], ()))
    if args.json != "-":
        print_text("\n".join(text))
    return ()


def _explained(
    session: Session, host: Host, args: argparse.Namespace, name: str, versions: str
) -> ExplainedRecipe:
    """The recipe of a package or project, or the part of it that is asked for."""
    from ..host.checkout import text_in
    from ..workflow.compare.check import packages
    from ..workflow.explain.changed import changed
    from ..workflow.explain.explain import explain, part

    (package,) = packages(host, [name], args.repo, args.namespace)
    explained = explain(session, host, package, versions, publishers=True)
    if args.diff:
        file = host.repos.recipe_file(package)
        now = host.repos.recipe_texts(package)[0]
        explained = changed(explained, now, text_in(args.diff, file))
    return part(host, explained, args.line or "")


def _unwritten(
    session: Session, host: Host, args: argparse.Namespace, name: str, versions: str
) -> Unwritten | None:
    """What ``sync`` or ``create`` would write, or refuse, of a version that its recipe does not
    list, or of a project without one; None of what a recipe says."""
    from dataclasses import replace

    from ..workflow.compare.check import package_of
    from ..workflow.explain.explain import part
    from ..workflow.request import Request
    from ..workflow.unwritten import lacks, unwritten_recipe, unwritten_version

    request = Request((), repo=args.repo, namespace=args.namespace)
    version = versions.lstrip("=")
    package = package_of(host, name, args.repo, args.namespace)
    if package is None:
        project = f"{name}=={version}" if version else name
        found = unwritten_recipe(session, host, project, request)
    elif lacks(session, host, package, version):
        found = unwritten_version(session, host, package, version, request)
    else:
        return None
    if found.explained is None:
        return found
    return replace(found, explained=part(host, found.explained, args.line or ""))

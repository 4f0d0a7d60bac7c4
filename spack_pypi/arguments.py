"""The arguments of every command. Nothing is imported that a start of Spack does not need."""

from __future__ import annotations

import argparse
import re
from typing import Any, Callable


def add_create_arguments(parser: argparse.ArgumentParser, shared: bool = True) -> None:
    """Add the options of ``create`` to a parser, without the names themselves.

    ``shared=False`` leaves out those that Spack's own ``create`` has already: ``--repo``,
    ``--namespace``, ``--force``, ``--skip-editor`` and ``--batch``.
    """
    if shared:
        parser.add_argument("-r", "--repo", help="path of the repo to write to")
        parser.add_argument("-N", "--namespace", help="namespace of the repo to write to")
        parser.add_argument(
            "-f",
            "--force",
            action="store_true",
            help="write the named projects' recipes even where a repo has them",
        )
        parser.add_argument(
            "--skip-editor", action="store_true", help="do not open an editor on the recipes"
        )
        parser.add_argument("-b", "--batch", action="store_true", help="never ask anything")
    add = parser.add_argument_group("recipes from the Python package index").add_argument
    _add_choice_arguments(add)
    add(
        "--from",
        dest="files",
        metavar="FILE",
        action="append",
        default=[],
        help="requirements of a requirements.txt, pyproject.toml, pylock.toml or uv.lock too",
    )
    add("--extra", action="append", default=[], help="with this extra of the pyproject.toml")
    add("--group", action="append", default=[], help="with this dependency group of it (PEP 735)")
    add("--env", metavar="FILE", help="write a Spack environment of all that was asked for")
    add("--no-deps", action="store_true", help="write the named projects only")
    add(
        "--no-extend",
        action="store_true",
        help="add no versions to packages that exist, report what they lack",
    )
    add("--dry-run", action="store_true", help="print the recipes, write nothing")
    add("--strict", action="store_true", help="every omission is an error")
    add(
        "--allow-omissions",
        action="store_true",
        help="write recipes without what cannot be had; they say what is missing",
    )
    add(
        "--together",
        action="store_true",
        help="all named projects must fit together in one environment",
    )
    add(
        "--verify",
        choices=("load", "concretize", "install"),
        help="how far recipes are proven before they are moved in (default: concretize, if there "
        "is a solver)",
    )
    add(
        "--fix",
        action="store_true",
        help="add undeclared build requirements that installing shows, and try again",
    )
    add("--json", metavar="FILE", help="write a record per package to FILE ('-': standard output)")
    _add_index_arguments(add)


def _add_choice_arguments(add: Callable[..., Any]) -> None:
    add(
        "--versions",
        metavar="latest|N|all",
        type=_versions,
        default=None,
        help="releases to list: the newest of each of the newest N minor series (default: 3)",
    )
    add("--pre", action="store_true", help="list pre-releases too")
    add(
        "--map",
        metavar="PROJECT=SPEC",
        type=_mapping,
        action="append",
        default=[],
        help="use this package for a project, whatever the repos say (empty: none)",
    )


def _add_index_arguments(add: Callable[..., Any]) -> None:
    add("--index-url", metavar="URL", help="simple index to read (default: pip's, or Spack's)")
    add("--offline", action="store_true", help="use only what was read before")


def _add_recipes_arguments(add: Callable[..., Any]) -> None:
    """For commands about recipes that exist."""
    add("names", nargs="*", metavar="NAME", help="a package or project (default: all of the repo)")
    add("-r", "--repo", help="path of the repo that holds the recipes")
    add("-N", "--namespace", help="namespace of the repo that holds the recipes")
    add("--json", metavar="FILE", help="write what is found to FILE ('-': standard output)")
    _add_index_arguments(add)


def _add_upstream_arguments(add: Callable[..., Any]) -> None:
    _add_recipes_arguments(add)
    add(
        "--spack",
        dest="patch_spack",
        action="store_true",
        help="instead: the patch that gives Spack's own create the option --pypi",
    )
    add("-o", "--output", metavar="DIR", help="folder for the patches (default: as the branch)")
    add("--branch", metavar="NAME", help="name of the branch (default: pypi/PACKAGE)")
    add(
        "--checkout",
        metavar="DIR",
        help="clone of builtin's repository that gets the branch (default: where builtin lies)",
    )
    add(
        "--base",
        metavar="COMMIT",
        help="what the patches are made for (default: develop, as its origin has it now)",
    )
    add(
        "--versions",
        choices=("newest", "all"),
        default="newest",
        help="which of the recipes' versions (default: the newest, and what is needed)",
    )
    add(
        "--verify",
        choices=("load", "concretize"),
        default="load",
        help="how far recipes are proven, besides that they pass the audit (default: load)",
    )
    add(
        "--allow-errors",
        action="store_true",
        help="send added versions although check finds errors in them; the cover lists them",
    )
    add("--dry-run", action="store_true", help="print the changes, make no commits")


def _versions(text: str) -> Any:
    if text in ("latest", "all"):
        return text
    if text.isdigit() and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError("expected 'latest', 'all' or a positive number")


def _mapping(text: str) -> tuple[str, str]:
    from packaging.utils import InvalidName, canonicalize_name

    project, equals, spec = text.partition("=")
    try:
        name = canonicalize_name(project.strip(), validate=True)
    except InvalidName:
        name = None
    if not (name and equals and re.fullmatch(r"[a-z0-9-]*(\+[\w-]+)*", spec)):
        raise argparse.ArgumentTypeError(f"expected PROJECT=SPEC, not '{text}'")
    return name, spec


def _add_names(create: argparse.ArgumentParser) -> None:
    create.add_argument(
        "names", nargs="*", metavar="NAME", help="a requirement, such as 'mcp[cli]>=1,<2'"
    )


def create_arguments(read: argparse.Namespace) -> argparse.Namespace:
    """The arguments of ``create`` where Spack's own ``create`` has the option ``--pypi``: it keeps
    for us what follows that (``read.pypi``), and has read what stands before it."""
    parser = argparse.ArgumentParser(
        prog="spack create --pypi",
        description="Write the recipes that are missing for Python projects.",
    )
    _add_names(parser)
    add_create_arguments(parser)
    shared = ("repo", "namespace", "force", "skip_editor", "batch")
    before = argparse.Namespace(**{name: getattr(read, name) for name in shared})
    # A name that stands before the option is what Spack takes for its own argument.
    names = [read.url] if read.url else []
    return parser.parse_intermixed_args([*names, *read.pypi], before)


def add_commands(parser: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    """Add the commands of ``spack pypi``; returns the parser of each that is about recipes."""
    commands = parser.add_subparsers(metavar="COMMAND", dest="pypi_command", required=True)
    create = commands.add_parser(
        "create", help="write the recipes that are missing for Python projects"
    )
    _add_names(create)
    add_create_arguments(create)
    check = commands.add_parser(
        "check", help="compare recipes with the metadata of the releases they list"
    )
    _add_recipes_arguments(check.add_argument)
    check.add_argument(
        "--versions",
        choices=("newest", "all"),
        default="newest",
        help="which of a recipe's versions (default: the newest)",
    )
    check.add_argument(
        "--strict", action="store_true", help="what a person may have meant is an error too"
    )
    sync = commands.add_parser(
        "sync", help="bring recipes to newer releases, by the smallest change that is exact"
    )
    _add_recipes_arguments(sync.add_argument)
    sync.add_argument(
        "--list",
        action="store_true",
        help="only tell what is behind; of what is named also how hard the bump is",
    )
    sync.add_argument(
        "--to",
        metavar="VERSION|latest|minor|patch",
        default="latest",
        help="a version, the newest (default), or the newest of the same major or minor series",
    )
    sync.add_argument(
        "--all-missing", action="store_true", help="every release in between, not only the newest"
    )
    sync.add_argument("--pre", action="store_true", help="pre-releases too")
    sync.add_argument("--dry-run", action="store_true", help="print the changes, write nothing")
    sync.add_argument(
        "--verify",
        choices=("load", "concretize"),
        default="load",
        help="how far recipes are proven, besides that all they say is exact (default: load)",
    )
    upstream = commands.add_parser(
        "upstream", help="make commits and patches for builtin of recipes; nothing is pushed"
    )
    _add_upstream_arguments(upstream.add_argument)
    why = commands.add_parser(
        "why", help="tell what asks for each project, what answers it, and why; write nothing"
    )
    why.add_argument("names", nargs="+", metavar="NAME", help="a requirement, such as 'mcp[cli]'")
    why.add_argument("--dot", action="store_true", help="as a graph for Graphviz")
    _add_choice_arguments(why.add_argument)
    _add_index_arguments(why.add_argument)
    # Not upstream: its own --spack is not the one that names a Spack from outside.
    return [create, check, sync, why]

"""Arguments, wiring, what is printed, and exit codes: the same for every door."""

from __future__ import annotations

import argparse
import re
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Callable, Iterator, List, Optional, Tuple

from .show import (
    explain,
    findings_json,
    named,
    records_json,
    report,
    say,
    show_checked,
    summary,
    write_environment,
    write_json,
)
from .show_bumps import bump_json, bumps_summary, show_bump

if TYPE_CHECKING:
    from .host.port import Host
    from .pypi.http import HttpIndex
    from .workflow.choose import Policy


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
    add("--strict", action="store_true", help="an omission is an error")
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
        help="the package that stands for a project, whatever the repos say (empty: none does)",
    )


def _add_index_arguments(add: Callable[..., Any]) -> None:
    add("--index-url", metavar="URL", help="simple index to read (default: pip's, or Spack's)")
    add("--offline", action="store_true", help="use only what was read before")


def _versions(text: str) -> Any:
    if text in ("latest", "all"):
        return text
    if text.isdigit() and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError("expected 'latest', 'all' or a positive number")


def _mapping(text: str) -> Tuple[str, str]:
    from packaging.utils import InvalidName, canonicalize_name

    project, equals, spec = text.partition("=")
    try:
        name = canonicalize_name(project.strip(), validate=True)
    except InvalidName:
        name = None
    if not (name and equals and re.fullmatch(r"[a-z0-9-]*(\+[\w-]+)*", spec)):
        raise argparse.ArgumentTypeError(f"expected PROJECT=SPEC, not '{text}'")
    return name, spec


def add_commands(parser: argparse.ArgumentParser) -> List[argparse.ArgumentParser]:
    """Add the commands of ``spack pypi``; returns the parser of each."""
    commands = parser.add_subparsers(metavar="COMMAND", dest="pypi_command", required=True)
    create = commands.add_parser(
        "create", help="write the recipes that are missing for Python projects"
    )
    create.add_argument(
        "names", nargs="*", metavar="NAME", help="a requirement, such as 'mcp[cli]>=1,<2'"
    )
    add_create_arguments(create)
    check = commands.add_parser(
        "check", help="compare recipes with the metadata of the releases they list"
    )
    check.add_argument(
        "names", nargs="*", metavar="NAME", help="a project or package (default: all of the repo)"
    )
    check.add_argument("-r", "--repo", help="path of the repo to check")
    check.add_argument("-N", "--namespace", help="namespace of the repo to check")
    check.add_argument(
        "--versions",
        choices=("newest", "all"),
        default="newest",
        help="which of a recipe's versions (default: the newest)",
    )
    check.add_argument(
        "--strict", action="store_true", help="what a person may have meant is an error too"
    )
    check.add_argument("--json", metavar="FILE", help="write the findings to FILE ('-': stdout)")
    _add_index_arguments(check.add_argument)
    sync = commands.add_parser(
        "sync", help="bring recipes to newer releases, by the smallest change that is exact"
    )
    sync.add_argument(
        "names", nargs="*", metavar="NAME", help="a package or project (default: all of the repo)"
    )
    sync.add_argument("-r", "--repo", help="path of the repo that holds the recipes")
    sync.add_argument("-N", "--namespace", help="namespace of the repo that holds the recipes")
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
    sync.add_argument(
        "--json", metavar="FILE", help="write a record per recipe to FILE ('-': standard output)"
    )
    _add_index_arguments(sync.add_argument)
    why = commands.add_parser(
        "why", help="tell what asks for each project, what answers it, and why; write nothing"
    )
    why.add_argument("names", nargs="+", metavar="NAME", help="a requirement, such as 'mcp[cli]'")
    why.add_argument("--dot", action="store_true", help="as a graph for Graphviz")
    _add_choice_arguments(why.add_argument)
    _add_index_arguments(why.add_argument)
    return [create, check, sync, why]


def main(args: argparse.Namespace, make_host: Callable[[], "Host"]) -> int:
    """Run the command that ``args`` names and return the exit code: 0 done, 1 could not be done,
    2 used wrongly. Prints everything, errors as one sentence each."""
    from .errors import SpackPyPIError

    host = None
    try:
        host = make_host()
        run = {"check": _check, "sync": _sync, "why": _why}.get(_command(args), _create)
        return run(args, host)
    except SpackPyPIError as error:
        say(f"Error: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        say("Interrupted: nothing was written.")
        return 1
    finally:
        if host is not None:
            host.close()


def _command(args: argparse.Namespace) -> str:
    """The command; through ``spack create --pypi`` there is but one."""
    return str(getattr(args, "pypi_command", "create"))


@contextmanager
def _index(args: argparse.Namespace, host: "Host") -> Iterator[Tuple["HttpIndex", int]]:
    """The index that the options, pip or the host name, and how many requests at once it gets."""
    from .pypi.http import HttpIndex
    from .pypi.settings import settings

    reach = settings(
        args.index_url, default=host.index_url, cache=host.cache, offline=args.offline
    )
    index = HttpIndex(reach)
    try:
        yield index, reach.connections
    finally:
        index.close()


def _check(args: argparse.Namespace, host: "Host") -> int:
    from .workflow.check import check, packages

    quiet = args.json == "-"
    results = []
    with _index(args, host) as (index, connections), _Progress() as progress:
        for checked in check(
            host,
            index,
            packages(host, args.names, args.repo, args.namespace),
            every_version=args.versions == "all",
            connections=connections,
            progress=progress,
        ):
            results.append(checked)
            if not quiet:
                show_checked(checked)
    if args.json:
        write_json(args.json, [finding for c in results for finding in findings_json(c)])
    return summary(results, args.strict, quiet)


def _policy(args: argparse.Namespace, host: "Host") -> "Policy":
    """Which releases are chosen, and (the host is told) which packages stand for projects."""
    from .workflow.choose import DEFAULT_SERIES, Policy

    for project, spec in args.map:
        host.map(project, spec)
    return Policy(args.versions or DEFAULT_SERIES, args.pre)


def _why(args: argparse.Namespace, host: "Host") -> int:
    from .workflow.why import dot, why

    policy = _policy(args, host)
    with _index(args, host) as (index, connections), _Progress() as progress:
        edges = why(host, index, args.names, policy, connections=connections, progress=progress)
    print(dot(edges) if args.dot else "\n".join(explain(edges)))
    return 0


def _sync(args: argparse.Namespace, host: "Host") -> int:
    from .workflow.behind import behind
    from .workflow.check import packages
    from .workflow.choose import Policy
    from .workflow.outcome import Request
    from .workflow.sync import Bump, sync

    quiet = args.json == "-"
    request = Request(
        names=(),
        repo=args.repo,
        namespace=args.namespace,
        proof=args.verify,
        trial=args.list or args.dry_run,
    )
    policy = Policy(pre=args.pre, pythons=tuple(host.python_versions()))
    asked = packages(host, args.names, args.repo, args.namespace)
    records = []
    with _index(args, host) as (index, connections), _Progress(len(asked)) as progress:
        for lagging in behind(
            host, index, asked, policy, connections=connections, progress=progress
        ):
            if args.list and not args.names:
                bump = Bump(lagging)
            else:
                bump = sync(
                    host,
                    index,
                    lagging,
                    request,
                    to=args.to,
                    every=args.all_missing,
                    connections=connections,
                )
            records.append(bump_json(bump))
            if not quiet:
                show_bump(bump, listing=args.list, diff=args.dry_run, named=bool(args.names))
    if args.json:
        write_json(args.json, records)
    return bumps_summary(records, args.list, quiet)


def _create(args: argparse.Namespace, host: "Host") -> int:
    from .workflow.create import create
    from .workflow.outcome import Request
    from .workflow.sets import read

    asked = read(args.files, args.extra, args.group)
    request = Request(
        names=(*args.names, *map(str, asked.requirements)),
        constraints={name: str(found) for name, found in asked.constraints.items()},
        together=bool(args.files or args.env),
        repo=args.repo,
        namespace=args.namespace,
        force=args.force,
        dependencies=not args.no_deps,
        extend=not args.no_extend,
        dry_run=args.dry_run,
        strict=args.strict,
        proof="install" if args.fix else args.verify,
        fix=args.fix,
        policy=_policy(args, host),
    )
    with _index(args, host) as (index, connections), _Progress() as progress:
        result = create(host, index, request, connections=connections, progress=progress)
    if args.json:
        write_json(args.json, records_json(result))
    for text, reason in asked.left_out:
        say(f"Not looked at: {text}: {reason}")
    code = report(host, request.dry_run, result, quiet=args.json == "-")
    if args.env and code == 0:
        write_environment(args.env, result, request.dry_run, request.force)
    if code == 0 and result.texts and not request.dry_run and _may_edit(args):
        host.edit([record.path for record in named(result) if record.path])
    return code


def _may_edit(args: argparse.Namespace) -> bool:
    interactive = sys.stdin.isatty() and sys.stdout.isatty()
    return interactive and not args.skip_editor and not args.batch


class _Progress:
    """A line on the terminal that tells how far we are; nothing elsewhere."""

    def __init__(self, total: Optional[int] = None) -> None:
        self._total = total

    def __enter__(self) -> Callable[[str], None]:
        self._bar: Any = None
        if sys.stderr.isatty():
            from tqdm import tqdm

            count = "{n_fmt} of {total_fmt}" if self._total else "{n_fmt}"
            form = count + " projects [{elapsed}] {desc}"
            self._bar = tqdm(total=self._total, bar_format=form, leave=False)
        return self._tell

    def _tell(self, what: str) -> None:
        if self._bar is not None:
            self._bar.set_description_str(what, refresh=False)
            self._bar.update()

    def __exit__(self, *exc: object) -> None:
        if self._bar is not None:
            self._bar.close()

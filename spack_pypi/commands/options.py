"""Options that several commands share, and the session that they describe."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Callable

if TYPE_CHECKING:
    from ..host.port import Host
    from ..prefixes.interpreter import Interpreter
    from ..pypi.model import Index, Settings
    from ..pypi.named_index import NamedIndex
    from ..pypi.own.git_repository import Repository
    from ..resolve.policy import Policy
    from ..session import Session


#: A number of things; no more than anybody needs.
_POSITIVE = re.compile(r"[1-9][0-9]{0,5}")


def add_index_options(add: Callable[..., Any]) -> None:
    """Where the indexes are."""
    add(
        "--index-url",
        metavar="URL",
        help="package index to use (default: as configured for pip, or for Spack)",
    )
    add_other = partial(add, dest="indexes", action="append", default=[])
    add_other(
        "--extra-index-url",
        metavar="URL",
        type=extra_index,
        help="another package index, for projects that those before it do not have; may be "
        "repeated",
    )
    add_other(
        "--index",
        metavar="NAME=URL[/:PROJECT,...]",
        type=named_index,
        help="the same with a name; with projects (patterns with * and ?), these come from it and "
        "from no other index, and nothing else does; may be repeated",
    )
    add("--offline", action="store_true", help="use only cached data of the index")
    add(
        "--connections",
        metavar="N",
        type=positive,
        default=None,
        help="requests to one server at once (default: 8); more are faster where it allows them",
    )


def add_backend_option(add: Callable[..., Any]) -> None:
    """Whether code of projects that are named by their place may be run."""
    add(
        "--run-backend",
        action="store_true",
        help="run the code of folders and repositories that do not say what they require: ask the "
        "build backend of each, in an environment of its own (default: run no code)",
    )


def python_of_externals(args: argparse.Namespace) -> Interpreter | None:
    """The Python of ``--externals``, if it is given. Raises `UsageError`."""
    from ..errors import UsageError
    from ..workflow.requirement_files.installed import PREFIX, interpreter

    if args.externals is None:
        return None
    python = interpreter(args.externals)
    if python is None:
        raise UsageError(f"--externals {args.externals}: give {PREFIX}EXE, a Python's path")
    return python


def add_debug_option(parser: argparse.ArgumentParser) -> None:
    """What to print about errors. Spack has the same option for all commands: no default here, so
    that what it has read stays."""
    parser.add_argument(
        "--debug",
        action="store_true",
        default=argparse.SUPPRESS,
        help="print a traceback for an error that is a bug",
    )


def add_choice_options(add: Callable[..., Any]) -> None:
    """Which releases and packages are chosen."""
    add(
        "--versions",
        metavar="latest|N|all",
        type=_versions,
        default=None,
        help="which releases to list: of each of the N newest minor series the newest one "
        "(default: 3), only the latest, or all",
    )
    add("--pre", action="store_true", help="include pre-releases")
    add_newest_option(add)
    add(
        "--map",
        metavar="PROJECT=SPEC",
        type=mapping,
        action="append",
        default=[],
        help="use this package for the project, even if repos have another one (empty: no "
        "package); may be repeated",
    )


def add_newest_option(add: Callable[..., Any]) -> None:
    """Which releases of dependencies are added."""
    add(
        "--newest",
        action="store_true",
        help="where a dependency has to be added, add its newest release (default: the one that "
        "brings the fewest new packages and versions)",
    )


def add_verify_options(add: Callable[..., Any]) -> None:
    """What a recipe may leave out, and how far it is verified."""
    add(
        "--strict",
        action="store_true",
        help="treat everything that a recipe leaves out as an error",
    )
    add(
        "--allow-omissions",
        action="store_true",
        help="write recipes even if something they require is unavailable; comments say what",
    )
    add(
        "--verify",
        choices=("load", "concretize", "every", "install"),
        help="how far to verify recipes before writing them: load them, concretize what is named "
        "(default, if there is a solver; with --dry-run: load), concretize every version that is "
        "written, or install what is named",
    )


def add_repo_options(add: Callable[..., Any]) -> None:
    """Which repo to use."""
    add("-r", "--repo", help="path of the repo (default: the first registered one)")
    add("-N", "--namespace", help="namespace of the repo")


def add_recipes_options(parser: argparse.ArgumentParser, places: bool = False) -> None:
    """For commands about existing recipes; with ``places`` they can be named by those of their
    projects."""
    add = parser.add_argument
    name = partial(add, "names", nargs="*", metavar="NAME")
    if places:
        name(
            help="a package or project, or a folder, archive or repository with one (default: all "
            "in the repo)"
        )
    else:
        name(help="a package or project (default: all in the repo)")
    add_repo_options(add)
    if places:
        add_backend_option(add)
    add("--json", metavar="FILE", help="write a JSON report to FILE ('-': standard output)")
    add_index_options(add)


def _versions(text: str) -> int | str:
    """The number of series, or ``all``."""
    if text in ("latest", "all"):
        return 1 if text == "latest" else text
    if _POSITIVE.fullmatch(text):
        return int(text)
    raise argparse.ArgumentTypeError("expected 'latest', 'all' or a positive number")


def positive(text: str) -> int:
    """A number that is not zero."""
    if _POSITIVE.fullmatch(text):
        return int(text)
    raise argparse.ArgumentTypeError("expected a positive number")


def mapping(text: str) -> tuple[str, str]:
    """``PROJECT=SPEC``: the project (PEP 503) and the spec."""
    from packaging.utils import InvalidName, canonicalize_name

    from ..errors import shown

    project, equals, spec = text.partition("=")
    try:
        name = canonicalize_name(project.strip(), validate=True)
    except InvalidName:
        name = None
    if not (name and equals and re.fullmatch(r"[a-z0-9-]*(\+[\w-]+)*", spec)):
        raise argparse.ArgumentTypeError(f"expected PROJECT=SPEC, not '{shown(text)}'")
    return name, spec


def extra_index(text: str) -> NamedIndex:
    """The index at an address."""
    from ..pypi.named_index import at

    return _index(lambda: at(text, "--extra-index-url URL"))


def named_index(text: str) -> NamedIndex:
    """``NAME=URL``, or with its projects ``NAME=URL/:PROJECT,...``."""
    from ..pypi.named_index import named

    return _index(lambda: named(text))


def _index(read: Callable[[], NamedIndex]) -> NamedIndex:
    from ..errors import UsageError

    try:
        return read()
    except UsageError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def policy(args: argparse.Namespace, host: Host) -> Policy:
    """How to choose releases; passes ``--map`` on to the host."""
    from ..resolve.policy import DEFAULT_SERIES, Policy

    for project, spec in args.map:
        host.repos.map(project, spec)
    series = args.versions or DEFAULT_SERIES
    return Policy(None if series == "all" else series, args.pre, args.newest)


def _with(options: Sequence[NamedIndex], files: Sequence[NamedIndex]) -> list[NamedIndex]:
    """The indexes of the options and those of files: one of a name that an option gives to another
    one is that one, which then has what the file pins to it."""
    found = [*options]
    for index in files:
        same = next((at for at, each in enumerate(options) if each.name == index.name != ""), None)
        if same is None:
            found.append(index)
        else:
            projects = (*found[same].projects, *index.projects)
            found[same] = replace(found[same], projects=projects)
    return found


def index_settings(
    args: argparse.Namespace, host: Host, files: Sequence[NamedIndex] = ()
) -> list[tuple[NamedIndex, Settings]]:
    """The indexes of the options, of ``files``, of pip or of the host, and how to reach them."""
    from ..pypi.model import Settings
    from ..pypi.settings import Defaults, several

    defaults = Defaults(host.index_url, host.packages_url, host.cache, args.offline)
    connections = args.connections or Settings.connections
    return [
        (index, replace(reach, connections=connections))
        for index, reach in several(args.index_url, _with(args.indexes, files), defaults)
    ]


def repositories(args: argparse.Namespace, host: Host) -> Callable[[str], Repository]:
    """What opens the repository at an address, each once."""
    from ..errors import NotFetched
    from ..pypi.own.git_repository import Repository

    known: dict[str, Repository] = {}

    def opened(address: str) -> Repository:
        if args.offline and not address.startswith("file:"):
            raise NotFetched(address, "not cached, and --offline is set")
        return known.setdefault(address, Repository(address, host.cache / "git"))

    return opened


@contextmanager
def open_session(
    args: argparse.Namespace,
    host: Host,
    files: Sequence[NamedIndex] = (),
    over: Callable[[Index], Index] = lambda index: index,
) -> Iterator[Session]:
    """A session with the indexes of the options, of ``files``, of pip or of the host, and with a
    progress line. ``over`` makes another index of them."""
    from ..pypi.indexes import opened
    from ..pypi.settings import unread
    from ..report.terminal import ProgressLine, say
    from ..session import Session

    listed = index_settings(args, host, files)
    left = unread() if args.index_url is None else ()
    if left:
        say(
            f"Warning: nothing is read from {', '.join(left)} (pip's extra-index-url): only "
            "servers are asked; to choose one index: --index-url URL"
        )
    index = opened(listed, say)
    connections = listed[0][1].connections
    opened_at = repositories(args, host)

    def tags(address: str) -> Mapping[str, str]:
        return opened_at(address).references.tags

    try:
        with (
            ProgressLine() as listener,
            Session(over(index), connections, listener, tags) as session,
        ):
            yield session
    finally:
        index.close()

"""``upstream``: make commits and patches for builtin."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from .options import add_recipes_options, open_session, positive

if TYPE_CHECKING:
    from ..diagnostics import Diagnostic
    from ..host.checkout import GitCheckout
    from ..host.port import Host
    from ..workflow.upstream.series import Series

HELP = "turn recipes into commits and patches for Spack's builtin repo; push nothing"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    add_recipes_options(parser)
    add = parser.add_argument
    add(
        "--spack",
        dest="patch_spack",
        action="store_true",
        help="instead, write a patch that adds the option --pypi to Spack's own create",
    )
    add(
        "-o",
        "--output",
        metavar="DIR",
        help="folder for the patches (default: named as the branch)",
    )
    add("--branch", metavar="NAME", help="name of the branch (default: pypi/PACKAGE)")
    add(
        "--checkout",
        metavar="DIR",
        help="clone of builtin's repository in which to create the branch (default: the one that "
        "Spack uses)",
    )
    add(
        "--base",
        metavar="COMMIT",
        help="commit that the patches apply to (default: develop of the clone's origin)",
    )
    add(
        "--versions",
        choices=("newest", "all"),
        default="newest",
        help="which versions to send (default: the newest, and those that the series needs)",
    )
    add(
        "--max-packages",
        metavar="N",
        type=positive,
        help="cut the series into pull requests of at most N packages, each with a branch, a "
        "folder and a cover text of its own",
    )
    add(
        "--verify",
        choices=("load", "concretize"),
        default="load",
        help="how far to verify recipes before committing them: load them (default), or "
        "concretize every version that is added",
    )
    add(
        "--allow-errors",
        action="store_true",
        help="send added versions even if check finds errors in them; the cover lists these",
    )
    add(
        "--dry-run",
        action="store_true",
        help="plan and verify, print the changes, but commit nothing",
    )


def run(args: argparse.Namespace, host: Host) -> Sequence[Diagnostic]:
    """Make the series, or the patch for Spack itself; returns the diagnostics of the series."""
    if args.patch_spack:
        _patch_spack(args, host)
        return ()
    return _send(args, host)


def _patch_spack(args: argparse.Namespace, host: Host) -> None:
    from ..host.spack.core_patch import make_core_patch
    from ..report.terminal import print_text

    prefix = host.spack_prefix()
    patch = make_core_patch(prefix, Path(args.output or "."))
    if patch is None:
        print_text(f"Nothing to write: {host.name} already has 'spack create --pypi'.")
        return
    tested = (
        "its tests pass" if patch.tested else "its tests were not run: they need pytest and clingo"
    )
    print_text(f"Wrote {patch.file} (applied and tried in a copy of {host.name}; {tested}).")
    apply = "am" if (prefix / ".git").exists() else "apply"
    file = shlex.quote(str(patch.file.resolve()))
    print_text(f"Next: git -C {shlex.quote(str(prefix))} {apply} {file}")


def _send(args: argparse.Namespace, host: Host) -> Sequence[Diagnostic]:
    from ..diagnostics import exit_code
    from ..host.checkout import GitCheckout, repo_in
    from ..report.formats import document, write_json
    from ..report.terminal import say
    from ..report.upstream import commit_json, show_changes, show_series
    from ..workflow.compare.check import packages
    from ..workflow.request import Verify
    from ..workflow.upstream.review import Options
    from ..workflow.upstream.sendable import sendable
    from ..workflow.upstream.source import selected, sources

    named = packages(host, args.names, args.repo, args.namespace) if args.names else []
    target = host.repos.target(args.repo, args.namespace, write=False)
    if args.checkout:
        shared = repo_in(args.checkout)
    elif target.namespace == "builtin":
        shared = target.root
    else:
        shared = host.repos.target(None, "builtin", write=False).root
    with GitCheckout(
        shared,
        host.cache,
        base=args.base,
        is_source=shared.resolve() == target.root.resolve(),
        offline=args.offline,
    ) as checkout:
        if args.branch:
            checkout.check_free(args.branch)
        recipes = selected(sources(host, checkout, target), named)
        options = Options(args.versions == "all", Verify(args.verify), args.allow_errors)
        with open_session(args, host) as session:
            only = partial(host.only, checkout.repo)
            series = sendable(session, only, checkout, recipes, named, options)
        if args.json:
            found = [each for commit in series.commits for each in commit.diagnostics]
            commits = [commit_json(commit) for commit in series.commits]
            write_json(args.json, document(commits, [*series.diagnostics, *found]))
        if args.json != "-":
            show_series(series)
        if not series.commits and exit_code(series.diagnostics):
            say("Error: no commits were made")
        elif not series.commits:
            say("Nothing to send: builtin already has what these recipes contain.")
        elif args.dry_run:
            if args.json != "-":
                show_changes(checkout.changed())
        else:
            _write(args, host, checkout, series)
    return series.diagnostics


def _write(args: argparse.Namespace, host: Host, checkout: GitCheckout, series: Series) -> None:
    """Make the commits, and for each part of the series a branch and a folder."""
    from ..report.cover import Proof, cover
    from ..report.terminal import count, print_text
    from ..workflow.upstream.pull_requests import pull_requests

    requests = pull_requests(series, args.max_packages, args.branch or "")
    for each in requests:
        checkout.check_free(each.branch)
    folders = [_folder(args, each.branch, len(requests)) for each in requests]
    ids = {each.package: checkout.commit(each.folder, each.message) for each in series.commits}
    tips: dict[str, str] = {}
    proof = Proof(checkout.described(), f"{host.name}, {_where()}")
    numbers: list[int] = []
    for request, folder in zip(requests, folders):
        since = tips[request.on] if request.on else checkout.base
        below = checkout.stack(since, [ids[name] for name in request.below])
        last = checkout.stack(below, [ids[each.package] for each in request.series.commits])
        tips[request.branch] = last
        numbers.append(len(checkout.patches(below, last, folder)))
        text = cover(request.series, proof, request.needs)
        _write_text(folder / "cover.md", text)
    checkout.finish(tips)
    for request, folder, number in zip(requests, folders, numbers):
        if args.json != "-":
            print_text(
                f"Wrote {count(number, 'patch', 'patches')} and cover.md into {folder}, and "
                f"the branch {request.branch} in {checkout.root}, on "
                f"{' and '.join(request.needs) or checkout.described()} "
                f"({', '.join(series.verified)})."
            )


def _write_text(file: Path, text: str) -> None:
    from ..errors import HostError

    try:
        file.write_text(text, "utf-8")
    except OSError as error:
        raise HostError(f"cannot write {file}: {error.strerror}") from None


def _where() -> str:
    """The Python that loaded the recipes, and the platform."""
    import platform

    return f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"


def _folder(args: argparse.Namespace, branch: str, number: int) -> Path:
    name = branch.replace("/", "-")
    if args.output and number > 1:
        return _new_folder(str(Path(args.output) / name))
    return _new_folder(args.output or name)


def _new_folder(path: str) -> Path:
    """Make a folder; one that exists must be empty. Raises `UsageError`."""
    from ..errors import UsageError

    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise UsageError(f"{folder} is not empty: choose another folder with --output")
    except OSError as error:
        raise UsageError(f"cannot create {folder}: {error.strerror}") from None
    return folder

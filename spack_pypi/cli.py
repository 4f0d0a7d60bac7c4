"""Wiring, what is printed, and exit codes: the same for every door."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Callable

from .cli_upstream import upstream
from .session import Progress, open_index
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
    from .resolve.choose import Policy


def main(args: argparse.Namespace, make_host: Callable[[], Host]) -> int:
    """Run the command that ``args`` names and return the exit code: 0 done, 1 could not be done,
    2 used wrongly. Prints everything, errors as one sentence each."""
    from .errors import SpackPyPIError

    host = None
    try:
        host = make_host()
        run = _COMMANDS.get(_command(args), _create)
        return run(args, host)
    except SpackPyPIError as error:
        say(f"Error: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        written = sorted(set(host.writer.written)) if host is not None else []
        before = f"written before: {', '.join(written)}; nothing else" if written else "nothing"
        say(f"Interrupted: {before} was written.")
        return 1
    finally:
        if host is not None:
            host.close()


def _command(args: argparse.Namespace) -> str:
    """The command; through ``spack create --pypi`` there is but one."""
    return str(getattr(args, "pypi_command", "create"))


def _check(args: argparse.Namespace, host: Host) -> int:
    from .workflow.compare.check import check, packages

    quiet = args.json == "-"
    results = []
    with open_index(args, host) as (index, connections), Progress() as progress:
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


def _policy(args: argparse.Namespace, host: Host) -> Policy:
    """Which releases are chosen; passes ``--map`` on to the host."""
    from .resolve.choose import DEFAULT_SERIES, Policy

    for project, spec in args.map:
        host.repos.map(project, spec)
    return Policy(args.versions or DEFAULT_SERIES, args.pre)


def _why(args: argparse.Namespace, host: Host) -> int:
    from .workflow.why import dot, why

    policy = _policy(args, host)
    with open_index(args, host) as (index, connections), Progress() as progress:
        edges = why(host, index, args.names, policy, connections=connections, progress=progress)
    print(dot(edges) if args.dot else "\n".join(explain(edges)))
    return 0


def _sync(args: argparse.Namespace, host: Host) -> int:
    from .resolve.choose import Policy
    from .workflow.compare.check import packages
    from .workflow.outcome import Request
    from .workflow.outdated import outdated
    from .workflow.sync import Bump, sync

    quiet = args.json == "-"
    request = Request(
        names=(),
        repo=args.repo,
        namespace=args.namespace,
        proof=args.verify,
        trial=args.list or args.dry_run,
    )
    policy = Policy(pre=args.pre, pythons=tuple(host.repos.python_versions()))
    asked = packages(host, args.names, args.repo, args.namespace)
    if not request.trial:
        host.repos.target(args.repo, args.namespace, write=True)  # told once, not for each recipe
    records = []
    with open_index(args, host) as (index, connections), Progress(len(asked)) as progress:
        for lagging in outdated(
            host,
            index,
            asked,
            policy,
            reports=args.list and bool(args.names),
            connections=connections,
            progress=progress,
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
    return bumps_summary(records, args.list, quiet, named=bool(args.names))


def _create(args: argparse.Namespace, host: Host) -> int:
    from .workflow.create import create
    from .workflow.outcome import Request
    from .workflow.requirement_files import read

    asked = read(args.files, args.extra, args.group)
    request = Request(
        names=(*args.names, *map(str, asked.requirements)),
        constraints={name: str(found) for name, found in asked.constraints.items()},
        together=bool(args.files or args.env or args.together),
        repo=args.repo,
        namespace=args.namespace,
        force=args.force,
        dependencies=not args.no_deps,
        extend=not args.no_extend,
        dry_run=args.dry_run,
        strict=args.strict,
        allow_omissions=args.allow_omissions,
        proof="install" if args.fix else args.verify,
        fix=args.fix,
        policy=_policy(args, host),
    )
    with open_index(args, host) as (index, connections), Progress() as progress:
        result = create(host, index, request, connections=connections, progress=progress)
    if args.json:
        write_json(args.json, records_json(result))
    for text, reason in asked.left_out:
        say(f"Not looked at: {text}: {reason}")
    code = report(
        host,
        request.dry_run,
        result,
        quiet=args.json == "-",
        allowed=request.allow_omissions,
    )
    if args.env and code == 0:
        write_environment(args.env, result, request.dry_run, request.force)
    if result.texts and not result.problems and not request.dry_run and _may_edit(args):
        host.writer.edit([record.path for record in named(result) if record.path])
    return code


_COMMANDS = {"check": _check, "sync": _sync, "upstream": upstream, "why": _why}


def _may_edit(args: argparse.Namespace) -> bool:
    interactive = sys.stdin.isatty() and sys.stdout.isatty()
    return interactive and not args.skip_editor and not args.batch

"""``create``: write the recipes that are missing for Python projects."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Callable

from .options import (
    add_backend_option,
    add_choice_options,
    add_index_options,
    add_repo_options,
    add_verify_options,
    open_session,
    policy,
    python_of_externals,
)
from .own import read_names

if TYPE_CHECKING:
    from ..diagnostics import Diagnostic
    from ..host.port import Host
    from ..workflow.create import Outcome
    from ..workflow.externals.for_create import InstalledForCreate
    from ..workflow.request import Request
    from ..workflow.requirement_files import RequirementSet

HELP = "write the recipes that are missing for Python projects"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``spack pypi create``."""
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="a requirement, such as 'mcp[cli]>=1,<2', or the path or URL of an "
        "archive or a git repository, or a folder",
    )
    add_options(parser)


def add_options(parser: argparse.ArgumentParser, shared: bool = True) -> None:
    """The options, without the names. ``shared=False`` leaves out those that Spack's own
    ``create`` has already: ``--repo``, ``--namespace`` and ``--force``."""
    if shared:
        add_repo_options(parser.add_argument)
        parser.add_argument(
            "-f",
            "--force",
            action="store_true",
            help="write recipes for the named projects even if a repo has them",
        )
    add = parser.add_argument_group("recipes from the Python package index").add_argument
    add_choice_options(add)
    add_backend_option(add)
    add_set_options(add)
    add(
        "--env",
        metavar="FILE",
        help="also write a Spack environment (spack.yaml) of the named projects to FILE",
    )
    add(
        "--externals",
        metavar="python:EXE",
        help="use what is installed for this Python as externals, and write only what that and "
        "Spack lack",
    )
    add("--no-deps", action="store_true", help="write recipes for the named projects only")
    add("--no-extend", action="store_true", help="do not add versions to existing packages")
    add(
        "--dry-run",
        action="store_true",
        help="plan and verify, print the recipes, but write nothing",
    )
    add(
        "--together",
        action=argparse.BooleanOptionalAction,
        help="resolve all that is named together, for one environment, or each project by itself "
        "(default: together with --from or --env)",
    )
    add_verify_options(add)
    add(
        "--fix",
        action="store_true",
        help="verify by installing; add build requirements that turn out to be missing",
    )
    add(
        "--loosen-build-pins",
        action="store_true",
        help="with --verify install: accept later versions of build requirements that are pinned "
        "exactly, for the versions of recipes that are built so; comments say which",
    )
    add(
        "--no-reuse",
        action="store_true",
        help="plan and check anew, even if nothing has changed since an earlier run did",
    )
    add("--edit", action="store_true", help="open the recipes of the named projects in an editor")
    add("--json", metavar="FILE", help="write a JSON report to FILE ('-': standard output)")
    add_index_options(add)


def add_set_options(add: Callable[..., Any]) -> None:
    """Which files say what is named, and which parts of them."""
    add(
        "--from",
        dest="files",
        metavar="FILE",
        action="append",
        default=[],
        help="also everything that FILE requires: a requirements.txt, pyproject.toml, lock file, "
        "environment.yml, folder of wheels, or python:PATH for what is installed there",
    )
    add(
        "--extra",
        action="append",
        default=[],
        help="also this extra of the project of FILE; may be repeated",
    )
    add(
        "--group",
        action="append",
        default=[],
        help="also this dependency group of the project of FILE (PEP 735); may be repeated",
    )
    add(
        "--for",
        dest="environment",
        metavar="PLATFORM,PYTHON",
        help="what FILE requires there, such as linux,aarch64,py312 (default: here)",
    )


def run(args: argparse.Namespace, host: Host) -> Sequence[Diagnostic]:
    """Run the command; returns its diagnostics."""
    from ..diagnostics import exit_code
    from ..report.environment import check_environment
    from ..report.terminal import say
    from ..workflow.as_locked import create_as_locked

    if args.env and not args.dry_run:
        check_environment(args.env, args.force)
    listed = listed_in(args, host)
    with read_names(args, host) as own:
        request = request_of(args, host, own.requirements, listed)
        there = _installed(args, host, request)
        if there is not None:
            # What Spack takes from there is read from the resolution, which is not kept.
            request = replace(request, installed=there.found.installed, reuse=False)
        used = there.used() if there else nullcontext()
        with open_session(args, host, listed.listed, own.over) as session, used:
            outcome = create_as_locked(session, host, request)
        outcome = there.noted(outcome) if there else outcome
    unread = not_read(listed)
    diagnostics = [*unread, *outcome.diagnostics]
    for each in unread:
        say(f"Warning: not read: {each.text}")
    has_environment = bool(args.env) and not exit_code(diagnostics)
    _report(args, host, outcome, diagnostics, there, is_last=not has_environment)
    if outcome.error is not None:
        raise outcome.error
    if has_environment:
        _write_environment(args, host, outcome, listed)
    if args.edit and outcome.applied:
        host.writer.edit([record.path for record in outcome.plan.named if record.path])
    return diagnostics


def _report(
    args: argparse.Namespace,
    host: Host,
    outcome: Outcome,
    diagnostics: Sequence[Diagnostic],
    there: InstalledForCreate | None,
    *,
    is_last: bool,
) -> None:
    """Print what came of the command, or write it as JSON; ``is_last``: nothing is printed
    after it."""
    from ..report.create import packages_json, show, show_errors
    from ..report.formats import document, write_json
    from ..report.next_steps import shown_externals, write_externals
    from ..report.terminal import print_text

    show_errors(host, outcome)
    if args.json != "-":
        show(host, outcome, is_last=is_last)
    more: dict[str, object] = {}
    if there is not None:
        names, python = there.names(outcome), args.externals.partition(":")[2]
        command = write_externals(host, python, names) if names else None
        more = {"externals": {"projects": names, "command": command}}
        if args.json != "-":
            print_text(
                f"The externals are not written yet: {shown_externals(host, python, names)}"
                if names
                else "Nothing of what is installed is used."
            )
    if args.json:
        write_json(args.json, {**document(packages_json(outcome), diagnostics), **more})


def _write_environment(
    args: argparse.Namespace, host: Host, outcome: Outcome, listed: RequirementSet
) -> None:
    """Write the file of ``--env``, or with ``--dry-run`` print it."""
    from ..report.environment import spack_yaml, write_environment
    from ..report.next_steps import install_environment
    from ..report.terminal import print_text

    left_out = _left_out(listed)
    if not args.dry_run:
        write_environment(args.env, outcome.plan, args.force, left_out)
    if args.json != "-":
        then = install_environment(host, args.env, bool(outcome.plan.deprecated))
        written = f"Wrote the environment {args.env}.\nNext: {then}"
        print_text(spack_yaml(outcome.plan, left_out) if args.dry_run else written)


def _installed(
    args: argparse.Namespace, host: Host, request: Request
) -> InstalledForCreate | None:
    """What the Python of ``--externals`` has. Raises `UsageError` and `HostError`."""
    python = python_of_externals(args)
    if python is None:
        return None
    from ..workflow.externals.for_create import installed_for_create

    return installed_for_create(host, python, request.names, solve=request.concretizes(host))


def listed_in(args: argparse.Namespace, host: Host) -> RequirementSet:
    """What the files of ``--from`` require."""
    from ..errors import UsageError
    from ..workflow.requirement_files import named, read

    if (args.extra or args.group or args.environment) and not args.files:
        raise UsageError(
            "--extra, --group and --for choose parts of a file: name it with --from, or pass "
            "NAME[EXTRA]"
        )
    environment = named(args.environment) if args.environment else None
    listed = read(args.files, args.extra, args.group, environment, host.yaml, host.index_url)
    for package, versions in () if args.env else listed.packages:
        listed.skip(f"{package}{versions}", "a package of Spack; --env writes it into spack.yaml")
    return listed


def not_read(listed: RequirementSet) -> Sequence[Diagnostic]:
    """What the files list and is not requested."""
    from ..diagnostics import Diagnostic, Severity

    return [
        Diagnostic("not-read", Severity.WARNING, "", subject=text, text=f"{text}: {reason}")
        for text, reason in listed.skipped
    ]


def _left_out(listed: RequirementSet) -> Sequence[str]:
    """What an environment leaves out that it should have had."""
    from ..workflow.requirement_files import OTHER_PLATFORM

    return [f"{text}: {why}" for text, why in listed.skipped if why != OTHER_PLATFORM]


def _also(host: Host, listed: RequirementSet) -> tuple[str, ...]:
    """The packages of Spack that an environment has."""
    from ..workflow.environment import other_specs

    specs, left_out = other_specs(listed.packages, host.repos)
    listed.skipped += left_out
    return specs


def _python(host: Host, listed: RequirementSet) -> str:
    """The Python of an environment: the one for which a file was locked, or read."""
    from ..errors import UsageError

    if not (listed.locked or listed.environment.named):
        return ""
    minor = listed.environment.python
    if not any(f"{version}.".startswith(f"{minor}.") for version in host.repos.usable_pythons()):
        raise UsageError(
            f"Spack has no Python {minor} here, for which the file was read: choose another one "
            "with --for, such as --for py312"
        )
    return minor


def request_of(
    args: argparse.Namespace, host: Host, named: Sequence[str], listed: RequirementSet
) -> Request:
    """What the options ask for, of all that is named."""
    from ..errors import UsageError
    from ..workflow.request import Request, Verify

    level = "install" if args.fix else args.verify
    if args.env and args.together is False:
        raise UsageError("what --env writes is one environment: leave out --no-together")
    if listed.environment.elsewhere:
        if level not in (None, "load"):
            raise UsageError(
                "recipes are concretized and installed for this machine, not for "
                f"{listed.environment}: leave out --verify {level}"
            )
        level = "load"
    names = (*named, *map(str, listed.requirements))
    if args.files and not names:
        left_out = [f"{text} ({reason})" for text, reason in listed.skipped[:3]]
        why = f"; it leaves out {', '.join(left_out)}" if left_out else ""
        raise UsageError(f"{' and '.join(args.files)} requires no project of an index here{why}")
    pins = listed.pins if args.env and listed.locked else {}
    return Request(
        names=names,
        constraints={name: str(specifier) for name, specifier in listed.constraints.items()},
        together=bool(args.files or args.env) if args.together is None else args.together,
        repo=args.repo,
        namespace=args.namespace,
        force=args.force,
        dependencies=not args.no_deps,
        extend=not args.no_extend,
        dry_run=args.dry_run,
        strict=args.strict,
        allow_omissions=args.allow_omissions,
        verify=Verify(level) if level else None,
        fix=args.fix,
        loosen_build_pins=args.loosen_build_pins,
        reuse=not args.no_reuse,
        locked=pins,
        hashes=listed.hashes,
        python=_python(host, listed) if args.env else "",
        also=_also(host, listed) if args.env else (),
        policy=policy(args, host),
    )

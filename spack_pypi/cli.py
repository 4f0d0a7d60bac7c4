"""Arguments, wiring, what is printed, and exit codes: the same for every door."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, List, Set

if TYPE_CHECKING:
    from .host.port import Host
    from .workflow.check import Checked
    from .workflow.create import Record, Result


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
    add(
        "--versions",
        metavar="latest|N|all",
        type=_versions,
        default=None,
        help="releases to list: the newest of each of the newest N minor series (default: 3)",
    )
    add("--pre", action="store_true", help="list pre-releases too")
    add("--no-deps", action="store_true", help="write the named projects only")
    add("--dry-run", action="store_true", help="print the recipes, write nothing")
    add("--strict", action="store_true", help="an omission is an error")
    add(
        "--verify",
        choices=("load", "concretize"),
        help="how far recipes are proven before they are moved in (default: as far as possible)",
    )
    add("--json", metavar="FILE", help="write a record per package to FILE ('-': standard output)")
    add("--index-url", metavar="URL", help="simple index to read (default: Spack's, or pip's)")
    add("--offline", action="store_true", help="use only what was read before")


def _versions(text: str) -> Any:
    if text in ("latest", "all"):
        return text
    if text.isdigit() and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError("expected 'latest', 'all' or a positive number")


def add_commands(parser: argparse.ArgumentParser) -> List[argparse.ArgumentParser]:
    """Add the commands of ``spack pypi``; returns the parser of each."""
    commands = parser.add_subparsers(metavar="COMMAND", dest="pypi_command", required=True)
    create = commands.add_parser(
        "create", help="write the recipes that are missing for Python projects"
    )
    create.add_argument(
        "names", nargs="+", metavar="NAME", help="a requirement, such as 'mcp[cli]>=1,<2'"
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
    check.add_argument("--index-url", metavar="URL", help="simple index to read")
    check.add_argument("--offline", action="store_true", help="use only what was read before")
    return [create, check]


def main(args: argparse.Namespace, make_host: Callable[[], "Host"]) -> int:
    """Run the command that ``args`` names and return the exit code: 0 done, 1 could not be done,
    2 used wrongly. Prints everything, errors as one sentence each."""
    from .errors import SpackPyPIError

    host = None
    try:
        host = make_host()
        return _check(args, host) if _command(args) == "check" else _create(args, host)
    except SpackPyPIError as error:
        _say(f"Error: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        _say("Interrupted: nothing was written.")
        return 1
    finally:
        if host is not None:
            host.close()


def _command(args: argparse.Namespace) -> str:
    """The command; through ``spack create --pypi`` there is but one."""
    return str(getattr(args, "pypi_command", "create"))


def _check(args: argparse.Namespace, host: "Host") -> int:
    from .pypi.http import HttpIndex
    from .pypi.settings import settings
    from .workflow.check import check, packages

    reach = settings(
        args.index_url, default=host.index_url, cache=host.cache, offline=args.offline
    )
    index = HttpIndex(reach)
    results = []
    try:
        chosen = packages(host, args.names, args.repo, args.namespace)
        every = args.versions == "all"
        with _Progress() as progress:
            for checked in check(
                host,
                index,
                chosen,
                every_version=every,
                connections=reach.connections,
                progress=progress,
            ):
                results.append(checked)
                if args.json != "-":
                    _show_checked(checked)
    finally:
        index.close()
    if args.json:
        _write_json(args.json, [finding for c in results for finding in _findings_json(c)])
    return _summary(results, args.strict, quiet=args.json == "-")


def _show_checked(checked: "Checked") -> None:
    if checked.problem:
        print(f"{checked.package}: not checked: {checked.problem}")
    for finding in checked.findings:
        about = " ".join(part for part in (finding.subject, finding.kind) if part)
        if finding.subject and finding.kind.startswith(finding.subject):
            about = finding.kind
        details = [f"metadata {finding.declared or 'says nothing'}"]
        details += [f"recipe {finding.recipe or 'says nothing'}"]
        details += [f"see {finding.telling}"] if finding.telling else []
        versions = ", ".join(finding.versions)
        print(f"{finding.package} {versions}: {finding.severity}: {about}: {'; '.join(details)}")


def _findings_json(checked: "Checked") -> List[Dict[str, Any]]:
    if checked.problem:
        return [{"package": checked.package, "severity": "problem", "kind": checked.problem}]
    return [
        {
            "package": finding.package,
            "versions": list(finding.versions),
            "severity": finding.severity,
            "kind": finding.kind,
            "subject": finding.subject,
            "metadata": finding.declared,
            "recipe": finding.recipe,
            "telling": finding.telling,
        }
        for finding in checked.findings
    ]


def _summary(results: List["Checked"], strict: bool, quiet: bool) -> int:
    """Print how many recipes differ; returns the exit code."""
    found = [finding for checked in results for finding in checked.findings]
    errors = [finding for finding in found if strict or finding.severity == "error"]
    wrong = {finding.package for finding in errors}
    failed = [checked for checked in results if checked.problem]
    if not quiet:
        versions = sum(len(checked.versions) for checked in results)
        print(
            f"{len(results)} recipes, {versions} versions: {len(errors)} errors in {len(wrong)} "
            f"recipes, {len(found) - len(errors)} notes, {len(failed)} not checked."
        )
    return 1 if errors or failed else 0


def _create(args: argparse.Namespace, host: "Host") -> int:
    from .pypi.http import HttpIndex
    from .pypi.settings import settings
    from .workflow.choose import DEFAULT_SERIES, Policy
    from .workflow.create import Request, create

    reach = settings(
        args.index_url, default=host.index_url, cache=host.cache, offline=args.offline
    )
    request = Request(
        names=tuple(args.names),
        repo=args.repo,
        namespace=args.namespace,
        force=args.force,
        dependencies=not args.no_deps,
        dry_run=args.dry_run,
        strict=args.strict,
        proof=args.verify,
        policy=Policy(args.versions or DEFAULT_SERIES, args.pre),
    )
    index = HttpIndex(reach)
    try:
        with _Progress() as progress:
            result = create(host, index, request, connections=reach.connections, progress=progress)
    finally:
        index.close()
    if args.json:
        _write_json(args.json, _records_json(result))
    code = _report(host, request.dry_run, result, quiet=args.json == "-")
    if code == 0 and result.texts and not request.dry_run and _may_edit(args):
        host.edit([record.path for record in _named(result) if record.path])
    return code


def _may_edit(args: argparse.Namespace) -> bool:
    interactive = sys.stdin.isatty() and sys.stdout.isatty()
    return interactive and not args.skip_editor and not args.batch


def _named(result: "Result") -> List["Record"]:
    return [result.records[name] for name in result.named]


def _say(text: str) -> None:
    print(text, file=sys.stderr)


class _Progress:
    """A line on the terminal that tells how far we are; nothing elsewhere."""

    def __enter__(self) -> Callable[[str], None]:
        self._bar: Any = None
        if sys.stderr.isatty():
            from tqdm import tqdm

            self._bar = tqdm(bar_format="{n_fmt} projects [{elapsed}] {desc}", leave=False)
        return self._tell

    def _tell(self, what: str) -> None:
        if self._bar is not None:
            self._bar.set_description_str(what, refresh=False)
            self._bar.update()

    def __exit__(self, *exc: object) -> None:
        if self._bar is not None:
            self._bar.close()


def _report(host: "Host", dry_run: bool, result: "Result", quiet: bool) -> int:
    """Print the outcome; returns the exit code."""
    out: List[str] = []
    if dry_run:
        for package, text in result.texts.items():
            out += [f"# {result.target.namespace}/{package}", text]
    out += list(_tree(result))
    out += list(_omissions(result))
    for record in result.failed:
        _say(f"Error: {record.project}: {record.reason}; nothing was written")
    for problem in result.problems:
        _say(f"Error: {problem.package}: {problem.message}")
    if result.problems:
        _say(f"Error: {host.name} does not take these recipes; nothing was written")
    if not quiet:
        print("\n".join(out))
    if result.failed or result.problems:
        return 1
    if not quiet:
        print(_conclusion(host, dry_run, result))
    return 0


def _conclusion(host: "Host", dry_run: bool, result: "Result") -> str:
    count = len(result.texts)
    recipes = f"{count} recipe{'' if count == 1 else 's'}"
    if not count:
        packages = ", ".join(f"{r.namespace}.{r.package}" for r in _named(result))
        return f"Nothing to write: {packages} is there, with all it needs."
    if dry_run:
        return f"{recipes} not written (--dry-run)."
    if host.checks:
        lines = [f"Wrote {recipes} into {result.target.root} ({', '.join(result.proven)})."]
    else:
        lines = [
            f"Wrote {recipes} into {result.target.root}.",
            "Nothing was checked: without a Spack, every dependency counted as missing.",
        ]
    if not result.target.registered:
        lines.append(f"Next: {host.command} repo add {result.target.root}")
    install = f"{host.command} install {' '.join(result.specs)}"
    lines.append(f"Next: {install}" if result.target.registered else f"      {install}")
    return "\n".join(lines)


def _tree(result: "Result") -> Iterator[str]:
    """The closure as a tree: every project is expanded where it is first needed."""
    seen: Set[str] = set()

    def walk(project: str, first: str, rest: str) -> Iterator[str]:
        record = result.records.get(project)
        if record is None:
            return
        again = project in seen and bool(record.needs)
        yield first + _about(record, again)
        if project in seen:
            return
        seen.add(project)
        needed = [name for name in record.needs if name in result.records]
        for at, name in enumerate(needed):
            last = at + 1 == len(needed)
            yield from walk(
                name, rest + ("└── " if last else "├── "), rest + ("    " if last else "│   ")
            )

    for name in result.named:
        yield from walk(name, "", "")


def _about(record: "Record", again: bool) -> str:
    if record.status == "failed":
        return f"{record.project}: left out, {record.reason}"
    if record.status == "exists":
        return f"{record.package} (in {record.namespace})"
    if again:
        return f"{record.package} (see above)"
    added = f"added to {record.extends}" if record.extends else "new"
    return f"{record.package} {', '.join(record.versions)} ({added})"


def _omissions(result: "Result") -> Iterator[str]:
    if result.omissions:
        yield ""
        yield "Declared, but not in the recipes:"
    for omission in result.omissions:
        version = f" {omission.version}" if omission.version else ""
        yield f"  {omission.project}{version}: {omission.declared}: {omission.reason}"


def _records_json(result: "Result") -> List[Dict[str, Any]]:
    return [
        {
            "project": record.project,
            "package": record.package,
            "status": record.status,
            "namespace": record.namespace,
            "versions": list(record.versions),
            "path": str(record.path) if record.path else None,
            "extends": record.extends or None,
            "reason": record.reason or None,
            "omissions": [
                {"version": o.version or None, "declared": o.declared, "reason": o.reason}
                for o in record.omissions
            ],
        }
        for record in result.records.values()
    ]


def _write_json(file: str, values: List[Dict[str, Any]]) -> None:
    text = json.dumps(values, indent=2) + "\n"
    if file == "-":
        sys.stdout.write(text)
        return
    from .errors import UsageError

    try:
        with open(file, "w", encoding="utf-8") as stream:
            stream.write(text)
    except OSError as error:
        raise UsageError(f"cannot write {file}: {error.strerror}") from None

"""Arguments, wiring, what is printed, and exit codes: the same for every door."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, List, Set

if TYPE_CHECKING:
    from .host.port import Host
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
    return [create]


def main(args: argparse.Namespace, make_host: Callable[[], "Host"]) -> int:
    """Run the command that ``args`` names and return the exit code: 0 done, 1 could not be done,
    2 used wrongly. Prints everything, errors as one sentence each."""
    from .errors import SpackPyPIError

    host = None
    try:
        host = make_host()
        return _create(args, host)
    except SpackPyPIError as error:
        _say(f"Error: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        _say("Interrupted: nothing was written.")
        return 1
    finally:
        if host is not None:
            host.close()


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
        _write_json(args.json, result)
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


def _write_json(file: str, result: "Result") -> None:
    records: List[Dict[str, Any]] = [
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
    text = json.dumps(records, indent=2) + "\n"
    if file == "-":
        sys.stdout.write(text)
        return
    from .errors import UsageError

    try:
        with open(file, "w", encoding="utf-8") as stream:
            stream.write(text)
    except OSError as error:
        raise UsageError(f"cannot write {file}: {error.strerror}") from None

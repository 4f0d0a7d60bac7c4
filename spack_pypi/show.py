"""What is printed and written for the user: the tree of a closure, omissions, findings."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Set

if TYPE_CHECKING:
    from .host.port import Host
    from .workflow.check import Checked
    from .workflow.create import Record, Result


def say(text: str) -> None:
    """One sentence on standard error."""
    print(text, file=sys.stderr)


def show_checked(checked: "Checked") -> None:
    """Print the findings about one recipe, a line each."""
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


def findings_json(checked: "Checked") -> List[Dict[str, Any]]:
    """The findings about one recipe, for ``--json``."""
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


def summary(results: List["Checked"], strict: bool, quiet: bool) -> int:
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


def report(host: "Host", dry_run: bool, result: "Result", quiet: bool) -> int:
    """Print the outcome; returns the exit code."""
    out: List[str] = []
    if dry_run:
        for package, text in result.texts.items():
            out += [f"# {result.target.namespace}/{package}", text]
    out += list(_tree(result))
    out += list(_omissions(result))
    for record in result.failed:
        say(f"Error: {record.project}: {record.reason}; nothing was written")
    for problem in result.problems:
        say(f"Error: {problem.package}: {problem.message}")
    if result.problems:
        say(f"Error: {host.name} does not take these recipes; nothing was written")
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
        packages = ", ".join(f"{r.namespace}.{r.package}" for r in named(result))
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


def records_json(result: "Result") -> List[Dict[str, Any]]:
    """A record per package, for ``--json``."""
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


def write_json(file: str, values: List[Dict[str, Any]]) -> None:
    """Write to a file, or to standard output for ``-``. Raises `UsageError`."""
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


def named(result: "Result") -> List["Record"]:
    """The records of the projects that were named."""
    return [result.records[name] for name in result.named]

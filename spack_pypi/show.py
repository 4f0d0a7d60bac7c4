"""What is printed and written for the user: the tree of a closure, omissions, findings."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, TypeVar

if TYPE_CHECKING:
    from .host.port import Host
    from .recipe.model import Omission
    from .workflow.compare.check import Checked
    from .workflow.installation import InstallReport
    from .workflow.outcome import Record, Result
    from .workflow.why import Explanation

_Item = TypeVar("_Item")


def say(text: str) -> None:
    """One sentence on standard error."""
    print(text, file=sys.stderr)


def show_checked(checked: Checked) -> None:
    """Print the findings about one recipe, a line each."""
    if checked.problem:
        print(f"{checked.package}: not checked: {checked.problem}")
    for version, reason in checked.unchecked.items():
        print(f"{checked.package} {version}: not checked: {reason}")
    for finding in checked.findings:
        about = " ".join(part for part in (finding.subject, finding.kind) if part)
        if finding.subject and finding.kind.startswith(finding.subject):
            about = finding.kind
        details = [f"metadata {finding.declared or 'says nothing'}"]
        details += [f"recipe {finding.recipe or 'says nothing'}"]
        details += [f"see {finding.telling}"] if finding.telling else []
        versions = ", ".join(finding.versions)
        print(f"{finding.package} {versions}: {finding.severity}: {about}: {'; '.join(details)}")


def findings_json(checked: Checked) -> list[dict[str, Any]]:
    """The findings about one recipe, for ``--json``; a ``problem`` where it could not be checked,
    ``unchecked`` where one of its versions could not."""
    if checked.problem:
        return [{"package": checked.package, "severity": "problem", "kind": checked.problem}]
    unchecked = [
        {
            "package": checked.package,
            "versions": [version],
            "severity": "unchecked",
            "kind": reason,
        }
        for version, reason in checked.unchecked.items()
    ]
    return unchecked + [
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


def summary(results: list[Checked], strict: bool, quiet: bool) -> int:
    """Print how many recipes differ; returns the exit code: 1 for an error, and for a recipe that
    could not be checked; ``strict``: also for a note, and for a version that could not be."""
    found = [finding for checked in results for finding in checked.findings]
    errors = [finding for finding in found if strict or finding.severity == "error"]
    wrong = {finding.package for finding in errors}
    failed = [checked for checked in results if checked.problem]
    unchecked = sum(len(checked.unchecked) for checked in results)
    if not quiet:
        versions = sum(len(checked.versions) for checked in results)
        counts = [f"{len(errors)} errors in {len(wrong)} recipes"] if versions or errors else []
        counts.append(f"{len(found) - len(errors)} notes")
        besides = f" recipes and {unchecked} versions" if unchecked else ""
        counts.append(f"{len(failed)}{besides} not checked")
        print(f"{len(results)} recipes, {versions} versions: {', '.join(counts)}.")
    return 1 if errors or failed or (strict and unchecked) else 0


def report(host: Host, dry_run: bool, result: Result, quiet: bool, allowed: bool = False) -> int:
    """Print the outcome; returns the exit code. ``allowed``: omissions were."""
    out: list[str] = []
    if dry_run:
        for package, text in result.texts.items():
            out += [f"# {result.target.namespace}/{package}", text]
    out += list(_tree(result))
    out += list(_omissions(result))
    records = list(result.records.values())
    out += _listed("Passed over for other releases:", list(_passed_over(records)))
    added = [(record.project, text) for record in records for text in record.added]
    out += _listed("In the recipes, but not declared:", added)
    unknown = [(record.project, text) for record in records for text in record.open]
    out += _listed("Worth a look, as no metadata tells of it:", unknown)
    deprecated = [(who or "you", f"needs {what}") for who, what in result.deprecated]
    out += _listed("Only deprecated versions meet these (give Spack --deprecated):", deprecated)
    unmet = [(each.package, each.message) for each in result.unmet]
    out += _listed("Written, but not to be concretized here:", unmet)
    out += [line for proof in result.proofs for line in _proof(proof)]
    for record in result.failed:
        say(f"Error: {record.project} is not written: {record.reason}")
    if any(record.omittable for record in result.failed) and not allowed:
        say("Give --allow-omissions to write recipes without what cannot be had.")
    for problem in result.problems:
        say(f"Error: {problem.package}: {problem.message}")
    if result.problems:
        say(f"Error: {host.name} does not take these recipes; nothing was written")
    if not quiet:
        print("\n".join(out))
        if not result.problems and (result.texts or not result.failed):
            print(_conclusion(host, dry_run, result))
    return 1 if result.failed or result.problems else 0


def _conclusion(host: Host, dry_run: bool, result: Result) -> str:
    count = len(result.texts)
    recipes = f"{count} recipe{'' if count == 1 else 's'}"
    allow = " --deprecated" if result.deprecated else ""
    install = f"{host.command} install{allow} {' '.join(result.specs)}"
    if not count:
        packages = ", ".join(f"{r.namespace}.{r.package}" for r in named(result))
        lines = [f"Nothing to write: {packages} is there, with all it needs."]
        return "\n".join([*lines, *([f"Next: {install}"] if allow else [])])
    if dry_run:
        return f"{recipes} not written (--dry-run)."
    if host.checks:
        lines = [f"Wrote {recipes} into {result.target.root} ({', '.join(result.proven)})."]
    else:
        lines = [
            f"Wrote {recipes} into {result.target.root}.",
            "Nothing was checked: without a Spack, every dependency counted as missing.",
        ]
    if result.failed:
        lines.append(f"Not written: {', '.join(record.project for record in result.failed)}.")
    incomplete = [record.package for record in result.records.values() if record.incomplete]
    if incomplete:
        lines.append(
            f"Incomplete: {', '.join(incomplete)}. Comments in the recipes say what is missing."
        )
    elif result.target.registered:
        lines.append(f"Next: {install}")
    else:
        lines.append(f"Next: {host.command} repo add {result.target.root}")
        lines.append(f"      {install}")
    return "\n".join(lines)


def _tree(result: Result) -> Iterator[str]:
    """The closure as a tree: every project is expanded where it is first needed."""
    seen: set[str] = set()

    def below(project: str) -> list[str]:
        if project in seen:
            return []
        seen.add(project)
        return [name for name in result.records[project].needs if name in result.records]

    def about(project: str) -> str:
        record = result.records[project]
        return _about(record, project in seen and bool(record.needs))

    for name in result.named:
        yield from drawn(name, about, below)


def drawn(
    root: _Item, about: Callable[[_Item], str], below: Callable[[_Item], list[_Item]]
) -> Iterator[str]:
    """A tree in lines: ``about`` an item, which is asked first, and what is ``below`` it."""

    def walk(item: _Item, first: str, rest: str) -> Iterator[str]:
        yield first + about(item)
        items = below(item)
        for at, inner in enumerate(items):
            last = at + 1 == len(items)
            branch, stem = ("└── ", "    ") if last else ("├── ", "│   ")
            yield from walk(inner, rest + branch, rest + stem)

    yield from walk(root, "", "")


def explain(edges: list[Explanation]) -> Iterator[str]:
    """What asks for what, and what answers it, as a tree."""
    of: dict[str, list[Explanation]] = {}
    for edge in edges:
        of.setdefault(edge.source, []).append(edge)
    seen: set[str] = set()

    def about(edge: Explanation) -> str:
        again = " (see above)" if edge.target in seen and edge.target in of else ""
        return f"{edge.asks}: {edge.answer}, {edge.reason}{again}"

    def below(edge: Explanation) -> list[Explanation]:
        if edge.target in seen:
            return []
        seen.add(edge.target)
        return of.get(edge.target, [])

    for edge in of.get("", []):
        yield from drawn(edge, about, below)


def _about(record: Record, again: bool) -> str:
    if record.status == "failed":
        return f"{record.project}: not written, {record.reason}"
    if record.status == "exists":
        lacks = f", which {record.reason}" if record.reason else ""
        return f"{record.package} (in {record.namespace}{lacks})"
    if again:
        return f"{record.package} (see above)"
    added = f"added to {record.extends}" if record.extends else "new"
    return f"{record.package} {', '.join(record.versions)} ({added})"


def _omissions(result: Result) -> Iterator[str]:
    left_out = [_of(o, f"{o.declared}: {o.reason}") for o in result.omissions if not o.unconfirmed]
    unsure = [_of(o, f"{o.declared} {o.reason}") for o in result.omissions if o.unconfirmed]
    yield from _listed("Declared, but not in the recipes:", left_out)
    yield from _listed("In the recipes, but not certain:", unsure)


def _of(omission: Omission, text: str) -> tuple[str, str]:
    version = f" {omission.version}" if omission.version else ""
    return omission.project + version, text


def _passed_over(records: list[Record]) -> Iterator[tuple[str, str]]:
    """(project with its releases, the reason that they share)"""
    for record in records:
        by_reason: dict[str, list[str]] = {}
        for version, why in record.passed_over:
            by_reason.setdefault(why, []).append(version)
        for why, versions in by_reason.items():
            yield f"{record.project} {', '.join(versions)}", why


def _listed(title: str, lines: list[tuple[str, str]]) -> list[str]:
    """(project, text), a line each, under a title; nothing for none."""
    return ["", title, *(f"  {project}: {text}" for project, text in lines)] if lines else []


def _proof(proof: InstallReport) -> Iterator[str]:
    """What installing showed, beside what made it fail."""
    trial = proof.trial
    if trial.failure is not None:
        return
    yield ""
    modules = len(trial.imported) + len(trial.not_imported)
    check = "finds fault" if trial.pip_check else "is content"
    yield (
        f"Installed {trial.spec} with all it needs ({len(trial.built)} packages): "
        f"{len(trial.imported)} of {modules} modules can be imported; pip check {check}."
    )
    for module, reason in proof.partly.items():
        yield f"  {module} cannot be imported: {reason}"
    for line in proof.others:
        yield f"  not due to these recipes: {line}"
    for each in trial.undeclared:
        yield f"  {each.file}:{each.line} imports {each.module}, which no dependency provides"


def proof_json(proof: InstallReport) -> dict[str, Any]:
    """What installing showed, for ``--json``."""
    trial, failure = proof.trial, proof.trial.failure
    return {
        "spec": trial.spec,
        "built": list(trial.built),
        "failed": failure.package if failure else None,
        "phase": failure.phase if failure else None,
        "cause": proof.cause.text if proof.cause else None,
        "log": failure.log if failure else None,
        "imported": list(trial.imported),
        "broken": dict(proof.broken),
        "not_imported": dict(proof.partly),
        "undeclared": [[each.module, each.file, each.line] for each in trial.undeclared],
        "pip_check": list(trial.pip_check),
    }


def records_json(result: Result) -> list[dict[str, Any]]:
    """A record per package, for ``--json``; those that were installed say what that showed."""
    proofs = {proof.trial.spec.partition("+")[0]: proof_json(proof) for proof in result.proofs}
    unmet = {each.package: each.message for each in result.unmet}
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
            "passed_over": dict(record.passed_over),
            "added": list(record.added),
            "open": list(record.open),
            "incomplete": record.incomplete,
            "languages": list(record.languages),
            "unmet": {
                version: unmet[f"{record.package}@{version}"]
                for version in record.versions
                if f"{record.package}@{version}" in unmet
            },
            "named": record.project in result.named,
            "proof": proofs.get(record.package),
            "omissions": [
                {"version": o.version or None, "declared": o.declared, "reason": o.reason}
                for o in record.omissions
            ],
        }
        for record in result.records.values()
    ]


def write_json(file: str, values: list[dict[str, Any]]) -> None:
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


def new_folder(path: str) -> Path:
    """Make a folder; one that is there must be empty. Raises `UsageError`."""
    from .errors import UsageError

    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise UsageError(f"{folder} is not empty: choose another folder with --output")
    except OSError as error:
        raise UsageError(f"{folder} cannot be made: {error.strerror}") from None
    return folder


def write_environment(file: str, result: Result, dry_run: bool, force: bool) -> None:
    """Write a ``spack.yaml``; print it for a dry run. Raises `UsageError`, also for a file that is
    there already, unless it is to be replaced."""
    from .errors import UsageError
    from .workflow.environment import spack_yaml

    if dry_run:
        print(spack_yaml(result))
        return
    try:
        with open(file, "w" if force else "x", encoding="utf-8") as stream:
            stream.write(spack_yaml(result))
    except FileExistsError:
        raise UsageError(f"{file} is there already: give --force to replace it") from None
    except OSError as error:
        raise UsageError(f"cannot write {file}: {error.strerror}") from None
    print(f"Wrote the environment {file}.")


def named(result: Result) -> list[Record]:
    """The records of the projects that were named."""
    return [result.records[name] for name in result.named]

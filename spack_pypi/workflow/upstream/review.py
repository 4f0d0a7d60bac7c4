"""The commits that reviewers will read: their recipes are verified together, and described."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ...diagnostics import Diagnostic, Severity, error
from ...host.port import Changed, Checkout, Host, Meaning, Problem, Target
from ...recipe.render import package_name
from ...session import Phase, Session
from ..compare.version_changes import version_changes
from ..order import dependencies_first
from ..request import Verify
from ..verifying.solves import concretize_each
from .described import described, with_origins
from .needed_by import needed_by
from .series import Commit, Series
from .source import LocalRecipe, read


@dataclass(frozen=True)
class Options:
    """``every_version``: send all versions of the recipes, not only the newest and those that
    these require; ``allow_errors``: send added versions in which ``check`` finds errors."""

    every_version: bool = False
    verify: Verify = Verify.LOAD
    allow_errors: bool = False


def review(
    session: Session,
    host: Host,
    checkout: Checkout,
    recipes: Mapping[str, LocalRecipe],
    options: Options,
) -> Series:
    """The series of all recipes that were changed in the checkout's worktree; ``recipes`` are
    those that they were made from.

    They are loaded, audited, concretized with `Verify.CONCRETIZE`, and checked. Without
    ``allow_errors`` an error that ``check`` finds in an added version is one of the series."""
    target = host.repos.target(None, None, write=True)
    changed = {package_name(each.file.parent.name): each for each in checkout.changed()}
    texts = {name: read(each.file) for name, each in changed.items()}
    old = {name: _versions(each, each.before) for name, each in changed.items()}
    added = {
        name: tuple(v for v in _versions(each, texts[name]) if v not in old[name])
        for name, each in changed.items()
    }
    errors, verified, after = _verify(session, host, target, texts, added, options.verify)
    style = checkout.style()
    for complaint in style or ():
        package, _, text = complaint.partition(": ")
        errors.append(error("rejected", package, text))
    if errors:
        return Series(diagnostics=tuple(errors))
    base = {name: each.before for name, each in changed.items() if each.before is not None}
    before, _ = meanings(host, target, base)
    dependencies = {
        name: sorted({line.package for line in meaning.lines} & {*texts} - {name})
        for name, meaning in sorted(after.items())
    }
    commits = []
    for name in dependencies_first(dependencies):
        session.progress(Phase.CHECK, name)
        each = changed[name]
        last = next(iter(old[name]), None)
        changes: Iterable[str] = ()
        if name in before and last and added[name]:
            changes = version_changes(before[name], after[name], last, added[name][0])
            changes = [*needed_by(name, added[name], old[name], after), *changes]
        commit = Commit(
            name,
            each.file.parent,
            each.before is None,
            added[name],
            changes=tuple(changes),
            dependencies=tuple(dependencies[name]),
        )
        found = described(session, host, commit, last)
        commits.append(with_origins(session, host, found, (texts[name], each.before), last))
    errors = [
        error("rejected", commit.package, f"{', '.join(found.versions)}: {found.text}")
        for commit in commits
        for found in commit.diagnostics
        if found.severity is Severity.ERROR and {*found.versions} & {*commit.versions}
    ]
    if errors and not options.allow_errors:
        return Series(diagnostics=tuple(errors))
    commits = [_allowed(commit) for commit in commits]
    notes = [*_lost_requirements(host, target, recipes, {n: added[n] for n in base}, after)]
    notes += [warning for commit in commits for warning in commit.warnings]
    if style is None:
        text = "ruff is not installed, so format and style were not checked"
        notes.append(Diagnostic("style-not-checked", Severity.NOTE, "", text=text))
    else:
        verified.append("ruff: passed")
    return Series(tuple(commits), tuple(notes), tuple(verified))


def _allowed(commit: Commit) -> Commit:
    """The commit, with warnings in the place of errors."""
    warnings = tuple(
        replace(each, severity=Severity.WARNING) if each.severity is Severity.ERROR else each
        for each in commit.diagnostics
    )
    return replace(commit, diagnostics=warnings)


def rejected(problems: Iterable[Problem]) -> list[Diagnostic]:
    """What the host does not accept, as errors."""
    return [error("rejected", each.package, each.message) for each in problems]


def note(package: str, text: str) -> Diagnostic:
    """A difference between a local recipe and what is sent of it."""
    return Diagnostic("upstream-difference", Severity.NOTE, package, text=text)


def _verify(
    session: Session,
    host: Host,
    target: Target,
    texts: Mapping[str, str],
    added: Mapping[str, Sequence[str]],
    level: Verify,
) -> tuple[list[Diagnostic], list[str], dict[str, Meaning]]:
    """Verify recipes together: the errors; without any, the steps that were passed and what the
    recipes mean."""
    with host.writer.stage(target, texts) as staging:
        session.progress(Phase.AUDIT)
        errors = rejected(staging.load()) or rejected(staging.audit())
        if errors:
            return errors, [], {}
        verified = ["loaded", "audited"]
        if level is Verify.CONCRETIZE:
            specs = [
                spec
                for name in texts
                for spec in [f"{name}@={version}" for version in added[name]] or [name]
            ]
            for spec, graph in concretize_each(session, host.solver, specs):
                errors += [error("rejected", spec, graph.reason)] if graph.reason else []
            verified.append("concretized")
        return errors, verified, {name: host.evaluator.meaning(name) for name in texts}


def meanings(
    host: Host, target: Target, texts: Mapping[str, str]
) -> tuple[dict[str, Meaning], list[Diagnostic]]:
    """The meaning of recipes that are not in the repo, and errors for those that do not load."""
    with host.writer.stage(target, texts) as staging:
        errors = rejected(staging.load())
        loaded = {*texts} - {each.package for each in errors}
        return {name: host.evaluator.meaning(name) for name in texts if name in loaded}, errors


def _versions(changed: Changed, text: str | None) -> Sequence[str]:
    return LocalRecipe(changed.file, text).versions if text else ()


def _lost_requirements(
    host: Host,
    target: Target,
    recipes: Mapping[str, LocalRecipe],
    added: Mapping[str, Sequence[str]],
    after: Mapping[str, Meaning],
) -> Iterator[Diagnostic]:
    """What the local recipe of another repo requires for an added version and the one that is sent
    does not, for packages of the shared repo: a new package is sent as it is."""
    local = {
        name: source.text
        for name, source in recipes.items()
        if added.get(name) and source.before is None
    }
    for name, meaning in meanings(host, target, local)[0].items():
        for version in added[name]:
            for what in version_changes(meaning, after[name], version, version):
                # What is sent may require more: its base is newer than the local recipe's.
                if not what.startswith(("added", "tightened")):
                    yield note(name, f"{version} differs from {recipes[name].file}: {what}")

"""What reviewers will look at: the recipes of a series are proven together, and described."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ...diagnostics import Diagnostic, Severity, error
from ...host.port import Changed, Checkout, Host, Meaning, Problem, Target
from ...recipe.render import package_name
from ...session import Phase, Session
from ...translate import spack_order
from ..compare.between_versions import differences
from ..compare.check import check
from ..request import Verify
from . import links
from .series import Sent, Series, in_order
from .source import LocalRecipe, read


@dataclass(frozen=True)
class Options:
    """``every_version``: all versions of the recipes are sent, not only the newest and those that
    are needed; ``allow_errors``: added versions are sent although ``check`` finds errors in
    them."""

    every_version: bool = False
    verify: Verify = Verify.LOAD
    allow_errors: bool = False


def review(
    session: Session,
    host: Host,
    checkout: Checkout,
    chosen: Mapping[str, LocalRecipe],
    options: Options,
) -> Series:
    """Load, audit (with `Verify.CONCRETIZE` also concretize) and check all that was changed in the
    checkout's worktree, and tell what it is; ``chosen`` is what it was made from. With
    ``allow_errors`` what ``check`` finds wrong with added versions is only told."""
    target = host.repos.target(None, None, write=True)
    changed = {package_name(each.file.parent.name): each for each in checkout.changed()}
    texts = {name: read(each.file) for name, each in changed.items()}
    old = {name: _versions(each, each.before) for name, each in changed.items()}
    added = {
        name: tuple(v for v in _versions(each, texts[name]) if v not in old[name])
        for name, each in changed.items()
    }
    problems, verified, after = _verify(session, host, target, texts, added, options.verify)
    style = checkout.style()
    problems += [Problem(*complaint.split(": ", 1)) for complaint in style or ()]
    if problems:
        return Series(diagnostics=tuple(rejected(problems)))
    base = {name: each.before for name, each in changed.items() if each.before is not None}
    before, _ = meanings(host, target, base)
    needs = {
        name: {line.package for line in meaning.lines} & {*texts} - {name}
        for name, meaning in after.items()
    }
    sent = []
    for name in in_order(needs):
        session.progress(Phase.CHECK, name)
        each = changed[name]
        last = next(iter(old[name]), None)
        report: Iterable[str] = ()
        if name in before and last and added[name]:
            report = differences(before[name], after[name], last, added[name][0])
        plain = Sent(
            name,
            each.file.parent,
            each.before is None,
            added[name],
            report=tuple(report),
            needs=tuple(sorted(needs[name])),
        )
        sent.append(_described(session, host, checkout, plain, last))
    wrong = [
        error("rejected", each.package, f"{', '.join(found.versions)}: {found.text}")
        for each in sent
        for found in each.diagnostics
        if found.severity is Severity.ERROR and {*found.versions} & {*each.versions}
    ]
    if wrong and not options.allow_errors:
        return Series(diagnostics=tuple(wrong))
    notes = [*_otherwise(host, target, chosen, {n: added[n] for n in base}, after)]
    if style is None:
        text = "ruff is not installed, so format and style were not checked"
        notes.append(Diagnostic("style-not-checked", Severity.NOTE, "", text=text))
    return Series(
        sent=tuple(sent),
        diagnostics=tuple(notes),
        verified=(*verified, *(() if style is None else ("ruff: passed",))),
    )


def rejected(problems: Iterable[Problem]) -> Iterator[Diagnostic]:
    """Why recipes cannot be sent."""
    return (error("rejected", each.package, each.message) for each in problems)


def note(package: str, text: str) -> Diagnostic:
    """What a person should know of a recipe that is sent."""
    return Diagnostic("upstream-difference", Severity.NOTE, package, text=text)


def _verify(
    session: Session,
    host: Host,
    target: Target,
    texts: Mapping[str, str],
    added: Mapping[str, Sequence[str]],
    level: Verify,
) -> tuple[list[Problem], list[str], dict[str, Meaning]]:
    """What the host does not accept of recipes that lie together; else how far they were verified,
    and what they say."""
    with host.writer.stage(target, texts) as staging:
        session.progress(Phase.AUDIT)
        problems = [*staging.load()] or [*staging.audit()]
        if problems:
            return problems, [], {}
        verified = ["loaded", "audited"]
        if level is Verify.CONCRETIZE:
            for name in texts:
                for spec in [f"{name}@{version}" for version in added[name]] or [name]:
                    session.progress(Phase.CONCRETIZE, spec)
                    reason = host.solver.concretize([spec]).reason
                    problems += [Problem(spec, reason)] if reason else []
            verified.append("concretized")
        return problems, verified, {name: host.evaluator.meaning(name) for name in texts}


def meanings(
    host: Host, target: Target, texts: Mapping[str, str]
) -> tuple[dict[str, Meaning], list[Problem]]:
    """What recipes say that do not lie in the repo, and why some cannot be loaded."""
    with host.writer.stage(target, texts) as staging:
        problems = list(staging.load())
        wrong = {problem.package for problem in problems}
        return {
            name: host.evaluator.meaning(name) for name in texts if name not in wrong
        }, problems


def _versions(changed: Changed, text: str | None) -> Sequence[str]:
    return LocalRecipe(changed.file, text).versions if text else ()


def _otherwise(
    host: Host,
    target: Target,
    chosen: Mapping[str, LocalRecipe],
    added: Mapping[str, Sequence[str]],
    after: Mapping[str, Meaning],
) -> Iterator[Diagnostic]:
    """What the recipe of another repo asks for, of the same version, and what is sent does not; of
    recipes that were there (a new one is what it was made from)."""
    made = {
        name: source.text
        for name, source in chosen.items()
        if added.get(name) and source.before is None
    }
    for name, meaning in meanings(host, target, made)[0].items():
        for version in added[name]:
            for what in differences(meaning, after[name], version, version):
                # What is sent may well ask for more: the base is newer than what the site has.
                if not what.startswith(("added", "tightened")):
                    yield note(name, f"{version} differs from {chosen[name].file}: {what}")


def _described(
    session: Session, host: Host, checkout: Checkout, sent: Sent, before: str | None
) -> Sent:
    """With what the index tells of its newest version."""
    project = host.repos.project_of(sent.package)
    if project is None or not sent.versions:
        return sent
    index = session.index
    compared = check(session, host, [sent.package], only=sent.versions)
    diagnostics = tuple(found for checked in compared for found in checked.diagnostics)
    newest = sent.versions[0]
    releases = index.project(project).releases
    release = next((r for r in releases if spack_order.spelling(r.version) == newest), None)
    if release is None:
        return replace(sent, diagnostics=diagnostics)
    metadata = index.metadata(release)
    address = links.repository(metadata)
    link = ""
    if address:
        link = links.changes(address, checkout.tags(address), project, before, newest)
    summary = " ".join(metadata.summary.split())
    return replace(sent, summary=summary, link=link, diagnostics=diagnostics)

"""What reviewers will look at: the recipes of a series are proven together, and described."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Callable

from ...host.port import Changed, Checkout, Host, Meaning, Problem, Target
from ...pypi.model import Index
from ...recipe.render import package_name
from ...translate import spack_order
from ..compare.check import check
from ..compare.comparison import ERROR
from ..compare.differences import differences
from ..exact import in_words
from ..outcome import CONCRETIZE
from . import links
from .series import STYLED, Sent, Series, in_order
from .source import LocalRecipe, read


def review(
    host: Host,
    index: Index,
    checkout: Checkout,
    chosen: Mapping[str, LocalRecipe],
    *,
    proof: str | None = None,
    allow_errors: bool = False,
    progress: Callable[[str], None] = lambda what: None,
) -> Series:
    """Load, audit (with `CONCRETIZE` also concretize) and check all that was changed in the
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
    problems, proven, after = _prove(host, target, texts, added, proof, progress)
    style = checkout.style()
    problems += [Problem(*complaint.split(": ", 1)) for complaint in style or ()]
    if problems:
        return Series(problems=tuple(problems))
    base = {name: each.before for name, each in changed.items() if each.before is not None}
    before, _ = meanings(host, target, base)
    needs = {
        name: {line.package for line in meaning.lines} & {*texts} - {name}
        for name, meaning in after.items()
    }
    sent = []
    for name in in_order(needs):
        progress(name)
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
        sent.append(_described(host, index, checkout, plain, last))
    wrong = [
        Problem(each.package, f"{', '.join(found.versions)}: {in_words(found)}")
        for each in sent
        for found in each.findings
        if found.severity == ERROR and {*found.versions} & {*each.versions}
    ]
    if wrong and not allow_errors:
        return Series(problems=tuple(wrong))
    return Series(
        sent=tuple(sent),
        notes=tuple(_otherwise(host, target, chosen, {n: added[n] for n in base}, after)),
        proven=(*proven, *(() if style is None else (STYLED,))),
    )


def _prove(
    host: Host,
    target: Target,
    texts: Mapping[str, str],
    added: Mapping[str, Sequence[str]],
    proof: str | None,
    progress: Callable[[str], None],
) -> tuple[list[Problem], list[str], dict[str, Meaning]]:
    """What the host does not take of recipes that lie together; else how far they were proven, and
    what they say."""
    with host.writer.stage(target, texts) as staging:
        progress("auditing")
        problems = [*staging.load()] or [*staging.audit()]
        if problems:
            return problems, [], {}
        if proof != CONCRETIZE:
            return (
                [],
                ["loaded", "audited"],
                {name: host.evaluator.meaning(name) for name in texts},
            )
        for name in texts:
            for spec in [f"{name}@{version}" for version in added[name]] or [name]:
                progress(spec)
                reason = host.solver.concretize([spec]).reason
                problems += [Problem(spec, reason)] if reason else []
        proven = ["loaded", "audited", "concretized"]
        return problems, proven, {name: host.evaluator.meaning(name) for name in texts}


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
) -> Iterator[tuple[str, str]]:
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
                    yield name, f"{version} is not as in {chosen[name].file}: {what}"


def _described(
    host: Host, index: Index, checkout: Checkout, sent: Sent, before: str | None
) -> Sent:
    """With what the index tells of its newest version."""
    project = host.repos.project_of(sent.package)
    if project is None or not sent.versions:
        return sent
    compared = check(host, index, [sent.package], only=sent.versions)
    findings = tuple(finding for checked in compared for finding in checked.told)
    newest = sent.versions[0]
    releases = index.project(project).releases
    release = next((r for r in releases if spack_order.spelling(r.version) == newest), None)
    if release is None:
        return replace(sent, findings=findings)
    metadata = index.metadata(release)
    address = links.repository(metadata)
    link = ""
    if address:
        link = links.changes(address, checkout.tags(address), project, before, newest)
    summary = " ".join(metadata.summary.split())
    return replace(sent, summary=summary, link=link, findings=findings)

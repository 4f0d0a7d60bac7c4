"""``why``: what asks for each project of a closure, what answers it, and why that is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Callable

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from ..host.port import Host
from ..pypi.model import Index
from ..recipe.model import BUILD
from ..resolve.catalog import Catalog, Rules
from ..resolve.choose import Policy
from ..resolve.facts import Facts
from ..resolve.lessons import Grade
from ..resolve.model import Answer, Root, Status
from ..resolve.package import ProjectPackage
from ..resolve.resolution import Resolution, Resolver, roots_of
from ..translate.requirements import ProjectRequirement
from ..translate.spelling import meant
from .create import parse_names

#: How a demand is answered: by what exists, by versions added to it, by a new recipe, not at all.
EXISTS, ADDED, NEW, NOT = "exists", "added", "new", "left out"


@dataclass(frozen=True)
class Explanation:
    """A demand (``asks``: a requirement, its condition and whether it is for building only) of
    ``source`` for ``target`` (projects; ``source`` is empty for what was named), how it is
    answered, and why so."""

    source: str
    target: str
    asks: str
    answer: str
    reason: str


def why(
    host: Host,
    index: Index,
    names: Sequence[str],
    policy: Policy,
    *,
    connections: int = 8,
    progress: Callable[[str], None] = lambda what: None,
) -> list[Explanation]:
    """The edges of the closure of the named requirements, as ``create`` would answer them; of a
    recipe, those of its newest version. Nothing is written.

    Raises `UsageError` and `IndexFailure`.
    """
    named = parse_names(names)
    roots = roots_of(named)
    with Facts(index, connections=connections, progress=progress) as facts:
        catalog = Catalog(host, facts, Rules(policy), [root.project for root in roots])
        resolver = Resolver(catalog, roots, together=False, worst=Grade.INCOMPLETE)
        resolution = resolver.resolve()
    texts: dict[str, str] = {canonicalize_name(each.name): str(each) for each in named}
    edges = [_of_root(resolution, root, texts[root.project]) for root in roots]
    return edges + _below(resolution)


def _below(resolution: Resolution) -> list[Explanation]:
    edges: list[Explanation] = []
    todo = [root.project for root in resolution.roots]
    seen = set(todo)
    while todo:
        project = todo.pop(0)
        for version in resolution.versions(project)[:1]:
            found = (edge for _, edge in resolution.edges(project, version))
            for each in dict.fromkeys(found):
                edges.append(
                    _edge(
                        resolution, project, each.requirement, _asks(each.requirement), each.answer
                    )
                )
                if each.requirement.project not in seen:
                    seen.add(each.requirement.project)
                    todo.append(each.requirement.project)
    return edges


def _asks(need: ProjectRequirement) -> str:
    where = [str(need.when)] if str(need.when) else []
    where += ["to build"] if need.types == BUILD else []
    return str(need) + (f" ({', '.join(where)})" if where else "")


def _of_root(resolution: Resolution, root: Root, text: str) -> Explanation:
    need = ProjectRequirement(root.project, (), root.specifier)
    versions = resolution.versions(root.project)
    if root.project in resolution.failed:
        answer = Answer(Status.ABSENT, Grade.INCOMPLETE, reason=resolution.failed[root.project])
    elif root.project in resolution.selection.deprecated:
        answer = Answer(Status.DEPRECATED)
    elif versions:
        release = resolution.release(root.project, versions[0])
        answer = Answer(Status.CHOSEN, release=release)
    else:
        answer = Answer(Status.EXISTS)
    return _edge(resolution, "", need, text, answer)


def _edge(
    resolution: Resolution, source: str, need: ProjectRequirement, asks: str, answer: Answer
) -> Explanation:
    target = resolution.package(need.project)
    existing = target.existing
    name = f"{existing.namespace}.{existing.name}" if existing else ""
    if answer.status is Status.DEPRECATED:
        return Explanation(source, need.project, asks, EXISTS, f"{name} has it as deprecated")
    if answer.status is Status.EXISTS and existing is not None:
        accepted = SpecifierSet(need.specifier, prereleases=True)
        told = "any version" if existing.every_version else _newest(target, accepted)
        return Explanation(source, need.project, asks, EXISTS, f"{name} has {told}")
    if answer.release is None:
        return Explanation(source, need.project, asks, NOT, answer.reason)
    version = answer.release.version
    if existing is None:
        reason = f"no repo has a package for it: {target.package} {version}"
        return Explanation(source, need.project, asks, NEW, reason)
    newest = existing.versions[0] if existing.versions else "none"
    reason = f"{name} has no version that will do, its newest is {newest}: {version} is added"
    return Explanation(source, need.project, asks, ADDED, reason)


def _newest(target: ProjectPackage, accepted: SpecifierSet) -> str:
    declared: dict[Version, str] = {}
    for text in target.existing.versions if target.existing else ():
        version: Version | None = meant(text)
        if version is not None and version in accepted:
            declared[version] = text
    return declared[max(declared)]


def dot(edges: Sequence[Explanation]) -> str:
    """The closure as a graph in the language of Graphviz."""
    colors = {EXISTS: "gray60", ADDED: "darkorange", NEW: "forestgreen", NOT: "red"}
    answers: dict[str, str] = {}
    for edge in edges:
        # What is once left out, or new, is so whoever else finds it good enough.
        rank = (EXISTS, ADDED, NEW, NOT)
        known = answers.get(edge.target, EXISTS)
        answers[edge.target] = max(known, edge.answer, key=rank.index)
    lines = ["digraph closure {", "  node [shape=box];"]
    lines += [f"  {_quoted(p)} [color={colors[a]}];" for p, a in sorted(answers.items())]
    drawn: dict[tuple[str, str], list[str]] = {}
    for edge in edges:
        if edge.source:
            drawn.setdefault((edge.source, edge.target), []).append(edge.asks)
    for (source, target), asks in drawn.items():
        label = _quoted("\\n".join(asks))
        lines.append(f"  {_quoted(source)} -> {_quoted(target)} [label={label}];")
    return "\n".join([*lines, "}"])


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '\\"') + '"'

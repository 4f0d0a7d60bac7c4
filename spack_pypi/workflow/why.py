"""``why``: what asks for each project of a closure, what answers it, and why that is needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Dict, List, Optional, Sequence, Tuple

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from ..errors import UnknownProject
from ..host.port import Host
from ..pypi.model import Index
from ..recipe.model import BUILD
from ..translate.requirements import Need
from .closure.choose import Policy
from .closure.closure import Closure
from .closure.follow import follow, named_projects, parse_names
from .closure.node import Node, parsed

#: How a demand is answered: by what exists, by versions added to it, by a new recipe, not at all.
EXISTS, ADDED, NEW, NOT = "exists", "added", "new", "left out"


@dataclass(frozen=True)
class Edge:
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
) -> List[Edge]:
    """The edges of the closure of the named requirements, as ``create`` would answer them; of a
    recipe, those of its newest version. Nothing is written.

    Raises `UsageError` and `IndexFailure`.
    """
    named = parse_names(names)
    roots = named_projects(named)
    try:
        closure = follow(host, index, named, policy, connections=connections, progress=progress)
    except UnknownProject as error:
        return [Edge("", error.project, error.project, NOT, "the index has no such project")]
    edges = [
        _edge(closure, "", Need(canonicalize_name(each.name), (), str(each.specifier)), str(each))
        for each in named
    ]
    return edges + _below(closure, roots)


def _below(closure: Closure, roots: Sequence[str]) -> List[Edge]:
    edges: List[Edge] = []
    todo, seen = list(roots), set(roots)
    while todo:
        node = closure.nodes[todo.pop(0)]
        if not node.written:
            continue
        for need in dict.fromkeys(closure.edges(node, node.known[0])):
            edges.append(_edge(closure, node.project, need, _asks(need)))
            if need.project not in seen:
                seen.add(need.project)
                todo.append(need.project)
    return edges


def _asks(need: Need) -> str:
    extras = f"[{','.join(need.extras)}]" if need.extras else ""
    where = [str(need.when)] if str(need.when) else []
    where += ["to build"] if need.types == BUILD else []
    return f"{need.project}{extras}{need.specifier}" + (f" ({', '.join(where)})" if where else "")


def _edge(closure: Closure, source: str, need: Need, asks: str) -> Edge:
    node = closure.node(need.project)
    accepted = SpecifierSet(need.specifier, prereleases=True)
    chosen = [version for version in node.versions if version in accepted]
    existing = node.existing
    name = f"{existing.namespace}.{existing.name}" if existing else ""
    if existing is not None and node.declares(need.specifier):
        told = "any version" if existing.every_version else _newest(node, accepted)
        return Edge(source, need.project, asks, EXISTS, f"{name} has {told}")
    if node.failure or not chosen:
        reason = node.failure or node.unsatisfied.get(need.specifier, "no release will do")
        return Edge(source, need.project, asks, NOT, reason)
    if existing is None:
        reason = f"no repo has a package for it: {node.package} {chosen[0]}"
        return Edge(source, need.project, asks, NEW, reason)
    newest = existing.versions[0] if existing.versions else "none"
    reason = f"{name} has no version that will do, its newest is {newest}: {chosen[0]} is added"
    return Edge(source, need.project, asks, ADDED, reason)


def _newest(node: Node, accepted: SpecifierSet) -> str:
    declared: Dict[Version, str] = {}
    for text in node.existing.versions if node.existing else ():
        version: Optional[Version] = parsed(text)
        if version is not None and version in accepted:
            declared[version] = text
    return declared[max(declared)]


def dot(edges: Sequence[Edge]) -> str:
    """The closure as a graph in the language of Graphviz."""
    colors = {EXISTS: "gray60", ADDED: "darkorange", NEW: "forestgreen", NOT: "red"}
    answers: Dict[str, str] = {}
    for edge in edges:
        # What is once left out, or new, is so whoever else finds it good enough.
        rank = (EXISTS, ADDED, NEW, NOT)
        known = answers.get(edge.target, EXISTS)
        answers[edge.target] = max(known, edge.answer, key=rank.index)
    lines = ["digraph closure {", "  node [shape=box];"]
    lines += [f"  {_quoted(p)} [color={colors[a]}];" for p, a in sorted(answers.items())]
    drawn: Dict[Tuple[str, str], List[str]] = {}
    for edge in edges:
        if edge.source:
            drawn.setdefault((edge.source, edge.target), []).append(edge.asks)
    for (source, target), asked in drawn.items():
        label = _quoted("\\n".join(asked))
        lines.append(f"  {_quoted(source)} -> {_quoted(target)} [label={label}];")
    return "\n".join([*lines, "}"])


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '\\"') + '"'

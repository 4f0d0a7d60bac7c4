"""What ``why`` prints: the closure with reasons, as a tree or as a graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..workflow.why import Explanation, SatisfiedBy
from .tree import drawn, readable

_COLORS = {
    SatisfiedBy.EXISTS: "gray60",
    SatisfiedBy.ADDED: "darkorange",
    SatisfiedBy.NEW: "forestgreen",
    SatisfiedBy.OMITTED: "red",
}


def tree(edges: Sequence[Explanation]) -> Iterator[str]:
    """What requires what, and what satisfies it, as a tree."""
    by_source: dict[str, list[Explanation]] = {}
    for edge in edges:
        by_source.setdefault(edge.source, []).append(edge)
    return readable(lambda once: _trees(by_source, once), "--dot")


def _trees(by_source: Mapping[str, list[Explanation]], once: bool) -> Iterator[str]:
    """The tree of each named requirement; ``once``: with each project once."""
    seen: set[str] = set()
    listed: set[str] = set()

    def about(edge: Explanation) -> str:
        again = " (see above)" if edge.target in seen and edge.target in by_source else ""
        return f"{edge.requires}: {edge.satisfied_by.value}, {edge.reason}{again}"

    def below(edge: Explanation) -> list[Explanation]:
        if edge.target in seen:
            return []
        seen.add(edge.target)
        inside = by_source.get(edge.target, [])
        if not once:
            return inside
        first = {each.target: each for each in reversed(inside) if each.target not in listed}
        listed.update(first)
        return [each for each in inside if first.get(each.target) is each]

    for edge in by_source.get("", []):
        yield from drawn(edge, about, below)


def dot(edges: Sequence[Explanation]) -> str:
    """The closure as a graph in the language of Graphviz, https://graphviz.org/doc/info/lang.html.
    A project has the color of its requirement that is satisfied worst."""
    order = list(SatisfiedBy)
    worst: dict[str, SatisfiedBy] = {}
    for edge in edges:
        known = worst.get(edge.target, SatisfiedBy.EXISTS)
        worst[edge.target] = max(known, edge.satisfied_by, key=order.index)
    lines = ["digraph closure {", "  node [shape=box];"]
    lines += [f"  {_quoted(p)} [color={_COLORS[a]}];" for p, a in sorted(worst.items())]
    labels: dict[tuple[str, str], list[str]] = {}
    for edge in edges:
        if edge.source:
            labels.setdefault((edge.source, edge.target), []).append(edge.requires)
    for (source, target), requires in labels.items():
        label = _quoted("\\n".join(requires))
        lines.append(f"  {_quoted(source)} -> {_quoted(target)} [label={label}];")
    return "\n".join([*lines, "}"])


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '\\"') + '"'

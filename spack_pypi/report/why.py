"""What ``why`` prints: the closure with reasons, as a tree or as a graph."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..workflow.why import Answered, Explanation
from .tree import drawn

_COLORS = {
    Answered.EXISTS: "gray60",
    Answered.ADDED: "darkorange",
    Answered.NEW: "forestgreen",
    Answered.LEFT_OUT: "red",
}


def tree(edges: Sequence[Explanation]) -> Iterator[str]:
    """What requires what, and what satisfies it, as a tree."""
    of: dict[str, list[Explanation]] = {}
    for edge in edges:
        of.setdefault(edge.source, []).append(edge)
    seen: set[str] = set()

    def about(edge: Explanation) -> str:
        again = " (see above)" if edge.target in seen and edge.target in of else ""
        return f"{edge.requires}: {edge.answered.value}, {edge.reason}{again}"

    def below(edge: Explanation) -> list[Explanation]:
        if edge.target in seen:
            return []
        seen.add(edge.target)
        return of.get(edge.target, [])

    for edge in of.get("", []):
        yield from drawn(edge, about, below)


def dot(edges: Sequence[Explanation]) -> str:
    """The closure as a graph in the language of Graphviz, https://graphviz.org/doc/info/lang.html.
    A project has the color of the worst answer to any requirement on it."""
    order = list(Answered)
    answers: dict[str, Answered] = {}
    for edge in edges:
        known = answers.get(edge.target, Answered.EXISTS)
        answers[edge.target] = max(known, edge.answered, key=order.index)
    lines = ["digraph closure {", "  node [shape=box];"]
    lines += [f"  {_quoted(p)} [color={_COLORS[a]}];" for p, a in sorted(answers.items())]
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

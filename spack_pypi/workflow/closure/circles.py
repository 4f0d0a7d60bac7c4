"""Requirements that run in a circle. An installer does not mind them; Spack's graphs have none."""

from __future__ import annotations

from typing import Dict, List, Sequence, Set, Tuple

from ...recipe.model import BUILD
from .closure import Closure
from .search import holds_with

#: Dependent and dependency, both projects.
Edge = Tuple[str, str]


def circles(
    closure: Closure, named: Sequence[str], pythons: Sequence[str]
) -> Dict[Edge, Tuple[str, ...]]:
    """The requirements to leave out, so that what is written has no circle, each with the way on
    which its dependency comes back to the dependent.

    It is the one that leads back to what is nearer to the ``named`` projects: whoever installs
    these has all of the circle. What is needed to build is only left out where all of a circle is.
    """
    graph = _graph(closure, pythons)
    left_out: Dict[Edge, Tuple[str, ...]] = {}
    while True:
        way = _circle(graph, named)
        if not way:
            return left_out
        # From its last step on, which leads back to where it began.
        steps = list(zip(reversed(way), [way[0], *reversed(way[1:])]))
        dependent, dependency = next(
            (step for step in steps if not graph[step[0]][step[1]]), steps[0]
        )
        del graph[dependent][dependency]
        at = way.index(dependency)
        left_out[dependent, dependency] = tuple([*way[at:], *way[:at]])


def _graph(closure: Closure, pythons: Sequence[str]) -> Dict[str, Dict[str, bool]]:
    """Of all that is written: project to what it needs, and whether that is to build."""
    written = {project for project, node in closure.nodes.items() if node.written}
    graph: Dict[str, Dict[str, bool]] = {}
    for project in sorted(written):
        needed = graph.setdefault(project, {})
        node = closure.nodes[project]
        for version in node.versions:
            for need in closure.edges(node, version):
                if need.when.variants and node.existing is not None:
                    continue  # nobody may ask for the variant
                if need.project in written and any(holds_with(need.when, p) for p in pythons):
                    building = need.types == BUILD
                    needed[need.project] = needed.get(need.project, False) or building
    return graph


def _circle(graph: Dict[str, Dict[str, bool]], named: Sequence[str]) -> List[str]:
    """The projects of a circle, the one nearest to the named projects first; none for none."""
    done: Set[str] = set()
    for root in [*named, *graph]:
        if root not in graph or root in done:
            continue
        way, left = [root], [iter(graph[root])]
        while way:
            following = next(left[-1], None)
            if following is None:
                done.add(way.pop())
                left.pop()
            elif following in way:
                return way[way.index(following) :]
            elif following not in done:
                way.append(following)
                left.append(iter(graph[following]))
    return []

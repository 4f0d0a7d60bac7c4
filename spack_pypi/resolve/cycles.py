"""Requirements that form a cycle. An installer does not mind them; Spack's graphs have none."""

from __future__ import annotations

from typing import Dict, List, Sequence, Set, Tuple

from ..recipe.model import BUILD
from .catalog import Catalog
from .selection import Selection, Status, applies_on_linux

#: Dependent and dependency, both projects.
Edge = Tuple[str, str]


def cycles(
    catalog: Catalog, selection: Selection, named: Sequence[str]
) -> Dict[Edge, Tuple[str, ...]]:
    """The requirements to leave out, so that what is written has no cycle, each with the way on
    which its dependency comes back to the dependent.

    It is the one that leads back to what is nearer to the ``named`` projects: whoever installs
    these has all of the cycle. What is needed to build is only left out where all of a cycle is.
    """
    graph = _graph(catalog, selection)
    left_out: Dict[Edge, Tuple[str, ...]] = {}
    while True:
        way = _cycle(graph, sorted(named))
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


def _graph(catalog: Catalog, selection: Selection) -> Dict[str, Dict[str, bool]]:
    """Of all that is written: project to what it needs, and whether that is to build."""
    graph: Dict[str, Dict[str, bool]] = {project: {} for project in sorted(selection.releases)}
    for unit in sorted(selection.edges):
        needed = graph[unit.project]
        extended = catalog.package(unit.project).extended is not None
        for edge in selection.edges[unit]:
            need = edge.need
            if need.when.variants and extended:
                continue  # nobody may ask for the variant
            answered = edge.answer.status is not Status.ABSENT
            if need.project in graph and answered and applies_on_linux(need.when, catalog.pythons):
                building = need.types == BUILD
                needed[need.project] = needed.get(need.project, False) or building
    return graph


def _cycle(graph: Dict[str, Dict[str, bool]], named: Sequence[str]) -> List[str]:
    """The projects of a cycle, the one nearest to the named projects first; none for none."""
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

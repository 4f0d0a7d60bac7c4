"""Requirements that form a cycle. An installer does not mind them; Spack's graphs have none.

Spack's solver takes one version of each package, so what matters is whether releases need each
other, not projects: ``a 2`` may need ``b 2`` while ``b 1`` needs ``a 1``. A requirement that some
release outside of the cycle satisfies is left to the solver, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from packaging.version import Version

from ..recipe.model import BUILD
from .applies import applies_on_linux
from .catalog import Catalog
from .lessons import Unit
from .model import Root, Selection, Status
from .package import specifier_set

#: A release: project and version.
Node = tuple[str, Version]
#: A release, and the project that it needs.
Cut = tuple[str, Version, str]


@dataclass(frozen=True)
class _Step:
    """One requirement of a release, or of an extra of it: the releases that may satisfy it."""

    unit: Unit
    to: tuple[Node, ...]
    building: bool

    @property
    def start(self) -> Node:
        return self.unit.project, self.unit.version


def cycles(
    catalog: Catalog, selection: Selection, roots: Sequence[Root]
) -> tuple[dict[Cut, tuple[str, ...]], set[tuple[str, str]]]:
    """The requirements to leave out, so that what is written has no cycle, each with the way on
    which its dependency comes back to the dependent; and the extras (project, extra) that are
    part of a cycle and should be no variants: what they stand for is then required by who asks
    for them, and there is no cycle.

    A requirement that is left out leads back to what comes before it on the way from the
    ``roots``: whoever installs these has all of the cycle. What is needed to build is only left
    out where all of a cycle is.
    """
    asked = {(root.project, extra) for root in roots for extra in root.extras}
    steps = list(_steps(catalog, selection))
    order = _order(steps, sorted(root.project for root in roots))
    left_out: dict[Cut, tuple[str, ...]] = {}
    flat: set[tuple[str, str]] = set()
    while True:
        steps = _unavoidable(steps)
        way = _cycle(steps, order)
        if not way:
            return left_out, flat
        extras = {(s.unit.project, s.unit.extra) for s in way if s.unit.extra} - asked
        if extras:
            flat |= extras
            steps = [s for s in steps if (s.unit.project, s.unit.extra) not in flat]
            continue
        # The last one leads back to where the way began.
        cut = next((step for step in reversed(way) if not step.building), way[-1])
        at = way.index(cut)
        projects = [step.unit.project for step in (*way[at + 1 :], *way[: at + 1])]
        left_out[(*cut.start, projects[0])] = tuple(projects)
        steps.remove(cut)


def _steps(catalog: Catalog, selection: Selection) -> Iterator[_Step]:
    """The requirements that only releases which are written satisfy."""
    for unit in sorted(selection.edges):
        extended = catalog.package(unit.project).extended is not None
        for edge in selection.edges[unit]:
            need = edge.need
            if unit.extra and extended:
                continue  # nobody may ask for the variant
            if edge.answer.status is not Status.CHOSEN:
                continue
            if applies_on_linux(need.when, catalog.pythons):
                accepted = specifier_set(need.specifier)
                to = tuple(
                    (need.project, version)
                    for version in selection.versions(need.project)
                    if accepted.contains(version, prereleases=True)
                )
                yield _Step(unit, to, need.types == BUILD)


def _unavoidable(steps: Sequence[_Step]) -> list[_Step]:
    """The steps inside of cycles that no choice of releases avoids."""
    while True:
        component = _components(steps)
        inside = [
            step
            for step in steps
            if all(component[node] == component[step.start] for node in step.to)
        ]
        if len(inside) == len(steps):
            return inside
        steps = inside


def _components(steps: Iterable[_Step]) -> Mapping[Node, int]:
    """The strongly connected component of each release, by number (Tarjan)."""
    following: dict[Node, list[Node]] = {}
    for step in steps:
        following.setdefault(step.start, []).extend(step.to)
    index: dict[Node, int] = {}
    low: dict[Node, int] = {}
    open_nodes: list[Node] = []
    component: dict[Node, int] = {}
    for root in [*following, *(node for nodes in following.values() for node in nodes)]:
        if root in index:
            continue
        index[root] = low[root] = len(index)
        open_nodes.append(root)
        way = [(root, iter(following.get(root, ())))]
        while way:
            node, left = way[-1]
            nearest = next(left, None)
            if nearest is None:
                way.pop()
                if way:
                    low[way[-1][0]] = min(low[way[-1][0]], low[node])
                if low[node] == index[node]:
                    while node not in component:
                        component[open_nodes.pop()] = index[node]
            elif nearest not in index:
                index[nearest] = low[nearest] = len(index)
                open_nodes.append(nearest)
                way.append((nearest, iter(following.get(nearest, ()))))
            elif nearest not in component:
                low[node] = min(low[node], index[nearest])
    return component


def _following(steps: Iterable[_Step]) -> dict[Node, list[tuple[_Step, Node]]]:
    found: dict[Node, list[tuple[_Step, Node]]] = {}
    for step in steps:
        found.setdefault(step.start, []).extend((step, node) for node in step.to)
    return found


def _order(steps: Sequence[_Step], named: Sequence[str]) -> Mapping[Node, int]:
    """The place of each release on a walk from the named projects, dependents first."""
    following = _following(steps)
    starts = sorted(following, reverse=True)
    todo = [*starts[::-1], *(n for name in reversed(named) for n in starts[::-1] if n[0] == name)]
    place: dict[Node, int] = {}
    while todo:
        node = todo.pop()
        if node not in place:
            place[node] = len(place)
            todo += [nearest for _, nearest in reversed(following.get(node, ()))]
    return place


def _cycle(steps: Sequence[_Step], order: Mapping[Node, int]) -> list[_Step]:
    """The steps of a cycle, from the release that comes first in the order; none where there is
    none."""
    following = _following(steps)
    done: set[Node] = set()
    for root in sorted(following, key=order.__getitem__):
        if root in done:
            continue
        way: list[_Step] = []
        nodes, left = [root], [iter(following.get(root, ()))]
        while nodes:
            nearest = next(left[-1], None)
            if nearest is None:
                done.add(nodes.pop())
                left.pop()
                del way[-1:]
                continue
            step, node = nearest
            if node in nodes:
                return [*way[nodes.index(node) :], step]
            if node not in done:
                way.append(step)
                nodes.append(node)
                left.append(iter(following.get(node, ())))
    return []

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
#: A requirement that is left out: a release, and the project that it requires.
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
    """The requirements to leave out, so that what is written has no cycle, each with the path from
    its dependency back to the dependent; and the extras (project, extra) that are part of a cycle
    and should be no variants: their requirements are then those of the dependents that require
    the extra, and there is no cycle.

    A requirement that is left out leads back to a project that comes before it on the path from
    the ``roots``: these still install all of the cycle. A build requirement is only left out of a
    cycle of build requirements. Where a recipe that exists closes the cycle, a new one gives way.
    """
    requested = {(root.project, extra) for root in roots for extra in root.extras}
    steps = list(_steps(catalog, selection))
    order = _order(steps, sorted(root.project for root in roots))
    cuts: dict[Cut, tuple[str, ...]] = dict(_with_existing(catalog, selection))
    inlined: set[tuple[str, str]] = set()
    while steps := _unavoidable(steps):
        path = _cycle(steps, order)
        extras = {(s.unit.project, s.unit.extra) for s in path if s.unit.extra} - requested
        if extras:
            inlined |= extras
            steps = [s for s in steps if (s.unit.project, s.unit.extra) not in inlined]
            continue
        # The last step leads back to where the path began.
        cut = next((step for step in reversed(path) if not step.building), path[-1])
        at = path.index(cut)
        projects = [step.unit.project for step in (*path[at + 1 :], *path[: at + 1])]
        cuts[(*cut.start, projects[0])] = tuple(projects)
        steps.remove(cut)
    return cuts, inlined


def _with_existing(
    catalog: Catalog, selection: Selection
) -> Iterator[tuple[Cut, tuple[str, ...]]]:
    """The requirements of a new package on one whose recipe, with its variants as they are by
    default, depends on the new package: that line would have no solution."""
    for unit in sorted(selection.edges):
        if unit.extra or catalog.package(unit.project).existing is not None:
            continue
        for edge in selection.edges[unit]:
            there = edge.answer.status in (Status.EXISTS, Status.DEPRECATED)
            other = edge.requirement.project
            if (
                there
                and edge.requirement.types != BUILD
                and catalog.depends_by_default(other, unit.project)
            ):
                yield (unit.project, unit.version, other), (other, unit.project)


def _steps(catalog: Catalog, selection: Selection) -> Iterator[_Step]:
    """The requirements that only releases which are written satisfy."""
    for unit in sorted(selection.edges):
        extended = catalog.package(unit.project).extended is not None
        for edge in selection.edges[unit]:
            requirement = edge.requirement
            if unit.extra and extended:
                continue  # the variant may never be enabled
            if edge.answer.status is not Status.CHOSEN:
                continue
            if applies_on_linux(requirement.when, catalog.pythons):
                accepted = specifier_set(requirement.specifier)
                to = tuple(
                    (requirement.project, version)
                    for version in selection.versions(requirement.project)
                    if accepted.contains(version, prereleases=True)
                )
                yield _Step(unit, to, requirement.types == BUILD)


def _unavoidable(steps: Sequence[_Step]) -> list[_Step]:
    """The steps inside of cycles that no choice of releases avoids."""
    while True:
        component = _components(steps)
        inside = [
            step
            for step in steps
            if step.to and all(component[node] == component[step.start] for node in step.to)
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
        path = [(root, iter(following.get(root, ())))]
        while path:
            node, left = path[-1]
            nearest = next(left, None)
            if nearest is None:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[node])
                if low[node] == index[node]:
                    while node not in component:
                        component[open_nodes.pop()] = index[node]
            elif nearest not in index:
                index[nearest] = low[nearest] = len(index)
                open_nodes.append(nearest)
                path.append((nearest, iter(following.get(nearest, ()))))
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
    """The steps of a cycle, found from the release that comes first in the order. All steps are
    inside of cycles (`_unavoidable`), so each leads on."""
    following = _following(steps)
    node = min(following, key=order.__getitem__)
    path: list[_Step] = []
    nodes: list[Node] = []
    while node not in nodes:
        nodes.append(node)
        step, node = following[node][0]
        path.append(step)
    return path[nodes.index(node) :]

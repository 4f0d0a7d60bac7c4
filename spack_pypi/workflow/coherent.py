"""Whether one version of each project can be taken so that all fit together.

Spack, unlike pip, builds with one version of each package in the whole graph, build requirements
included; only what its repos tag as build tools may be there twice. Two pins on one build backend
therefore exclude each other, and then a recipe must offer a release that does without.
"""

from __future__ import annotations

from typing import Dict, Iterator, List, Optional, Sequence, Set

from .closure import Closure
from .search import NO_PYTHON, Demand, NoFit, Pick, search

#: Searches, each after more releases were added, until one is given up.
_SEARCHES = 50


def fit_together(
    closure: Closure, named: Sequence[str], pythons: Sequence[str], together: bool = False
) -> None:
    """Add releases to a closure until, for each of the projects in ``named`` and for each of its
    releases by itself, or for all projects ``together``, one of each that is needed can be taken
    so that all fit together, or until it is clear that they cannot.

    ``pythons`` are the host's versions, newest first.
    """
    asked = [Demand(project, str(closure.nodes[project].named)) for project in named]
    if together:
        _fit(closure, asked, pythons)
        return
    for demand in asked:
        _fit(closure, [demand], pythons)
    for project in named:
        for version in closure.nodes[project].versions:
            _fit(closure, [Demand(project, f"=={version}")], pythons)


def obstacle(closure: Closure, demands: Sequence[Demand], pythons: Sequence[str]) -> Optional[str]:
    """Why nothing fits together for the demands, in plain words, for the newest of the Pythons;
    None where something does for one of them, or where that is not known."""
    found = None
    with closure:
        for python in _newest_of_each_minor(pythons):
            try:
                search(closure, demands, python, set())
                return None
            except NoFit as no_fit:
                found = found or _in_words(closure, no_fit, python)
    return found


def _fit(closure: Closure, demands: Sequence[Demand], pythons: Sequence[str]) -> None:
    blamed: Set[str] = set()
    left = list(_newest_of_each_minor(pythons))
    for _ in range(_SEARCHES):
        new = []
        for pick in _first_fit(closure, demands, left, blamed):
            node = closure.node(pick.project)
            if pick.release is not None and pick.version not in node.releases:
                new.append((node, pick.release))
        if not new:
            return
        for node, release in new:
            closure.add(node, release)


def _first_fit(
    closure: Closure, demands: Sequence[Demand], pythons: List[str], blamed: Set[str]
) -> List[Pick]:
    """What fits for the first Python that allows it; ``pythons`` lose those that do not."""
    while pythons:
        try:
            return search(closure, demands, pythons[0], blamed)
        except NoFit:
            del pythons[0]
    return []


def _newest_of_each_minor(pythons: Sequence[str]) -> Iterator[str]:
    seen = set()
    for python in pythons:
        minor = tuple(python.split(".")[:2])
        if minor not in seen:
            seen.add(minor)
            yield python


def _in_words(closure: Closure, no_fit: NoFit, python: str) -> str:
    """The demands of a conflict, by whom they are made."""
    wanted: Dict[str, Dict[str, List[str]]] = {}
    found: List[str] = []
    for demand, parent in no_fit.causes:
        who = "you" if parent is None else f"{closure.node(parent.project).package} {parent.text}"
        if demand.project == NO_PYTHON:
            found.append(f"{who} does not run with Python {python}")
            continue
        text = demand.specifier or (f"@{demand.ranges}" if demand.ranges else "")
        if text:
            wanted.setdefault(demand.project, {}).setdefault(text, []).append(who)
    for project, by_text in sorted(wanted.items()):
        demands = "; ".join(f"{_shortened(who)} wants {text}" for text, who in by_text.items())
        found.append(f"no version of {closure.node(project).package} does for all: {demands}")
    return "; ".join(dict.fromkeys(found))


def _shortened(who: Sequence[str]) -> str:
    """Of many releases of one package, the first, which is the newest, is named."""
    releases: Dict[str, List[str]] = {}
    for each in dict.fromkeys(who):
        package, _, version = each.partition(" ")
        releases.setdefault(package, []).append(version)
    return ", ".join(
        f"{package} {versions[0]}".strip()
        + (f" (and {len(versions) - 1} older)" if len(versions) > 1 else "")
        for package, versions in releases.items()
    )

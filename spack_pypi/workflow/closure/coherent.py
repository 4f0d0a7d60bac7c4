"""Whether one version of each project can be taken so that all fit together.

Spack, unlike pip, builds with one version of each package in the whole graph, build requirements
included; only what its repos tag as build tools may be there twice. Two pins on one build backend
therefore exclude each other, and then a recipe must offer a release that does without.
"""

from __future__ import annotations

from typing import Dict, Iterator, List, Optional, Sequence, Set, Tuple

from packaging.version import Version

from .closure import Closure
from .search import NO_PYTHON, Demand, NoFit, search

#: Searches, each after more releases were added or for an older Python, until one is given up.
_SEARCHES = 50


def fit_together(
    closure: Closure,
    named: Sequence[str],
    usable: Sequence[str],
    pythons: Sequence[str],
    together: bool = False,
) -> Dict[Tuple[str, Version], str]:
    """Add releases to a closure until, for each of the projects in ``named`` and for each of its
    releases by itself, or for all projects ``together``, one of each that is needed can be taken
    so that all fit together, or until it is clear that they cannot.

    ``usable`` are the Python versions that can be used here, newest first, ``pythons`` all that
    the host knows. Returns the releases of named projects that fit for none of these, and why.
    """
    asked = [Demand(project, str(closure.nodes[project].named)) for project in named]
    if together:
        _fit(closure, asked, usable)
        return {}
    misfits = {}
    for demand in asked:
        _fit(closure, [demand], usable)
        for version in closure.nodes[demand.project].versions:
            alone = [Demand(demand.project, f"=={version}")]
            conflict = _fit(closure, alone, [*usable, *pythons])
            if conflict is not None:
                misfits[demand.project, version] = _in_words(closure, conflict)
    return misfits


def obstacle(
    closure: Closure, demands: Sequence[Demand], pythons: Sequence[str]
) -> Optional[Tuple[str, bool]]:
    """Why nothing fits together for the demands, in plain words, for the newest of the Pythons,
    and whether that is certain; None where something does for one of them."""
    found: List[NoFit] = []
    for python in _newest_of_each_minor(pythons):
        try:
            search(closure, demands, python, set())
            return None
        except NoFit as no_fit:
            found.append(no_fit)
    certain = not any(no_fit.given_up for no_fit in found)
    return (_in_words(closure, found[0]), certain) if found else None


def _fit(closure: Closure, demands: Sequence[Demand], pythons: Sequence[str]) -> Optional[NoFit]:
    """Add releases for the demands to fit; why they fit for none of the Pythons, if that is
    certain."""
    blamed: Set[str] = set()
    left = list(_newest_of_each_minor(pythons))
    conflict: Optional[NoFit] = None
    for _ in range(_SEARCHES):
        if not left:
            return conflict
        try:
            picks = search(closure, demands, left[0], blamed)
        except NoFit as no_fit:
            if no_fit.given_up:
                return None
            conflict = conflict or no_fit
            del left[0]
            continue
        new = [(closure.node(pick.project), pick.release) for pick in picks]
        more = [(node, r) for node, r in new if r is not None and r.version not in node.releases]
        if not more:
            return None
        for node, release in more:
            closure.add(node, release)
    return None


def _newest_of_each_minor(pythons: Sequence[str]) -> Iterator[str]:
    seen = set()
    for python in pythons:
        minor = tuple(python.split(".")[:2])
        if minor not in seen:
            seen.add(minor)
            yield python


def _in_words(closure: Closure, no_fit: NoFit) -> str:
    """The demands of a conflict, by whom they are made."""
    wanted: Dict[str, Dict[str, List[str]]] = {}
    found: List[str] = []
    for demand, parent in no_fit.causes:
        who = "you" if parent is None else f"{closure.node(parent.project).package} {parent.text}"
        if demand.project == NO_PYTHON:
            found.append(f"{who} does not run with Python {no_fit.python}")
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

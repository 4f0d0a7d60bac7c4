"""Whether one version of each project can be taken so that all fit together.

Spack, unlike pip, builds with one version of each package in the whole graph, build requirements
included; only what its repos tag as build tools may be there twice. Two pins on one build backend
therefore exclude each other, and then a recipe must offer a release that does without.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from packaging.version import Version

from ..pypi.model import Release
from .catalog import Catalog
from .model import Root, Selection
from .search import MOST_ROUNDS, NO_PYTHON, Budget, Candidate, Demand, NoFit, Searches


@dataclass
class Fits:
    """What is known of how the releases for some roots fit together. ``more`` are releases that
    have to be chosen too, by project and version; ``misfits`` the listed releases that fit
    nothing for any Python, and why. ``solutions`` and ``conflicts`` are remembered from round to
    round, the latter for as long as nothing more is known or chosen. ``budget`` is for all
    searches together."""

    more: dict[str, dict[Version, Release]] = field(default_factory=dict)
    misfits: dict[tuple[str, Version], str] = field(default_factory=dict)
    solutions: list[dict[str, Candidate]] = field(default_factory=list)
    conflicts: dict[tuple[Demand, ...], tuple[int, NoFit | None]] = field(default_factory=dict)
    budget: Budget = field(default_factory=lambda: Budget(3 * MOST_ROUNDS))


def fit(
    searches: Searches,
    selection: Selection,
    roots: Sequence[Root],
    usable: Sequence[str],
    fits: Fits,
) -> bool:
    """One round: look for one version of each project such that all fit together, for all
    ``roots`` at once, and, for a single root, for each of its listed releases. What has to be
    chosen besides is put into ``fits``; whether there was anything new.

    ``usable`` are the Python versions that can be used here, newest first. Where nothing fits for
    several roots at once the solver may tell why.
    """
    asked = [Demand(root.project, root.specifier) for root in roots]
    known = sum(map(len, fits.more.values())) + len(fits.misfits)
    _fit(searches, selection, tuple(asked), usable, fits)
    if len(roots) == 1:
        project = roots[0].project
        for release in selection.listed.get(project, ()):
            alone = (Demand(project, f"=={release.version}"),)
            pythons = [*usable, *searches.catalog.pythons]
            conflict = _fit(searches, selection, alone, pythons, fits)
            if conflict is not None:
                text = in_words(searches.catalog, conflict)
                fits.misfits.setdefault((project, release.version), text)
    return known != sum(map(len, fits.more.values())) + len(fits.misfits)


def obstacle(
    searches: Searches, selection: Selection, demands: Sequence[Demand], pythons: Sequence[str]
) -> tuple[str, bool] | None:
    """Why nothing fits together for the demands, in plain words, for the newest of the Pythons,
    and whether that is certain; None where something does for one of them."""
    found: list[NoFit] = []
    for python in _newest_of_each_minor(pythons):
        try:
            searches.search(selection, demands, python, set(), Budget(MOST_ROUNDS))
            return None
        except NoFit as no_fit:
            found.append(no_fit)
    certain = not any(no_fit.given_up for no_fit in found)
    return (in_words(searches.catalog, found[0]), certain) if found else None


def _fit(
    searches: Searches,
    selection: Selection,
    demands: tuple[Demand, ...],
    pythons: Sequence[str],
    fits: Fits,
) -> NoFit | None:
    """Note the releases that are needed for the demands to fit; why they fit for none of the
    Pythons, if that is certain."""
    if any(_solves(selection, picks, demands) for picks in fits.solutions):
        return None
    state = searches.lessons.count + sum(map(len, selection.releases.values()))
    at, conflict = fits.conflicts.get(demands, (-1, None))
    if at == state:
        return conflict
    blamed: set[str] = set()
    conflict = None
    for python in _newest_of_each_minor(pythons):
        try:
            picks = searches.search(
                selection, demands, python, blamed, fits.budget, fits.solutions
            )
        except NoFit as no_fit:
            if no_fit.given_up:
                conflict = None
                break
            conflict = conflict or no_fit
            continue
        fits.solutions.append({pick.project: pick for pick in picks})
        for pick in picks:
            if pick.release is not None and not _is_chosen(selection, pick):
                fits.more.setdefault(pick.project, {})[pick.version] = pick.release
        return None
    fits.conflicts[demands] = (state, conflict)
    return conflict


def _solves(
    selection: Selection, solution: Mapping[str, Candidate], demands: Sequence[Demand]
) -> bool:
    """Whether a solution, all of which is still chosen, is one for these demands."""
    return all(
        demand.project in solution and demand.accepts(solution[demand.project])
        for demand in demands
    ) and all(_is_chosen(selection, pick) for pick in solution.values())


def _is_chosen(selection: Selection, pick: Candidate) -> bool:
    chosen = selection.releases.get(pick.project, {})
    return pick.release is None or pick.version in chosen


def _newest_of_each_minor(pythons: Sequence[str]) -> Iterator[str]:
    seen = set()
    for python in pythons:
        minor = tuple(python.split(".")[:2])
        if minor not in seen:
            seen.add(minor)
            yield python


def in_words(catalog: Catalog, no_fit: NoFit) -> str:
    """The demands of a conflict, by whom they are made."""
    wanted: dict[str, dict[str, list[str]]] = {}
    found: list[str] = []
    for demand, parent in no_fit.causes:
        who = (
            "you" if parent is None else f"{catalog.package(parent.project).package} {parent.text}"
        )
        if demand.project == NO_PYTHON:
            found.append(f"{who} does not run with Python {no_fit.python}")
            continue
        text = demand.specifier or (f"@{demand.ranges}" if demand.ranges else "")
        if text:
            wanted.setdefault(demand.project, {}).setdefault(text, []).append(who)
    for project, by_text in sorted(wanted.items()):
        demands = "; ".join(f"{_shortened(who)} wants {text}" for text, who in by_text.items())
        found.append(f"no version of {catalog.package(project).package} satisfies all: {demands}")
    return "; ".join(dict.fromkeys(found))


def _shortened(who: Sequence[str]) -> str:
    """Of many releases of one package, the first, which is the newest, is named."""
    releases: dict[str, list[str]] = {}
    for each in dict.fromkeys(who):
        package, _, version = each.partition(" ")
        releases.setdefault(package, []).append(version)
    return ", ".join(
        f"{package} {versions[0]}".strip()
        + (f" (and {len(versions) - 1} older)" if len(versions) > 1 else "")
        for package, versions in releases.items()
    )

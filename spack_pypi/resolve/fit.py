"""Whether one version of each project can be chosen so that all requirements are satisfied.

Spack, unlike pip, builds with one version of each package in the whole graph, build requirements
included; only what its repos tag as build tools may occur in several versions. Two pins on one
build backend therefore exclude each other, and a recipe must offer a release without the pin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from packaging.version import Version

from ..pypi.model import Release
from .catalog import Catalog
from .demands import NO_PYTHON, Candidate, Demand
from .model import Releases, Root, Selection
from .newer_release import impossible, newest_of_each_minor
from .search import MOST_ROUNDS, Budget, NoSolution, Searches


@dataclass
class Fits:
    """What `fit` knows for some roots. ``more`` are releases that must be chosen too, by project
    and version; ``unfit`` the listed releases whose dependencies cannot be satisfied together with
    any Python, and why. ``solutions`` and ``conflicts`` are remembered from round to round, the
    latter until more is known or chosen. ``resolving`` are releases that are added though nothing
    that was chosen requires them, as nothing can be installed without, and why, by project;
    ``impossible`` is why nothing can be installed where no release helps. ``budget`` is for all
    searches together."""

    more: dict[str, dict[Version, Release]] = field(default_factory=dict)
    unfit: dict[tuple[str, Version], str] = field(default_factory=dict)
    solutions: list[dict[str, Candidate]] = field(default_factory=list)
    conflicts: dict[tuple[Demand, ...], tuple[int, NoSolution | None]] = field(
        default_factory=dict
    )
    resolving: dict[str, tuple[Release, str]] = field(default_factory=dict)
    impossible: str = ""
    budget: Budget = field(default_factory=lambda: Budget(3 * MOST_ROUNDS))


def fit(
    searches: Searches,
    selection: Selection,
    roots: Sequence[Root],
    usable: Sequence[str],
    fits: Fits,
) -> bool:
    """One round: search one version of each project for all ``roots`` together, and, for a single
    root, for each of its listed releases. What must be chosen besides is added to ``fits``;
    whether there was anything new.

    ``usable`` are the Python versions that can be used here, newest first. Why several roots
    cannot be installed together is left to the solver.
    """
    demands = tuple(Demand(root.project, root.specifier) for root in roots)
    known = sum(map(len, fits.more.values())) + len(fits.unfit)
    _fit(searches, selection, demands, usable, fits)
    if len(roots) == 1:
        project = roots[0].project
        for release in selection.listed.get(project, ()):
            alone = (Demand(project, f"=={release.version}"),)
            pythons = [*usable, *searches.catalog.pythons]
            conflict = _fit(searches, selection, alone, pythons, fits)
            if conflict is not None:
                text = in_words(searches.catalog, conflict)
                fits.unfit.setdefault((project, release.version), text)
    return known != sum(map(len, fits.more.values())) + len(fits.unfit)


def solved(selection: Selection, fits: Fits) -> Releases:
    """The releases of all solutions that the selection contains."""
    found: dict[str, dict[Version, Release]] = {}
    for solution in fits.solutions:
        if all(_is_chosen(selection, candidate) for candidate in solution.values()):
            for candidate in solution.values():
                if candidate.release is not None:
                    found.setdefault(candidate.project, {})[candidate.version] = candidate.release
    return found


def drop_unused(selection: Selection, fits: Fits) -> bool:
    """Drop what was chosen besides for solutions that do not count any more, as something else was
    learned or chosen after them; whether there was any."""
    used = solved(selection, fits)
    unused = [
        (project, version)
        for project, releases in fits.more.items()
        for version in releases
        if used and version not in used.get(project, ())
    ]
    for project, version in unused:
        del fits.more[project][version]
    return bool(unused)


def resolve_conflict(
    searches: Searches,
    selection: Selection,
    roots: Sequence[Root],
    usable: Sequence[str],
    fits: Fits,
) -> bool:
    """Where nothing that was chosen for a single root can be installed for certain, add the
    release to ``fits`` that makes it possible, or why there is none; whether one was added. For a
    root that exists nothing is added."""
    if len(roots) > 1 or not selection.listed:
        return False
    demands = [Demand(root.project, root.specifier) for root in roots]
    found = impossible(searches, selection, demands, usable)
    fits.impossible = found.why if found is not None and found.release is None else ""
    if found is None or found.release is None:
        return False
    fits.resolving[found.release.project] = found.release, found.why
    return True


def obstacle(
    searches: Searches, selection: Selection, demands: Sequence[Demand], pythons: Sequence[str]
) -> tuple[str, bool] | None:
    """Why no choice of versions satisfies the demands, in words, for the newest of the Pythons,
    and whether that is certain; None where one does with some Python."""
    none = impossible(searches, selection, demands, pythons) if len(demands) == 1 else None
    if none is not None:
        return none.why, True
    found: list[NoSolution] = []
    for python in newest_of_each_minor(pythons):
        try:
            searches.search(selection, demands, python, set(), Budget(MOST_ROUNDS))
            return None
        except NoSolution as no_solution:
            found.append(no_solution)
    certain = not any(no_solution.given_up for no_solution in found)
    return (in_words(searches.catalog, found[0]), certain) if found else None


def _fit(
    searches: Searches,
    selection: Selection,
    demands: tuple[Demand, ...],
    pythons: Sequence[str],
    fits: Fits,
) -> NoSolution | None:
    """Note the releases of a solution for the demands; why there is none with any of the Pythons,
    if that is certain."""
    if any(_solves(selection, candidates, demands) for candidates in fits.solutions):
        return None
    state = searches.lessons.count + sum(map(len, selection.releases.values()))
    at, conflict = fits.conflicts.get(demands, (-1, None))
    if at == state:
        return conflict
    blamed: set[str] = set()
    conflict = None
    tried = newest_of_each_minor(pythons)
    for at, python in enumerate(tried):
        older = () if at else tried[1:]
        try:
            candidates = searches.search(
                selection, demands, python, blamed, fits.budget, fits.solutions, older
            )
        except NoSolution as no_solution:
            if no_solution.given_up:
                conflict = None
                break
            conflict = conflict or no_solution
            continue
        fits.solutions.append({candidate.project: candidate for candidate in candidates})
        for candidate in candidates:
            if candidate.release is not None and not _is_chosen(selection, candidate):
                fits.more.setdefault(candidate.project, {})[candidate.version] = candidate.release
        return None
    fits.conflicts[demands] = (state, conflict)
    return conflict


def _solves(
    selection: Selection, solution: Mapping[str, Candidate], demands: Sequence[Demand]
) -> bool:
    """Whether a solution satisfies these demands, and all of it is still chosen."""
    return all(
        demand.project in solution and demand.accepts(solution[demand.project])
        for demand in demands
    ) and all(_is_chosen(selection, candidate) for candidate in solution.values())


def _is_chosen(selection: Selection, candidate: Candidate) -> bool:
    chosen = selection.releases.get(candidate.project, {})
    return candidate.release is None or candidate.version in chosen


def in_words(catalog: Catalog, no_solution: NoSolution) -> str:
    """The demands of a conflict, with the dependents that make them."""
    by_project: dict[str, dict[str, list[str]]] = {}
    found: list[str] = []
    for demand, parent in no_solution.causes:
        dependent = (
            "you" if parent is None else f"{catalog.package(parent.project).package} {parent.text}"
        )
        if demand.project == NO_PYTHON:
            found.append(f"{dependent} does not run with Python {no_solution.python}")
            continue
        text = demand.specifier or (f"@{demand.ranges}" if demand.ranges else "")
        if text:
            by_project.setdefault(demand.project, {}).setdefault(text, []).append(dependent)
    for project, by_text in sorted(by_project.items()):
        demands = "; ".join(_requires(who, text) for text, who in by_text.items())
        found.append(f"no version of {catalog.package(project).package} satisfies all: {demands}")
    return "; ".join(dict.fromkeys(found))


def _requires(dependents: Sequence[str], text: str) -> str:
    """Which dependents require these versions; of many releases of one package, the first, which
    is the newest, is named."""
    releases: dict[str, list[str]] = {}
    for each in dict.fromkeys(dependents):
        package, _, version = each.partition(" ")
        releases.setdefault(package, []).append(version)
    subject = ", ".join(
        f"{package} {versions[0]}".strip()
        + (f" (and {len(versions) - 1} older)" if len(versions) > 1 else "")
        for package, versions in releases.items()
    )
    plural = len(dependents) > 1 or "you" in dependents
    return f"{subject} {'require' if plural else 'requires'} {text}"

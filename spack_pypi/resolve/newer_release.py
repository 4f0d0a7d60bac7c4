"""A newer release of a package that exists, without which nothing can be installed.

The versions that repos have may exclude each other: all those of one package are built with what
another one must not have. Where a newer release of one of them is not, and needs nothing that is
not there, it is added.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..pypi.model import Release
from ..translate.spelling import meant
from .catalog import Catalog
from .contradiction import Contradiction, in_words, most_telling
from .demands import Candidate, Demand, spelled
from .lessons import Grade, Unit
from .model import Selection
from .possible import Possible
from .search import Searches

#: How many releases of a project are tried, the newest ones.
_MOST_TRIED = 3
#: How many packages are named that would have to have other versions.
_FEW = 3
#: Of how many packages, those that are next to the roots.
_MOST_PACKAGES = 30


@dataclass(frozen=True)
class Impossible:
    """Why what was chosen has no solution, in words, and the newer ``release`` of what exists that
    is to be added for that; None if there is none."""

    why: str
    release: Release | None = None


def impossible(
    searches: Searches,
    selection: Selection,
    demands: Sequence[Demand],
    usable: Sequence[str],
) -> Impossible | None:
    """Why what was chosen satisfies the ``demands`` with none of the usable Pythons; None where
    that is not certain. Of the releases that would do, the one to add is that for the newest
    Python, of the package that is next to the roots."""
    catalog = searches.catalog
    found: list[tuple[Possible, Contradiction]] = []
    pythons = newest_of_each_minor(usable)
    for python in pythons:
        possible = Possible(catalog, searches.demands, selection, python)
        contradiction = possible.contradiction(demands)
        if contradiction is None:
            return None
        found.append((possible, contradiction))
    others = (python for python in usable if python not in pythons)
    rest = (Possible(catalog, searches.demands, selection, python) for python in others)
    if not found or any(possible.contradiction(demands) is None for possible in rest):
        return None
    helping: dict[str, list[str]] = {}
    for possible, contradiction in found:
        helping[possible.python] = helps = [*_helping(catalog, possible, contradiction, demands)]
        for candidate in _newer(searches, helps):
            if possible.contradiction(demands, candidate) is None:
                return Impossible(in_words(catalog, contradiction), candidate.release)
    telling = most_telling([contradiction for _, contradiction in found])
    why = in_words(catalog, telling)
    # Limits that exclude each other leave no version of it that anybody could add.
    helps = [each for each in helping[telling.python] if each != telling.project]
    packages = [catalog.package(project).package for project in helps]
    if packages:
        why += f"; it takes another version of {' or '.join(packages[:_FEW])}"
    apart = Possible(catalog, searches.demands, selection, telling.python, apart=True)
    if apart.contradiction(demands) is None:
        why += "; " + _apart(catalog, telling)
    if len({contradiction.project for _, contradiction in found}) > 1:
        why = f"with Python {telling.python}, {why}"
    return Impossible(why)


def _apart(catalog: Catalog, found: Contradiction) -> str:
    """What lets Spack build with other versions than it installs for the rest of a graph.
    https://spack.readthedocs.io/en/latest/build_settings.html#duplicates"""
    built = [limit.by for limit in found.limits if limit.by and limit.builds]
    names = [catalog.package(project).package for project in (*built[:1], found.project)]
    what = "build {} with another {}".format(*names) if built else "build with other versions"
    return f"'spack -c concretizer:duplicates:strategy:full' may {what}"


def _helping(
    catalog: Catalog, possible: Possible, contradiction: Contradiction, demands: Sequence[Demand]
) -> Iterator[str]:
    """The projects of existing packages whose versions alone are to blame: with another one there
    is no contradiction."""
    exist = [p for p in contradiction.involved if catalog.package(p).extended is not None]
    for project in exist[:_MOST_PACKAGES]:
        if possible.contradiction(demands, free=project) is None:
            yield project


def _newer(searches: Searches, projects: Sequence[str]) -> Iterator[Candidate]:
    """The newest releases of projects that could be added to the existing packages."""
    catalog = searches.catalog
    open_ones = [project for project in projects if not catalog.package(project).closed]
    for project in open_ones:
        catalog.facts.page(project)  # all at once
    catalog.facts.fetch()
    for project in open_ones:
        extended = catalog.package(project).extended
        declared = extended.declared if extended is not None else ()
        newer = [*_above(catalog.usable(project, ""), declared)]
        for release in newer[:_MOST_TRIED]:
            if searches.lessons.grade(Unit(project, release.version)) < Grade.INCOMPLETE:
                yield Candidate(project, release.version, spelled(release.version), release)


def newest_of_each_minor(pythons: Iterable[str]) -> list[str]:
    """Of some Pythons, newest first, the newest of each minor version."""
    newest: dict[tuple[str, ...], str] = {}
    for python in pythons:
        newest.setdefault(tuple(python.split(".")[:2]), python)
    return [*newest.values()]


def _above(releases: Iterable[Release], declared: Iterable[str]) -> Iterator[Release]:
    """The releases that are newer than all declared versions."""
    there = [*filter(None, map(meant, declared))]
    return (each for each in releases if all(each.version > version for version in there))

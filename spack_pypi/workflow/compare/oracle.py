"""What a release's metadata means, decided by `packaging` alone.

`check` compares recipes with it, so it shares no code with the translation that writes them: every
marker is evaluated in every cell, every specifier over every version that matters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, reduce
from operator import or_
from typing import Callable

from packaging.markers import Marker, UndefinedComparison, UndefinedEnvironmentName
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from ...host.port import Cell

#: A set of cells: bit n is the n-th.
CellSet = int

#: Spack's (platform, target family), and what Python says there: ``sys_platform``,
#: ``platform_system``, ``os_name``, ``platform_machine``.
_MACHINES: Mapping[tuple[str, str], tuple[str, str, str, str]] = {
    ("linux", "x86_64"): ("linux", "Linux", "posix", "x86_64"),
    ("linux", "aarch64"): ("linux", "Linux", "posix", "aarch64"),
    ("linux", "ppc64le"): ("linux", "Linux", "posix", "ppc64le"),
    ("darwin", "x86_64"): ("darwin", "Darwin", "posix", "x86_64"),
    ("darwin", "aarch64"): ("darwin", "Darwin", "posix", "arm64"),
    ("windows", "x86_64"): ("win32", "Windows", "nt", "AMD64"),
}

#: The families of targets, which are all that markers distinguish.
FAMILIES = frozenset(family for _, family in _MACHINES)

#: How many versions are shown as an example.
_EXAMPLES = 3

#: How many requirements and versions are kept parsed: those of the recipes that are compared now.
_REQUIREMENTS, _VERSIONS = 2**10, 2**12

_EXTRA = re.compile(r"""\bextra\s*==\s*["']([^"']+)["']""")


@dataclass(frozen=True, eq=False)
class Matrix:
    """The cells in which recipes are compared. Equal only to itself: results are kept by matrix,
    and hashing all its cells would take longer than most of them."""

    cells: tuple[Cell, ...]


def cells(pythons: Sequence[str]) -> tuple[Cell, ...]:
    """The cells of a matrix: first and last patch of each minor series of Python that the host
    declares, on each platform and machine."""
    series: dict[tuple[int, ...], list[Version]] = {}
    for version in map(Version, pythons):
        series.setdefault(version.release[:2], []).append(version)
    ends = {str(end) for patches in series.values() for end in (min(patches), max(patches))}
    return tuple(
        Cell(python, platform, target)
        for python in sorted(ends, key=Version)
        for platform, target in _MACHINES
    )


def where(matrix: Matrix, holds: Callable[[Cell], bool]) -> CellSet:
    """The cells in which something holds."""
    return sum(1 << at for at, cell in enumerate(matrix.cells) if holds(cell))


def members(matrix: Matrix, cells: CellSet) -> list[Cell]:
    """The cells of a set."""
    return [cell for at, cell in enumerate(matrix.cells) if cells >> at & 1]


def example(matrix: Matrix, cells: CellSet) -> str:
    """One of the cells, in words."""
    cell = members(matrix, cells)[-1]
    return f"Python {cell.python} on {cell.platform}, {cell.target}"


def union(sets: Iterable[CellSet]) -> CellSet:
    """The cells that are in one of the sets."""
    return reduce(or_, sets, 0)


def regions(cells: CellSet, sets: Iterable[CellSet]) -> list[CellSet]:
    """The parts of ``cells`` that lie each as a whole inside or outside each of the sets."""
    found = [cells] if cells else []
    for each in sets:
        found = [part for region in found for part in (region & each, region & ~each) if part]
    return found


@cache
def _environment(cell: Cell) -> Mapping[str, str]:
    sys_platform, system, os_name, machine = _MACHINES[cell.platform, cell.target]
    return {
        "python_version": ".".join(cell.python.split(".")[:2]),
        "python_full_version": cell.python,
        "implementation_name": "cpython",
        "implementation_version": cell.python,
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_version": "",
        "sys_platform": sys_platform,
        "platform_system": system,
        "os_name": os_name,
        "platform_machine": machine,
    }


@dataclass(frozen=True)
class Required:
    """A requirement, with the cells in which it holds; ``building``: only building needs it.
    What another project's extra requires may be as in the oldest version that would do
    (``or_accepts``), and may be left out where that project's package has it (``brought``)."""

    project: str
    specifier: str
    extras: tuple[str, ...]
    cells: CellSet
    building: bool = False
    or_accepts: str | None = None
    brought: CellSet = 0


def specifiers(required: Iterable[Required]) -> tuple[str, ...]:
    """The specifiers of requirements, each once."""
    return tuple(sorted({each.specifier for each in required if each.specifier}))


def widest(required: Iterable[Required]) -> tuple[str, ...]:
    """The specifiers of requirements with which a recipe may do, each once."""
    texts = (e.specifier if e.or_accepts is None else e.or_accepts for e in required)
    return tuple(sorted({text for text in texts if text}))


@cache
def _where(marker: str, extra: str, matrix: Matrix) -> CellSet:
    """The cells in which a marker holds, evaluated once for all that differ in nothing that it
    names."""
    evaluated = Marker(marker)
    printed = str(evaluated)
    known: dict[tuple[str, ...], bool] = {}

    def holds(cell: Cell) -> bool:
        environment = _environment(cell)
        named = tuple(value for name, value in environment.items() if name in printed)
        if named not in known:
            known[named] = evaluated.evaluate({**environment, "extra": extra})
        return known[named]

    return where(matrix, holds)


#: Where each marker is tried.
_TRIED = Matrix(tuple(Cell("3.9.0", platform, target) for platform, target in _MACHINES))


def not_comparable(texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The requirements that cannot be compared with a recipe, with the reason."""
    for text in texts:
        reason = _reason(text)
        if reason:
            yield text, reason


@cache
def _reason(text: str) -> str:
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        return "it is not a requirement (PEP 508)"
    if requirement.url:
        return "it names a URL, not versions"
    marker = str(requirement.marker or "")
    if marker and "\\" in text.partition(";")[2]:  # `packaging` reads it, and writes another one
        return "its marker has an escape"
    if re.search(r"\bplatform_(release|version)\b", marker):
        return "it depends on the running kernel"
    try:
        _where(marker, "", _TRIED) if marker else 0
    except (UndefinedComparison, UndefinedEnvironmentName, KeyError):  # before packaging 26.3
        return "its marker cannot be evaluated"
    return ""


def extras_named(texts: Iterable[str]) -> list[str]:
    """The extras that markers name, which old metadata does not always list."""
    return [extra for text in texts for extra in _EXTRA.findall(text.partition(";")[2])]


@lru_cache(_REQUIREMENTS)
def _requirement(text: str) -> Requirement:
    return Requirement(text)


def required(
    texts: Iterable[str],
    project: str,
    extras: frozenset[str],
    matrix: Matrix,
    apart: frozenset[str] = frozenset(),
) -> list[Required]:
    """The requirements that apply with these extras, but for the `not_comparable` ones, and
    without those of the extras that are taken ``apart``."""
    parsed = [_requirement(text) for text in texts if not _reason(text)]
    wanted = _with_own_extras(parsed, project, extras, matrix, apart)
    result = []
    for requirement in parsed:
        name = canonicalize_name(requirement.name)
        if name == project:
            continue
        held = (1 << len(matrix.cells)) - 1
        if requirement.marker is not None:
            held = 0
            for extra in ("", *sorted(wanted)):
                held |= _where(str(requirement.marker), extra, matrix)
        if held:
            inner = tuple(sorted(canonicalize_name(extra) for extra in requirement.extras))
            result.append(Required(name, str(requirement.specifier), inner, held))
    return result


def variants_of_extras(
    texts: Iterable[str],
    project: str,
    extras: frozenset[str],
    matrix: Matrix,
    is_variant: Callable[[str], bool],
) -> set[str]:
    """The variants that these extras, which are not variants, name in all cells
    (``all = x[a,b]``), also through other such extras; what a variant names is the package's own
    business."""
    every = (1 << len(matrix.cells)) - 1
    own = [
        requirement
        for requirement in (_requirement(text) for text in texts if not _reason(text))
        if canonicalize_name(requirement.name) == project and requirement.marker is not None
    ]
    variants: set[str] = set()
    seen, todo = set(extras), sorted(extras)
    while todo:
        extra = todo.pop()
        for requirement in own:
            if _where(str(requirement.marker), extra, matrix) == every:
                named: set[str] = {canonicalize_name(each) for each in requirement.extras}
                variants |= {each for each in named if is_variant(each)}
                todo += sorted(named - variants - seen)
                seen |= named
    return variants


def _with_own_extras(
    parsed: Sequence[Requirement],
    project: str,
    extras: frozenset[str],
    matrix: Matrix,
    apart: frozenset[str],
) -> set[str]:
    """The extras with those of its own that a project's extras name (``all = x[a,b]``)."""
    wanted = set(extras)
    todo = sorted(extras)
    while todo:
        extra = todo.pop()
        for requirement in parsed:
            if canonicalize_name(requirement.name) != project or requirement.marker is None:
                continue
            if _where(str(requirement.marker), extra, matrix):
                named: set[str] = {canonicalize_name(extra) for extra in requirement.extras}
                new = named - wanted - apart
                wanted |= new
                todo += sorted(new)
    return wanted


@cache
def running(requires_python: str, matrix: Matrix) -> CellSet:
    """The cells whose Python a release accepts; all where it does not say, or not clearly."""
    try:
        accepted = SpecifierSet(requires_python)
    except InvalidSpecifier:
        accepted = SpecifierSet()
    return where(matrix, lambda cell: accepted.contains(cell.python, prereleases=True))


def accepts(specifier: str, version: str) -> bool:
    """Whether a specifier accepts a version, in Spack's spelling or its own."""
    return _specifier(specifier).contains(version_of(version) or version, prereleases=True)


def accepted(specifier: str, versions: Iterable[Version]) -> Iterator[Version]:
    """The versions that a specifier `accepts`, of versions of PEP 440."""
    return _specifier(specifier).filter(versions, prereleases=True)


@cache
def _specifier(text: str) -> SpecifierSet:
    return SpecifierSet(text)


def versions_after(versions: Iterable[Version]) -> Iterator[str]:
    """The versions that could come next: one step up in each component of all of these."""
    for version in versions:
        release = (*version.release, 0, 0)[: max(3, len(version.release))]
        for at in range(len(release)):
            following = (*release[:at], release[at] + 1, *(0 for _ in release[at + 1 :]))
            yield ".".join(map(str, following))


@lru_cache(_VERSIONS)
def version_of(text: str) -> Version | None:
    """A version of which PEP 440 and Spack agree what it is: a final release or a post-release.
    To Spack all separators are the same: ``2024_09_5`` is 2024.9.5, ``1-2`` is not 1.post2."""
    try:
        version = Version(re.sub("[_-]", ".", text))
    except InvalidVersion:
        return None
    return version if is_plain(version) else None


def is_plain(version: Version) -> bool:
    """Whether a version is one of `version_of`."""
    return not (version.epoch or version.local or version.is_prerelease)


def few(texts: Sequence[str]) -> str:
    """Some versions, from the first to the last, as an example."""
    if len(texts) <= _EXAMPLES:
        return ", ".join(texts)
    return ", ".join([texts[0], "...", *texts[-_EXAMPLES + 1 :]])

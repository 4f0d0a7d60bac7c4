"""What a release's metadata means, decided by `packaging` alone.

`check` compares recipes with it, so it shares no code with the translation that writes them: every
marker is evaluated in every cell, every specifier over every version that matters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
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


#: How many versions are shown as an example.
_EXAMPLES = 3

_EXTRA = re.compile(r"""\bextra\s*==\s*["']([^"']+)["']""")


def cells(pythons: Sequence[str]) -> tuple[Cell, ...]:
    """The matrix: first and last patch of each minor series of Python that the host declares, on
    each platform and machine."""
    series: dict[tuple[int, ...], list[Version]] = {}
    for version in map(Version, pythons):
        series.setdefault(version.release[:2], []).append(version)
    ends = {str(end) for patches in series.values() for end in (min(patches), max(patches))}
    return tuple(
        Cell(python, platform, target)
        for python in sorted(ends, key=Version)
        for platform, target in _MACHINES
    )


def where(matrix: Sequence[Cell], holds: Callable[[Cell], bool]) -> CellSet:
    """The cells in which something holds."""
    return sum(1 << at for at, cell in enumerate(matrix) if holds(cell))


def members(matrix: Sequence[Cell], cells: CellSet) -> list[Cell]:
    """The cells of a set."""
    return [cell for at, cell in enumerate(matrix) if cells >> at & 1]


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
    """A requirement, with the cells in which it holds; ``building``: only building needs it."""

    project: str
    specifier: str
    extras: tuple[str, ...]
    cells: CellSet
    building: bool = False


@cache
def _where(marker: str, extra: str, matrix: tuple[Cell, ...]) -> CellSet:
    evaluated = Marker(marker)
    return where(matrix, lambda c: evaluated.evaluate({**_environment(c), "extra": extra}))


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
    if re.search(r"\bplatform_(release|version)\b", marker):
        return "it depends on the running kernel"
    try:
        for place in _MACHINES:
            _where(marker, "", (Cell("3.9.0", *place),)) if marker else 0
    except (UndefinedComparison, UndefinedEnvironmentName, KeyError):  # before packaging 26.3
        return "its marker cannot be evaluated"
    return ""


def extras_named(texts: Iterable[str]) -> list[str]:
    """The extras that markers name, which old metadata does not always list."""
    return [extra for text in texts for extra in _EXTRA.findall(text.partition(";")[2])]


def required(
    texts: Iterable[str], project: str, extras: frozenset[str], matrix: tuple[Cell, ...]
) -> list[Required]:
    """The requirements that apply with these extras, but for the `not_comparable` ones."""
    parsed = [Requirement(text) for text in texts if not _reason(text)]
    wanted = _with_own_extras(parsed, project, extras, matrix)
    result = []
    for requirement in parsed:
        name = canonicalize_name(requirement.name)
        if name == project:
            continue
        held = (1 << len(matrix)) - 1
        if requirement.marker is not None:
            held = 0
            for extra in ("", *sorted(wanted)):
                held |= _where(str(requirement.marker), extra, matrix)
        if held:
            inner = tuple(sorted(canonicalize_name(extra) for extra in requirement.extras))
            result.append(Required(name, str(requirement.specifier), inner, held))
    return result


def _with_own_extras(
    parsed: Sequence[Requirement], project: str, extras: frozenset[str], matrix: tuple[Cell, ...]
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
                new = named - wanted
                wanted |= new
                todo += sorted(new)
    return wanted


def running(requires_python: str, matrix: tuple[Cell, ...]) -> CellSet:
    """The cells whose Python a release accepts; all where it does not say, or not clearly."""
    try:
        accepted = SpecifierSet(requires_python)
    except InvalidSpecifier:
        accepted = SpecifierSet()
    return where(matrix, lambda cell: accepted.contains(cell.python, prereleases=True))


@cache
def accepts(specifier: str, version: str) -> bool:
    """Whether a specifier accepts a version, in Spack's spelling or its own."""
    return SpecifierSet(specifier).contains(version_of(version) or version, prereleases=True)


def versions_to_compare(bounds: Iterable[str], known: Iterable[str]) -> list[str]:
    """The versions over which ranges are compared: those that are known, and those that could come
    next: one step up in each component of every bound, and beyond the newest."""
    versions: dict[Version, str] = {}
    for text in known:
        version = version_of(text)
        if version is not None:
            versions.setdefault(version, text)
    newest = max(versions, default=Version("0"))
    for bound in [newest, *filter(None, map(version_of, bounds))]:
        release = (*bound.release, 0, 0)[: max(3, len(bound.release))]
        for at in range(len(release)):
            following = (*release[:at], release[at] + 1, *(0 for _ in release[at + 1 :]))
            text = ".".join(map(str, following))
            versions.setdefault(Version(text), text)
    return [versions[version] for version in sorted(versions)]


def version_of(text: str) -> Version | None:
    """A version of which PEP 440 and Spack agree what it is: a final release or a post-release.
    To Spack all separators are the same: ``2024_09_5`` is 2024.9.5, ``1-2`` is not 1.post2."""
    try:
        version = Version(re.sub("[_-]", ".", text))
    except InvalidVersion:
        return None
    plain = not (version.epoch or version.local or version.is_prerelease)
    return version if plain else None


def few(texts: Sequence[str]) -> str:
    """Some versions, from the first to the last, as an example."""
    if len(texts) <= _EXAMPLES:
        return ", ".join(texts)
    return ", ".join([texts[0], "...", *texts[-_EXAMPLES + 1 :]])

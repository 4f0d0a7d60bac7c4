"""Which native needs the registered repos can satisfy, their lines beside others, and what a
recipe says of the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ...host.port import Package, Repos
from ...recipe.model import ALWAYS, BUILD, LIBRARY, Dependency
from ...translate import cmake_packages, linked_by_setup_py, pkg_config, spack_order
from ...translate.builds import Builds
from ...translate.known_needs import KnownNeed
from ...translate.native import Hint

#: What CMake, pkg-config and the linker call packages.
_NAMES = {
    name.lower(): package
    for known in (cmake_packages, pkg_config, linked_by_setup_py)
    for name, package in (*known.PACKAGES.items(), *known.VIRTUAL.items())
}
#: Of what is not brought, how much is said in a recipe.
_MOST_SAID = 3


def available(repos: Repos, needs: Iterable[KnownNeed]) -> tuple[KnownNeed, ...]:
    """Those whose package a repo has or provides, in a version and with the variants that are
    needed: others would be refused by Spack."""
    return tuple(each for each in needs if _is_available(repos, each))


def joined(needs: Sequence[Dependency], declared: Sequence[Dependency]) -> list[Dependency]:
    """The lines of what a release needs and declares. A library that it declares as well, for all
    cases, has one line, of all types: Boost, of which a wheel has a copy that is not used."""
    left, lines = [], [_linked(line, needs, declared) for line in declared]
    for need in needs:
        same = [at for at, line in enumerate(lines) if _is_same_library(need, line)]
        if same:  # what runs comes last, and is there to build, too
            types = {*need.types, *lines[same[-1]].types}
            both = tuple(each for each in ("build", "link", "run") if each in types)
            lines[same[-1]] = replace(lines[same[-1]], types=both)
        else:
            left.append(need)
    return [*left, *lines]


def _linked(
    line: Dependency, needs: Sequence[Dependency], declared: Sequence[Dependency]
) -> Dependency:
    """The line of a library that is declared to build alone, and is linked as well, in whatever
    versions."""
    linked = [n for n in needs if (n.package, n.when) == (line.package, line.when)]
    alone = all(each.types == BUILD for each in declared if each.package == line.package)
    is_linked = alone and any("link" in each.types for each in linked)
    return replace(line, types=LIBRARY) if is_linked else line


def _is_same_library(need: Dependency, line: Dependency) -> bool:
    return (
        (need.package, need.when) == (line.package, line.when)
        and need.when == ALWAYS
        and "link" in need.types
        and need.versions in ("", line.versions)
        and {*need.variants} <= {*line.variants}
    )


def unavailable(repos: Repos, built: Builds) -> frozenset[str]:
    """The packages that a release is known to need, as no repo has them."""
    here = available(repos, built.needs)
    return frozenset(need.dependency.package for need in built.needs if need not in here)


def of_required(repos: Repos, built: Builds, run: Sequence[Dependency]) -> list[Dependency]:
    """What `Builds.variants` adds to the packages that a release requires to ``run``, wherever it
    requires them; of a package without such a variant nothing is known to be off. Versions are
    added only where any will do."""
    found = [
        replace(need.dependency, when=line.when, types=line.types)
        for need in available(repos, built.variants)
        for line in run
        if line.package == need.dependency.package
        and not (need.dependency.versions and line.versions)
    ]
    return [*dict.fromkeys(found)]


def seen_before(older: Builds, lines: Iterable[Dependency]) -> Iterator[Dependency]:
    """The lines of `of_required` that an older release needed as well."""
    before = {(need.dependency.package, need.dependency.variants) for need in older.variants}
    return (line for line in lines if (line.package, line.variants) in before)


def _is_available(repos: Repos, need: KnownNeed) -> bool:
    wanted = need.dependency
    if not repos.has(wanted.package):
        return False
    package = repos.package(wanted.package)
    if package is None:  # it is provided by others, in versions of their own
        return True
    has = not wanted.versions or any(
        spack_order.contains(wanted.versions, version) for version in package.versions
    )
    return has and {name[1:] for name in wanted.variants} <= {*package.variants}


def unmet(repos: Repos, built: Builds) -> Iterator[str]:
    """What a new recipe must say of native needs for which it has no dependency, as clauses."""
    found: list[str] = []
    for need in built.needs:
        if not _is_available(repos, need):
            where = "" if need.in_table else f": {need.source}"
            found.append(f"no repo has {need.dependency.spec}, which is needed{where}")
    for hint in built.hints:
        if hint.firm and not any(is_about(hint, need) for need in built.needs):
            found.append(f"{said(hint)}, which no dependency here brings")
    yield from found[:_MOST_SAID]
    if found[_MOST_SAID:]:
        yield f"{len(found) - _MOST_SAID} more native needs that no dependency here brings"


def copies(repos: Repos, built: Builds) -> Iterator[str]:
    """What a new recipe says of the copies that an archive builds of what Spack has, as clauses:
    why, where that is known."""
    for hint in built.hints:
        package = package_of(repos, hint) if hint.reason else None
        if package is not None and not any(is_about(hint, need) for need in built.needs):
            where = f"{hint.file}:{hint.line}" if hint.line else hint.file
            copy = f"{where} builds its copy of {hint.name}, not Spack's {package.name}"
            yield f"{copy}: {hint.reason}"


def package_of(repos: Repos, hint: Hint) -> Package | None:
    """The package that may be what a hint names, None if there is none."""
    found = (repos.package(name) for name in hint.names())
    return next((package for package in found if package is not None), None)


def said(hint: Hint) -> str:
    """What an archive does with a native dependency, and where."""
    where = f"{hint.file}:{hint.line}" if hint.line else hint.file
    return f"{where} {hint.text}"


def is_about(hint: Hint, need: KnownNeed) -> bool:
    """Whether both name the same: ``poppler-cpp`` is a part of ``poppler``, ``asound`` is not seen
    to be one of ``alsa-lib``."""
    package = need.dependency.package
    if _NAMES.get(hint.name.lower()) == package:
        return True  # ``z`` is the linker's name of ``zlib-api``
    return any(name == package or name.startswith(f"{package}-") for name in hint.names())

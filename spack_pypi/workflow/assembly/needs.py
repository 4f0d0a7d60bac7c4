"""Which known native needs the registered repos can satisfy, and their lines beside others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ...host.port import Repos
from ...recipe.model import ALWAYS, Dependency
from ...translate import spack_order
from ...translate.known_needs import KnownNeed


def available(repos: Repos, needs: Iterable[KnownNeed]) -> tuple[KnownNeed, ...]:
    """Those whose package a repo has or provides, in a version and with the variants that are
    needed: others would be refused by Spack."""
    return tuple(each for each in needs if _is_available(repos, each))


def joined(needs: Sequence[Dependency], declared: Sequence[Dependency]) -> list[Dependency]:
    """The lines of what a release needs and declares. A library that it declares as well, for all
    cases, has one line, of all types: Boost, of which a wheel has a copy that is not used."""
    left, lines = [], [*declared]
    for need in needs:
        same = [at for at, line in enumerate(lines) if _is_same_library(need, line)]
        if same:  # what runs comes last, and is there to build, too
            types = {*need.types, *lines[same[-1]].types}
            both = tuple(each for each in ("build", "link", "run") if each in types)
            lines[same[-1]] = replace(lines[same[-1]], types=both)
        else:
            left.append(need)
    return [*left, *lines]


def _is_same_library(need: Dependency, line: Dependency) -> bool:
    return (
        (need.package, need.when) == (line.package, line.when)
        and need.when == ALWAYS
        and "link" in need.types
        and need.versions in ("", line.versions)
        and {*need.variants} <= {*line.variants}
    )


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

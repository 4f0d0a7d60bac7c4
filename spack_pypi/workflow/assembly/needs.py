"""Which known native needs the registered repos can satisfy."""

from __future__ import annotations

from collections.abc import Iterable

from ...host.port import Repos
from ...translate import spack_order
from ...translate.known_needs import KnownNeed


def available(repos: Repos, needs: Iterable[KnownNeed]) -> tuple[KnownNeed, ...]:
    """Those whose package a repo has or provides, in a version and with the variants that are
    needed: others would be refused by Spack."""
    return tuple(each for each in needs if _is_available(repos, each))


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

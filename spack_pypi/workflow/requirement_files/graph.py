"""A lock file as a graph: releases, and which of them each one requires."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Callable, NamedTuple

from packaging.version import Version

from ...errors import UsageError
from .hashes import Hash

#: Walks until it is known who requires what; nearly always two are enough.
_MOST_ROUNDS = 10


def _any_release(release: LockedRelease) -> bool:
    return True


@dataclass(frozen=True)
class Link:
    """What a release, or the project itself, requires: a project (PEP 503 name) with ``extras``
    where the ``marker`` holds. Of several locked versions it is one that the link ``accepts``."""

    name: str
    extras: tuple[str, ...] = ()
    marker: str = ""
    accepts: Callable[[LockedRelease], bool] = _any_release


@dataclass(frozen=True, eq=False)
class LockedRelease:
    """A version of a project in a lock file. ``links`` are by extra, ``""`` for what is always
    required. ``unusable`` says why no index has it (it is empty for a release); ``own``: it is
    (part of) what was locked, and needs nobody else's release. ``fork`` are the markers of the
    environments that it was chosen for, none for all; ``index`` is where it comes from, ``hashes``
    are those of its files."""

    name: str
    version: str
    links: Mapping[str, Sequence[Link]] = field(default_factory=dict)
    unusable: str = ""
    own: bool = False
    fork: tuple[str, ...] = ()
    index: str = ""
    hashes: tuple[Hash, ...] = ()


class LockedReleases(NamedTuple):
    """What a lock file names for one environment: ``releases`` in the order of the file, and
    projects that are required only ``elsewhere``, in other environments. ``followed`` are the
    (name, extra) of the releases that a `Graph` reached."""

    releases: Sequence[LockedRelease]
    elsewhere: Sequence[str]
    followed: frozenset[tuple[str, str]] = frozenset()


def two_versions(where: object, *releases: LockedRelease) -> UsageError:
    """The error for a lock file, ``where``, that names these for one environment."""
    versions = " and ".join(sorted(release.version or "no version" for release in releases))
    return UsageError(
        f"{where} locks {releases[0].name} to {versions} for the same environment: choose extras "
        "and groups that do not exclude each other"
    )


class Graph:
    """The graph of a lock file. ``holds(marker, extra)`` decides the links of a release, visited
    with an extra or (``""``) without; ``where`` is the file, for messages. ``newest``: of several
    locked versions that all accept, the newest is meant."""

    def __init__(
        self,
        releases: Iterable[LockedRelease],
        holds: Callable[[str, str], bool],
        where: object,
        newest: bool = False,
    ) -> None:
        self._releases = [*releases]
        self._holds, self._where, self._newest = holds, where, newest
        self._by_name: dict[str, list[LockedRelease]] = {}
        for release in self._releases:
            self._by_name.setdefault(release.name, []).append(release)

    def reached(self, links: Iterable[Link]) -> LockedReleases:
        """All that these links lead to. Raises `UsageError` where the file does not list it, or
        lists two versions of it for one environment."""
        first = [*links]
        known: dict[str, list[Link]] = {}
        for _ in range(_MOST_ROUNDS):
            found, seen = self._walk(first, known)
            if seen == known:
                break
            # Of several versions, the one that all accept: who else requires it is known now.
            known = seen
        self._check_single(found.releases)
        return found

    def _walk(
        self, links: Iterable[Link], known: Mapping[str, Sequence[Link]]
    ) -> tuple[LockedReleases, dict[str, list[Link]]]:
        """One walk, and the links that lead to each project."""
        followed: dict[tuple[LockedRelease, str], None] = {}
        elsewhere: dict[str, None] = {}
        seen: dict[str, dict[Link, None]] = {}
        todo = [(link, "") for link in links]
        while todo:
            link, of_extra = todo.pop()
            if not self._holds(link.marker, of_extra):
                elsewhere[link.name] = None
                continue
            seen.setdefault(link.name, {})[link] = None
            release = self._release(link, known.get(link.name, ()))
            for extra in ("", *link.extras):
                if (release, extra) not in followed:
                    followed[release, extra] = None
                    todo += [(each, extra) for each in release.links.get(extra, ())]
        found = {release for release, _ in followed}
        names = {release.name for release in found}
        reached = LockedReleases(
            [release for release in self._releases if release in found],
            [name for name in elsewhere if name not in names],
            frozenset((release.name, extra) for release, extra in followed),
        )
        return reached, {name: [*its] for name, its in seen.items()}

    def _release(self, link: Link, others: Sequence[Link]) -> LockedRelease:
        """The release that a link means, as far as possible one that the others accept, too."""
        listed = self._by_name.get(link.name, [])
        if not listed:
            raise UsageError(f"{self._where} requires {link.name}, and does not list it")
        fitting = [release for release in listed if link.accepts(release)]
        if len(fitting) > 1:
            forks = (r for r in fitting if any(self._holds(marker, "") for marker in r.fork))
            fitting = [*forks] or fitting
        if len(fitting) > 1:
            shared = (r for r in fitting if all(other.accepts(r) for other in others))
            fitting = [*shared] or fitting
        if len(fitting) > 1 and self._newest:
            fitting.sort(key=lambda release: Version(release.version))
        elif len(fitting) != 1:
            versions = ", ".join(release.version or "?" for release in fitting or listed)
            which = "several fit" if fitting else "none fits"
            raise UsageError(f"{self._where} requires {link.name}, and lists {versions}: {which}")
        return fitting[-1]

    def _check_single(self, found: Iterable[LockedRelease]) -> None:
        by_name: dict[str, LockedRelease] = {}
        for release in found:
            other = by_name.setdefault(release.name, release)
            if other is not release:
                raise two_versions(self._where, other, release)

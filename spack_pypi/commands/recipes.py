"""The recipes that ``check`` and ``sync`` are about, and where their projects are from."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Callable

from ..errors import HostError
from .options import index_settings, open_session, repositories
from .own import backends, read_names

if TYPE_CHECKING:
    from ..host.port import Host
    from ..pypi.http import HttpIndex
    from ..session import Session


@dataclass(frozen=True)
class OpenedRecipes:
    """The ``packages``; ``versions`` are those that were named by the place of one release. See
    `StatedOrigins.project_of`."""

    session: Session
    packages: Sequence[str]
    project_of: Callable[[str], str | None]
    versions: Mapping[str, str]


@contextmanager
def open_recipes(args: argparse.Namespace, host: Host) -> Iterator[OpenedRecipes]:
    """The recipes that are named, else all of a repo, with a session in which each project is
    from where its recipe, or its place, says. Raises `SpackPyPIError`."""
    from ..pypi.own.own_index import before
    from ..report.terminal import say
    from ..workflow.compare.check import packages
    from ..workflow.stated_origins import StatedOrigins

    with read_names(args, host) as named:
        every = bool(named.others) or not named.placed
        found = packages(host, named.others, args.repo, args.namespace) if every else []
        if not every:
            host.repos.packages_in(args.namespace, args.repo)  # from now on the host knows it
        elif not found:
            say(
                f"Warning: {host.repos.target(args.repo, args.namespace, write=False).root} has "
                "no recipe of a Python project; -r or -N chooses another repo"
            )
        placed = {_package(host, project): project for project in named.placed}
        with _Indexes(args, host) as indexes:
            origins = StatedOrigins(
                host,
                repositories(args, host),
                indexes.open,
                placed,
                backends=backends(args, host),
            )
            own = [*named.own, origins.index]
            with open_session(args, host, over=lambda index: before(index, own)) as session:
                yield OpenedRecipes(
                    session,
                    list(dict.fromkeys([*found, *placed])),
                    origins.project_of,
                    {package: named.placed[project] for package, project in placed.items()},
                )


def _package(host: Host, project: str) -> str:
    """The package of a project that was named by its place."""
    found = host.repos.package_for(project) or host.repos.package(f"py-{project}")
    if found is None:
        raise HostError(f"no registered repo has a package for '{project}': create writes one")
    return found.name


class _Indexes:
    """The indexes that recipes name: with the settings of the one of the same address that an
    option or pip names, else with those that hold for all."""

    def __init__(self, args: argparse.Namespace, host: Host) -> None:
        self._args, self._host = args, host
        self._known: dict[str, HttpIndex] = {}

    def __enter__(self) -> _Indexes:
        return self

    def __exit__(self, *exc: object) -> None:
        for index in self._known.values():
            index.close()

    def open(self, address: str) -> HttpIndex:
        from ..credentials import Credentials
        from ..pypi.http import HttpIndex
        from ..report.terminal import say

        if address not in self._known:
            listed = [reach for _, reach in index_settings(self._args, self._host)]
            same = [reach for reach in listed if reach.url == address]
            reach = same[0] if same else replace(listed[0], credentials=Credentials())
            settings = replace(reach, url=address, packages="", in_place=False)
            self._known.setdefault(address, HttpIndex(settings, say))
        return self._known[address]

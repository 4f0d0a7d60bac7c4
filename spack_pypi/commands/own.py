"""The names of a command, of which some are places: archives that are read before all else."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Callable

from .options import index_settings
from .own_git import read_repositories

if TYPE_CHECKING:
    from ..host.port import Host
    from ..pypi.model import Index
    from ..pypi.own_archive import OwnArchive
    from ..pypi.places import Location


@dataclass(frozen=True)
class Named:
    """The ``requirements`` (PEP 508) of a command; ``over`` makes of an index one that also has
    the projects that were named by their place."""

    requirements: tuple[str, ...]
    over: Callable[[Index], Index] = lambda index: index


@contextmanager
def read_names(args: argparse.Namespace, host: Host) -> Iterator[Named]:
    """What the names of a command are. What is fetched for that is deleted in the end. Raises
    `UsageError` and `IndexFailure` for places of which nothing can be read."""
    from ..pypi.places import place

    cache = index_settings(args, host)[0][1].cache
    names, repositories = read_repositories(args.names, cache, args.offline)
    places = [place(text) for text in names]
    if not any(places):
        yield Named(names, repositories.over)
        return
    from ..pypi.own_archive import check_kind
    from ..pypi.own_projects import OwnProjects

    for each in places:
        if each:
            check_kind(each)
    with tempfile.TemporaryDirectory(prefix="spack-pypi-") as folder:
        read = [_read(args, host, each, Path(folder)) if each else None for each in places]
        projects = OwnProjects([each for each in read if each])
        texts = [
            _requirement(at, each) if at and each else text
            for text, at, each in zip(names, places, read)
        ]
        yield Named(tuple(texts), lambda index: projects.over(repositories.over(index)))


def _requirement(at: Location, archive: OwnArchive) -> str:
    extras = f"[{','.join(at.extras)}]" if at.extras else ""
    return f"{archive.project}{extras}=={archive.file.version}"


def _read(args: argparse.Namespace, host: Host, at: Location, folder: Path) -> OwnArchive:
    from ..pypi.own_archive import read

    return read(at, at.path or _fetched(args, host, at, folder))


def _fetched(args: argparse.Namespace, host: Host, at: Location, folder: Path) -> Path:
    """Where the archive of an address lies now."""
    from ..pypi.own_archive import copied
    from ..pypi.traffic import Traffic
    from ..pypi.web import Web
    from ..report.terminal import say

    reach = index_settings(args, host)[0][1]
    settings = replace(reach, url=at.address, credentials=at.credentials, packages="")
    handle, name = tempfile.mkstemp(dir=folder)
    with open(handle, "wb") as out, closing(Web(settings, Traffic(settings, say))) as web:
        web.read(at.address, lambda raw: copied(raw, at.address, out))
    return Path(name)

"""The names of a command, of which some are places: what is there is read before all else."""

from __future__ import annotations

import argparse
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UsageError
from .options import index_settings

if TYPE_CHECKING:
    from ..host.port import Host
    from ..pypi.model import Index
    from ..pypi.own.git_places import GitPlace
    from ..pypi.own.own_archive import OwnArchive
    from ..pypi.own.own_git import OwnRepository
    from ..pypi.own.own_index import OwnIndex
    from ..pypi.own.places import Location


@dataclass(frozen=True)
class Named:
    """The ``requirements`` (PEP 508) of a command, and the projects that were named by their
    place: ``placed`` are these, with the version of those that have only one, and ``others`` the
    names that are no places. Of the repositories that are ``whole`` neither a tag, a branch nor a
    folder was named."""

    requirements: tuple[str, ...]
    own: Sequence[OwnIndex] = ()
    whole: Sequence[OwnRepository] = ()
    placed: Mapping[str, str] = field(default_factory=dict)
    others: tuple[str, ...] = ()

    def over(self, index: Index) -> Index:
        """An index with these projects too; those of repositories with the releases that it has
        of them."""
        from ..pypi.own.own_index import before
        from ..pypi.own.with_releases import WithReleases

        both = [WithReleases(own, index) for own in self.whole]
        return before(index, [*both, *self.own])


@contextmanager
def read_names(args: argparse.Namespace, host: Host) -> Iterator[Named]:
    """What the names of a command are. What is fetched for that is deleted in the end, but for
    repositories. Raises `UsageError` and `IndexFailure` for places of which nothing can be
    read."""
    from ..pypi.own.places import place

    places = [place(text) for text in args.names]
    if not any(places):
        yield Named(tuple(args.names), others=tuple(args.names))
        return
    from ..pypi.branches import branch_name
    from ..pypi.own.git_places import GitPlace
    from ..pypi.own.own_archive import check_kind
    from ..pypi.own.own_archives import OwnArchives
    from ..pypi.own.places import Location

    for at in places:
        if isinstance(at, Location) and not at.is_folder:
            check_kind(at)
    texts: list[str] = []
    archives: list[OwnArchive] = []
    repositories: dict[str, OwnRepository] = {}
    with tempfile.TemporaryDirectory(prefix="spack-pypi-") as folder:
        for text, at in zip(args.names, places):
            if at is None:
                texts.append(text)
            elif isinstance(at, Location) and not at.is_folder:
                archive = _archive(args, host, at, Path(folder))
                archives.append(archive)
                version = f"=={archive.file.version}"
                texts.append(f"{archive.project}{_extras(at)}{version}")
            else:
                found = _repository(args, host, at)
                if found.name in repositories:
                    raise UsageError(
                        f"{found.name} is named twice: give one repository of a project"
                    )
                repositories[found.name] = found
                texts.append(found.name + _extras(at))
        own = [OwnArchives(archives)] if archives else []
        placed = {each.project: str(each.file.version) for each in archives}
        for project, each in repositories.items():
            (first, *more) = each.releases
            placed[project] = "" if more or branch_name(first.version) else str(first.version)
        others = tuple(text for text, at in zip(args.names, places) if at is None)
        whole = [
            repositories[project]
            for project, at in zip(map(_project, texts), places)
            if isinstance(at, GitPlace) and not (at.reference or at.folder)
        ]
        yield Named(tuple(texts), [*own, *repositories.values()], whole, placed, others)


def _project(text: str) -> str:
    """The project that a requirement names."""
    return re.split(r"[\[=]", text)[0]


def _extras(at: GitPlace | Location) -> str:
    return f"[{','.join(at.extras)}]" if at.extras else ""


def _archive(args: argparse.Namespace, host: Host, at: Location, folder: Path) -> OwnArchive:
    from ..pypi.own.own_archive import read

    return read(at, at.path or _fetched(args, host, at, folder))


def _fetched(args: argparse.Namespace, host: Host, at: Location, folder: Path) -> Path:
    """Where the archive of an address lies now."""
    from ..pypi.network.traffic import Traffic
    from ..pypi.network.web import Web
    from ..pypi.own.own_archive import copied
    from ..report.terminal import say

    reach = index_settings(args, host)[0][1]
    settings = replace(reach, url=at.address, credentials=at.credentials, packages="")
    handle, name = tempfile.mkstemp(dir=folder)
    with open(handle, "wb") as out, closing(Web(settings, Traffic(settings, say))) as web:
        web.read(at.address, lambda raw: copied(raw, at.address, out))
    return Path(name)


def _repository(args: argparse.Namespace, host: Host, at: GitPlace | Location) -> OwnRepository:
    """The project in a folder of this machine, or at the address of a repository."""
    from ..pypi.own.git_repository import Repository
    from ..pypi.own.local_repository import local_repository
    from ..pypi.own.own_git import opened
    from ..pypi.own.places import Location

    if isinstance(at, Location):
        assert at.path is not None  # it is a folder
        local, inner = local_repository(at.path)
        return opened(local, "", inner, at.name)
    if args.offline and not at.address.startswith("file:"):
        raise UsageError(f"{at.address} cannot be read: --offline is set")
    repository = Repository(at.address, host.cache / "git")
    return opened(repository, at.reference, at.folder, at.name)

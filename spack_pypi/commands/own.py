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

from ..errors import IndexFailure, UsageError
from .options import index_settings

if TYPE_CHECKING:
    from packaging.requirements import Requirement

    from ..host.port import Host
    from ..pypi.model import Index
    from ..pypi.own.addressed import AddressedProjects, Place
    from ..pypi.own.backend import Backends
    from ..pypi.own.own_archive import OwnArchive
    from ..pypi.own.own_git import OwnRepository
    from ..pypi.own.own_index import OwnIndex
    from ..pypi.own.places import Location


@dataclass(frozen=True)
class Named:
    """The ``requirements`` (PEP 508) of a command, and the projects that were named by their
    place, or are required so by one that was: ``placed`` are the former, with the version of those
    that have only one, and ``others`` the names that are not places. Of the repositories that are
    ``whole`` neither a tag, a branch nor a folder was named."""

    requirements: tuple[str, ...]
    own: Sequence[OwnIndex] = ()
    whole: Sequence[OwnRepository] = ()
    placed: Mapping[str, str] = field(default_factory=dict)
    others: tuple[str, ...] = ()
    addressed: AddressedProjects | None = None

    def over(self, index: Index) -> Index:
        """An index with these projects too; those of repositories with the releases that it has
        of them."""
        if not (self.own or self.whole):
            return index
        from ..pypi.own.own_index import before
        from ..pypi.own.with_releases import WithReleases

        both = [WithReleases(own, index) for own in self.whole]
        return before(index, [*both, *self.own], self.addressed)


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
    from ..pypi.own.git_places import GitPlace
    from ..pypi.own.own_archive import check_kind
    from ..pypi.own.places import Location

    for at in places:
        if isinstance(at, Location) and not at.is_folder:
            check_kind(at)
    with tempfile.TemporaryDirectory(prefix="spack-pypi-") as folder:
        reader = _PlaceReader(args, host, Path(folder))
        texts = [text if at is None else reader.named(at) for text, at in zip(args.names, places)]
        placed = {**reader.placed}
        others = tuple(text for text, at in zip(args.names, places) if at is None)
        whole = [
            reader.repositories[project]
            for project, at in zip(map(_project, texts), places)
            if isinstance(at, GitPlace) and not (at.reference or at.folder)
        ]
        if not getattr(args, "no_deps", False):
            texts += reader.required()
        yield Named(tuple(texts), reader.own(), whole, placed, others, reader.addressed)


def _project(text: str) -> str:
    """The project that a requirement names."""
    return re.split(r"[\[=]", text)[0]


class _PlaceReader:
    """Reads places, and then what is required there by its address."""

    def __init__(self, args: argparse.Namespace, host: Host, folder: Path) -> None:
        from ..pypi.own.addressed import AddressedProjects

        self._args, self._host, self._folder = args, host, folder
        self._archives: list[OwnArchive] = []
        self.repositories: dict[str, OwnRepository] = {}
        #: The places that were read or cannot be, as `addressed.key` has them.
        self._known: set[str] = set()
        #: What was read, the extras that are wanted of it, and where it is.
        self._read: list[tuple[OwnArchive | OwnRepository, Place]] = []
        self.addressed = AddressedProjects()
        #: The projects that were read, each with its version if it has only one.
        self.placed: dict[str, str] = {}

    def own(self) -> Sequence[OwnIndex]:
        """All that was read. Raises `UsageError` for archives of several versions of a project."""
        from ..pypi.own.own_archives import OwnArchives

        archives = [OwnArchives(self._archives)] if self._archives else []
        return [*archives, *self.repositories.values()]

    def named(self, at: Place, within: Place | None = None) -> str:
        """The requirement (PEP 508) for what is at a place, which is required ``within`` another
        one, if it is not named. Raises `UsageError` where a project has two places."""
        from ..pypi.own.addressed import key, only_version, versions_of
        from ..pypi.own.own_archive import OwnArchive
        from ..pypi.own.places import Location

        names = {each.project for each in self._archives}
        if isinstance(at, Location) and not at.is_folder:
            archive = _archive(self._args, self._host, at, self._folder, within)
            name, specifier = archive.project, f"=={archive.file.version}"
            names = {*self.repositories, *(names if within else ())}
            found: OwnArchive | OwnRepository = archive
        else:
            repository = _repository(self._args, self._host, at, within)
            name, specifier = repository.name, ""
            names |= {*self.repositories}
            found = repository
        if name in names:
            raise UsageError(f"{name} is named twice: give one place of a project")
        if isinstance(found, OwnArchive):
            self._archives.append(found)
        else:
            self.repositories[name] = found
        self._read.append((found, at))
        self._known.add(key(at))
        self.addressed.add(name, at, versions_of(found))
        self.placed[name] = only_version(found)
        return f"{name}{_extras(at)}{specifier}"

    def required(self) -> list[str]:
        """The requirements (PEP 508) for what those that were read require by its address, and so
        on."""
        from ..pypi.own.addressed import addresses, said

        texts: list[str] = []
        for found, at in self._read:  # which grows
            for metadata in said(found, getattr(self._args, "versions", None)):
                for requirement in addresses(metadata, at.extras):
                    texts += self._at_address(requirement, at)
        return texts

    def _at_address(self, requirement: Requirement, within: Place) -> list[str]:
        """The requirement for what is at an address; none, with a warning, where that is not read:
        then it stays something that no recipe can say."""
        from ..pypi.own.addressed import key, place_of
        from ..report.terminal import say

        if str(requirement) in self._known:
            return []
        self._known.add(str(requirement))
        try:
            at = place_of(requirement, within)
            return [] if key(at) in self._known else [self.named(at, within)]
        except (UsageError, IndexFailure) as error:
            say(f"Warning: '{requirement}', which {_where(within)} requires, is not read: {error}")
            return []


def _where(at: Place) -> str:
    from ..pypi.own.places import Location

    return str(at) if isinstance(at, Location) else at.address


def _extras(at: Place) -> str:
    return f"[{','.join(at.extras)}]" if at.extras else ""


def _archive(
    args: argparse.Namespace, host: Host, at: Location, folder: Path, within: Place | None
) -> OwnArchive:
    from ..pypi.own.own_archive import check_kind, read

    check_kind(at)
    return read(at, at.path or _fetched(args, host, at, folder, within))


def _fetched(
    args: argparse.Namespace, host: Host, at: Location, folder: Path, within: Place | None
) -> Path:
    """Where the archive of an address lies now. From a public place none leads into a private
    network."""
    from ..pypi.network.traffic import Traffic
    from ..pypi.network.web import Web
    from ..pypi.own.own_archive import copied
    from ..report.terminal import say

    reach = index_settings(args, host)[0][1]
    asked = getattr(within, "address", "")
    url = asked if asked.startswith("http") else at.address
    settings = replace(reach, url=url, credentials=at.credentials, packages="")
    handle, name = tempfile.mkstemp(dir=folder)
    with open(handle, "wb") as out, closing(Web(settings, Traffic(settings, say))) as web:
        web.read(at.address, lambda raw: copied(raw, at.address, out))
    return Path(name)


def _repository(
    args: argparse.Namespace, host: Host, at: Place, within: Place | None
) -> OwnRepository:
    """The project in a folder of this machine, or at the address of a repository. Where it is
    required ``within`` another one, that means its default branch, unless it says another one."""
    from ..pypi.own.git_repository import Repository
    from ..pypi.own.local_repository import local_repository
    from ..pypi.own.own_git import opened
    from ..pypi.own.places import Location

    asked = backends(args, host)
    if isinstance(at, Location):
        assert at.path is not None  # it is a folder
        local, inner = local_repository(at.path)
        return opened(local, "", inner, at.name, asked)
    if args.offline and not at.address.startswith("file:"):
        raise UsageError(f"{at.address} cannot be read: --offline is set")
    repository = Repository(at.address, host.cache / "git")
    reference = at.reference or (repository.references.default if within else "")
    return opened(repository, reference, at.folder, at.name, asked)


def backends(args: argparse.Namespace, host: Host) -> Backends | None:
    """What asks build backends; None where that is not wanted."""
    if not getattr(args, "run_backend", False):
        return None
    from ..pypi.own.backend import Backends

    if args.offline:
        raise UsageError("--run-backend installs what backends require: leave out --offline")
    return Backends(index_settings(args, host)[0][1])

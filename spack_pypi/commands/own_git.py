"""The names of a command that are folders, or addresses of git repositories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UsageError

if TYPE_CHECKING:
    from ..pypi.git_places import GitPlace
    from ..pypi.model import Index
    from ..pypi.own_git import OwnRepository
    from ..pypi.places import Location


@dataclass(frozen=True)
class Repositories:
    """The projects of repositories."""

    projects: tuple[OwnRepository, ...] = ()

    def over(self, index: Index) -> Index:
        """These projects, and all others from an index."""
        if not self.projects:
            return index
        from ..pypi.indexes import Indexes, Member

        own = [
            Member(each, each.repository.address, each.has, explicit=True)
            for each in self.projects
        ]
        return Indexes([*own, Member(index, index.identity)])


def read_repositories(
    names: Sequence[str], cache: Path, offline: bool
) -> tuple[tuple[str, ...], Repositories]:
    """The names, with requirements (PEP 508) in place of folders and addresses of repositories,
    which are read. Raises `UsageError` and `FileFailure` for what cannot be read."""
    from ..pypi.git_places import git_place

    places = [git_place(text) or _folder(text) for text in names]
    if not any(places):
        return tuple(names), Repositories()
    texts, found = [], {}
    for text, place in zip(names, places):
        if place is None:
            texts.append(text)
            continue
        project = _opened(place, cache, offline)
        if project.name in found:
            raise UsageError(f"{project.name} is named twice: give one repository of a project")
        found[project.name] = project
        texts.append(project.name + (f"[{','.join(place.extras)}]" if place.extras else ""))
    return tuple(texts), Repositories(tuple(found.values()))


def _folder(text: str) -> Location | None:
    from ..pypi.places import place

    found = place(text)
    return found if found and found.is_folder else None


def _opened(place: GitPlace | Location, cache: Path, offline: bool) -> OwnRepository:
    from ..pypi.git_repository import Repository
    from ..pypi.local_repository import local_repository
    from ..pypi.own_git import opened
    from ..pypi.places import Location

    if isinstance(place, Location):
        assert place.path is not None  # it is a folder
        local, inner = local_repository(place.path)
        return opened(local, "", inner, place.name)
    if offline and not place.address.startswith("file:"):
        raise UsageError(f"{place.address} cannot be read: --offline is set")
    repository = Repository(place.address, cache / "v1" / "git")
    return opened(repository, place.reference, place.folder, place.name)

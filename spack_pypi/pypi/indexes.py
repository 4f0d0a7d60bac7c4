"""Several indexes as one: each project comes from exactly one of them.

It is the one to which the project is pinned, else the first that has it, in order, whatever
versions the others have: files of several are never mixed. Else whoever publishes a higher version
of a name on a public index could take the place of a project of a private one (dependency
confusion). So an index that cannot be asked is a failure of that project, and never a reason to go
on with the next one; nor is a page that is not cached, without a network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Callable, TypeVar

from packaging.utils import canonicalize_name

from ..errors import FileFailure, IndexFailure, NotFetched, UnknownProject
from .fetching.process import FetchProcesses
from .http import HttpIndex
from .model import (
    File,
    Index,
    IndexOrigin,
    Metadata,
    Project,
    Publisher,
    Release,
    Settings,
    Source,
)
from .named_index import NamedIndex
from .network.traffic import Traffic

_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Member:
    """One of several indexes: ``is_pinned`` says whether a project (PEP 503) comes from it and
    from no other; an ``explicit`` one has only such projects."""

    index: Index
    is_pinned: Callable[[str], bool] = lambda project: False
    explicit: bool = False
    close: Callable[[], None] = lambda: None


class Indexes:
    """An `Index` of several, the first one first."""

    def __init__(self, members: Sequence[Member]) -> None:
        self._members = members
        self._owners: dict[str, Member] = {}

    @property
    def identity(self) -> str:
        """See `Index.identity`. To which of them a project is pinned shows in its mark."""
        return " ".join(member.index.identity for member in self._members)

    def close(self) -> None:
        """Close all connections; what is still requested fails."""
        for member in self._members:
            member.close()

    def project(self, name: str) -> Project:
        """See `Index.project`: of the first that has it, or of the one that it is pinned to."""
        project = canonicalize_name(name)
        asked: list[str] = []
        for member in self._candidates(project):
            try:
                found = _asked(member.index.project, project)
            except UnknownProject as missing:
                asked += missing.indexes
                continue
            self._owners[project] = member
            return found
        raise UnknownProject(project, *asked)

    def mark(self, project: str) -> str | None:
        """See `Index.mark`: also of all that were asked before and have none."""
        for member in self._candidates(project):
            mark = member.index.mark(project)
            if mark is None:
                return None
            if mark:
                return f"{member.index.identity} {mark}"
        return ""

    def metadata(self, release: Release) -> Metadata:
        return _asked(self._of(release.project).metadata, release)

    def source(self, release: Release) -> Source:
        return _asked(self._of(release.project).source, release)

    def licenses(self, release: Release) -> Mapping[str, str]:
        return _asked(self._of(release.project).licenses, release)

    def page_url(self, project: str) -> str:
        return self._likely(project).index.page_url(project)

    def origin(self, project: str) -> IndexOrigin:
        return replace(self._likely(project).index.origin(project), one_of_several=True)

    def address(self, release: Release, file: File) -> str:
        return self._of(release.project).address(release, file)

    def download(self, project: str, file: File, to: Path) -> None:
        index = self._of(project)
        _asked(lambda wanted: index.download(project, wanted, to), file)

    def copy_to(self, folder: Path) -> Sequence[str]:
        return [url for member in self._members for url in member.index.copy_to(folder)]

    def publishers(self, release: Release) -> tuple[Publisher, ...] | None:
        return _asked(self._of(release.project).publishers, release)

    def vulnerabilities(self, release: Release) -> tuple[str, ...]:
        return _asked(self._of(release.project).vulnerabilities, release)

    def _candidates(self, project: str) -> Sequence[Member]:
        """Those that are asked for a project, in order."""
        pinned = [member for member in self._members if member.is_pinned(project)]
        return pinned[:1] or [member for member in self._members if not member.explicit]

    def _of(self, project: str) -> Index:
        """The one that has a project. Raises as `project` does."""
        if project not in self._owners:
            self.project(project)
        return self._owners[project].index

    def _likely(self, project: str) -> Member:
        """The one that has a project; of one that nobody asked for yet, the first that may."""
        return self._owners.get(project) or (*self._candidates(project), *self._members)[0]


def opened(
    listed: Sequence[tuple[NamedIndex, Settings]], say: Callable[[str], None]
) -> HttpIndex | Indexes:
    """The indexes of `settings.several` as one; ``say`` gets sentences about long waits."""
    (only, first), *others = listed
    traffic = Traffic(first, say)
    processes = FetchProcesses(traffic)
    if not (others or only.explicit):
        return HttpIndex(first, traffic=traffic, processes=processes)
    members = []
    for named, settings in listed:
        index = HttpIndex(settings, traffic=traffic, processes=processes)
        members.append(Member(index, named.is_pinned, named.explicit, index.close))
    return Indexes(members)


def _asked(ask: Callable[..., _Result], about: object) -> _Result:
    """The answer of one index. That it cannot be asked at all is a failure of what it is asked
    for: the others can be asked."""
    try:
        return ask(about)
    except FileFailure:
        raise
    except IndexFailure as failure:
        raise NotFetched(failure.url, failure.reason) from None

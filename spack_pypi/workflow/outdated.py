"""Which recipes lag behind the index, and by how much: one page is asked for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Union

from packaging.version import Version

from ..errors import SpackPyPIError, UnknownProject, UsageError
from ..host.port import Host, Package
from ..pypi.model import Index, Project, Release
from ..resolve.choose import Policy, candidates, preferred
from ..session import Phase, Session
from ..translate.spelling import meant

#: How far a recipe is brought: to the newest release of all, of its major or of its minor series.
LATEST, MINOR, PATCH = "latest", "minor", "patch"


@dataclass(frozen=True)
class Outdated:
    """How far a recipe lags. ``current`` is the newest release that it lists, as it is spelled
    there, ``version`` what that means; ``missing`` are later ones that it could list, newest
    first, ``older`` are earlier ones; none of them is one that the recipe declares as
    ``deprecated``. ``by_machine`` are later ones that have only wheels for platforms, beside
    others that have more: they are listed only where they are asked for. ``yanked`` are versions
    that it lists and that were withdrawn (PEP 592), ``vulnerable`` those of which the index
    reports vulnerabilities, with their names. ``problem`` says why none of this is known;
    ``failed``: that is an error (the recipe cannot be loaded, the index does not answer), not
    what kind of recipe it is."""

    package: str
    project: str = ""
    current: str = ""
    version: Version | None = None
    missing: tuple[Release, ...] = ()
    older: tuple[Release, ...] = ()
    by_machine: tuple[Release, ...] = ()
    deprecated: frozenset[Version] = frozenset()
    yanked: tuple[str, ...] = ()
    vulnerable: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    problem: str = ""
    failed: bool = False

    @property
    def since(self) -> str:
        """The day on which the first missing release was published; empty if the index does not
        tell."""
        dates = [file.uploaded[:10] for file in self.missing[-1].files] if self.missing else []
        return min(filter(None, dates), default="")

    def target(self, to: str) -> Release | None:
        """The newest missing release for `LATEST`, `MINOR`, `PATCH`, or the one of that version.
        Raises `UsageError` for a version that cannot be listed."""
        kept = {LATEST: 0, MINOR: 1, PATCH: 2}.get(to)
        if kept is None:
            wanted = meant(to)
            if wanted in self.deprecated:
                raise UsageError(f"{self.package} lists {to} already, as deprecated")
            offered = (*self.missing, *self.by_machine, *self.older)
            found = [release for release in offered if release.version == wanted]
            if not found and wanted != self.version:
                raise UsageError(
                    f"cannot update to {to}: the index has no such release, it was withdrawn, or "
                    "it "
                    "runs with no Python that this Spack has"
                )
            return found[0] if found else None
        series = self.version.release[:kept] if self.version else ()
        return next((r for r in self.missing if r.version.release[:kept] == series), None)


def outdated(
    session: Session,
    host: Host,
    packages: Sequence[str],
    policy: Policy,
    *,
    reports: bool = False,
) -> Iterator[Outdated]:
    """Compare what the recipes of these packages list with the index, in the given order.

    With ``reports``, the index is also asked about vulnerabilities, once for each version.
    """

    def start(package: str) -> tuple[str, str, Future[_Page] | None]:
        project = host.repos.project_of(package)
        if project is None:
            return package, "", None
        return package, project, session.submit(_ask, session.index, project)

    for at, (package, project, page) in enumerate(session.ahead(start, packages)):
        session.progress(Phase.COMPARE, package, at, len(packages))
        try:
            existing = host.repos.package(package)
            if page is None:
                yield Outdated(package, problem="its recipe names no project on an index")
                continue
            found = _compared(package, project, existing, _page(page), policy)
            if reports and existing and not found.problem:
                found = replace(found, vulnerable=_vulnerable(session, existing, _page(page)))
            yield found
        except UnknownProject as error:
            yield Outdated(package, project, problem=str(error))
        except SpackPyPIError as error:
            yield Outdated(package, project, problem=str(error), failed=True)


#: A project's page, or why there is none.
_Page = Union[Project, SpackPyPIError]


def _ask(index: Index, project: str) -> _Page:
    try:
        return index.project(project)
    except SpackPyPIError as error:
        return error


def _page(answer: Future[_Page]) -> Project:
    found = answer.result()
    if isinstance(found, SpackPyPIError):
        raise found
    return found


def _compared(
    package: str, project: str, existing: Package | None, page: Project, policy: Policy
) -> Outdated:
    released = frozenset(release.version for release in page.releases)
    listed = _meant(existing.versions if existing else (), released)
    deprecated = _meant(existing.deprecated if existing else (), released)
    if existing is None or not listed:
        only = "no release that is not deprecated" if deprecated else "no release"
        return Outdated(package, project, problem=f"its recipe lists {only}")
    if not existing.from_index:
        return Outdated(package, project, problem="it is not built from its project's archives")
    current = max(listed)
    others = [
        release
        for release in candidates(page, policy)
        if release.version not in listed and release.version not in deprecated
    ]
    later = [
        release
        for release in others
        if release.version > current
        and (policy.pre or not release.version.is_prerelease or current.is_prerelease)
    ]
    missing = preferred(later)
    yanked = {release.version for release in page.releases if release.yanked}
    return Outdated(
        package,
        project,
        listed[current],
        current,
        tuple(missing),
        tuple(release for release in others if release.version < current),
        tuple(release for release in later if release not in missing),
        frozenset(deprecated),
        tuple(text for version, text in listed.items() if version in yanked),
    )


def _meant(texts: Iterable[str], released: frozenset[Version]) -> dict[Version, str]:
    """The versions that the texts of a recipe mean, as they are spelled there."""
    found = {text: meant(text, released) for text in texts}
    return {version: text for text, version in found.items() if version is not None}


def _vulnerable(session: Session, existing: Package, page: Project) -> dict[str, tuple[str, ...]]:
    """The versions of a recipe that the index reports as vulnerable, in the recipe's order."""
    releases = {release.version: release for release in page.releases}
    listed = _meant(existing.versions, frozenset(releases))
    known = {text: releases[v] for v, text in listed.items() if v in releases}
    asked = [session.submit(session.index.vulnerabilities, release) for release in known.values()]
    reports = [each.result() for each in asked]
    return {text: names for text, names in zip(known, reports) if names}

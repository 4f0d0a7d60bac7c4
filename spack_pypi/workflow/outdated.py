"""Which recipes are outdated: what they list, compared with one page of the index for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Callable

from packaging.version import Version

from ..diagnostics import Severity
from ..errors import SpackPyPIError, UnknownProject, UsageError, some_of
from ..host.port import Host, Package
from ..pypi.archives.tree_metadata import NO_PROJECT
from ..pypi.branches import branch_name, shown
from ..pypi.model import Project, Release
from ..resolve.choose import candidates, is_candidate, preferred, why_none
from ..resolve.policy import Policy
from ..session import Phase, Session
from ..translate.spelling import is_ambiguous, meant
from .compare.check import check
from .compare.reported import Reported, reported

_NO_PROJECT = "its recipe names no project on an index"
#: What the recipe lacks of which a tree has no project.
_NO_FOLDER = "the recipe's build_directory does not lead to one"
#: How many branches are named.
_MOST_NAMED = 10
#: How far a recipe is brought: to the newest release of all, of its major or of its minor series.
LATEST, MINOR, PATCH = "latest", "minor", "patch"
#: How many numbers of its version that leaves as they are.
_KEPT: Mapping[str, int] = {LATEST: 0, MINOR: 1, PATCH: 2}


def named_version(to: str) -> Version | None:
    """The version that a target (see `Outdated.target`) names; None for another one. Raises
    `UsageError` for what is neither."""
    if to in _KEPT:
        return None
    version = meant(to)
    if version is None:
        raise UsageError(f"--to {to[:40]}: give a version, {', '.join(_KEPT)}")
    return version


@dataclass(frozen=True)
class Outdated:
    """What a recipe lists, compared with the index.

    ``current`` is its newest release as the recipe spells it, ``version`` as PEP 440 does.
    ``missing`` are later releases that it could list, newest first, ``older`` earlier ones, if
    these were asked for; none is a version that the recipe declares as ``deprecated``.
    ``by_machine`` are later releases that have only wheels for platforms, or for one Python each,
    while others have more: they are for those who name them. ``withdrawn`` are later releases that
    were withdrawn (PEP 592), likewise. ``yanked`` and ``vulnerable`` (with what is reported) are
    versions that the recipe lists. ``branches`` are those of its repository which it lists, and
    ``moved`` those of them that require something else by now; ``unclear`` says of one what keeps
    from knowing what it requires. ``problem`` says why it cannot be compared; with ``failed``
    because the recipe does not load or the index does not answer, else because of the kind of
    recipe; ``offered`` is then the newest tag, if its repository has one that is newer than all
    that is listed. The ``index`` that has the project is at this address."""

    package: str
    project: str = ""
    current: str = ""
    version: Version | None = None
    missing: tuple[Release, ...] = ()
    older: tuple[Release, ...] = ()
    by_machine: tuple[Release, ...] = ()
    withdrawn: tuple[Release, ...] = ()
    deprecated: frozenset[Version] = frozenset()
    yanked: tuple[str, ...] = ()
    vulnerable: Mapping[str, Reported] = field(default_factory=dict)
    branches: tuple[Release, ...] = ()
    moved: tuple[str, ...] = ()
    unclear: str = ""
    problem: str = ""
    failed: bool = False
    offered: Release | None = None
    index: str = ""

    @property
    def lacking(self) -> list[str]:
        """The missing versions as messages call them."""
        return [shown(release.version) for release in self.missing]

    @property
    def since(self) -> str:
        """The day on which the first missing release was published; empty if that is unknown."""
        return _day(self.missing[-1]) if self.missing else ""

    def limited(self, to: str, since: str) -> Outdated:
        """With only those of the missing releases that are in the series ``to`` (see `target`),
        and were published on the day ``since`` (ISO 8601; empty: on any day) or later. Releases of
        which no day is known stay."""
        stay = (
            release
            for release in self._in_series(to)
            if not _day(release) or _day(release) >= since
        )
        return replace(self, missing=tuple(stay))

    def target(self, to: str) -> Release | None:
        """The newest missing release for `LATEST`, `MINOR`, `PATCH`, or the release of a version;
        None if the recipe has it. Raises `UsageError` for a version that cannot be listed."""
        if to not in _KEPT:
            wanted = meant(to)
            if wanted in self.deprecated:
                raise UsageError(f"{self.package} lists {to} already, as deprecated")
            offered = (*self.missing, *self.by_machine, *self.older, *self.withdrawn)
            matching = [release for release in offered if release.version == wanted]
            if not matching and wanted != self.version:
                raise UsageError(
                    f"cannot update to {to}: the index has no such release, or it runs with no "
                    "Python that this Spack has"
                )
            return matching[0] if matching else None
        return next(self._in_series(to), None)

    def _in_series(self, to: str) -> Iterator[Release]:
        """The missing releases of the series ``to``; all where a version is named."""
        kept, current = _KEPT.get(to, 0), self.version
        for release in self.missing:
            number = release.version
            if current is None or _series(number, kept) == _series(current, kept):
                yield release


def _series(version: Version, kept: int) -> tuple[int, ...]:
    """The first numbers of a version: of 2, which is 2.0, as of 2.0.1."""
    return (version.major, version.minor)[:kept]


def _day(release: Release) -> str:
    """The day on which a release was published (ISO 8601); empty if that is unknown."""
    return min(filter(None, (file.uploaded[:10] for file in release.files)), default="")


def outdated(
    session: Session,
    host: Host,
    packages: Sequence[str],
    policy: Policy,
    *,
    reports: bool = False,
    older: bool = False,
    project_of: Callable[[str], str | None] | None = None,
) -> Iterator[Outdated]:
    """Compare the recipes of packages with the index, in this order, with few of them in memory;
    with ``reports`` also get the vulnerabilities of each version that they list, with ``older``
    also the releases before it that a recipe lacks: a target may name one. ``project_of`` gives
    the project of a package, if the host is not to be asked."""
    of_package = project_of or host.repos.project_of

    def start(package: str) -> tuple[str, str, Future[Project] | None]:
        project = of_package(package)
        if project is None:
            return package, "", None
        return package, project, session.submit(session.index.project, project)

    for at, (package, project, page) in enumerate(session.ahead(start, packages)):
        session.progress(Phase.COMPARE, package, at, len(packages))
        try:
            existing = host.repos.package(package)
            if page is None:
                yield Outdated(package, problem=f"{_NO_PROJECT}{_of_two_kinds(host, package)}")
                continue
            compared = _compared(package, project, existing, page.result(), policy, older)
            if compared.branches:
                compared = _with_branches(session, host, compared)
            if reports and existing and not compared.problem:
                vulnerable = _vulnerable(session, existing, page.result())
                compared = replace(compared, vulnerable=vulnerable)
            yield replace(compared, index=session.index.origin(project).index)
        except SpackPyPIError as error:
            failed = not isinstance(error, UnknownProject)
            yield Outdated(package, project, problem=str(error), failed=failed)


def _compared(
    package: str,
    project: str,
    existing: Package | None,
    page: Project,
    policy: Policy,
    older: bool,
) -> Outdated:
    if not page.releases:
        # Such as a page that asks to log in.
        return Outdated(package, project, problem=why_none(page, (), extends=True), failed=True)
    listed = _meant(existing.versions if existing else (), page)
    deprecated = _meant(existing.deprecated if existing else (), page)
    branches = _branches(existing, page)
    if existing is None or not (listed or branches):
        only = "no release that is not deprecated" if deprecated else "no release"
        return Outdated(package, project, problem=f"its recipe lists {only}")
    in_repository = any(release.git for release in page.releases)
    if not existing.from_index:
        what = "its recipe is not a PythonPackage of this project, and only these are updated"
        newest = max((*listed, *deprecated), default=None)
        tag = _newer_tag(page, newest)
        at = tag.git if tag is not None else None
        what += f"; its repository has the tag {at.tag}, commit {at.commit}" if at else ""
        return Outdated(package, project, version=newest, problem=what, offered=tag)
    if existing.from_git and not in_repository:
        # Whoever publishes a project of this name must not take the place of the repository.
        what = "it is built from its repository, of which nothing is known"
        return Outdated(package, project, problem=what)
    current = max(listed, default=None)
    # Beside a branch all numbered versions may be deprecated: those before them are not an update.
    newest = max(listed or deprecated, default=None)
    # Most projects have many releases, and most recipes lack few: those before are not looked at.
    admitted = replace(policy, withdrawn=False)
    others = candidates(page, admitted, existing, above=None if older else newest)
    if in_repository:
        # Its tags are not releases of a recipe that has archives.
        others = tuple(r for r in others if existing.from_git and not branch_name(r.version))
    lacking = [r for r in others if r.version not in listed and r.version not in deprecated]
    later = [
        release
        for release in lacking
        if (newest is None or release.version > newest)
        and (policy.pre or not release.version.is_prerelease or _is_prerelease(newest))
    ]
    missing = preferred(later)
    withdrawn = [
        release
        for release in page.releases
        if policy.withdrawn and release.yanked and is_candidate(release.reinstated(), policy)
    ]
    yanked = {release.version for release in page.releases if release.yanked}
    return Outdated(
        package,
        project,
        listed[current] if current else branch_name(branches[0].version),
        current,
        tuple(missing),
        tuple(release for release in lacking if newest and release.version < newest),
        tuple(release for release in later if release not in missing),
        tuple(r for r in withdrawn if r.version not in listed and r.version not in deprecated),
        frozenset(deprecated),
        tuple(text for version, text in listed.items() if version in yanked),
        branches=branches,
    )


def _newer_tag(page: Project, newest: Version | None) -> Release | None:
    """The newest release of a repository, if it is newer than all of a recipe."""
    tags = (r for r in page.releases if r.git and r.git.tag and not r.version.is_prerelease)
    found = next(tags, None)
    return found if found and (newest is None or found.version > newest) else None


def _is_prerelease(version: Version | None) -> bool:
    return version is not None and version.is_prerelease


def _branches(existing: Package | None, page: Project) -> tuple[Release, ...]:
    """The branches of a repository that a recipe lists."""
    texts = existing.branches if existing else ()
    return tuple(r for r in page.releases if r.git and branch_name(r.version) in texts)


def _with_branches(session: Session, host: Host, compared: Outdated) -> Outdated:
    """Whether the branches of a recipe require what it says; without those of which it is not
    known what they require."""
    texts = [branch_name(release.version) for release in compared.branches]
    project = compared.project
    (checked,) = check(
        session, host, [compared.package], only=texts, project_of=lambda package: project
    )
    unclear: dict[str, list[str]] = {}
    for each in checked.diagnostics:
        if each.code in ("unconfirmed-metadata", "not-checked"):
            reason = each.text.removeprefix("not checked: ")
            reason += f": {_NO_FOLDER}" if reason.endswith(NO_PROJECT) else ""
            unclear.setdefault(reason, []).extend(each.versions or texts)
    known = [text for text in texts if text in checked.versions]
    wrong = [each for each in checked.diagnostics if each.severity is Severity.ERROR]
    return replace(
        compared,
        branches=tuple(r for r in compared.branches if branch_name(r.version) in known),
        moved=tuple(text for text in known if any(text in each.versions for each in wrong)),
        unclear="; ".join(
            f"what {some_of(branches, _MOST_NAMED)} {_requires(branches)} is not known: {reason}"
            for reason, branches in unclear.items()
        ),
    )


def _of_two_kinds(host: Host, package: str) -> str:
    """That a recipe has archives beside states of its repository; empty if it has not."""
    meaning = host.evaluator.meaning(package) if host.checks else None
    kinds = {v.git is not None for v in meaning.versions} if meaning is not None else set()
    if meaning is None or not meaning.repository or len(kinds) < 2:
        return ""
    return "; it has archives beside states of its repository, and only one kind is compared"


def _requires(branches: Sequence[str]) -> str:
    return "requires" if len(branches) == 1 else "require"


def _meant(texts: Sequence[str], page: Project) -> dict[Version, str]:
    """The versions (PEP 440) that the texts of a recipe mean, with these texts."""
    unclear = any(map(is_ambiguous, texts))
    released = {release.version for release in page.releases} if unclear else ()
    versions = {text: meant(text, released) for text in texts}
    return {version: text for text, version in versions.items() if version is not None}


def _vulnerable(session: Session, existing: Package, page: Project) -> dict[str, Reported]:
    """The versions of a recipe that are vulnerable, or may be, in its order."""
    releases = {release.version: release for release in page.releases}
    listed = _meant(existing.versions, page)
    known = {text: releases[v] for v, text in listed.items() if v in releases}
    reports = [session.submit(reported, session.index, each) for each in known.values()]
    return {text: r.result() for text, r in zip(known, reports) if any(r.result())}

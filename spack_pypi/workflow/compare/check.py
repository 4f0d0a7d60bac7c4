"""``check``: compare recipes, ours or anyone's, with the metadata of the releases they list."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Callable, Optional, Union

from packaging.utils import canonicalize_name
from packaging.version import Version

from ...diagnostics import Diagnostic, Severity, error, grouped
from ...errors import HostError, IndexFailure, SpackPyPIError, UnknownProject, UsageError
from ...host.port import DeclaredVersion, Host, Meaning
from ...pypi.archives.static import with_static_requirements
from ...pypi.branches import KNOWN, version_of
from ...pypi.metadata import with_license_of_files
from ...pypi.model import GitReference, Index, Release, Source
from ...pypi.own.git_places import repository_place
from ...recipe.model import GitSource
from ...resolve.choose import why_none
from ...session import Phase, Session
from ...translate import licenses
from ...translate.builds import builds
from ...translate.license_comparison import same
from ...translate.spelling import meant
from .comparison import Comparison, Expected, Published
from .difference import About
from .reported import reported


@dataclass(frozen=True)
class Checked:
    """The ``versions`` of a recipe that were checked, and the diagnostics.

    An error ``not-checked`` says why the recipe could not be checked at all. A version whose
    requirements are unknown or unconfirmed does not count as checked: a warning
    ``unconfirmed-metadata`` says why, and its differences are notes. ``publishers`` are who
    published versions, where the index attests it; None where that cannot be asked."""

    package: str
    versions: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    publishers: tuple[tuple[str, Published], ...] = ()

    @property
    def failed(self) -> bool:
        """Whether the recipe could not be checked."""
        return any(each.code == "not-checked" for each in self.diagnostics)


#: What may be the name of a package or a project, maybe with a namespace.
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
#: What releases declare, by version as the recipe spells it; None if the index lacks the release.
_Releases = dict[str, Optional[Expected]]
#: What a recipe means and what will be compared with it, or why it cannot be checked.
_Started = Union[tuple[Meaning, "Future[_Releases | None]"], Checked]


def check(
    session: Session,
    host: Host,
    packages: Sequence[str],
    *,
    every_version: bool = False,
    only: Sequence[str] = (),
    project_of: Callable[[str], str | None] | None = None,
    published_by: Callable[[Index, Release], Published] = lambda index, release: (),
) -> Iterator[Checked]:
    """Compare the recipes of packages with the index, in this order: the newest version of each,
    or all, or ``only`` some of them; of what is made from a repository also its branches.
    ``project_of`` gives the project of a package, if the host is not to be asked;
    ``published_by`` asks who published a version, if that is wanted."""
    checker = _Checker(host, session.index, only, published_by)
    project_of = project_of or host.repos.project_of

    def start(package: str) -> _Started:
        try:
            meaning = host.evaluator.meaning(package)
        except SpackPyPIError as failure:
            return _not_checked(package, str(failure))
        project = project_of(package)
        if project is None:
            return _not_checked(package, "its recipe names no project on an index")
        versions = checker.versions(meaning, every_version)
        return meaning, session.submit(checker.fetch, project, versions)

    for at, (package, started) in enumerate(zip(packages, session.ahead(start, packages))):
        session.progress(Phase.CHECK, package, at, len(packages))
        yield started if isinstance(started, Checked) else checker.compare(*started)


def packages(
    host: Host, names: Sequence[str], repo: str | None, namespace: str | None
) -> list[str]:
    """The packages of these ``names`` (of packages or projects), or without names all of a repo,
    those too whose recipes cannot be read: they may be projects.

    Raises `UsageError` for an invalid name, and `HostError` for one that no registered repo knows.
    """
    # Also with names: from then on the host knows the repo.
    every = host.repos.packages_in(namespace, repo)
    if not names:
        return sorted({*every, *host.repos.unreadable_in(namespace, repo)})
    here = {host.repos.project_of(package): package for package in every}
    selected = []
    for name in names:
        package = _package(host, name, here)
        if package is None:
            raise HostError(f"no registered repo has a package for '{name}'")
        selected.append(package)
    return selected


def package_of(host: Host, name: str, repo: str | None, namespace: str | None) -> str | None:
    """The package of this name (of it or its project), as `packages` finds it; None where no
    registered repo knows it. Raises `UsageError` for an invalid name."""
    every = host.repos.packages_in(namespace, repo)
    return _package(host, name, {host.repos.project_of(package): package for package in every})


def _package(host: Host, name: str, here: Mapping[str | None, str]) -> str | None:
    """The package of a name; ``here`` are those of a repo, by their projects."""
    if not _NAME.fullmatch(name):
        raise UsageError(f"'{name[:80]}' is not the name of a package or a project")
    project = canonicalize_name(name)
    within, dot, bare = name.rpartition(".")
    spelled = f"{within}{dot}{bare.replace('_', '-')}"
    try:
        # Spack takes py_foo too, as the folder is called, but that is not a package's name.
        package = host.repos.package_for(project) or host.repos.package(spelled)
    except HostError:
        # It cannot be loaded; the command reports that, and goes on with the others.
        return here.get(project, spelled)
    if package is not None and dot and package.name == spelled:
        raise UsageError(f"'{name}' has a namespace: say {bare}, and --namespace {within}")
    return package.name if package is not None else None


class _Checker:
    def __init__(
        self,
        host: Host,
        index: Index,
        only: Sequence[str],
        published_by: Callable[[Index, Release], Published],
    ) -> None:
        self._index, self._only, self._published_by = index, only, published_by
        self._comparison = Comparison(host, index)

    def versions(self, meaning: Meaning, every_version: bool) -> list[tuple[DeclaredVersion, str]]:
        """The versions to compare, with their archives."""
        return [
            (version, meaning.archive(version.text))
            for version in _versions(meaning, every_version or bool(self._only))
            if not self._only or version.text in self._only
        ]

    def fetch(
        self, project: str, versions: Sequence[tuple[DeclaredVersion, str]]
    ) -> _Releases | None:
        """What the releases of these versions declare, None if the index has no such project; runs
        in any thread. Raises `IndexFailure`."""
        try:
            page = self._index.project(project)
        except UnknownProject:
            return None
        if not page.releases:
            # Such as one in quarantine, or a page that asks to log in.
            raise HostError(why_none(page, (), extends=True))
        by_version = {release.version: release for release in page.releases}
        releases: _Releases = {}
        for version, archive in versions:
            text, number = version.text, _number(version, by_version)
            release = by_version.get(number) if number is not None else None
            if release is None:
                if archive:
                    releases[text] = None
                continue
            if (release.git is None) is not (version.git is None):
                continue  # an archive is not a tree of a repository
            source = self._index.source(release) if release.sdist else Source()
            # A wheel is built already.
            built = release.sdist is None or archive.endswith(".whl")
            releases[text] = Expected(
                release,
                with_static_requirements(self._index.metadata(release), source),
                None if built or source.problem else builds(source, release).to_build,
                reported(self._index, release),
                self._published_by(self._index, release),
                source.smaller,
            )
        return releases

    def compare(self, meaning: Meaning, fetched: Future[_Releases | None]) -> Checked:
        """Compare a recipe with what was fetched for it."""
        package = meaning.package
        try:
            releases = fetched.result()
            if releases is None:
                return _not_checked(package, "the index has no such project")
            if not releases:
                return _not_checked(package, "its recipe lists no release of the project")
            return self._compared(meaning, releases)
        except SpackPyPIError as failure:
            return _not_checked(package, str(failure))

    def _compared(self, meaning: Meaning, releases: _Releases) -> Checked:
        package = meaning.package
        differences: list[Diagnostic] = []
        unconfirmed: dict[str, Diagnostic] = {}
        for text, expected in releases.items():
            if expected is None:
                gone = "the index has no such release"
                differences.append(
                    Diagnostic("not-on-index", Severity.NOTE, package, (text,), "", gone)
                )
                continue
            if not expected.metadata.confirmed:
                unconfirmed[text] = Diagnostic(
                    "unconfirmed-metadata",
                    Severity.WARNING,
                    package,
                    (text,),
                    text=f"not checked: {expected.metadata.problem}",
                )
            differences += archive_errors(meaning, text, expected)
            differences += self._comparison.dependencies(meaning, text, expected)
            differences += self._license_notes(meaning, text, expected)
        versions = tuple(text for text in releases if text not in unconfirmed)
        publishers = tuple(
            (text, each.publishers)
            for text, each in releases.items()
            if each is not None and each.publishers != ()
        )
        found = (*unconfirmed.values(), *grouped(differences))
        return Checked(package, versions, found, publishers)

    def _license_notes(
        self, meaning: Meaning, text: str, expected: Expected
    ) -> Iterator[Diagnostic]:
        """A note where the recipe and the release both state a licence, and not the same."""
        recipe, metadata = meaning.license(text), expected.metadata
        stated = licenses.in_metadata(metadata)
        if recipe and stated and not same(recipe, stated.expression):
            with suppress(IndexFailure):
                if " AND " in recipe:
                    source = self._index.source(expected.release)
                    metadata = with_license_of_files(metadata, source)
                if licenses.in_metadata_for_sure(metadata) is None:
                    files = self._index.licenses(expected.release)
                    stated = licenses.in_files(metadata, files)
            if stated.expression and not same(recipe, stated.expression):
                about = About(meaning.package, text, "", stated.expression, recipe)
                yield about.diagnostic("license-differs", Severity.NOTE)


def _not_checked(package: str, reason: str) -> Checked:
    return Checked(package, (), (error("not-checked", package, f"not checked: {reason}"),))


def archive_errors(meaning: Meaning, text: str, expected: Expected) -> Iterator[Diagnostic]:
    """The errors in the archive that a recipe names for one of its versions."""
    version = next(v for v in meaning.versions if v.text == text)
    files, sdist = expected.release.files, expected.release.sdist
    about = About(meaning.package, text)
    archive = meaning.archive(text)
    if version.git is not None and expected.release.git is not None:
        yield from _commit_errors(about, version.git, expected.release.git)
        here = files[0].url
        if repository_place(here) != repository_place(meaning.repository):
            said = f"compared with {here}; the recipe names {meaning.repository}"
            yield Diagnostic(
                "other-repository", Severity.WARNING, meaning.package, (text,), "", said
            )
    sha256 = {file.name: file.sha256 for file in files}.get(archive)
    if archive and sha256 is None:
        name = sdist.name if sdist else "no sdist"
        differing = replace(about, declared=name, recipe=archive)
        yield differing.diagnostic("wrong-archive", Severity.ERROR)
    elif sha256 and version.sha256 and sha256 != version.sha256:
        differing = replace(about, declared=sha256, recipe=version.sha256)
        yield differing.diagnostic("wrong-checksum", Severity.ERROR)
    if files and all(file.yanked is not None for file in files):
        reason = f": {files[0].yanked}" if files[0].yanked else ""
        phrase = f"the release was withdrawn{reason}; mark it as deprecated"
        yield error("yanked", meaning.package, phrase, versions=(text,))
    yield from expected.vulnerabilities.diagnostics(meaning.package, text, Severity.ERROR)


def _commit_errors(about: About, recipe: GitSource, now: GitReference) -> Iterator[Diagnostic]:
    """The errors in where a version of a recipe is in its repository."""
    name = f"tag {now.tag}" if now.tag else f"branch {now.branch}" if now.branch else "commit"
    if recipe.branch and now.branch and recipe.branch != now.branch:
        text = f"it is the branch {recipe.branch} in the recipe, and {now.branch} was named"
        yield error("wrong-commit", about.package, text, versions=(about.version,))
    elif not now.commit:
        text = f"the repository has no {name}"
        yield error("wrong-commit", about.package, text, versions=(about.version,))
    elif recipe.commit and recipe.commit != now.commit:
        text = f"the {name} is {now.commit} in the repository; the recipe says {recipe.commit}"
        yield error("wrong-commit", about.package, text, versions=(about.version,))


def _number(version: DeclaredVersion, released: Container[Version]) -> Version | None:
    """The version (PEP 440) that one of a recipe means."""
    if version.git is not None and version.text in KNOWN:
        return version_of(version.text)
    return meant(version.text, released)


def _versions(meaning: Meaning, every_version: bool) -> list[DeclaredVersion]:
    """The versions to check, newest first: a pre-release comes after all others. Branches of a
    repository come before them, and are none of those of which the newest counts."""
    known: dict[DeclaredVersion, Version] = {}
    for version in meaning.versions:
        number = _number(version, ())
        usable = not version.branch or (version.git is not None and meaning.repository)
        if number is not None and usable and not version.deprecated:
            known[version] = number
    branches = [version for version in known if version.text in KNOWN]
    numbered = sorted(
        {*known} - {*branches}, key=lambda v: (not known[v].is_prerelease, known[v]), reverse=True
    )
    archives = [version for version in numbered if version.git is None]
    newest = {*numbered[:1], *archives[:1]}
    return [*branches, *(v for v in numbered if every_version or v in newest)]

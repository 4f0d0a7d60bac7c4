"""``check``: compare recipes, ours or anyone's, with the metadata of the releases they list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import (
    Optional,
    Union,
)

from packaging.utils import canonicalize_name
from packaging.version import Version

from ...diagnostics import Diagnostic, Severity, error, grouped
from ...errors import HostError, SpackPyPIError, UnknownProject
from ...host.port import DeclaredVersion, Host, Meaning
from ...pypi.model import Index, Source
from ...pypi.static import with_static_requirements
from ...session import Phase, Session
from ...translate.builds import builds
from ...translate.spelling import meant
from .comparison import Comparison, Expected
from .difference import About


@dataclass(frozen=True)
class Checked:
    """What came of one recipe: the ``versions`` that were checked, and what there is to say.

    An error ``not-checked`` says why the recipe could not be checked at all. Versions of which
    nothing says or confirms what they require do not count as checked: a warning
    ``unconfirmed-metadata`` says why, and what differs all the same is a note."""

    package: str
    versions: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether the recipe could not be checked."""
        return any(each.code == "not-checked" for each in self.diagnostics)


#: What the releases declare that are looked at, by version as the recipe spells it; None for one
#: that the index does not list (any more).
_Releases = dict[str, Optional[Expected]]
#: What the index is asked, or why nothing was.
_Pending = Union["Future[_Releases | None]", SpackPyPIError]


def check(
    session: Session,
    host: Host,
    packages: Sequence[str],
    *,
    every_version: bool = False,
    only: Sequence[str] = (),
) -> Iterator[Checked]:
    """Compare the recipes of these packages with the index, one after the other; the newest
    release of each, or all that its recipe lists, or ``only`` some of them."""
    checker = _Checker(host, session.index, only)

    def start(package: str) -> tuple[str, Meaning | None, _Pending]:
        try:
            meaning = host.evaluator.meaning(package)
        except SpackPyPIError as failure:
            return package, None, failure
        project = host.repos.project_of(package)
        if project is None:
            return package, None, HostError("its recipe names no project on an index")
        return package, meaning, session.submit(checker.ask, project, meaning, every_version)

    for at, started in enumerate(session.ahead(start, packages)):
        session.progress(Phase.CHECK, started[0], at, len(packages))
        yield checker.judge(*started)


def packages(
    host: Host, names: Sequence[str], repo: str | None, namespace: str | None
) -> list[str]:
    """The packages that are meant: by name of package or project, or all of a repo.

    Raises `HostError` for a name that no registered repo knows.
    """
    # Asked for even where names are given: from then on the host knows the repo.
    every = host.repos.packages_in(namespace, repo)
    if not names:
        return list(every)
    here = {host.repos.project_of(package): package for package in every}
    found = []
    for name in names:
        project = canonicalize_name(name)
        try:
            package = host.repos.package_for(project) or host.repos.package(name)
        except HostError:
            # It cannot be loaded, which is told when its turn comes; others do not wait for it.
            found.append(here.get(project, name))
            continue
        if package is None:
            raise HostError(f"no registered repo has a package for '{name}'")
        found.append(package.name)
    return found


class _Checker:
    def __init__(self, host: Host, index: Index, only: Sequence[str]) -> None:
        self._index, self._only = index, only
        self._comparison = Comparison(host, index)

    # --- what the index says (in any thread) ------------------------------------------------

    def ask(self, project: str, meaning: Meaning, every_version: bool) -> _Releases | None:
        """Everything that has to be asked for one package; None where the index does not have the
        project. Raises `IndexFailure`."""
        try:
            page = self._index.project(project)
        except UnknownProject:
            return None
        by_version = {release.version: release for release in page.releases}
        found: _Releases = {}
        for version in _looked_at(meaning, every_version or bool(self._only)):
            if self._only and version.text not in self._only:
                continue
            number = meant(version.text, frozenset(by_version))
            release = by_version.get(number) if number is not None else None
            if release is None:
                if version.archive:
                    found[version.text] = None
                continue
            source = self._index.source(release) if release.sdist else Source()
            # A wheel is built already.
            built = release.sdist is None or version.archive.endswith(".whl")
            found[version.text] = Expected(
                release,
                with_static_requirements(self._index.metadata(release), source),
                None if built or source.problem else builds(source, release).requirements,
                self._index.vulnerabilities(release),
            )
        return found

    # --- the comparison -----------------------------------------------------------------------

    def judge(self, package: str, meaning: Meaning | None, asked: _Pending) -> Checked:
        """Compare; what could not be asked becomes a problem."""
        if isinstance(asked, SpackPyPIError) or meaning is None:
            return _not_checked(package, str(asked))
        try:
            releases = asked.result()
            if releases is None:
                return _not_checked(package, "the index has no such project")
            if not releases:
                return _not_checked(package, "its recipe lists no release of the project")
            return self._compared(meaning, releases)
        except SpackPyPIError as failure:
            return _not_checked(package, str(failure))

    def _compared(self, meaning: Meaning, releases: _Releases) -> Checked:
        found: list[Diagnostic] = []
        unconfirmed: list[Diagnostic] = []
        for text, declared in releases.items():
            if declared is None:
                gone = "the index has no such release"
                found.append(
                    Diagnostic("not-on-index", Severity.NOTE, meaning.package, (text,), text=gone)
                )
                continue
            if not declared.metadata.confirmed:
                unconfirmed.append(
                    Diagnostic(
                        "unconfirmed-metadata",
                        Severity.WARNING,
                        meaning.package,
                        (text,),
                        text=f"not checked: {declared.metadata.problem}",
                    )
                )
            found += archive(meaning, text, declared)
            found += self._comparison.dependencies(meaning, text, declared)
        left_out = {version for each in unconfirmed for version in each.versions}
        versions = tuple(text for text in releases if text not in left_out)
        return Checked(meaning.package, versions, (*unconfirmed, *grouped(found)))


def _not_checked(package: str, reason: str) -> Checked:
    return Checked(package, (), (error("not-checked", package, f"not checked: {reason}"),))


def archive(meaning: Meaning, text: str, declared: Expected) -> Iterator[Diagnostic]:
    """What is wrong with the archive that a recipe names for one of its versions."""
    version = next(v for v in meaning.versions if v.text == text)
    files = declared.release.files
    about = About(meaning.package, text)
    hashes = {file.name: file.sha256 for file in files}
    expected = hashes.get(version.archive)
    if version.archive and expected is None:
        sdist = declared.release.sdist
        there = replace(
            about, declared=sdist.name if sdist else "no sdist", recipe=version.archive
        )
        yield there.found("wrong-archive", Severity.ERROR)
    elif expected and version.sha256 and expected != version.sha256:
        there = replace(about, declared=expected, recipe=version.sha256)
        yield there.found("wrong-checksum", Severity.ERROR)
    if files and all(file.yanked is not None for file in files):
        reason = f": {files[0].yanked}" if files[0].yanked else ""
        phrase = f"the release was withdrawn{reason}; mark it as deprecated"
        yield _said(about, "yanked", phrase)
    if declared.vulnerabilities:
        names = ", ".join(declared.vulnerabilities)
        yield _said(about, "vulnerable", f"reported as vulnerable: {names}")


def _said(about: About, code: str, text: str) -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, about.package, (about.version,), text=text)


def _looked_at(meaning: Meaning, every_version: bool) -> list[DeclaredVersion]:
    """The versions, newest first; pre-releases last, which are the newest of nothing else."""
    known: dict[DeclaredVersion, Version] = {}
    for version in meaning.versions:
        number = meant(version.text)
        if number is not None and not version.branch and not version.deprecated:
            known[version] = number
    usable = sorted(known, key=lambda v: (not known[v].is_prerelease, known[v]), reverse=True)
    return usable if every_version else usable[:1]

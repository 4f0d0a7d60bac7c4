"""``check``: compare recipes, ours or anyone's, with the metadata of the releases they list."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import (
    Callable,
    Optional,
    Union,
)

from packaging.utils import canonicalize_name
from packaging.version import Version

from ...errors import HostError, SpackPyPIError, UnknownProject
from ...host.port import DeclaredVersion, Host, Meaning
from ...pypi.model import Index, Source
from ...pypi.static import with_static_requirements
from ...translate.builds import builds
from ...translate.spelling import meant
from .comparison import ERROR, NOTE, Comparison, Expected, Finding


@dataclass(frozen=True)
class Checked:
    """The outcome for one package: its ``versions`` that were checked, and those that could not
    be (``unchecked``), with the reason: nothing tells what they require, or nothing confirms it,
    and what was found all the same is noted. ``problem`` says why none could be."""

    package: str
    versions: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    problem: str = ""
    unchecked: Mapping[str, str] = field(default_factory=dict)

    @property
    def told(self) -> tuple[Finding, ...]:
        """The findings, with a note for whatever could not be checked."""
        reasons: list[tuple[tuple[str, ...], str]] = []
        reasons += [((), self.problem)] if self.problem else []
        reasons += [((version,), reason) for version, reason in self.unchecked.items()]
        notes = [
            Finding(self.package, versions, NOTE, "not checked", "", reason, "")
            for versions, reason in reasons
        ]
        return (*notes, *self.findings)


#: What the releases declare that are looked at, by version as the recipe spells it; None for one
#: that the index does not list (any more).
_Releases = dict[str, Optional[Expected]]
#: What the index is asked, or why nothing was.
_Pending = Union["Future[_Releases | None]", SpackPyPIError]


def check(
    host: Host,
    index: Index,
    packages: Sequence[str],
    *,
    every_version: bool = False,
    only: Sequence[str] = (),
    connections: int = 8,
    progress: Callable[[str], None] = lambda package: None,
) -> Iterator[Checked]:
    """Compare the recipes of these packages with the index, one after the other; the newest
    release of each, or all that its recipe lists, or ``only`` some of them."""
    checker = _Checker(host, index, only)
    with ThreadPoolExecutor(connections, thread_name_prefix="index") as pool:

        def start(package: str) -> tuple[str, Meaning | None, _Pending]:
            try:
                meaning = host.evaluator.meaning(package)
            except SpackPyPIError as error:
                return package, None, error
            project = host.repos.project_of(package)
            if project is None:
                return package, None, HostError("it stands for no project of an index")
            return package, meaning, pool.submit(checker.ask, project, meaning, every_version)

        # A few recipes ahead: enough to keep the connections busy, not all of them in memory.
        ahead: deque[tuple[str, Meaning | None, _Pending]] = deque()
        for package in packages:
            ahead.append(start(package))
            if len(ahead) > connections:
                progress(ahead[0][0])
                yield checker.judge(*ahead.popleft())
        while ahead:
            progress(ahead[0][0])
            yield checker.judge(*ahead.popleft())


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
            return Checked(package, problem=str(asked))
        try:
            releases = asked.result()
            if releases is None:
                return Checked(package, problem="the index has no project of this name")
            if not releases:
                return Checked(package, problem="its recipe lists no release that could be")
            return self._compared(meaning, releases)
        except SpackPyPIError as error:
            return Checked(package, problem=str(error))

    def _compared(self, meaning: Meaning, releases: _Releases) -> Checked:
        found: list[Finding] = []
        unchecked: dict[str, str] = {}
        for text, declared in releases.items():
            if declared is None:
                gone = Finding(meaning.package, (text,), NOTE, "not on the index", "", "", text)
                found.append(gone)
                continue
            if not declared.metadata.confirmed:
                unchecked[text] = declared.metadata.problem
            found += archive(meaning, text, declared)
            found += self._comparison.dependencies(meaning, text, declared)
        versions = tuple(text for text in releases if text not in unchecked)
        return Checked(meaning.package, versions, tuple(_grouped(found)), unchecked=unchecked)


def archive(meaning: Meaning, text: str, declared: Expected) -> Iterator[Finding]:
    """What is wrong with the archive that a recipe names for one of its versions."""
    version = next(v for v in meaning.versions if v.text == text)
    files = declared.release.files

    def finding(kind: str, here: str, recipe: str) -> Finding:
        return Finding(meaning.package, (text,), ERROR, kind, "", here, recipe)

    hashes = {file.name: file.sha256 for file in files}
    expected = hashes.get(version.archive)
    if version.archive and expected is None:
        sdist = declared.release.sdist
        yield finding("archive", sdist.name if sdist else "no sdist", version.archive)
    elif expected and version.sha256 and expected != version.sha256:
        yield finding("checksum", expected, version.sha256)
    if files and all(file.yanked is not None for file in files):
        yield finding("yanked", files[0].yanked or "no reason given", "")
    if declared.vulnerabilities:
        yield finding("vulnerable", ", ".join(declared.vulnerabilities), "")


def _looked_at(meaning: Meaning, every_version: bool) -> list[DeclaredVersion]:
    """The versions, newest first; pre-releases last, which are the newest of nothing else."""
    known: dict[DeclaredVersion, Version] = {}
    for version in meaning.versions:
        number = meant(version.text)
        if number is not None and not version.branch and not version.deprecated:
            known[version] = number
    usable = sorted(known, key=lambda v: (not known[v].is_prerelease, known[v]), reverse=True)
    return usable if every_version else usable[:1]


def _grouped(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The same finding of several versions once."""
    versions: dict[Finding, list[str]] = {}
    for finding in findings:
        same = versions.setdefault(replace(finding, versions=()), [])
        same += [version for version in finding.versions if version not in same]
    for finding, which in versions.items():
        yield replace(finding, versions=tuple(which))

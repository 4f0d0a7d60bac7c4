"""``check``: compare recipes, ours or anyone's, with the metadata of the releases they list."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import (
    Callable,
    Deque,
    Dict,
    Iterable,
    Iterator,
    List,
    Optional,
    Sequence,
    Tuple,
    Union,
)

from packaging.utils import canonicalize_name
from packaging.version import Version

from ..errors import HostError, IndexFailure, SpackPyPIError, UnknownProject
from ..host.port import DeclaredVersion, Host, Meaning
from ..pypi.model import Index, Metadata, Project, Release, Source
from ..pypi.static import with_static_requirements
from ..translate.builds import builds
from . import oracle
from .comparison import ERROR, Comparison, Declared, Finding


@dataclass(frozen=True)
class Checked:
    """The outcome for one package; ``problem`` says why it could not be checked."""

    package: str
    versions: Tuple[str, ...] = ()
    findings: Tuple[Finding, ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class _Facts:
    """What the index says of a project and of those releases that are looked at."""

    project: Optional[Project]
    releases: Dict[str, Release]
    metadata: Dict[str, Metadata]
    builds: Dict[str, Tuple[str, ...]]
    vulnerabilities: Dict[str, Tuple[str, ...]]


#: What the index is asked, or why nothing was.
_Asked = Union["Future[_Facts]", SpackPyPIError]


def check(
    host: Host,
    index: Index,
    packages: Sequence[str],
    *,
    every_version: bool = False,
    connections: int = 8,
    progress: Callable[[str], None] = lambda package: None,
) -> Iterator[Checked]:
    """Compare the recipes of these packages with the index, one after the other; the newest
    release of each, or all that its recipe lists."""
    checker = _Checker(host, index)
    with ThreadPoolExecutor(connections, thread_name_prefix="index") as pool:

        def start(package: str) -> Tuple[str, Optional[Meaning], "_Asked"]:
            try:
                meaning = host.meaning(package)
            except SpackPyPIError as error:
                return package, None, error
            project = host.project_of(package)
            if project is None:
                return package, None, HostError("it stands for no project of an index")
            return package, meaning, pool.submit(checker.ask, project, meaning, every_version)

        # A few recipes ahead: enough to keep the connections busy, not all of them in memory.
        ahead: Deque[Tuple[str, Optional[Meaning], _Asked]] = deque()
        for package in packages:
            ahead.append(start(package))
            if len(ahead) > connections:
                progress(ahead[0][0])
                yield checker.judge(*ahead.popleft())
        while ahead:
            progress(ahead[0][0])
            yield checker.judge(*ahead.popleft())


def packages(
    host: Host, names: Sequence[str], repo: Optional[str], namespace: Optional[str]
) -> List[str]:
    """The packages that are meant: by name of package or project, or all of a repo.

    Raises `HostError` for a name that no registered repo knows.
    """
    every = host.packages_in(namespace, repo)
    if not names:
        return list(every)
    found = []
    for name in names:
        package = host.package_for(canonicalize_name(name)) or host.package(name)
        if package is None:
            raise HostError(f"no registered repo has a package for '{name}'")
        found.append(package.name)
    return found


class _Checker:
    def __init__(self, host: Host, index: Index) -> None:
        self._index = index
        self._comparison = Comparison(host, index)

    # --- what the index says (in any thread) ------------------------------------------------

    def ask(self, project: str, meaning: Meaning, every_version: bool) -> _Facts:
        """Everything that has to be asked for one package. Raises `IndexFailure`."""
        try:
            page = self._index.project(project)
        except UnknownProject:
            return _Facts(None, {}, {}, {}, {})
        by_version = {release.version: release for release in page.releases}
        facts = _Facts(page, {}, {}, {}, {})
        for declared in _looked_at(meaning, every_version):
            version = oracle.version_of(declared.text)
            release = by_version.get(version) if version else None
            if release is None:
                continue
            source = self._index.source(release) if release.sdist else Source()
            metadata = with_static_requirements(self._index.metadata(release), source)
            facts.releases[declared.text] = release
            facts.metadata[declared.text] = metadata
            facts.vulnerabilities[declared.text] = self._index.vulnerabilities(release)
            # A wheel is built already.
            if release.sdist and not source.problem and not declared.archive.endswith(".whl"):
                facts.builds[declared.text] = builds(source, release).requirements
        return facts

    # --- the comparison -----------------------------------------------------------------------

    def judge(self, package: str, meaning: Optional[Meaning], asked: "_Asked") -> Checked:
        """Compare; what could not be asked becomes a problem."""
        if isinstance(asked, SpackPyPIError) or meaning is None:
            return Checked(package, problem=str(asked))
        try:
            facts = asked.result()
            if facts.project is None:
                return Checked(package, problem="the index has no project of this name")
            found: List[Finding] = []
            texts = tuple(facts.releases)
            for text in texts:
                found += self._archive(meaning, text, facts)
                declared = Declared(
                    facts.project.name, facts.metadata[text], facts.builds.get(text)
                )
                found += self._comparison.dependencies(meaning, text, declared)
        except IndexFailure as error:
            return Checked(package, problem=str(error))
        return Checked(package, texts, tuple(_grouped(found)))

    def _archive(self, meaning: Meaning, text: str, facts: _Facts) -> Iterator[Finding]:
        declared = next(v for v in meaning.versions if v.text == text)
        release = facts.releases[text]

        def finding(kind: str, here: str, recipe: str) -> Finding:
            return Finding(meaning.package, (text,), ERROR, kind, "", here, recipe)

        names = {file.name: file.sha256 for file in release.files}
        if declared.archive and declared.archive not in names:
            sdist = release.sdist.name if release.sdist else "no sdist"
            yield finding("archive", sdist, declared.archive)
        elif declared.sha256 and declared.archive in names:
            if names[declared.archive] and names[declared.archive] != declared.sha256:
                yield finding("checksum", names[declared.archive], declared.sha256)
        if release.files and all(file.yanked is not None for file in release.files):
            if not declared.deprecated:
                yield finding("yanked", release.files[0].yanked or "no reason given", "")
        if facts.vulnerabilities[text] and not declared.deprecated:
            yield finding("vulnerable", ", ".join(facts.vulnerabilities[text]), "")


def _looked_at(meaning: Meaning, every_version: bool) -> List[DeclaredVersion]:
    usable = [
        version
        for version in meaning.versions
        if not version.branch and not version.deprecated and oracle.version_of(version.text)
    ]
    usable.sort(key=lambda version: Version(version.text), reverse=True)
    return usable if every_version else usable[:1]


def _grouped(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The same finding of several versions once."""
    versions: Dict[Finding, List[str]] = {}
    for finding in findings:
        same = versions.setdefault(replace(finding, versions=()), [])
        same += [version for version in finding.versions if version not in same]
    for finding, which in versions.items():
        yield replace(finding, versions=tuple(which))

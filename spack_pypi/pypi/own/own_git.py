"""The releases of a git repository: its tags that are versions, and a branch."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from pathlib import Path

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from ...errors import FileFailure, UnknownProject, UsageError
from .. import metadata as core_metadata
from ..archives import tree_metadata
from ..branches import version_of
from ..limits import is_short
from ..model import File, GitReference, IndexOrigin, Metadata, Project, Release, Source
from .backend import Backends
from .git_repository import COMMIT, References, Repository
from .own_index import OwnIndex
from .trees import Trees

#: Patterns of words that may stand before a version in a tag, beside names.
_OTHER_WORDS = ("releases?", "versions?", "ver", "rel")
_READMES = ("README.md", "README.rst", "README.txt", "README")


@dataclass
class OwnRepository(OwnIndex):
    """The one project in a ``folder`` of a repository. Of its ``releases`` each has one file: a
    tree. Its build backend is asked by ``backends`` for what a tree does not say; if that is None,
    it is not."""

    name: str
    repository: Repository
    folder: str
    releases: tuple[Release, ...]
    trees: Trees

    @property
    def identity(self) -> str:
        return f"{self.repository.address}#{self.folder}"

    def has(self, project: str) -> bool:
        return project == self.name

    def project(self, name: str) -> Project:
        if not self.has(canonicalize_name(name)):
            raise UnknownProject(name)
        return Project(self.name, self.releases)

    def mark(self, project: str) -> str | None:
        named = [f"{each.version} {_at(each).commit}" for each in self.releases]
        return " ".join(named) if self.has(project) else ""

    def metadata(self, release: Release) -> Metadata:
        reason = self._why_not(release)
        if reason:
            return core_metadata.unknown(release, reason)
        found = self.trees.metadata(_at(release), release.version)
        return replace(found, project=self.name)

    def source(self, release: Release) -> Source:
        reason = self._why_not(release)
        if reason:
            return Source(problem=reason)
        return self.trees.source(_at(release), release.version, self.name)

    def _why_not(self, release: Release) -> str:
        """Why what is there is not this release; empty if it is. For a folder the tag may be that
        of another project of the repository: its files say which version they are."""
        at = _at(release)
        if not at.commit:
            return f"the repository has no {_called(at)}"
        project = self.trees.metadata(at, release.version).project
        if project not in ("", self.name):
            return f"there the project is called {project}"
        if not (self.folder and at.tag):
            return ""
        said = self.trees.written_version(at, self.name)
        version = _version(said)
        if version is None or not any(version.release):  # 0.0.0 is replaced when it is built
            own = self._own_tags
            if not own or at.tag in own.values():
                return ""
            return f"its files say no version, and other tags have its name ({own[max(own)]})"
        same = Version(version.base_version) == Version(release.version.base_version)
        return "" if same else f"its files say that it is version {said}"

    @cached_property
    def _own_tags(self) -> Mapping[Version, str]:
        return own_tags(self.repository.references.tags, self.name, self.folder)

    def licenses(self, release: Release) -> Mapping[str, str]:
        return self.trees.contents(_at(release)).licenses

    def page_url(self, project: str) -> str:
        """The address of the repository, if it is one of the web."""
        address = self.repository.address
        return address.removesuffix(".git") if address.startswith("https:") else ""

    def origin(self, project: str) -> IndexOrigin:
        places = [_at(each) for each in self.releases]
        said = [text for at in places if not at.branch for text in (at.tag, at.commit) if text][:2]
        said += [at.branch for at in places if at.branch]
        return IndexOrigin(
            self.repository.address,
            by_place=tuple(said),
            git=True,
            folder=self.folder,
            pushed=self.repository.pushed,
            checked_out=self.repository.checked_out,
        )

    @property
    def readmes(self) -> Sequence[str]:
        """The README files of its newest state."""
        at = _at(self.releases[0])
        self.trees.contents(at)  # the commit is there then
        return [self.repository.text(at.commit, name) for name in _READMES]

    def download(self, project: str, file: File, to: Path) -> None:
        raise FileFailure(file.url, "a tree of a repository is not an archive")


def opened(
    repository: Repository,
    wanted: str,
    folder: str,
    expected: str,
    backends: Backends | None = None,
) -> OwnRepository:
    """The project in a folder of a repository, at the tag, branch or commit that is ``wanted``; if
    that is empty, at all tags that are versions and the default branch. What is not written there
    is asked of ``backends``, if there are any. Raises `UsageError` where nothing of this is there,
    or it is another project than ``expected``."""
    known = repository.references
    at = _meant(known, wanted, repository.address)
    trees = Trees(repository, folder, backends, expected)
    found = trees.metadata(at, Version("0"))
    where = repository.address + (f" (folder {folder})" if folder else "")
    if not found.project:
        nothing = found.problem == tree_metadata.NO_PROJECT
        way_out = ": name the folder that has one (#subdirectory=FOLDER)" if nothing else ""
        raise UsageError(f"{where} cannot be read: {found.problem}{way_out}")
    if expected and found.project != expected:
        raise UsageError(f"{where} is the project {found.project}, not {expected}")
    if at.branch:
        by_version = {version_of(at.branch): at}
        if not wanted:
            tags = version_tags(known.tags, found.project, folder)
            by_version.update({v: GitReference(known.tags[t], tag=t) for v, t in tags.items()})
    elif not at.tag:
        by_version = {_written(trees, at, known, found.project): at}
    else:
        # Of a commit that is named, all tags; of these, the newest version.
        same = [at.tag] if wanted == at.tag else [t for t, c in known.tags.items() if c == wanted]
        tags = version_tags(same, found.project, folder)
        if not tags:
            reason = "is not a version that Spack can order"
            raise UsageError(f"the tag '{at.tag}' of {where} {reason}")
        newest = max(tags)
        by_version = {newest: GitReference(at.commit, tag=tags[newest])}
    releases = [
        Release(found.project, version, (_file(repository.address, version, by_version[version]),))
        for version in sorted(by_version, reverse=True)
    ]
    return OwnRepository(found.project, repository, folder, tuple(releases), trees)


def stated(
    repository: Repository,
    project: str,
    folder: str,
    declared: Mapping[Version, GitReference],
    backends: Backends | None = None,
) -> OwnRepository:
    """The project whose recipe names a repository: what is ``declared`` there, where it is now,
    and all tags that are versions. Of a tag or a branch that is there no more the commit is
    empty, and nothing is known of it. Raises `FileFailure`."""
    known = repository.references
    tags = version_tags(known.tags, project, folder)
    by_version = {version: GitReference(known.tags[tag], tag=tag) for version, tag in tags.items()}
    by_version.update({version: _now(known, at) for version, at in declared.items()})
    releases = [
        Release(project, version, (_file(repository.address, version, by_version[version]),))
        for version in sorted(by_version, reverse=True)
    ]
    trees = Trees(repository, folder, backends, project)
    return OwnRepository(project, repository, folder, tuple(releases), trees)


def _now(known: References, at: GitReference) -> GitReference:
    """Where a tag or a branch is now; a commit that was named without a tag is where it was. Git
    takes the name of a tag for that of a branch, too."""
    if at.tag:
        return replace(at, commit=known.tags.get(at.tag, ""))
    if at.branch and not at.commit:
        commit = known.branches.get(at.branch) or known.tags.get(at.branch, "")
        return replace(at, commit=commit)
    tag = next((tag for tag, commit in known.tags.items() if commit == at.commit), "")
    return GitReference(at.commit, tag)


def _meant(known: References, wanted: str, address: str) -> GitReference:
    name = wanted or known.default
    if not (known.branches or known.tags):
        raise UsageError(f"{address} has no commit, or is not the address of a git repository")
    if not name:
        raise UsageError(f"{address} has no default branch: name one (@BRANCH)")
    if wanted in known.tags:
        return GitReference(known.tags[wanted], tag=wanted)
    if name in known.branches:
        return GitReference(known.branches[name], branch=name)
    if COMMIT.fullmatch(wanted):
        tag = next((tag for tag, commit in known.tags.items() if commit == wanted), "")
        return GitReference(wanted, tag=tag)
    raise UsageError(f"{address} has no branch or tag '{name}'")


def _written(trees: Trees, at: GitReference, known: References, project: str) -> Version:
    """The version of a commit that has no tag: the one that its files say. Raises `UsageError` for
    one that is not this commit's alone, or that Spack cannot order."""
    said = trees.written_version(at, project)
    version = _version(said) if is_short(said) else None
    reason = ""
    if not said:
        reason = "its files do not say its version"
    elif version is None or not _is_ordered(version):
        reason = f"its files say version {said[:80]}, which Spack cannot order"
    else:
        tag = version_tags(known.tags, project, trees.folder).get(version)
        reason = f"its files say version {version}, which is the tag {tag}" if tag else ""
    if version is None or reason:
        raise UsageError(
            f"{at.commit} is not the commit of a tag of {trees.repository.address}, and {reason}: "
            "name a tag or a branch"
        )
    return version


def _is_ordered(version: Version) -> bool:
    """Whether Spack has an order for a version."""
    return not (version.epoch or version.local or version.is_devrelease)


def _called(at: GitReference) -> str:
    return f"tag '{at.tag}'" if at.tag else f"branch '{at.branch}'"


def _file(address: str, version: Version, at: GitReference) -> File:
    return File(at.tag or at.branch or at.commit, address, version, False, git=at)


def _at(release: Release) -> GitReference:
    assert release.git is not None
    return release.git


def version_tags(tags: Iterable[str], project: str, folder: str = "") -> dict[Version, str]:
    """The tags that are versions which Spack can order, by version: ``v1.2.3``, ``1.2.3``,
    ``release-1.2.3``, or with the name of the project or its folder. Of several tags of a version
    the shortest counts.

    Those with the name of a project in a folder are its `own_tags`, and count before others."""
    given = [*tags]
    names = [_pattern(name) for name in (project, folder) if name]
    found = _tags_with(f"{_named([*names, *_OTHER_WORDS])}?", given)
    return {**found, **own_tags(given, project, folder)}


def own_tags(tags: Iterable[str], project: str, folder: str) -> dict[Version, str]:
    """The tags with the name of a project in a folder, or the last words of it (``pool-1.2.3`` of
    psycopg-pool), by version. If there are any, others may be those of another project of the
    repository. None if the project is not in a folder."""
    if not folder:
        return {}
    parts = map(_parts, (project, folder, posixpath.basename(folder)))
    return _tags_with(_named([*chain(*parts)]), tags)


def _parts(name: str) -> list[str]:
    """Patterns of a name, and of its last words as far as they are names by themselves."""
    words = re.split("[-_.]+", name)
    starts = [i for i, word in enumerate(words) if i == 0 or re.match("[a-z]{2}", word, re.I)]
    return [_pattern("-".join(words[i:])) for i in starts]


def _pattern(name: str) -> str:
    return "[-_.]+".join(map(re.escape, re.split("[-_.]+", name)))


def _named(patterns: Sequence[str]) -> str:
    return f"(?:(?:{'|'.join(patterns)})(?:==|[-_/@.])?)"


def _tags_with(prefix: str, tags: Iterable[str]) -> dict[Version, str]:
    """The tags of versions behind a prefix, which is a pattern."""
    form = re.compile(rf"{prefix}v?\.?(\d\S*)", re.I)
    found: dict[Version, str] = {}
    for tag in sorted(tags, key=lambda tag: (-len(tag), tag)):
        match = form.fullmatch(tag) if is_short(tag) else None
        version = _version(match[1]) if match else None
        if version and _is_ordered(version):
            found[version] = tag
    return found


def _version(text: str) -> Version | None:
    for form in (text, text.replace("_", ".")):
        try:
            return Version(form)
        except InvalidVersion:
            continue
    return None

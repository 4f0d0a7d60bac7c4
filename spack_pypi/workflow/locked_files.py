"""Whether the archives that are written are those that a lock file names.

A lock file has the hashes of the files that were there when it was made. An index that has others
now, under the same version, may serve what somebody else put there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from packaging.version import InvalidVersion, Version

from ..diagnostics import Diagnostic, Severity
from ..errors import SpackPyPIError, some_of
from ..pypi.for_one_python import published
from ..pypi.model import File, Index, Project
from .plan import PlannedRecipe
from .requirement_files.hashes import LockedFiles

#: Digits of a hash that a message shows, and wrong files that it names.
_SHOWN, _MOST_NAMED = 12, 3


class Compared(NamedTuple):
    """What comparing found: files that are ``wrong``, and ``diagnostics`` of versions that are not
    compared."""

    wrong: Sequence[str] = ()
    diagnostics: Sequence[Diagnostic] = ()


def compare(
    index: Index, page: Project, recipe: PlannedRecipe, listed: Sequence[LockedFiles]
) -> Compared:
    """Compare the files of each locked release that a recipe is written for with what lock files
    list of it. ``page`` may be without wheels that nothing is read of (`Release.essential`)."""
    wrong: list[str] = []
    diagnostics: list[Diagnostic] = []

    def not_compared(version: str, text: str) -> None:
        code, versions = "hash-not-compared", (version,)
        diagnostics.append(Diagnostic(code, Severity.WARNING, recipe.package, versions, text=text))

    written = {published(version) for version in recipe.releases}
    for locked in listed:
        version = _version(locked.version)
        if version not in written or all(f.git for f in _files(page, version)):
            continue
        sha256 = {each.digest for each in locked.hashes if each.algorithm == "sha256"}
        if not sha256:
            names = ", ".join(sorted({each.algorithm for each in locked.hashes}))
            reason = f"{locked.where} lists {names[:80]}, and the index gives sha256"
            not_compared(locked.version, reason)
            continue
        files = _files(page, version)
        if not any(file.sha256 in sha256 for file in files):
            files = _files(index.project(recipe.project), version)
        wrong += _wrong(locked, files, index.origin(recipe.project).index, recipe.project)
        used = [file for file in files if file.sha256 and file.sha256 in recipe.text]
        lacking = [file.name for file in used if file.sha256 not in sha256]
        if lacking:
            reason = f"{locked.where} lists other files of this version, but no hash of"
            not_compared(locked.version, f"{reason} {some_of(lacking, _MOST_NAMED)}")
    return Compared(wrong, diagnostics)


def check(compared: Sequence[Compared]) -> None:
    """Raise `SpackPyPIError` where a file is wrong."""
    wrong = [text for each in compared for text in each.wrong]
    if wrong:
        more = len(wrong) - _MOST_NAMED
        said = "; ".join([*wrong[:_MOST_NAMED], *([f"{more} more differ"] if more > 0 else [])])
        raise SpackPyPIError(
            f"{said}: nothing is written; name the index that it was locked from with "
            "--index-url, or, if the files were replaced on purpose, lock again"
        )


def _wrong(locked: LockedFiles, files: Sequence[File], index: str, project: str) -> Iterator[str]:
    """The files that have another hash than the lock file lists."""
    by_name: dict[str, list[str]] = {}
    for name, algorithm, digest in locked.hashes:
        if algorithm == "sha256":
            by_name.setdefault(name, []).append(digest)
    every = [digest for digests in by_name.values() for digest in digests]
    differing = [
        file
        for file in files
        if file.name in by_name and file.sha256 and file.sha256 not in by_name[file.name]
    ]
    for file in differing:
        listed, now = _shown(by_name[file.name]), _shown([file.sha256])
        yield f"{locked.where} lists {file.name} with {listed}, and {index} gives {now}"
    there = [file for file in files if file.sha256]
    if not differing and not any(file.sha256 in every for file in there):
        first = f", such as {there[0].name} with {_shown([there[0].sha256])}" if there else ""
        release = f"{project} {locked.version}"
        yield (
            f"{locked.where} lists {release} with {_shown(every)}, and {index} has only other "
            f"files of it{first}"
        )


def _shown(digests: Sequence[str]) -> str:
    """The beginning of hashes, for a message."""
    first = digests[0]
    short = f"{first[:_SHOWN]}..." if len(first) > _SHOWN else first
    return f"sha256 {short}" + (f" and {len(digests) - 1} more" if len(digests) > 1 else "")


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def _files(page: Project, version: Version | None) -> list[File]:
    """The files of a release, of all that count as one for one Python each."""
    return [
        file
        for release in page.releases
        if published(release.version) == version
        for file in release.files
    ]

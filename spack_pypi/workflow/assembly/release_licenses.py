"""The licence of each release that a recipe lists, and what there is to say about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from packaging.version import Version

from ...diagnostics import Diagnostic, Severity
from ...errors import IndexFailure, NotFetched
from ...pypi.model import Metadata
from ...resolve.resolution import Resolution
from ...translate.licenses import (
    NONE_NAMED,
    Stated,
    in_files,
    in_metadata,
    in_metadata_for_sure,
)
from ..newest_release import license_by, newest_above


def stated(
    resolution: Resolution, project: str, versions: Iterable[Version]
) -> Mapping[Version, Stated]:
    """The licences of releases: by their metadata and, where it leaves a doubt, by the files of
    their archives, which are only read then. Where none of them says anything, that of the
    project's newest release."""
    metadata = {each: resolution.declared(project, each).metadata for each in versions}
    found = {version: in_metadata_for_sure(each) for version, each in metadata.items()}
    unclear = [version for version, each in found.items() if each is None]
    releases = [resolution.release(project, version) for version in unclear]
    read = dict(zip(unclear, resolution.catalog.facts.texts.license_files(releases)))
    said: dict[Version, Stated] = {}
    for version, known in found.items():
        files = read.get(version)
        if known is not None or files is None:
            said[version] = known or Stated()
        elif isinstance(files, IndexFailure):
            # What did not arrive is an error of its own.
            damaged = not isinstance(files, NotFetched)
            problem = f"its files cannot be read: {files.with_name}"
            unread = Stated(problem=problem, is_unread=damaged)
            said[version] = in_metadata(metadata[version]) or unread
        else:
            said[version] = in_files(metadata[version], files)
    if said and all(each.problem == NONE_NAMED for each in said.values()):
        newest = _of_newest(resolution, project, said)
        return dict.fromkeys(said, newest) if newest else said
    return said


def _of_newest(resolution: Resolution, project: str, versions: Iterable[Version]) -> Stated | None:
    facts = resolution.catalog.facts
    page = facts.page(project)
    release = newest_above(page, versions) if page is not None else None
    evidence = facts.texts.license_evidence(release) if release is not None else None
    return license_by(release, *evidence) if release and evidence else None


def contradictions(stated: Mapping[str, Stated]) -> Mapping[str, Sequence[str]]:
    """What a new recipe says of licences that are stated differently, by version text."""
    said = {version: each.contradiction for version, each in stated.items()}
    return {version: [text] for version, text in said.items() if text}


def licenses_by_metadata(
    resolution: Resolution, project: str, spelled: Mapping[Version, str]
) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """By new version of an existing recipe, as ``spelled`` there, the licence that the metadata
    of the release leaves no doubt about, and that of the nearest release which is listed."""
    new, old = {}, {}
    page = resolution.catalog.facts.page(project)
    for version, text in spelled.items():
        before = resolution.package(project).predecessor(page, version)
        declared = resolution.catalog.declared(before) if before is not None else None
        if declared is not None:
            new[text] = _certain(resolution.declared(project, version).metadata)
            old[text] = _certain(declared.metadata)
    return new, old


def _certain(metadata: Metadata) -> str:
    known = in_metadata(metadata)
    return known.expression if known is not None else ""


def license_notes(
    resolution: Resolution,
    project: str,
    package: str,
    spelled: Mapping[Version, str],
    unread: Severity,
) -> list[Diagnostic]:
    """What there is to say about the licences of a new recipe: which file says one that the
    metadata does not, and why there is none; ``unread`` is the severity where a damaged file may
    say it. ``spelled`` are its releases, as it spells their versions."""
    versions: dict[tuple[str, Severity, str], list[str]] = {}
    for version, each in stated(resolution, project, spelled).items():
        if each.problem:
            severity = unread if each.is_unread else Severity.NOTE
            key = ("no-license", severity, each.problem)
            versions.setdefault(key, []).append(spelled[version])
        elif each.file:
            text = f"{each.expression}, by {each.sources}"
            text += f"; {each.remark}" if each.remark else ""
            key = ("recognised-license", Severity.NOTE, text)
            versions.setdefault(key, []).append(spelled[version])
    return [
        Diagnostic(
            code,
            severity,
            package,
            tuple(concerned) if len(concerned) < len(spelled) else (),
            project,
            text,
        )
        for (code, severity, text), concerned in versions.items()
    ]

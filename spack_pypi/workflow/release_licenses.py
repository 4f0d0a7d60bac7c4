"""The licence of each release that a recipe lists, and what there is to say about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from packaging.version import Version

from ..diagnostics import Diagnostic, Severity
from ..errors import IndexFailure
from ..resolve.resolution import Resolution
from ..translate.licenses import Stated, in_files, in_metadata


def stated(
    resolution: Resolution, project: str, versions: Iterable[Version]
) -> Mapping[Version, Stated]:
    """The licences of releases: by their metadata and, where it leaves a doubt, by the files of
    their archives, which are only read then."""
    metadata = {each: resolution.declared(project, each).metadata for each in versions}
    found = {version: in_metadata(each) for version, each in metadata.items()}
    unclear = [version for version, each in found.items() if each is None]
    releases = [resolution.release(project, version) for version in unclear]
    read = dict(zip(unclear, resolution.catalog.facts.license_files(releases)))
    said: dict[Version, Stated] = {}
    for version, known in found.items():
        files = read.get(version)
        if known is not None or files is None:
            said[version] = known or Stated()
        elif isinstance(files, IndexFailure):
            said[version] = Stated(problem=f"its files cannot be read: {files.reason}")
        else:
            said[version] = in_files(metadata[version], files)
    return said


def license_notes(
    resolution: Resolution, project: str, package: str, spelled: Mapping[Version, str]
) -> list[Diagnostic]:
    """Notes on the licences of a new recipe: which file says one that the metadata does not, and
    why there is none. ``spelled`` are its releases, as it spells their versions."""
    versions: dict[tuple[str, str], list[str]] = {}
    for version, each in stated(resolution, project, spelled).items():
        if each.problem:
            versions.setdefault(("no-license", each.problem), []).append(spelled[version])
        elif each.file:
            text = f"{each.expression}, by the text of {each.file}"
            versions.setdefault(("recognised-license", text), []).append(spelled[version])
    return [
        Diagnostic(
            code,
            Severity.NOTE,
            package,
            tuple(concerned) if len(concerned) < len(spelled) else (),
            project,
            text,
        )
        for (code, text), concerned in versions.items()
    ]

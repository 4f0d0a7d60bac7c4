"""What releases say of their licence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ...errors import IndexFailure
from ...pypi.model import Index, Metadata, Project
from ...translate import license_comparison, licenses
from ...translate.licenses import NONE_NAMED, Stated
from ..newest_release import license_by, newest_above
from .model import Cited
from .says import ReleaseSays

_Said = tuple[Sequence[Cited], Stated]


class Licences:
    """The licences of ``releases`` of a ``project``, which are all that a recipe lists."""

    def __init__(self, index: Index, project: Project, releases: Sequence[ReleaseSays]) -> None:
        self._index, self._project, self._releases = index, project, releases

    def of(self, releases: Iterable[ReleaseSays], written: str) -> Mapping[str, _Said]:
        """The licence of each of these releases, by version, and what says so; where no release
        of the recipe states one, that of the project's newest release, if it is the ``written``
        one."""
        known = {says.version: self.own(says) for says in releases}
        silent = all(self.own(each)[1].problem == NONE_NAMED for each in self._releases)
        newer = self._of_newest() if known and silent else None
        same = newer is not None and license_comparison.same(written, newer[1].expression)
        return dict.fromkeys(known, newer) if newer and same else known

    def own(self, says: ReleaseSays) -> _Said:
        """The licence of a release by what it says itself, and what says so."""
        metadata = says.metadata
        stated = licenses.in_metadata_for_sure(metadata)
        if stated is not None:
            return _field(metadata) if stated.expression else _named(metadata), stated
        try:
            files = self._index.licenses(says.release)
            stated = licenses.in_files(metadata, files)
        except IndexFailure as failure:
            unread = Stated(problem=f"its files cannot be read: {failure.with_name}")
            stated = licenses.in_metadata(metadata) or unread
        else:
            if not (files or stated.expression) and _named(metadata):
                stated = Stated(
                    problem="that is not exactly one, and no file of the archive has it"
                )
        text = f"the text of {stated.file} in the archive"
        found = [Cited(text, stated.expression)] if stated.file else _named(metadata)
        return found, stated

    def _of_newest(self) -> _Said | None:
        listed = [says.release.version for says in self._releases]
        release = newest_above(self._project, listed)
        if release is None:
            return None
        try:
            evidence = self._index.metadata(release), self._index.licenses(release)
        except IndexFailure:
            return None
        stated = license_by(release, *evidence)
        return ([Cited(stated.file, stated.expression)], stated) if stated else None


def _field(metadata: Metadata) -> Sequence[Cited]:
    """The field from which `licenses.in_metadata` has the licence."""
    only = replace(metadata, license="", classifiers=())
    if metadata.license_expression and licenses.in_metadata(only):
        return [Cited("License-Expression", metadata.license_expression)]
    only = replace(metadata, license_expression="", classifiers=())
    in_field = licenses.in_metadata(only)
    if metadata.license and in_field is not None and in_field.expression:
        return [Cited("License", metadata.license.strip().split("\n")[0])]
    return _named(replace(metadata, license=""))


def _named(metadata: Metadata) -> Sequence[Cited]:
    """All that the metadata says of the licence."""
    name = metadata.license.strip().split("\n")[0]
    said = [Cited("License", name)] if name not in ("", "UNKNOWN") else []
    named = [each for each in metadata.classifiers if each.startswith("License ::")]
    return [*said, *(Cited("Classifier", each) for each in named)]

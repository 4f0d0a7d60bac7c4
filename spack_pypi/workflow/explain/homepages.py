"""What releases say of the page of their project."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ...errors import IndexFailure
from ...pypi.model import Index, Metadata, Project
from ...translate.describe import as_page, homepage
from ..newest_release import newest_above
from .model import BY_A_PERSON, Cited, Ground, Verdict
from .says import ReleaseSays


class Homepages:
    """The pages that ``releases`` (newest first) of a ``project`` name, which are all that a
    recipe lists."""

    def __init__(self, index: Index, project: Project, releases: Sequence[ReleaseSays]) -> None:
        self._index, self._project, self._releases = index, project, releases

    def grounds(self, written: str) -> Iterator[Ground]:
        """What the newest release that names a page says of the ``written`` one; where none does,
        the project's newest release, which is only asked for then."""
        naming = [each for each in self._releases if homepage(each.metadata)]
        for says in [*naming, *self._releases][:1]:
            own, named = homepage(says.metadata), _named(says.metadata)
            is_of_index = _is_same(self._index.page_url(self._project.name), written)
            same = [each for each in named if _is_same(each.text, written)]
            if not (same or own or is_of_index):
                same = [each for each in self._of_newest() if _is_same(each.text, written)]
            cited: Sequence[Cited] = same[:1]
            notes: Sequence[str] = ()
            if same:
                verdict = Verdict.EXPLAINED
            elif is_of_index and own:
                verdict, cited, notes = Verdict.DIFFERS, named, [f"the metadata has {own}"]
            elif is_of_index:
                rule = Cited("rule: no other page is named", "the project's page on the index")
                verdict, cited = Verdict.EXPLAINED, [rule]
            elif named:
                chosen = [each for each in named if as_page(each.text) == own][:1]
                verdict, cited, notes = Verdict.DIFFERS, chosen or named, ["it is another page"]
            else:
                verdict, cited, notes = Verdict.UNEXPLAINED, [], [BY_A_PERSON]
            yield Ground(verdict, tuple(cited), tuple(notes), (says.version,))

    def _of_newest(self) -> Sequence[Cited]:
        listed = [says.release.version for says in self._releases]
        release = newest_above(self._project, listed)
        if release is None:
            return ()
        try:
            named = _named(self._index.metadata(release))
        except IndexFailure:
            return ()
        return [replace(each, field=f"{each.field} of {release.version}") for each in named]


def _named(metadata: Metadata) -> Sequence[Cited]:
    """All pages that the metadata names."""
    named = [Cited("Home-page", metadata.home_page)] if metadata.home_page else []
    named += [Cited(f"Project-URL {label}", url) for label, url in metadata.project_urls]
    described = filter(None, (metadata.repository, metadata.documentation))
    return [*named, *(Cited("a link of the description", url) for url in described)]


def _is_same(named: str, written: str) -> bool:
    return written.rstrip("/") in (named.rstrip("/"), as_page(named).rstrip("/"))

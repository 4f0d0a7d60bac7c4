"""The links of a project page in HTML (PEP 503)."""

from __future__ import annotations

import contextlib
from html.parser import HTMLParser
from urllib.parse import urljoin

from ..errors import FileFailure

#: What is read of a link, and the longest tag, characters and ``>``.
_ATTRIBUTES = (
    "href",
    "data-requires-python",
    "data-yanked",
    "data-core-metadata",
    "data-dist-info-metadata",
    "data-upload-time",
    "data-provenance",
)
_LONGEST_TAG, _MOST_ENDS = 1 << 16, 64


class PageLinks(HTMLParser):
    """Collects the ``anchors`` of a page, by the `_ATTRIBUTES` that they have, and what it says of
    itself. `feed` raises `FileFailure` for a tag that is too long."""

    def __init__(self, url: str) -> None:
        super().__init__(convert_charrefs=True)
        self._url = self.base = url
        self.status = "active"
        self.version: str | None = None
        self.anchors: list[dict[str, str | None]] = []
        self.is_page = self._is_within = self._has_whole = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.is_page = self.is_page or tag in ("html", "body", "a")
        if tag == "base" and values.get("href"):
            with contextlib.suppress(ValueError):
                self.base = urljoin(self.base, values["href"] or "")
        elif tag == "meta" and values.get("name") == "pypi:repository-version":
            self.version = values.get("content")
        elif tag == "meta" and values.get("name") == "pypi:project-status":
            self.status = values.get("content") or "active"
        elif tag == "a" and values.get("href"):
            self.anchors.append({name: values[name] for name in _ATTRIBUTES if name in values})
            self._is_within = True

    def check_for_whole_start_tag(self, i: int) -> int:
        """Where a tag ends; -1 for one that does not. What looks for that, and the attributes,
        take hundreds of times the tag's size in memory: first it is looked for up to each ``>``,
        which may be part of a value."""
        whole, end = self.rawdata, i
        try:
            for _ in range(_MOST_ENDS):
                end = whole.find(">", end + 1, i + _LONGEST_TAG)
                if end < 0:
                    break
                self.rawdata = whole[i : end + 1]
                found: int = super().check_for_whole_start_tag(0)
                if found >= 0:
                    return i + found
        finally:
            self.rawdata = whole
        if end < 0 and len(whole) - i <= _LONGEST_TAG:
            return -1
        most = f"{_LONGEST_TAG:,} characters, or {_MOST_ENDS} '>'"
        raise FileFailure(self._url, f"has a tag of more than {most}")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._is_within, self._has_whole = False, True

    @property
    def breaks_off(self) -> bool:
        """Whether the page ends within a tag, or within an anchor though others are closed."""
        return self.rawdata.startswith("<") or (self._is_within and self._has_whole)

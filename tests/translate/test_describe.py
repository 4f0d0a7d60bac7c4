"""What a recipe says of its project: its own page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from spack_pypi.pypi.model import Metadata
from spack_pypi.translate.describe import homepage


def about(**fields: Any) -> Metadata:
    return Metadata("x", "1.0", **fields)


PAGE = "https://x.example/"
# (the addresses by label, the old field Home-page, the page)
PAGES: list[tuple[Sequence[tuple[str, str]], str, str]] = [
    ([], "", ""),
    ([], PAGE, PAGE),
    ([("Home-Page", PAGE)], "https://old.example/", PAGE),
    ([("Changelog", "https://x.example/log"), ("Source Code", PAGE)], "", PAGE),
    ([("Documentation", "https://docs.example/"), ("Repository", PAGE)], "", PAGE),
    ([("Funding", PAGE)], "", PAGE),
    # no page of the project
    ([("Homepage", "https://pypi.example/project/x/"), ("Docs", PAGE)], "", PAGE),
    ([], "https://pypi.example/simple/x", ""),
    ([], "x.example", ""),
    ([], "ftp://x.example/", ""),
    ([], "https://user:secret@x.example/", ""),
    ([], 'https://x.example/"+__import__("os")+"', ""),
    ([], "https://x.example/a b", ""),
    ([], "https://[x.example/", ""),
    ([], "https://", ""),
    ([], "UNKNOWN", ""),
]


@pytest.mark.parametrize("urls, home_page, page", PAGES)
def test_the_page(urls: Sequence[tuple[str, str]], home_page: str, page: str) -> None:
    assert homepage(about(project_urls=tuple(urls), home_page=home_page)) == page

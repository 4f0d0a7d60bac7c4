"""What a recipe says of its project: its own page, its licence; nothing that is not certain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from spack_pypi.pypi.model import Metadata
from spack_pypi.translate.describe import homepage, licenses


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


CLASSIFIER = "License :: OSI Approved :: MIT License"
# (metadata, the SPDX expression, none where it is not certain)
LICENSES: list[tuple[dict[str, Any], str | None]] = [
    ({}, None),
    ({"license_expression": "MIT"}, "MIT"),
    ({"license_expression": "mit or apache-2.0"}, "MIT OR Apache-2.0"),
    ({"license": "BSD-3-Clause"}, "BSD-3-Clause"),
    ({"license": "MIT\n\nPermission is hereby granted"}, "MIT"),
    ({"license": "see LICENSE"}, None),
    ({"license": "word " * 100}, None),
    ({"classifiers": (CLASSIFIER,)}, "MIT"),
    ({"classifiers": ("License :: OSI Approved", CLASSIFIER)}, "MIT"),
    ({"classifiers": (CLASSIFIER, "License :: OSI Approved :: GNU Affero GPL of mine")}, None),
    ({"classifiers": ("Topic :: Software",)}, None),
    # what says it clearest counts
    ({"license_expression": "ISC", "license": "MIT", "classifiers": (CLASSIFIER,)}, "ISC"),
]


@pytest.mark.parametrize("fields, expression", LICENSES)
def test_the_licence(fields: dict[str, Any], expression: str | None) -> None:
    found = licenses({"1.0": about(**fields)})
    assert [each.expression for each in found] == ([expression] if expression else [])


# (the licence of each release, newest first; those of the recipe, and for which releases)
HISTORY: list[tuple[list[str], list[tuple[str, str]]]] = [
    (["MIT", "MIT"], [("MIT", "")]),
    # nothing said otherwise
    (["", "MIT", ""], [("MIT", "")]),
    (["MIT", "ISC", "ISC"], [("MIT", "3:"), ("ISC", ":2")]),
    (["MIT", "", "ISC"], [("MIT", "3:"), ("ISC", ":1")]),
    (["", ""], []),
]


@pytest.mark.parametrize("said, expected", HISTORY)
def test_a_licence_that_changed(said: list[str], expected: list[tuple[str, str]]) -> None:
    releases = {
        f"{len(said) - at}.0": about(license_expression=text) for at, text in enumerate(said)
    }
    found = licenses(releases)
    assert [(each.expression, each.when.versions) for each in found] == expected

"""Where a project shows what changed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from spack_pypi.pypi.model import Metadata
from spack_pypi.workflow.upstream import links

HOME = "https://github.com/owner/x"

REPOSITORIES = [
    ((), HOME, HOME),
    ((), f"{HOME}.git", HOME),
    ((), f"{HOME}/", HOME),
    ((), "http://www.github.com/owner/x#readme", HOME),
    ((("Issues", f"{HOME}/issues"),), "https://x.example", HOME),
    ((("Docs", "https://github.com/other/docs"), ("Source Code", HOME)), "", HOME),
    ((("Source", f"{HOME}/tree/main/packages/x"),), "", HOME),
    ((("Repository", "https://gitlab.com/a/b/c"),), "", "https://gitlab.com/a/b/c"),
    ((("Source", "https://gitlab.com/a/b/-/tree/main"),), "", "https://gitlab.com/a/b"),
    ((("Source", "https://codeberg.org/a/b"),), "", "https://codeberg.org/a/b"),
    ((), "https://x.example/owner/x", None),
    ((), "https://github.com/owner", None),
    ((), "", None),
]


@pytest.mark.parametrize("urls, home, found", REPOSITORIES)
def test_repository(urls: tuple[tuple[str, str], ...], home: str, found: str | None) -> None:
    assert links.repository(Metadata("x", "1.0", home_page=home, project_urls=urls)) == found


TAGS = [
    (["v1.2", "v1.2.1", "v11.2"], "1.2", "v1.2"),
    (["1.2"], "1.2", "1.2"),
    (["x-1.2", "other-1.2"], "1.2", "x-1.2"),
    (["x/v1.2", "v1.2"], "1.2", "x/v1.2"),
    (["my_x==1.2", "X_1.2"], "1.2", "X_1.2"),
    (["other-1.2"], "1.2", None),
    (["release-1.2", "release/1.3"], "1.3", "release/1.3"),
    (["1.2rc1", "21.2"], "1.2", None),
    ([], "1.2", None),
]


@pytest.mark.parametrize("tags, version, found", TAGS)
def test_tag(tags: Sequence[str], version: str, found: str | None) -> None:
    assert links.tag(tags, "x", version) == found


CHANGES = [
    (HOME, ["v1", "v2"], "1", f"{HOME}/compare/v1...v2"),
    (HOME, ["v2"], "1", f"{HOME}/releases/tag/v2"),
    (HOME, ["v1", "v2"], None, f"{HOME}/releases/tag/v2"),
    (HOME, [], "1", f"{HOME}/tags"),
    ("https://gitlab.com/a/b", ["1", "2"], "1", "https://gitlab.com/a/b/-/compare/1...2"),
    ("https://gitlab.com/a/b", ["2"], None, "https://gitlab.com/a/b/-/tags/2"),
]


@pytest.mark.parametrize("address, tags, before, found", CHANGES)
def test_changes(address: str, tags: Sequence[str], before: str | None, found: str) -> None:
    assert links.changes(address, tags, "x", before, "2") == found

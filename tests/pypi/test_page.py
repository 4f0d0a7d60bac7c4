"""What a page says, in every form: the short ways mean what the long ones do."""

from __future__ import annotations

import re
import string
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from packaging.utils import InvalidWheelFilename, parse_wheel_filename
from packaging.version import Version

from spack_pypi.errors import FileFailure
from spack_pypi.pypi import page

URL = "https://index.example/simple/quiet-log/"
_PARTS = st.sampled_from(
    [
        "quiet_log",
        "1.0",
        "1.0+a.b",
        "2!1",
        "x",
        "py3",
        "py2.py3",
        "none",
        "any",
        "1",
        "1a",
        "cp311",
    ]
    + ["manylinux1_x86_64", "a__b", "", ".", "é", "PY3", "1_0", "1.0-2", "3.x", "\n", "_", "cp3 1"]
)


def wheel_version(name: str) -> Version | None:
    try:
        return parse_wheel_filename(name)[1]
    except InvalidWheelFilename:
        return None


@given(st.lists(_PARTS, min_size=3, max_size=7).map("-".join), st.sampled_from([".whl", "whl"]))
@example("quiet_log-1.0-py3-none-any", ".whl")
@example("quiet_log-1.0-1-py3-none-any", ".whl")
@example("quiet_log-1.0\n-py3-none-any", ".whl")
def test_the_version_of_a_wheel_is_the_one_that_packaging_reads(stem: str, suffix: str) -> None:
    """Unless there is white space in its name."""
    entry = page.Entry(stem + suffix, URL + "x")
    releases = page.project("quiet-log", [entry], "active").releases
    expected = None if re.search(r"\s", stem) else wheel_version(stem + suffix)
    assert [release.version for release in releases] == ([expected] if expected else [])


@pytest.mark.parametrize("version", ["1.0\n", "1.0 ", "1.0\u2028", "1.0\x1b"])
def test_white_space_in_the_name_of_an_sdist(version: str) -> None:
    entry = page.Entry(f"quiet_log-{version}.tar.gz", URL + "x")
    assert page.project("quiet-log", [entry], "active").releases == ()


_SEGMENT = st.sampled_from(["packages", "a-1.0.whl", "..", ".", "", ".a", "a.", "a%2Fb", "a+b"])
_SEGMENT |= st.text(string.printable + "é\u2028\0", max_size=3)
_LINK = st.tuples(
    st.sampled_from(
        ["", "/", "//", "../", "../../", "./", "https://files.example/", "http://files.example:8/"]
        + ["HTTPS://files.example/", "https:", "https://Files.example/", "ftp://files.example/"]
        + ["file:///", "javascript:", "https://[/", "../../../../../", "?", "#"]
    ),
    st.lists(_SEGMENT, max_size=4).map("/".join),
).map("".join)
_BASE = st.sampled_from(
    [URL, "https://index.example", "https://index.example/simple", "http://index.example:8/a/b/"]
    + ["https://user:token@index.example/simple/quiet-log/", "file:///simple/quiet-log/"]
)


def joined(base: str, link: str) -> str | None:
    """By the standard library alone, without a user name and password."""
    try:
        address = re.sub(r"^(\w+://)[^/?#]*@", r"\1", urljoin(base, link))
        return address if urlsplit(address).scheme in ("http", "https", "file") else None
    except ValueError:
        return "no address"


@given(_BASE, _LINK)
@example(URL, "../../packages/a-1.0.whl")
@example(URL, "/packages/a-1.0.whl")
@example(URL, "https://files.example/packages/a-1.0.whl")
@example(URL, "../../packages//a-1.0.whl")
@example(URL, "../../packages/a-1.0.whl\n")
def test_a_link_means_what_it_means_to_the_standard_library(base: str, link: str) -> None:
    try:
        found = page._joined(base, link)
    except ValueError:
        found = "no address"
    assert found == joined(base, link)


@pytest.mark.parametrize(
    "link, short",
    [
        ("https://files.example/packages/a-1.0.whl", True),
        ("../../packages/a-1.0.whl", True),
        ("/packages/a-1.0.whl", True),
        ("/packages/../a-1.0.whl", False),
        ("packages/a-1.0.whl", False),
    ],
)
def test_most_links_take_the_short_way(
    link: str, short: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def address(base: str, url: str) -> str:
        asked.append(url)
        return base

    monkeypatch.setattr(page, "_address", address)
    page._joined(URL, link)
    assert (link not in asked) is short


@pytest.mark.parametrize(
    ("said", "is_read"),
    [
        ('"quiet-log"', True),
        ('"Quiet_Log"', True),
        ('"other"', False),
        ("5", True),
        ("null", True),
    ],
)
def test_a_page_of_another_project(said: str, is_read: bool) -> None:
    """PEP 691 has the name in the page; an index, or what lies before it, may mix up its pages."""
    body = f'{{"name": {said}, "files": []}}'.encode()
    if is_read:
        assert page.entries(body, "json", URL, "quiet-log") == ([], "active")
    else:
        with pytest.raises(FileFailure, match="is the page of another project, 'other'"):
            page.entries(body, "json", URL, "quiet-log")


# A page that takes hundreds of times its size in memory → why it is not read.
HEAVY = [
    ("json", b'{"files": [' + b"[]," * 1_000_001 + b"[]]}", "has 1,000,004 parts, and 1,000,000"),
    ("html", b"<html>" + b"<b>" * 1_000_000, "has 1,000,001 parts, and 1,000,000 is the limit"),
    ("html", b"<html><a" + b" b" * 32_768 + b">", "has a tag of more than 65,536 characters"),
    ("html", b"<html><a c='<>'" + b" b" * 32_768 + b">", "has a tag of more than 65,536"),
    ("html", b"<html><a" + b" c='>'" * 64 + b">", "characters, or 64 '>'"),
    ("html", b"<html><a c='" + b">" * 70_000, "characters, or 64 '>'"),
    # within a link, but not for long
    ("html", b"<html><a" + b" b" * 100, "is not whole: it ends within a link"),
]


@pytest.mark.parametrize("kind, body, reason", HEAVY, ids=range(len(HEAVY)))
def test_a_page_of_far_too_many_parts(kind: str, body: bytes, reason: str) -> None:
    with pytest.raises(FileFailure, match=reason):
        page.entries(body, kind, URL)


@pytest.mark.parametrize("kind", ["json", "html"])
def test_far_too_many_files(kind: str) -> None:
    link = '<a href="q-1.zip">q-1.zip</a>'
    bodies = {
        "json": '{"files": [' + ",".join(["{}"] * 50_001) + "]}",
        "html": "<html>" + link * 50_001,
    }
    with pytest.raises(FileFailure, match="lists 50,001 files, and 50,000 is the limit"):
        page.entries(bodies[kind].encode(), kind, URL)


@pytest.mark.parametrize("kind", ["json", "html"])
@pytest.mark.parametrize(
    ("version", "is_read"), [("1.0", True), ("1.99", True), ("x", True), ("2.0", False)]
)
def test_the_version_of_the_api(kind: str, version: str, is_read: bool) -> None:
    """PEP 629: a page of a later major version is not read."""
    bodies = {
        "json": f'{{"meta": {{"api-version": "{version}"}}, "files": []}}',
        "html": f'<html><meta name="pypi:repository-version" content="{version}">',
    }
    if is_read:
        assert page.entries(bodies[kind].encode(), kind, URL) == ([], "active")
    else:
        with pytest.raises(FileFailure, match="is a page of version 2 of the API"):
            page.entries(bodies[kind].encode(), kind, URL)


ATTRIBUTES = [
    'data-requires-python=">=3.8,!=3.9.*,>2"',
    "data-requires-python='>=3.8,!=3.9.*,>2'",
    "data-requires-python=&gt;=3.8,!=3.9.*,&gt;2",
    f'title="{">" * 60}" data-requires-python="&gt;=3.8,!=3.9.*,>2"',
    f'title="{"x" * 60_000}" data-requires-python="&gt;=3.8,!=3.9.*,>2"',
]


@pytest.mark.parametrize("attributes", ATTRIBUTES, ids=range(len(ATTRIBUTES)))
def test_what_ends_no_tag(attributes: str) -> None:
    body = f"<html><a {attributes} href=q-1.zip>q-1.zip</a><a href='q-2.zip'>q-2.zip</a>"
    (first, second), _ = page.entries(body.encode(), "html", URL)
    assert (first.name, first.requires_python) == ("q-1.zip", ">=3.8,!=3.9.*,>2")
    assert second.name == "q-2.zip"


def test_a_password_in_the_reason_of_a_withdrawal_is_not_repeated() -> None:
    said = "use https://me:secret@index.example/"
    link = f'<!DOCTYPE html><a href="x-1.tar.gz" data-yanked="{said}">x-1.tar.gz</a>'
    (entry,), _ = page.entries(link.encode(), "text/html", URL)
    assert entry.yanked == "use https://index.example/"

"""A page from the cache says the same as the page that was read."""

from __future__ import annotations

import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spack_pypi.pypi import kept, page
from spack_pypi.pypi.model import File, Project, Release

AT = "https://index.example/simple/quiet-log/"
_TEXT = st.text(st.characters() | st.sampled_from('\n\r\x00"\\\u2028\ud800'), max_size=8)
_HASH = st.text(string.hexdigits, min_size=64, max_size=64)
_VERSION = st.sampled_from(["1", "1.0", "1.0.0", "1!2", "2.0b1", "2.0", "2.0.post1", "3.dev0"])
_KIND = st.sampled_from(
    [
        ".tar.gz",
        ".zip",
        "-py3-none-any.whl",
        "-cp311-cp311-manylinux_2_17_x86_64.whl",
        "-cp312-cp312-manylinux_2_17_x86_64.whl",
        "-cp312-cp312-win_amd64.whl",
        "-cp38-abi3-macosx_11_0_arm64.whl",
    ]
)


@st.composite
def _entries(draw: st.DrawFn) -> page.Entry:
    name = f"quiet_log-{draw(_VERSION)}{draw(_KIND)}"
    address = draw(
        st.sampled_from([f"https://files.example/a/{name}", "https://files.example/a/"])
    )
    optional: dict[str, Any] = {
        "sha256": draw(_HASH),
        "requires_python": draw(st.sampled_from(["", ">=3.9", ">=3.8"]) | _TEXT),
        "yanked": draw(_TEXT),
        "metadata_sha256": draw(_HASH),
        "size": draw(st.integers(0)),
        "uploaded": draw(_TEXT),
    }
    given_too = draw(st.sets(st.sampled_from(sorted(optional))))
    return page.Entry(name, address, **{field: optional[field] for field in given_too})


def said(release: Release) -> tuple[Any, ...]:
    """All that a release says."""
    kinds = release.yanked, release.has_sdist, release.has_pure_wheel, release.requires_python
    return (*kinds, release.version, release.files, release.sdist, release.wheels)


@given(st.lists(_entries(), max_size=12), st.sampled_from(["active", "archived"]))
def test_it_says_the_same_as_the_page_that_was_read(
    entries: list[page.Entry], status: str
) -> None:
    read = page.project("quiet-log", entries, status)
    found = kept.read(
        kept.Page(12.5, {"If-None-Match": '"a"'}, kept.lines(read), "m", "b").text(AT), AT
    )
    assert found is not None
    assert (found.until, found.validators) == (12.5, {"If-None-Match": '"a"'})
    assert (found.mark, found.answer) == ("m", "b")
    for expected, project in [
        (read, found.project("quiet-log")),
        (read.essential(), found.project("quiet-log").essential()),
        (read.essential(), read.essential().essential()),
    ]:
        assert project == expected
        assert [*map(said, project.releases)] == [*map(said, expected.releases)]


@pytest.mark.parametrize("number", [0, 1, 16, 17, 50])
def test_a_page_with_many_releases(number: int) -> None:
    names = [f"quiet_log-{minor}.{kind}" for minor in range(number) for kind in ("zip", "tar.gz")]
    entries = [page.Entry(name, f"https://files.example/{name}") for name in names]
    read = page.project("quiet-log", entries, "active")
    found = kept.Page(0, {}, kept.lines(read), "m").project("quiet-log")
    assert [*map(said, found.releases)] == [*map(said, read.releases)]


@pytest.mark.parametrize("damage", ["", "{", "{}", "[]\n{}", "null", '{"checksum": 0}\n'])
def test_what_is_no_page_counts_as_missing(damage: str) -> None:
    assert kept.read(damage, AT) is None


def test_a_page_that_is_not_whole_counts_as_missing() -> None:
    entry = page.Entry("quiet_log-1.tar.gz", "https://files.example/quiet_log-1.tar.gz")
    lines = kept.lines(page.project("quiet-log", [entry], "active"))
    text = kept.Page(0, {}, lines, "m").text(AT)
    assert kept.read(text, AT) is not None
    assert [kept.read(text[:end], AT) for end in range(len(text))] == [None] * len(text)
    assert kept.read(text.replace("files.example", "other.example"), AT) is None
    assert kept.read(text, "https://index.example/simple/loud-log/") is None


def files(*names: str, yanked: str | None = None) -> Project:
    entries = [page.Entry(name, f"https://files.example/{name}", yanked=yanked) for name in names]
    return page.project("quiet-log", entries, "active")


LINUX, MAC, WINDOWS = (
    f"quiet_log-1-cp311-cp311-{platform}.whl"
    for platform in ("manylinux_2_17_x86_64", "macosx_11_0_arm64", "win_amd64")
)
PURE, SDIST = "quiet_log-1-py3-none-any.whl", "quiet_log-1.tar.gz"


@pytest.mark.parametrize(
    "names, essential",
    [
        ([MAC, LINUX, WINDOWS], [MAC, LINUX, WINDOWS]),
        ([MAC, LINUX, WINDOWS, SDIST], [MAC, LINUX, SDIST]),
        ([WINDOWS, MAC, PURE, LINUX, SDIST], [WINDOWS, PURE, SDIST]),
        ([PURE, SDIST], [PURE, SDIST]),
    ],
)
def test_one_wheel_for_a_platform_shows_that_there_are_any(
    names: list[str], essential: list[str]
) -> None:
    """Where there is a source archive; the best wheel stays, too."""
    (release,) = files(*names).essential().releases
    assert [file.name for file in release.files] == essential


def test_the_file_of_a_yanked_release_stays() -> None:
    (release,) = files(MAC, LINUX, SDIST, yanked="broken").essential().releases
    assert len(release.files) == 3 and release.yanked


def test_files_are_values() -> None:
    (release,) = files(PURE).releases
    assert isinstance(release.files[0], File)
    assert len({release, *files(PURE).releases, *files(SDIST).releases}) == 2

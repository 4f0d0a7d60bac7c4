"""Archives of another index than Spack's own: (files, what Spack makes of an address) → the
attribute ``url``, and the versions that have addresses of their own."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from packaging.version import Version

from spack_pypi.pypi.model import File, Release
from spack_pypi.translate.archives import archives
from spack_pypi.translate.elsewhere import archives_elsewhere, listed_elsewhere, wheels_by_url

BY_VERSION = "https://a.example/files/{}/x-{}.tar.gz"
HASHED = {
    "2.0": "https://a.example/ab/cd/x-2.0.tar.gz",
    "1.0": "https://a.example/ef/x-1.0.tar.gz",
}


def _release(version: str, *urls: str) -> Release:
    files = (
        File(url.rpartition("/")[2], url, Version(version), url.endswith(".whl"), f"{at:064}")
        for at, url in enumerate(urls)
    )
    return Release("x", Version(version), tuple(files))


def _as_spack(url: str, version: str) -> str:
    """Each text that is the version of the file is replaced."""
    known = re.search(r"-([0-9.]+)\.(?:tar|zip)", url)
    return url.replace(known[1], version) if known else ""


def _sdist(version: str) -> str:
    return BY_VERSION.format(version, version)


# (releases, newest first) → (url, the addresses of versions)
TABLE: list[tuple[list[Release], str, list[str]]] = [
    ([_release("2.0", _sdist("2.0")), _release("1.0", _sdist("1.0"))], _sdist("2.0"), ["", ""]),
    ([_release("2.0", _sdist("2.0"))], _sdist("2.0"), [""]),
    # Nothing leads from one hash to another.
    ([_release(v, url) for v, url in HASHED.items()], "", [*HASHED.values()]),
    # One that is elsewhere, or has another name, says so.
    (
        [
            _release("3.0", _sdist("3.0")),
            _release("2.0", "https://a.example/files/2.0/X-2.0.tar.gz"),
            _release("1.0", _sdist("1.0")),
        ],
        _sdist("3.0"),
        ["", "https://a.example/files/2.0/X-2.0.tar.gz", ""],
    ),
    # A wheel always does.
    (
        [
            _release("3.0", "https://a.example/x-3.0-py3-none-any.whl"),
            _release("2.0", _sdist("2.0")),
            _release("1.0", _sdist("1.0")),
        ],
        _sdist("2.0"),
        ["https://a.example/x-3.0-py3-none-any.whl", "", ""],
    ),
    (
        [_release("3.0", "https://a.example/x-3.0-py3-none-any.whl")],
        "",
        ["https://a.example/x-3.0-py3-none-any.whl"],
    ),
]


@pytest.mark.parametrize("releases, url, own", TABLE)
def test_archives_elsewhere(releases: Sequence[Release], url: str, own: list[str]) -> None:
    found = archives_elsewhere(releases, releases, _as_spack)
    assert (found.url, [line.url for line in found.versions]) == (url, own)
    assert (found.pypi, found.names) == ("", ())


def _wheel(version: str, tags: str = "py3-none-any", stem: str = "x") -> Release:
    return _release(version, f"https://a.example/py3/x/x/{stem}-{version}-{tags}.whl")


ADDRESS = "https://a.example/py3/x/x/{}-py3-none-any.whl"
# (releases, newest first) → (url, the addresses of versions)
WHEELS: list[tuple[list[Release], str, list[str]]] = [
    ([_wheel("2.0")], ADDRESS.format("x-2.0"), [""]),
    ([_wheel("2.0"), _wheel("1.0")], ADDRESS.format("x-2.0"), ["", ""]),
    # One with another name says so.
    (
        [_wheel("2.0"), _wheel("1.0", stem="X")],
        ADDRESS.format("x-2.0"),
        ["", ADDRESS.format("X-1.0")],
    ),
    # Spack reads no version in it, or another one.
    ([_wheel("2.0", stem="odd")], "", [ADDRESS.format("odd-2.0")]),
    # Where there is a source archive, ``pypi`` leads to it, and wheels have addresses.
    ([_wheel("2.0"), _release("1.0", _sdist("1.0"))], "", [ADDRESS.format("x-2.0"), ""]),
]


@pytest.mark.parametrize("releases, url, own", WHEELS)
def test_pure_wheels_have_one_address(releases: list[Release], url: str, own: list[str]) -> None:
    def as_spack(url: str, version: str) -> str:
        return "" if "/odd-" in url else re.sub(r"-[0-9.]+-", f"-{version}-", url)

    found = wheels_by_url(archives(releases, published=releases), as_spack)
    assert (found.url, [line.url for line in found.versions]) == (url, own)


def test_wheels_of_one_machine_have_their_own() -> None:
    linux, other = "cp311-cp311-manylinux_2_17_x86_64", "cp311-cp311-macosx_11_0_arm64"
    files = [_wheel("2.0", tags).files[0] for tags in (linux, other)]
    release = Release("x", Version("2.0"), tuple(files))
    found = wheels_by_url(archives([release]), lambda url, version: url)
    assert found.url == "" and all(line.url for line in found.versions)


OWN, A, B = "https://own.example/simple/", "https://a.example/simple/", "https://b.example/simple/"


@pytest.mark.parametrize(
    "line, index, expected",
    [
        (f'list_url = "{A}x_y/"', A, ""),
        (f'list_url = "{A}x-y"', B, f"{A}x-y"),
        (f'list_url = (\n        "{A}x-y/"\n    )', OWN, f"{A}x-y"),
        (f'list_url = "{OWN}x-y/"', B, ""),
        # It is another project's, or no page of an index.
        (f'list_url = "{A}other/"', B, ""),
        ('list_url = "https://a.example/x-y/"', B, ""),
        ('pypi = "x-y/x-y-1.0.tar.gz"', B, ""),
    ],
)
def test_a_recipe_says_which_index_it_is_of(line: str, index: str, expected: str) -> None:
    assert listed_elsewhere(f"class X(P):\n    {line}\n", "x-y", index, OWN) == expected


def test_without_spack_each_version_says_where_it_is() -> None:
    releases = [_release("2.0", _sdist("2.0")), _release("1.0", _sdist("1.0"))]
    found = archives_elsewhere(releases, releases, lambda url, version: "")
    assert [line.url for line in found.versions] == [_sdist("2.0"), _sdist("1.0")]
    assert found.url == ""

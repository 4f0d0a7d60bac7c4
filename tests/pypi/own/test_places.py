"""Which texts name a place, and what they say of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from spack_pypi.errors import UsageError
from spack_pypi.pypi.own.places import Location, place

HASH = "ab" * 32


@pytest.mark.parametrize(
    "text",
    [
        "name",
        "name[extra]>=1,<2",
        "name==1.0",
        "name-1.0.tar.gz",  # there is no such file here
        "name@1.0",
        "name @ 1.0",
        "folder",  # there is one, but a name is a name
    ],
)
def test_names_are_no_places(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)
    assert place(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("./a-1.tar.gz", Location(Path("a-1.tar.gz"))),
        ("a-1.tar.gz", Location(Path("a-1.tar.gz"))),
        ("../a", Location(Path("../a"))),
        (".", Location(Path("."))),
        ("/x y/a.whl", Location(Path("/x y/a.whl"))),
        ("~/a.whl", Location(Path.home() / "a.whl")),
        (".", Location(Path())),
        ("..[x]", Location(Path(".."), extras=("x",))),
        (".[x, y]", Location(Path(), extras=("x", "y"))),
        ("a @ .[x]", Location(Path(), name="a", extras=("x",))),
        ("./a-1.tar.gz[x, y]", Location(Path("a-1.tar.gz"), extras=("x", "y"))),
        ("./a[1]/a.whl", Location(Path("a[1]/a.whl"))),
        ("A.b[x] @ ./a-1.tar.gz", Location(Path("a-1.tar.gz"), name="a-b", extras=("x",))),
        ("file:///x%20y/a.whl", Location(Path("/x y/a.whl"))),
        ("file:/a.whl", Location(Path("/a.whl"))),
        ("a@file://localhost/a.whl", Location(Path("/a.whl"), name="a")),
        ("a@file:/a.whl", Location(Path("/a.whl"), name="a")),
        ("https://h.example/f/a.whl", Location(address="https://h.example/f/a.whl")),
        (
            f"a @ http://h.example:81/a.zip#sha256={HASH.upper()}",
            Location(address="http://h.example:81/a.zip", name="a", sha256=HASH),
        ),
    ],
)
def test_places(
    text: str, expected: Location, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a-1.tar.gz").touch()
    monkeypatch.chdir(tmp_path)
    found = place(text)
    assert isinstance(found, Location)
    assert (found.path, found.address) == (expected.path, expected.address)
    assert (found.name, found.extras) == (expected.name, expected.extras)
    assert found.sha256 == expected.sha256


def test_credentials_are_for_the_request_only() -> None:
    found = place("https://me:secret@h.example/a.whl")
    assert isinstance(found, Location)
    assert found.credentials.for_url("https://h.example/a.whl") == ("me", "secret")
    assert "secret" not in repr(found) + str(found) + found.url


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("svn+https://me:secret@h.example/a", "'svn+https://h.example/a' cannot be read"),
        ("ftp://h.example/a.whl", "give the http, https or file address"),
        ("file://other.example/a.whl", "cannot be read"),
        ("https:///a.whl", "cannot be read"),
        ("http://[::1/me:secret@a.whl", "an address that was given is not one"),
        ("https://me:secret@h.example/a.zip#subdirectory=x", "only sha256=HASH can be read"),
        ("https://h.example/a.zip#sha256=12", "only sha256=HASH can be read"),
        ("https://h.example/a.zip?key=s3cr3t", "h.example/a.zip?...' has a query"),
        ("ssh://h.example/a", "is a repository: write git+ssh://h.example/a"),
        ("a @ ssh://git@h.example/b/a.git@v1#subdirectory=c",
         "write git+ssh://git@h.example/b/a.git@v1#subdirectory=c"),
        ("ssh://git:s3cr3t@h.example/a", "write git+ssh://git@h.example/a"),
        ("git://h.example/a", "is a repository: write git+https://h.example/a"),
        ("https://me:s3cr3t@h.example/a.git", "write git+https://h.example/a.git"),
        ("https://h.example/a.git@v1", "write git+https://h.example/a.git@v1"),
        ("git@h.example:b/a.git", "write git+ssh://git@h.example/b/a.git"),
        ("a @ git@h.example:/b/a", "write git+ssh://git@h.example/b/a"),
        ("git@h.example:a.git", "write git+ssh://git@h.example/a.git"),
        ("./a.whl ; python_version < '3'", "has a marker"),
        ("./a.whl[x y]", "has an invalid extra"),
        ("~no-such-user/a.whl", "cannot be read"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_place(text: str, said: str) -> None:
    with pytest.raises(UsageError) as raised:
        place(text)
    assert said in str(raised.value)
    assert "me:" not in str(raised.value) and "s3cr3t" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("/x y/a.whl", "file:///x%20y/a.whl"),
        ("https://h.example/a.whl", "https://h.example/a.whl"),
    ],
)
def test_the_address_for_recipes(text: str, url: str) -> None:
    found = place(text)
    assert isinstance(found, Location) and found.url == url

"""``--index NAME=URL/:PROJECT,...``: the name, the address and the projects; or an error."""

from __future__ import annotations

import pytest

from spack_pypi.errors import UsageError
from spack_pypi.pypi.named_index import at, named

# text → (name, address, projects)
NAMED = {
    "a=https://a.example/simple/": ("a", "https://a.example/simple/", ()),
    "a=https://a.example/simple": ("a", "https://a.example/simple/", ()),
    "a=https://a.example:8080": ("a", "https://a.example:8080/", ()),
    "a=https://a.example:8080/simple/": ("a", "https://a.example:8080/simple/", ()),
    "a=http://[::1]:80/x/:torch": ("a", "http://[::1]:80/x/", ("torch",)),
    "my-index_1=https://a.example/:torch": ("my-index_1", "https://a.example/", ("torch",)),
    "a=https://a.example:8080/:Foo.Bar,acme_*": (
        "a",
        "https://a.example:8080/",
        ("foo-bar", "acme-*"),
    ),
    # A folder may have a colon in its name, and an address an equals sign.
    "a=https://a.example/b:c/simple/": ("a", "https://a.example/b:c/simple/", ()),
    "a=https://a.example/x=1/:*": ("a", "https://a.example/x=1/", ("*",)),
}
NONE = [
    "https://a.example/simple/",
    "=https://a.example/simple/",
    "a b=https://a.example/",
    "a=",
    "a=b=https://a.example/",
    "a=https://a.example/simple:torch",
    "a=https://a.example:torch",
    "a=https://a.example:0/",
    "a=https://a.example:99999/",
    "a=https://a.example/:",
    "a=https://a.example/:torch,",
    "a=https://a.example/:torch>=2",
    "a=https://a.example/:[a-z]",
    "a=ftp://a.example/:torch",
    "a=/srv/index/:torch",
    "a=file:///srv/index/:torch",
]


@pytest.mark.parametrize("text, expected", NAMED.items(), ids=NAMED)
def test_named(text: str, expected: tuple[str, str, tuple[str, ...]]) -> None:
    found = named(text)
    assert (found.name, found.url, found.projects) == expected
    assert found.explicit == bool(found.projects)


@pytest.mark.parametrize("text", NONE)
def test_what_names_no_index(text: str) -> None:
    with pytest.raises(UsageError):
        named(text)


@pytest.mark.parametrize("text", [text.replace("://", "://me:secret@") for text in NONE])
def test_an_error_tells_no_password(text: str) -> None:
    with pytest.raises(UsageError) as error:
        named(text)
    assert "secret" not in str(error.value)


def test_credentials_are_taken_out() -> None:
    found = named("a=https://me:se%40cret@a.example:8080/simple/:torch")
    assert found.url == "https://a.example:8080/simple/"
    assert found.credentials.for_url(found.url) == ("me", "se@cret")
    assert "cret" not in repr(found)


@pytest.mark.parametrize(
    "url",
    [
        "https://index.example/simple/?token=secret",
        "https://index.example/simple/#secret",
        "https://index.example/?secret",
        "ftp://me:secret@index.example/simple/",
    ],
)
def test_a_secret_where_none_can_be_is_not_repeated(url: str) -> None:
    with pytest.raises(UsageError, match="is not the URL of a package index") as error:
        at(url)
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    "pattern, project, expected",
    [
        ("torch", "torch", True),
        ("torch", "torchvision", False),
        ("acme-*", "acme-core", True),
        ("acme-*", "acme", False),
        ("ACME_?", "acme-1", True),
        ("*", "anything", True),
    ],
)
def test_which_projects_are_pinned(pattern: str, project: str, expected: bool) -> None:
    assert named(f"a=https://a.example/:{pattern}").is_pinned(project) is expected


def test_an_address_alone_has_no_projects_of_its_own() -> None:
    assert not at("https://a.example/simple/").is_pinned("torch")

"""Which texts name a repository, and what they say of it."""

from __future__ import annotations

import pytest

from spack_pypi.errors import UsageError
from spack_pypi.pypi.own.git_places import GitPlace
from spack_pypi.pypi.own.places import place

HERE = "https://h.example/o/a.git"


@pytest.mark.parametrize(
    "text", ["a", "git", "ssh", "a @ 1.0", "a[x]>=1", "./git+x", "https://h.example/git+x.whl"]
)
def test_others_are_none(text: str) -> None:
    assert not isinstance(place(text), GitPlace)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"git+{HERE}", GitPlace(HERE)),
        (f"git+{HERE}@v1.0", GitPlace(HERE, "v1.0")),
        (f"git+{HERE}@feature/x", GitPlace(HERE, "feature/x")),
        (f"git+{HERE}#subdirectory=python/x", GitPlace(HERE, folder="python/x")),
        (f"git+{HERE}@main#egg=A_b&subdirectory=x/", GitPlace(HERE, "main", "x", "a-b")),
        (f"A.b[x, y] @ git+{HERE}", GitPlace(HERE, name="a-b", extras=("x", "y"))),
        (f"git+{HERE}@v1.0[x]", GitPlace(HERE, "v1.0", extras=("x",))),
        ("git+ssh://git@h.example:22/o/a@v1", GitPlace("ssh://git@h.example:22/o/a", "v1")),
        ("git+file:///srv/a", GitPlace("file:///srv/a")),
    ],
)
def test_places(text: str, expected: GitPlace) -> None:
    assert place(text) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("git+https://me:secret@h.example/a", "has a user name or a token"),
        ("git+https://secret@h.example/a", "has a user name or a token"),
        ("git+ssh://git:secret@h.example/a", "has a user name or a token"),
        ("git+ext://sh -c x", "it has a space"),
        ("git+ext::sh%20-c%20x", "not an address of a repository"),
        ("git+ext://h/a", "not an address of a repository"),
        ("git+git://h.example/a", "not an address of a repository"),
        ("git+https:///a", "not an address of a repository"),
        ("git+https://h.example/", "not an address of a repository"),
        ("git+https://[::1/a", "not an address of a repository"),
        (f"git+{HERE}@", "not an address of a repository"),
        (f"git+{HERE}@--upload-pack=x", "not an address of a repository"),
        (f"git+{HERE}?x=1", "not an address of a repository"),
        (f"git+{HERE}#subdirectory=../x", "only be subdirectory=FOLDER"),
        (f"git+{HERE}#subdirectory=a//b", "only be subdirectory=FOLDER"),
        (f"git+{HERE}#other=1", "only be subdirectory=FOLDER"),
        (f"a[x y] @ git+{HERE}", "an invalid extra"),
    ],
)
def test_what_cannot_be_one(text: str, said: str) -> None:
    with pytest.raises(UsageError) as raised:
        place(text)
    assert said in str(raised.value) and "secret" not in str(raised.value)

"""How to reach the index: (settings of pip) → an error that names the setting, never its value."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from spack_pypi.errors import UsageError
from spack_pypi.pypi.model import Settings
from spack_pypi.pypi.named_index import USUAL, NamedIndex, at
from spack_pypi.pypi.settings import Defaults, settings, several, unread

# (variable, value)
UNUSABLE = [
    ("PIP_INDEX_URL", "ftp://me:secret@index.example/"),
    ("PIP_INDEX_URL", "me:secret@index.example/simple"),
    ("PIP_INDEX_URL", "https://me:secret@[::1/simple"),
    ("PIP_INDEX_URL", "https://me:secret@index.example:port/simple"),
    ("PIP_TIMEOUT", "0"),
    ("PIP_TIMEOUT", "-1"),
    ("PIP_TIMEOUT", "nan"),
    ("PIP_TIMEOUT", "\u00b2"),
    ("PIP_TIMEOUT", "1" * 5000),
]


@pytest.mark.parametrize("variable, value", UNUSABLE, ids=[row[1][:30] for row in UNUSABLE])
def test_settings_of_pip_that_cannot_be_used(variable: str, value: str, tmp_path: Path) -> None:
    environment = {"HOME": str(tmp_path), "PIP_CONFIG_FILE": "/dev/null", variable: value}
    with pytest.raises(UsageError) as error:
        settings(
            None,
            default=lambda: "https://index.example/simple/",
            cache=tmp_path,
            environment=environment,
        )
    assert "secret" not in str(error.value) and len(str(error.value)) < 300


@pytest.mark.parametrize(
    "text", ["index-url = https://index.example\n", "[global\n", "[global]\n\xff"]
)
def test_damaged_settings_of_pip(text: str, tmp_path: Path) -> None:
    """They may name an index that is to be asked instead of ours."""
    file = tmp_path / "pip.conf"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(UsageError, match="pip's settings in .*pip.conf cannot be read: "):
        settings(
            None,
            default=lambda: "https://index.example/simple/",
            cache=tmp_path,
            environment={"HOME": str(tmp_path), "PIP_CONFIG_FILE": str(file)},
        )


#: Names of indexes in the tables below, by their address.
OWN, A, B = "https://own.example/simple/", "https://a.example/simple/", "https://b.example/x/"
C = "https://c.example/simple/"

# (--index-url, the other options, pip's index-url, pip's extra-index-url) → the indexes in order
ORDERS: list[tuple[str | None, list[str], str, str, list[str]]] = [
    (None, [], "", "", [OWN]),
    (A, [], "", "", [A]),
    (A, [], B, B, [A]),
    (None, [], A, "", [A]),
    (None, [], A, B, [B, A]),
    # Nobody named Spack's own.
    (None, [], "", A, [A, OWN]),
    (None, [B], "", A, [B, A, OWN]),
    # It has a place.
    (None, ["", B], "", A, [OWN, B, A]),
    (None, [B, ""], C, A, [B, C, A]),
    (A, ["", B], C, "", [A, B]),
    (None, [B], A, "", [B, A]),
    (None, [B], A, B, [B, A]),
    (A, [B], "", "", [A, B]),
    (A, [B, OWN], "", "", [A, B, OWN]),
    # Nobody takes over a project by its name on Spack's own.
    (OWN, [B, A], "", "", [B, A, OWN]),
    # Each once.
    (A, [B, A, B], "", "", [A, B]),
    (None, [OWN, A], "", "", [OWN, A]),
]


@pytest.mark.parametrize("option, others, pip, extra, expected", ORDERS)
def test_the_order_of_indexes(
    option: str | None,
    others: list[str],
    pip: str,
    extra: str,
    expected: list[str],
    tmp_path: Path,
) -> None:
    named = [at(url) if url else USUAL for url in others]
    found = _several(option, named, tmp_path, pip, extra)
    assert [settings.url for _, settings in found] == expected
    assert [index.url for index, _ in found] == expected


@pytest.mark.parametrize(
    "option, others, pip, extra, in_place",
    [
        (A, [B], "", "", {A}),
        (A, [OWN], "", "", {A, OWN}),
        (None, [], "", A, {OWN}),
        (None, [], A, B, {A}),
        (None, [OWN], A, B, {A, OWN}),
        # A file names it, too.
        (None, [A], A, B, {A}),
    ],
)
def test_which_is_in_the_place_of_spacks_own(
    option: str | None, others: list[str], pip: str, extra: str, in_place: set[str], tmp_path: Path
) -> None:
    """The one that is named in its stead, and itself."""
    found = _several(option, [at(url) for url in others], tmp_path, pip, extra)
    assert {each.url for _, each in found if each.in_place} == in_place
    lasting = {each.url: each.packages for _, each in found if each.packages}
    files = "https://own.example/packages/"
    assert lasting == ({OWN: files} if OWN in {each.url for _, each in found} else {})


@pytest.mark.parametrize(
    "option, index, expected",
    [
        (None, replace(at(A), in_place=True), [A]),
        (None, replace(at(A), alone=True), [A]),
        (C, replace(at(A), alone=True), [C, A]),
        # What is named by option is in its place.
        (C, replace(at(A), in_place=True), [C]),
        (C, replace(at(A), in_place=True, projects=("x",)), [C, A]),
    ],
)
def test_an_index_of_a_file(
    option: str | None, index: NamedIndex, expected: list[str], tmp_path: Path
) -> None:
    found = _several(option, [index], tmp_path, pip=B, extra=B)
    assert [settings.url for _, settings in found] == expected
    assert all(each.explicit for each, _ in found if each.projects)


def test_credentials_are_those_of_each_index(tmp_path: Path) -> None:
    named = [at("https://you:second@b.example/x/")]
    found = _several("https://me:first@a.example/simple", named, tmp_path)
    assert [(each.url, each.credentials.for_url(each.url)) for _, each in found] == [
        (A, ("me", "first")),
        (B, ("you", "second")),
    ]
    assert "first" not in str(found) and "second" not in str(found)


def test_a_locked_index_gets_the_credentials_that_pip_has_for_it(tmp_path: Path) -> None:
    locked = replace(at(A), projects=("x",), explicit=True)
    (index, _), *_ = _several(None, [locked], tmp_path, "https://me:first@a.example/simple")
    assert index.credentials.for_url(A) == ("me", "first")


@pytest.mark.parametrize("extra", ["https://me:secret@a:b/", "ftp://me:secret@a.example/"])
def test_an_index_of_pip_that_is_none_is_no_index_less(extra: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="see pip's extra-index-url") as error:
        _several(None, [], tmp_path, extra=f"{A} {extra}")
    assert "secret" not in str(error.value)


def test_folders_of_pip_are_not_read(tmp_path: Path) -> None:
    """Nor are they an error: many machines have them for all who use pip."""
    extra = f"{A} file://me:secret@host/srv/index /srv/other ./here"
    found = _several(None, [], tmp_path, extra=extra)
    assert [settings.url for _, settings in found] == [A, OWN]
    environment = {"HOME": str(tmp_path), "PIP_CONFIG_FILE": "/dev/null"}
    assert unread({**environment, "PIP_EXTRA_INDEX_URL": extra}) == [
        "file://host/srv/index",
        "/srv/other",
        "./here",
    ]


def _several(
    option: str | None, named: list[NamedIndex], folder: Path, pip: str = "", extra: str = ""
) -> list[tuple[NamedIndex, Settings]]:
    known = Defaults(lambda: OWN, lambda: "https://own.example/packages/", folder)
    environment = {"HOME": str(folder), "PIP_CONFIG_FILE": "/dev/null"}
    environment.update({"PIP_INDEX_URL": pip, "PIP_EXTRA_INDEX_URL": extra})
    return several(option, named, known, environment=environment)

"""How a recipe with ``pypi`` follows new releases: (pypi, what it serves, new files) → names."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from packaging.version import Version

from spack_pypi.pypi.model import File, Release
from spack_pypi.recipe.model import ArchiveName, VersionLine
from spack_pypi.translate.archives import archives


def release(version: str, file: str) -> Release:
    number = Version(version)
    address = f"https://files.example/{file}"
    return Release("quiet-log", number, (File(file, address, number, False, "a" * 64),))


def wheel_only(version: str) -> Release:
    file = f"quiet_log-{version}-py3-none-any.whl"
    return Release(
        "quiet-log",
        Version(version),
        (File(file, f"https://files.example/{file}", Version(version), True, "a" * 64),),
    )


OLD = "Quiet-Log/quiet-log-1.0.tar.gz"

# (pypi, the versions it serves, new releases newest first, the new pypi, names, versions with url)
TABLE = [
    # the same name: nothing to do
    (OLD, ["1.0"], [("2.0", "quiet-log-2.0.tar.gz")], None, [], []),
    # another stem; the project part stays as a person wrote it
    (
        OLD,
        ["1.1", "1.0"],
        [("2.0", "quiet_log-2.0.tar.gz")],
        "Quiet-Log/quiet_log-2.0.tar.gz",
        [("quiet_log", ".tar.gz", "2"), ("quiet-log", ".tar.gz", "")],
        [],
    ),
    # another suffix
    (
        "quiet-log/quiet-log-1.0.zip",
        ["1.0"],
        [("1.0.1", "quiet-log-1.0.1.tar.gz")],
        "quiet-log/quiet-log-1.0.1.tar.gz",
        [("quiet-log", ".tar.gz", "1.0.1"), ("quiet-log", ".zip", "")],
        [],
    ),
    # the first of several new ones still has the old name
    (
        OLD,
        ["1.0"],
        [("2.1", "quiet_log-2.1.tar.gz"), ("2.0", "quiet-log-2.0.tar.gz")],
        "Quiet-Log/quiet_log-2.1.tar.gz",
        [("quiet_log", ".tar.gz", "2.1"), ("quiet-log", ".tar.gz", "")],
        [],
    ),
    # two new names at once
    (
        OLD,
        ["1.0"],
        [("3.0", "quiet_log-3.0.tar.gz"), ("2.0", "quiet.log-2.0.tar.gz")],
        "Quiet-Log/quiet_log-3.0.tar.gz",
        [
            ("quiet_log", ".tar.gz", "3"),
            ("quiet.log", ".tar.gz", "2"),
            ("quiet-log", ".tar.gz", ""),
        ],
        [],
    ),
    # an older release: the newest keeps its name
    (OLD, ["2.0", "1.0"], [("1.5", "quiet_log-1.5.tar.gz")], None, [], ["1.5"]),
    # the newest has the name, only one in between does not
    (
        OLD,
        ["1.0"],
        [("3.0", "quiet-log-3.0.tar.gz"), ("2.0", "quiet_log-2.0.tar.gz")],
        None,
        [],
        ["2.0"],
    ),
    # pre-releases: Spack writes rc as PEP 440 does, and not a and b
    (OLD, ["1.0"], [("2.0rc1", "quiet-log-2.0rc1.tar.gz")], None, [], []),
    (OLD, ["1.0"], [("2.0a1", "quiet-log-2.0a1.tar.gz")], None, [], ["2.0alpha1"]),
    (OLD, ["1.0"], [("2.0b1", "quiet-log-2.0b1.tar.gz")], None, [], ["2.0beta1"]),
    # a recipe that may not be written anew
    (OLD, [], [("2.0", "quiet_log-2.0.tar.gz")], None, [], ["2.0"]),
    ("", [], [("2.0", "quiet_log-2.0.tar.gz")], None, [], ["2.0"]),
]


@pytest.mark.parametrize("pypi, served, new, led_to, names, addressed", TABLE)
def test_renamed(
    pypi: str,
    served: Sequence[str],
    new: Sequence[tuple[str, str]],
    led_to: str | None,
    names: Sequence[tuple[str, str, str]],
    addressed: Sequence[str],
) -> None:
    found = archives([release(*each) for each in new], pypi=pypi, served=served)
    assert found.names == tuple(ArchiveName(*name) for name in names)
    assert led_to is None or found.pypi == led_to
    assert [line.version for line in found.versions if line.url] == list(addressed)


def test_a_name_holds_since_the_release_that_first_had_it() -> None:
    """Also where the recipe lists none of those in between: another one may be added later."""
    new = release("3.1", "quiet_log-3.1.tar.gz")
    published = [
        release("4.0", "quiet-log-4.0.tar.gz"),
        new,
        release("2.5", "quiet_log-2.5.tar.gz"),
        release("2.4", "quiet-log-2.4.tar.gz"),
        release("1.5", "quiet_log-1.5.tar.gz"),
        release("1.0", "quiet-log-1.0.tar.gz"),
    ]
    found = archives([new], pypi=OLD, served=["1.0"], published=published)
    assert [name.since for name in found.names] == ["2.5", ""]
    found = archives([new, published[-1]], published=published)
    assert [name.since for name in found.names] == ["2.5", ""]


def misled(pypi: str, version: str) -> str:
    """A host that takes the first number of a name for the version, and all that follows it."""
    stem, _, _ = pypi.rpartition("/")[2].partition("-2")
    return f"{stem}-{version}.tar.gz"


# (the archive of each release, newest first, the versions with an address of their own)
NEW = [
    ([("1.1", "foo-1.1.tar.gz"), ("1.0", "foo-1.0.tar.gz")], ["1.1", "1.0"]),
    ([("2.1", "foo-2.1.tar.gz"), ("2.0", "foo-2.0.tar.gz")], []),
    ([("2.1", "foo-2.1.tar.gz"), ("1.0", "foo-1.0.tar.gz")], []),
    ([("1.1", "foo-2-1.1.tar.gz"), ("1.0", "foo-2-1.0.tar.gz")], ["1.1", "1.0"]),
    # where a method names the archives, the host makes nothing up
    ([("1.1", "foo_2-1.1.tar.gz"), ("1.0", "foo-2-1.0.tar.gz")], []),
]


@pytest.mark.parametrize("new, addressed", NEW, ids=[str(row[0]) for row in NEW])
def test_what_a_new_recipe_would_not_find_gets_an_address(
    new: Sequence[tuple[str, str]], addressed: Sequence[str]
) -> None:
    found = archives([release(*each) for each in new], archive_from=misled)
    addresses = {line.version: line.url for line in found.versions if line.url}
    assert addresses == {v: f"https://files.example/{name}" for v, name in new if v in addressed}
    assert found.pypi == f"quiet-log/{new[0][1]}"


# (what the recipe makes up for 2.0, whether the new version needs an address)
MADE_UP = [
    ("quiet-log-2.0.tar.gz", False),
    ("quiet-2.0.tar.gz", True),
    # not known: the name in ``pypi`` must do
    ("", False),
]


@pytest.mark.parametrize("made_up, addressed", MADE_UP)
def test_what_a_recipe_makes_up_is_certain(made_up: str, addressed: bool) -> None:
    new = release("2.0", "quiet-log-2.0.tar.gz")
    found = archives([new], pypi=OLD, made_up=lambda version: made_up)
    assert bool(found.versions[0].url) == addressed


def test_a_wheel_has_an_address_and_nothing_else() -> None:
    packed = archives([wheel_only("1.0")])
    assert packed.pypi == ""
    assert packed.versions == (
        VersionLine("1.0", "a" * 64, "https://files.example/quiet_log-1.0-py3-none-any.whl"),
    )

"""How a recipe with ``pypi`` follows new releases: (pypi, what it serves, new files) → names."""

from __future__ import annotations

from typing import Optional, Sequence, Tuple

import pytest
from packaging.version import Version

from spack_pypi.pypi.model import File, Release
from spack_pypi.recipe.model import ArchiveName
from spack_pypi.translate.archives import archives


def release(version: str, file: str) -> Release:
    number = Version(version)
    address = f"https://files.example/{file}"
    return Release("quiet-log", number, (File(file, address, number, False, "a" * 64),))


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
    # a recipe that may not be written anew
    (OLD, [], [("2.0", "quiet_log-2.0.tar.gz")], None, [], ["2.0"]),
    ("", [], [("2.0", "quiet_log-2.0.tar.gz")], None, [], ["2.0"]),
]


@pytest.mark.parametrize("pypi, served, new, led_to, names, addressed", TABLE)
def test_renamed(
    pypi: str,
    served: Sequence[str],
    new: Sequence[Tuple[str, str]],
    led_to: Optional[str],
    names: Sequence[Tuple[str, str, str]],
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

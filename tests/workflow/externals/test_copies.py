"""Projects of which a folder has the metadata of several versions: an interrupted pip, or two
installers, leave that."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.memory import MemoryHost
from tests.prefixes.made import distribution
from tests.workflow.externals.test_found import SITE, python, reasons, run, specs


def test_of_two_versions_in_one_folder_neither_is_used(tmp_path: Path) -> None:
    host = MemoryHost()
    host.has("foo", "1.9", "1.10")
    distribution(tmp_path / SITE, "foo", "1.10")
    distribution(tmp_path / SITE, "foo", "1.9")
    result = run(host, python(tmp_path))
    said = (
        f"{tmp_path / SITE} has metadata of 1.9 and of 1.10: install the one that is meant again"
    )
    assert [(each.distribution.version, each.reason) for each in result.found.not_used] == [
        ("1.10", said),
        ("1.9", said),
    ]
    assert specs(result) == {}


def test_the_same_version_twice_is_no_doubt(tmp_path: Path) -> None:
    """Debian's packages have a .dist-info and an .egg-info."""
    host = MemoryHost()
    host.has("foo", "1")
    distribution(tmp_path / SITE, "foo", "1")
    egg = distribution(tmp_path / SITE / "egg", "foo", "1")
    (egg / "METADATA").rename(egg / "PKG-INFO")
    egg.rename(tmp_path / SITE / "foo.egg-info")
    assert specs(run(host, python(tmp_path))) == {"foo": "py-foo@1"}


@pytest.mark.parametrize(
    ("requires", "reason"),
    [
        ("foo>=1", ""),
        ("foo>=2", "it requires foo>=2, and 1 is installed"),
        ("foo<2", "it requires foo<2, and 2 is installed"),
    ],
)
def test_what_requires_one_of_two_versions(tmp_path: Path, requires: str, reason: str) -> None:
    """It is used where either would do."""
    host = MemoryHost()
    host.has("app", "1")
    distribution(tmp_path / SITE, "foo", "1")
    distribution(tmp_path / SITE, "foo", "2")
    distribution(tmp_path / SITE, "app", "1", requires)
    assert reasons(run(host, python(tmp_path))).get("app", "") == reason


def test_what_requires_a_project_of_unknown_version(tmp_path: Path) -> None:
    host = MemoryHost()
    host.has("app", "1")
    (distribution(tmp_path / SITE, "foo", "1") / "METADATA").write_text("nothing\n")
    distribution(tmp_path / SITE, "app", "1", "foo")
    found = reasons(run(host, python(tmp_path)))["app"]
    assert found == "it requires foo, of which nothing says the version"

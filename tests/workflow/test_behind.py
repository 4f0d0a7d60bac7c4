"""How far a recipe lags: (what it lists, what the index has, how far) → the release."""

from __future__ import annotations

from typing import Optional

import pytest

from spack_pypi.errors import UsageError
from spack_pypi.resolve.choose import Policy
from spack_pypi.workflow.behind import LATEST, MINOR, PATCH, Behind, behind
from tests.memory import MemoryHost, MemoryIndex


def lagging(pre: bool = False) -> Behind:
    host, index = MemoryHost(), MemoryIndex()
    host.has("x", "1.1", "0.9")
    for version in ("0.9", "1.0", "1.1", "1.1.1", "1.2", "2.0", "3.0b1"):
        index.add("x", version)
    (found,) = behind(host, index, ["py-x"], Policy(pre=pre))
    return found


def test_what_is_missing() -> None:
    found = lagging()
    assert found.current == "1.1"
    assert [str(release.version) for release in found.missing] == ["2.0", "1.2", "1.1.1"]
    assert [str(release.version) for release in found.older] == ["1.0"]


@pytest.mark.parametrize(
    "to, expected",
    [(LATEST, "2.0"), (MINOR, "1.2"), (PATCH, "1.1.1"), ("1.2", "1.2"), ("1.0", "1.0")],
)
def test_how_far(to: str, expected: Optional[str]) -> None:
    target = lagging().target(to)
    assert target is not None
    assert str(target.version) == expected


def test_what_is_listed_already_is_no_target() -> None:
    assert lagging().target("1.1") is None


def test_what_is_no_release_is_refused() -> None:
    with pytest.raises(UsageError, match="the index has no release 7.0"):
        lagging().target("7.0")


def test_pre_releases_only_where_they_are_asked_for() -> None:
    target = lagging(pre=True).target(LATEST)
    assert target is not None
    assert str(target.version) == "3.0b1"


def test_a_package_of_no_project_is_told() -> None:
    (found,) = behind(MemoryHost(), MemoryIndex(), ["py-x"], Policy())
    assert found.problem == "it stands for no project of an index"


def test_vulnerable_versions_are_told_where_that_is_asked() -> None:
    host, index = MemoryHost(), MemoryIndex()
    host.has("x", "1.1", "1.0", "main")
    for version in ("1.0", "1.1", "2.0"):
        index.add("x", version)
    index.reports = {("x", "1.0"): ("PYSEC-1", "PYSEC-2"), ("x", "2.0"): ("PYSEC-3",)}
    (found,) = behind(host, index, ["py-x"], Policy(), reports=True)
    assert found.vulnerable == {"1.0": ("PYSEC-1", "PYSEC-2")}
    (found,) = behind(host, index, ["py-x"], Policy())
    assert found.vulnerable == {}

"""Which address a recipe gives for a file: (the file, what the JSON API says) → the address."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from packaging.version import Version

from spack_pypi.errors import IndexFailure
from spack_pypi.pypi.addresses import Addresses
from spack_pypi.pypi.cache import Cache
from spack_pypi.pypi.model import File, Release, Settings
from spack_pypi.pypi.settings import settings

PACKAGES = "https://files.example/packages/"
HASHED = f"{PACKAGES}ab/cd/ef01/"
SDIST, WHEEL = "Quiet.Log-1.0.tar.gz", "quiet_log-1.0-py3-none-any.whl"


def reach(cache: Path, packages: str = PACKAGES, offline: bool = False) -> Settings:
    return Settings("https://index.example/simple/", cache, offline, packages=packages)


def file(name: str) -> File:
    digest = "a" * 64 if name == SDIST else "b" * 64
    return File(name, HASHED + name, Version("1.0"), name.endswith(".whl"), digest)


def release(name: str) -> Release:
    return Release("quiet-log", Version("1.0"), (file(name),))


def said(python_version: Any, name: str = WHEEL) -> Mapping[str, Any]:
    return {"releases": {"1.0": [{"filename": name, "python_version": python_version}]}}


ANSWERS: list[tuple[str, Any, str]] = [
    # the kind of a source archive is always the same
    (SDIST, None, f"{PACKAGES}source/q/quiet-log/{SDIST}"),
    # that of a wheel is what was said when it was uploaded, whatever its name is
    (WHEEL, said("py3"), f"{PACKAGES}py3/q/quiet-log/{WHEEL}"),
    (WHEEL, said("py2.py3"), f"{PACKAGES}py2.py3/q/quiet-log/{WHEEL}"),
    (WHEEL, said("3.7"), f"{PACKAGES}3.7/q/quiet-log/{WHEEL}"),
    # where it is not known, or is not a part of an address, the index's own address stays
    (WHEEL, None, HASHED + WHEEL),
    (WHEEL, [], HASHED + WHEEL),
    (WHEEL, {"releases": {"1.0": [{}]}}, HASHED + WHEEL),
    (WHEEL, said("py3", "quiet_log-2.0-py3-none-any.whl"), HASHED + WHEEL),
    (WHEEL, said(""), HASHED + WHEEL),
    (WHEEL, said("../py3"), HASHED + WHEEL),
    (WHEEL, said('py3"'), HASHED + WHEEL),
    (WHEEL, IndexFailure("https://index.example", "answered 503"), HASHED + WHEEL),
]


@pytest.mark.parametrize("name, answer, expected", ANSWERS)
def test_addresses(name: str, answer: Any, expected: str, tmp_path: Path) -> None:
    def ask(url: str) -> Any:
        assert url == "https://index.example/pypi/quiet-log/json"
        if isinstance(answer, Exception):
            raise answer
        return answer

    found = Addresses(reach(tmp_path), ask, Cache(tmp_path))
    assert found.lasting(release(name), file(name)) == expected
    # another run may get another answer
    assert found.unsaid == ({"quiet-log"} if expected == HASHED + WHEEL else set())


def test_what_was_said_is_asked_for_once(tmp_path: Path) -> None:
    asked: list[str] = []

    def ask(url: str) -> Any:
        asked.append(url)
        return said("py3")

    first = Addresses(reach(tmp_path), ask, Cache(tmp_path))
    addresses = [first.lasting(release(WHEEL), file(WHEEL)) for _ in range(2)]
    later = Addresses(reach(tmp_path, offline=True), ask, Cache(tmp_path))
    assert {*addresses, later.lasting(release(WHEEL), file(WHEEL))} == {
        f"{PACKAGES}py3/q/quiet-log/{WHEEL}"
    }
    assert len(asked) == 1
    assert first.unsaid == later.unsaid == set()


@pytest.mark.parametrize("packages, offline", [("", False), (PACKAGES, True)])
def test_nothing_is_asked(packages: str, offline: bool, tmp_path: Path) -> None:
    """Of an index whose files may lie anywhere, or with --offline."""

    def ask(url: str) -> Any:
        raise AssertionError(url)

    found = Addresses(reach(tmp_path, packages, offline), ask, Cache(tmp_path))
    assert found.lasting(release(WHEEL), file(WHEEL)) == HASHED + WHEEL


OWN = "https://index.example/simple"
INDEXES = [
    (None, PACKAGES),
    (f"{OWN}/", PACKAGES),
    (OWN, PACKAGES),
    ("https://site.example/simple/", ""),
]


@pytest.mark.parametrize("url, packages", INDEXES)
def test_only_the_host_s_own_index_has_them(
    url: str | None, packages: str, tmp_path: Path
) -> None:
    found = settings(
        url,
        default=lambda: f"{OWN}/",
        packages=lambda: PACKAGES,
        cache=tmp_path,
        environment={"PIP_CONFIG_FILE": "/dev/null", "HOME": str(tmp_path)},
    )
    assert found.packages == packages

"""A project for one platform: its wheels and its classifiers both say so."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from packaging.version import Version

from spack_pypi.pypi.model import File, Metadata, Release
from spack_pypi.translate.only_platform import only_platform

WINDOWS = "Operating System :: Microsoft :: Windows"
OLD_WINDOWS = "Operating System :: Microsoft :: Windows :: Windows 7"
MAC = "Operating System :: MacOS :: MacOS X"
LINUX = "Operating System :: POSIX :: Linux"

#: (tags of wheels, classifiers, the platform)
CASES: list[tuple[Sequence[str], Sequence[str], str]] = [
    (["cp39-cp39-win_amd64", "cp39-cp39-win32"], [WINDOWS], "windows"),
    (["py3-none-win_arm64"], [WINDOWS, OLD_WINDOWS, "Programming Language :: Rust"], "windows"),
    (["cp39-abi3-macosx_11_0_arm64"], [MAC], "darwin"),
    # one of both says more, or nothing
    (["cp39-cp39-win_amd64"], [WINDOWS, LINUX], ""),
    (["cp39-cp39-win_amd64"], ["Operating System :: OS Independent"], ""),
    (["cp39-cp39-win_amd64"], [], ""),
    (["cp39-cp39-win_amd64", "cp39-cp39-macosx_11_0_arm64"], [WINDOWS], ""),
    (["py3-none-any"], [WINDOWS], ""),
    ([], [WINDOWS], ""),
    (["cp39-cp39-win_amd64"], [MAC], ""),
    (["cp39-cp39-manylinux_2_17_x86_64"], [LINUX], ""),
]


def of(version: str, tags: Sequence[str], classifiers: Sequence[str]) -> tuple[Release, Metadata]:
    names = [f"x-{version}.tar.gz", *(f"x-{version}-{tag}.whl" for tag in tags)]
    files = tuple(
        File(name, f"https://files.example/{name}", Version(version), name.endswith(".whl"))
        for name in names
    )
    metadata = Metadata("x", version, classifiers=tuple(classifiers))
    return Release("x", Version(version), files), metadata


@pytest.mark.parametrize(("tags", "classifiers", "platform"), CASES)
def test_one_release(tags: Sequence[str], classifiers: Sequence[str], platform: str) -> None:
    assert only_platform([of("1.0", tags, classifiers)]) == platform


def test_all_releases_are_for_it() -> None:
    windows, every = CASES[0][:2], (["py3-none-any"], [WINDOWS])
    assert only_platform([of("1.0", *windows), of("2.0", *windows)]) == "windows"
    assert only_platform([of("1.0", *windows), of("2.0", *every)]) == ""
    assert only_platform([]) == ""

"""Which files are kept for their text: (path, whether they are)."""

from __future__ import annotations

import pytest

from spack_pypi.pypi.archives import sdist

PATHS = [
    ("Cargo.toml", True),
    ("crates/own/Cargo.toml", True),
    (".cargo/config.toml", True),
    ("crates/.cargo/config", True),
    ("config.toml", False),
    ("my.cargo/config.toml", False),
    (".cargo/other.toml", False),
    ("cmake/own.cmake", True),
    ("cmake/FindOther.cmake", False),
    ("tests/.cargo/config.toml", False),
]


@pytest.mark.parametrize(("path", "kept"), PATHS)
def test_by_path(path: str, kept: bool) -> None:
    contents = sdist.Contents()
    sdist.look_at(path, 5, lambda: b"a = 1", contents)
    assert contents.build_files == ({path: "a = 1"} if kept else {})

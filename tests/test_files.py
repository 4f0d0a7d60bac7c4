"""Files that are written whole."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Callable

import pytest

from spack_pypi.files import replace_file, write_whole

WRITERS = [write_whole, replace_file]


@pytest.mark.parametrize("write", WRITERS)
def test_what_fails_leaves_the_file_as_it_was(
    write: Callable[[Path, bytes], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "inner" / "file"
    write(file, b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        write(file, b"new")
    assert file.read_bytes() == b"old"
    assert [each.name for each in file.parent.iterdir()] == ["file"]


def test_what_others_may_read_stays_so(tmp_path: Path) -> None:
    file, link = tmp_path / "there" / "file", tmp_path / "link"
    file.parent.mkdir()
    link.symlink_to(file)
    replace_file(link, b"1")
    plain = tmp_path / "plain"
    plain.write_bytes(b"")
    assert link.is_symlink() and file.stat().st_mode == plain.stat().st_mode
    file.chmod(0o640)
    replace_file(link, b"2")
    assert link.is_symlink() and file.read_bytes() == b"2"
    assert file.stat().st_mode & 0o777 == 0o640

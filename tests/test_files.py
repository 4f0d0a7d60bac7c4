"""Files that are written whole."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Callable

import pytest

from spack_pypi.files import replace_file, write_whole, yaml_text

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


@pytest.mark.parametrize(
    "text", ["a b", 'a"\\b', "\u00e4\u4e2d", "\U0001f40d/\U0010ffff", "\u2028\x7f"]
)
def test_a_text_as_yaml(text: str) -> None:
    """JSON escapes what is beyond U+FFFF as two characters, which no reader of YAML joins."""
    said = yaml_text({"a": [text, 1, True]})
    assert said.isascii() and not re.search(r"\\ud[89a-f]", said)
    assert json.loads(re.sub(r"\\U(\w{8})", lambda m: chr(int(m[1], 16)), said)) == {
        "a": [text, 1, True]
    }

"""Files that are written whole."""

from __future__ import annotations

import json
import os
import re
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Callable

import pytest

from spack_pypi.errors import UsageError
from spack_pypi.files import replace_file, write_named, write_new, write_whole, yaml_text
from spack_pypi.report.formats import write_json

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


@contextmanager
def full_disk() -> Iterator[None]:
    """Files may have ten bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_a_report_on_a_full_disk(tmp_path: Path) -> None:
    """The one of before may be a baseline of ``check``."""
    report = tmp_path / "report.json"
    write_json(str(report), {"a": 1})
    with full_disk(), pytest.raises(UsageError, match=f"cannot write {report}: File too large"):
        write_json(str(report), {"a": "x" * 20})
    assert json.loads(report.read_text()) == {"a": 1}
    assert [*tmp_path.iterdir()] == [report]


def test_a_new_file_on_a_full_disk(tmp_path: Path) -> None:
    """The next run does not find half of it."""
    file = tmp_path / "spack.yaml"
    with full_disk(), pytest.raises(OSError, match="File too large"):
        write_new(file, b"x" * 20)
    assert not [*tmp_path.iterdir()]
    write_new(file, b"1")
    with pytest.raises(FileExistsError):
        write_new(file, b"2")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "link", b"2")
    assert file.read_bytes() == b"1" and len([*tmp_path.iterdir()]) == 2


def test_what_a_shell_has_opened_is_written_as_it_is(tmp_path: Path) -> None:
    """As ``--json /dev/stdout > FILE``: who has it open writes on behind that."""
    with (tmp_path / "out").open("wb", buffering=0) as stream:
        write_named(f"/dev/fd/{stream.fileno()}", b"report")
        stream.seek(0, os.SEEK_END)
        stream.write(b", and more")
    assert (tmp_path / "out").read_bytes() == b"report, and more"


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

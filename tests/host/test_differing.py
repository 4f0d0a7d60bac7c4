"""Which files differ from those of a commit: what they contain decides, not when they were
written."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from spack_pypi.host.differing import differing
from tests.spack.shared import committed, git

NAMES = ("packages/one/package.py", "packages/two/package.py", "packages/thrée/a b.patch")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Files that were touched after they were committed, in a checkout that was copied."""
    made = tmp_path / "made"
    git(tmp_path, "init", "--quiet", str(made))
    for name in (*NAMES, "elsewhere"):
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(name)
    committed(made, "base")
    shutil.copytree(made, tmp_path / "copy")
    for name in NAMES:
        os.utime(tmp_path / "copy" / name, (1, 1))
    return tmp_path / "copy"


def test_what_was_only_copied_or_touched_is_the_same(checkout: Path) -> None:
    index = (checkout / ".git" / "index").read_bytes()
    assert differing(checkout, "HEAD", Path("packages")) == []
    assert (checkout / ".git" / "index").read_bytes() == index


@pytest.mark.parametrize("name", NAMES)
def test_what_was_changed_executable_or_deleted(checkout: Path, name: str) -> None:
    """What is outside of the folder does not count."""
    for each in (name, "elsewhere"):
        (checkout / each).write_text("mine")
    assert differing(checkout, "HEAD", Path("packages")) == [name]
    committed(checkout, "mine")
    assert differing(checkout, "HEAD", Path("packages")) == []
    assert differing(checkout, "HEAD~1", Path("packages")) == [name]
    (checkout / name).chmod(0o755)
    assert differing(checkout, "HEAD", Path("packages")) == [name]
    (checkout / name).unlink()
    assert differing(checkout, "HEAD", Path("packages")) == [name]

"""What tests of the host share."""

from __future__ import annotations

from pathlib import Path

import pytest

from spack_pypi.host import repo_folder


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """A repo with one recipe, which has a patch."""
    root = tmp_path / "spack_repo" / "site"
    repo_folder.make_repo(root)
    (root / "packages" / "py_old").mkdir()
    (root / "packages" / "py_old" / "package.py").write_text("old")
    (root / "packages" / "py_old" / "fix.patch").write_text("patch")
    return root

"""Copies of repos as plain folders."""

from __future__ import annotations

from pathlib import Path

from spack_pypi.host import repo_copy
from spack_pypi.host.repo_folder import make_repo


def test_a_repo_without_recipes_keeps_its_folder_of_packages(tmp_path: Path) -> None:
    repo, scratch = tmp_path / "spack_repo" / "site", tmp_path / "scratch"
    make_repo(repo)
    (repo / ".git").mkdir()
    copied, _ = repo_copy.copy(repo, "site", tmp_path / "repos", scratch)
    assert sorted(path.name for path in copied.iterdir()) == ["packages", "repo.yaml"]

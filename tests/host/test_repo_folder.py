"""All recipes are moved in, or none."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Dict

import pytest

from spack_pypi.errors import HostError
from spack_pypi.host import repo_folder


def files(root: Path) -> Dict[str, str]:
    return {
        str(path.relative_to(root)): path.read_text() for path in root.rglob("*") if path.is_file()
    }


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    root = tmp_path / "spack_repo" / "site"
    repo_folder.make_repo(root)
    (root / "packages" / "py_old").mkdir()
    (root / "packages" / "py_old" / "package.py").write_text("old")
    (root / "packages" / "py_old" / "fix.patch").write_text("patch")
    return root


def staged(repo: Path, *names: str) -> Dict[Path, Path]:
    folder = repo_folder.staging_folder(repo)
    for name in names:
        repo_folder.write(folder / name, f"new {name}")
    return {folder / name: repo / "packages" / name for name in names}


def test_new_and_replaced(repo: Path) -> None:
    repo_folder.move_all(staged(repo, "py_new", "py_old"))
    packages = repo / "packages"
    assert (packages / "py_new" / "package.py").read_text() == "new py_new"
    assert (packages / "py_old" / "package.py").read_text() == "new py_old"
    assert (packages / "py_old" / "fix.patch").read_text() == "patch"


def test_an_edited_copy_takes_along_the_files_that_it_names(repo: Path, tmp_path: Path) -> None:
    old = repo / "packages" / "py_old"
    (old / "other.patch").write_text("not named")
    repo_folder.write(tmp_path / "copy", 'patch("fix.patch")', old)
    assert files(tmp_path / "copy") == {"package.py": 'patch("fix.patch")', "fix.patch": "patch"}


@pytest.mark.parametrize("failing", [1, 2, 3])
def test_when_one_cannot_be_moved_all_stay_out(
    repo: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    before = files(repo / "packages")
    moves = staged(repo, "py_a", "py_old", "py_z")
    real, count = {"rename": os.rename, "replace": os.replace}, [0]

    def unreliable(name: str) -> object:
        def move(source: Path, destination: Path) -> None:
            count[0] += 1
            if count[0] == failing:
                raise OSError(28, "No space left on device", str(destination))
            real[name](source, destination)

        return move

    monkeypatch.setattr(os, "rename", unreliable("rename"))
    monkeypatch.setattr(os, "replace", unreliable("replace"))
    with pytest.raises(HostError, match="No space left"):
        repo_folder.move_all(moves)
    assert files(repo / "packages") == before


def test_an_interruption_undoes_too(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = files(repo / "packages")
    moves = staged(repo, "py_a", "py_b")
    real, calls = os.rename, [0]

    def interrupted(source: Path, destination: Path) -> None:
        calls[0] += 1
        if calls[0] == 2:
            raise KeyboardInterrupt
        real(source, destination)

    monkeypatch.setattr(os, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        repo_folder.move_all(moves)
    assert files(repo / "packages") == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_repo_that_cannot_be_written(repo: Path) -> None:
    repo.chmod(0o500)
    with pytest.raises(HostError, match="cannot be written"):
        repo_folder.check_writable(repo)


def test_a_repo_is_made_once(tmp_path: Path) -> None:
    root = tmp_path / "spack_repo" / "mine"
    repo_folder.make_repo(root)
    (root / "repo.yaml").write_text("mine")
    repo_folder.make_repo(root)
    assert (root / "repo.yaml").read_text() == "mine"


@pytest.mark.parametrize(
    "name", [".spack-pypi-a1b2c3d4", ".spack-pypi-_15qc8h2", ".spack-pypi-__"]
)
def test_any_staging_folder_gives_a_namespace(name: str) -> None:
    """Spack refuses two underscores in a row."""
    namespace = repo_folder.staging_namespace(Path("repo") / name)
    assert re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", namespace)

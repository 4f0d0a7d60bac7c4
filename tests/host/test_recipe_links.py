"""Recipes that are links: the file that one leads to is updated, if it is in the same repo."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Callable

import pytest

from spack_pypi.errors import HostError
from spack_pypi.host import repo_folder


@pytest.fixture
def repo(repo: Path) -> Path:
    (repo / "shared").mkdir()
    return repo


def file_elsewhere_in_the_repo(repo: Path) -> Path:
    """The file in ``packages`` is a link, here to one beside it."""
    return linked(repo / "packages/py_old/package.py", repo / "shared/old.py")


def folder_elsewhere_in_the_repo(repo: Path) -> Path:
    return linked(repo / "packages/py_old", repo / "shared/py_old") / "package.py"


def all_packages_elsewhere(repo: Path) -> Path:
    """A repo whose packages lie on another disk: they are its own."""
    return linked(repo / "packages", repo.parents[1] / "disk") / "py_old/package.py"


def file_outside(repo: Path) -> Path:
    return linked(repo / "packages/py_old/package.py", repo.parents[1] / "other.py")


def folder_outside(repo: Path) -> Path:
    return linked(repo / "packages/py_old", repo.parents[1] / "py_old") / "package.py"


def up_and_out(repo: Path) -> Path:
    """A relative link, as git keeps them."""
    outside = linked(repo / "packages/py_old/package.py", repo.parents[1] / "other.py")
    (repo / "packages/py_old/package.py").unlink()
    (repo / "packages/py_old/package.py").symlink_to("../../../../other.py")
    return outside


def linked(what: Path, to: Path) -> Path:
    what.rename(to)
    what.symlink_to(to)
    return to


INSIDE = [file_elsewhere_in_the_repo, folder_elsewhere_in_the_repo, all_packages_elsewhere]
OUTSIDE = [file_outside, folder_outside, up_and_out]


def committed(repo: Path) -> None:
    folder = repo_folder.StagingFolder(repo)
    repo_folder.write(folder.path / "py_old", "new")
    final = repo / "packages" / "py_old"
    try:
        folder.expect([final])
        folder.commit({folder.path / "py_old": final})
    finally:
        folder.delete()


@pytest.mark.parametrize("made", INSIDE, ids=lambda made: made.__name__)
def test_a_link_in_the_repo_stays_and_its_file_is_replaced(
    repo: Path, made: Callable[[Path], Path]
) -> None:
    file = made(repo)
    links = [path for path in repo.rglob("*") if path.is_symlink()]
    before = file.stat().st_ino
    committed(repo)
    assert all(path.is_symlink() for path in links)
    assert file.read_text() == "new"
    assert file.stat().st_ino != before  # renamed, not written into
    assert not file.is_symlink()


@pytest.mark.parametrize("made", OUTSIDE, ids=lambda made: made.__name__)
def test_a_link_out_of_the_repo_is_refused(repo: Path, made: Callable[[Path], Path]) -> None:
    file = made(repo)
    with pytest.raises(HostError, match=f"is a link to {file}, which is not in the repo"):
        committed(repo)
    assert file.read_text() == "old"
    assert (repo / "packages/py_old/package.py").read_text() == "old"


def test_a_link_to_nothing_is_refused(repo: Path) -> None:
    """Spack takes it for no package: create would put a recipe in its place."""
    (repo / "packages/py_old/package.py").unlink()
    (repo / "packages/py_old/package.py").symlink_to("gone.py")
    with pytest.raises(HostError, match="where no recipe is: delete the link"):
        committed(repo)
    assert os.readlink(repo / "packages/py_old/package.py") == "gone.py"


def test_a_link_that_appears_meanwhile_is_not_followed(repo: Path, tmp_path: Path) -> None:
    """Recipes are verified for minutes."""
    folder, final = repo_folder.StagingFolder(repo), repo / "packages" / "py_old"
    repo_folder.write(folder.path / "py_old", "new")
    folder.expect([final])
    file = file_outside(repo)
    with pytest.raises(HostError, match="not in the repo"):
        folder.commit({folder.path / "py_old": final})
    assert file.read_text() == "old"


@pytest.mark.parametrize("mode", [0o600, 0o664])
def test_who_may_read_and_write_a_recipe_stays(repo: Path, mode: int) -> None:
    """A site's repo belongs to a group."""
    file = repo / "packages/py_old/package.py"
    file.chmod(mode)
    committed(repo)
    assert file.read_text() == "new"
    assert file.stat().st_mode & 0o777 == mode

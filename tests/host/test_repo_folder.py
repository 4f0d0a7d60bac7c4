"""All recipes are moved in, or none."""

from __future__ import annotations

import importlib.machinery
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from spack_pypi.errors import HostError
from spack_pypi.host import repo_folder


def files(root: Path) -> dict[str, str]:
    return {
        str(path.relative_to(root)): path.read_text() for path in root.rglob("*") if path.is_file()
    }


def staged(repo: Path, *names: str) -> dict[Path, Path]:
    folder = repo_folder.StagingFolder(repo).path
    for name in names:
        repo_folder.write(folder / name, f"new {name}")
    return {folder / name: repo / "packages" / name for name in names}


def test_new_and_replaced(repo: Path) -> None:
    repo_folder.move_all(staged(repo, "py_new", "py_old"))
    packages = repo / "packages"
    assert (packages / "py_new" / "package.py").read_text() == "new py_new"
    assert (packages / "py_old" / "package.py").read_text() == "new py_old"
    assert (packages / "py_old" / "fix.patch").read_text() == "patch"


def test_python_reads_the_recipe_that_replaced_one_of_the_same_second_and_size(
    repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It keeps the bytecode of a module by both. A recipe is replaced twice in a second."""
    folder = repo_folder.StagingFolder(repo).path
    final = repo / "packages" / "py_old"
    read = []
    for version in ("1.0", "2.0", "3.0"):
        repo_folder.write(folder / version / "py_old", f"version = {version!r}")
        repo_folder.move_all({folder / version / "py_old": final})
        monkeypatch.setattr(sys, "dont_write_bytecode", False)
        loader = importlib.machinery.SourceFileLoader("package", str(final / "package.py"))
        code = loader.get_code("package")
        assert code is not None and list(final.glob("__pycache__/*"))
        read.append(code.co_consts[0])
    assert read == ["1.0", "2.0", "3.0"]


def test_what_is_put_into_the_repo_stays_staged(repo: Path) -> None:
    """The host works with it, and more of it may be put there later."""
    folder = repo_folder.StagingFolder(repo)
    for name in ("py_new", "py_old", "py_later"):
        repo_folder.write(folder.path / name, f"new {name}")
    before = files(folder.path)
    packages = repo / "packages"
    folder.commit({folder.path / name: packages / name for name in ("py_new", "py_old")})
    assert files(folder.path) == before
    assert files(packages) == {
        "py_new/package.py": "new py_new",
        "py_old/package.py": "new py_old",
        "py_old/fix.patch": "patch",
    }


#: (what somebody else has put there meanwhile: None for nothing, whether ours is put there)
MEANWHILE = [(None, True), ("new py_old", True), ("mine", False)]


@pytest.mark.parametrize("name", ["py_old", "py_new"])
@pytest.mark.parametrize("theirs, ours", MEANWHILE)
def test_what_somebody_else_writes_meanwhile_stays(
    repo: Path, name: str, theirs: str | None, ours: bool
) -> None:
    """A person edits it, or another run updates it, while it is verified: minutes."""
    folder, final = repo_folder.StagingFolder(repo), repo / "packages" / name
    repo_folder.write(folder.path / name, "new py_old")
    folder.expect([final])
    if theirs is not None:
        final.mkdir(exist_ok=True)
        (final / "package.py").write_text(theirs)
    if ours:
        folder.commit({folder.path / name: final})
        folder.commit({folder.path / name: final})
        assert (final / "package.py").read_text() == "new py_old"
        return
    with pytest.raises(HostError, match=f"{name}/package.py was changed by somebody else"):
        folder.commit({folder.path / name: final})
    assert (final / "package.py").read_text() == theirs


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


@pytest.mark.parametrize("may_replace", [True, False])
def test_a_file_that_may_have_no_other_name(
    repo: Path, monkeypatch: pytest.MonkeyPatch, may_replace: bool
) -> None:
    """As on a file system without links; one that may not be replaced either is named."""
    before = files(repo / "packages")
    moves = staged(repo, "py_a", "py_old")
    recipe, replace = repo / "packages" / "py_old" / "package.py", os.replace

    def refused(source: Path, destination: Path) -> None:
        raise OSError(1, "Operation not permitted", str(source), None, str(destination))

    def replaced(source: Path, destination: Path) -> None:
        (replace if may_replace or destination != recipe else refused)(source, destination)

    monkeypatch.setattr(os, "link", refused)
    monkeypatch.setattr(os, "replace", replaced)
    if may_replace:
        repo_folder.move_all(moves)
        assert recipe.read_text() == "new py_old"
        return
    with pytest.raises(HostError, match=f"to {recipe}: Operation not permitted"):
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


HOLD = """
import sys
from pathlib import Path
from spack_pypi.host.repo_folder import StagingFolder
held = StagingFolder(Path(sys.argv[1]))
(held.path / "recipe").touch()
print(held.path, flush=True)
sys.stdin.read()
"""


def test_only_folders_of_processes_that_are_gone_are_deleted(repo: Path) -> None:
    """Killed ones too; those of runs under way stay, those of this process as well."""
    mine = repo_folder.StagingFolder(repo)
    command = [sys.executable, "-c", HOLD, str(repo)]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as living, subprocess.Popen(command, **pipes) as dead:
        assert living.stdout is not None and dead.stdout is not None
        lives, died = Path(living.stdout.readline()[:-1]), Path(dead.stdout.readline()[:-1])
        assert repo_folder.delete_abandoned(repo) == []
        dead.kill()
        dead.wait()
        (repo / "packages" / ".spack-pypi-not-here").mkdir()
        assert repo_folder.delete_abandoned(repo) == [died]
        assert lives.exists() and not died.exists() and mine.path.exists()
        assert (repo / "packages" / ".spack-pypi-not-here").exists()
    mine.delete()
    assert repo_folder.delete_abandoned(repo) == [lives]


def test_a_folder_that_is_taken_away_before_it_is_locked_is_made_anew(
    repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = tempfile.mkdtemp
    made: list[str] = []

    def mkdtemp(**where: Any) -> str:
        made.append(real(**where))
        if len(made) == 1:
            assert repo_folder.delete_abandoned(repo) == [Path(made[0])]
        return made[-1]

    monkeypatch.setattr(tempfile, "mkdtemp", mkdtemp)
    folder = repo_folder.StagingFolder(repo)
    assert [folder.path.exists(), *map(os.path.exists, made)] == [True, False, True]
    folder.delete()
    assert not folder.path.exists()


def test_a_pipe_is_no_recipe(tmp_path: Path) -> None:
    """Nobody may ever write to it."""
    for name in ("py_file", "py_pipe", "py_none"):
        (tmp_path / name).mkdir()
    (tmp_path / "py_file" / "package.py").write_text("")
    os.mkfifo(tmp_path / "py_pipe" / "package.py")
    assert [*repo_folder.recipes_in(str(tmp_path))] == ["py_file"]


def test_a_recipe_that_is_a_pipe_is_named(tmp_path: Path) -> None:
    for name in ("py_a", "py_b"):
        (tmp_path / name).mkdir()
    (tmp_path / "py_a" / "package.py").write_text("")
    repo_folder.check_recipes(tmp_path)
    os.mkfifo(tmp_path / "py_b" / "package.py")
    with pytest.raises(
        HostError, match=r"py_b/package\.py is not a regular file, and Spack would hang"
    ):
        repo_folder.check_recipes(tmp_path)

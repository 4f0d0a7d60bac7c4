"""Which packages of a checkout somebody changed: not those where only bytecode was written."""

from __future__ import annotations

from pathlib import Path

from spack_pypi.host.checkout import GitCheckout
from tests.host.test_checkout import clone, run

__all__ = ["clone"]

BYTECODE = Path("__pycache__", "package.cpython-311.pyc")


def load(folder: Path) -> None:
    """As Spack loads a recipe, by any Python."""
    (folder / BYTECODE).parent.mkdir()
    (folder / BYTECODE).write_bytes(b"code")


def test_a_repo_without_gitignore(clone: Path) -> None:
    load(clone / "packages" / "py_old")
    with GitCheckout(clone, clone.parent / "cache") as made:
        assert made.changed_here() == []
        packages = made.repo / "packages"
        new = packages / "py_new"
        new.mkdir()
        (new / "package.py").write_text("new")
        (new / "fix.patch").write_text("patch")
        for folder in (packages, packages / "py_old", new):
            load(folder)
        assert [each.file.parent.name for each in made.changed()] == ["py_new"]
        commit = made.commit(new, "py-new: new package")
        names = run(clone, "show", "--format=", "--name-only", commit).split()
        assert names == ["packages/py_new/fix.patch", "packages/py_new/package.py"]

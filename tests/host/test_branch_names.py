"""Names of branches: which ones git has, also beside others, and that no shell misreads one."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from spack_pypi.errors import UsageError
from spack_pypi.host.checkout import GitCheckout
from tests.host.test_checkout import branches, clone, run, somebody

__all__ = ["clone", "somebody"]

#: (branch that exists, one that is wanted, whether git can have both)
BESIDE = [
    ("pypi/py-plain", "pypi/py-app", True),
    ("pypi/py-app-2", "pypi/py-app", True),
    ("pypi/deep/er", "pypi/py-app", True),
    ("pypi", "pypi/py-app", False),
    ("pypi/py-app/old", "pypi/py-app", False),
    ("a/b", "a/b/c/d", False),
]


@pytest.mark.parametrize("there, wanted, both", BESIDE)
def test_branches_that_git_can_have_together(
    clone: Path, there: str, wanted: str, both: bool
) -> None:
    run(clone, "branch", there)
    with GitCheckout(clone, clone.parent / "cache") as made:
        if both:
            made.check_free(wanted)
        else:
            with pytest.raises(UsageError, match=f"no branch {wanted}, as there is {there}:"):
                made.check_free(wanted)


@pytest.mark.parametrize(
    "name", ["a b", "-x", "a..b", "@{-1}", "x" * 251, "a/\udcff", "a\u202eb", "a\u00a0b"]
)
def test_names_that_no_branch_can_have(clone: Path, name: str) -> None:
    """``@{-1}`` is another name of the branch that was checked out before."""
    run(clone, "checkout", "--quiet", "-b", "other")
    with (
        GitCheckout(clone, clone.parent / "cache") as made,
        pytest.raises(UsageError, match="is not a valid branch name"),
    ):
        made.check_free(name)


@pytest.mark.parametrize("name", ["it's", '"quoted"', "$(id)", "a;b&c|d`e`", "\u00e9t\u00e9"])
def test_odd_names_that_git_allows(clone: Path, name: str) -> None:
    """What the message says deletes such a branch, and nothing else."""
    with GitCheckout(clone, clone.parent / "cache") as made:
        made.check_free(name)
        made.finish({name: made.base})
        with pytest.raises(UsageError, match="exists already") as error:
            made.check_free(name)
    before = branches(clone)
    command = str(error.value).partition("delete it: ")[2]
    subprocess.run(["sh", "-c", command], cwd=clone, check=True, stdout=subprocess.DEVNULL)
    assert before - branches(clone) == {name}

"""Which commit a series starts from: clones, branches, and what others changed meanwhile."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Spack
from tests.index_server import IndexServer
from tests.spack import forks
from tests.spack.shared import Shared, committed, git, shared_by, status

pytestmark = pytest.mark.spack


def test_changes_of_the_checkout_itself(shared: Shared) -> None:
    """What was changed there goes as it is, whether or not it was committed."""
    shutil.rmtree(shared.spack.repo / "packages")
    (shared.spack.repo / "packages").mkdir()
    text = shared.recipe("py_hand").read_text()
    shared.recipe("py_hand").write_text(text.replace("a person knew", "a person knows"))
    arguments = ("-r", str(shared.repo), "--index-url", shared.server.url)
    done = shared.spack.run("pypi", "sync", "hand", *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    committed(shared.clone, "mine")
    done = shared.spack.run("pypi", "create", "app", *arguments, "--verify", "load")
    assert done.returncode == 0, done.stdout + done.stderr
    before = status(shared.clone)
    done = shared.upstream("-r", str(shared.repo), "--branch", "pypi/py-app")
    assert done.returncode == 0, done.stdout + done.stderr
    assert status(shared.clone) == before
    log = git(shared.clone, "log", "--reverse", "--format=%s", "origin/develop..pypi/py-app")
    assert log.split("\n") == [
        "py-hand: add v2.1",
        "py-plain: new package",
        "py-app: new package",
    ]
    assert shared.sent("py_hand") == shared.recipe("py_hand").read_text().strip()


def test_another_clone_than_the_one_that_spack_uses(spack: Spack, server: IndexServer) -> None:
    """It has packages that Spack's own builtin has not."""
    shared = shared_by(spack, server)
    arguments = ("-r", str(shared.repo), "--index-url", server.url)
    done = spack.run("pypi", "sync", "hand", *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    assert 'version("2.1"' in shared.recipe("py_hand").read_text()


def test_of_many_added_versions_the_newest(shared: Shared) -> None:
    arguments = ("-r", str(shared.repo), "--index-url", shared.server.url)
    done = shared.spack.run("pypi", "sync", "hand", "--all-missing", *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    done = shared.upstream("-r", str(shared.repo))
    assert done.returncode == 0, done.stdout + done.stderr
    assert git(shared.clone, "log", "-1", "--format=%s", "pypi/py-hand") == "py-hand: add v2.1"
    diff = git(shared.clone, "diff", "develop", "pypi/py-hand")
    assert 'version("2.0"' not in diff


@pytest.mark.parametrize("elsewhere", [True, False], ids=["merged", "conflict"])
def test_the_base_went_on(shared: Shared, elsewhere: bool) -> None:
    """Others changed the same recipe meanwhile."""
    recipe = shared.recipe("py_hand")
    recipe.write_text(recipe.read_text().replace("a person knew", "a person knows"))
    theirs = shared.origin / recipe.relative_to(shared.clone)
    old, new = ("Written by hand.", "By hand.") if elsewhere else ("a person knew", "who knows")
    theirs.write_text(theirs.read_text().replace(old, new))
    committed(shared.origin, "theirs")
    git(shared.clone, "fetch", "--quiet", "origin")
    done = shared.upstream("-r", str(shared.repo), "--base", "origin/develop")
    if elsewhere:
        assert done.returncode == 0, done.stdout + done.stderr
        text = shared.sent("py_hand", "pypi/py-hand")
        assert '"""By hand."""' in text and "a person knows" in text
    else:
        assert done.returncode == 1
        assert "conflict with the base of the patches: rebase the checkout first" in done.stderr
        assert git(shared.clone, "branch", "--list", "pypi/*") == ""


def test_a_checkout_that_knows_only_a_release_branch(shared: Shared) -> None:
    """As Spack clones builtin: what was changed there is brought to the main branch of now."""
    git(shared.origin, "branch", "releases")
    theirs = shared.origin / shared.recipe("py_hand").relative_to(shared.clone)
    theirs.write_text(theirs.read_text().replace("Written by hand.", "By hand."))
    committed(shared.origin, "theirs")
    shutil.rmtree(shared.clone)
    options = ("--quiet", "--depth", "1", "--branch", "releases")
    git(shared.spack.folder, "clone", *options, f"file://{shared.origin}", str(shared.clone))
    recipe = shared.recipe("py_hand")
    recipe.write_text(recipe.read_text().replace("a person knew", "a person knows"))
    done = shared.upstream("-r", str(shared.repo))
    assert done.returncode == 0, done.stdout + done.stderr
    text = shared.sent("py_hand", "pypi/py-hand")
    assert '"""By hand."""' in text and "a person knows" in text


def test_the_base_is_what_the_origin_has_now(shared: Shared) -> None:
    """A site's recipes are made for the shared repo of today, not of the last time it was read."""
    readme = shared.origin / "README.md"
    readme.write_text("new")
    committed(shared.origin, "theirs")
    assert shared.upstream().returncode == 0
    assert git(shared.clone, "rev-parse", "pypi/py-app~3") == git(
        shared.origin, "rev-parse", "HEAD"
    )


def test_what_an_earlier_run_left_behind_is_not_sent(shared: Shared) -> None:
    assert shared.upstream("--dry-run").returncode == 0
    worktree = Path(git(shared.clone, "worktree", "list").split("\n")[1].split()[0])
    killed = worktree / "repos" / "spack_repo" / "builtin" / "packages" / "py_killed"
    killed.mkdir()
    (killed / "package.py").write_text("half a re")
    done = shared.upstream()
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(shared.titles()) == 3


def test_refusals(shared: Shared) -> None:
    """Each one sentence, no branch, no folder."""
    app = shared.spack.repo / "packages" / "py_app" / "package.py"
    text = app.read_text()

    def refused(said: str, code: int, *arguments: str) -> None:
        assert_refused(shared.upstream("app", *arguments), said, code)

    def assert_refused(done: subprocess.CompletedProcess[str], said: str, code: int) -> None:
        assert (done.returncode, said in done.stderr) == (code, True), done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        assert git(shared.clone, "branch", "--list", "pypi/*") == ""
        assert not shared.patches.exists()

    line = "from spack_repo.site.packages.py_plain.package import PyPlain\n\n\nclass PyApp("
    app.write_text(text.replace("\n\nclass PyApp(", line))
    refused("inherits one of the repo site, which builtin cannot use", 1)
    app.write_text(text.replace('"py-hand@2:"', '"py-nobody@2:"'))
    refused("py-nobody", 1)
    app.write_text(text.replace("class PyApp", "class  PyApp"))
    if shutil.which("ruff"):
        refused("ruff would format it differently", 1)
    app.write_text(text)
    git(shared.clone, "branch", "in/the/way")
    bare = shared.spack.folder / "bare"
    shutil.copytree(shared.repo, bare)
    wrong = [
        ("is not a valid branch name", 2, ["--branch", "a b"]),
        ("git can have no branch in/the, as there is in/the/way", 2, ["--branch", "in/the"]),
        ("git can have no branch in/the/way/x, as", 2, ["--branch", "in/the/way/x"]),
        ("has no commit 'nowhere'", 2, ["--base", "nowhere"]),
        ("has no recipe in the repo", 1, ["six"]),
        ("is not a clone of builtin's repository", 1, ["--checkout", str(shared.spack.folder)]),
        ("is not in a git checkout", 1, ["--checkout", str(bare)]),
    ]
    commands = [shared.upstream_command("app", *arguments) for _, _, arguments in wrong]
    for (said, code, _), done in zip(wrong, forks.run(shared.spack, *commands)):
        assert_refused(done, said, code)
    nobody = {
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "user.useConfigOnly",
        "GIT_CONFIG_VALUE_0": "true",
    }
    done = shared.upstream("app", **nobody)
    assert done.returncode == 1
    assert "git makes no commits without your name and address" in done.stderr
    assert shared.upstream().returncode == 0
    again = shared.upstream()
    assert again.returncode == 2 and "exists already" in again.stderr
    git(shared.clone, "branch", "--quiet", "--delete", "--force", "pypi/py-app")
    again = shared.upstream()
    assert again.returncode == 2 and "is not empty" in again.stderr
    assert git(shared.clone, "branch", "--list", "pypi/*") == ""

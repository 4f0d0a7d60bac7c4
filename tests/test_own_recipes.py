"""``check`` and ``sync`` of recipes that do not come from Spack's own index."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.index_server import IndexServer
from tests.pypi.git_repos import Repo, project
from tests.pypi.own.test_backend import BACKEND, PYPROJECT
from tests.pypi.own.test_own_archive import sdist
from tests.test_commands import Host, Run


@pytest.fixture
def run(server: IndexServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    host = Host(cache=tmp_path / "cache")
    host.repos.packages_in = lambda namespace, repo: ["py-thing"]  # type: ignore[method-assign]
    for name in ("hatchling", "setuptools", "six", "attrs"):
        host.has(name, "1.0", "2.0")
        for version in ("1.0", "2.0"):
            server.served.add(name, version)
    # Somebody else's, of the same name.
    server.served.add("thing", "9.0", "malware", license_expression="MIT")
    yield Run(server, host, tmp_path, capsys)


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    repo = Repo(tmp_path / "repo")
    repo.commit({"pyproject.toml": project("thing", "six")}, "v1.0")
    repo.commit({"pyproject.toml": project("thing", "six<2")})
    return repo


def created(run: Run, *names: str) -> str:
    """The recipe that is written, and is there from now on."""
    assert run("create", *names) == 0, run.err
    return kept(run)


def kept(run: Run) -> str:
    text = run.host.written["py-thing"]
    run.host.keep("thing", "py-thing", text)
    return text


def test_check_of_what_is_right(run: Run, repo: Repo) -> None:
    """Each version is compared with its own commit."""
    created(run, f"git+{repo.address}")
    assert run("check", "thing", "--versions", "all") == 0, run.out
    assert "1 recipe, 2 versions: 0 errors in 0 recipes, 0 notes, 0 not checked." in run.out


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('@:1"', '@1:"', "main: error: the version range of py-six is"),
        ('"py-six"', '"py-attrs"', "1.0: error: py-six is missing"),
        ('commit="', 'commit="0', "1.0: error: the tag v1.0 is {commit} in the repository; the"),
        ('tag="v1.0"', 'tag="v1"', "1.0: error: the repository has no tag v1 [wrong-commit]"),
        ('branch="main"', 'branch="x"', "main: error: the repository has no branch x"),
    ],
)
def test_check_of_what_is_wrong(run: Run, repo: Repo, old: str, new: str, said: str) -> None:
    text = created(run, f"git+{repo.address}")
    assert old in text
    run.host.keep("thing", "py-thing", text.replace(old, new))
    assert run("check", "thing") == 1
    assert said.format(commit=repo.git("rev-parse", "v1.0^{commit}")) in run.out


def test_sync_adds_tags(run: Run, repo: Repo) -> None:
    before = created(run, f"git+{repo.address}")
    repo.commit({"pyproject.toml": project("thing", "six<2", "attrs")}, "v1.1")
    commit = repo.git("rev-parse", "HEAD")
    assert run("sync", "--list", "thing") == 0, run.err
    assert "py-thing 1.0 -> 1.1 (1 release, main changed, with edits of lines)" in run.out
    assert run("sync", "thing") == 0, run.err + run.out
    after = kept(run)
    new = f'    version("1.1", tag="v1.1", commit="{commit}")\n    version("1.0", '
    assert new in after and "9.0" not in after
    assert run("check", "thing", "--versions", "all") == 0, run.out
    assert run("sync", "thing") == 0
    assert "py-thing 1.1: current" in run.out
    # As it would be written anew, but for the order of its lines.
    assert sorted(after.splitlines()) == sorted(
        created(run, f"git+{repo.address}", "--force").splitlines()
    )
    assert before.splitlines()[:10] == after.splitlines()[:10]


def test_sync_follows_a_branch(run: Run, repo: Repo) -> None:
    """A line that only the branch has is replaced, without any tag."""
    created(run, f"git+{repo.address}")
    repo.commit({"pyproject.toml": project("thing", "six>=2", "attrs")})
    assert run("sync", "--list", "thing") == 0
    assert "py-thing 1.0 (0 releases, main changed" in run.out
    assert run("sync", "thing") == 0, run.err + run.out
    assert "py-thing main: brought up to date with edits of lines" in run.out
    after = kept(run)
    assert 'depends_on("py-six@:1", when="@main:"' not in after
    assert after.count("version(") == 2 and 'depends_on("py-attrs", when="@main:"' in after
    assert run("check", "thing", "--versions", "all") == 0, run.out
    repo.commit({"README": "nothing else is required"})
    assert run("sync", "thing") == 0
    assert "py-thing 1.0: current" in run.out


def test_sync_does_not_repeat_the_class(run: Run, repo: Repo) -> None:
    """A person has said once that all versions have submodules."""
    repo.commit({".gitmodules": '[submodule "a"]\n\tpath = a\n\turl = ../a\n'}, "v1.1")
    text = created(run, f"git+{repo.address}@v1.1")
    assert text.count(", submodules=True)") == 1
    once = text.replace(", submodules=True)", ")").replace(
        '    git = "', '    submodules = True\n    git = "'
    )
    run.host.keep("thing", "py-thing", once)
    repo.commit({}, "v1.2")
    assert run("sync", "thing") == 0, run.err + run.out
    assert 'tag="v1.2"' in kept(run) and "submodules=True" not in kept(run)


def test_a_commit_without_a_tag(run: Run, repo: Repo) -> None:
    """Its version is compared with it, and the next tag is a newer one."""
    commit = repo.git("rev-parse", "HEAD")
    text = created(run, f"git+{repo.address}@{commit}")
    assert f'    version("0", commit="{commit}")\n' in text and text.count("version(") == 1
    assert run("check", "thing") == 0, run.out
    run.host.keep("thing", "py-thing", text.replace('"py-six', '"py-attrs'))
    assert run("check", "thing") == 1 and "py-six is missing" in run.out
    run.host.keep("thing", "py-thing", text)
    assert run("sync", "thing") == 0, run.err + run.out
    assert 'version("1.0", tag="v1.0"' in kept(run)


def test_check_of_another_repository(run: Run, repo: Repo) -> None:
    """It is compared, and said: the recipe's own may say something else."""
    text = created(run, f"git+{repo.address}")
    other = "https://git.example/group/thing"
    run.host.keep("thing", "py-thing", text.replace(repo.address, f"{other}.git"))
    assert run("check", f"git+{repo.address}") == 0, run.out
    assert (
        f"main, 1.0: warning: compared with {repo.address}; the recipe names {other}.git "
        "[other-repository]"
    ) in run.out
    repo.git("remote", "add", "origin", other)
    assert run("check", str(repo.folder)) == 0
    assert "other-repository" not in run.out


@pytest.mark.parametrize("name", ["thing", "git+{address}"])
def test_a_backend_is_run_if_that_is_wanted(run: Run, tmp_path: Path, name: str) -> None:
    """For recipes by name and by place; without the option nothing is run, and that is said."""
    repo, marker = Repo(tmp_path / "other"), tmp_path / "was-run"
    runs = BACKEND.replace("DO", f"open({str(marker)!r}, 'w').close()")
    repo.commit({"pyproject.toml": PYPROJECT, "its_own.py": runs}, "v1.0")
    created(run, f"git+{repo.address}", "--run-backend")
    repo.commit({"its_own.py": runs.replace("six", "attrs")}, "v1.1")
    named = name.format(address=repo.address)
    marker.unlink()
    for command in ("check", "sync"):
        run(command, named)
        assert "--run-backend asks its build backend" in run.out + run.err
    assert not marker.exists()
    assert run("check", named, "--run-backend") == 1
    assert "main: error: py-attrs is missing" in run.out and marker.exists()
    assert run("sync", named, "--run-backend") == 0, run.err + run.out
    assert 'version("1.1", tag="v1.1"' in kept(run)
    assert run("check", named, "--versions", "all", "--run-backend") == 0, run.out


@pytest.mark.parametrize("kind", ["git+{address}", "{folder}", "Thing @ git+{address}@v1.1"])
def test_by_place(run: Run, repo: Repo, kind: str) -> None:
    """What is named is what is compared, whatever the index or the recipe say."""
    created(run, f"git+{repo.address}")
    repo.git("remote", "add", "origin", repo.address)
    repo.commit({"pyproject.toml": project("thing", "attrs")}, "v1.1")
    name = kind.format(address=repo.address, folder=repo.folder)
    assert run("sync", name) == 0, run.err + run.out
    after = kept(run)
    assert 'version("1.1", tag="v1.1"' in after
    assert run("check", name) == 0, run.out
    run.host.keep("thing", "py-thing", after.replace('"py-attrs"', '"py-six"'))
    assert run("check", name) == 1
    assert "py-attrs is missing" in run.out


def test_an_archive(run: Run) -> None:
    """The version of the archive, also one that is older."""
    files = {}
    for version, required in (("1.0", "six"), ("2.0", "six<2"), ("3.0", "attrs")):
        files[version] = run.folder / f"thing-{version}.tar.gz"
        said = (f"Requires-Dist: {required}", "License-Expression: MIT")
        files[version].write_bytes(sdist("thing", version, *said))
    created(run, str(files["2.0"]))
    assert run("check", str(files["2.0"])) == 0, run.out
    assert run("check", str(files["3.0"])) == 1
    assert "its recipe lists no release of the project" in run.out
    for version in ("3.0", "1.0"):
        assert run("sync", str(files[version])) == 0, run.err + run.out
        after = kept(run)
        assert f'url="{files[version].as_uri()}"' in after
        assert run("check", str(files[version])) == 0, run.out
    assert after.index('"3.0"') < after.index('"2.0"') < after.index('"1.0"')


def test_what_has_no_recipe(run: Run, repo: Repo) -> None:
    for command in ("check", "sync"):
        assert run(command, f"git+{repo.address}") == 1
        assert "no registered repo has a package for 'thing': create writes one" in run.err


def test_the_index_that_a_recipe_names(run: Run) -> None:
    """Written with ``--index``; later nobody has to name it, and nobody else can take over."""
    with IndexServer() as other:
        add = other.served.add
        add("thing", "1.0", "six", build=["hatchling"], license_expression="MIT")
        index = f"ours={other.url}:thing"
        created(run, "thing", "--index", index)
        assert run("check", "thing") == 0, run.out
        add("thing", "1.1", "six", "attrs", build=["hatchling"], license_expression="MIT")
        shutil.rmtree(run.host.cache)  # pages count as current for minutes
        assert run("sync", "--list") == 0
        assert "py-thing 1.0 -> 1.1 (1 release" in run.out
        assert run("sync", "thing") == 0, run.err
        after = kept(run)
        assert f'{other.address}/files/thing-1.1.tar.gz"' in after and "9.0" not in after
        assert run("check", "thing") == 0, run.out
    shutil.rmtree(run.host.cache)
    assert run("sync", "thing") == 1
    assert f"{other.url}thing" in run.err + run.out


def test_without_a_network(run: Run, repo: Repo) -> None:
    text = created(run, f"git+{repo.address}")
    run.host.keep("thing", "py-thing", text.replace("file://", "https://h.example"))
    assert run("sync", "thing", "--offline") == 1
    assert "not cached, and --offline is set" in run.out + run.err


@pytest.mark.parametrize("kind", ["git+{address}@main", "{folder}"])
def test_create_sees_that_a_branch_moved(run: Run, repo: Repo, kind: str) -> None:
    """The recipe has no commit of it: what it requires is compared."""
    repo.git("remote", "add", "origin", repo.address)
    name = kind.format(address=repo.address, folder=repo.folder)
    created(run, name)
    repo.commit({"README": "nothing else is required"})
    assert run("create", name) == 0
    assert "Nothing to write" in run.out
    repo.commit({"pyproject.toml": project("thing", "six<2", "attrs")})
    assert run("create", name) == 1
    assert "does not say what its branch requires now" in run.err
    assert "spack pypi sync py-thing updates it" in run.err
    assert run("sync", "thing") == 0
    kept(run)
    assert run("create", name) == 0


def test_a_dependent_gets_no_release_of_an_index(run: Run, repo: Repo) -> None:
    """Who publishes the name of a project that has a recipe made from its repository cannot get
    into it."""
    created(run, f"git+{repo.address}")
    add = run.server.served.add
    add("user", "1.0", "thing>=2", license_expression="MIT")
    assert run("create", "user") == 1
    assert "py-thing has no such version and is built from its repository" in run.err
    add("other", "1.0", "thing", license_expression="MIT")
    assert run("create", "other") == 0
    assert 'depends_on("py-thing", ' in run.host.written["py-other"]


def test_a_dependent_of_a_branch(run: Run, repo: Repo) -> None:
    """To Spack it is newer than any version."""
    created(run, f"git+{repo.address}@main")
    run.server.served.add("user", "1.0", "thing>=2", license_expression="MIT")
    assert run("create", "user") == 0, run.err
    assert 'depends_on("py-thing@2:", ' in run.host.written["py-user"]
    run.server.served.add("old", "1.0", "thing<9", license_expression="MIT")
    assert run("create", "old") == 1
    assert "py-thing has no such version" in run.err
    assert "malware" not in str(run.host.written)


def test_a_branch_that_does_not_say_what_it_requires(run: Run, repo: Repo) -> None:
    """The tag is added; whether the branch is up to date is not known."""
    created(run, f"git+{repo.address}")
    repo.commit({"pyproject.toml": project("thing", "attrs")}, "v1.1")
    dynamic = '[project]\nname = "thing"\ndynamic = ["version", "dependencies"]\n'
    repo.commit({"pyproject.toml": dynamic})
    assert run("sync", "thing") == 1
    assert "py-thing: what main requires is not known: its pyproject.toml says" in run.out
    after = kept(run)
    assert 'version("1.1", tag="v1.1"' in after and 'depends_on("py-attrs", when="@1.1:"' in after


def both(run: Run, repo: Repo, homepage: str, readme: str) -> str:
    """The recipe of a repository, where the index has a project of its name."""
    repo.commit({"README.md": readme})
    add = run.server.served.add
    add("thing", "9.1", "six", license_expression="MIT", homepage=homepage)
    return created(run, f"git+{repo.address}")


def test_releases_of_the_index_and_the_branch_of_the_repository(run: Run, repo: Repo) -> None:
    """Each says that it is of the other."""
    text = both(run, repo, repo.address, "To install it: `pip install thing`.")
    assert 'pypi = "thing/thing-9.1.tar.gz"' in text and f'git = "{repo.address}"' in text
    assert text.index('version("main", branch="main")') < text.index('version("9.1", sha256=')
    assert "v1.0" not in text and 'depends_on("py-six@:1", when="@main:"' in text
    assert run("create", f"git+{repo.address}") == 0
    assert "Nothing to write" in run.out
    assert run("check", f"git+{repo.address}") == 0, run.out
    repo.commit({"pyproject.toml": project("thing", "attrs")}, "v9.2")
    assert run("create", f"git+{repo.address}") == 1
    assert run("sync", f"git+{repo.address}") == 0, run.err + run.out
    assert "v9.2" not in kept(run)
    assert run("check", f"git+{repo.address}") == 0, run.out


@pytest.mark.parametrize(
    ("homepage", "readme"),
    [
        ("", "pip install thing"),
        ("https://elsewhere.example/thing", "pip install thing"),
        ("{address}", "pip install thing-else"),
        ("{address}", ""),
    ],
)
def test_a_name_is_no_proof(run: Run, repo: Repo, homepage: str, readme: str) -> None:
    text = both(run, repo, homepage.format(address=repo.address), readme)
    assert 'tag="v1.0"' in text and "9.1" not in text


def test_an_index_that_fails(run: Run, repo: Repo) -> None:
    """Whether it has releases of the project is not known then, unless only the repository was
    asked for; the next run asks again."""
    run.server.served.failures["/simple/thing/"] = [403] * 2
    assert run("create", f"git+{repo.address}") == 1
    assert "whether the index has releases of thing is not known" in run.err
    assert "403" in run.err and not run.host.written
    assert run("create", f"git+{repo.address}@main", "--dry-run") == 0, run.err
    run.server.served.failures.clear()
    text = both(run, repo, repo.address, "To install it: `pip install thing`.")
    assert "9.1" in text and "v1.0" not in text and "Warning" not in run.err

"""``create`` and ``why`` of projects that are named by their place."""

from __future__ import annotations

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
    host.has("setuptools", "60")
    host.has("hatchling", "1.0")
    server.served.add("hatchling", "1.0")
    server.served.add("six", "1.0", build=["hatchling"], license_expression="MIT")
    server.served.add("thing", "9.0", license_expression="MIT")
    yield Run(server, host, tmp_path, capsys)


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    repo = Repo(tmp_path / "repo")
    extra = '[project.optional-dependencies]\nx = ["six"]\n'
    repo.commit({"lib/pyproject.toml": project("thing", more=extra)}, "v1.0")
    repo.commit({"lib/pyproject.toml": project("thing", "six", more=extra)})
    return repo


MIT = "License-Expression: MIT"


def test_a_path(run: Run) -> None:
    file = run.folder / "thing-1.0.tar.gz"
    file.write_bytes(sdist("thing", "1.0", "Requires-Dist: six", MIT))
    assert run("create", str(file)) == 0
    assert f"py-thing 1.0 (new, from {file.as_uri()})" in run.out
    assert "Sources that only this machine has; to share these recipes" in run.out
    thing, six = (run.host.written[name] for name in ("py-thing", "py-six"))
    assert f'url = "{file.as_uri()}"' in thing and "pypi" not in thing.split("class")[1]
    assert 'depends_on("py-six"' in thing
    assert 'pypi = "six/six-1.0.tar.gz"' in six and "url" not in six


def test_an_address(run: Run) -> None:
    """Its credentials are sent to its server, and nowhere else to be seen."""
    with IndexServer() as other:
        other.served.credentials = "me:secret"
        other.served.files["thing-1.0.tar.gz"] = sdist("thing", "1.0", MIT)
        address = f"{other.address}/files/thing-1.0.tar.gz"
        given = address.replace("//", "//me:secret@")
        assert run("create", f"thing[extra] @ {given}", "--dry-run") == 0
        assert "the extra 'extra'" in run.err + run.out
        assert run("create", f"Thing @ {given}") == 0
    assert "secret" not in run.out + run.err + run.host.written["py-thing"]
    assert f'url = "{address}"' in run.host.written["py-thing"]
    assert "only this machine" not in run.out


def test_why_of_an_archive(run: Run) -> None:
    file = run.folder / "thing-1.0.tar.gz"
    file.write_bytes(sdist("thing", "1.0", "Requires-Dist: six", MIT))
    assert run("why", str(file)) == 0
    assert "thing==1.0" in run.out and "six" in run.out


def test_a_repository(run: Run, repo: Repo) -> None:
    commit = repo.git("rev-parse", "v1.0^{commit}")
    assert run("create", f"git+{repo.address}#subdirectory=lib") == 0, run.err
    assert f"py-thing main, 1.0 (new, from {repo.address})" in run.out
    thing = run.host.written["py-thing"]
    assert f'    git = "{repo.address}"\n    build_directory = "lib"\n' in thing
    assert (
        f'    version("main", branch="main")\n    version("1.0", tag="v1.0", commit="{commit}")\n'
    ) in thing
    assert 'depends_on("py-six", when="@main:", type=("build", "run"))' in thing
    assert "pypi" not in thing.split("class")[1] and "py-six" in run.host.written


def test_a_folder(run: Run, repo: Repo) -> None:
    """Of what is checked out there; the next commit may say something else."""
    repo.git("remote", "add", "origin", "https://me:secret@h.example/thing.git")
    assert run("create", f"{repo.folder}/lib[x]") == 0, run.err
    thing = run.host.written["py-thing"]
    assert '    git = "https://h.example/thing.git"\n    build_directory = "lib"\n' in thing
    assert thing.count("version(") == 1 and 'version("main", branch="main")' in thing
    assert 'depends_on("py-six", type=("build", "run"))' in thing
    assert "as far as git knows; push it" in run.out and "only this machine" not in run.out
    repo.git("update-ref", "refs/remotes/origin/main", "HEAD")
    assert run("create", f"thing @ {repo.folder}/lib", "--force") == 0
    assert "push it" not in run.out


def test_a_tag_with_an_extra(run: Run, repo: Repo) -> None:
    name = f"thing[x] @ git+{repo.address}@v1.0#subdirectory=lib"
    assert run("create", name) == 0, run.err
    thing = run.host.written["py-thing"]
    assert "main" not in thing and 'depends_on("py-six", when="+x"' in thing


def test_why_of_a_repository(run: Run, repo: Repo) -> None:
    assert run("why", f"git+{repo.address}#subdirectory=lib") == 0
    assert "six" in run.out and not run.host.written


def test_what_is_dynamic_is_refused(run: Run, tmp_path: Path) -> None:
    other = Repo(tmp_path / "other")
    other.commit({"pyproject.toml": '[project]\nname = "thing"\ndynamic = ["dependencies"]\n'})
    assert run("create", f"git+{other.address}") == 1
    assert "main does not declare what it requires: " in run.err and "9999" not in run.err
    assert "--run-backend asks its build backend, which runs its code" in run.err
    assert not run.host.written


def test_a_backend_is_run_if_that_is_wanted(run: Run, tmp_path: Path) -> None:
    """Without the option nothing is run; with it, an error of the backend is an error here."""
    other, marker = Repo(tmp_path / "other"), tmp_path / "was-run"
    runs = BACKEND.replace("DO", f"open({str(marker)!r}, 'w').close()")
    other.commit({"pyproject.toml": PYPROJECT, "its_own.py": runs})
    named = f"git+{other.address}"
    assert run("create", named) == 1 and not marker.exists()
    assert run("create", named, "--run-backend", "--allow-omissions") == 0, run.err
    assert marker.exists() and 'depends_on("py-six"' in run.host.written["py-thing"]
    other.commit({"its_own.py": BACKEND.replace("DO", "raise SystemExit('it is broken')")})
    assert run("create", named, "--run-backend", "--force") == 1
    assert "its build backend failed: it is broken" in run.err and run.err.count("\n") == 1


def test_a_backend_without_a_network(run: Run, repo: Repo) -> None:
    assert run("why", f"git+{repo.address}", "--run-backend", "--offline") == 2
    assert "leave out --offline" in run.err


@pytest.mark.parametrize("command", ["create", "why"])
@pytest.mark.parametrize(
    ("name", "code", "reason"),
    [
        ("./nothing.whl", 2, "nothing.whl cannot be read: No such file or directory"),
        (
            "mytool@=1.0/abc",
            2,
            "=1.0/abc cannot be read: No such file or directory; a version of a project is "
            "written mytool==VERSION",
        ),
        ("{folder}", 2, "is not in a git repository"),
        ("{address}/files/nothing.whl", 1, "/files/nothing.whl: does not exist"),
        ("{address}/nothing", 2, "is neither an sdist nor a wheel"),
        ("svn+{address}/a", 2, "cannot be read: give the http, https or file address"),
        ("git+{repo}", 2, "has no pyproject.toml, setup.cfg or setup.py"),
        ("git+{repo}@nope#subdirectory=lib", 2, "has no branch or tag 'nope'"),
        ("other @ git+{repo}#subdirectory=lib", 2, "is the project thing, not other"),
        ("git+file:///nonexistent/x", 1, "does not appear to be a git repository"),
        ("git+https://me:secret@h.example/a", 2, "has a user name or a token"),
    ],
)
def test_what_cannot_be_read(
    command: str, name: str, code: int, reason: str, run: Run, repo: Repo
) -> None:
    """Nothing is written, not even what was named besides."""
    named = name.format(folder=run.folder, address=run.server.address, repo=repo.address)
    assert run(command, named, "six") == code
    assert reason in run.err and run.err.count("\n") == 1 and "secret" not in run.err
    assert not run.host.written and not run.out


def test_two_repositories_of_one_project(run: Run, repo: Repo) -> None:
    name = f"git+{repo.address}#subdirectory=lib"
    assert run("create", name, name) == 2
    assert "thing is named twice" in run.err


@pytest.mark.parametrize(
    ("name", "code", "reason"),
    [
        ("https://h.example/a-1.tar.gz", 1, "a-1.tar.gz: not cached, and --offline is set"),
        ("git+https://h.example/a", 2, "https://h.example/a cannot be read: --offline is set"),
    ],
)
def test_an_address_without_a_network(name: str, code: int, reason: str, run: Run) -> None:
    assert run("create", name, "--offline") == code
    assert reason in run.err

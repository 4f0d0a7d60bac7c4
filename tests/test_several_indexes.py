"""The commands with two indexes: which one each project comes from, in recipes and reports."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.index_server import IndexServer
from tests.test_commands import Host, Run


@pytest.fixture
def other() -> Iterator[IndexServer]:
    """It needs a password, and has an older hand of its own."""
    with IndexServer() as server:
        server.served.credentials = "me:secret"
        server.served.add("inner", "1.0", "six", "hand", license_expression="MIT")
        server.served.add("inner", "1.1", "six", "hand", license_expression="MIT")
        server.served.add("hand", "0.5")
        yield server


@pytest.fixture
def run(server: IndexServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    host = Host(cache=tmp_path / "cache")
    host.has("hatchling", "1.0")
    host.has("six", "1.0")
    server.served.add("hand", "2.0", "six")
    yield Run(server, host, tmp_path, capsys)


def _private(server: IndexServer) -> str:
    return server.url.replace("//", "//me:secret@")


def _recipes(run: Run) -> str:
    """The recipes that ``--dry-run`` printed."""
    return run.out.partition("\npy-")[0]


def test_where_each_project_comes_from(run: Run, other: IndexServer) -> None:
    extra = ("--extra-index-url", _private(other))
    assert run("create", "inner", "--versions", "2", "--dry-run", *extra) == 0
    assert f"py-inner 1.1, 1.0 (new, from {other.url})" in run.out
    assert f"py-hand 2.0 (new, from {run.server.url})" in run.out
    assert "secret" not in run.out + run.err
    hand, inner = _recipes(run).split("class PyInner")
    assert 'pypi = "hand/hand-2.0.tar.gz"' in hand and "url" not in hand
    files = other.url.replace("/simple/", "/files/")
    assert f'url = "{files}inner-1.1.tar.gz"' in inner
    assert f'list_url = "{other.url}inner/"' in inner
    assert f'homepage = "{other.url}inner/"' in inner
    assert "pypi" not in inner and 'version("1.0", sha256=' in inner
    assert run("create", "inner", "--dry-run", "--json", "-", *extra) == 0
    assert {each["project"]: each["index"] for each in run.document["packages"]} == {
        "inner": other.url,
        "hand": run.server.url,
        "six": None,
        "hatchling": None,
    }


def test_a_project_that_is_pinned(run: Run, other: IndexServer) -> None:
    pinned = ("--index", f"mine={_private(other)}/:in*,hand")
    assert run("create", "inner", "--dry-run", *pinned) == 0
    assert f"py-hand 0.5 (new, from {other.url})" in run.out


def test_with_one_index_nothing_is_said_of_it(run: Run) -> None:
    assert run("create", "hand", "--dry-run") == 0
    assert "py-hand 2.0 (new)\n" in run.out
    assert run("create", "hand", "--dry-run", "--json", "-") == 0
    assert run.document["packages"][0]["index"] == run.server.url


@pytest.mark.parametrize("status", [401, 403, 500])
def test_an_index_that_does_not_answer_is_an_error_of_the_project(
    status: int, run: Run, other: IndexServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spack_pypi.pypi.network.web.BACK_OFF", 0)
    run.server.served.failures["/simple/inner/"] = [status] * 9
    extra = ("--extra-index-url", _private(other))
    assert run("create", "inner", "hand", *extra) == 1
    assert f"Error: inner is not written: {run.server.url}inner/: answered {status}" in run.err
    assert [*run.host.written] == ["py-hand"]


def test_what_none_of_them_has(run: Run, other: IndexServer) -> None:
    assert run("create", "nothing", "--extra-index-url", _private(other)) == 1
    assert f"none of the indexes {run.server.url}, {other.url} has a project named" in run.err


@pytest.mark.parametrize("option", ["--index", "--extra-index-url"])
@pytest.mark.parametrize("text", ["ftp://me:secret@a.example/", "a=https://me:secret@a:b/"])
def test_what_is_no_index(
    option: str, text: str, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        run("create", "hand", option, text)
    assert ended.value.code == 2
    assert "secret" not in capsys.readouterr().err


def test_a_kept_plan_rests_on_each_index(run: Run, other: IndexServer) -> None:
    """What is published on the first one is taken, though another one had it before."""
    command = ("create", "inner", "--dry-run", "--extra-index-url", _private(other))
    assert run(*command) == 0 and f"from {other.url}" in run.out
    run.server.served.add("inner", "0.1", license_expression="MIT")
    assert run(*command) == 0
    assert f"py-inner 0.1 (new, from {run.server.url})" in run.out


def _pyproject(run: Run, url: str) -> str:
    file = run.folder / "pyproject.toml"
    file.write_text(
        '[project]\nname = "app"\ndependencies = ["inner"]\n'
        '[tool.uv.sources]\ninner = { index = "mine" }\nhand = { index = "mine" }\n'
        f'[[tool.uv.index]]\nname = "mine"\nurl = "{url}"\nexplicit = true\n'
    )
    return str(file)


def test_an_index_of_a_file(run: Run, other: IndexServer) -> None:
    """Only what the file itself requires is pinned by it: a source says nothing of the rest."""
    file = _pyproject(run, _private(other))
    assert run("create", "--from", file, "--dry-run") == 0
    assert f"py-inner 1.1, 1.0 (new, from {other.url})" in run.out
    assert f"py-hand 2.0 (new, from {run.server.url})" in run.out


def test_an_option_says_where_the_index_of_a_file_is(run: Run, other: IndexServer) -> None:
    file = _pyproject(run, "https://gone.example/simple/")
    index = ("--index", f"mine={_private(other)}")
    assert run("create", "--from", file, "--dry-run", *index) == 0
    assert f"py-inner 1.1, 1.0 (new, from {other.url})" in run.out


RECIPE = """\
from spack.package import *


class PyInner(PythonPackage):
    list_url = "{}inner/"

    version("1.0", sha256="0", url="{}files/inner-1.0.tar.gz")

    depends_on("py-hatchling", type="build")
    depends_on("py-six", type=("build", "run"))
    depends_on("py-hand", type=("build", "run"))
"""


def test_a_recipe_gets_no_versions_of_another_index(run: Run, other: IndexServer) -> None:
    """Whoever publishes a newer release on the first one is not asked."""
    run.host.has("hand", "2.0")
    run.host.keep("inner", "py-inner", RECIPE.format(other.url, other.address))
    run.host.repos.packages_in = lambda namespace, repo: ["py-inner"]  # type: ignore[method-assign]
    run.server.served.add("inner", "9.0", "six", "hand", license_expression="MIT")
    extra = ("--extra-index-url", _private(other))
    assert run("create", "inner==9.0", *extra) == 1
    assert f"the recipe of py-inner has its files from {other.url}inner" in run.err
    assert run.host.written == {}
    # The recipe says where it is from, and the option how to get in.
    assert run("sync", *extra) == 0, run.err + run.out
    line = f'url="{other.address}/files/inner-1.1.tar.gz"'
    assert line in run.host.written["py-inner"]


def test_which_index_a_reason_is_about(run: Run, other: IndexServer) -> None:
    """Of the first that has it nothing can be used; the other one is not asked."""
    run.server.served.pages["inner"] = []
    run.server.served.add("outer", "1.0", "nowhere", license_expression="MIT")
    assert run("create", "inner", "outer", "--extra-index-url", _private(other)) == 1
    first = run.server.url
    assert f"the index lists no release of it (inner comes from {first}; --index can" in run.err
    assert f"nowhere: none of the indexes {first}, {other.url} has such a project" in run.err

"""``create`` of a project whose build downloads what a git repository has."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from spack_pypi.translate import known_needs
from tests.index_server import IndexServer
from tests.pypi.git_repos import Repo
from tests.test_commands import Host, Run

SETUP = "of_y = '2.1'\nsetup(ext_modules=[Extension('x', ['x.c'])])\n"


@pytest.fixture
def run(server: IndexServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    host = Host(cache=tmp_path / "cache")
    host.has("setuptools", "60")
    files = {"setup.py": SETUP, "x.c": ""}
    add = server.served.add
    add("x", "1.0", wheel=False, build=None, files=files, license_expression="MIT")
    yield Run(server, host, tmp_path, capsys)


def known(monkeypatch: pytest.MonkeyPatch, git: str) -> None:
    resource = {"name": "y", "git": git, "tag": "v{of_y}", "variable": "X_Y"}
    table = {"x": {"source": "https://x.example", "resources": [resource]}}
    monkeypatch.setattr(known_needs, "_table", lambda: table)


def test_the_commit_of_a_tag(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is that of an annotated tag, not the tag itself."""
    repo = Repo(run.folder / "y")
    commit = repo.commit({"y.h": ""}, "v2.1")
    repo.commit({"y.h": "later"}, "v2.2")
    known(monkeypatch, repo.address)
    assert run("create", "x") == 0
    text = run.host.written["py-x"]
    assert f'        tag="v2.1",\n        commit="{commit}",\n' in text
    assert 'env.set("X_Y", join_path(self.stage.source_path, "y"))' in text
    assert f"py-x: y, the tag v2.1 of {repo.address}, from the table of known needs" in run.out


def test_a_repository_that_cannot_be_asked(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    known(monkeypatch, "http://127.0.0.1:9/y")
    for options in ((), ("--offline",)):
        assert run("create", "x", *options) == 0
        text = run.host.written["py-x"]
        assert "resource(" not in text and "env" not in text
        said = "its build downloads y, the tag v2.1 of http://127.0.0.1:9/y"
        assert said in text.replace("\n    #", "")
        assert "y, the tag v2.1 of http://127.0.0.1:9/y, from" in run.out
    assert "http://127.0.0.1:9/y: not cached, and --offline is set" in run.out
    # it is asked again when it can be
    repo = Repo(run.folder / "y")
    commit = repo.commit({"y.h": ""}, "v2.1")
    known(monkeypatch, repo.address)
    assert run("create", "x") == 0
    assert commit in run.host.written["py-x"]

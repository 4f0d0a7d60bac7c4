"""Spack takes the recipes of what is named by its place, and fetches it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Spack
from tests.index_server import IndexServer, wheel_bytes
from tests.pypi.git_repos import Repo, project
from tests.pypi.own.test_own_archive import said, sdist
from tests.spack.test_elsewhere import SCRIPT

pytestmark = pytest.mark.spack

MIT = "License-Expression: MIT"


def test_archives(spack: Spack, server: IndexServer, tmp_path: Path) -> None:
    """The index has other files of the same projects, to which nothing leads."""
    server.served.add("thing", "9.0")
    path, wheel = tmp_path / "thing-1.0.tar.gz", "part-2.0-py3-none-any.whl"
    path.write_bytes(sdist("thing", "1.0", "Requires-Dist: part>=2", MIT))
    with IndexServer() as other:
        other.served.files[wheel] = wheel_bytes("part", "2.0", said("part", "2.0", MIT))
        address = f"{other.address}/files/{wheel}"
        names = [str(path), f"part @ {address}", "--index-url", server.url]
        done = spack.run("pypi", "create", *names, "--verify", "load")
        assert done.returncode == 0, done.stderr
        found = spack.python(
            SCRIPT.replace("    remote = ", "    continue\n    remote = "), "py-thing", "py-part"
        )
        assert found == {
            "py-thing 1.0": [path.as_uri(), "URLFetchStrategy"],
            "py-part 2.0": [address, "URLFetchStrategy"],
        }
        done = spack.run("pypi", "create", *names, "--verify", "load")
        assert "Nothing to write" in done.stdout
        path.write_bytes(sdist("thing", "1.0", "Requires-Dist: part>=1", MIT))
        done = spack.run("pypi", "create", *names, "--verify", "load")
        assert done.returncode == 1 and "with another archive; pass --force" in done.stderr


GIT_SCRIPT = """
import json, sys
import spack.fetch_strategy, spack.repo, spack.spec, spack.stage
from pathlib import Path
cls = spack.repo.PATH.get_pkg_class("py-thing")
found = {}
for version in sorted(cls.versions):
    package = cls(spack.spec.Spec(f"py-thing@={version}"))
    fetcher = spack.fetch_strategy.for_package_version(package, version)
    with spack.stage.Stage(fetcher) as stage:
        stage.fetch()
        said = [Path(stage.source_path, "x").read_text(), fetcher.get_full_repo]
        found[str(version)] = said
print(json.dumps(found))
"""


def test_a_repository(spack: Spack, server: IndexServer, tmp_path: Path) -> None:
    """Spack fetches each tag and the branch, and takes the branch for the newest."""
    build = "setuptools_scm"
    repo = Repo(tmp_path / "thing")
    repo.commit({"pyproject.toml": project("thing", build=build), "x": "1.0"}, "v1.0")
    repo.commit({"pyproject.toml": project("thing", build=build), "x": "main"})
    arguments = [f"git+{repo.address}", "--index-url", server.url, "--no-deps"]
    done = spack.run("pypi", "create", *arguments, "--verify", "load")
    assert done.returncode == 0, done.stderr
    assert [*spack.python(GIT_SCRIPT).items()] == [
        ("1.0", ["1.0", True]),
        ("main", ["main", True]),
    ]
    done = spack.run("pypi", "create", *arguments, "--verify", "load")
    assert "Nothing to write" in done.stdout
    repo.commit({"x": "1.1"}, "v1.1")
    done = spack.run("pypi", "create", *arguments, "--verify", "load")
    assert done.returncode == 1 and "does not have this repository as it is now" in done.stderr
    index = ("--index-url", server.url)
    done = spack.run("pypi", "sync", "py-thing", *index)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [*spack.python(GIT_SCRIPT)] == ["1.0", "1.1", "main"]
    done = spack.run("pypi", "check", "py-thing", "--versions", "all", *index)
    assert "1 recipe, 3 versions: 0 errors" in done.stdout, done.stdout
    # The folder itself: what is committed there counts.
    repo.git("remote", "add", "origin", str(repo.folder))
    arguments[0] = str(repo.folder)
    done = spack.run("pypi", "create", *arguments, "--verify", "concretize", "--force")
    assert done.returncode == 0, done.stderr
    assert [*spack.python(GIT_SCRIPT)] == ["1.1", "main"]
    repo.commit({"x": "next"})
    done = spack.run("pypi", "create", *arguments, "--verify", "load")
    assert "Nothing to write" in done.stdout
    repo.commit({"pyproject.toml": project("thing", "attrs", build=build)})
    done = spack.run("pypi", "create", *arguments, "--verify", "load")
    assert done.returncode == 1 and "what its branch requires now" in done.stderr
    done = spack.run("pypi", "sync", str(repo.folder), *index)
    assert done.returncode == 0, done.stdout + done.stderr
    assert 'depends_on("py-attrs", when="@main:"' in spack.recipes()["py_thing"]

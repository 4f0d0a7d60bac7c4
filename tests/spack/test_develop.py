"""What is in a folder is built by ``spack develop``, as the report of ``create`` says."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from tests.conftest import Spack
from tests.index_server import IndexServer
from tests.pypi.git_repos import Repo, project
from tests.spack.shared import PYTHON, use_part_of_builtin
from tests.spack.tools import publish_tools

pytestmark = pytest.mark.spack


def test_a_folder_without_a_remote(spack: Spack, server: IndexServer, tmp_path: Path) -> None:
    """With what was changed since the last commit."""
    use_part_of_builtin(spack, PYTHON, external=["python"])
    publish_tools(spack, server, tmp_path)
    configured(spack, server, tmp_path)
    repo = Repo(tmp_path / "my thing")
    text = project("thing", build="setuptools").replace(
        "setuptools.build", "setuptools.build_meta"
    )
    repo.commit({"pyproject.toml": text, "thing.py": "SAYS = 'old'\n"})
    (repo.folder / "thing.py").write_text("SAYS = 'new'\n")
    done = spack.run("pypi", "create", str(repo.folder), "--index-url", server.url)
    assert done.returncode == 0, done.stderr
    line = re.search(r"spack (develop --path '(.*)' (py-thing@=main))", done.stdout)
    assert line is not None and line[2] == str(repo.folder), done.stdout
    environment = tmp_path / "environment"
    for words in (
        ("env", "create", "-d", str(environment)),
        ("-D", str(environment), "add", line[3]),
        ("-D", str(environment), "develop", "--path", line[2], line[3]),
        ("-D", str(environment), "concretize"),
        ("-D", str(environment), "install"),
    ):
        done = spack.run(*words)
        assert done.returncode == 0, done.stdout + done.stderr
    (built,) = (tmp_path / "opt").rglob("site-packages/thing.py")
    assert "new" in built.read_text()


def configured(spack: Spack, server: IndexServer, folder: Path) -> None:
    """Install into a folder, with what the server has as a mirror of sources."""
    for name, content in server.served.files.items():
        sha256 = hashlib.sha256(content).hexdigest()
        ending = "whl" if name.endswith(".whl") else "tar.gz"
        file = folder / f"mirror/_source-cache/archive/{sha256[:2]}/{sha256}.{ending}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    config = Path(spack.variables["SPACK_USER_CONFIG_PATH"])
    install = {"install_tree": {"root": str(folder / "opt")}, "build_stage": [str(folder / "st")]}
    (config / "config.yaml").write_text(json.dumps({"config": install}))
    mirror = {"ours": {"url": (folder / "mirror").as_uri(), "binary": False}}
    (config / "mirrors.yaml").write_text(json.dumps({"mirrors": mirror}))

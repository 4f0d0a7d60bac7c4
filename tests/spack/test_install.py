"""The proof by installing, in a real Spack: mirror, build, import, pip check, ``--fix``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Spack
from tests.index_server import IndexServer
from tests.spack.shared import PYTHON, use_part_of_builtin
from tests.spack.tools import publish_tools

pytestmark = pytest.mark.spack


@pytest.fixture
def projects(spack: Spack, server: IndexServer, tmp_path: Path) -> IndexServer:
    """quiet-log imports tuning in its setup.py and does not say so; humming pins a setuptools that
    nobody has. pip, wheel and setuptools are the real ones, which pip fetches for us."""
    use_part_of_builtin(spack, PYTHON, external=["python"])
    publish_tools(spack, server, tmp_path)
    server.served.add(
        "quiet-log",
        "2.1.0",
        "humming",
        build=None,
        files={
            "setup.py": "import tuning\nfrom setuptools import setup\n"
            "setup(name='quiet-log', version='2.1.0', packages=['quiet_log'],"
            " install_requires=['humming'])\n",
            "quiet_log/__init__.py": "import humming\n",
            "quiet_log/web.py": "import flask\n",
        },
    )
    for name in ("humming", "tuning"):
        setup = f"setup(name={name!r}, version='2.0', py_modules=[{name!r}])"
        files = {"setup.py": f"from setuptools import setup\n{setup}\n", f"{name}.py": ""}
        if name == "humming":
            files["pyproject.toml"] = '[build-system]\nrequires = ["setuptools==40.8.1"]\n'
        server.served.add(name, "2.0", build=None, files=files)
    return server


def test_what_is_written_was_built_imported_and_checked(
    spack: Spack, projects: IndexServer
) -> None:
    """The first build fails for want of tuning, the second has it; humming is built with another
    setuptools than the one it pins."""
    reported = spack.folder / "reported.json"
    command = ["create", "--pypi", "quiet-log", "--index-url", projects.url]
    command += ["--verify", "install", "--fix", "--loosen-build-pins"]
    done = spack.run(*command, "--json", str(reported))
    assert done.returncode == 0, done.stderr
    assert "(loaded, checked, audited, concretized, installed)" in done.stdout
    assert 'depends_on("py-tuning", type="build")' in spack.recipes()["py_quiet_log"]
    assert 'depends_on("py-setuptools@40.8.1:", type="build")' in spack.recipes()["py_humming"]
    document = json.loads(reported.read_text())
    added = [d["text"] for d in document["diagnostics"] if d["code"] == "undeclared-requirement"]
    assert added == [
        "tuning (to build), because the module tuning is missing, which tuning provides"
    ]
    (record,) = [each for each in document["packages"] if each["named"]]
    proof = record["installed"]
    assert {"py-humming@2.0", "py-tuning@2.0", "py-quiet-log@2.1.0"} <= set(proof["built"])
    assert sorted(proof["imported"]) == ["humming", "quiet_log", "tuning"]
    assert proof["undeclared"] == [["flask", "quiet_log/web.py", 1]]
    assert proof["pip_check"] == []
    assert not (spack.prefix / "opt").exists() or not list(
        (spack.prefix / "opt").rglob("py-quiet-log*")
    )

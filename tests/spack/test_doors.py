"""The main job in a real Spack, through each door."""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from spack_pypi.own_requirements import needed
from tests.conftest import Spack
from tests.index_server import IndexServer
from tests.spack import forks
from tests.spack.shared import HATCHLING, PYTHON, use_part_of_builtin

pytestmark = pytest.mark.spack

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def projects(server: IndexServer) -> IndexServer:
    """app needs a project that is missing and one that builtin has."""
    server.served.add(
        "Quiet.Log",
        "2.1.0",
        "humming>=1.2,<3",
        "idna>=3",
        'tomli>=1.1; python_version < "3.11"',
        python=">=3.9",
        summary="Structured logging that stays out of the way",
        homepage="https://quietlog.example/",
        license_expression="MIT",
    )
    server.served.add("humming", "2.0", "six", build=["setuptools>=61"], summary="It hums")
    return server


def create(spack: Spack, server: IndexServer, *arguments: str) -> subprocess.CompletedProcess[str]:
    return spack.run("create", "--pypi", *arguments, "--index-url", server.url)


def test_spack_create(every_spack: Spack, projects: IndexServer) -> None:
    """Both doors inside Spack; what Spack loads and audits is there afterwards."""
    done = create(every_spack, projects, "quiet-log", "--verify", "load")
    assert done.returncode == 0, done.stderr
    assert sorted(every_spack.recipes()) == ["py_humming", "py_quiet_log"]
    assert "spack install py-quiet-log" in done.stdout
    again = every_spack.run("pypi", "create", "quiet-log", "--index-url", projects.url)
    assert again.returncode == 0, again.stderr
    assert "Nothing to write" in again.stdout
    info = every_spack.run("info", "py-quiet-log")
    assert "2.1.0" in info.stdout, info.stderr


def test_what_is_meant_for_a_repo_that_does_not_load_is_not_written_to_the_next(
    spack: Spack, projects: IndexServer
) -> None:
    (spack.repo / "repo.yaml").unlink()
    # The next one is builtin, which must not change if this fails.
    done = create(spack, projects, "quiet-log", "--dry-run")
    assert done.returncode == 1
    assert f"in {spack.repo}, cannot be loaded: No repo.yaml found" in done.stderr
    assert spack.recipes() == {}


def test_create_audits_and_concretizes(spack: Spack, projects: IndexServer) -> None:
    used = ["py_idna", "py_six", "py_tomli", *HATCHLING]
    use_part_of_builtin(spack, [*PYTHON, *used], external=["python", "git"])
    done = create(spack, projects, "quiet-log", "--json", str(spack.folder / "report.json"))
    assert done.returncode == 0, done.stderr
    assert "loaded, checked, audited, concretized" in done.stdout
    report = json.loads((spack.folder / "report.json").read_text())
    assert {r["project"]: r["status"] for r in report["packages"]} == {
        "quiet-log": "new",
        "humming": "new",
        "hatchling": "exists",
        "setuptools": "exists",
        "idna": "exists",
        "six": "exists",
        "tomli": "exists",
    }
    golden = (ROOT / "tests/golden/py_quiet_log.txt").read_text()
    archive = projects.served.files["quiet_log-2.1.0.tar.gz"]
    expected = golden.replace("{sha256}", hashlib.sha256(archive).hexdigest())
    assert spack.recipes()["py_quiet_log"] == expected
    leftovers = [path.name for path in spack.repo.iterdir()]
    assert sorted(leftovers) == ["packages", "repo.yaml"]


def test_a_recipe_that_spack_does_not_take_stays_out(spack: Spack, projects: IndexServer) -> None:
    """A requirement that no version can satisfy together: all stays as it was."""
    use_part_of_builtin(spack, [*PYTHON, "py_six"], external=["python"])
    projects.served.add("torn", "1.0", "six<1.10", "humming2", build=["setuptools"])
    projects.served.add("humming2", "1.0", "six>=1.16", build=["setuptools"])
    projects.served.add("six", "1.9.0", build=["setuptools"])
    done = create(spack, projects, "torn")
    assert done.returncode == 1
    assert "is not written: cannot be concretized: " in done.stderr
    assert spack.recipes() == {}


def test_new_versions_for_packages_of_builtin(spack: Spack, projects: IndexServer) -> None:
    projects.served.add("idna", "99.1", python=">=3.8", build=["flit_core"])
    projects.served.add("late", "1.0", "idna>=99")
    done = create(spack, projects, "late", "--verify", "load")
    assert done.returncode == 0, done.stderr
    assert 'version("99.1"' in spack.recipes()["py_idna"]
    reported = spack.python(
        "import json, spack.repo\n"
        "cls = spack.repo.PATH.get_pkg_class('py-idna')\n"
        "print(json.dumps([cls.namespace, len(cls.versions) > 3]))\n"
    )
    assert reported == ["site", True]


BAD = [
    (["no-such-thing"], 1, "has no project named 'no-such-thing'"),
    (["quiet log"], 2, "is not a requirement"),
    (["quiet-log", "-r", "nowhere"], 1, "is not a Spack repo"),
    (["quiet-log", "-N", "nobody"], 1, "no registered repo has the namespace 'nobody'"),
    (["quiet-log", "--versions", "few"], 2, "'latest', 'all' or a positive number"),
]


def test_bad_input(spack: Spack, projects: IndexServer) -> None:
    commands = [["create", "--pypi", *words, "--index-url", projects.url] for words, _, _ in BAD]
    for (words, code, said), done in zip(BAD, forks.run(spack, *commands)):
        assert (done.returncode, said in done.stderr) == (code, True), f"{words}: {done.stderr}"
        assert "Traceback" not in done.stderr
    assert spack.recipes() == {}


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A Python that has us, but nothing of what we need."""
    venv.create(tmp_path / "bare", with_pip=False)
    site = next((tmp_path / "bare").glob("lib/python*/site-packages"))
    info = site / "spack_pypi-0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: spack-pypi\nVersion: 0\n")
    (info / "entry_points.txt").write_text(
        "[spack.extensions]\npypi = spack_pypi.plugin:extension\n"
    )
    (site / "spack_pypi.pth").write_text(f"{ROOT}\n")
    return tmp_path / "bare" / "bin" / "python"


def test_without_our_requirements_spack_works_and_we_say_what_is_missing(
    every_spack: Spack, bare: Path
) -> None:
    python = str(bare)
    assert every_spack.run("repo", "list", SPACK_PYTHON=python).returncode == 0
    assert "--pypi" in every_spack.run("create", "--help", SPACK_PYTHON=python).stdout
    for door in (["create", "--pypi", "x"], ["pypi", "create", "x"]):
        done = every_spack.run(*door, SPACK_PYTHON=python)
        assert done.returncode == 1
        packages = [requirement.partition(">=")[0] for requirement in needed()]
        assert done.stderr == (
            f"Error: spack-pypi needs {', '.join(packages)}: "
            f"{python} -m pip install {shlex.join(needed())}\n"
        )


def test_config_extensions_alone(spack: Spack, projects: IndexServer, tmp_path: Path) -> None:
    """A Python with our requirements but not us, reported by the configuration where we are; a
    package is loaded that needs an older packaging."""
    (tmp_path / "loaded" / "packaging").mkdir(parents=True)
    (tmp_path / "loaded" / "packaging" / "__init__.py").write_text("")
    loaded = {"PYTHONPATH": str(tmp_path / "loaded")}
    extension = str(ROOT / "spack_pypi" / "spack-pypi")
    (tmp_path / "config" / "config.yaml").write_text(
        json.dumps({"config": {"extensions": [extension]}})
    )
    command = ["pypi", "create", "humming", "--dry-run", "--index-url", projects.url]
    done = spack.run(*command, **loaded)
    assert done.returncode == 0, done.stderr
    assert "class PyHumming(PythonPackage):" in done.stdout


def test_the_door_outside_spack(spack: Spack, projects: IndexServer, tmp_path: Path) -> None:
    """``python3 -m spack_pypi`` in a found Spack writes to a repo of its own."""
    variables = {
        **spack.variables,
        "XDG_CACHE_HOME": str(Path(spack.variables["SPACK_USER_CACHE_PATH"]) / "xdg"),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "PATH": os.environ["PATH"],
    }
    command = [sys.executable, "-m", "spack_pypi", "create", "humming", "--spack"]
    command += [str(spack.prefix), "--verify", "load", "--index-url", projects.url]
    done = subprocess.run(
        command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    written = tmp_path / "data/spack-pypi/repo/spack_repo/pypi/packages/py_humming/package.py"
    assert "class PyHumming(PythonPackage):" in written.read_text()
    assert not (tmp_path / ".spack").exists()
    assert f"repo add {written.parent.parent.parent}" in done.stdout

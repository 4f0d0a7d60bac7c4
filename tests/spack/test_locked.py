"""An environment made from a real lock file, concretized by Spack itself."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from spack_pypi.workflow.requirement_files import named
from tests.conftest import Spack
from tests.index_server import IndexServer
from tests.spack.shared import HATCHLING, PYTHON, use_part_of_builtin

pytestmark = pytest.mark.spack

HERE = Path(__file__).parent / "locked"
ENVIRONMENT = "py311"
#: What the locked packages of builtin are built with, and what only they need.
BUILT_WITH = ["py_coherent_licensed", "py_hatch_fancy_pypi_readme", "py_hatch_vcs"]
BUILT_WITH += ["py_importlib_metadata", "py_pdm_backend", "py_poetry_core"]
BUILT_WITH += ["py_rfc3986", "py_zipp"]


def exported() -> dict[str, str]:
    """What uv itself installs: its own export, in the environment."""
    environment = named(ENVIRONMENT)
    lines = [Requirement(line) for line in (HERE / "exported.txt").read_text().splitlines()]
    return {
        each.name: str(each.specifier).lstrip("=")
        for each in lines
        if environment.holds(each.marker, HERE)
    }


@pytest.fixture
def index(server: IndexServer) -> IndexServer:
    """What builtin does not have of the locked versions, as these releases declare it; but the
    locked one of typer-slim needs a project that is not there."""
    add = server.served.add
    more = ["werkzeug>=3.1.0", "jinja2>=3.1.2", "itsdangerous>=2.2.0", "click>=8.1.3"]
    add("flask", "3.1.1", *more, "blinker>=1.9.0", "markupsafe>=2.1.1", python=">=3.9",
        build=["flit_core<4"])  # fmt: skip
    backend = ["setuptools>=75.6.0"]
    add("h2", "4.2.0", "hyperframe<7,>=6.1", "hpack<5,>=4.1", python=">=3.9", build=backend)
    add("hpack", "4.1.0", python=">=3.9", build=backend)
    add("hyperframe", "6.1.0", python=">=3.9", build=backend)
    slim = ["click>=8.0.0", "typing-extensions>=3.7.4.3"]
    add("typer-slim", "0.16.0", *slim, "gone", python=">=3.7", build=["pdm-backend"])
    add("typer-slim", "0.15.4", *slim, python=">=3.7", build=["pdm-backend"])
    return server


def lock_of_served(index: IndexServer) -> str:
    """The lock file, with the hashes of the files that the index serves."""
    text = (HERE / "uv.lock").read_text()
    for name, content in index.served.files.items():
        sha256 = hashlib.sha256(content).hexdigest()
        text = re.sub(rf'(/{re.escape(name)}", hash = "sha256:)[0-9a-f]+', rf"\g<1>{sha256}", text)
    return text


def test_all_locked_versions_and_why_one_is_not(spack: Spack, index: IndexServer) -> None:
    locked = [f"py_{name.replace('-', '_')}" for name in exported() if name != "typer-slim"]
    used = {*PYTHON, *HATCHLING, *BUILT_WITH, *locked}
    use_part_of_builtin(spack, sorted(used), external=["python", "git"])
    folder = spack.folder / "environment"
    folder.mkdir()
    (folder / "uv.lock").write_text(lock_of_served(index))
    arguments = ["--from", str(folder / "uv.lock"), "--extra", "web", "--group", "dev"]
    arguments += ["--for", ENVIRONMENT, "--env", str(folder / "spack.yaml"), "--verify", "load"]
    done = spack.run("pypi", "create", *arguments, "--index-url", index.url)
    assert done.returncode == 0, done.stderr
    lines = (folder / "spack.yaml").read_text().splitlines()
    assert lines[1:3] == [
        "# Not as locked:",
        "#   typer-slim 0.16.0 is locked, and another version is used: 0.16.0 needs gone: "
        "the index has no such project",
    ]
    done = spack.run("-e", str(folder), "concretize")
    assert done.returncode == 0, done.stderr
    lock = json.loads((folder / "spack.lock").read_text())
    found = {node["name"]: node["version"] for node in lock["concrete_specs"].values()}
    wanted = {f"py-{name}": version for name, version in exported().items()}
    assert len(wanted) == 29
    assert {name: found.get(name) for name in wanted} == {**wanted, "py-typer-slim": "0.15.4"}
    assert found["python"].startswith("3.11.")

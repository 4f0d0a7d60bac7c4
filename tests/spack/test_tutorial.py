"""docs/tutorial.md runs as it stands there: its commands, in one shell, in an empty home.

Its blocks marked ``console`` are run one after the other; what is printed must be what is there,
and ``...`` matches anything. What the page has from the network is on this machine: Spack's
repository, the index (real names and requirements, invented archives), the sources (a mirror), the
site's Python. Builtin is the part of it that these need.

To run the commands with other settings by hand, such as those for the real index and all of
builtin, ``python3 -m tests.spack.test_tutorial`` prints them as a script.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.conftest import Spack, clones, externals
from tests.index_server import IndexServer
from tests.spack.shared import COMPILER, PYTHON, copy_part_of_builtin
from tests.spack.tools import publish_tools
from tests.test_docs import TUTORIAL, blocks, holds, session

pytestmark = pytest.mark.spack

VERSION = ".".join(map(str, sys.version_info[:3]))
#: How the page calls the site's Python.
SITE = "/opt/site/python"
#: The packages of builtin that are external in these tests: nobody asks what else they need.
EXTERNAL = (
    *("gcc", "glibc", "python", "py_numpy", "py_pydantic", "py_pydantic_core", "py_pyyaml"),
    "py_tomli",
)
#: What lies in the site's Python: version and module of each project, and what it requires there.
INSTALLED = {
    "numpy": ("2.3.4", "numpy", ""),
    "pydantic": ("2.10.1", "pydantic", "pydantic-core==2.27.1"),
    "pydantic-core": ("2.27.1", "pydantic_core", ""),
    "PyYAML": ("6.0.3", "yaml", ""),
    "tomli": ("2.0.1", "tomli", ""),
}
SETUP = """\
from setuptools import setup
setup(name={name!r}, version={version!r}, packages=[{module!r}], install_requires={requires!r})
"""
PYPROJECT = """\
[build-system]
requires = {requires}
build-backend = "setuptools.build_meta"
"""
#: Appended to the recipes of external packages: they need what an external has.
NEEDS_LITTLE = """

KEPT = ("python", "py-pydantic-core")
{cls}.dependencies = {{
    when: {{name: needed for name, needed in by_name.items() if name in KEPT}}
    for when, by_name in {cls}.dependencies.items()
}}
"""
#: Printed before each command, and after it with its exit code.
MARK = "=-=-= command"


def commands() -> list[tuple[str, str]]:
    """The commands of the page, and what each prints."""
    return [each for block in blocks(TUTORIAL, "console") for each in session(block)]


def script() -> str:
    """The commands as a script of bash that goes on after one that fails, and says how each
    ended."""
    lines = ["exec 2>&1"]
    for number, (command, _) in enumerate(commands()):
        lines += [f"echo '{MARK} {number}'", command, 'echo "exit code $?"']
    return "\n".join(lines) + "\n"


def publish(server: IndexServer) -> None:
    """What the real projects declared in 2026, with archives that are quick to build."""
    run = ["numpy", "psutil", "pyyaml", "tomli", "pydantic"]
    older = ["numpy>=1.21", "psutil>=5.9.4", "pyyaml>=6.0", "tomli>=1.2.1", "pydantic>=1.10.12"]
    releases = (
        ("1.4.3", older, ["setuptools"], ""),
        ("1.5.0", run, ["setuptools>=75.1.0,<79", "pip>=24.3.1,<26"], ">=3.10"),
        ("1.6.1", [*run, "gest-api"], ["setuptools>=75.1.0,<83", "pip>=24.3.1,<27"], ">=3.10"),
    )
    for version, requires, build, python in releases:
        add(server, "libensemble", version, requires, build, python, "BSD-3-Clause")
    add(server, "gest-api", "0.2", ["pydantic"], ["setuptools"], "", "")


def add(
    server: IndexServer,
    name: str,
    version: str,
    requires: list[str],
    build: list[str],
    python: str,
    licence: str,
) -> None:
    module = name.replace("-", "_")
    setup = SETUP.format(name=name, version=version, module=module, requires=requires)
    names = [re.split(r"\W", each)[0].replace("pyyaml", "yaml") for each in requires]
    imports = "".join(f"import {each}\n" for each in names if each != "gest")
    inside = {
        "setup.py": setup,
        "pyproject.toml": PYPROJECT.format(requires=json.dumps(build)),
        f"{module}/__init__.py": f"{imports}__version__ = {version!r}\n",
    }
    if not licence:
        inside["LICENSE"] = "Do what the others do.\n"
    server.served.add(
        name,
        version,
        *requires,
        python=python,
        license_expression=licence,
        build=None,
        files=inside,
    )


def make_site(folder: Path) -> None:
    """A Python with a few projects, as a site has it."""
    venv.create(folder)
    (modules,) = folder.glob("lib/python*/site-packages")
    for name, (version, module, requires) in INSTALLED.items():
        info = modules / f"{name.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        (modules / module).mkdir()
        (modules / module / "__init__.py").write_text("")
        (info / "RECORD").write_text(f"{module}/__init__.py,,\n")
        said = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        said += f"Requires-Dist: {requires}\n" if requires else ""
        (info / "METADATA").write_text(said)


def make_mirror(server: IndexServer, folder: Path) -> None:
    """All archives of the index where Spack looks for them by their hash."""
    for name, content in server.served.files.items():
        key = hashlib.sha256(content).hexdigest()
        suffix = ".whl" if name.endswith(".whl") else ".tar.gz"
        file = folder / "_source-cache" / "archive" / key[:2] / f"{key}{suffix}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


@pytest.fixture
def home(spack: Spack, server: IndexServer, tmp_path: Path) -> Path:
    """An empty home. What a machine has is in Spack's system scope."""
    publish(server)
    publish_tools(spack, server, tmp_path, "psutil")
    part = tmp_path / "part" / "spack_repo" / "builtin"
    needed = [*dict.fromkeys([*COMPILER, *PYTHON, "py_psutil", "py_libensemble", *EXTERNAL])]
    copy_part_of_builtin(spack, needed, part)
    for name in EXTERNAL:
        recipe = part / "packages" / name / "package.py"
        (found,) = re.findall(r"^class (\w+)\(.*Package\)", recipe.read_text(), re.M)[:1]
        recipe.write_text(recipe.read_text() + NEEDS_LITTLE.format(cls=found))
    make_mirror(server, tmp_path / "mirror")
    system = tmp_path / "system"
    system.mkdir()
    tools = {name: said for name, said in externals().items() if name != "python"}
    mirror = {"url": (tmp_path / "mirror").as_uri(), "source": True, "binary": False}
    settings = {
        "repos": {"repos:": {"builtin": str(part)}},
        "packages": {"packages": tools},
        "mirrors": {"mirrors:": {"here": mirror}},
    }
    for name, content in settings.items():
        (system / f"{name}.yaml").write_text(json.dumps(content))
    make_site(tmp_path / "site")
    home = tmp_path / "home"
    home.mkdir()
    return home


def plain(text: str, home: Path) -> str:
    """What was printed, as on the machine of the page."""
    minor = ".".join(VERSION.split(".")[:2])
    text = text.replace(str(home), "~").replace(str(home.parent / "site"), SITE)
    return text.replace(VERSION, "3.11.7").replace(f"python{minor}/", "python3.11/")


def test_the_page_runs_as_it_stands(home: Path, server: IndexServer) -> None:
    variables = {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "SPACK_PYTHON": sys.executable,
        "SPACK_SYSTEM_CONFIG_PATH": str(home.parent / "system"),
        "SPACK_COLOR": "never",
        "PIP_INDEX_URL": server.url,
        "PYTHONUNBUFFERED": "1",
        # What is fetched from its repository is the clone of these tests.
        "GIT_CONFIG_COUNT": "2",
        "GIT_CONFIG_KEY_0": f"url.{clones()[0].as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://github.com/spack/spack.git",
        "GIT_CONFIG_KEY_1": "safe.directory",
        "GIT_CONFIG_VALUE_1": "*",
    }
    done = subprocess.run(
        ["bash", "--noprofile", "--norc"],
        input=script().replace(SITE, str(home.parent / "site")),
        env=variables,
        cwd=home,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    printed = re.split(rf"^{MARK} \d+\n", done.stdout, flags=re.M)[1:]
    assert len(printed) == len(commands()) > 10, done.stdout
    differing = []
    for (command, written), text in zip(commands(), printed):
        output, _, code = text.rpartition("exit code ")
        if code.strip() != "0" or not holds(written, plain(output, home)):
            differing.append(f"$ {command}\n{plain(output, home)}(exit code {code.strip()})")
    assert not differing, "\n".join(differing)


if __name__ == "__main__":
    print(script(), end="")

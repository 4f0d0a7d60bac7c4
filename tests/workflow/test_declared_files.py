"""What files declare that are not lock files: setup.cfg, scripts, uv's sources, conda's files."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from packaging.specifiers import SpecifierSet

from spack_pypi.errors import UsageError
from spack_pypi.pypi import json_text
from spack_pypi.workflow.requirement_files import RequirementSet, named, read
from spack_pypi.workflow.requirement_files.conda import known_packages, specifier


def found(folder: Path, name: str, text: str, **options: Any) -> RequirementSet:
    (folder / name).write_text(text)
    options.setdefault("environment", named("linux,py312"))
    return read([str(folder / name)], parse_yaml=json_text.loads, **options)


def texts(requirements: RequirementSet) -> list[str]:
    return [str(each) for each in requirements.requirements]


# --- setup.cfg -----------------------------------------------------------------------------------

SETUP_CFG = """
[metadata]
name = app
[options]
python_requires = >=3.9
install_requires =
    six
    old; python_version < "3.9"
    attrs>=22 ; python_version >= "3.9"
[options.extras_require]
Web_App =
    flask
listed = file: more.txt
"""


def test_setup_cfg(tmp_path: Path) -> None:
    (tmp_path / "more.txt").write_text("rich\n# a comment\nclick>=8\n")
    assert texts(found(tmp_path, "setup.cfg", SETUP_CFG)) == ["six", "attrs>=22"]
    chosen = found(tmp_path, "setup.cfg", SETUP_CFG, extras=["web-app", "listed"])
    assert texts(chosen) == ["six", "attrs>=22", "rich", "click>=8", "flask"]


# --- PEP 723 -------------------------------------------------------------------------------------

SCRIPT = """#!/usr/bin/env python3
# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "requests<3",
#   "old; python_version < '3'",
#
#   "rich",
# ]
# ///
import requests
"""


def test_a_script(tmp_path: Path) -> None:
    assert texts(found(tmp_path, "run.py", SCRIPT)) == ["requests<3", "rich"]
    assert texts(found(tmp_path, "run", SCRIPT)) == ["requests<3", "rich"]
    assert texts(found(tmp_path, "run", "# /// script\n# dependencies = ['a']\n# ///\n")) == ["a"]


# --- [tool.uv.sources] ---------------------------------------------------------------------------

SOURCES = """
[project]
name = "app"
dependencies = ["six", "fork>=1", "torch", "Some.Lib", "maybe"]
[tool.uv.sources]
fork = { git = "https://h.example/fork" }
torch = { index = "special" }
some-lib = { workspace = true }
maybe = [{ path = "m", marker = "sys_platform == 'win32'" }]
[[tool.uv.index]]
name = "special"
url = "https://special.example/simple"
"""


def test_requirements_that_come_from_elsewhere(tmp_path: Path) -> None:
    result = found(tmp_path, "pyproject.toml", SOURCES)
    assert texts(result) == ["six", "torch", "maybe"]
    assert [(index.url, index.projects) for index in result.listed] == [
        ("https://special.example/simple/", ("torch",))
    ]
    elsewhere = "a path, a URL or a repository ([tool.uv.sources]), not a project on an index"
    assert result.skipped == [("fork>=1", elsewhere), ("Some.Lib", elsewhere)]
    on_windows = named("windows,x86_64,py312")
    result = found(tmp_path, "pyproject.toml", SOURCES, environment=on_windows)
    assert texts(result) == ["six", "torch"]


# --- conda ---------------------------------------------------------------------------------------

#: https://docs.conda.io/projects/conda/en/stable/user-guide/concepts/pkg-specs.html
VERSIONS: dict[str, str | None] = {
    "": "",
    "=1.26": "==1.26.*",
    "=1.26.*": "==1.26.*",
    "==1.26.4": "==1.26.4",
    "=1.26.4=py312h8753938_0": "==1.26.4",
    ">=1.2,<2": ">=1.2,<2",
    ">=1.2, <2": ">=1.2,<2",
    "1.26.4": "==1.26.4",
    "1.26.*": "==1.26.*",
    "1.26.4 py312_0": "==1.26.4",
    "*": "",
    "!=1.5": "!=1.5",
    "~=1.5": "~=1.5",
    "=2023c": None,
    "=1.2|=1.3": None,
    "[version='>=1']": None,
}


@pytest.mark.parametrize("text", VERSIONS, ids=lambda text: text or "none")
def test_the_versions_of_conda(text: str) -> None:
    expected = VERSIONS[text]
    assert specifier(text) == (None if expected is None else SpecifierSet(expected))


CONDA = {
    "name": "work",
    "channels": ["conda-forge"],
    "dependencies": [
        "python=3.12",
        "numpy=1.26",
        "conda-forge::pytorch>=2",
        "hdf5=1.14",
        "some-gui",
        "tzdata=2023c",
        "pip",
        {"pip": ["requests>=2", "-r more.txt", "x @ https://h.example/x.zip"]},
    ],
}


def test_an_environment_of_conda(tmp_path: Path) -> None:
    """What is known by its name becomes a project, or stays one of Spack's packages."""
    (tmp_path / "more.txt").write_text("six")
    result = found(tmp_path, "environment.yml", json.dumps(CONDA))
    assert texts(result) == ["numpy==1.26.*", "torch>=2", "requests>=2", "six"]
    assert result.packages == [("hdf5", SpecifierSet("==1.14.*"))]
    assert [text for text, _ in result.skipped] == [
        "some-gui",
        "tzdata=2023c",
        "x @ https://h.example/x.zip",
    ]


def test_each_known_conda_package_has_a_source() -> None:
    known = known_packages()
    assert list(known) == sorted(known)
    for name, entry in known.items():
        assert len(entry.keys() & {"project", "package"}) == 1, name
        assert re.match(r"https://github\.com/(conda-forge|conda|bioconda)/", entry["source"])
        assert set(entry) <= {"project", "package", "source"}


# --- what cannot be read -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("setup.cfg", "[metadata]\nname = a", "setup.cfg has no install_requires"),
        ("setup.cfg", SETUP_CFG.replace(">=3.9", ">=3.13"), "is for Python >=3.13, not 3.12"),
        ("setup.cfg", SETUP_CFG.replace("six", "a b"), "'a b' is not a requirement"),
        ("setup.cfg", "not [ini", "line 1 is in no section"),
        ("run.py", "import six", "run.py has no block '# /// script'"),
        (
            "run.py",
            "# /// script\n# a = [\n# ///\n",
            "in the block '# /// script': .*run.py is not valid TOML",
        ),
        ("run.py", SCRIPT * 2, "run.py has 2 blocks"),
        ("run.py", SCRIPT.replace("[", "{"), "run.py is not valid TOML"),
        ("run.py", SCRIPT.replace("3.11", "3.13"), "is for Python >=3.13, not 3.12"),
        ("run.py", SCRIPT.replace('"rich"', "9"), "a part of dependencies is not a text"),
        ("pyproject.toml", SOURCES.replace("{ git", "[9] #"), "source of fork is not a table"),
        ("environment.yml", "[", "is not valid YAML"),
        ("environment.yml", "[]", "the document is not a table"),
        ("docker-compose.yml", "{}", "has no list of dependencies, as an environment.yml"),
        ("environment.yml", '{"dependencies": [9]}', "a dependency is not a table"),
        ("environment.yml", '{"dependencies": [{"pip": [9]}]}', "a part of pip is not a text"),
        ("environment.yml", '{"dependencies": ["python=3.9"]}', "is for Python ==3.9.*, not 3.12"),
    ],
)
def test_what_makes_no_sense(tmp_path: Path, name: str, text: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        found(tmp_path, name, text)


def test_yaml_without_a_reader(tmp_path: Path) -> None:
    (tmp_path / "environment.yml").write_text("dependencies: []")
    with pytest.raises(
        UsageError, match="environment.yml: YAML is read by Spack: pass --spack DIR"
    ):
        read([str(tmp_path / "environment.yml")])

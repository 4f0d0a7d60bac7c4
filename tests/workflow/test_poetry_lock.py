"""What a poetry.lock names for one environment, of Poetry 1 and 2."""

from __future__ import annotations

from pathlib import Path

import pytest

from spack_pypi.errors import UsageError
from spack_pypi.workflow.requirement_files import RequirementSet
from tests.workflow.locked import pins, read_for


def package(name: str, version: str, more: str = "") -> str:
    return f'[[package]]\nname = "{name}"\nversion = "{version}"\noptional = false\n{more}\n'


METADATA = """
[extras]
cli = ["click"]
web = ["click", "flask"]
[metadata]
lock-version = "{version}"
python-versions = ">=3.9,<4.0 || ^4.1"
content-hash = "00"
"""
#: As Poetry 2 writes it: each package with its groups and markers.
POETRY_2 = (
    package("numpy", "2.0.2", 'groups = ["main"]\nmarkers = "python_version == \'3.9\'"')
    + package("numpy", "2.4.0", 'groups = ["main"]\nmarkers = "python_version >= \'3.10\'"')
    + package(
        "click", "8.1", "groups = [\"main\"]\nmarkers = \"extra == 'web' or extra == 'cli'\""
    )
    + package("flask", "3.1", 'groups = ["main"]\nmarkers = "extra == \'web\'"')
    + package(
        "colorama",
        "0.4.6",
        'groups = ["main", "dev"]\n'
        "markers = {main = \"extra == 'cli' and sys_platform == 'win32'\", "
        "dev = \"sys_platform == 'win32'\"}",
    )
    + package("pytest", "9.0", 'groups = ["dev"]')
    + package("fork", "1", 'groups = ["dev"]\n[package.source]\ntype = "git"\nurl = "x"')
    + package(
        "own",
        "2",
        'groups = ["dev"]\n[package.source]\ntype = "legacy"\nurl = "https://o.example"',
    )
    + METADATA.format(version="2.1")
)
#: As Poetry 1 writes it: a graph, to which the pyproject.toml is the beginning.
POETRY_1 = (
    package("numpy", "1.26.4")
    + package("numpy", "2.2.6")
    + package(
        "requests",
        "2.32.5",
        '[package.dependencies]\nIdna = ">=2.5,<4"\n'
        'win = {version = "*", markers = "sys_platform == \'win32\'"}\n'
        'PySocks = {version = ">=1.5.6,<1.5.7 || >1.5.7", optional = true, '
        "markers = \"extra == 'socks'\"}\n"
        'chardet = {version = ">=3", optional = true}\n'
        '[package.extras]\nsocks = ["PySocks (>=1.5.6,!=1.5.7)"]\nchars = ["chardet (>=3)"]',
    )
    + package("idna", "3.10", '[package.dependencies]\nrequests = "*"')
    + package("pysocks", "1.7.1")
    + package("chardet", "5")
    + package("win", "1")
    + package("click", "8.1")
    + package("flask", "3.1", '[package.dependencies]\nclick = ">=8"')
    + package("pytest", "9.0")
    + package("ruff", "0.9")
    + METADATA.format(version="2.0")
)
PROJECT = """
[tool.poetry.dependencies]
python = "^3.9"
numpy = [{version = "^1.26", python = "<3.10"}, {version = ">=2", python = "^3.10"}]
requests = {version = "^2.30", extras = ["socks"]}
win = {version = "*", platform = "win32"}
click = {version = "*", optional = true}
flask = {version = "^3", optional = true}
[tool.poetry.extras]
cli = ["click"]
web = ["click", "flask"]
[tool.poetry.dev-dependencies]
pytest = "^9"
[tool.poetry.group.Lint.dependencies]
ruff = "*"
"""
SKIPPED = "not for this Python or platform"


def found(folder: Path, text: str, on: str, *parts: str, project: str = "") -> RequirementSet:
    (folder / "poetry.lock").write_text(text)
    if project:
        (folder / "pyproject.toml").write_text(project)
    return read_for(on, folder / "poetry.lock", *parts)


@pytest.mark.parametrize(
    ("on", "parts", "expected"),
    [
        ("linux,py39", [], ["numpy 2.0.2"]),
        ("linux,py312", [], ["numpy 2.4.0"]),
        ("linux,py312", ["cli"], ["numpy 2.4.0", "click 8.1"]),
        ("linux,py312", ["web"], ["numpy 2.4.0", "click 8.1", "flask 3.1"]),
        ("windows,x86_64,py312", ["cli"], ["numpy 2.4.0", "click 8.1", "colorama 0.4.6"]),
        ("linux,py312", ["+dev"], ["numpy 2.4.0", "pytest 9.0", "own 2"]),
    ],
)
def test_a_file_of_poetry_2(
    tmp_path: Path, on: str, parts: list[str], expected: list[str]
) -> None:
    result = found(tmp_path, POETRY_2, on, *parts)
    assert pins(result) == expected
    assert result.locked
    skipped = [name for name, _ in result.skipped]
    fork = ["fork"] if "+dev" in parts else []
    assert skipped == ([] if "windows" in on else ["colorama"]) + fork
    assert result.indexes == ({"own": "https://o.example"} if "+dev" in parts else {})


@pytest.mark.parametrize(
    ("on", "parts", "expected"),
    [
        ("linux,py39", [], ["numpy 1.26.4", "requests 2.32.5", "idna 3.10", "pysocks 1.7.1"]),
        ("linux,py312", [], ["numpy 2.2.6", "requests 2.32.5", "idna 3.10", "pysocks 1.7.1"]),
        (
            "windows,x86_64,py312",
            ["cli"],
            ["numpy 2.2.6", "requests 2.32.5", "idna 3.10", "pysocks 1.7.1", "win 1", "click 8.1"],
        ),
        (
            "linux,py312",
            ["web", "+dev", "+lint"],
            ["numpy 2.2.6", "requests 2.32.5", "idna 3.10", "pysocks 1.7.1", "click 8.1"]
            + ["flask 3.1", "pytest 9.0", "ruff 0.9"],
        ),
    ],
)
def test_a_file_of_poetry_1(
    tmp_path: Path, on: str, parts: list[str], expected: list[str]
) -> None:
    result = found(tmp_path, POETRY_1, on, *parts, project=PROJECT)
    assert pins(result) == expected
    assert result.skipped == ([] if "windows" in on else [("win", SKIPPED)])


#: Two versions of one project that were locked for two Pythons, without a word on who is meant.
SEVERAL = (
    package("dateutil", "3.0", 'python-versions = ">=3.8"')
    + package("dateutil", "4.0", 'python-versions = ">=3.11"')
    + package("pandas", "2.2", '[package.dependencies]\ndateutil = ">=2.8"')
    + package("arrow", "1.0", '[package.dependencies]\ndateutil = "<4"')
    + METADATA.format(version="2.0")
)


@pytest.mark.parametrize(
    ("on", "roots", "expected"),
    [
        ("py310", ["pandas"], ["dateutil 3.0", "pandas 2.2"]),
        ("py312", ["pandas"], ["dateutil 4.0", "pandas 2.2"]),
        ("py312", ["pandas", "arrow"], ["dateutil 3.0", "pandas 2.2", "arrow 1.0"]),
        ("py312", ["arrow", "pandas"], ["dateutil 3.0", "pandas 2.2", "arrow 1.0"]),
    ],
)
def test_poetry_1_solves_again_with_what_is_locked(
    tmp_path: Path, on: str, roots: list[str], expected: list[str]
) -> None:
    """The newest version for this Python that all accept."""
    project = "[tool.poetry.dependencies]\n" + "\n".join(f'{name} = "*"' for name in roots)
    assert pins(found(tmp_path, SEVERAL, on, project=project)) == expected


@pytest.mark.parametrize(
    ("text", "project", "parts", "reason"),
    [
        (POETRY_1, "", [], "was written by Poetry 1 and .* pyproject.toml must lie beside it"),
        (POETRY_1, PROJECT, ["+no"], "poetry.lock has no group 'no'; it has dev, lint"),
        (POETRY_2, "", ["no"], "poetry.lock has no extra 'no'; it has cli, web"),
        (POETRY_2, "", ["+no"], "poetry.lock has no group 'no'; it has dev"),
        (POETRY_2.replace(">=3.9,<4.0", "^3.13"), "", [], "is for Python \\^3.13 .*, not 3.12"),
        (POETRY_2.replace(">=3.9,<4.0", "what"), "", [], "'what .*' is not a range of versions"),
        (POETRY_2.replace("2.4.0", "two"), "", [], "which is not a valid version"),
        (POETRY_1.replace("2.2.6", "two"), PROJECT, [], "'two' is not a version"),
        (POETRY_1, PROJECT.replace("^3.10", "x"), [], "pyproject.toml .* 'x' is not a range"),
        (
            POETRY_1,
            PROJECT.replace("^2.30", "^3"),
            [],
            "requires requests, and lists 2.32.5: none",
        ),
        (POETRY_1, "[tool]\npoetry = 9", [], "pyproject.toml .* tool.poetry is not a table"),
        ("package = 9", "", [], "package is not a list"),
    ],
)
def test_what_makes_no_sense(
    tmp_path: Path, text: str, project: str, parts: list[str], reason: str
) -> None:
    with pytest.raises(UsageError, match=reason):
        found(tmp_path, text, "linux,py312", *parts, project=project)

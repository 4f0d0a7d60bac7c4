"""What the lock files of PDM and Pipenv name for one environment."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from spack_pypi.errors import UsageError
from spack_pypi.workflow.requirement_files import RequirementSet
from tests.workflow.locked import pins, read_for


def found(file: Path, text: str, on: str, *parts: str) -> RequirementSet:
    file.write_text(text)
    return read_for(on, file, *parts)


PDM = """
[metadata]
groups = ["default", "dev", "web"]
strategy = ["inherit_metadata"]
lock_version = "4.5.0"
[[metadata.targets]]
requires_python = ">=3.9,<3.10"
[[metadata.targets]]
requires_python = ">=3.12"
platform = "manylinux_2_40_x86_64"
[[metadata.targets]]
requires_python = ">=3.12"
platform = "windows_amd64"
""" + "".join(
    f'[[package]]\nname = "{name}"\nversion = "{version}"\ngroups = {groups}\n{more}\n'
    for name, version, groups, more in [
        ("numpy", "2.0.2", ["default"], "marker = \"python_version < '3.10'\""),
        ("numpy", "2.4.0", ["default"], "marker = \"python_version >= '3.12'\""),
        ("requests", "2.32.5", ["default"], ""),
        ("requests", "2.32.5", ["default"], 'extras = ["socks"]'),
        ("colorama", "0.4.6", ["dev", "web"], "marker = \"sys_platform == 'win32'\""),
        ("pytest", "9.0", ["dev"], ""),
        ("flask", "3.1", ["web"], ""),
        ("fork", "1", ["web"], 'git = "https://h.example/fork"'),
    ]
)


@pytest.mark.parametrize(
    ("on", "parts", "expected", "skipped"),
    [
        ("linux,py39", [], ["numpy 2.0.2", "requests 2.32.5"], ["numpy"]),
        ("linux,py312", [], ["numpy 2.4.0", "requests 2.32.5"], ["numpy"]),
        (
            "linux,py312",
            ["web"],
            ["numpy 2.4.0", "requests 2.32.5", "flask 3.1"],
            ["colorama", "fork"],
        ),
        (
            "windows,x86_64,py312",
            ["+dev"],
            ["numpy 2.4.0", "requests 2.32.5", "colorama 0.4.6", "pytest 9.0"],
            [],
        ),
    ],
)
def test_pdm(
    tmp_path: Path, on: str, parts: list[str], expected: list[str], skipped: list[str]
) -> None:
    result = found(tmp_path / "pdm.lock", PDM, on, *parts)
    assert pins(result) == expected
    # Another version of what is locked here is nothing that is left out.
    assert [name for name, _ in result.skipped] == [s for s in skipped if s != "numpy"]


#: https://pipenv.pypa.io: made for one Python.
PIPFILE: dict[str, Any] = {
    "_meta": {
        "pipfile-spec": 6,
        "requires": {"python_version": "3.12"},
        "sources": [
            {"name": "pypi", "url": "https://index.example/simple", "verify_ssl": True},
            {"name": "own", "url": "https://own.example/simple", "verify_ssl": True},
        ],
    },
    "default": {
        "requests": {"version": "==2.32.5", "extras": ["socks"], "index": "pypi"},
        "old": {"version": "==1", "markers": "python_version < '3.10'"},
        "unlocked": {"version": "*"},
        "fork": {"git": "https://h.example/fork", "ref": "00"},
    },
    "develop": {"pytest": {"version": "==9.0"}, "requests": {"version": "==2.32.5"}},
    "docs": {"sphinx": {"version": "==8.0", "index": "own"}},
}


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([], ["unlocked", "requests 2.32.5"]),
        (["+dev"], ["unlocked", "requests 2.32.5", "pytest 9.0"]),
        (["+develop", "+docs"], ["unlocked", "requests 2.32.5", "pytest 9.0", "sphinx 8.0"]),
    ],
)
def test_pipenv(tmp_path: Path, parts: list[str], expected: list[str]) -> None:
    result = found(tmp_path / "Pipfile.lock", json.dumps(PIPFILE), "linux,py312", *parts)
    assert pins(result) == expected
    assert [name for name, _ in result.skipped][:2] == ["old", "fork"]
    own = {"sphinx": "https://own.example/simple"} if "+docs" in parts else {}
    # What names no source comes from the first one.
    usual = dict.fromkeys([*result.pins, "unlocked"], "https://index.example/simple")
    assert result.indexes == {**usual, **own}


def test_what_pipenv_locked_from_a_private_index_is_not_asked_for_elsewhere(
    tmp_path: Path,
) -> None:
    meta = {"pipfile-spec": 6, "sources": [{"name": "own", "url": "https://own.example/simple"}]}
    text = json.dumps({"_meta": meta, "default": {"inner": {"version": "==1.0"}}})
    (index,) = found(tmp_path / "Pipfile.lock", text, "linux,py312").listed
    assert (index.url, index.in_place) == ("https://own.example/simple/", True)


DEFAULT = {"default": {"a": {"version": "==1"}}}


@pytest.mark.parametrize(
    ("name", "text", "on", "parts", "reason"),
    [
        ("pdm.lock", PDM, "darwin,x86_64,py39", ["+no"], "has no group 'no'; it has dev, web"),
        ("pdm.lock", PDM, "darwin,x86_64,py312", [], "is for Python >=3.9,<3.10|<3.10,>=3.9"),
        ("pdm.lock", PDM, "linux,py311", [], "is for Python >=3.12, not 3.11"),
        ("pdm.lock", PDM.replace('requires_python = ">=3.9,<3.10"', 'platform = "windows_arm64"'),
         "darwin,x86_64,py312", [], "is for windows_arm64, manylinux_2_40_x86_64, windows_amd64"),
        ("pdm.lock", PDM.replace('"inherit_metadata"', ""), "linux,py312", [],
         "does not say which packages belong to which group.* pdm export -o requirements.txt"),
        ("pdm.lock", PDM.replace("2.32.5", "2.31", 1), "linux,py312", [],
         "locks requests to 2.31 and 2.32.5 for the same environment"),
        ("pdm.lock", "metadata = 9", "linux", [], "metadata is not a table"),
        ("Pipfile.lock", json.dumps(PIPFILE), "py311", [], "is for Python ==3.12.*, not 3.11"),
        ("Pipfile.lock", json.dumps(PIPFILE), "py312", ["x"], "has no extra 'x'; it has none"),
        ("Pipfile.lock", json.dumps(PIPFILE), "py312", ["+x"], "has no group 'x'; it has develop"),
        ("Pipfile.lock", "[" * 100_000, "linux", [], "is not valid JSON"),
        ("Pipfile.lock", "[]", "linux", [], "the document is not a table"),
        ("Pipfile.lock", json.dumps({**DEFAULT, "develop": {"a": {"version": "==2"}}}), "linux",
         ["+dev"], "locks a to 1 and 2 for the same environment"),
    ],
)  # fmt: skip
def test_what_makes_no_sense(
    tmp_path: Path, name: str, text: str, on: str, parts: list[str], reason: str
) -> None:
    with pytest.raises(UsageError, match=reason):
        found(tmp_path / name, text, on, *parts)

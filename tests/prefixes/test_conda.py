"""What conda has installed: (records in conda-meta) → packages, and those without metadata."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from spack_pypi.prefixes.conda import conda_packages
from spack_pypi.prefixes.distributions import installed
from spack_pypi.prefixes.interpreter import ask
from tests.prefixes.made import answered, distribution, interpreter

SITE = "lib/python3.12/site-packages"


def record(prefix: Path, name: str, *files: str, text: str = "") -> None:
    folder = prefix / "conda-meta"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.json").write_text(text or json.dumps({"files": files}))


def test_names_versions_and_builds(tmp_path: Path) -> None:
    record(tmp_path, "libblas-3.9.0-31_h59b9bed_openblas")
    record(tmp_path, "python_abi-3.12-5_cp312")
    record(tmp_path, "state")
    (tmp_path / "conda-meta" / "history").write_text("==> 2026-11-28 <==\n")
    found = conda_packages(tmp_path)
    assert {each.name: (each.version, each.build) for each in found.values()} == {
        "libblas": ("3.9.0", "31_h59b9bed_openblas"),
        "python_abi": ("3.12", "5_cp312"),
    }
    assert conda_packages(tmp_path / "elsewhere") == {}


def test_modules_without_metadata_are_told_of(tmp_path: Path) -> None:
    """Else nobody would know why these are not externals."""
    (tmp_path / SITE).mkdir(parents=True)
    distribution(tmp_path / SITE, "six", "1.17.0")
    record(tmp_path, "six-1.17.0-pyhd_0", f"{SITE}/six.py")
    record(tmp_path, "opencv-4.9.0-py312_0", f"{SITE}/cv2/__init__.py", "lib/libcv.so")
    info = f"{SITE}/idna-3.10.dist-info/METADATA"
    record(tmp_path, "idna-3.10-pyhd_0", f"{SITE}/idna/__init__.py", info)
    record(tmp_path, "old-1.0-py_0", f"{SITE}/old.py", f"{SITE}/old-1.0-py3.12.egg-info")
    record(tmp_path, "python-3.12.1-hab00c5b_1", "bin/python3.12", f"{SITE}/README.txt")
    for number, text in enumerate(["{", "[]", '{"files": 1}', "[" * 100_000]):
        record(tmp_path, f"damaged{number}-1-0", text=text)
    python = ask(interpreter(tmp_path / "bin", answered(site=[f"*/{SITE}"], prefix=str(tmp_path))))
    found = {each.project: each for each in installed(python)}
    assert {*found} == {"six", "opencv"}
    assert (found["six"].problem, found["opencv"].version) == ("", "4.9.0")
    assert found["opencv"].problem.startswith("conda installed it without the metadata")


@pytest.mark.parametrize("kind", ["file", "pipe"])
def test_what_is_no_folder_of_records(tmp_path: Path, kind: str) -> None:
    import os

    if kind == "file":
        (tmp_path / "conda-meta").write_text("")
    else:
        os.mkfifo(tmp_path / "conda-meta")
    assert conda_packages(tmp_path) == {}

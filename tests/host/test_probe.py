"""What was installed, looked at by the Python that it was installed for."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROBE = Path(__file__).resolve().parents[2] / "spack_pypi" / "host" / "spack" / "probe.py"


def probed(site: Path, modules: list[str], **files: str) -> dict[str, Any]:
    """The probe's answer about a site-packages folder with these files (``a__b`` is a/b.py)."""
    for name, text in files.items():
        file = site / (name.replace("__", "/") + ".py")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    question = {"modules": modules, "paths": [str(site)], "own": [str(site)], "pip": []}
    done = subprocess.run(
        [sys.executable, "-E", "-s", str(PROBE)],
        input=json.dumps(question),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_modules_are_imported_one_by_one(tmp_path: Path) -> None:
    """What one prints, raises or ends does not keep the others from being looked at."""
    answer = probed(
        tmp_path,
        ["good", "loud", "missing", "quits", "wrong", "z"],
        good="",
        loud="print('end good ImportError: no')",
        quits="import os\nos._exit(3)",
        wrong="import nowhere_to_be_found",
        z="",
    )
    assert answer["imported"] == ["good", "loud", "z"]
    assert answer["failed"] == {
        "missing": "ModuleNotFoundError: No module named 'missing'",
        "quits": "ends the interpreter with exit code 3",
        "wrong": "ModuleNotFoundError: No module named 'nowhere_to_be_found'",
    }


def test_imports_that_nothing_provides_are_found_without_running_anything(tmp_path: Path) -> None:
    always = "import os\nimport nowhere_a, x.b\nfrom nowhere_b.inner import c\nfrom . import d\n"
    sometimes = "try:\n    import nowhere_c\nexcept ImportError:\n    pass\n"
    answer = probed(
        tmp_path,
        [],
        x____init__="",
        x__a=always + sometimes,
        x__b="raise SystemExit\nimport nowhere_a",
        x__tests__t="import nowhere_d",
        x__broken="this is not Python",
    )
    assert answer["undeclared"] == [["nowhere_a", "x/a.py", 2], ["nowhere_b", "x/a.py", 3]]


def test_nothing_of_the_current_folder_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor are the modules beside the script there for a package that does not require them."""
    here, site = tmp_path / "here", tmp_path / "site"
    here.mkdir()
    for name in ("json", "importlib", "runpy", "stranger"):
        (here / f"{name}.py").write_text(f"open({str(here / 'run')!r}, 'w')\n")
    monkeypatch.chdir(here)
    answer = probed(site, ["good", "stranger"], good="import json, probe, runpy\n")
    assert not (here / "run").exists()
    assert answer["failed"] == {
        "good": "ModuleNotFoundError: No module named 'probe'",
        "stranger": "ModuleNotFoundError: No module named 'stranger'",
    }
    assert answer["undeclared"] == [["probe", "good.py", 1]]


def test_pip_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the current folder has a module of this name."""
    import pip

    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "pip.py").write_text("")
    monkeypatch.chdir(tmp_path / "here")

    info = tmp_path / "lonely-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: lonely\nVersion: 1\nRequires-Dist: nowhere-to-be-found\n"
    )
    question = {
        "modules": [],
        "paths": [str(tmp_path)],
        "own": [],
        "pip": [str(Path(str(pip.__file__)).parents[1])],
    }
    done = subprocess.run(
        [sys.executable, str(PROBE)],
        input=json.dumps(question),
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    complaints = json.loads(done.stdout)["check"]
    assert "lonely 1 requires nowhere-to-be-found, which is not installed." in complaints

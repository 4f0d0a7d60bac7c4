"""What modules say when they are imported where Spack runs them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "spack_pypi" / "host" / "spack" / "try_imports.py"
MODULES = {
    "good": "print('noise')\n",
    "broken": "raise ImportError('libx.so: cannot open\\nshared object file')\n",
    "ends": "import os\nos._exit(3)\n",
    "leaves": "raise SystemExit('bye')\n",
}


def test_nothing_of_the_current_folder_is_run(tmp_path: Path) -> None:
    folder, here = tmp_path / "site", tmp_path / "here"
    folder.mkdir()
    here.mkdir()
    (folder / "good.py").write_text("")
    for name in ("importlib", "good"):
        (here / f"{name}.py").write_text("open('run', 'w')")
    question, answer = tmp_path / "question.json", tmp_path / "answer.json"
    question.write_text(json.dumps({"good": {"folder": str(folder), "modules": ["good"]}}))
    subprocess.run(
        [sys.executable, str(SCRIPT), str(question), str(answer)],
        env={"PYTHONPATH": str(folder)},
        cwd=here,
        check=True,
    )
    assert json.loads(answer.read_text()) == {}
    assert not (here / "run").exists()


def test_each_module_in_a_process_of_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    for name, text in MODULES.items():
        (folder / f"{name}.py").write_text(text)
    asked = {name: {"folder": str(folder), "modules": [name]} for name in MODULES}
    asked["several"] = {"folder": str(folder), "modules": ["good", "gone"]}
    asked["elsewhere"] = {"folder": str(folder), "modules": ["json"]}
    question, answer = tmp_path / "question.json", tmp_path / "answer.json"
    question.write_text(json.dumps(asked))
    subprocess.run(
        [sys.executable, str(SCRIPT), str(question), str(answer)],
        env={"PYTHONPATH": str(folder)},
        check=True,
    )
    found = json.loads(answer.read_text())
    assert found.pop("elsewhere").startswith("the module json comes from ")
    assert found == {
        "broken": "import broken: ImportError: libx.so: cannot open shared object file",
        "ends": "import ends: ends the interpreter with exit code 3",
        "leaves": "import leaves: SystemExit: bye",
        "several": "import gone: ModuleNotFoundError: No module named 'gone'",
    }

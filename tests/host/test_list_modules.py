"""What is imported of an installed package to see that it works."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

import spack_pypi

SCRIPT = Path(spack_pypi.__file__).parent / "host" / "spack" / "list_modules.py"
#: A Spack in whose store one package is installed: what Spack says of its modules is ``LISTED``.
STORE = """
class Python(dict):
    platlib = purelib = "lib"
    package = property(lambda self: self)

class Spec(dict):
    prefix = PREFIX
    class package:
        import_modules = LISTED

class STORE:
    class db:
        get_by_hash = staticmethod(lambda key: [Spec(python=Python())])
"""

# (what Spack lists, the files at the top of the package, what is imported)
MODULES = [
    (["x"], ["x/__init__.py", "_x.abi3.so"], ["x"]),
    ([], ["x.cpython-311-x86_64-linux-gnu.so", "x-1.0.dist-info/METADATA"], ["x"]),
    ([], ["x.so", "_y.abi3.so", "libz.so.1", "x.libs/libw.so"], ["_y", "x"]),
    ([], ["x-1.0.dist-info/METADATA"], []),
    ([], [], []),
]


@pytest.mark.parametrize("listed, files, modules", MODULES)
def test_modules(
    listed: Sequence[str], files: Sequence[str], modules: Sequence[str], tmp_path: Path
) -> None:
    for name in files:
        file = tmp_path / "prefix" / "lib" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    (tmp_path / "spack").mkdir()
    (tmp_path / "spack" / "__init__.py").touch()
    text = STORE.replace("PREFIX", repr(str(tmp_path / "prefix"))).replace("LISTED", repr(listed))
    (tmp_path / "spack" / "store.py").write_text(text)
    done = subprocess.run(
        [sys.executable, SCRIPT, "hash"],
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout.partition("modules:")[2]) == {"hash": modules}

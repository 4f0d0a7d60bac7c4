"""Which modules hide those of the standard library, once their folder is on ``PYTHONPATH``."""

from __future__ import annotations

from pathlib import Path

import pytest

from spack_pypi.prefixes.standard_library import hidden_by


@pytest.mark.parametrize(
    ("module", "hidden"),
    [
        ("enum.py", ["enum"]),
        ("json/__init__.py", ["json"]),
        # Extension modules, by Python code and by others.
        ("readline.py", ["readline"]),
        ("readline.abi3.so", ["readline"]),
        # A folder of data, and another name.
        ("json/other.txt", []),
        ("enum34.py", []),
        # Some projects install their tests as this.
        ("test/__init__.py", []),
    ],
)
def test_what_is_hidden(tmp_path: Path, module: str, hidden: list[str]) -> None:
    library, folder = tmp_path / "library", tmp_path / "folder"
    extension = "lib-dynload/readline.cpython-311-x86_64-linux-gnu.so"
    for file in ("enum.py", "json/__init__.py", "test/__init__.py", extension):
        (library / file).parent.mkdir(parents=True, exist_ok=True)
        (library / file).write_text("")
    (folder / module).parent.mkdir(parents=True)
    (folder / module).write_text("")
    assert hidden_by(folder, library) == hidden
    assert hidden_by(tmp_path / "none", library) == []

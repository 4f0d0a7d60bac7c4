"""Modules that Spack's packages have only with a variant: where what always runs imports them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from spack_pypi.pypi.model import VARIANT_MODULES
from spack_pypi.pypi.project_files import variant_modules
from spack_pypi.pypi.project_files.imported import Imported

#: (a package's __init__.py; what it imports: module and line)
INITS = [
    ("import tkinter", [("tkinter", 1)]),
    ("import os\nimport tkinter.ttk as ttk", [("tkinter", 2)]),
    ("from tkinter import Tk, ttk", [("tkinter", 1)]),
    ("import pyarrow", []),
    ("import pyarrow.parquet", [("pyarrow.parquet", 1)]),
    ("import pyarrow.parquet.core", [("pyarrow.parquet", 1)]),
    ("import pyarrow.parquets", []),
    ("from pyarrow import dataset as ds, orc", [("pyarrow.dataset", 1), ("pyarrow.orc", 1)]),
    ("from pyarrow import (\n    Table,\n    parquet,\n)", [("pyarrow.parquet", 1)]),
    ("from pyarrow.parquet import write_table", [("pyarrow.parquet", 1)]),
    ("from PIL import Image, ImageTk", [("PIL.ImageTk", 1)]),
    ("from PIL import Image\nwith_tk = 'ImageTk'", []),
    ("from x import tkinter", []),
    ("from .tkinter import Tk\nfrom . import turtle", []),
    # what need not happen
    ("def show():\n    import tkinter", []),
    ("try:\n    import tkinter\nexcept ImportError:\n    tkinter = None", []),
    ("try:\n    import tkinter\nexcept ImportError:\n    raise", [("tkinter", 2)]),
    (
        "try:\n    import pyarrow.parquet\nexcept ImportError:\n    import pyarrow",
        [],
    ),
    ("if GUI:\n    import tkinter", []),
    # what the module imports that this one imports
    ("from . import gui", [("turtle", 2)]),
    ("try:\n    from . import gui\nexcept ImportError:\n    pass", []),
    ("", []),
]


@pytest.mark.parametrize(("init", "found"), INITS)
def test_what_the_package_cannot_be_imported_without(
    init: str, found: list[tuple[str, int]]
) -> None:
    imported = Imported(own={"x"})
    for path, text in (
        ("x/__init__.py", init),
        ("x/gui.py", "import os\nimport turtle"),
        ("x/tkinter.py", ""),
        ("x/turtle.py", ""),
        ("z.py", "import tkinter"),
    ):
        imported.look_at(path, text.encode())
    places = [*imported.of_variants({"x"})]
    assert [(each.module, each.line) for each in places] == found
    file = "x/gui.py" if init == "from . import gui" else "x/__init__.py"
    assert {(each.path, each.package) for each in places} <= {(file, "x/__init__.py")}


def test_a_module_by_itself() -> None:
    imported = Imported(own={"x"})
    imported.look_at("x.py", b"import tkinter")
    assert [each.path for each in imported.of_variants((), "x.py")] == ["x.py"]
    assert not [*imported.of_variants(())]


def test_an_archive_that_has_the_module_itself() -> None:
    imported = Imported(own={"x", "pyarrow"})
    imported.look_at("x/__init__.py", b"import pyarrow.parquet, tkinter")
    assert [each.module for each in imported.of_variants({"x"})] == ["tkinter"]


def test_each_module_of_the_table_is_found_and_has_a_source() -> None:
    file = Path(variant_modules.__file__).with_name("variant_modules.json")
    table = json.loads(file.read_text("utf-8"))
    listed = [m for entry in table.values() for each in entry["modules"].values() for m in each]
    assert sorted(VARIANT_MODULES) == sorted(listed)
    assert all(entry["source"] for entry in table.values())
    for module in VARIANT_MODULES:
        imported = Imported(own={"x"})
        imported.look_at("x/__init__.py", f"import {module}".encode())
        assert module in [each.module for each in imported.of_variants({"x"})]

"""Names that a project has only from a version on, where what always runs imports them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from spack_pypi.pypi.model import NEWER_NAMES
from spack_pypi.pypi.project_files import newer_names
from spack_pypi.pypi.project_files.imported import Imported

FILE = Path(newer_names.__file__).with_name("newer_names.json")

#: (a module that always runs; the names that it imports, with their lines)
IMPORTS = [
    ("from pydantic import field_validator", [("pydantic.field_validator", 1)]),
    ("from pydantic import (\n    Field,\n    RootModel as Root,\n)", [("pydantic.RootModel", 1)]),
    # what is there in all versions, or is another's
    ("from pydantic import BaseModel, ConfigDict, validator", []),
    ("from .pydantic import field_validator", []),
    ("from x.pydantic import field_validator", []),
    ("from pydantic.v1 import field_validator", []),
    # what may do without
    ("try:\n    from pydantic import RootModel\nexcept ImportError:\n    RootModel = None", []),
    ("if NEW:\n    from pydantic import field_validator", []),
    ("def f():\n    from pydantic import field_validator", []),
    # nothing catches the error
    (
        "try:\n    from pydantic import RootModel\nexcept ImportError:\n    raise SystemExit",
        [("pydantic.RootModel", 2)],
    ),
]


@pytest.mark.parametrize(("module", "found"), IMPORTS)
def test_the_names_that_a_module_always_imports(module: str, found: list[tuple[str, int]]) -> None:
    imported = Imported(own={"x"})
    imported.look_at("x/__init__.py", b"from . import inner")
    imported.look_at("x/inner.py", module.encode())
    imported.look_at("x/other.py", b"from pydantic import TypeAdapter")
    names = [(each.module, each.line) for each in imported.newer_names(["x"])]
    assert names == found


def test_the_table_is_sorted_and_each_package_has_a_source() -> None:
    table = json.loads(FILE.read_text("utf-8"))
    assert list(table) == sorted(table)
    for entry in table.values():
        assert entry["source"].startswith("https://")
        for names in entry["names"].values():
            assert names == sorted(names)
            assert all(name.startswith(f"{entry['project']}.") for name in names)


def test_each_name_has_one_version() -> None:
    table = json.loads(FILE.read_text("utf-8"))
    count = sum(len(n) for entry in table.values() for n in entry["names"].values())
    assert len(NEWER_NAMES) == count

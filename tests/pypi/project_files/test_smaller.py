"""What an archive imports of projects of which a smaller one holds a part, and whether that part
is enough."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from spack_pypi.pypi.project_files import smaller
from spack_pypi.pypi.project_files.smaller import OfLarger, sufficing

FILE = Path(smaller.__file__).with_name("smaller.json")

#: (a module; the names that it imports of rucio)
IMPORTS = [
    ("import rucio.client.didclient", ["rucio.client.didclient"]),
    ("import rucio", ["rucio"]),
    ("from rucio import client, core", ["rucio.client", "rucio.core"]),
    ("from rucio.client import Client as C", ["rucio.client.Client"]),
    ("from rucio.core import *", ["rucio.core"]),
    # wherever it stands
    ("def f():\n    import rucio.core.did", ["rucio.core.did"]),
    ("try:\n    import rucio.db\nexcept ImportError:\n    pass", ["rucio.db"]),
    ("if TYPE_CHECKING:\n    from rucio.web import app", ["rucio.web.app"]),
    ('importlib.import_module("rucio.core.did")', ["rucio.core.did"]),
    ('x = __import__("rucio.core")', ["rucio.core"]),
    # what cannot be read as Python
    ("cimport rucio.core\ncdef int x", ["rucio"]),
    ("import six, rucio\nprint 'x'", ["rucio"]),
    # others
    ("from .rucio import core", []),
    ("from x.rucio import core", []),
    ("import rucio_x\nprint('rucio.core')", []),
]


@pytest.mark.parametrize(("module", "names"), IMPORTS)
def test_what_a_module_imports(module: str, names: list[str]) -> None:
    found = OfLarger()
    found.look_at(len(module), module.encode)
    assert found.as_json() == names


#: (imported names; the projects that suffice)
ENOUGH = [
    (["rucio.client"], ["rucio-clients"]),
    (["rucio.client.Client", "rucio.common.exception.RSENotFound", "six"], ["rucio-clients"]),
    # the server
    (["rucio.client", "rucio.core.did"], []),
    (["rucio.client", "rucio.common"], []),
    (["rucio.client", "rucio"], []),
    # what only the larger one has, and what begins alike
    (["rucio.client.commands.bin_legacy"], []),
    (["rucio.clients"], []),
    # nothing shows what is used, or not all does
    ([], []),
    (["six"], []),
    (["rucio.client", ""], []),
]


@pytest.mark.parametrize(("names", "projects"), ENOUGH)
def test_which_suffice(names: list[str], projects: list[str]) -> None:
    assert [each.project for each in sufficing(names)] == projects


def test_of_what_is_too_long_to_be_read_nothing_is_known() -> None:
    found = OfLarger()
    found.look_at(30, lambda: b"import rucio.client")
    found.look_at(1 << 20, lambda: pytest.fail("it is read"))
    assert found.as_json() == [""]


def test_the_table_is_sorted_and_each_project_has_a_source() -> None:
    table = json.loads(FILE.read_text("utf-8"))
    assert list(table) == sorted(table)
    for larger, entry in table.items():
        assert entry["source"].startswith("https://")
        for names in (entry["has"], entry["lacks"]):
            assert names == sorted(names)
            assert all(name.startswith(f"{larger}.") for name in names)
